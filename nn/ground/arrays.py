"""Types of arrays, for annotations. All hold 64-bit floats unless said; no checker enforces the shapes in their names.

They are texts, which only a type checker reads, so that this module loads without NumPy: write annotations in quotes.
"""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

Entries: TypeAlias = "NDArray[Any]"
"""Of any shape, and of any kind: numbers, names, booleans."""

Counts: TypeAlias = "NDArray[np.int64]"
"""Of any shape: whole numbers."""

Floats: TypeAlias = "NDArray[np.float64]"
"""Of any shape; docstrings say which."""

FloatOrArray: TypeAlias = "float | Floats"
"""A number, or an array of any shape."""

Booleans: TypeAlias = "NDArray[np.bool_]"
"""Of any shape: True or False for each entry of another array."""

Column: TypeAlias = "Floats"
"""(n, 1): one number for each of n units, as in z = W a + b."""

Row: TypeAlias = "Floats"
"""(1, n): one number for each of n units, for lectures that write samples as rows."""

Samples: TypeAlias = "Floats"
"""(N, n): N samples, one in each row, with n numbers each."""

Weights: TypeAlias = "Floats"
"""(n_l, n_{l−1}): the weights of layer l, one unit in each row, one input in each column."""

Parameters: TypeAlias = "Floats"
"""(P,): one number for each parameter, in the order of ``net.parameters()``."""
