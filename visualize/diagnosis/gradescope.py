"""The results.json that the course platform Gradescope reads.

Its keys are those of the platform's specification for autograders: ``tests`` with ``name``, ``score``, ``max_score``,
``status`` and ``output`` each, and ``output`` for the submission (gradescope-autograders.readthedocs.io, "specs").
"""

import json

from nn.derivations import Diagnosis, Verdict

from .marks import Mark, Marking
from .terminal_table import list_sentences, verdict_word


def make_results(found: Diagnosis | Exception, marking: Marking) -> str:
    """A test for each quantity, with the points that ``Marking.count_marks`` gives.

    A derivation that cannot be read gets no point, and the sentence that says why.
    """
    if isinstance(found, Exception):
        data: dict[str, object] = {"score": 0, "output": str(found), "tests": []}
    else:
        marks = marking.count_marks(found, marking.list_quantities([found]))
        data = {"output": "\n".join(list_sentences(found)), "tests": [_make_test(mark) for mark in marks]}
    return json.dumps(data, ensure_ascii=False, indent=2)


def _make_test(mark: Mark) -> dict[str, object]:
    symbols = {verdict.symbol for verdict in mark.verdicts if verdict.quantity == mark.quantity}
    return {
        "name": " ".join([*symbols, f"({mark.quantity})"]) if symbols else mark.quantity,
        "score": _shorten(mark.points), "max_score": _shorten(mark.worth),
        "status": "passed" if mark.verdicts and mark.points == mark.worth else "failed",
        "output": "\n".join(map(_write_output, mark.verdicts)) or f"{mark.quantity} was not handed in.",
    }


def _shorten(points: float) -> float:
    """Whole points without a fraction, as a student expects to read them."""
    return int(points) if points == int(points) else round(points, 3)


def _write_output(verdict: Verdict) -> str:
    return f"{verdict.symbol} is right." if verdict_word(verdict) == "right" else verdict.sentence
