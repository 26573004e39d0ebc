"""The result of ``check``, as plain data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...settings import Settings


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one quantity.

    Attributes:
        quantity: its name in the derivation, such as delta1 or delta_hidden; ``symbol`` is the lecture's.
        right: equal to the lecture's value, for formulas on every tested input.
        follows: not right, but the right rule on the student's own earlier values.
        mistakes: slugs of the catalogue, all that match; empty if right, if it follows, or if the mistake is unknown.
        sentence: to the student.
        given, expected: what was handed in, and the lecture's line or numbers.
        form: "formula", "function" or "numbers".
        where, hint: where the mistake is, and of what kind, without saying which; empty if there is none.
        read_as: the formula as it was read, where it was LaTeX, had products without a sign or names
            that the lecture does not have, such as t for y; else empty.
        decided_by: which test decided: "value", "rule on own values", "mistake weight-missing", "unknown", and so on.
        judged: False where agreement shows nothing, for want of digits, since earlier lines are trivial, such as 0, or
            since it is calculated from a later quantity that was not handed in.
            Then it is neither right, nor follows, nor wrong: no point, and no blame.

    >>> check("chain", {"delta1": "delta2*df1(z1)"}).verdicts["delta1"].mistakes
    ('weight-missing',)
    """

    quantity: str
    symbol: str
    right: bool
    follows: bool
    mistakes: tuple[str, ...]
    sentence: str
    given: str
    expected: str
    form: str
    where: str = ""
    hint: str = ""
    read_as: str = ""
    decided_by: str = ""
    judged: bool = True

    @property
    def wrong(self) -> bool:
        """Judged, and neither right nor following from an earlier line."""
        return self.judged and not (self.right or self.follows)


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis:
    """The judgement of a derivation.

    Attributes:
        lecture: the lecture's id.
        settings: all of them, defaults included.
        verdicts: quantity -> verdict, in the order in which a derivation is judged.
        notes: sentences about the derivation as a whole: another convention, and what these inputs cannot show.
        telling: settings with which the mistakes show that do not show with these; None if not needed.

    >>> check("chain", {"delta2": "a2 - y", "delta1": "delta2*df1(z1)"})
    <Diagnosis of chain: 1 of 2 right, first wrong: delta1>
    """

    lecture: str
    settings: Settings
    verdicts: Mapping[str, Verdict]
    notes: tuple[str, ...] = ()
    telling: Settings | None = None

    @property
    def right(self) -> bool:
        """Whether every quantity is right."""
        return all(verdict.right for verdict in self.verdicts.values())

    @property
    def first_wrong(self) -> str | None:
        """The name of the first quantity that is wrong: judged, and neither right nor following; None if none is."""
        return next((name for name, verdict in self.verdicts.items() if verdict.wrong), None)

    def __repr__(self) -> str:
        count = sum(verdict.right for verdict in self.verdicts.values())
        wrong = f", first wrong: {self.first_wrong}" if self.first_wrong else ""
        return f"<Diagnosis of {self.lecture}: {count} of {len(self.verdicts)} right{wrong}>"

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data; the schema is docs/diagnosis.schema.json."""
        return {"lecture": self.lecture, "settings": dict(self.settings), "right": self.right,
                "first_wrong": self.first_wrong, "verdicts": [asdict(verdict) for verdict in self.verdicts.values()],
                "notes": list(self.notes), "telling": dict(self.telling) if self.telling else None}

    def to_json(self) -> str:
        """All of it as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Diagnosis":
        """The diagnosis that ``to_dict`` wrote."""
        verdicts = [Verdict(**{**entry, "mistakes": tuple(entry["mistakes"])}) for entry in data["verdicts"]]
        return cls(data["lecture"], data["settings"], {verdict.quantity: verdict for verdict in verdicts},
                   tuple(data["notes"]), data["telling"])
