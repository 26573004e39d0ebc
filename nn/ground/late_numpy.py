"""NumPy, imported when one of its names is first used: a command that needs no arrays starts without it.

Other modules write ``from ..ground import late_numpy as np``, and use ``np`` as they would NumPy itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import *  # noqa: F403 - the names of NumPy
else:

    def __getattr__(name: str) -> Any:
        """Called for a name that was not used before."""
        globals()[name] = found = getattr(import_module("numpy"), name)
        return found
