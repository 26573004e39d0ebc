"""``Value``, a node of the computation graph, and the functions that make one.

A node's operands, parents and partials are properties over four slots, so that a binary node stays within 140 bytes:

    leaf     _a = None
    unary    _a = operand                 _da = ∂y/∂a
    binary   _a, _b = operands            _da, _db = ∂y/∂a, ∂y/∂b      (a partial is None where the operand is a number)
    n-ary    _a = tuple of parents        _da = tuple of partials      _b = tuple of operands      _db = NARY

``_clock`` is explained in ``clock``.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from numbers import Real
from typing import TYPE_CHECKING, Any, Union, cast, final

from . import backward as _backward
from .careful import require_number
from .clock import Derivatives, advance_clock, advance_clock_to, mark_derivatives
from .comparisons import compare, end_marks, read_marks
from .copying import deep_copy, reduce_node
from .derivatives import NODE_WORDS, compile_for_nodes, make_reusing_recorder
from .foreign_names import FOREIGN_NAMES, ForeignName
from .operations import OPERATIONS, group_operands
from .quoting import quote
from .readings import FLOATS
from .recorders import NARY, lay_out, make_namespace, make_recorder
from .traversal import leaves_and_computed

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
        grad: ∂output/∂self after ``backward``. Leaves accumulate over calls until ``zero_grad``.
        label: see above; may be set at any time.
        operation: the name of its row in the table of operations; empty for a leaf.

    Comparisons (``<``, ``==``, …, and ``if v``) compare numbers. A set or a dictionary tells nodes apart by identity.

    Raises:
        TypeError: data is no number, or label is no string.
        ValueError: data is NaN or infinite.

    >>> w, x = Value(0.5, "w"), Value(3.0, "x")
    >>> y = tanh(w * x - 1.5)
    >>> y.backward()
    >>> y.data, w.grad, x.grad
    (0.0, 3.0, 0.5)
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
            raise TypeError(f"label must be a string, not {quote(label)} of type {type(label).__name__}")
        if data.__class__ is float and data - data == 0.0:  # the usual case: no message to write
            self._data = data
        else:
            name = f"Value {quote(label)}" if label else "a Value"
            self._data = require_number(data, f"data of {name}", "a number")
        self.grad = 0.0
        self.label = label
        self.operation = ""
        self._a = self._b = self._da = self._db = None
        self._clock = 0

    @property
    def data(self) -> float:
        """The number. It can be set on a leaf only; nodes computed from it keep their recorded numbers."""
        return self._data

    @data.setter
    def data(self, data: float) -> None:
        if self.operation:
            raise AttributeError(f"{self._name()} is computed by {self.operation}; set the data of a leaf instead")
        if data.__class__ is float and data - data == 0.0:
            self._data = data
        else:
            self._data = require_number(data, f"data of {self._name()}", "a number")
        time = advance_clock()
        if self._clock.__class__ is int:
            self._clock = time
        else:
            end_marks(self, time)

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The operands in order: Values, and plain numbers."""
        if self._db is NARY:
            return cast("tuple[Operand, ...]", self._b)
        return tuple(operand for operand in (self._a, self._b) if operand is not None)

    @property
    def parents(self) -> tuple["Value", ...]:
        """The operands that are Values, in order; ``a + a`` has two."""
        if self._db is NARY:
            return cast("tuple[Value, ...]", self._a)
        if self._db is not None:
            return (self._b,) if self._da is None else (self._a, self._b)
        return () if self._da is None else (self._a,)

    @property
    def partials(self) -> tuple[float, ...]:
        """∂self/∂parents[i], computed at the recording; NaN where undefined, infinite where it overflows."""
        if self._db is NARY:
            return cast("tuple[float, ...]", self._da)
        if self._db is not None:
            return (self._db,) if self._da is None else (self._da, self._db)
        return () if self._da is None else (self._da,)

    def backward(self) -> None:
        """Set ``grad`` of every node that this one was computed from to ∂self/∂node; leaves accumulate.

        Raises:
            ValueError, OverflowError: a gradient meets an undefined partial, or does not fit a float; names the node.
                No gradient is changed then.
        Warns:
            StaleGraphWarning: a leaf was assigned to after the recording. The gradients are those of the new numbers.
        """
        _backward.backward(self)

    def zero_grad(self) -> None:
        """Set the gradient of this node and of everything it was computed from to zero."""
        for nodes in leaves_and_computed(self):
            for node in nodes:
                node.grad = 0.0

    def again(self, operands: Iterable[Operand]) -> "Value":
        """A new node: the same operation, recorded on other operands, under the same label."""
        groups = group_operands(OPERATIONS[self.operation], list(operands))
        node: Value = RECORDERS[self.operation](*groups)
        node.label = self.label
        return node

    def partials_as_nodes(self, indices: Sequence[int]) -> dict[int, Operand]:
        """∂self/∂parents[i] for those i, as Values that can be differentiated again, or as numbers where constant."""
        row, operands = OPERATIONS[self.operation], self.operands
        places = [place for place, operand in enumerate(operands) if operand.__class__ is Value]
        names = row.operand_names(len(operands))
        wanted = {names[places[i]] for i in indices}
        groups = group_operands(row, operands)
        compiled = compile_for_nodes(self.operation)
        results = {operand: compiled[operand](*groups, self) for operand in wanted}
        found: dict[int, Operand] = {}
        for i in indices:
            operand = names[places[i]]
            first = names.index(operand)
            found[i] = results[operand][places[i] - first] if operand in row.vectors else results[operand]
        return found

    @staticmethod
    def recording_derivatives() -> AbstractContextManager[Derivatives]:
        """Mark nodes recorded inside as derivatives: they hold the branch taken, so they cannot be recorded again."""
        return mark_derivatives()

    @staticmethod
    def combine(operation: str, *operands: Operand) -> Operand:
        """An operation of a derivative: a node that may be used again, or a number if all operands are numbers."""
        return cast("Operand", NODE_WORDS[operation](*operands))

    def __setstate__(self, content: tuple[Any, ...]) -> None:
        if len(content) == 2:  # from a pickle, after the nodes that this one was computed from
            content = content[1]
        self._data, self.grad, self.label, self.operation, operands, partials, self._clock, *marks = content
        advance_clock_to(self._clock)
        lay_out(self, operands, partials)
        read_marks(*marks or [()])

    def __init_subclass__(cls) -> None:
        raise TypeError(f"{cls.__name__} cannot be a subclass of Value, since operations make Values and not "
                        f"{cls.__name__}s; keep a Value as an attribute instead")

    def __deepcopy__(self, memo: dict[int, Any]) -> "Value":
        return cast("Value", deep_copy(self, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return reduce_node(self)

    def _name(self) -> str:
        return f"node {quote(self.label)}" if self.label else f"the node {self!r}"

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self.grad!r}{label})"

    def __format__(self, specification: str) -> str:
        return format(self._data, specification) if specification else repr(self)

    def __float__(self) -> float:
        raise TypeError(f"{self._name()} is no plain number, which would forget how it was computed; use its .data, or "
                        "the functions of autograd_lite in place of those of math")

    def __pow__(self, other: Operand) -> "Value":
        if not isinstance(other, (Value, Real)):
            return NotImplemented
        name = "__power" if other.__class__ is not Value else "__pow"
        return cast("Value", _POWERS[name](self, other))

    def conjugate(self) -> "Self":
        """The node itself, which is real; ``np.std`` asks for it."""
        return self

    __pos__ = conjugate

    def __lt__(self, other: object) -> bool:
        return compare(self, "<", other)

    def __le__(self, other: object) -> bool:
        return compare(self, "<=", other)

    def __gt__(self, other: object) -> bool:
        return compare(self, ">", other)

    def __ge__(self, other: object) -> bool:
        return compare(self, ">=", other)

    def __eq__(self, other: object) -> bool:
        return compare(self, "==", other)

    def __ne__(self, other: object) -> bool:
        return compare(self, "!=", other)

    def __bool__(self) -> bool:
        return compare(self, "!=", 0.0)

    __hash__ = object.__hash__  # by identity: equal numbers are not the same node

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


