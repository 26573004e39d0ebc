"""The matrix form of a scalar graph: found in the recorded graph of one sample, run on many by NumPy.

One act a file: ``flatten`` the graph, ``group`` its nodes, ``evaluate`` a group, go ``backward``, write the
``program``, ``lower`` it to what NumPy has, run it.
"""

from .matrix_form import MatrixForm, matrix_form

__all__ = ["MatrixForm", "matrix_form"]
