"""``check``: a derivation that was handed in, quantity by quantity."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from os import fspath
from typing import Any, TypeVar

from ..lectures import find_lecture, is_lecture_path
from ..lectures.lecture import Lecture
from ..settings import Settings
from .file_check import complete_diagnosis, read_own, read_quantity
from .judging.adoption import adopt_constants
from .judging.inputs import Declared, World, make_world
from .judging.likelier import find_likelier
from .judging.submission import Judgements, Submission, read_submission
from .own_lecture.forms import adopt_declaration, advise_declaration
from .reading.keys import parse_quantity
from .telling.advice import (
    OTHER_ORDER,
    describe_mixed_orders,
    leaves_slopes_unsaid,
    list_other_settings,
    turn_indices,
    write_order,
)
from .telling.conventions import OF_THE_MEAN, OPPOSITE, OPPOSITE_BESIDE, describe_adopted, describe_other_cost
from .telling.report import write_diagnosis
from .telling.symbols import write_quantity
from .telling.verdicts import Diagnosis

S = TypeVar("S", bound=Submission)


def check(id: str, derivation: Mapping[str, Any], **settings: Any) -> Diagnosis:
    """Judge a derivation line by line: which quantities are right, which line is wrong first, and why.

    Args:
        id: the lecture's id, a key of ``LECTURES``, or the path of a lecture file. With a file, lines are in its
            letters, ``seed`` is the only setting, and a mistake that is not in the catalogue is called by its kind,
            such as "index".
        derivation: quantity -> formula as text, function whose arguments are the lecture's symbols, or number. Scalar
            lectures: z1 a1 C da1 delta1 dw1 db1 w1_new b1_new, and so on, da1 for ∂C/∂a₁. Layered ones: pre post C
            dpost_output dpost_hidden (∂C/∂a) delta_output delta_hidden dW db W_new b_new for any layer, or delta[2]
            for one. Numbers of a layer are nested as in ``compare(id).hand``: ``delta[2]`` of 3 units is a list of 3
            numbers (in ``columns`` and ``rows`` a row for each sample), and ``dW[1]`` has the shape of W[0]. Numbers
            are judged to the last digit written, for the given settings; formulas and functions on several generic
            inputs. The key ``conventions`` may declare "y = P(t=1)", "decay per step", "opposite sign of delta",
            "delta of the mean cost", "penalty on biases", "cost constant = 1/(2N)" and "penalty constant = 1/2"
            (before Σ(a − y)² and λΣw²), or "given": the lecture's alone. A constant that at least two lines use and
            none contradicts need not be declared.
        settings: of the lecture, as ``compare`` takes them.

    Returns:
        The diagnosis: a verdict for each quantity that was handed in, in the order in which a derivation is judged.

    Raises:
        ValueError: an unknown lecture, setting or quantity (names the nearest), a text that is no formula, or a shape
            that does not fit;
        TypeError: something else than text, functions and numbers.

    >>> found = check("one-neuron", {"delta1": "(a1 - y)*df1(z1)", "dw1": "delta1"})
    >>> found.first_wrong
    'dw1'
    >>> print(found.verdicts["dw1"].sentence)
    ∂C/∂w₁: x is missing: ∂C/∂w₁ = δ₁·x. Only the gradient of a bias is δ alone.
    """
    if is_lecture_path(id):
        return _diagnose(read_own(fspath(id), derivation, settings), adopt_declaration, advise_declaration,
                         complete_diagnosis)
    lecture = find_lecture(id)
    return _diagnose(read_submission(lecture, lecture.resolve(settings), derivation), _adopt_convention, _advise)


def _diagnose(submission: S, adopt: Callable[[S], tuple[S, list[str]]], advise: Callable[[S, list[str]], Iterator[str]],
              complete: Callable[[Diagnosis, Judgements], Diagnosis] = lambda found, _: found) -> Diagnosis:
    """The diagnosis under the lecture's convention, or under another one that the derivation keeps to.

    ``adopt`` finds another convention of δ, ``advise`` other settings under which all is right. ``complete`` adds to
    what is told.
    """
    given = submission.declared
    judged = Judgements(submission, explain=False, until_wrong=True)
    if judged.right:
        return complete(write_diagnosis(judged), judged)
    notes: list[str] = []
    if not (judged.has_right_delta or submission.declared.given):
        submission, notes = adopt(submission)
    adopted = adopt_constants(submission)
    world = make_world(submission.lecture, submission.settings, submission.declared)
    if adopted.submission.declared != submission.declared:
        notes += describe_adopted(world, adopted.submission.declared)
        submission = adopted.submission
    remarks = {name: describe_other_cost(world, *found) for name, found in adopted.single.items()}
    by_names, about_names = _adopt_sheet_names(submission)
    judged = Judgements(by_names)
    wrong = [judgement.quantity.name for judgement in judged.all if judgement.wrong]
    advice = () if judged.right else advise(submission, wrong)
    found = write_diagnosis(judged, [*notes, *about_names, *advice], remarks, convention=by_names.declared != given)
    return complete(found, judged)


def _adopt_convention(submission: Submission) -> tuple[Submission, list[str]]:
    """The submission under the first other convention of δ that it keeps to, and a note; unchanged if there is none."""
    others = [(submission.under(declared), note) for declared, note in _list_other_conventions(submission)]
    for other, note in others:
        judged = Judgements(other, explain=False)
        if judged.right or judged.keeps_convention:
            return other, [note]
    likelier = find_likelier(submission, [(other, note.replace(OPPOSITE, OPPOSITE_BESIDE)) for other, note in others])
    return (likelier[0], [likelier[1]]) if likelier else (submission, [])


def _list_other_conventions(submission: Submission) -> Iterator[tuple[Declared, str]]:
    """Conventions that are no mistake if all is right with them: δ's and gradients must both be there."""
    kinds = {place.kind for answer in submission.answers.all for place in answer.quantity.places}
    if "delta" not in kinds or not kinds & {"dW", "db", "W_new", "b_new"}:
        return
    means = [False, True] if submission.lecture.conventions(submission.settings).mean else [False]
    now = submission.declared
    for opposite in (False, True):
        for mean in means:
            declared = replace(now, opposite=now.opposite != opposite, mean=now.mean or mean)
            if declared != now:
                yield declared, " ".join([OPPOSITE] * opposite + [OF_THE_MEAN] * mean)


