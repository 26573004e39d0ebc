"""The derivation by hand as JavaScript, made from the lecture's own lines.

The lines are evaluated on terms instead of numbers. A term records how it was computed, as a JavaScript expression. So
the page computes by hand the same as Python, from the same text.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import write

from ..ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS, LayerFormula
from ..ground.formulas import evaluate_formula
from .compared import Comparison
from .conventions import Conventions
from .lectures import LECTURES
from .lectures.layered import LayeredLecture, list_places
from .lectures.lecture import Lecture
from .lectures.matrices import ELEMENTWISE
from .lectures.scalar import ScalarLecture
from .lines import Derivation
from .settings import Settings

_OPERATORS = MappingProxyType({ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Gt: ">", ast.Lt: "<",
                               ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "===", ast.NotEq: "!=="})
ELEMENTWISE_WORDS = tuple(ELEMENTWISE)
_MATH = frozenset((*ELEMENTWISE, "max", "min"))


class Term:
    """A number that is known only in the page, as a JavaScript expression."""

    size = 2  # neither true nor false: what hangs on it is a choice in JavaScript

    def __init__(self, source: str) -> None:
        self.source = source

    def _with(self, operator: str, other: Any, turned: bool = False) -> "Term":
        if operator == "+" and not isinstance(other, Term) and other == 0:
            return self
        left, right = (_write_source(other), self.source) if turned else (self.source, _write_source(other))
        return Term(f"({left} {operator} {right})")

    def __add__(self, other: Any) -> "Term":
        return self._with("+", other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Term":
        return self._with("-", other)

    def __rsub__(self, other: Any) -> "Term":
        return self._with("-", other, turned=True)

    def __mul__(self, other: Any) -> "Term":
        return self._with("*", other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Term":
        return self._with("/", other)

    def __rtruediv__(self, other: Any) -> "Term":
        return self._with("/", other, turned=True)

    def __pow__(self, other: float) -> "Term":
        return Term(f"Math.pow({self.source}, {_write_source(other)})")

    def __gt__(self, other: Any) -> "Term":
        return self._with(">", other)

    def __lt__(self, other: Any) -> "Term":
        return self._with("<", other)

    def __ge__(self, other: Any) -> "Term":
        return self._with(">=", other)

    def __le__(self, other: Any) -> "Term":
        return self._with("<=", other)

    def __abs__(self) -> "Term":
        return Term(f"Math.abs({self.source})")

    def __neg__(self) -> "Term":
        return Term(f"(-{self.source})")


def write_hand_javascript(comparison: Comparison, leaves: Sequence[str]) -> tuple[str, dict[str, int]]:
    """The source of ``const HAND = (L) => […];`` and, for each symbol of the derivation, its place in that list.

    Args:
        comparison: of the lecture and settings that are meant.
        leaves: labels of the leaves of the lecture's graph; ``L`` are their numbers, in this order.
    """
    lecture, settings = LECTURES[comparison.lecture], comparison.settings
    known = {label: Term(f"L[{i}]") for i, label in enumerate(leaves)}
    lines: list[str] = []

    name_value = name_terms(lines)
    by_hand = _write_scalar if isinstance(lecture, ScalarLecture) else _write_layered
    entries = by_hand(lecture, settings, known, name_value)
    symbols = list(entries)
    return write_result(entries, lines, make_activations()), {symbol: i for i, symbol in enumerate(symbols)}


def name_terms(lines: list[str]) -> Callable[[Any], Any]:
    """A function that makes a JavaScript constant of a value, in ``lines``, so that terms that use it stay short."""
    def name_value(value: Any) -> Any:
        if hasattr(value, "ravel"):
            flat = [name_value(item) for item in value.ravel()]
            fresh = value.astype(object)
            fresh.ravel()[:] = flat
            return fresh
        if not isinstance(value, Term) or value.source.isidentifier():
            return value
        lines.append(f"const h{len(lines)} = {value.source};")
        return Term(f"h{len(lines) - 1}")

    return name_value


def write_result(entries: Mapping[str, Any], lines: Sequence[str], functions: str) -> str:
    """The function of the leaves that returns these entries."""
    results = ", ".join(_write_source(value) for value in entries.values())
    return f"const HAND = (L) => {{\n{functions}\n{chr(10).join(lines)}\nreturn [{results}];\n}};"


def _write_scalar(lecture: Lecture, settings: Settings, known: Mapping[str, Term], name_value: Any) -> dict[str, Any]:
    assert isinstance(lecture, ScalarLecture)  # noqa: S101 - there are two kinds
    names: dict[str, Any] = dict(_WORDS)
    names |= {setting.name: known.get(setting.symbol, settings[setting.name]) for setting in lecture.settings}
    for layer, activation in lecture.activations(settings).items():
        names |= {f"f{layer}": write_function(activation, "f"), f"df{layer}": write_function(activation, "df")}
    found = {}
    for quantity in lecture.quantities(settings):
        names[quantity.name] = found[quantity.symbol] = name_value(evaluate_formula(quantity.formula, names))
    return found


def _write_layered(lecture: Lecture, settings: Settings, known: Mapping[str, Term], name_value: Any) -> dict[str, Any]:
    assert isinstance(lecture, LayeredLecture)  # noqa: S101 - there are two kinds
    conventions, problem = lecture.conventions(settings), lecture.problem(settings)
    terms = _make_terms(settings, known, conventions)

    class Named(Derivation):
        number = staticmethod(lambda value: value)

        def value(self, letter: str, *index: int) -> Any:
            fresh = (letter, index) not in self._known
            found = super().value(letter, *index)
            if fresh:
                self._known[letter, index] = found = name_value(found)
            return found

    words = lecture.names(settings) | dict(_WORDS) | _write_activations(lecture.activations(settings), conventions)
    words |= {"norm": write_norm, "total": lambda array: add_up(array.ravel()), "where": write_choice}
    words |= {word: apply_elementwise(_WORDS[word]) for word in ELEMENTWISE}
    words |= {word: value for word, value in lecture.names(terms).items() if word in ("all_W", "all_b")}
    words |= {"t": terms["t"]} if lecture.has_single_target(settings) else {}
    words |= {"x0": known["x₀"]} if "x₀" in known else {}
    derivation = Named(lecture.lines(settings), lecture.given(terms), words)
    found: dict[str, Any] = {}
    for place in list_places(len(problem.weights), conventions, problem.biases is not None):
        for entry in lecture.entries(place, derivation, problem, conventions):
            found[entry.symbol] = entry.value
    return found


def _make_terms(settings: Settings, known: Mapping[str, Term], conventions: Conventions) -> dict[str, Any]:
    """The settings with a term for every number that is a leaf of the graph."""
    depth = len(settings["W"])
    terms: dict[str, Any] = dict(settings)
    for kind in ("x", "y"):
        rows = settings.get(kind.upper())
        if rows is not None:
            terms[kind.upper()] = [[known[conventions.datum(kind, k, i, len(row))] for k in range(1, len(row) + 1)]
                                   for i, row in enumerate(rows, start=1)]
        elif kind in settings:
            terms[kind] = [known[conventions.datum(kind, k)] for k in range(1, len(settings[kind]) + 1)]
    if "t" in settings and settings.get("Y") is None:
        t = settings["t"]
        alone = known.get(conventions.datum("y", 1, count=1))
        terms["t"] = alone if not isinstance(t, tuple) else tuple(
            known[conventions.datum("y", k, count=len(t))] for k in range(1, len(t) + 1))
    column = conventions.bias == "column"
    terms["W"] = [[[known[_make_weight_label(conventions, r, c - column, l, depth)] for c in range(1, len(row) + 1)]
                   for r, row in enumerate(matrix, start=1)] for l, matrix in enumerate(settings["W"], start=1)]
    if settings.get("b") is not None:
        terms["b"] = [[known[conventions.bias_label(j, l, depth)] for j in range(1, len(row) + 1)]
                      for l, row in enumerate(settings["b"], start=1)]
    return terms


def _make_weight_label(conventions: Conventions, row: int, column: int, layer: int, depth: int) -> str:
    """The label of the entry of a matrix."""
    target, source = conventions.order(row, column)
    return conventions.weight_label(target, source, layer, depth)


def _write_source(value: Any) -> str:
    return value.source if isinstance(value, Term) else repr(float(value))


def write_function(activation: str, kind: str) -> Any:
    return lambda z: Term(f"{activation}_{kind}({_write_source(z)})")


def apply_elementwise(function: Any) -> Any:
    """The function of terms, or of every entry of arrays of them."""
    def apply(*given: Any) -> Any:
        import numpy as np

        return np.frompyfunc(function, len(given), 1)(*given)

    return apply


def _write_activations(activations: Mapping[int, str], conventions: Conventions) -> dict[str, Any]:
    """f and df, by layer where layers differ, and those of all units of a layer."""
    made = {kind: {conventions.number(l): apply_elementwise(write_function(name, kind))
                   for l, name in activations.items() if name not in LAYER_FORMULAS} for kind in ("f", "df")}
    words: dict[str, Any] = made if conventions.by_layer else {
        kind: next(iter(found.values())) for kind, found in made.items() if found}
    return words | {name: write_layer_function(formula) for name, formula in LAYER_FORMULAS.items()}


def write_layer_function(formula: LayerFormula) -> Any:
    """An activation of all units, of an array of terms."""
    def apply(z: Any) -> Any:
        numbers = [Term(_write_source(item)) for item in z.ravel()]
        fresh = z.astype(object)
        names = {**_WORDS, "sum": add_up, "z": numbers, "units": range(len(numbers))}
        fresh.ravel()[:] = [evaluate_formula(formula.value, names | {"j": j}) for j in range(len(numbers))]
        return fresh

    return apply


def add_up(terms: Iterable[Any]) -> Any:
    """The sum of terms, from left to right."""
    found: Any = 0
    for term in terms:
        found = term + found if found == 0 else found + term
    return found


def write_choice(condition: Any, yes: Any, no: Any) -> Any:
    """One of two terms, or of each entry of arrays of them."""
    import numpy as np

    def choose(test: Any, one: Any, other: Any) -> Term:
        return Term(f"({_write_source(test)} ? {_write_source(one)} : {_write_source(other)})")

    several = hasattr(condition, "ravel")
    return np.frompyfunc(choose, 3, 1)(condition, yes, no) if several else choose(condition, yes, no)


def write_norm(vector: Any) -> Term:
    return Term(f"Math.hypot({', '.join(_write_source(item) for item in vector.ravel())})")


def write_call(word: str) -> Any:
    return lambda *given: Term(f"Math.{word}({', '.join(map(_write_source, given))})")


_WORDS: Mapping[str, Any] = MappingProxyType({word: write_call(word) for word in _MATH})


def make_activations() -> str:
    """The activation functions and their derivatives, from the hand formulas."""
    lines = []
    for name, formula in ACTIVATION_FORMULAS.items():
        lines.append(f"const {name}_f = (z) => {_write_javascript(formula.value)};")
        slope = _write_javascript(formula.derivative)
        lines.append(f"const {name}_df = (z) => {{ const a = {name}_f(z); return {slope}; }};")
    return "\n".join(lines)


def _write_javascript(formula: str | ast.expr) -> str:
    """A hand formula of an activation function."""
    tree = ast.parse(formula, mode="eval").body if isinstance(formula, str) else formula
    match tree:
        case ast.Constant(value=value):
            return repr(value)
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(operand=operand):
            return f"(-{_write_javascript(operand)})"
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return f"Math.pow({_write_javascript(base)}, {_write_javascript(exponent)})"
        case (ast.BinOp(left=left, op=operator, right=right)
              | ast.Compare(left=left, ops=[operator], comparators=[right])):
            return f"({_write_javascript(left)} {_OPERATORS[type(operator)]} {_write_javascript(right)})"
        case ast.IfExp(test=test, body=yes, orelse=no):
            return f"({_write_javascript(test)} ? {_write_javascript(yes)} : {_write_javascript(no)})"
        case ast.Call(func=ast.Name(id=word), args=arguments) if word in _MATH:
            return f"Math.{word}({', '.join(map(_write_javascript, arguments))})"
    raise SyntaxError(f"no JavaScript for {write(tree)}")
