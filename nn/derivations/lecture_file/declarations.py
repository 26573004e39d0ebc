"""Other declarations of a file: lines that all keep to another sign, order or constant are one slip, not ten."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...ground.activations import ACTIVATIONS, LAYER_ACTIVATIONS, PROBABILITIES
from .critique import World, find_alarm, find_depth, make_worlds
from .evaluation import UnreadableError
from .grammar import Statement
from .lecture import LectureFile
from .notation import BIASES, ON_PARAMETERS, SAMPLES, Delta, Notation
from .problem import PENALTIES, Problem
from .rows import find_file_cost
from .rows import list_costs as list_all_costs


@dataclass(frozen=True)
class Declaration:
    """Another line in the head of a file, as it is written there, and the lecture with it."""

    words: str
    lecture: LectureFile


def list_declarations(lecture: LectureFile) -> Iterator[Declaration]:
    """Every single other declaration: δ, order, numbers, rows, biases, cost, its reduction, penalty, outputs."""
    notation, problem = lecture.notation, lecture.problem
    for words, changed in _list_notations(notation):
        yield Declaration(f"{words} in [notation]", replace(lecture, notation=changed))
    for words, other in _list_problems(problem, bool(notation.indices), find_depth(lecture)):
        yield Declaration(f"{words} in [problem]", replace(lecture, problem=other))


def _list_notations(notation: Notation) -> Iterator[tuple[str, Notation]]:
    own = notation.letters
    for sign in (1, -1):
        for of in ("pre", "post"):
            for one in (False, True) if notation.many else (notation.delta.one_sample,):
                delta = Delta(sign, of, one)
                if delta != notation.delta:
                    words = f"{'-' * (sign < 0)}∂{own['cost']}/∂{own[of]}{' of one sample' * (one and notation.many)}"
                    yield f'delta = "{words}"', replace(notation, delta=delta)
    if notation.form != "scalars":
        first = "source" if notation.first == "target" else "target"
        yield (f'weights = "{first}, {notation.first}"', replace(notation, first=first))
    number = "source" if notation.weight_number == "target" else "target"
    yield f'weight_number = "{number}"', replace(notation, weight_number=number)
    yield f"input_layer = {1 - notation.input_layer}", replace(notation, input_layer=1 - notation.input_layer)
    for samples in SAMPLES if notation.form == "matrices" else ():
        if samples != notation.samples:
            yield f'samples = "{samples}"', replace(notation, samples=samples)
    for bias in _list_biases(notation):
        yield f'bias = "{bias}"', replace(notation, bias=bias)


def _list_biases(notation: Notation) -> list[str]:
    known = {"scalars": ("own", "none"), "units": ("own", "index 0", "none")}.get(notation.form, BIASES)
    return [bias for bias in known if (bias != notation.bias and bias != "index 0") or (
        bias == "index 0" and notation.form == "units" and not notation.joined)]


def _list_problems(problem: Problem, layered: bool, depth: int | None) -> Iterator[tuple[str, Problem]]:
    for cost in list_costs(problem, layered):
        row = find_file_cost(cost)
        yield f'cost = "{cost}"', replace(problem, cost=row, over=row.over)
        if "root" not in (row.over, problem.over) and row.over != problem.over:
            yield f'cost = "{cost}" and over = "{problem.over}"', replace(problem, cost=row)
    over = {"mean": "sum", "sum": "mean"}.get(problem.over)
    if over:
        yield f'over = "{over}"', replace(problem, over=over)
    for name in PENALTIES if problem.penalties else ():
        for factor in (1.0, 0.5):
            if problem.penalties != {name: factor}:
                yield f"penalties = {{{name} = {factor:g}}}", replace(problem, penalties={name: factor})
    if problem.penalties:
        other = "all" if problem.penalise == "weights" else "weights"
        yield f'penalise = "{other}"', replace(problem, penalise=other)
    if problem.outputs is None and layered and problem.activations[-1] not in LAYER_ACTIVATIONS:
        yield "outputs = 1", replace(problem, outputs=1)
    for names in list_activations(problem, layered, depth):
        shown = ", ".join(f'"{name}"' for name in names)
        yield f"activations = [{shown}]", replace(problem, activations=names)


def list_costs(problem: Problem, layered: bool) -> list[str]:
    """The other costs that the outputs allow."""
    output = problem.activations[-1]
    allowed = {"numbers", *(["probabilities"] if output in PROBABILITIES else []),
               *(["classes"] if output in LAYER_ACTIVATIONS and layered else [])}
    return [name for name, row in list_all_costs().items() if row.targets in allowed and row != problem.cost
            and not (row.over == "root" and problem.penalties)]


def list_activations(problem: Problem, layered: bool, depth: int | None) -> list[tuple[str, ...]]:
    """Other activations: of every layer where one name stands for all, of the hidden ones, and of the output."""
    own = problem.activations
    outputs = _list_outputs(problem, layered)
    alike = [(names[-1],) for names in outputs if names[-1] in ACTIVATIONS] if len(own) == 1 else []
    several = [*_list_hidden(problem), *outputs] if depth != 1 else []
    return [*alike, *several] if len(own) <= 2 else []


def _list_hidden(problem: Problem) -> list[tuple[str, ...]]:
    """Another activation of the hidden layers."""
    own = problem.activations
    return [(name, own[-1]) for name in ACTIVATIONS if name != own[0]]


def _list_outputs(problem: Problem, layered: bool) -> list[tuple[str, ...]]:
    """Another activation of the output, as the cost allows it."""
    own = problem.activations
    free = {"numbers": [*ACTIVATIONS, *(LAYER_ACTIVATIONS if layered else ())], "probabilities": ["sigmoid"]}
    return [(own[0], name) for name in free.get(problem.cost.targets, ()) if name != own[-1]]


def _describe_activations(lines: str, where: str, own: str, names: list[str], count: int) -> str:
    """For which activations lines hold there."""
    if not count:
        return f"{lines} are for {own} {where}, which the cost asks for."
    if len(names) == count:
        return f"{lines} hold whatever the activation {where} is."
    others = f", and as well with {_join(names)} in its place" if names else " alone"
    return f"{lines} hold for {own} {where}{others}."


def is_consistent(lecture: LectureFile, unread: int) -> bool:
    """Whether no line raises an alarm, and no more lines are unread than before."""
    try:
        return all(_is_right(lecture, make_worlds(lecture, seeds), unread) for seeds in ((1,), (2,)))
    except (UnreadableError, ValueError):
        return False


def _is_right(lecture: LectureFile, worlds: Sequence[World], unread: int) -> bool:
    """The same on these networks; stops at the first alarm."""
    silent = 0
    for statement in lecture.statements:
        try:
            if find_alarm(statement, worlds, lecture.all_lines) is not None:
                return False
        except UnreadableError:
            silent += 1
            if silent > unread:
                return False
    return True


def find_declaration(lecture: LectureFile, unread: int) -> str:
    """The declaration with which all lines are right, as it is written in the file; empty if there is none."""
    return next((found.words for found in list_declarations(lecture) if is_consistent(found.lecture, unread)), "")


def describe_range(lecture: LectureFile, silent: Sequence[Statement]) -> list[str]:
    """For which activations and costs besides its own the lines are right, as sentences; ``silent`` were not judged.

    Nothing is said of what no judged line bears on.
    """
    problem, layered, found, unread = lecture.problem, bool(lecture.notation.indices), [], len(silent)
    lines = "The lines that were read" if lecture.unread or silent else "The lines"
    bearing = _list_bearing([line for line in lecture.statements if line not in silent], lecture)
    if len(problem.activations) <= 2 and (layered or find_depth(lecture)):
        outputs = _list_outputs(problem, layered)
        single = [("at the output", [activations[-1:] for activations in outputs])]
        several = [("in hidden layers", _list_hidden(problem)), ("at the output", outputs)]
        for where, named in single if find_depth(lecture) == 1 else several:
            if where not in bearing:
                continue
            names = [activations for activations in named if is_consistent(
                replace(lecture, problem=replace(problem, activations=activations)), unread)]
            at = 0 if where == "in hidden layers" else -1
            others = [activations[at] for activations in names]
            found.append(_describe_activations(lines, where, problem.activations[at], others, len(named)))
    costs = [name for name in list_costs(problem, layered) if "cost" in bearing and is_consistent(
        replace(lecture, problem=replace(problem, cost=find_file_cost(name), over=find_file_cost(name).over)), unread)]
    if costs:
        found.append(f"{lines} hold for the cost {_join(costs)} too.")
    return found


def _list_bearing(statements: Sequence[Statement], lecture: LectureFile) -> set[str]:
    """What lines bear on: the activation in hidden layers, that at the output, the cost.

    A line of δ bears on the derivative of its layer, or of the next where δ is ∂C/∂a; a gradient on that of its layer
    where it is written with such a δ, and on all from there to the cost where it is written without any.
    """
    notation, world, found = lecture.notation, make_worlds(lecture, (1,))[0], set()
    depth, after = world.layout.depth, notation.delta.of == "post"
    for line in statements:
        used = {notation.kinds.get(tree.id, "") for tree in ast.walk(line.right) if isinstance(tree, ast.Name)}
        for place, _ in world.list_places(line, lecture.all_lines):
            layer, whole = place.layer, False
            if place.kind == "delta":
                layer += after
            elif place.kind not in ON_PARAMETERS or used & {"dW", "db"} or ("delta" in used and not after):
                found |= {"cost"} if place.kind == "C" else set()
                continue
            else:
                whole = "delta" not in used
            found |= {"at the output"} if layer == depth or whole else set()
            found |= {"in hidden layers"} if layer < depth else set()
            found |= {"cost"} if whole or (place.kind == "delta" and place.layer == depth) else set()
    return found


def _join(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
