"""What the other floors need of the engine and no user calls. Names may change here without notice."""

from .functions import FUNCTIONS
from .javascript import rules
from .latex import latex_label, write_latex
from .notation import format_number, slot, write
from .operations import ACTIVATION_OPERATIONS
from .recorders import number
from .row_notation import partial_formula, value_formula

__all__ = [
    "ACTIVATION_OPERATIONS", "FUNCTIONS", "format_number", "latex_label", "number", "partial_formula", "rules",
    "slot", "value_formula", "write", "write_latex",
]
