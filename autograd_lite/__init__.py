"""The engine: what a scalar is, and how a gradient flows through it."""

from .backward import StaleGraphWarning, grad
from .functions import (
    FUNCTIONS,
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
from .gradcheck import gradcheck
from .javascript import rules
from .latex import latex_label, write_latex
from .notation import format_number, slot, write
from .operations import ACTIVATION_OPERATIONS, OPERATIONS
from .recorders import number
from .row_notation import partial_formula, value_formula
from .trace import BackwardStep, ForwardStep, Trace, TracedNode, WrongGradient, trace
from .traversal import topological_order
from .value import Value

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
    "WrongGradient",
    "absolute",
    "affine",
    "cos",
    "elu",
    "exp",
    "format_number",
    "grad",
    "gradcheck",
    "latex_label",
    "leaky_relu",
    "log",
    "logsumexp",
    "maximum",
    "minimum",
    "number",
    "partial_formula",
    "relu",
    "rules",
    "sigmoid",
    "sin",
    "slot",
    "softplus",
    "sqrt",
    "tanh",
    "topological_order",
    "total",
    "trace",
    "value_formula",
    "write",
    "write_latex",
]
