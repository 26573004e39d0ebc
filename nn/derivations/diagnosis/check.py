"""``check``: a derivation that was handed in, quantity by quantity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from autograd_lite.internal import quote

from ..lectures import find_lecture
from ..lectures.layered import Place
from ..lectures.lecture import Lecture
from ..settings import Settings
from .judging.generic_inputs import draw_generic_worlds
from .judging.inputs import Declared, World
from .judging.judge import Judgement, judge
from .judging.student import Student
from .reading.answers import Numbers, Rule
from .reading.entries import DECLARATIONS, read_answers
from .reading.keys import parse_quantity as quantity_of
from .telling.advice import (
    describe_invisible,
    describe_mixed_orders,
    find_invisible_mistakes,
    list_different_settings,
    list_other_settings,
    make_telling_world,
)
from .telling.sentences import write_hints, write_sentence
from .telling.symbols import find_lecture_line, write_quantity
from .telling.verdicts import Diagnosis, Verdict


def check(id: str, derivation: Mapping[str, Any], **settings: Any) -> Diagnosis:
    """Which quantities of a derivation are right, which line is wrong first, and why.

    Args:
        id: the lecture's id.
        derivation: quantity -> formula as text, function whose arguments are the lecture's symbols, or number. Scalar
            lectures: z1 a1 C delta1 dw1 db1 w1_new b1_new, and so on. Layered ones: pre post C delta_output
            delta_hidden dW db W_new b_new for any layer, or delta[2] for one. Numbers are judged to the last digit
            written, for the given settings; formulas and functions on several generic inputs. The key ``conventions``
            may declare "y = P(t=1)", "decay per step", "opposite sign of delta" or "delta of the mean cost".
        settings: of the lecture, as ``compare`` takes them.

    Raises:
        ValueError: an unknown lecture, setting or quantity (names the nearest), a text that is no formula, or a shape
            that does not fit;
        TypeError: something else than text, functions and numbers.
    """
    chosen = find_lecture(id)
    resolved = chosen.resolve(settings)
    checked = _Check(chosen, resolved, derivation)
    return checked.diagnosis()


_AS_SHEET = (
    "Your names are read as the lecture counts them: beside δ, W is the matrix that leads on from the layer, and in "
    "its gradient a is the layer that it comes from and delta_next the δ of the layer that it leads to.")
_NOT_AS_SHEET = (
    "The lecture gives a weight the number of the layer that it comes from; the names here go by the layer that it "
    "leads to. So it is W_next beside δ, and delta and a_prev in a gradient.")


class _Check:
    def __init__(self, chosen: Lecture, settings: Settings, derivation: Mapping[str, Any]) -> None:
        import numpy as np

        self.lecture, self.settings, self.derivation = chosen, settings, derivation
        plain = World(chosen, settings)
        shapes = {place: np.shape(plain.to_lecture(place.kind, value)) for place, value in plain.truth.items()}
        self.answers = read_answers(derivation, plain.vocabulary, shapes, cache(self._map_symbols))
        self.declared = self._read_declared()

    def _map_symbols(self) -> Mapping[str, str]:
        return {entry.symbol: entry.name for entry in self.lecture.by_hand(self.settings)}

    def _read_declared(self) -> Declared:
        found = Declared(**dict.fromkeys(self.answers.declared, True))
        names = {field: name for name, field in DECLARATIONS.items()}
        conventions = self.lecture.conventions(self.settings)
        fits = {"class_1": "t" in self.settings, "mean": conventions.mean,
                "decay": self.settings.get("penalty") is not None}
        for field in self.answers.declared:
            if not fits.get(field, True):
                raise ValueError(f"the convention {quote(names[field])} has no meaning in {self.lecture.id} "
                                 "with these settings")
        return found

    def diagnosis(self) -> Diagnosis:
        """The diagnosis under the lecture's convention, or under another one under which all is right."""
        judged = _Judged(self, self.declared, explain=False, until_wrong=True)
        if judged.right:
            return judged.diagnosis(())
        notes = []
        if not any(j.right and j.quantity.places[0].kind == "delta" for j in judged.judgements):
            for declared, note in self._other_conventions():
                judged = _Judged(self, declared, explain=False)
                if judged.right:
                    return judged.diagnosis((note,))
                if judged.is_kept_to:
                    self.declared, notes = declared, [note]
                    break
        chosen, about_names = self._try_sheet_names()
        found = _Judged(self, chosen)
        return found.diagnosis((*notes, *about_names, *(() if found.right else self._advise())))

    def _try_sheet_names(self) -> tuple[Declared, list[str]]:
        """Whether plain names are counted as the lecture does, where its weights bear the number of their source.

        Two lines must tell so, for one may be a mistake.
        """
        conventions = self.lecture.conventions(self.settings)
        if conventions.form == "scalars" or conventions.superscript != "source" or not self.answers.rules:
            return self.declared, []
        sheet = replace(self.declared, sheet=True)
        try:
            as_sheet, as_it_is = (sum(j.right for j in _Judged(self, declared, explain=False).judgements)
                                  for declared in (sheet, self.declared))
        except ValueError:  # counted so, a line uses what is not there
            return self.declared, []
        if as_sheet > as_it_is + 1:
            return sheet, [_AS_SHEET]
        return self.declared, [_NOT_AS_SHEET] if as_sheet > as_it_is else []

    def _other_conventions(self) -> Iterator[tuple[Declared, str]]:
        """Conventions that are no mistake if all is right with them: δ's and gradients must both be there."""
        kinds = {place.kind for answer in self.answers.all for place in answer.quantity.places}
        if "delta" not in kinds or not kinds & {"dW", "db", "W_new", "b_new"}:
            return
        signs = [(False, ""), (True, ("The other sign convention: your δ is −1 times the lecture's, "
                                      "and your gradients are right."))]
        means = [(False, "")]
        if self.lecture.conventions(self.settings).mean:
            means.append((True, ("Your δ is that of the mean cost, δ/N, and your gradients are plain sums of it; "
                                 "the lecture's δ belongs to one sample.")))
        for opposite, about_sign in signs:
            for mean, about_mean in means:
                declared = replace(self.declared, opposite=self.declared.opposite != opposite,
                                   mean=self.declared.mean or mean)
                if declared != self.declared:
                    yield declared, " ".join(note for note in (about_sign, about_mean) if note)

    def _advise(self) -> Iterator[str]:
        """Other settings of the lecture under which all that was handed in is right."""
        for shown, settings in list_other_settings(self.lecture, self.settings):
            try:
                found = _Judged(_Check(self.lecture, settings, self.derivation), self.declared, False, until_wrong=True)
            except ValueError:  # the formulas use what the other form has not
                continue
            if found.right:
                yield f"All of it is right with {shown}: if that is what you mean, give that setting."
                return
        mixed = describe_mixed_orders(self._is_right, self.settings)
        if mixed:
            yield mixed

    def _is_right(self, settings: Settings) -> Mapping[str, bool]:
        """Symbol -> whether it is right under other settings."""
        judged = _Judged(_Check(self.lecture, settings, self.derivation), self.declared, explain=False)
        return {write_quantity(j.quantity, judged.mine): j.right for j in judged.judgements}


