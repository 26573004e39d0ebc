"""Evaluate a formula by walking its tree. All values are floats or small arrays."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from ....ground.arrays import FloatOrArray
from .functions import ARGUMENTS, FUNCTIONS, LARGEST_ARRAY, METHODS, NAMED, refuse_large
from .grammar import MODULES, Formula
from .indices import write_formula
from .unit_indices import find_sum

NameValue: TypeAlias = Callable[[ast.expr], FloatOrArray]
FunctionValue: TypeAlias = Callable[[str, ast.expr, FloatOrArray], FloatOrArray]
SumValue: TypeAlias = Callable[[str, ast.expr, Callable[[ast.expr], FloatOrArray]], FloatOrArray]


_OPERATORS: Mapping[type[ast.operator | ast.cmpop], Callable[..., "FloatOrArray"]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.MatMult: np.matmul,
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
}


class NotFiniteError(ArithmeticError):
    """A part of a formula is not a finite number; ``part`` is its text."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is not a finite number")
        self.part = part


class ShapeError(ValueError):
    """Vectors and matrices that do not fit together."""


def evaluate(of: Formula, name: NameValue, function: FunctionValue, total: SumValue,
             vectors: "Literal[0, 1] | None" = None) -> "FloatOrArray":
    """The value of a formula, a number or an array.

    Args:
        of: the formula.
        name: gives the value of a name, of a name with an index, of ``raised(name, index)``, or of
            ``quotient(name, name)``, from its tree.
        function: applies one of the lecture's functions, f or df: it gets its name, the argument's tree, and its value.
        vectors: the axis along which vectors lie, where a matrix that is added up along it is one:
            ``sum(W * δ, axis=0)`` of a column δ is a vector in a program, and a column here.
        total: adds up ``sum(k, …)``: it gets the index, the tree of the term, and what gives the value of a tree.

    Raises:
        ShapeError: vectors and matrices that do not fit together; ValueError: a name that the lecture does not have;
        NotFiniteError: a part of it has no finite value.
    """
    with np.errstate(all="ignore"):
        return _Evaluation(name, function, total, vectors).of(of.tree)


