"""What the top floor needs of ``nn`` and no user calls. Names may change here without notice."""

from .activations import LAYER_ACTIVATIONS
from .data.preparation import classes_in, labels, samples
from .data.samples import data_of
from .data.table import Table, read_table
from .files import read_bytes, write_bytes, write_text
from .formulas import evaluate, shown
from .module import EVEN
from .network import ForwardPass, symbol
from .suggest import unknown
from .training.history import counted

__all__ = [
    "EVEN", "LAYER_ACTIVATIONS", "ForwardPass", "Table", "classes_in", "counted", "data_of", "evaluate",
    "labels", "read_bytes", "read_table", "samples", "shown", "symbol", "unknown", "write_bytes", "write_text",
]
