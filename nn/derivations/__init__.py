"""The lectures' derivations by hand, their comparison with automatic differentiation, and published examples."""

from typing import TYPE_CHECKING

from ..ground.late_names import make_late_names

if TYPE_CHECKING:
    from .compared import Comparison, Row
    from .comparison import compare, compare_all
    from .conventions import Conventions
    from .diagnosis.check import check
    from .diagnosis.telling.verdicts import Diagnosis, Verdict
    from .lecture_file.lecture import LectureFile
    from .lectures import LECTURES, Lecture
    from .own_program import CodeDiagnosis, CodeVerdict, StepDiagnosis, check_code, check_step
    from .published import Example, Printed, examples
    from .recording import Recording
    from .settings import Setting
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        ".compared": ("Comparison", "Row"), ".comparison": ("compare", "compare_all"),
        ".conventions": ("Conventions",), ".diagnosis": ("Diagnosis", "Verdict", "check"),
        ".lecture_file.lecture": ("LectureFile",), ".lectures": ("LECTURES", "Lecture"),
        ".own_program": ("CodeDiagnosis", "CodeVerdict", "StepDiagnosis", "check_code", "check_step"),
        ".published": ("Example", "Printed", "examples"), ".recording": ("Recording",), ".settings": ("Setting",),
    })

__all__ = [
    "LECTURES", "CodeDiagnosis", "CodeVerdict", "Comparison", "Conventions", "Diagnosis", "Example", "Lecture",
    "LectureFile", "Printed", "Recording", "Row", "Setting", "StepDiagnosis", "Verdict", "check", "check_code",
    "check_step", "compare", "compare_all", "examples",
]
