"""The diagnosis of a derivation that was handed in: which line is wrong, and why."""

from .check import check, quantity_places
from .telling.verdicts import Diagnosis, Verdict

__all__ = ["Diagnosis", "Verdict", "check", "quantity_places"]
