"""Layouts: how a program wants its arrays, and how what it returns is brought to one form."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from .networks import Net

ORDERS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "": list,
    "from the output back": lambda arrays: arrays[::-1],
    "with the last one first": lambda arrays: [*arrays[1:], arrays[0]],
    "with the first one last": lambda arrays: [arrays[-1], *arrays[:-1]],
}
"""What is said of an order -> what puts it right."""
BIASES = {"flat": "(n,)", "column": "(n,1)", "row": "(1,n)", "none": "None"}


@dataclass(frozen=True)
class Layout:
    """One way to hand a network over.

    Attributes:
        rows: whether a sample is a row of X and Y, else a column.
        source: whether W is (inputs, units), else (units, inputs).
        bias: "flat", "column", "row" or "none".
        targets: one of ``networks.TARGETS``.
        flat_targets: whether Y of one output is handed over as (N,).
        turned_targets: whether Y has its samples the other way round than X.
    """

    rows: bool
    source: bool
    bias: str
    targets: str = "probabilities"
    flat_targets: bool = False
    turned_targets: bool = False

    def give_weights(self, net: Net) -> list["Floats"]:
        return [(W.T if self.source else W).copy() for W in net.W]

    def give_biases(self, net: Net) -> list[Any]:
        shape: dict[str, Any] = {"flat": -1, "column": (-1, 1), "row": (1, -1)}
        return [None if self.bias == "none" else b.reshape(shape[self.bias]).copy() for b in net.b]

    def give_targets(self, net: Net) -> Any:
        if self.targets == "labels":
            return np.argmax(net.Y, axis=0) if net.widths[-1] > 1 else net.Y[0].astype(int)
        if self.flat_targets:
            return net.Y[0].copy()
        return (net.Y.T if self.rows != self.turned_targets else net.Y).copy()

    def give(self, net: Net) -> tuple[list["Floats"], list[Any], "Floats", Any]:
        """W, b, X and Y, new arrays."""
        X = (net.X.T if self.rows else net.X).copy()
        return self.give_weights(net), self.give_biases(net), X, self.give_targets(net)

    def __str__(self) -> str:
        first = "(inputs, units)" if self.source else "(units, inputs)"
        bias = "no biases" if self.bias == "none" else f"b {BIASES[self.bias]}"
        targets = {"probabilities": "", "classes": ", targets one-hot", "labels": ", targets the numbers of classes"}
        flat = ", targets (N,)" if self.flat_targets else ""
        turned = f", targets in {'columns' if self.rows else 'rows'}" if self.turned_targets else ""
        samples = f"samples in {'rows' if self.rows else 'columns'}"
        return f"{samples}, W {first}, {bias}{targets[self.targets]}{flat}{turned}"


def list_layouts(targets: str = "probabilities") -> Iterator[Layout]:
    """The layouts that programs use, the likeliest first."""
    for rows, source, biases in (
        (True, True, ("flat", "row", "none", "column")), (False, False, ("column", "flat", "none", "row")),
        (True, False, ("flat", "column", "row", "none")), (False, True, ("column", "flat", "none", "row")),
    ):
        for bias in biases:
            yield Layout(rows, source, bias, targets)


@dataclass(frozen=True, eq=False)
class Returned:
    """What a program returned for one network, as arrays: as they came, and in the form of ``networks``.

    Attributes:
        raw_W, raw_b: by layer, as they came; None where nothing came.
        dW: by layer; None where the shape is not that of W.
        db: by layer, (n, 1); None where it has no number for each unit.
        wrong_shapes: names of arrays whose shape is not that of their parameter.
    """

    raw_W: tuple["Floats | None", ...]
    raw_b: tuple["Floats | None", ...]
    dW: tuple["Floats | None", ...]
    db: tuple["Floats | None", ...]
    wrong_shapes: tuple[str, ...]
    single: bool = False

    @property
    def has_biases(self) -> bool:
        return any(raw is not None for raw in self.raw_b)


def to_returned(layout: Layout, net: Net, given: tuple[list[Any], list[Any]]) -> Returned:
    """The arrays of a program in the form of ``networks``. Raises ValueError where they are no lists of arrays."""
    raw_W, raw_b = (tuple(_to_array(array, f"{kind}[{l}]") for l, array in enumerate(arrays, start=1))
                    for kind, arrays in zip(("dW", "db"), given, strict=True))
    wrong: list[str] = []
    dW: list[Floats | None] = []
    db: list[Floats | None] = []
    for l in range(1, net.depth + 1):
        W, b = raw_W[l - 1], raw_b[l - 1]
        wanted = net.W[l - 1].T.shape if layout.source else net.W[l - 1].shape
        fits = W is not None and W.shape == wanted
        wrong += [] if fits or W is None else [f"dW[{l}]"]
        dW.append(None if W is None or not fits else W.T if layout.source else W)
        units = net.widths[l]
        like = {"flat": (units,), "column": (units, 1), "row": (1, units), "none": (units,)}[layout.bias]
        wrong += [f"db[{l}]"] if b is not None and b.shape != like else []
        one_a_unit = b is not None and b.size == units and max(b.shape, default=1) == units
        db.append(b.reshape(-1, 1) if b is not None and one_a_unit else None)
    singles = any(array is not None and array.dtype == np.float32 for array in (*raw_W, *raw_b))
    return Returned(_as_floats(raw_W), _as_floats(raw_b), _as_floats(dW), _as_floats(db), tuple(wrong), singles)


def _as_floats(arrays: Sequence[Any]) -> "tuple[Floats | None, ...]":
    return tuple(None if array is None else array.astype(float) for array in arrays)


def _to_array(value: Any, name: str) -> Any:
    """One array of numbers; tensors of other libraries too."""
    if value is None:
        return None
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"gradients returned {_describe(value)} as {name}, where an array of numbers belongs")
    return array


def split_returned(given: Any, net: Net, names: tuple[str, str]) -> tuple[list[Any], list[Any]]:
    """The two lists of those names that a program returned. Raises ValueError that says what came instead."""
    depth, kinds = net.depth, tuple([array.size for array in arrays] for arrays in (net.W, net.b))
    given = list(given) if isinstance(given, Iterator) else given
    sizes, both = _list_sizes(given), ", ".join(names)
    if sizes != kinds and sizes == kinds[::-1]:
        raise ValueError(f"gradients returned {names[1]} before {names[0]}: return {both}, in this order")
    if sizes != kinds and sizes == tuple(map(list, zip(*kinds, strict=True))):
        raise ValueError(f"gradients returned a pair ({both}) for each layer: return two lists, as zip(*pairs) does")
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        raise ValueError(f"gradients must return two lists, {both}; it returned {_describe(given)}")
    found: list[list[Any]] = []
    for name, arrays in zip(names, given, strict=True):
        if arrays is None and name == names[1]:
            arrays = [None] * depth
        if isinstance(arrays, Mapping | str) or not isinstance(arrays, Iterable) or getattr(arrays, "ndim", 1) == 0:
            wants = f"gradients must return {name} as a list of arrays, one a layer"
            raise ValueError(f"{wants}; it returned {_describe(arrays)}")
        arrays = list(arrays)
        if len(arrays) != depth:
            count, layers = (f"{n} {word}{'s' * (n != 1)}" for n, word in ((len(arrays), "array"), (depth, "layer")))
            raise ValueError(f"gradients returned {count} as {name} for {layers}")
        found.append(arrays)
    return found[0], found[1]


def _list_sizes(given: Any) -> tuple[list[int], ...] | None:
    """The number of entries of each array in a sequence of lists; None where it is none."""
    if not isinstance(given, list | tuple) or not all(isinstance(part, list | tuple) for part in given):
        return None
    try:
        return tuple([math.prod(np.shape(array)) for array in part] for part in given)
    except ValueError:
        return None


def _describe(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a {type(value).__name__} of {len(value)}"
    name = {"str": "string"}.get(type(value).__name__, type(value).__name__)
    return "None" if value is None else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
