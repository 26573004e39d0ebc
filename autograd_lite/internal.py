"""What the other floors need of the engine and no user calls. Names may change here without notice."""

from .careful import require_number
from .functions import FUNCTIONS
from .hidden_packages import describe_hidden_package
from .javascript_rules import write_javascript_rules
from .labels import RAISED, from_subscript, from_superscript, make_label, parse_label, to_label, to_superscript
from .latex import latex_label, write_latex
from .layer_structure import LEAF, PARAMETER, LayerStructure, is_pre_activation, split_operands
from .notation import format_number, make_slot, write
from .operations import group_operands
from .quoting import REFUSALS, quote, shorten
from .readings import chosen_slope
from .row_notation import partial_formula, value_formula
from .trace import is_invented_name, list_sweep
from .words import add_floats

__all__ = [
    "FUNCTIONS", "LEAF", "PARAMETER", "RAISED", "REFUSALS", "LayerStructure", "add_floats", "chosen_slope",
    "describe_hidden_package", "format_number", "from_subscript", "from_superscript", "group_operands",
    "is_invented_name", "is_pre_activation", "latex_label", "list_sweep", "make_label", "make_slot", "parse_label",
    "partial_formula", "quote", "require_number", "shorten", "split_operands", "to_label", "to_superscript",
    "value_formula", "write", "write_javascript_rules", "write_latex",
]