@dataclass(frozen=True)
class _Evaluation:
    name: NameValue
    function: FunctionValue
    total: SumValue
    vectors: Literal[0, 1] | None

    def of(self, node: ast.expr) -> "FloatOrArray":
        """The value of a part of the formula. Raises NotFiniteError if it is not finite."""
        value = self._evaluate(node)
        if not (math.isfinite(value) if isinstance(value, float) else np.all(np.isfinite(value))):
            raise NotFiniteError(write_formula(node))
        return value

    def _evaluate(self, node: ast.expr) -> "FloatOrArray":
        match node:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]  # checked to be a number; never a whole one of any size
            case ast.Name() | ast.Call(func=ast.Name(id="raised" | "quotient")):
                return self.name(node)
            case ast.Subscript(value=ast.Name(), slice=index) if not isinstance(index, ast.Slice | ast.Tuple):
                return self.name(node)
            case ast.UnaryOp(op=sign, operand=operand):
                return -self.of(operand) if isinstance(sign, ast.USub) else self.of(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return _calculate(op, self.of(left), self.of(right), node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compare(op, self.of(left), self.of(right))
            case ast.Attribute(value=inner, attr="T"):
                matrix = self.of(inner)
                is_vector = isinstance(inner, ast.Call) and self._adds_up_vectors(inner.keywords)
                return matrix if isinstance(matrix, float) or is_vector else matrix.T  # .T turns no vector of a program
            case ast.Subscript(value=inner, slice=index):
                return _take_part(self.of(inner), index)
            case ast.Call() if (summed := find_sum(node)) is not None:
                return self.total(*summed, self.of)
            case ast.Call(func=ast.Attribute(value=inner, attr=method), args=arguments, keywords=named) if not (
                    isinstance(inner, ast.Name) and inner.id in MODULES):
                values = [] if method == "astype" else [self.of(tree) for tree in arguments]
                found = _apply(METHODS[method], method, [self.of(inner), *values, *self._axis(named)])
                return self._turn(found, named)
            case ast.Call(func=function, args=arguments, keywords=named):
                name = function.attr if isinstance(function, ast.Attribute) else function.id  # type: ignore[attr-defined]
                return self._turn(self._call(name, arguments, self._axis(named)), named)
        raise ValueError(f"{write_formula(node)} is no part of a formula")

    def _turn(self, value: "FloatOrArray", named: list[ast.keyword]) -> "FloatOrArray":
        """What was added up along the axis of vectors, as one of them, unless keepdims asks for the axis."""
        if not self._adds_up_vectors(named) or isinstance(value, float):
            return value
        return value.T if value.ndim == 2 and value.shape[1 - (self.vectors or 0)] > 1 else value

    def _adds_up_vectors(self, named: list[ast.keyword]) -> bool:
        """Whether the only named argument is the axis along which vectors lie."""
        alone = self.vectors is not None and [keyword.arg for keyword in named] == ["axis"]
        return alone and getattr(named[0].value, "value", None) == self.vectors

    def _axis(self, named: list[ast.keyword]) -> "list[FloatOrArray]":
        return [self.of(keyword.value) for keyword in named if keyword.arg == "axis"]

    def _call(self, name: str, trees: list[ast.expr], axis: "list[FloatOrArray]") -> "FloatOrArray":
        if name in NAMED and not axis and len(trees) == 2:  # sum(δ, 1)
            axis, trees = [float(require_integer(trees[1]))], trees[:1]
        arguments = [self.of(tree) for tree in trees]
        wanted = ARGUMENTS.get(name, 1)
        if len(arguments) != wanted:
            raise ValueError(f"{name} takes {wanted} argument{'s' * (wanted > 1)}, and was given {len(arguments)}")
        if name not in FUNCTIONS:
            return self.function(name, trees[0], arguments[0])
        return _apply(FUNCTIONS[name], name, [*arguments, *axis])


def _apply(function: "Callable[..., FloatOrArray]", name: str, arguments: "list[FloatOrArray]") -> "FloatOrArray":
    """What a function gives. Raises ShapeError where the shapes do not fit or the result would be too large."""
    try:
        if name in ("sum", "mean") and len(arguments) > 1 and arguments[1] not in (0, 1):
            raise ValueError("no such axis")
        if name not in ("sum", "mean", "outer", "kron", "dot", "matmul", "reshape"):
            refuse_large(float(np.prod(np.broadcast_shapes(*map(np.shape, arguments)))))
        return function(*arguments)
    except (ValueError, TypeError, IndexError):
        raise ShapeError(f"the shapes in {name}(…) do not fit: {format_shapes(*arguments)}") from None


def _calculate(op: ast.operator, left: "FloatOrArray", right: "FloatOrArray", node: ast.expr) -> "FloatOrArray":
    _check_size(op, left, right)
    try:
        value = _OPERATORS[type(op)](left, right)
    except (ZeroDivisionError, OverflowError):
        raise NotFiniteError(write_formula(node)) from None
    except (ValueError, TypeError):
        raise ShapeError(f"the shapes in {write_formula(node)} do not fit: {format_shapes(left, right)}") from None
    if isinstance(value, complex):
        raise NotFiniteError(write_formula(node))
    return value


def _check_size(op: ast.operator | ast.cmpop, left: "FloatOrArray", right: "FloatOrArray") -> None:
    """Raises ShapeError before a product of columns and rows grows beyond any network."""
    if isinstance(left, float) and isinstance(right, float):
        return
    try:
        if isinstance(op, ast.MatMult) and np.ndim(left) and np.ndim(right):
            size = np.shape(left)[0] * np.shape(right)[-1]
        else:
            size = np.prod(np.broadcast_shapes(np.shape(left), np.shape(right)))
    except ValueError:
        return  # shapes that do not fit are named where they are used
    if size > LARGEST_ARRAY:
        raise ShapeError(f"a product of {format_shapes(left, right)} is larger than any layer here")


def _compare(op: ast.cmpop, left: "FloatOrArray", right: "FloatOrArray") -> "FloatOrArray":
    _check_size(op, left, right)
    try:
        return _OPERATORS[type(op)](left, right) * 1.0
    except ValueError:
        raise ShapeError(f"the shapes beside the sign of comparison do not fit: {format_shapes(left, right)}") from None


def _take_part(value: "FloatOrArray", index: ast.expr) -> "FloatOrArray":
    """``W_next[:, 1:]``: rows and columns of a matrix."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    try:
        return np.asarray(value)[tuple(_to_slice(part) for part in parts)]
    except (IndexError, TypeError):
        raise ShapeError(f"there is no part [{write_formula(index)}] in {format_shapes(value)}") from None


def _to_slice(part: ast.expr) -> slice:
    def whole(bound: ast.expr | None) -> int | None:
        return None if bound is None else require_integer(bound)

    if isinstance(part, ast.Slice):
        if part.step is not None:
            raise ValueError("a slice takes no step here")
        return slice(whole(part.lower), whole(part.upper))
    at = require_integer(part)
    return slice(at, at + 1 or None)


def require_integer(node: ast.expr) -> int:
    """The integer that an index is. Raises ValueError for anything else."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    raise ValueError(f"{write_formula(node)} is no index: write a whole number")


def raise_to_power(base: "FloatOrArray", exponent: float, tree: ast.expr) -> "FloatOrArray":
    """A power written as a superscript, on a name that has no layers; ``tree`` is the whole expression."""
    value = np.power(base, exponent)
    if not np.all(np.isfinite(value)):
        raise NotFiniteError(write_formula(tree))
    return value


def format_shapes(*values: "FloatOrArray") -> str:
    """The shapes of values as a part of a sentence."""
    return " and ".join("×".join(map(str, getattr(value, "shape", ()))) or "a number" for value in values)