class _Judged:
    """The judgements of all answers under declared conventions."""

    def __init__(self, of: _Check, declared: Declared, explain: bool = True, until_wrong: bool = False) -> None:
        self.of = of
        self.declared = declared
        self.mine = World(of.lecture, of.settings, declared)
        self.student = Student(self.mine, of.answers, generic=False)
        worlds = self._draw_worlds() if of.answers.rules else []
        rules = of.answers.in_vocabulary(worlds[0].vocabulary) if worlds else of.answers
        self.students = [Student(world, rules, generic=True) for world in worlds]
        self.judgements: list[Judgement] = []
        before: dict[Place, Judgement] = {}
        for answer in rules.in_order((worlds[0] if worlds else self.mine).vocabulary):
            judgement = judge(answer, self._students_for(answer), before, explain)
            self.judgements.append(judgement)
            before |= dict.fromkeys(answer.quantity.places, judgement)
            if until_wrong and not judgement.right:
                break

    def _draw_worlds(self) -> Sequence[World]:
        return draw_generic_worlds(self.of.lecture, self.of.settings, self._find_depth(), self.declared)

    def _find_depth(self) -> int | None:
        """As many layers as the settings have, if a formula is about one of them; else any number will do."""
        numbered = any(rule.numbered or not (rule.quantity.general or rule.quantity.name == "C")
                       for rule in self.of.answers.rules)
        return self.mine.vocabulary.depth if numbered or self.of.answers.numbers else None

    def _students_for(self, answer: Rule | Numbers) -> Sequence[Student]:
        return [self.student] if isinstance(answer, Numbers) else self.students

    @property
    def right(self) -> bool:
        return all(judgement.right for judgement in self.judgements)

    @property
    def is_kept_to(self) -> bool:
        """Whether all δ's and gradients are right, of which there are some: then the convention is meant."""
        found = {kind: [j.right for j in self.judgements if j.quantity.places[0].kind in kinds]
                 for kind, kinds in {"delta": ("delta",), "gradient": ("dW", "db")}.items()}
        return all(found.values()) and all(map(all, found.values()))

    def diagnosis(self, notes: tuple[str, ...]) -> Diagnosis:
        verdicts = {}
        for i, judgement in enumerate(self.judgements):
            verdict = self._make_verdict(judgement, self.judgements[:i])
            verdicts[verdict.quantity] = verdict
        about_inputs, telling = self._describe_inputs()
        about_inputs = [*self._describe_settings(), *about_inputs]
        declared = [f"Declared: {name}." for name, field in DECLARATIONS.items() if field in self.of.answers.declared]
        return Diagnosis(self.of.lecture.id, self.of.settings, verdicts, (*notes, *declared, *about_inputs), telling)

    def _describe_settings(self) -> Iterator[str]:
        """What formulas cannot show with these settings."""
        rules = self.of.answers.rules
        unused = self.of.settings.get("penalty", "") is None
        if unused and any("lam" in rule.names for rule in rules):
            yield "λ is 0 here, so no penalty was judged: give one, such as penalty = l2 and lam = 0.1."
        kinds = {place.kind for rule in rules for place in rule.quantity.places}
        if "identity" in self.mine.problem.activations and kinds - {"pre", "C"}:
            yield "The identity has the derivative 1: where it is the activation function no mistake in σ′ shows."

    def _describe_inputs(self) -> tuple[list[str], Settings | None]:
        """What these inputs cannot show or tell apart, and inputs that can."""
        if not self.of.answers.numbers:
            return [], None
        telling = make_telling_world(self.of.lecture, self.of.settings, self.mine.vocabulary.depth)
        hidden = find_invisible_mistakes(self.judgements, self.student, telling)
        tied = any(isinstance(j.answer, Numbers) and len([m for m in j.matches if not m.mistake.same]) > 1
                   for j in self.judgements)
        different = list_different_settings(self.of.settings, telling) if hidden or tied else None
        return [describe_invisible(hidden)] if hidden else [], different

    def _make_verdict(self, judgement: Judgement, earlier: Sequence[Judgement]) -> Verdict:
        answer = judgement.answer
        students = self._students_for(answer)
        where, hint = write_hints(judgement, students[0]) if judgement.wrong else ("", "")
        form = "numbers" if isinstance(answer, Numbers) else "formula" if answer.formula else "function"
        symbol = write_quantity(answer.quantity, students[0].world)
        return Verdict(
            answer.quantity.name, symbol, judgement.right, judgement.follows,
            tuple(match.mistake.slug for match in judgement.matches), write_sentence(judgement, students, earlier),
            answer.text, self._format_expected(answer), form, where, hint)

    def _format_expected(self, answer: Rule | Numbers) -> str:
        if isinstance(answer, Rule):
            line = find_lecture_line(answer.quantity, self._students_for(answer)[0].world)
            return line.right if line else ""
        place = answer.quantity.places[0]
        return _format_numbers(self.mine.to_lecture(place.kind, self.mine.truth[place]))


def _format_numbers(value: Any) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return f"[{', '.join(_format_numbers(item) for item in value)}]" if isinstance(value, list) else f"{value:.6g}"


def quantity_places(id: str, settings: Settings, quantity: str) -> list[tuple[str, int | None]]:
    """The kinds and layers that the name of a quantity covers in a lecture with these settings.

    Raises:
        ValueError: an unknown lecture, setting or quantity.
    """
    chosen = find_lecture(id)
    found = quantity_of(World(chosen, chosen.resolve(settings)).vocabulary, quantity)
    return [(place.kind, place.layer) for place in found.places]
