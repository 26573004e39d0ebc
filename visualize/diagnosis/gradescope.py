"""The results.json that the course platform Gradescope reads.

Its keys are those of the platform's specification for autograders: ``tests`` with ``name``, ``score``, ``max_score``,
``status`` and ``output`` each, and ``output`` for the submission (gradescope-autograders.readthedocs.io, "specs").
"""

import json

from nn.derivations import CodeDiagnosis, Diagnosis, Verdict

from .marks import Mark, Marking, earns
from .programs import list_code_sentences
from .terminal_table import list_sentences, verdict_word


def make_results(found: Diagnosis | Exception, marking: Marking) -> str:
    """A test for each quantity, with the points that ``Marking.count_marks`` gives.

    A derivation that cannot be read gets no point, and the sentence that says why.
    """
    if isinstance(found, Exception):
        return _write({"score": 0, "output": str(found), "tests": []})
    marks = marking.count_marks(found, marking.list_quantities([found]))
    return _write({"output": "\n".join(list_sentences(found)), "tests": [_make_test_of(mark) for mark in marks]})


def make_code_results(found: CodeDiagnosis) -> str:
    """A test for each array of a program, which what follows passes too, and one for the rest."""
    tests = [_make_test(verdict.array, earns(verdict), verdict.sentence) for verdict in found.verdicts.values()]
    of_arrays = {slug for verdict in found.verdicts.values() for slug in verdict.mistakes}
    others = [slug for slug in found.mistakes if slug not in of_arrays]
    rest = found.sentence if others else "Nothing else is wrong."
    tests.append(_make_test("the program", bool(found.verdicts) and not others, rest))
    return _write({"output": "\n".join(list_code_sentences(found)), "tests": tests})


def _write(data: dict[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _make_test_of(mark: Mark) -> dict[str, object]:
    symbols = {verdict.symbol for verdict in mark.verdicts if verdict.quantity == mark.quantity}
    return _make_test(
        " ".join([*symbols, f"({mark.quantity})"]) if symbols else mark.quantity,
        bool(mark.verdicts) and mark.points == mark.worth,
        "\n".join(map(_write_output, mark.verdicts)) or f"{mark.quantity} was not handed in.",
        mark.points, mark.worth)


def _make_test(name: str, passed: bool, output: str, points: float | None = None,
               worth: float = 1) -> dict[str, object]:
    return {"name": name, "score": _shorten(passed if points is None else points), "max_score": _shorten(worth),
            "status": "passed" if passed else "failed", "output": output}


def _shorten(points: float) -> float:
    """Whole points without a fraction, as a student expects to read them."""
    return int(points) if points == int(points) else round(points, 3)


def _write_output(verdict: Verdict) -> str:
    return f"{verdict.symbol} is right." if verdict_word(verdict) == "right" else verdict.sentence
