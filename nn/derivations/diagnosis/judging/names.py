"""The names of a formula on one input, for one place: vectors and matrices, or numbers in a scalar lecture."""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from autograd_lite.internal import add_floats

from ....ground.arrays import FloatOrArray, Floats
from ....ground.formulas import list_names, make_function
from ...lectures.layered import Place
from ..reading.answers import Rule
from ..reading.evaluation import evaluate, raise_to_power
from ..reading.grammar import LARGEST_EXPONENT
from ..reading.indices import write_formula
from ..reading.layer_letters import choose_letters
from ..reading.unit_indices import find_free, split_units
from ..reading.vocabulary import BACK, NoLayerError, Reference
from .inputs import World

Own: TypeAlias = "Callable[[Place], Floats]"
"""Gives the student's own value of a quantity, or the lecture's."""
Variant = tuple[str, bool]
"""Where biases are column 0 of W: which a hold x₀ = 1 ("before": of the layer before), whether the next W has them."""


class Names:
    """What the names of a rule's formula are worth, for one sample or (None) the whole batch."""

    def __init__(self, world: World, own: Own, place: Place, rule: Rule, sample: int | None, variant: Variant) -> None:
        assert rule.formula is not None  # noqa: S101 - functions have no names of this kind
        self.world, self.own, self.vocabulary = world, own, world.vocabulary
        self.place, self.formula = place, rule.formula
        self.sample, self.variant = sample, variant
        self.of_one_sample = False  # inside a sum over the samples
        self.letters = (choose_letters(self.vocabulary, self.formula.tree, place, rule.left) if self.formula.raised
                        else self.vocabulary.layer_letters(place))

    def value(self) -> "FloatOrArray":
        """The value of the formula, as the lecture arranges it."""
        vectors = None if self.sample is None else int(self.world.layout.rows)
        return evaluate(self.formula, self.name, self.function, self.total, vectors)  # type: ignore[arg-type]

    def name(self, tree: ast.expr) -> "FloatOrArray":
        """The value of a name, of one that bears the number of a layer, or of ∂a/∂z."""
        match tree:
            case ast.Call(func=ast.Name(id="quotient"), args=[of, by]):
                return self.quotient(of, by)
            case ast.Call(args=[base, exponent]) if not self._has_layers(tree):
                return raise_to_power(self.name(base), self._read_exponent(exponent), tree)
        try:
            reference = self.reference(tree)
        except ValueError:
            found = self._bare_function(tree)
            if found is None:
                raise
            return found
        return self.written(reference, tree)

    def reference(self, tree: ast.expr) -> Reference:
        """What a name means. Raises ValueError if nothing."""
        return self.vocabulary.reference(tree, self.place, self.letters)

    def written(self, reference: Reference, tree: ast.expr | None = None) -> "FloatOrArray":  # noqa: ARG002 - for indices
        """The value of what a name means."""
        if self.of_one_sample and reference.kind in ("C", "dW"):
            return self._write_of_sample(reference)
        return write_value(self.world, self.own, reference, self.place, self.sample, self.variant)

    def function(self, called: str, argument: ast.expr, value: "FloatOrArray") -> "FloatOrArray":
        """f or f′ of the argument; a name before a bracket is a factor, as in a(1 − a) on paper."""
        try:
            layer, derivative = self.vocabulary.find_activation_layer(called, argument, self.place, self.reference)
        except NoLayerError:
            raise
        except ValueError:
            tree = ast.Name(called, ast.Load())
            try:
                reference = self.reference(tree)
            except ValueError:
                raise self.vocabulary.unknown_function(called) from None
            return self.written(reference, tree) * value
        return self.world.slope(layer, derivative, value)

    def total(self, letter: str, term: ast.expr, of: "Callable[[ast.expr], FloatOrArray]") -> "FloatOrArray":
        """``sum(i, …)`` over the layers, or over the samples of a batch. Raises ValueError if it is over neither."""
        before = self.letters, self.sample, self.of_one_sample
        c = self.vocabulary.conventions
        parts = []
        try:
            if letter == "l":
                for layer in range(1, self.vocabulary.depth + 1):
                    self.letters = {**before[0], "l": c.weight_number(layer)}
                    parts.append(of(term))
            elif c.batch and letter not in find_free(term):
                for sample in range(1, self.world.samples + 1):
                    self.sample, self.of_one_sample = sample, True
                    parts.append(of(term))
            else:
                raise ValueError(f"nothing in the sum over {letter} bears the index {letter}")
        finally:
            self.letters, self.sample, self.of_one_sample = before
        return sum(parts[1:], parts[0])

    def quotient(self, of: ast.expr, by: ast.expr) -> "FloatOrArray":
        """∂a/∂z, ∂z/∂w, ∂C/∂z … by the chain rule, on the student's own values."""
        up, down = self.reference(of), self.reference(by)
        if up.kind == "C" and down.kind == "post" and down.layer:
            return self.written(Reference("dpost", down.layer), by)
        if self.vocabulary.scalar:
            return self._chain(up, Reference("post", 0) if down.kind == "x" else down)
        match up, down:
            case Reference("post", l), Reference("pre", m) if l == m and l is not None:
                return self.world.slope(l, derivative=True, value=self.written(down, by))
            case Reference("C"), Reference("pre", l):
                return self.written(Reference("delta", l), by) / self._sign
            case Reference("pre", l), Reference("post", m) if l is not None and m == l - 1:
                return self._weights_between(l, of, by)
        raise ValueError(f"∂{write_formula(of)}/∂{write_formula(by)} is not read here; write it out")

    @property
    def _sign(self) -> float:
        """δ divided by ∂C/∂z, of the cost that was declared."""
        return self.world.factor / self.world.factor_of("dpost")

    def _weights_between(self, layer: int, of: ast.expr, by: ast.expr) -> "FloatOrArray":  # noqa: ARG002 - for indices
        """∂z/∂a as a matrix, in the lecture's order of indices."""
        return self.written(Reference("W", layer), None)

    def _chain(self, up: Reference, down: Reference) -> float:
        """The derivative of one quantity of a scalar lecture by another."""
        if up == down:
            return 1.0
        layer = up.layer or 0
        if up.kind == "C":
            if down.kind in ("pre", "b"):
                return float(self.written(Reference("delta", down.layer))) / self._sign
            upper = Reference("pre", (down.layer or 0) + (down.kind == "post"))
            return self._chain(up, upper) * self._chain(upper, down)
        if up.kind == "post" and layer:
            z = Reference("pre", layer)
            return float(self.world.slope(layer, derivative=True, value=self.written(z))) * self._chain(z, down)
        if up.kind == "pre" and down.layer is not None and down.layer <= layer:
            if down.layer == layer and down.kind in ("W", "b"):
                return float(self.written(Reference("post", layer - 1))) if down.kind == "W" else 1.0
            return float(self.written(Reference("W", layer))) * self._chain(Reference("post", layer - 1), down)
        return 0.0

    def _write_of_sample(self, reference: Reference) -> "FloatOrArray":
        """C or ∂C/∂W of one sample, without a penalty."""
        own, sample = self.own, self.sample or 1
        if reference.kind == "C":
            return self._loss(sample)
        layer = reference.layer or 1
        delta, before = own(Place("delta", layer)), own(Place("post", layer - 1))
        return self.world.layout.turn(delta[:, sample - 1 : sample] @ before[:, sample - 1 : sample].T)

    def _loss(self, sample: int) -> float:
        """ℓ of a sample, of the student's own output."""
        output = self.own(Place("post", self.vocabulary.depth))[:, sample - 1 : sample]
        target = np.array(self.world.problem.targets, dtype=float).T[:, sample - 1 : sample]
        loss = self.vocabulary.conventions.loss
        term = make_function(loss.each, ("a", "y", "n"), list_names({}))
        terms = [term(a, y, len(output)) for a, y in zip(output.ravel().tolist(), target.ravel().tolist(), strict=True)]
        return float(loss.factor) / (len(output) if loss.per_output else 1) * add_floats(terms)

    def _read_exponent(self, tree: ast.expr) -> float:
        """The exponent of a name, as in y^(1 − t). Raises ValueError if it is no number, or too large."""
        value = evaluate(replace(self.formula, tree=tree), self.name, self.function, self.total)
        if np.size(value) != 1:
            raise ValueError(f"{write_formula(tree)} is no exponent: write a number, or exp(…)")
        exponent = float(np.reshape(value, ()))
        if abs(exponent) > LARGEST_EXPONENT:
            raise ValueError(f"the exponent {write_formula(tree)} is larger than {LARGEST_EXPONENT}")
        return exponent

    def _has_layers(self, raised: ast.Call) -> bool:
        """Whether a raised number on this name is a layer, and no power."""
        letter = raised.args[0]
        return (not self.vocabulary.scalar and isinstance(letter, ast.Name)
                and self.vocabulary.kind_of(split_units(letter.id, raised=True)[0]) not in (None, "C"))

    def _bare_function(self, tree: ast.expr) -> "FloatOrArray | None":
        """``σ₂′`` without an argument: at the pre-activation of its layer."""
        if not isinstance(tree, ast.Name) or not tree.id.startswith("d"):
            return None
        try:
            layer, _ = self.vocabulary.find_activation_layer(tree.id, None, self.place)
        except ValueError:
            return None
        return self.world.slope(layer, derivative=True, value=self.written(Reference("pre", layer)))


def write_value(world: World, own: "Own", reference: Reference, place: Place, sample: int | None,
                variant: Variant) -> "FloatOrArray":
    """The value of a name in the lecture's form; x₀ = 1 and column 0 of W as the variant has them."""
    holds, with_biases = variant
    value = world.written(reference, own, sample)
    if world.vocabulary.conventions.bias != "column" or isinstance(value, float):
        return value
    one = holds == "all" or (holds == "before" and reference.layer == (place.layer or 0) - 1)
    if one and reference.kind == "post" and place.kind in ("pre", "dW", "W_new"):
        return np.vstack([np.ones((1, value.shape[1])), value])
    if not with_biases and reference.kind in ("W", "dW", "W_new") and place.kind in BACK:
        return value[:, 1:]
    return value
