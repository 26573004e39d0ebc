"""The sentences to the student about a quantity, in the lecture's letters, and the hints that give less away."""

from collections.abc import Sequence

import numpy as np

from ...lectures.layered import Place
from ..judging.catalogue import Mistake
from ..judging.error_propagation import level_of
from ..judging.judge import DIGITS, EQUAL_WIDTHS, NAMED, SOLVED, Judgement, depends_on, find_later_source
from ..judging.search import Match
from ..judging.student import Failed, Student
from ..judging.trivial import is_made_from
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import BACK, Quantity
from .exchange import find_exchange
from .factors import find_right_value
from .ratio import describe_near_miss, describe_ratio
from .symbols import join_words, list_words, turns_residual, write_quantity


def write_sentence(judgement: Judgement, students: Sequence[Student], earlier: Sequence[Judgement]) -> str:
    """One or two sentences: right, following, or what the mistake is."""
    world = students[0].world
    name = write_quantity(judgement.quantity, world)
    if judgement.right:
        rounding = " within what rounding the numbers before it does" if judgement.rounded else ""
        return f"{name} is right{rounding}."
    if judgement.follows:
        sources = _find_sources(judgement, students[0], earlier)
        source, are = join_words(sources), "are" if len(sources) > 1 else "is"
        if judgement.undoes:
            mistakes, them = ("mistakes", "they are in them") if len(sources) > 1 else ("mistake", "that is in it")
            return (f"{name} makes up for the {mistakes} in your {source}: it is right as long as {them}. With the "
                    f"right {source} it is {list_words(judgement.quantity, world)['own_line']}.")
        return f"{name} follows from your {source}: the rule is right; only the {source} that it uses {are} wrong."
    if judgement.unjudged == DIGITS:
        return f"{name} is not judged: it agrees, but so would many other numbers. Give two more digits."
    if judgement.unjudged == NAMED:
        return f"{name} is not judged: the line says what it is called, not how it is calculated."
    if judgement.unjudged == SOLVED:
        later = next(filter(None, (find_later_source(student, place) for student in students
                                   for place in judgement.quantity.places)))
        made = write_quantity(_name_place(later, judgement.quantity, students[0]), world)
        return f"{name} is not judged: it is calculated back from {made}, which comes later and was not handed in."
    if judgement.unjudged:
        return (f"{name} is not judged: it agrees with your earlier lines, but these are 0, a constant or copies of "
                "each other, with which a wrong rule agrees as well.")
    if not judgement.matches:
        why = f"{judgement.failed}." if judgement.failed else describe_ratio(judgement, students)
        if judgement.failed == EQUAL_WIDTHS:
            why = _describe_widths(judgement.quantity, students[0])
        if find_exchange(judgement, students):
            return f"{name}: {why}"
        known = "" if judgement.failed else ", by no mistake that is known here"
        return f"{name} is wrong{known}: {why}"
    return _describe_matches(judgement, students, earlier)


def _describe_widths(quantity: Quantity, student: Student) -> str:
    """Of a formula that is right where all layers have as many units."""
    words, place = list_words(quantity, student.world), quantity.places[0]
    layers = ("pre", "pre_next") if place.kind in BACK else ("post_prev", "post")
    here, there = (words[name] for name in layers)
    return (f"it fits only where layers have as many units as each other, such as those of {here} and {there}. "
            f"The right one is {words['own_line']}.")


def _describe_matches(judgement: Judgement, students: Sequence[Student], earlier: Sequence[Judgement]) -> str:
    """The mistake that was found, and what else it can be."""
    first, *others = list_told(judgement, earlier)
    name = write_quantity(judgement.quantity, students[0].world)
    text = f"{name}: {_describe_match(first, judgement, students, earlier)}"
    same = [match for match in others if _is_same(first, match)]
    for match in same:
        text += f" {_write_mistake(match.mistake, judgement, judgement.quantity, students[0])}"
    rest = dict.fromkeys(_describe_other(match, judgement, students[0]) for match in others if match not in same)
    if rest:
        where = "these numbers" if isinstance(judgement.answer, Numbers) else "formulas"
        text += f" It can be this as well, which {where} cannot tell apart: {' Or: '.join(rest)}"
    alone = "" if first.own else _describe_update_alone(judgement, students)
    return text + describe_near_miss(judgement, students) + _describe_batch(judgement) + alone


