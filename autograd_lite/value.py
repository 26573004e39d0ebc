"""``Value``, a node of the computation graph, and the functions that make one.

A node's operands, parents and partials are properties over four slots, so that a binary node stays within 140 bytes:

    leaf     _a = None
    unary    _a = operand                 _da = ∂y/∂a
    binary   _a, _b = operands            _da, _db = ∂y/∂a, ∂y/∂b      (a partial is None where the operand is a number)
    n-ary    _a = tuple of parents        _da = tuple of partials      _b = tuple of operands      _db = NARY

``_clock`` counts assignments to the data of leaves, on a node up to its recording and on a leaf up to its own last one:
a leaf whose clock is ahead of its consumer's has moved since the consumer was recorded.
"""

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Union, cast, final

from . import backward as _backward
from .operations import OPERATIONS
from .readings import Reading, compile_row
from .recorders import NARY, group, namespace, number, recorder
from .traversal import topological_order

if TYPE_CHECKING:
    from typing import Self

Operand = Union["Value", float]


@final
class Value:
    """A scalar that remembers how it was computed.

    Args:
        data: a finite real number.
        label: the name shown for it in steps and pictures.

    Attributes:
        grad: ∂output/∂self, as the last ``backward`` left it. Leaves add up over calls until ``zero_grad``.
        label: see above; may be set at any time.
        operation: the name of its row in the table of operations; empty for a leaf.

    Raises:
        TypeError: data is no number, or label no string.
        ValueError: data is NaN or infinite.
    """

    __slots__ = ("_a", "_b", "_clock", "_da", "_data", "_db", "grad", "label", "operation")
    _data: float
    grad: float
    label: str
    operation: str
    _a: Any
    _b: Any
    _da: Any
    _db: Any
    _clock: int

    def __init__(self, data: float, label: str = "") -> None:
        if not isinstance(label, str):
            raise TypeError(f"label must be a string, not {label!r} of type {type(label).__name__}")
        where = f"data of Value {label!r}" if label else "data of a Value"
        self._data = number(data, where, "a number")
        self.grad = 0.0
        self.label = label
        self.operation = ""
        self._a = self._b = self._da = self._db = None
        self._clock = 0

    @property
    def data(self) -> float:
        """The number. Only a leaf's can be set; what was computed from it keeps the numbers it was recorded with."""
        return self._data

    @data.setter
    def data(self, data: float) -> None:
        if self.operation:
            raise AttributeError(f"{self._name()} is computed by {self.operation}; set the data of a leaf instead")
        self._data = number(data, f"data of {self._name()}", "a number")
        _NAMES["clock"] += 1
        self._clock = _NAMES["clock"]

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What the operation was applied to, in order: nodes, and numbers as numbers."""
        if self._db is NARY:
            return cast("tuple[Operand, ...]", self._b)
        return tuple(operand for operand in (self._a, self._b) if operand is not None)

    @property
    def parents(self) -> tuple["Value", ...]:
        """The operands that are nodes, in order; ``a + a`` has two."""
        if self._db is NARY:
            return cast("tuple[Value, ...]", self._a)
        return tuple(operand for operand in (self._a, self._b) if operand.__class__ is Value)

    @property
    def partials(self) -> tuple[float, ...]:
        """∂self/∂parents[i], computed when the node was recorded; NaN where it is undefined."""
        if self._db is NARY:
            return cast("tuple[float, ...]", self._da)
        return tuple(partial for partial in (self._da, self._db) if partial is not None)

    def backward(self) -> None:
        """Set ``grad`` of every node this one was computed from to ∂self/∂node; leaves accumulate.

        Raises:
            OverflowError, ValueError: a gradient is not finite or meets an undefined partial; says at which node. No
                gradient is changed then.
        Warns:
            StaleGraphWarning: a leaf was changed after the recording. The gradients are those of the new numbers.
        """
        _backward.backward(self)

    def zero_grad(self) -> None:
        """Set the gradient of this node and of everything it was computed from to zero."""
        for node in topological_order(self):
            node.grad = 0.0

    def again(self, operands: Iterable[Operand]) -> "Value":
        """A new node: the same operation, recorded on other operands, under the same label."""
        groups = group(OPERATIONS[self.operation], list(operands))
        node: Value = FUNCTIONS[self.operation](*groups)
        node.label = self.label
        return node

    def partials_as_nodes(self) -> tuple[Operand, ...]:
        """The local partials as nodes (or numbers, where constant), so that they can be differentiated again."""
        row, operands = OPERATIONS[self.operation], self.operands
        groups = group(row, operands)
        partials: list[Operand] = []
        for operand, partial in _compiled_for_nodes(self.operation).items():
            result = partial(*groups, self)
            partials.extend(result if operand in row.vectors else [result])
        return tuple(d for d, operand in zip(partials, operands, strict=False) if operand.__class__ is Value)

    def _name(self) -> str:
        return f"node {self.label!r}" if self.label else f"the node {self!r}"

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self.grad!r}{label})"

    def __pow__(self, other: Operand) -> "Value":
        name = "__power" if other.__class__ is not Value else "__pow"
        return cast("Value", _POWERS[name](self, other))

    def __pos__(self) -> "Self":
        return self

    def __lt__(self, other: object) -> bool:
        return self._data < other._data if isinstance(other, Value) else self._data < other  # type: ignore[operator]  # Python answers TypeError

    def __le__(self, other: object) -> bool:
        return self._data <= other._data if isinstance(other, Value) else self._data <= other  # type: ignore[operator]  # as above

    def __gt__(self, other: object) -> bool:
        return self._data > other._data if isinstance(other, Value) else self._data > other  # type: ignore[operator]  # as above

    def __ge__(self, other: object) -> bool:
        return self._data >= other._data if isinstance(other, Value) else self._data >= other  # type: ignore[operator]  # as above

    if TYPE_CHECKING:  # attached below, generated from the table

        def __add__(self, other: Operand) -> "Value": ...
        def __radd__(self, other: Operand) -> "Value": ...
        def __sub__(self, other: Operand) -> "Value": ...
        def __rsub__(self, other: Operand) -> "Value": ...
        def __mul__(self, other: Operand) -> "Value": ...
        def __rmul__(self, other: Operand) -> "Value": ...
        def __truediv__(self, other: Operand) -> "Value": ...
        def __rtruediv__(self, other: Operand) -> "Value": ...
        def __rpow__(self, other: Operand) -> "Value": ...
        def __neg__(self) -> "Value": ...
        def __abs__(self) -> "Value": ...
        def exp(self) -> "Value": ...
        def log(self) -> "Value": ...
        def tanh(self) -> "Value": ...
        def sigmoid(self) -> "Value": ...
        def relu(self) -> "Value": ...


_NAMES = namespace(Value)
_RECORDERS = {name: recorder(name, _NAMES) for name in OPERATIONS}
_POWERS = {"__power": recorder("power", _NAMES, reflected=False), "__pow": recorder("pow", _NAMES, reflected=False)}

for _name, _method in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("div", "truediv"), ("pow", "pow")):
    if _name != "pow":
        setattr(Value, f"__{_method}__", recorder(_name, _NAMES, reflected=False))
    setattr(Value, f"__r{_method}__", recorder(_name, _NAMES, reflected=True))
for _name, _method in (("neg", "__neg__"), ("absolute", "__abs__")):
    setattr(Value, _method, recorder(_name, _NAMES, reflected=False))
for _name in ("exp", "log", "tanh", "sigmoid", "relu"):
    setattr(Value, _name, _RECORDERS[_name])


def affine(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0.0) -> Value:
    """One node for z = w·x + b = Σₖ wₖxₖ + b, as a lecture writes a pre-activation.

    Args:
        weights, inputs: equally many Values or numbers, n ≥ 1 of each.
        bias: a Value or a number.

    The partials are ∂z/∂wₖ = xₖ, ∂z/∂xₖ = wₖ, ∂z/∂b = 1, in the order weights, inputs, bias.

    Raises:
        ValueError: no weights, or not as many inputs as weights.
        TypeError: an operand is no number; OverflowError: z does not fit a float.
    """
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs) or not weights:
        raise ValueError(f"affine needs as many inputs as weights, and at least one: it got {len(weights)} weights and "
                         f"{len(inputs)} inputs")
    return cast("Value", _RECORDERS["affine"](weights, inputs, bias))


def _of_sequence(name: str) -> Callable[[Iterable[Operand]], Value]:
    def function(values: Iterable[Operand]) -> Value:
        values = tuple(values)
        if not values:
            raise ValueError(f"{name} needs at least one value")
        return cast("Value", _RECORDERS[name](values))

    function.__name__ = function.__qualname__ = name
    return function


total = _of_sequence("total")
total.__doc__ = """One node for the sum Σₖ vₖ of a sequence of at least one Value or number; every partial is 1."""
logsumexp = _of_sequence("logsumexp")
logsumexp.__doc__ = """One node for log Σₖ exp(vₖ), shifted by the largest, so never too large; ∂y/∂vₖ = exp(vₖ − y)."""

Unary = Callable[[Operand], Value]
Binary = Callable[[Operand, Operand], Value]
exp: Unary = _RECORDERS["exp"]
log: Unary = _RECORDERS["log"]
sqrt: Unary = _RECORDERS["sqrt"]
sin: Unary = _RECORDERS["sin"]
cos: Unary = _RECORDERS["cos"]
tanh: Unary = _RECORDERS["tanh"]
sigmoid: Unary = _RECORDERS["sigmoid"]
softplus: Unary = _RECORDERS["softplus"]
relu: Unary = _RECORDERS["relu"]
leaky_relu: Callable[..., Value] = _RECORDERS["leaky_relu"]
elu: Callable[..., Value] = _RECORDERS["elu"]
absolute: Unary = _RECORDERS["absolute"]
maximum: Binary = _RECORDERS["maximum"]
minimum: Binary = _RECORDERS["minimum"]

FUNCTIONS = MappingProxyType(_RECORDERS | {"affine": affine, "total": total, "logsumexp": logsumexp})
"""Operation name -> the function that records it, one for each row of the table."""

_NODE_READING = Reading(FUNCTIONS, lazy=True)


def _compiled_for_nodes(name: str) -> dict[str, Callable[..., Any]]:
    """The row's partials read on nodes, compiled at first use: derivatives of derivatives are asked for rarely."""
    if name not in _NODE_PARTIALS:
        _NODE_PARTIALS[name] = dict(compile_row(name, _NODE_READING).partials)
    return _NODE_PARTIALS[name]


_NODE_PARTIALS: dict[str, dict[str, Callable[..., Any]]] = {}


def values_of(nodes: Sequence[Operand]) -> list[float]:
    """The numbers of a sequence of nodes and numbers."""
    return [node._data if isinstance(node, Value) else float(node) for node in nodes]
