"""The activation functions and their derivatives as a textbook writes them, with nothing of the engine in them.

Those of a unit have σ(z) and σ′(z); softmax, which acts on all units of a layer, has its Jacobian. An activation that a
user added to the table of operations is read from its row there.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

from autograd_lite import OPERATIONS
from autograd_lite.internal import add_floats

from .activations import ActivationRows
from .formulas import FUNCTIONS, list_names, make_function
from .suggest import unknown_name


@lru_cache
def _make_function(formula: str, parameters: tuple[str, ...]) -> Callable[..., float]:
    return make_function(formula, parameters, list_names({}))


@dataclass(frozen=True, slots=True)
class ActivationFormula:
    """σ(z) and σ′(z) as a textbook has them; σ′ may use a = σ(z)."""

    value: str
    derivative: str

    def f(self, z: float) -> float:
        """σ(z)"""
        return float(_make_function(self.value, ("z",))(z)) + 0.0

    def df(self, z: float) -> float:
        """σ′(z)"""
        return float(_make_function(self.derivative, ("z", "a"))(z, self.f(z))) + 0.0

    def of_layer(self, z: Sequence[float]) -> list[float]:
        """a of every unit."""
        return [self.f(unit) for unit in z]

    def pull_back(self, z: Sequence[float], slopes: Sequence[float]) -> list[float]:
        """∂ℓ/∂z of every unit, from ∂ℓ/∂a of every unit: times σ′(z)."""
        return [slope * self.df(unit) for unit, slope in zip(z, slopes, strict=True)]


@dataclass(frozen=True, slots=True)
class LayerFormula:
    """An activation of all units of a layer: aⱼ, and ∂aⱼ/∂zₖ in the letters a, j and k, both as text.

    In ``value`` the units are those of ``units``: exp(z[j]) / sum(exp(z[k]) for k in units). ``back`` is
    Σₖ gₖ·∂aₖ/∂zⱼ for any g, as a textbook writes it.
    """

    value: str
    jacobian: str
    back: str

    def of_layer(self, z: Sequence[float]) -> list[float]:
        """a of every unit. Large z do not overflow: only differences matter."""
        greatest = max(z)
        shifted = [unit - greatest for unit in z]
        calculate = _make_function(self.value, ("z", "units", "j"))
        return [float(calculate(shifted, range(len(z)), j)) for j in range(len(z))]

    def differentiate(self, z: Sequence[float]) -> list[list[float]]:
        """Row j, column k: ∂aⱼ/∂zₖ."""
        a, units = self.of_layer(z), range(len(z))
        calculate = _make_function(self.jacobian, ("a", "j", "k"))
        return [[float(calculate(a, j, k)) for k in units] for j in units]

    def pull_back(self, z: Sequence[float], slopes: Sequence[float]) -> list[float]:
        """∂ℓ/∂zₖ = Σⱼ ∂ℓ/∂aⱼ · ∂aⱼ/∂zₖ for every unit."""
        rows = self.differentiate(z)
        return [add_floats(slope * row[k] for slope, row in zip(slopes, rows, strict=True)) for k in range(len(z))]


_TEXTBOOK: Mapping[str, ActivationFormula] = {
    "identity": ActivationFormula("z", "1"),
    "sigmoid": ActivationFormula("1 / (1 + exp(-z))", "a * (1 - a)"),
    "tanh": ActivationFormula("tanh(z)", "1 - a**2"),
    "softplus": ActivationFormula("max(z, 0) + log(1 + exp(-abs(z)))", "1 / (1 + exp(-z))"),
    "softsign": ActivationFormula("z / (1 + abs(z))", "1 / (1 + abs(z))**2"),
    "silu": ActivationFormula("z / (1 + exp(-z))", "1 / (1 + exp(-z)) * (1 + z / (1 + exp(z)))"),
    "relu": ActivationFormula("z if z > 0 else 0", "1 if z > 0 else 0"),
    "leaky_relu": ActivationFormula("z if z > 0 else 0.01 * z", "1 if z > 0 else 0.01"),
    "elu": ActivationFormula("z if z > 0 else exp(z) - 1", "1 if z > 0 else exp(z)"),
}
LAYER_FORMULAS: Mapping[str, LayerFormula] = {
    "softmax": LayerFormula("exp(z[j]) / sum(exp(z[k]) for k in units)", "a[j] * ((j == k) - a[k])",
                            "a[j] * (g[j] - sum(g[k] * a[k] for k in units))"),
}
"""Name -> formula of an activation of all units of a layer."""


def _find_of_unit(name: str) -> ActivationFormula:
    """That of the textbook, or of a row that a user added to the table of operations."""
    if name in _TEXTBOOK:
        return _TEXTBOOK[name]
    row = OPERATIONS[name]
    return _read_row(row.value, next(iter(row.partials.items())), tuple(row.constants.items()))


ACTIVATION_FORMULAS: Mapping[str, ActivationFormula] = ActivationRows(_find_of_unit)
"""Name -> formula of an activation of one unit."""


def find_formula(name: str) -> ActivationFormula | LayerFormula:
    """The formula of an activation. Raises ValueError for an unknown name; suggests the nearest."""
    found = LAYER_FORMULAS.get(name) or ACTIVATION_FORMULAS.get(name)
    if found is None:
        raise unknown_name("activation", name, [*LAYER_FORMULAS, *ACTIVATION_FORMULAS])
    return found


@lru_cache
def _read_row(value: str, partial: tuple[str, str], constants: tuple[tuple[str, float], ...]) -> ActivationFormula:
    """A row of the table in the language of formulas: z is its operand, a its value."""
    operand, slope = partial
    names: dict[str, ast.expr] = {operand: ast.Name("z", ast.Load())}
    names |= {name: ast.Constant(number) for name, number in constants}
    right = ast.unparse(_read(value, names))
    return ActivationFormula(right, ast.unparse(_read(slope, {**names, "y": ast.Name("a", ast.Load())})))


def write_in_words(text: str) -> str:
    """A formula with the words of formulas for those of the table of operations, and as it is where it has none."""
    tree = ast.parse(text, mode="eval").body
    words = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return text if words <= FUNCTIONS.keys() else ast.unparse(_Reader({}).visit(tree))


def _read(text: str, names: Mapping[str, ast.expr]) -> ast.expr:
    return _Reader(names).visit(ast.parse(text, mode="eval").body)  # type: ignore[no-any-return]


class _Reader(ast.NodeTransformer):
    """Puts names in, and writes the words of the table, and the rows that are called, as formulas have them."""

    _WORDS: Mapping[str, str] = {"absolute": "abs(a)", "maximum": "max(a, b)", "minimum": "min(a, b)",
                                 "expm1": "exp(a) - 1", "log1p": "log(1 + a)", "power": "a**b", "pow": "a**b",
                                 "tan": "sin(a) / cos(a)", "ln": "log(a)"}

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, name: ast.Name) -> ast.expr:
        """An operand or a constant."""
        return deepcopy(self.names.get(name.id, name))

    def visit_Call(self, call: ast.Call) -> ast.expr:
        """A word, or another row."""
        word = ast.unparse(call.func)
        arguments = [self.visit(argument) for argument in call.args]
        if word == "where":
            return ast.IfExp(*arguments)
        if word in FUNCTIONS:
            return ast.Call(call.func, arguments, [])
        if word in self._WORDS:
            return _read(self._WORDS[word], dict(zip("ab", arguments, strict=False)))
        if word in _TEXTBOOK:
            return _read(_TEXTBOOK[word].value, {"z": arguments[0]})
        row = OPERATIONS.get(word)
        if row is None:
            return ast.Call(call.func, arguments, [])
        constants = {name: ast.Constant(number) for name, number in row.constants.items()}
        return _read(row.value, constants | dict(zip(row.operands, arguments, strict=False)))
