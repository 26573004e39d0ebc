"""Lifts a network from the recording of one sample to a matrix program, and tells where that is in doubt.

A recording holds what was done for one sample. Code of a user's own may do something else for another one, and where it
looks at numbers (``.data``) nobody can see that it does; so it is refused, or compared with the scalar graph.
"""

from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any

from autograd_lite import Value, matrix_form
from autograd_lite.internal import make_label, quote

from . import late_numpy as np
from .arrays import Samples

CLOSE = 1e-9
_FEW = 64  # samples for which recording them is as quick as lifting
_COMPARED = 8
_READ_NUMBERS = frozenset({"data", "grad", "float", "int", "bool", "round", "operands", "random", "numpy"})


class CannotLiftError(ValueError):
    """A network or its cost has no matrix program; the message says why."""


def make_leaves(letter: str, numbers: Sequence[float]) -> list[Value]:
    """Leaves x₁, x₂, … with these numbers."""
    return [Value(v, make_label(letter, k)) for k, v in enumerate(numbers, start=1)]


def set_numbers(nodes: Iterable[Value], numbers: Iterable[float]) -> None:
    """Give nodes, such as the parameters of a network, these numbers."""
    for node, number in zip(nodes, numbers, strict=True):
        node.data = number


def find_own_code(net: Any, functions: Iterable[Callable[..., Any]] = ()) -> list[Callable[..., Any]]:
    """The ``forward`` methods of the network and its parts, and of these functions, which are not the project's."""
    layers = [net, *getattr(net, "layers", ())]
    parts = [*layers, *(neuron for layer in layers for neuron in getattr(layer, "neurons", ()))]
    found = dict.fromkeys([*(getattr(part.forward, "__func__", part.forward) for part in parts), *functions])
    return [function for function in found
            if str(getattr(function, "__module__", "")).split(".")[0] != __name__.split(".")[0]]


def refuse_numbers(own: Iterable[Callable[..., Any]]) -> None:
    """Raise CannotLiftError for code that reads numbers of nodes: what it records for another sample is not known."""
    for function in own:
        called = function if hasattr(function, "__code__") else type(function).__call__
        code = getattr(called, "__code__", None)
        words = sorted(_list_names(code) & _READ_NUMBERS) if isinstance(code, CodeType) else []
        if words:
            name = getattr(function, "__qualname__", type(function).__name__)
            raise CannotLiftError(f"{quote(name)} uses {', '.join(words)}, so what it records may depend on numbers")


def _list_names(code: CodeType) -> set[str]:
    """All names in a function and in those inside it."""
    inner = [_list_names(part) for part in code.co_consts if isinstance(part, CodeType)]
    return {*code.co_names, *code.co_freevars, *code.co_varnames}.union(*inner)


def lift(record: Callable[[], tuple[Any, ...]], parameters: Sequence[Value], **settings: Any) -> Any:
    """The matrix program of what ``record`` records.

    Args:
        record: returns the cost of one sample, its leaves, the penalty or None, and the outputs.
        parameters: the leaves Θ.
        settings: further arguments of ``matrix_form``.

    Raises:
        CannotLiftError: it has none; says why.
    """
    try:
        cost, leaves, penalty, outputs = record()
        return matrix_form(cost, parameters, leaves, penalty, outputs=outputs, **settings)
    except CannotLiftError:
        raise
    except Exception as error:  # noqa: BLE001 - code that is not the project's may not expect nodes
        raise CannotLiftError(str(error) or type(error).__name__) from None


def compute_outputs(net: Any, inputs: "Samples") -> "Samples | None":
    """The outputs of the network, (N, n_outputs), by its matrix program; None where the scalar graph must tell."""
    if len(inputs) <= _FEW:
        return None
    own = find_own_code(net)

    def record() -> tuple[Any, ...]:
        refuse_numbers(own)
        x = make_leaves("x", inputs[0].tolist())
        a = net.outputs(x)[1]
        return a[0], x, None, a

    try:
        form = lift(record, net.parameters())
    except CannotLiftError:
        return None
    found: Samples | None = form.attempt("outputs", form.load(), inputs)
    if own and found is not None:
        rows = list(range(0, len(inputs), max(1, len(inputs) // _COMPARED)))[:_COMPARED]
        recorded = [[a.data for a in net.outputs(x)[1]] for x in inputs[rows].tolist()]
        if not np.allclose(found[rows], recorded, rtol=CLOSE, atol=CLOSE):
            return None
    return found
