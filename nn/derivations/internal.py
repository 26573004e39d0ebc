"""What the top floor and the documentation need of the derivations and no user calls.

Names may change here without notice.
"""

from typing import TYPE_CHECKING

from ..late_names import make_late_names
from .lectures import find_lecture
from .recording import Delta

if TYPE_CHECKING:
    from .diagnosis.check import quantity_places
    from .general import write_general_statement
    from .hand_javascript import write_hand_javascript
    from .own_program.checking import check_code_file
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        ".diagnosis": ("quantity_places",), ".general": ("write_general_statement",),
        ".hand_javascript": ("write_hand_javascript",), ".own_program.checking": ("check_code_file",),
    })

__all__ = [
    "Delta",
    "check_code_file",
    "find_lecture",
    "quantity_places",
    "write_general_statement",
    "write_hand_javascript",
]
