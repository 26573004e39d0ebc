"""The sentences to the student about a quantity, in the lecture's letters, and the hints that give less away."""

from collections.abc import Sequence

from ...lectures.layered import Place
from ..judging.judge import Judgement, depends_on
from ..judging.search import Match
from ..judging.student import Student
from ..reading.answers import Numbers
from ..reading.vocabulary import Quantity
from .ratio import describe_near_miss, describe_ratio
from .symbols import list_words, write_quantity


def write_sentence(judgement: Judgement, students: Sequence[Student], earlier: Sequence[Judgement]) -> str:
    """One or two sentences: right, following, or what the mistake is."""
    world = students[0].world
    name = write_quantity(judgement.quantity, world)
    if judgement.right:
        rounding = " within what rounding the numbers before it does" if judgement.rounded else ""
        return f"{name} is right{rounding}."
    if judgement.follows:
        source = _find_source(judgement, students[0], earlier)
        return f"{name} follows from your {source}: the rule is right, and what it is applied to is not."
    if not judgement.matches:
        why = f"{judgement.failed}." if judgement.failed else describe_ratio(judgement, students)
        alone = _describe_update_alone(judgement, students[0])
        return f"{name} is wrong, by no mistake that is known here: {why}{alone}"
    first, *others = _order_matches(judgement.matches)
    text = f"{name}: {_describe_match(first, judgement.quantity, students[0])}"
    same = [match for match in others if first.mistake.slug in match.mistake.same.split(", ")]
    for match in same:
        text += f" {_write_mistake(match, judgement.quantity, students[0])}"
    rest = [match for match in others if match not in same]
    if rest:
        slugs = " or ".join(match.mistake.slug for match in rest)
        where = "these numbers" if isinstance(judgement.answer, Numbers) else "formulas"
        text += f" It can be {slugs} as well, which {where} cannot tell apart."
    alone = "" if first.own else _describe_update_alone(judgement, students[0])
    return text + describe_near_miss(judgement, students) + _describe_batch(judgement) + alone


def _find_source(judgement: Judgement, student: Student, earlier: Sequence[Judgement]) -> str:
    """The first wrong line that a quantity leads back to."""
    place = judgement.quantity.places[0]
    for other in earlier:
        if other.wrong and any(depends_on(place, before) for place in judgement.quantity.places
                               for before in other.quantity.places):
            return write_quantity(other.quantity, student.world)
    return "earlier lines" if place.layer is not None else "forward pass"


def _describe_batch(judgement: Judgement) -> str:
    """A reading of the formula that its writer may not have thought of."""
    if isinstance(judgement.answer, Numbers) or not judgement.answer.batch:
        return ""
    if not any(match.mistake.slug == "sum-for-mean" for match in judgement.matches):
        return ""
    return " (A formula that uses N or λ states the whole batch and needs its own 1/N; others are that of one sample.)"


def _describe_update_alone(judgement: Judgement, student: Student) -> str:
    """What an update cannot say where its gradient was not handed in."""
    place = judgement.quantity.places[0]
    gradient = {"W_new": "dW", "b_new": "db"}.get(place.kind)
    if gradient is None or student.gives(Place(gradient, place.layer)):
        return ""
    return " From the update alone a factor in the cost cannot be told from another η; hand in the gradient as well."


def _order_matches(matches: Sequence[Match]) -> list[Match]:
    """The matches, those that are the same line as another after it."""
    return sorted(matches, key=lambda match: bool(match.mistake.same and not match.mistake.says))


def _describe_match(match: Match, quantity: Quantity, student: Student) -> str:
    """The sentence of a mistake; if it was made on the way, where."""
    if match.own:
        return _write_mistake(match, quantity, student)
    site = _find_site(match, quantity, student)
    made = write_quantity(site, student.world)
    if made == write_quantity(quantity, student.world):
        return _write_mistake(match, quantity, student)
    return f"this comes out with a mistake in {made}. {_write_mistake(match, site, student)}"


def _write_mistake(match: Match, quantity: Quantity, student: Student) -> str:
    return match.mistake.says.format(**list_words(quantity, student.world))


def _find_site(match: Match, quantity: Quantity, student: Student) -> Quantity:
    """The quantity in which a mistake was made that shows in a later one."""
    vocabulary = student.world.vocabulary
    kind = {"delta_output": "delta", "delta_hidden": "delta", "slope": "delta", "forward": "pre", "penalty": "dW",
            "batch": "dW", "update": "W_new"}.get(match.mistake.about, match.mistake.about)
    letters = {line.letter for form in match.mistake.forms for line in form}
    if match.mistake.about == "forward":
        kind = "post" if "h" in letters else "C" if "C" in letters else "pre"
    place = quantity.places[0]
    layer = vocabulary.depth if match.mistake.about == "delta_output" else place.layer or vocabulary.depth
    if match.mistake.about == "delta_hidden" and layer == vocabulary.depth:
        layer = vocabulary.depth - 1
    if place.kind == "pre" and kind == "post":
        layer = max(1, layer - 1)
    if quantity.general and not vocabulary.scalar:
        name = kind
        if match.mistake.about in ("delta_output", "delta_hidden"):
            name = match.mistake.about
        elif kind == "delta":
            name = "delta_hidden" if vocabulary.depth > 1 else "delta_output"
        return vocabulary.names.get(name, quantity)
    return Quantity(vocabulary.name(Place(kind, layer)), (Place(kind, layer),))


def write_hints(judgement: Judgement, student: Student) -> tuple[str, str]:
    """Where the mistake is, and what kind of mistake."""
    name = write_quantity(judgement.quantity, student.world)
    where = f"Look at {name}."
    if not judgement.matches:
        return where, f"Look at {name}: it is none of the common mistakes; derive the line once more from the graph."
    return where, f"Look at {name}: {judgement.matches[0].mistake.hint}."
