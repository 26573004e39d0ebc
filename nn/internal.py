"""What the top floor needs of ``nn`` and no user calls. Names may change here without notice."""

from typing import TYPE_CHECKING

from .ground.late_names import make_late_names

if TYPE_CHECKING:
    from .data.dialect import SEPARATORS
    from .data.encoding import Encoding, encode, find_missing
    from .data.missing import POLICIES, leave_out
    from .data.preparation import class_names, classes_in, to_samples
    from .data.samples import to_data
    from .data.table import Table, read_table
    from .ground.activations import LAYER_ACTIVATIONS
    from .ground.files import read_bytes, write_bytes, write_text
    from .ground.formulas import evaluate_number, format_formula
    from .ground.suggest import unknown_name
    from .networks.module import EVEN, ForwardPass
    from .training.engines import ENGINES
    from .training.estimate import estimate_seconds
    from .training.history import format_count
    from .training.lifted import use_program
    from .training.scores import Scores, compute_scores, read_classes
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        ".data.dialect": ("SEPARATORS",), ".data.encoding": ("Encoding", "encode", "find_missing"),
        ".data.missing": ("POLICIES", "leave_out"),
        ".data.preparation": ("class_names", "classes_in", "to_samples"), ".data.samples": ("to_data",),
        ".data.table": ("Table", "read_table"),
        ".ground.activations": ("LAYER_ACTIVATIONS",), ".ground.files": ("read_bytes", "write_bytes", "write_text"),
        ".ground.formulas": ("evaluate_number", "format_formula"), ".ground.suggest": ("unknown_name",),
        ".networks.module": ("EVEN", "ForwardPass"),
        ".training.engines": ("ENGINES",), ".training.estimate": ("estimate_seconds",),
        ".training.history": ("format_count",), ".training.lifted": ("use_program",),
        ".training.scores": ("Scores", "compute_scores", "read_classes"),
    })

__all__ = [
    "ENGINES", "EVEN", "LAYER_ACTIVATIONS", "POLICIES", "SEPARATORS", "Encoding", "ForwardPass", "Scores", "Table",
    "class_names", "classes_in", "compute_scores", "encode", "estimate_seconds", "evaluate_number", "find_missing",
    "format_count", "format_formula", "leave_out", "make_late_names", "read_bytes", "read_classes", "read_table",
    "to_data", "to_samples", "unknown_name", "use_program", "write_bytes", "write_text",
]
