"""Numbers for a lecture file's example: right to the last digit, or following from the numbers before them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.internal import quote

from ..lecture_file.compare import ORDER, list_places
from ..lecture_file.critique import World
from ..lecture_file.derivation import Derivation, bind, fit_shape
from ..lecture_file.display import Display, list_entries
from ..lecture_file.edits import list_edits
from ..lecture_file.evaluation import NoPlaceError, UnreadableError, evaluate
from ..lecture_file.explain import find_right_line
from ..lecture_file.grammar import Statement
from ..lecture_file.layout import Place
from ..lecture_file.lecture import LectureFile
from ..lecture_file.problem import Example
from ..lecture_file.reading import parse_line
from .telling.verdicts import Verdict

_DRAWS = 12  # of rounding errors


def is_number(text: str) -> bool:
    """Whether a text is one number."""
    return bool(re.fullmatch(r"\s*[-+−]?\d[\d.]*(?:[eE][-+]?\d+)?\s*", text))


def parse_name(lecture: LectureFile, name: str) -> tuple[str, int, tuple[int, ...] | None]:
    """``delta[2]``, ``dW[1][0, 2]``, or a left side with numbers alone: its kind, neutral layer, and entry if one."""
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\](?:\[([\d, ]+)\])?)?", name)
    if found and found[1] in ORDER and (found[2] or found[1] == "C"):
        entry = tuple(int(part) for part in found[3].split(",")) if found[3] else None
        return found[1], int(found[2] or 0), entry
    try:
        statement = parse_line(f"{name} = 0", lecture.notation, lecture.problem, 0)
        kind = lecture.notation.kinds[statement.letter]
        index = [number for letter, number in statement.patterns if letter is None]
        slots = lecture.notation.slots(kind)
        if len(index) != 1 or "layer" not in slots or len(slots) != 1:
            raise ValueError
        return kind, lecture.notation.layer(kind, index[0]), None
    except (ValueError, KeyError):
        known = [f"{kind}[1]" if kind != "C" else kind for kind in ORDER if kind in lecture.notation.names]
        raise ValueError(
            f"{quote(name)} is no quantity of {lecture.id} that numbers can be given for; they are named as "
            f"{', '.join(known)}, nested as in compare"
        ) from None


@dataclass
class _Answer:
    """Numbers of a kind and layer: entry -> number and half a unit of its last digit."""

    kind: str
    layer: int
    values: dict[tuple[int, ...], tuple[float, float]]
    names: list[str]


def _find_order(answer: _Answer) -> tuple[int, int, int]:
    """The place in a derivation: forward layer by layer, C, δ from the output down, gradients, updates."""
    forward = answer.kind in ("pre", "post")
    at = -answer.layer if answer.kind == "delta" else answer.layer
    return (0, at, ORDER.index(answer.kind)) if forward else (1, ORDER.index(answer.kind), at)


class Numbers:
    """Numbers that were handed in for an example."""

    def __init__(self, lecture: LectureFile, example: Example, given: Mapping[str, Any]) -> None:
        import numpy as np

        self.lecture, self.example, self.given = lecture, example, given
        self.world = World(lecture, example)
        self.layout = self.world.layout
        self.random = np.random.default_rng(1)
        self.answers: dict[tuple[str, int], _Answer] = {}
        for name, value in given.items():
            self._add(name, value)

    def _add(self, name: str, value: Any) -> None:
        kind, layer, entry = parse_name(self.lecture, name)
        truth = self._flatten((kind, layer))
        if not truth:
            raise ValueError(f"{name}: there is no such layer")
        answer = self.answers.setdefault((kind, layer), _Answer(kind, layer, {}, []))
        answer.names.append(name)
        found = dict(_list_numbers(value, name))
        if entry is not None and list(found) == [()]:
            found = {entry: found[()]}
        if not found.keys() <= truth.keys() or (entry is None and len(found) < len(truth)):
            raise ValueError(
                f"{name} has {len(found)} numbers, or another shape, and there are {len(truth)} here, nested "
                "as in compare"
            )
        answer.values |= found

    def _flatten(self, where: tuple[str, int]) -> dict[tuple[int, ...], float]:
        """The true numbers of a kind and layer, by their entry."""
        return {at: number for place in self._list_places(where)
                for _, _, at, number in list_entries(self.world.truth(place), place, self.layout)}

    def _list_places(self, where: tuple[str, int]) -> list[Place]:
        return [place for place in list_places(self.layout) if (place.kind, place.layer) == where]

    def judge(self) -> dict[str, Verdict]:
        """A verdict for each kind and layer, under the first name that was given, in the order of a derivation."""
        found: dict[str, Verdict] = {}
        for answer in sorted(self.answers.values(), key=_find_order):
            found[answer.names[0]] = self._judge(answer, all(verdict.right for verdict in found.values()))
        return found

    def _judge(self, answer: _Answer, right_before: bool) -> Verdict:
        where = (answer.kind, answer.layer)
        truth, display = self._flatten(where), Display(self.lecture.notation, self.layout.depth)
        place = self._list_places(where)[0]
        symbol = display.entry(place, place.units, place.sample) if place.units else display.label(
            answer.kind, *self.layout.index(place))
        given = ", ".join(f"{number:g}" for number, _ in answer.values.values())
        expected = ", ".join(f"{truth[at]:.6g}" for at in answer.values)

        def verdict(right: bool, follows: bool, sentence: str, decided_by: str, sorts: tuple[str, ...] = ()) -> Verdict:
            hint = f"{symbol}: {' or '.join(sorts) or 'another number'}."
            return Verdict(answer.names[0], symbol, right, follows, sorts, sentence, given, expected, "numbers",
                           *(("", "") if right or follows else (f"Look at {symbol}.", hint)), decided_by=decided_by)

        if self._fits(answer, truth, {}):
            return verdict(True, False, f"{symbol} is right.", "value")
        own = self._apply(where, None, 0)
        slack = self._find_slack(where, own) if own is not None else {}
        if own is not None and self._fits(answer, own, slack):
            if right_before:
                return verdict(True, False, f"{symbol} is right, but for rounding on the way.", "rounding")
            return verdict(False, True, f"{symbol} follows from an earlier line.", "rule on own values")
        words, sorts = self._find_mistakes(answer, slack)
        wrong = [at for at, (number, half) in answer.values.items() if abs(number - truth[at]) > half]
        said = f"{symbol}: {len(wrong)} of {len(answer.values)} numbers differ from the right ones."
        said += f" It is the right line {' or '.join(words)}." if words else ""
        return verdict(False, False, said, f"mistake {sorts[0]}" if sorts else "unknown", sorts)

    def _fits(self, answer: _Answer, values: Mapping[tuple[int, ...], float],
              slack: Mapping[tuple[int, ...], float]) -> bool:
        return all(abs(number - values[at]) <= 1.001 * half + slack.get(at, 0.0) + 1e-12 * abs(number)
                   for at, (number, half) in answer.values.items())

    def _find_mistakes(self, answer: _Answer, slack: Mapping[tuple[int, ...], float]) -> tuple[
            list[str], tuple[str, ...]]:
        """Single changes of the right line that give these numbers, on the student's earlier ones or right ones."""
        right = find_right_line(self._list_places((answer.kind, answer.layer))[0], self.world)
        words: dict[str, str] = {}
        for edit in list_edits(right.right, self.lecture.notation) if right else ():
            changed = right.replace(edit.right) if right else None
            for sign in (0, None):
                found = self._apply((answer.kind, answer.layer), changed, sign)
                if found is not None and found.keys() >= answer.values.keys() and self._fits(answer, found, slack):
                    words.setdefault(edit.words, edit.sort)
        return list(words)[:3], tuple(dict.fromkeys(list(words.values())[:3]))

    def _find_slack(
        self, where: tuple[str, int], first: Mapping[tuple[int, ...], float]
    ) -> dict[tuple[int, ...], float]:
        """How far the rounding of the student's numbers moves what the right rule gives."""
        found = dict.fromkeys(first, 0.0)
        for _ in range(_DRAWS if len(self.answers) > 1 else 0):
            moved = self._apply(where, None, 1)
            found = {at: max(found[at], abs(moved[at] - first[at])) for at in found} if moved is not None else found
        return found

    def _apply(self, where: tuple[str, int], changed: Statement | None, sign: int | None) -> (
            dict[tuple[int, ...], float] | None):
        """What a rule gives on the student's numbers, moved by rounding (1) or not (0); on right ones (None)."""
        derivation = self.lecture.derive(self.example)
        derivation.statements = self.lecture.template
        for key, answer in self.answers.items():
            if key != where and sign is not None:
                self._put(derivation, answer, sign)
        try:
            return {at: number for place in self._list_places(where)
                    for _, _, at, number in list_entries(self._value(derivation, place, changed), place, self.layout)}
        except (UnreadableError, NoPlaceError, RecursionError):
            return None

    def _value(self, derivation: Derivation, place: Place, changed: Statement | None) -> Any:
        if changed is None:
            return derivation.value(place)
        known = bind(changed, place, self.layout, derivation.context)
        if known is None:
            return derivation.value(place)
        return fit_shape(evaluate(changed.right, derivation.context, known), place, self.layout)

    def _put(self, derivation: Derivation, answer: _Answer, sign: int) -> None:
        """The student's own numbers, each moved within its last digit, in place of those that lines give."""
        import numpy as np

        for place in self._list_places((answer.kind, answer.layer)):
            truth = self.world.truth(place)
            entries = [at for _, _, at, _ in list_entries(truth, place, self.layout)]
            own = [answer.values.get(at) for at in entries]
            if any(number is None for number in own):
                continue
            moved = [number + sign * half * self.random.uniform(-1, 1) for number, half in filter(None, own)]
            if isinstance(truth, float):
                derivation.know(place, moved[0])
                continue
            turned = place.kind in ("pre", "post", "delta") and not self.lecture.notation.rows
            array = np.array(moved).reshape(truth.T.shape if turned else truth.shape)
            derivation.know(place, array.T if turned else array)


def _list_numbers(
    value: Any, name: str, at: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], tuple[float, float]]]:
    """Each number, its place, and half a unit of its last digit."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        for i, item in enumerate(value):
            yield from _list_numbers(item, name, (*at, i))
        return
    text = str(value).strip().replace("−", "-")
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not is_number(text):
        raise ValueError(f"{name}: {quote(value)} is no number")
    digits = re.sub(r"[eE].*", "", text).partition(".")[2]
    exponent = re.search(r"[eE]([-+]?\d+)", text)
    yield (
        at,
        (
            float(text),
            0.5 * 10.0 ** ((int(exponent[1]) if exponent else 0) - len(digits)) if "." in text or exponent else 0.0,
        ),
    )
