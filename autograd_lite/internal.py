"""What the other floors need of the engine and no user calls. Names may change here without notice."""

from .functions import FUNCTIONS
from .javascript_rules import write_javascript_rules
from .latex import latex_label, write_latex
from .notation import format_number, make_slot, write
from .operations import ACTIVATION_OPERATIONS
from .recorders import require_number
from .row_notation import partial_formula, value_formula

__all__ = [
    "ACTIVATION_OPERATIONS",
    "FUNCTIONS",
    "format_number",
    "latex_label",
    "make_slot",
    "partial_formula",
    "require_number",
    "value_formula",
    "write",
    "write_javascript_rules",
    "write_latex",
]
