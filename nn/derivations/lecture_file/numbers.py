"""The numbers of a lecture's example in the order of the general statement, and drawn ones."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from autograd_lite.internal import quote

from ...ground.suggest import unknown_name
from ..settings import Array, Number
from .notation import Notation
from .problem import Example, Problem
from .rows import activate

MOST_UNITS, MOST_SAMPLES = 50, 100


def read_example(table: Mapping[str, Any], notation: Notation, problem: Problem) -> Example:
    """The example of a file. Raises ValueError for an unknown key, or shapes that do not fit together."""
    own = notation.letters
    keys = {own["input"]: "x", own["target"]: "y", own["weight"]: "W", own["bias"]: "b", own["rate"]: "rate",
            own["strength"]: "strength", "x": "x", "X": "x", "y": "y", "Y": "y", "W": "W", "b": "b", "rate": "rate",
            "strength": "strength", "eta": "rate", "lam": "strength"}
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in keys:
            raise unknown_name("key in [example]", key, keys)
        if keys[key] in given:
            raise ValueError(f"[example] has {key} twice, under two names")
        given[keys[key]] = value
    for key, letter in (("x", own["input"]), ("y", own["target"]), ("W", own["weight"])):
        if key not in given:
            raise ValueError(f"[example] needs {letter}")
    if notation.bias == "own" and "b" not in given:
        raise ValueError(f"[example] needs {own['bias']}, the biases; or say bias = 'none' in [notation]")
    if notation.bias != "own" and "b" in given:
        raise ValueError(f"[example] has {own['bias']}, and [notation] says bias = {quote(notation.bias)}")
    if problem.penalties and "strength" not in given:
        raise ValueError("[example] needs strength, the number λ before the penalty")
    rate, strength = (Number(key, key, key).check_value(given.get(key, default)) for key, default in (("rate", 0.1),
                                                                                                    ("strength", 0.0)))
    return _make_example(given, notation, problem, rate, strength)


def _make_example(
    given: Mapping[str, Any], notation: Notation, problem: Problem, rate: float, strength: float
) -> Example:
    import numpy as np

    x, y = (_read_rows(given[key], key, notation) for key in ("x", "y"))
    matrices, own = given["W"], notation.letters
    if not notation.indices:
        matrices = [[[w]] for w in _read_scalars(matrices, own["weight"])]
    W = {
        l: np.array(matrix)
        for l, matrix in enumerate(Array("W", "W", "weights", depth=3, default=()).check_value(matrices), 1)
    }
    W = {l: matrix if notation.first == "target" else matrix.T for l, matrix in W.items()}
    b = {l: np.zeros(len(matrix)) for l, matrix in W.items()}
    if notation.joined:
        at = -1 if notation.bias == "last column" else 0
        b, W = (
            {l: matrix[:, at] for l, matrix in W.items()},
            {l: np.delete(matrix, at, axis=1) for l, matrix in W.items()},
        )
    elif "b" in given:
        rows = given["b"]
        if not notation.indices:
            rows = [[bias] for bias in _read_scalars(rows, own["bias"])]
        b = {
            l: np.array(row)
            for l, row in enumerate(Array("b", "b", "biases", depth=2, ragged=True, default=()).check_value(rows), 1)
        }
    example = Example(x, y, W, b, rate, strength)
    _check_shapes(example, notation, problem)
    return example


def _read_scalars(value: Any, name: str) -> Any:
    """One number a layer; a number alone for one layer."""
    for i, number in enumerate(value if isinstance(value, list) else ()):
        if isinstance(number, list):
            raise ValueError(f"[example] {name}[{i}] must be a number, not {quote(number)}: in scalars {name} is a "
                             f"number a layer, such as {name} = [1.1, 0.7]")
    return Array(name, name, "a number a layer", depth=1, default=()).check_value(
        value if isinstance(value, list) else [value])


def adopt_example(example: Example, notation: Notation, problem: Problem) -> Example:
    """The numbers of another reading of the same network. Raises ValueError where they are none of this one."""
    import numpy as np

    if notation.bias == "none":
        example = replace(example, biases={l: np.zeros(len(b)) for l, b in example.biases.items()})
    if len(example.inputs) > 1 and not notation.many:
        raise ValueError(f"the first reading has {len(example.inputs)} samples, and the lines are about one")
    _check_shapes(example, notation, problem)
    return example


def _read_rows(value: Any, name: str, notation: Notation) -> Any:
    """A row for each sample; one sample may be given as a list of numbers, or as a number where it is one."""
    import numpy as np

    value = [value] if not isinstance(value, list) else value
    value = value if value and isinstance(value[0], list) else [value]
    rows = np.array(Array(name, name, "a row a sample", depth=2, default=()).check_value(value))
    if len(rows) > 1 and not notation.many:
        raise ValueError(
            f"[example] {name} has {len(rows)} samples, and the lines are about one; say samples = 'rows' or "
            "'columns' in [notation], or add the index \"sample\""
        )
    if len(rows) > MOST_SAMPLES:
        raise ValueError(f"[example] {name} has {len(rows)} samples; at most {MOST_SAMPLES} are read")
    return rows


def _check_shapes(example: Example, notation: Notation, problem: Problem) -> None:
    W, own = example.weights, notation.letters["weight"]
    order = "a row for each unit and a column for each input" if notation.first == "target" else (
        "a row for each input and a column for each unit")
    width = example.inputs.shape[1]
    for l, matrix in W.items():
        if matrix.shape[1] != width:
            extra = " beside the biases" if notation.joined else ""
            raise ValueError(
                f"[example] matrix {l} of {own} has {matrix.shape[1]} input{'s' * (matrix.shape[1] != 1)}{extra}, and "
                f"{width} come in; with weights = '{notation.first}, …' it has {order}"
            )
        width = matrix.shape[0]
        if l not in example.biases or len(example.biases[l]) != width:
            count = len(example.biases[l]) if l in example.biases else 0
            raise ValueError(
                f"[example] list {l} of {notation.letters['bias']} has {count or 'no'} number{'s' * (count != 1)}, and "
                f"matrix {l} of {own} has {width} unit{'s' * (width != 1)}"
            )
        if width > MOST_UNITS:
            raise ValueError(f"[example] matrix {l} of {own} has {width} units; at most {MOST_UNITS} are read")
    if len(example.biases) != len(W):
        raise ValueError(
            f"[example] {notation.letters['bias']} has {len(example.biases)} lists, and {own} {len(W)} matrices"
        )
    if example.targets.shape != (len(example.inputs), width):
        has = " × ".join(map(str, example.targets.shape))
        raise ValueError(
            f"[example] {notation.letters['target']} is {has}, and it must be {len(example.inputs)} × {width}: a row a "
            "sample, a number an output"
        )
    if problem.outputs is not None and width != problem.outputs:
        raise ValueError(f"[example] has {width} outputs, and [problem] says outputs = {problem.outputs}")
    if len(problem.activations) > len(W):
        raise ValueError(f"[problem] activations has {len(problem.activations)} names, and [example] {len(W)} layers")
    _check_targets(example, problem, notation)


def _check_targets(example: Example, problem: Problem, notation: Notation) -> None:
    y, kind = example.targets, problem.cost.targets
    if kind != "numbers" and not bool(((y >= 0) & (y <= 1)).all()):
        raise ValueError(f"[example] {notation.letters['target']} must lie between 0 and 1 for {problem.cost.name}")
    if kind == "classes" and not bool((abs(y.sum(axis=1) - 1) < 1e-9).all()):
        raise ValueError(f"[example] each row of {notation.letters['target']} must add up to 1 for {problem.cost.name}")


def draw_example(
    problem: Problem,
    notation: Notation,
    seed: int,
    widths: tuple[int, ...] = (2, 4, 5, 3),
    count: int = 6,
    digits: int = 3,
) -> Example:
    """Generic numbers: both signs of weights and of pre-activations, no 0 and no ±1, targets as the cost has them.

    Args:
        problem, notation: what for; a lecture of scalars has one unit a layer, and one without samples one sample.
        seed: of the random numbers; widths, count: n₀ … n_L and N; digits: after the decimal point.
    """
    widths = tuple(1 for _ in widths) if not notation.indices else (*widths[:-1], problem.outputs or widths[-1])
    return _draw_generic(problem.of_layers(len(widths) - 1), problem.cost.targets, notation.bias != "none",
                         bool(problem.penalties), seed, widths, count if notation.many else 1, digits)


_ATTEMPTS, _CLOSE = 200, 0.02


@lru_cache(256)
def _draw_generic(activations: tuple[str, ...], targets: str, biases: bool, penalty: bool, seed: int,
                  widths: tuple[int, ...], count: int, digits: int) -> Example:
    import numpy as np

    for attempt in range(_ATTEMPTS):
        example = _draw(np.random.default_rng([seed, attempt]), targets, biases, penalty, widths, count, digits)
        if _visits_both_sides(activations, example, seed):
            break
    return example


def _visits_both_sides(activations: tuple[str, ...], example: Example, seed: int) -> bool:
    """Whether every layer has units on both sides of a kink at 0, and none close to it.

    Of several samples each hidden unit lets one through: else its weights would have no gradient.
    A single unit is on the right; that of the output on the left for even seeds.
    """
    h = example.inputs
    for l, W in example.weights.items():
        pre = h @ W.T + example.biases[l]
        h = activate(activations[l - 1], pre)
        off = seed % 2 == 0 and l == example.depth  # which shows a derivative that is left out
        wanted = -1 if off else 1
        if float(abs(pre).min()) < _CLOSE or (pre.size == 1 and wanted * float(pre.max()) < 0):
            return False
        if pre.size > 1 and not float(pre.min()) < 0 < float(pre.max()):
            return False
        if len(pre) > 1 and l < example.depth and not (pre > 0).any(axis=0).all():
            return False
    return True


def _draw(random: Any, targets: str, biases: bool, penalty: bool, widths: tuple[int, ...], count: int,
          digits: int) -> Example:
    import numpy as np

    def draw(*shape: int, low: float = 0.2, high: float = 1.3) -> Any:
        size = random.uniform(low, high, shape)
        signs = np.where(np.arange(size.size).reshape(shape) % 2 == random.integers(2), 1.0, -1.0)
        flips = np.where(random.random(shape) < 0.3, -1.0, 1.0)
        return np.round(size * signs * flips, digits)

    y = draw(count, widths[-1])
    if targets == "probabilities":
        y = np.round(random.uniform(0.1, 0.9, y.shape), digits)
    if targets == "classes":
        others = round(0.3 / widths[-1], digits)
        rest = round(1 - (widths[-1] - 1) * others, digits)
        y = np.where(np.eye(widths[-1])[random.integers(widths[-1], size=count)] > 0, rest, others)
    W = {l: draw(widths[l], widths[l - 1]) for l in range(1, len(widths))}
    b = {l: draw(widths[l], low=0.1, high=0.9) * biases for l in W}
    return Example(draw(count, widths[0]), y, W, b, 0.37, 0.23 * penalty)