def list_told(judgement: Judgement, earlier: Sequence[Judgement]) -> list[Match]:
    """The mistakes that are explained, the first of them in full; not those that an earlier line has not."""
    if not judgement.matches:
        return []
    first, *others = sorted(judgement.matches, key=lambda match: bool(match.mistake.same and not match.mistake.says))
    handed_in = {place for other in earlier for place in other.quantity.places}
    return [first, *(match for match in others
                     if _is_same(first, match) or match.own or match.site not in handed_in)]


def _is_same(first: Match, match: Match) -> bool:
    return first.mistake.slug in match.mistake.same.split(", ")


def _describe_other(match: Match, judgement: Judgement, student: Student) -> str:
    """What a mistake is that gives the same answer."""
    site = judgement.quantity if match.own or match.beside else _name_site(match, judgement.quantity, student)
    mistakes = [match.mistake, *([match.beside] if match.beside else [])]
    return " And: ".join(_write_mistake(mistake, judgement, site, student) for mistake in mistakes)


def _find_sources(judgement: Judgement, student: Student, earlier: Sequence[Judgement]) -> list[str]:
    """The wrong lines that a quantity names, or else is made from; or the first that it leads back to."""
    places = judgement.quantity.places
    for is_source in (student.names, is_made_from, depends_on):
        found = [write_quantity(other.quantity, student.world) for other in earlier if other.wrong and any(
            is_source(place, before) for place in places for before in other.quantity.places)]
        if found:
            return found[:1] if is_source is depends_on else found
    return ["earlier lines" if places[0].layer is not None else "forward pass"]


def _describe_batch(judgement: Judgement) -> str:
    """A reading of the formula that its writer may not have thought of."""
    answer = judgement.answer
    if isinstance(answer, Numbers) or not answer.batch or not (answer.formula or answer.function):
        return ""
    if not any(match.mistake.slug == "sum-for-mean" for match in judgement.matches):
        return ""
    return " (A formula that uses N or λ states the whole batch and needs its own 1/N; others are that of one sample.)"


def _describe_update_alone(judgement: Judgement, students: Sequence[Student]) -> str:
    """What an update cannot say where its gradient was not handed in, and its step is a multiple of the right one."""
    place = judgement.quantity.places[0]
    gradient = {"W_new": "dW", "b_new": "db"}.get(place.kind)
    if gradient is None or students[0].gives(Place(gradient, place.layer)) or not _is_multiple(judgement, students):
        return ""
    return " From the update alone a factor in the cost cannot be told from another η; hand in the gradient as well."


def _is_multiple(judgement: Judgement, students: Sequence[Student]) -> bool:
    """Whether the step of an update is a constant times the right one; one number always is."""
    ratios = []
    for student in students:
        for place in judgement.quantity.places:
            start, right = student.world.parameter(place), find_right_value(student, place)
            answer = student.answer(place)
            if isinstance(answer, Failed) or answer.shape != right.shape:
                return False
            with np.errstate(all="ignore"):
                ratio = (answer - start) / (right - start)
            ratios += ratio[np.isfinite(ratio) & student.handed_in(place)].tolist()
    return bool(ratios) and np.allclose(ratios, ratios[0], rtol=1e-6)


