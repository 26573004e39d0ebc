"""What the identity hides: its derivative is 1, so that a missing or repeated σ′ of its layer does not show."""

import re
from collections.abc import Iterator, Sequence

from ...lectures.layered import Place
from ...settings import Settings
from ..judging.error_propagation import is_close
from ..judging.generic_inputs import draw_generic_worlds
from ..judging.judge import Judgement
from ..judging.student import Failed
from ..judging.submission import Judgements, Submission
from ..reading.answers import Rule
from ..reading.vocabulary import Quantity
from .symbols import join_words, list_words, write_quantity

_OTHER = "sigmoid"
_SLOPE = re.compile(r"['′]|prime|\bd_?[a-zσφ]\w*\(")


def describe_identity(judged: Judgements) -> Iterator[str]:
    """For each σ that is the identity, the formulas that are right only because of that; none that no line leans on."""
    world, names = judged.world, judged.world.problem.activations
    right = [j for j in judged.all if j.right and isinstance(j.answer, Rule)
             and {place.kind for place in j.quantity.places} - {"pre", "post", "C"}]
    if not right or "identity" not in names:
        return
    for at, settings in _list_other_settings(judged.submission, names):
        if settings is None:
            leaning = [j for j in right if _may_lean(j, at, judged)]
        else:
            leaning = _find_leaning(right, judged, settings)
        if leaning:
            words = list_words(Quantity("", (Place("pre", at),)), world)
            symbols = [write_quantity(j.quantity, world) for j in leaning]
            everywhere = settings is not None and "activations" not in settings
            where = "" if world.vocabulary.scalar or everywhere else f", which leads to {words['post']},"
            yield (f"{words['activation']}{where} is the identity, whose derivative is 1, so a missing or repeated "
                   f"{words['slope']} does not show: with another activation function there, your "
                   f"{join_words(symbols)} {'may' if settings is None else 'would'} not be right.")


def _list_other_settings(submission: Submission, names: Sequence[str]) -> Iterator[tuple[int, Settings | None]]:
    """A layer of the identity and the settings with another function there; None for these where a file states it.

    ``names`` are those of all layers, of which the settings may have one for all.
    """
    settings, layers = submission.settings, [l for l, name in enumerate(names, start=1) if name == "identity"]
    if hasattr(submission.lecture, "in_form"):
        yield from ((layer, None) for layer in layers)
    elif settings.get("activations") is not None:
        for layer in layers:
            changed = [_OTHER if l == layer else name for l, name in enumerate(names, start=1)]
            yield layer, {**settings, "activations": tuple(changed)}
    else:
        yield layers[-1], {**settings, "activation": _OTHER}


def _find_leaning(right: Sequence[Judgement], judged: Judgements, settings: Settings) -> list[Judgement]:
    """The formulas that are not right with other activation functions, each on the lecture's values."""
    submission = judged.submission
    (world,) = draw_generic_worlds(submission.lecture, settings, judged.world.vocabulary.depth, submission.declared,
                                   seeds=(1,))
    student = submission.make_student(world, submission.answers.in_vocabulary(world.vocabulary), generic=True)

    def leans(judgement: Judgement) -> bool:
        for place, rule in student.rules.items():
            if rule.quantity.name == judgement.quantity.name:
                value = student.by_rule(place, dict(world.truth))
                if isinstance(value, Failed) or not is_close(value, world.truth[place]):
                    return True
        return False

    return [judgement for judgement in right if leans(judgement)]


def _may_lean(judgement: Judgement, layer: int, judged: Judgements) -> bool:
    """Whether a line of δ in that layer, in a file that states its functions, has no σ′."""
    return (Place(judged.world.delta_kind, layer) in judgement.quantity.places
            and not _SLOPE.search(judgement.answer.text))
