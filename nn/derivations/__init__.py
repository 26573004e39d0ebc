"""The lectures' derivations by hand, their comparison with automatic differentiation, and published examples."""

from .comparison import Comparison, Row, compare, compare_all
from .conventions import Conventions
from .diagnosis import Diagnosis, Verdict, check, quantity_places
from .general import statement
from .hand_javascript import hand_program
from .lectures import LECTURES, Lecture, lecture
from .published import Example, Printed, examples
from .recording import Delta, Recording
from .settings import Setting

__all__ = [
    "LECTURES", "Comparison", "Conventions", "Delta", "Diagnosis", "Example", "Lecture", "Printed", "Recording", "Row",
    "Setting", "Verdict", "check", "compare", "compare_all", "examples", "hand_program", "lecture", "quantity_places",
    "statement",
]
