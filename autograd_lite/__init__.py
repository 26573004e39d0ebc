"""The engine: what a scalar is, and how a gradient flows through it."""

from .backward import StaleGraphWarning, grad
from .notation import format_number, write
from .operations import ACTIVATION_OPERATIONS, OPERATIONS
from .trace import BackwardStep, ForwardStep, Trace, TracedNode, trace
from .traversal import topological_order
from .value import (
    FUNCTIONS,
    Value,
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

__all__ = [
    "ACTIVATION_OPERATIONS",
    "FUNCTIONS",
    "OPERATIONS",
    "BackwardStep",
    "ForwardStep",
    "StaleGraphWarning",
    "Trace",
    "TracedNode",
    "Value",
    "absolute",
    "affine",
    "cos",
    "elu",
    "exp",
    "format_number",
    "grad",
    "leaky_relu",
    "log",
    "logsumexp",
    "maximum",
    "minimum",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "tanh",
    "topological_order",
    "total",
    "trace",
    "write",
]