_AS_SHEET = (
    "Your names are read as the lecture counts them: beside δ, W is the matrix that leads on from the layer, and in "
    "its gradient a is the layer that it comes from and delta_next the δ of the layer that it leads to.")
_NOT_AS_SHEET = (
    "The lecture gives a weight the number of the layer that it comes from; the names here go by the layer that it "
    "leads to. So it is W_next beside δ, and delta and a_prev in a gradient.")


def _adopt_sheet_names(submission: S) -> tuple[S, list[str]]:
    """The submission with plain names counted as the lecture does, where its weights bear the number of their source.

    At least two lines must be right only so, for one may be a mistake; one line gives a note.
    """
    conventions = submission.lecture.conventions(submission.settings)
    if conventions.form == "scalars" or conventions.superscript != "source" or not submission.answers.rules:
        return submission, []
    as_sheet = submission.under(replace(submission.declared, sheet=True))
    try:
        more = _count_right(as_sheet) - _count_right(submission)
    except ValueError:  # with layers counted so, a line uses a quantity that does not exist
        return submission, []
    if more > 1:
        return as_sheet, [_AS_SHEET]
    return submission, [_NOT_AS_SHEET] * (more == 1)


def _count_right(submission: Submission) -> int:
    return sum(judgement.right for judgement in Judgements(submission, explain=False).all)


def _advise(submission: Submission, wrong: Sequence[str]) -> Iterator[str]:
    """Other settings of the lecture under which all is right that was handed in, with what is ``wrong`` now."""
    for text, settings in list_other_settings(submission.lecture, submission.settings):
        if not leaves_slopes_unsaid(submission.answers.rules, submission.settings, settings):
            continue
        try:
            judged = Judgements(submission.read_again(settings), explain=False, until_wrong=True, first=wrong)
        except ValueError:  # the formulas use a quantity that the other form does not have
            continue
        if judged.right:
            yield f"All of it is right with {text}: if that is what you mean, give that setting."
            return
    turned, lecture = turn_indices(submission.derivation), submission.lecture
    several = len(wrong) > 1 and "reading" not in submission.settings
    if several and isinstance(lecture, Lecture) and turned != submission.derivation:
        with suppress(ValueError):
            other = read_submission(lecture, submission.settings, turned).under(submission.declared)
            if Judgements(other, explain=False, until_wrong=True).right:
                yield OTHER_ORDER.format(order=write_order(lecture.conventions(submission.settings)))
                return
    mixed = describe_mixed_orders(lambda settings: _list_right(submission.read_again(settings)), submission.settings)
    if mixed:
        yield mixed


def _list_right(submission: Submission) -> Mapping[str, bool]:
    """Symbol -> whether it is right."""
    judged = Judgements(submission, explain=False)
    return {write_quantity(j.quantity, judged.world): j.right for j in judged.all}


def quantity_places(id: str, settings: Settings, quantity: str) -> list[tuple[str, int | None]]:
    """The kinds and layers that the name of a quantity covers in a lecture with these settings.

    Raises:
        ValueError: an unknown lecture, setting or quantity.
    """
    if is_lecture_path(id):
        return read_quantity(fspath(id), quantity)
    lecture = find_lecture(id)
    found = parse_quantity(World(lecture, lecture.resolve(settings)).vocabulary, quantity)
    return [(place.kind, place.layer) for place in found.places]
