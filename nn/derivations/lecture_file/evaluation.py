"""Evaluate a line by walking its tree: floats, small arrays, or nodes of a graph. Nothing is ever run."""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..lines import parse_index
from .grammar import REDUCTIONS, list_indices

MOST_STEPS = 100_000
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class NoPlaceError(LookupError):
    """A letter of a layer that does not exist: its line says nothing there."""


class UnreadableError(ValueError):
    """A line that has no meaning here: a name that the file does not have, or shapes that do not fit."""


class Scope:
    """What the words of a line mean. The base class has none; see ``context.Context``."""

    functions: Mapping[str, Callable[..., Any]] = {}

    def name(self, word: str) -> Any:
        """The value of a plain name. Raises UnreadableError if there is none."""
        raise UnreadableError(f"{word} has no meaning here")

    def indexed(self, letter: str, index: tuple[int, ...]) -> Any:
        """The value of a letter with indices."""
        raise UnreadableError(f"{letter}[{', '.join(map(str, index))}] has no meaning here")

    def run(self, word: str, arguments: list[int]) -> Iterable[int]:  # noqa: ARG002 - for overriding
        """The values of an index in ``for k in word(arguments)``."""
        raise UnreadableError(f"{word} is no range of an index")

    def call(self, function: ast.expr, layer: int | None, tree: ast.expr, value: Any,  # noqa: ARG002 - for overriding
             known: Mapping[str, int]) -> Any:  # noqa: ARG002 - for overriding
        """A function of the file itself, such as its activation function."""
        raise UnreadableError(f"{ast.unparse(function)} is no function here")


def evaluate(tree: ast.expr, scope: Scope, known: Mapping[str, int]) -> Any:
    """The value of a tree; ``known`` are the indices.

    Raises:
        UnreadableError: names or shapes that do not fit, or a value that is not finite; NoPlaceError: an index that
        does not exist.
    """
    return _Evaluation(scope, known).of(tree)


def evaluate_index(tree: ast.expr, scope: Scope, known: Mapping[str, int]) -> int:
    """The number of an index: k, l + 1, L, 0. Raises UnreadableError where it is not a whole number."""
    try:
        word, offset = parse_index(tree)
    except ValueError as error:
        raise UnreadableError(str(error)) from None
    if word is None:
        return offset
    try:
        number = known[word] if word in known else scope.name(word)
    except UnreadableError:
        raise UnreadableError(f"the index {word} stands neither on the left side nor in a sum; a sum over it is "
                              f"sum(… for {word} in units(l)), where l is the layer whose units it counts") from None
    if not isinstance(number, int | float) or not float(number).is_integer():
        raise UnreadableError(f"the index {ast.unparse(tree)} is not a whole number")
    return int(number) + offset


class _Evaluation:
    def __init__(self, scope: Scope, known: Mapping[str, int]) -> None:
        self.scope, self.known, self.steps = scope, dict(known), 0

    def of(self, tree: ast.expr) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise UnreadableError("its sums have too many terms")
        value = self._evaluate(tree)
        if isinstance(value, float) and not math.isfinite(value):
            raise UnreadableError(f"{ast.unparse(tree)} is not a finite number")
        return value

    def _evaluate(self, tree: ast.expr) -> Any:
        match tree:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]  # the grammar lets numbers through alone
            case ast.Name(id=word):
                return float(self.known[word]) if word in self.known else self.scope.name(word)
            case ast.Subscript(value=ast.Name(id=letter)):
                return self.scope.indexed(letter, tuple(self.index(index) for index in list_indices(tree)))
            case ast.Attribute(value=inner):
                value = self.of(inner)
                return value.T if hasattr(value, "T") else value
            case ast.UnaryOp(op=sign, operand=operand):
                return -self.of(operand) if isinstance(sign, ast.USub) else self.of(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self._calculate(tree, op, self.of(left), self.of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                truth = self._calculate(tree, op, self.of(left), self.of(right))
                return truth * 1.0
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                chosen = self.of(test)
                if getattr(chosen, "size", 1) != 1:
                    return self._call("where", [chosen, self.of(body), self.of(otherwise)], tree)
                return self.of(body if chosen else otherwise)
            case ast.Call():
                return self._evaluate_call(tree)
        raise UnreadableError(f"{ast.unparse(tree)} is no part of a line")

    def index(self, tree: ast.expr) -> int:
        """The number of an index."""
        return evaluate_index(tree, self.scope, self.known)

    def _calculate(self, tree: ast.expr, op: ast.AST, left: Any, right: Any) -> Any:
        try:
            return _OPERATORS[type(op)](left, right)
        except ZeroDivisionError:
            raise UnreadableError(f"{ast.unparse(tree)} divides by 0") from None
        except (ValueError, TypeError):
            raise UnreadableError(
                f"the shapes of {ast.unparse(tree)} do not fit: {_shape(left)} and {_shape(right)}"
            ) from None
        except OverflowError:
            raise UnreadableError(f"{ast.unparse(tree)} is not a finite number") from None

    def _evaluate_call(self, call: ast.Call) -> Any:
        function, arguments = call.func, call.args
        word = function.id if isinstance(function, ast.Name) else ""
        if word in REDUCTIONS and len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            return self._reduce(word, arguments[0])
        if word in self.scope.functions:
            return self._call(word, [self.of(argument) for argument in arguments], call)
        if len(arguments) != 1:
            raise UnreadableError(f"{ast.unparse(function)} is no function here that takes {len(arguments)} arguments")
        layer = None
        if isinstance(function, ast.Subscript):
            layer = self.index(list_indices(function)[0])
        return self.scope.call(function, layer, arguments[0], self.of(arguments[0]), self.known)

    def _call(self, word: str, values: list[Any], tree: ast.expr) -> Any:
        try:
            return self.scope.functions[word](*values)
        except (NoPlaceError, UnreadableError):
            raise
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            shapes = " and ".join(map(_shape, values))
            raise UnreadableError(f"{ast.unparse(tree)} has no value for {shapes}") from None

    def _reduce(self, word: str, loop: ast.GeneratorExp) -> Any:
        generator = loop.generators[0]
        name = generator.target.id  # type: ignore[attr-defined]  # the grammar lets names through alone
        match generator.iter:
            case ast.Name(id=what):
                values = self.scope.run(what, [])
            case ast.Call(func=ast.Name(id=what), args=arguments):
                values = self.scope.run(what, [self.index(argument) for argument in arguments])
            case other:
                raise UnreadableError(f"{ast.unparse(other)} is no range of an index; units(l), samples and layers are")
        before, found = self.known.get(name), []
        for value in values:
            self.known[name] = value
            found.append(self.of(loop.elt))
        self.known.pop(name, None)
        if before is not None:
            self.known[name] = before
        if not found:
            return 0.0
        try:
            if word != "sum":
                return (max if word == "max" else min)(found)
            total = found[0]
            for term in found[1:]:
                total = total + term
        except (ValueError, TypeError):
            shapes = " and ".join(dict.fromkeys(map(_shape, found)))
            raise UnreadableError(f"the terms of {ast.unparse(loop.elt)} do not fit together: {shapes}") from None
        return total


def _shape(value: Any) -> str:
    shape = getattr(value, "shape", ())
    return " × ".join(map(str, shape)) if shape else "a number"
