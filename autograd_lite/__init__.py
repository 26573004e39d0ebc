"""The engine: what a scalar is, and how a gradient flows through it."""

from .backward import StaleGraphWarning, grad
from .functions import (
    absolute,
    affine,
    cos,
    elu,
    exp,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    total,
)
from .gradcheck import InputCheck, gradcheck
from .hidden_packages import warn_of_hidden_packages
from .operations import OPERATIONS
from .trace import BackwardStep, ForwardStep, Trace, TracedNode, WrongGradient, trace
from .traversal import topological_order
from .value import Value
from .version import __version__

__all__ = [
    "OPERATIONS", "BackwardStep", "ForwardStep", "InputCheck", "StaleGraphWarning", "Trace", "TracedNode", "Value",
    "WrongGradient", "__version__",
    "absolute", "affine", "cos", "elu", "exp", "grad", "gradcheck", "leaky_relu", "log", "logsumexp", "maximum",
    "minimum", "relu", "sigmoid", "sin", "softplus", "sqrt", "tanh", "topological_order", "total", "trace",
]

warn_of_hidden_packages()
