"""The results.json that the course platform Gradescope reads.

Its keys are those of the platform's specification for autograders: ``tests`` with ``name``, ``score``, ``max_score``,
``status`` and ``output`` each, and ``output`` for the submission (gradescope-autograders.readthedocs.io, "specs").
"""

import json

from nn.derivations import Diagnosis

from .terminal_table import list_sentences, verdict_word


def make_results(found: Diagnosis | Exception) -> str:
    """A point for each quantity that is right or follows from an earlier line, so that a mistake costs one point once.

    A derivation that cannot be read gets no point, and the sentence that says why.
    """
    if isinstance(found, Exception):
        data: dict[str, object] = {"score": 0, "output": str(found), "tests": []}
    else:
        tests = [{
            "name": f"{verdict.symbol} ({verdict.quantity})",
            "score": int(verdict.right or verdict.follows), "max_score": 1,
            "status": "passed" if verdict.right or verdict.follows else "failed",
            "output": verdict.sentence if verdict_word(verdict) != "right" else f"{verdict.symbol} is right.",
        } for verdict in found.verdicts.values()]
        data = {"output": "\n".join(list_sentences(found)), "tests": tests}
    return json.dumps(data, ensure_ascii=False, indent=2)
