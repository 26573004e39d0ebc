"""A δ that is ∂C/∂a in all lines, where the lecture's is ∂C/∂z: one and the same slip, which is said once."""

from collections.abc import Iterator

from ...lectures.layered import Place
from ..judging.error_propagation import is_close
from ..judging.student import Failed, Student
from ..judging.submission import Judgements
from ..reading.answers import Rule


def describe_upstream(judged: Judgements) -> Iterator[str]:
    """The note where every formula of δ, and of what is made from it, is right if δ is ∂C/∂a, and a δ is wrong else."""
    if judged.world.delta_kind != "delta":
        return
    lines = [judgement for judgement in judged.all if isinstance(judgement.answer, Rule)
             and judgement.quantity.places[0].kind in ("delta", "dW", "db", "W_new", "b_new")]
    wrong = [line for line in lines if line.wrong and line.quantity.places[0].kind == "delta"]
    spots = [(student, place) for line in lines for student in judged.students_for(line.answer)
             for place in line.quantity.places]
    uses = any(student.names(place, other) for student, place in spots
               for other in student.world.truth if other.kind == "delta")
    if wrong and uses and all(_is_right_so(*spot) for spot in spots):
        c = judged.world.vocabulary.conventions
        yield (f"All your lines fit if δ is ∂{c.cost}/∂{c.post}. In this lecture it is ∂{c.cost}/∂{c.pre}, one "
               f"{c.activation}′ further; write ∂{c.cost}/∂{c.post} for yours.")


def _is_right_so(student: Student, place: Place) -> bool:
    """Whether a formula is right where each δ is ∂C/∂a of its layer."""
    world = student.world
    ratio = world.factor_of("dpost") / world.factor_of("delta")
    truth = dict(world.truth)
    truth |= {of: ratio * truth[Place("dpost", of.layer)] for of in world.truth if of.kind == "delta"}
    value = student.by_rule(place, truth)
    return not isinstance(value, Failed) and is_close(value, truth[place])
