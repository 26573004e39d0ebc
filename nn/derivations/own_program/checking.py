"""``check_code``: a student's own backpropagation program, judged by its gradients on small generic networks."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd_lite.internal import quote

from ...costs import Cost, find_cost
from ...costs.penalties import PENALTIES
from ...ground import late_numpy as np
from ...ground.activations import LAYER_ACTIVATIONS, Activation, require_activation
from ...ground.suggest import unknown_name
from .comparing.rightness import Wanted
from .judging.judge import judge
from .running.program import FileOfPython, GivenCallables, Program
from .telling.result import CodeDiagnosis
from .telling.stopping import describe_stopped
from .telling.writing import write_diagnosis


def check_code(
    gradients: Callable[..., Any],
    *,
    forward: Callable[..., Any] | None = None,
    cost: Callable[..., Any] | str | Cost | None = None,
    layers: int | Sequence[int] | None = None,
    activations: Activation | Sequence[Activation] | None = None,
    penalty: str | None = None,
) -> CodeDiagnosis:
    """Judge a backpropagation program by its gradients: which arrays are right, which is wrong first, and why.

    Args:
        gradients: ``gradients(W, b, X, Y)`` → (dW, db): lists of arrays, one a layer, each of the shape of its
            parameter. W is a list of matrices, (inputs, units) or (units, inputs); b a list of arrays (n,), (n,1) or
            (1,n), or of None; samples are the rows or the columns of X and Y: all of that is found by trying. With a
            parameter ``eta`` it is one step of descent, and returns the new W and b. With a parameter ``lam``, the
            strength of a penalty, the penalty is judged as well.
        forward: ``forward(W, b, X)`` → the outputs.
        cost: ``cost(W, b, X, Y)`` → a number, which makes the verdict certain; or a name or row of ``COSTS``.
        layers: the number of layers with weights, or the widths with the input's first; 3 or what the program was
            written for if left out.
        activations: one name for all layers, or one a layer; found by trying if left out.
        penalty: "l1", "l2" or "l2_half", for a program with ``lam``.

    Returns:
        The diagnosis. A program that stops is not right, and its diagnosis says in which line.

    Raises:
        ValueError: a callable with other parameters, or an unknown name; suggests the nearest.
        TypeError: something that is no callable, name or row.

    >>> import numpy as np
    >>> def gradients(W, b, X, Y):
    ...     (W,), (b,) = W, b
    ...     residual = X @ W + b - Y
    ...     return [X.T @ residual / len(X)], [residual.sum(axis=0)]
    >>> found = check_code(gradients)
    >>> found.right, found.first_wrong, found.mistakes
    (False, 'db[1]', ('sum-for-mean',))
    """
    row = find_cost(cost) if isinstance(cost, str | Cost) else None
    others = {"forward": forward, "cost": None if row else cost}
    given: dict[str, Any] = {"gradients": gradients, **{name: one for name, one in others.items() if one is not None}}
    for name, thing in given.items():
        if not callable(thing):
            what = "a function cost(W, b, X, Y), a name or a row of COSTS" if name == "cost" else "a function"
            raise TypeError(f"{name} must be {what}, not {quote(thing)}")
    return check_program(Program(GivenCallables(given)), row, layers, activations, penalty)


def check_code_file(path: str, text: str, cost: str | None = None, **settings: Any) -> CodeDiagnosis:
    """``check_code`` of a file of Python, which is run anew for every trial, with all rights of whoever asks for it.

    ``text`` is what is in it; ``cost``, a name, and ``settings`` are those of ``check_code``.
    """
    return check_program(Program(FileOfPython(path, text)), None if cost is None else find_cost(cost), **settings)


def check_program(
    program: Program, cost: Cost | None = None, layers: int | Sequence[int] | None = None,
    activations: Activation | Sequence[Activation] | None = None, penalty: str | None = None
) -> CodeDiagnosis:
    """Judge a program, and say what was found."""
    if penalty is not None and penalty not in PENALTIES:
        raise unknown_name("penalty", penalty, PENALTIES)
    _check_layers(layers)
    wanted = Wanted(_read_activations(activations, layers), cost, penalty)
    with np.errstate(all="ignore"):
        found = judge(program, wanted, layers)
        return write_diagnosis(found) if found.trials else describe_stopped(found)


def _check_layers(layers: int | Sequence[int] | None) -> None:
    widths = [layers] if isinstance(layers, int) else [] if layers is None else list(layers)
    are_counts = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in widths)
    if layers is not None and not (are_counts and len(widths) >= (1 if isinstance(layers, int) else 2)):
        raise ValueError(
            "layers must be a number of layers, such as 2, or the widths with the input's first, such as "
            f"[4, 5, 3], not {quote(layers)}"
        )


def _read_activations(
    given: Activation | Sequence[Activation] | None, layers: int | Sequence[int] | None
) -> tuple[str, ...] | None:
    if given is None:
        return None
    listed: list[Any] = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    names = [require_activation(name, of_layer=True) for name in listed]
    if any(name in LAYER_ACTIVATIONS for name in names[:-1]):
        raise ValueError(f"{names[0]} is for the output layer: name the activation of every layer")
    depth = layers if isinstance(layers, int) else len(layers) - 1 if layers is not None else None
    if depth is not None and len(names) not in (1, depth):
        raise ValueError(f"activations must be one name, or one for each of the {depth} layers, not {len(names)}")
    return tuple(names) * (depth or 1) if len(names) == 1 else tuple(names)
