"""The lectures' derivations by hand, their comparison with automatic differentiation, and published examples."""

from .comparison import Comparison, Row, compare, compare_all
from .conventions import Conventions
from .diagnosis import Diagnosis, Verdict, check
from .lectures import LECTURES, Lecture
from .published import Example, Printed, examples
from .recording import Recording
from .settings import Setting

__all__ = [
    "LECTURES", "Comparison", "Conventions", "Diagnosis", "Example", "Lecture", "Printed", "Recording", "Row",
    "Setting", "Verdict", "check", "compare", "compare_all", "examples",
]
