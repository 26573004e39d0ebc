"""The result of ``check_code``, as plain data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

COUNTED = "Layers are counted from 1: dW[1] is the first layer's, which in a Python list is dW[0]."


@dataclass(frozen=True, slots=True)
class ReadConventions:
    """What was read from a program before anything was judged; empty text where it could not be told.

    Attributes:
        layout: where samples, inputs and units stand, and the shape of b.
        activations: of each layer, the output's last; empty text for that where it is told together with the cost.
        cost, constant: the cost, and what stands before its sum over the samples.
        penalty: what is added to the cost, and what it acts on.

    >>> print(ReadConventions("samples in rows", ("relu", "sigmoid"), "binary cross-entropy", "1/N"))
    samples in rows; hidden relu, output sigmoid; binary cross-entropy, mean over the samples
    """

    layout: str = ""
    activations: tuple[str, ...] = ()
    cost: str = ""
    constant: str = ""
    penalty: str = ""

    def __str__(self) -> str:
        return "; ".join(filter(None, [self.layout, self._write_activations(), self._write_cost(), self.penalty]))

    def _write_activations(self) -> str:
        if not self.activations:
            return ""
        hidden = list(dict.fromkeys(self.activations[:-1]))
        names = hidden if len(hidden) == 1 else self.activations[:-1]
        before = [f"hidden {', '.join(names)}"] if names else []
        return ", ".join([*before, *([f"output {self.activations[-1]}"] if self.activations[-1] else [])])

    def _write_cost(self) -> str:
        if not self.cost:
            return ""
        sums = {"1": "summed over the samples", "1/N": "mean over the samples",
                "1/(N·n)": "mean over samples and outputs"}
        over = sums.get(self.constant, f"{self.constant} before the sum")
        return f"{self.cost}, {over}" if self.constant else self.cost


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """The judgement of one array, such as ``dW[2]``.

    Attributes:
        array: its name; layers are counted from 1.
        right: it is the gradient.
        follows: it is not, but the right rule on the student's own δ of the layer above.
        mistakes: slugs; empty if right, if it follows, or if the mistake is unknown.
        sentence: to the student.
        where, hint: where the mistake is, and of what kind, without saying which.
        judged: False below a δ that nothing explains.
    """

    array: str
    right: bool
    follows: bool
    mistakes: tuple[str, ...]
    sentence: str
    where: str = ""
    hint: str = ""
    judged: bool = True

    @property
    def wrong(self) -> bool:
        """Judged, and neither right nor following."""
        return self.judged and not (self.right or self.follows)


@dataclass(frozen=True, slots=True, repr=False)
class CodeDiagnosis:
    """The judgement of a program.

    Attributes:
        right: every array is the gradient, and nothing else is wrong with the program.
        conventions: what was read from it.
        verdicts: name of an array -> verdict, from the output layer back.
        mistakes: slugs of all that is wrong, in the order in which it is said; empty if right or unknown.
        sentence: the conventions and what is wrong, in a few sentences.
        first_wrong: the first array from the output back that is wrong; None if none is, or if the program stops.
        notes: what is right but worth knowing, and what was not searched.
        hints: where to look, and for what kind of mistake, without the answer.
        certain: whether the program's own cost confirmed the verdict.
    """

    right: bool
    conventions: ReadConventions
    verdicts: Mapping[str, CodeVerdict]
    mistakes: tuple[str, ...]
    sentence: str
    first_wrong: str | None = None
    notes: tuple[str, ...] = ()
    hints: tuple[str, str] = ("", "")
    certain: bool = False

    def __repr__(self) -> str:
        if self.right:
            return "<CodeDiagnosis: right>"
        named = f", {', '.join(self.mistakes)}" if self.mistakes else ""
        return f"<CodeDiagnosis: wrong{f', first in {self.first_wrong}' if self.first_wrong else ''}{named}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        data = asdict(self)
        data["verdicts"] = [asdict(verdict) for verdict in self.verdicts.values()]
        return data

    def to_json(self) -> str:
        """All of it as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CodeDiagnosis":
        """The diagnosis that ``to_dict`` wrote."""
        read = ReadConventions(**{**data["conventions"], "activations": tuple(data["conventions"]["activations"])})
        verdicts = [CodeVerdict(**{**entry, "mistakes": tuple(entry["mistakes"])}) for entry in data["verdicts"]]
        lists = {name: tuple(data[name]) for name in ("mistakes", "notes", "hints")}
        return cls(**{**data, **lists, "conventions": read, "verdicts": {one.array: one for one in verdicts}})


@dataclass(frozen=True, slots=True)
class StepDiagnosis:
    """The judgement of an optimizer.

    Attributes:
        right: its steps are those of the rule.
        settings: those that it was found to have.
        mistakes: slugs; empty if right or unknown.
        sentence: to the student.
        first_wrong: the number of the first step that is wrong, from 1; None if none is.
    """

    right: bool
    settings: Mapping[str, float] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    sentence: str = ""
    first_wrong: int | None = None
