"""Types of arrays, for annotations. All hold 64-bit floats; the names state the shapes, which no checker enforces.

Import this module under ``TYPE_CHECKING`` only: it loads NumPy, which the rest of the package imports late.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Of any shape; docstrings say which."""

FloatOrArray: TypeAlias = float | Floats
"""A number, or an array of any shape."""

Booleans: TypeAlias = NDArray[np.bool_]
"""Of any shape: True or False for each entry of another array."""

Column: TypeAlias = NDArray[np.float64]
"""(n, 1): one number for each of n units, as in z = W a + b."""

Row: TypeAlias = NDArray[np.float64]
"""(1, n): one number for each of n units, for lectures that write samples as rows."""

Samples: TypeAlias = NDArray[np.float64]
"""(N, n): N samples, one in each row, with n numbers each."""

Weights: TypeAlias = NDArray[np.float64]
"""(n_l, n_{l−1}): the weights of layer l, one unit in each row, one input in each column."""

Parameters: TypeAlias = NDArray[np.float64]
"""(P,): one number for each parameter, in the order of ``net.parameters()``."""
