"""Derivations from public threads, right ones in unusual forms, and wrong ones: what each of them should be told.

``tests/derivations/public/index.json`` says of each file its lecture, its settings and its mistakes: ``wrong`` maps a
quantity to the slug of its mistake, or to "" where any sentence about a wrong line will do. Every other line should be
right or follow.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nn.derivations import Diagnosis, check

FOLDER = Path(__file__).parent.parent / "derivations" / "public"


@dataclass(frozen=True)
class OpenCase:
    """One file, and what is expected of it."""

    id: str
    part: str
    lecture: str
    settings: Mapping[str, Any]
    topic: str
    wrong: Mapping[str, str]
    note: str
    path: Path

    def read(self) -> Mapping[str, Any]:
        """The derivation in the file."""
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def check(self) -> Diagnosis:
        """What the diagnosis says of it. Raises ValueError where it cannot be read."""
        return check(self.lecture, self.read(), **self.settings)

    def list_faults(self) -> list[str]:
        """How the answer differs from what is expected; empty if it does not."""
        try:
            verdicts = self.check().verdicts
        except ValueError as error:
            return [f"refused: {error}"]
        faults = []
        for quantity, verdict in verdicts.items():
            expected = self.wrong.get(quantity)
            if expected is None and verdict.wrong:
                faults.append(f"{quantity} is accused: {verdict.sentence}")
            elif expected is not None and (verdict.right or verdict.follows):
                faults.append(f"{quantity} passes, but is {expected or 'wrong'}")
            elif expected and expected not in verdict.mistakes:
                faults.append(f"{quantity} is {expected}, and is called {', '.join(verdict.mistakes) or 'unknown'}")
        return faults


def read_open_cases() -> list[OpenCase]:
    """All of them, in the order of the index."""
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    return [OpenCase(case["id"], case["part"], case["lecture"], case["settings"], case["topic"], case["wrong"],
                     case["note"], FOLDER / case["file"]) for case in index["cases"]]