_NAMES = make_namespace(Value)
RECORDERS: dict[str, Callable[..., Value]] = {name: make_recorder(name, _NAMES) for name in OPERATIONS}
"""Operation name -> the function that records it from operands as the row lists them."""
_POWERS = {"__power": make_recorder("power", _NAMES, reflected=False),
           "__pow": make_recorder("pow", _NAMES, reflected=False)}

for _name, _method in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("div", "truediv"), ("pow", "pow")):
    if _name != "pow":
        setattr(Value, f"__{_method}__", make_recorder(_name, _NAMES, reflected=False))
    setattr(Value, f"__r{_method}__", make_recorder(_name, _NAMES, reflected=True))
for _name, _method in (("neg", "__neg__"), ("absolute", "__abs__")):
    setattr(Value, _method, make_recorder(_name, _NAMES, reflected=False))
for _name, _row in OPERATIONS.items():  # v.exp(), and np.exp of an array of Values, which calls it
    if len(_row.partials) == 1 and not _row.vectors and _name not in ("neg", "power"):
        setattr(Value, _name, RECORDERS[_name])
setattr(Value, "arctan", RECORDERS["atan"])  # noqa: B010 - as NumPy calls it
for _name in FOREIGN_NAMES:
    setattr(Value, _name, ForeignName(_name))


def add_recorder(name: str) -> Callable[..., Value]:
    """Make the recorder of a row, for users and for derivatives. Returns it."""
    _NAMES.update(FLOATS.words)
    if name not in RECORDERS:
        RECORDERS[name] = make_recorder(name, _NAMES)
    of_numbers = None if OPERATIONS[name].vectors else FLOATS.words[name]
    NODE_WORDS[name] = make_reusing_recorder(name, RECORDERS[name], of_numbers, Value)
    return RECORDERS[name]


for _name in OPERATIONS:
    add_recorder(_name)
