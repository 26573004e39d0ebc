"""The engine: what a scalar is, and how a gradient flows through it."""

from .backward import grad
from .functions import (
    absolute,
    affine,
    atan,
    clip,
    cos,
    elu,
    equal,
    exp,
    expm1,
    greater,
    largest,
    leaky_relu,
    less,
    log,
    log1p,
    log_sigmoid,
    logsumexp,
    maximum,
    minimum,
    product,
    relu,
    sigmoid,
    silu,
    sin,
    softplus,
    softsign,
    sqrt,
    tan,
    tanh,
    total,
    where,
)
from .gradcheck import InputCheck, gradcheck
from .hidden_packages import warn_of_hidden_packages
from .matrix_form import matrix_form
from .operations import OPERATIONS
from .own_operations import operation
from .stale import StaleGraphWarning
from .trace import BackwardStep, ForwardStep, Trace, TracedNode, WrongGradient, trace
from .traversal import topological_order
from .value import Value
from .version import __version__

__all__ = [
    "OPERATIONS",
    "BackwardStep",
    "ForwardStep",
    "InputCheck",
    "StaleGraphWarning",
    "Trace",
    "TracedNode",
    "Value",
    "WrongGradient",
    "__version__",
    "absolute",
    "affine",
    "atan",
    "clip",
    "cos",
    "elu",
    "equal",
    "exp",
    "expm1",
    "grad",
    "gradcheck",
    "greater",
    "largest",
    "leaky_relu",
    "less",
    "log",
    "log1p",
    "log_sigmoid",
    "logsumexp",
    "matrix_form",
    "maximum",
    "minimum",
    "operation",
    "product",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softplus",
    "softsign",
    "sqrt",
    "tan",
    "tanh",
    "topological_order",
    "total",
    "trace",
    "where",
]

warn_of_hidden_packages()