def _describe_match(match: Match, judgement: Judgement, students: Sequence[Student],
                    earlier: Sequence[Judgement]) -> str:
    """The sentence of a mistake; if it was made on the way, where; if there are two in the line, both.

    Where the line names what it was made from, the mistake is in the line: it is as if that had one, and has not.
    """
    student = students[0]
    text = _describe_entries(match, judgement, student)
    if match.beside:
        both = [_write_mistake(mistake, judgement, judgement.quantity, student)
                for mistake in (match.mistake, match.beside)]
        return f"{text}there are two mistakes in it. {both[0]} And: {both[1]}"
    if not match.own and _names_way_from(judgement, match.site, student):
        return text + describe_ratio(judgement, students)
    site = judgement.quantity if match.own else _name_site(match, judgement.quantity, student)
    made = write_quantity(site, student.world)
    said = _write_mistake(match.mistake, judgement, site, student)
    if made == write_quantity(judgement.quantity, student.world):
        return text + said
    handed_in = [other for other in earlier if match.site in other.quantity.places]
    if not handed_in:
        return f"{text}this comes out with a mistake in {made}. {said}"
    made = write_quantity(handed_in[0].quantity, student.world)
    right = handed_in[0].right
    return (f"{text}it is not made from your {made}{', which is right,' if right else ''} but from one with "
            f"{'a' if right else 'another'} mistake. In that one: {said}")


def _names_way_from(judgement: Judgement, site: Place, student: Student) -> bool:
    """Whether a formula names the quantity in which a mistake would have been made, or one on the way from it."""
    place = judgement.quantity.places[0]
    return any(student.names(place, named) for named in student.world.vocabulary.places
               if level_of(named) > 0 and (named == site or depends_on(named, site)))


def _describe_entries(match: Match, judgement: Judgement, student: Student) -> str:
    """Which entries are meant, where the others are right."""
    if match.entries is None:
        return ""
    flags = match.entries.astype(np.float64)
    wrong = np.argwhere(np.asarray(student.world.to_lecture(judgement.quantity.places[0].kind, flags)))
    names = [str(index[0]) if len(index) == 1 else str(tuple(index)) for index in (wrong + 1).tolist()]
    if len(names) == 1:
        return f"entry {names[0]} alone is wrong. "
    return f"entries {join_words(names)} alone are wrong. "


def _write_mistake(mistake: Mistake, judgement: Judgement, quantity: Quantity, student: Student) -> str:
    words = dict(list_words(quantity, student.world))
    turned = isinstance(judgement.answer, Rule) and turns_residual(judgement.answer, student.world)
    words["turned"] = "The residual is turned" if turned else "The sign is turned"
    return student.world.in_letters(mistake.says).format(**words)


def _name_site(match: Match, quantity: Quantity, student: Student) -> Quantity:
    """The quantity in which a mistake was made, of any layer where the answer is."""
    output = match.mistake.about == "delta_output" or match.site.layer == student.world.vocabulary.depth == 1
    return _name_place(match.site, quantity, student, output)


def _name_place(place: Place, quantity: Quantity, student: Student, output: bool = False) -> Quantity:
    """The quantity at a place, of any layer where the one that is told of is."""
    vocabulary = student.world.vocabulary
    if quantity.general and not vocabulary.scalar and place.kind != "C":
        name = f"{place.kind}_{'output' if output else 'hidden'}" if place.kind in BACK else place.kind
        return vocabulary.names.get(name, quantity)
    return Quantity(vocabulary.name(place), (place,))


def write_hints(judgement: Judgement, students: Sequence[Student]) -> tuple[str, str]:
    """Where the mistake is, and what kind of mistake."""
    name = write_quantity(judgement.quantity, students[0].world)
    where = f"Look at {name}."
    if not judgement.matches:
        exchange = find_exchange(judgement, students)
        if exchange:
            return where, f"Look at {name}: {exchange.hint}."
        return where, f"Look at {name}: it is none of the common mistakes; derive the line once more from the graph."
    first = judgement.matches[0]
    hint = f"two mistakes, {first.mistake.hint} and {first.beside.hint}" if first.beside else first.mistake.hint
    return where, f"Look at {name}: {hint}."
