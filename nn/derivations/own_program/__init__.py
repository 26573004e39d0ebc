"""A student's own backpropagation program, judged by the gradients that it gives on small generic networks."""

from .checking import check_code
from .steps import check_step
from .telling.result import CodeDiagnosis, CodeVerdict, ReadConventions, StepDiagnosis

__all__ = ["CodeDiagnosis", "CodeVerdict", "ReadConventions", "StepDiagnosis", "check_code", "check_step"]
