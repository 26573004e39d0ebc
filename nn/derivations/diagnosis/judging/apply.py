"""Apply a student's formula or function: give its names their values in the lecture's form, and evaluate it."""

import ast
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from ....ground.arrays import FloatOrArray, Floats
from ...lectures.layered import Place
from ..reading.answers import Rule
from ..reading.evaluation import NotFiniteError, ShapeError
from ..reading.vocabulary import Reference
from .indexed_names import IndexedNames
from .inputs import World
from .names import Names, Variant, write_value


class Application:
    """Rules on one input, with ``own`` as the value of each quantity."""

    def __init__(self, world: World, own: Callable[[Place], "Floats"]) -> None:
        self.world, self.own = world, own

    def find_named(self, rule: Rule, place: Place) -> set[Place]:
        """The quantities that a rule names; a⁽ˡ⁻¹⁾ is one, in which no other a stands."""
        trees: list[ast.AST] = [rule.formula.tree] if rule.formula else [ast.Name(name) for name in rule.parameters]
        found = set()
        while trees:
            tree = trees.pop()
            match tree:
                case ast.Call(func=ast.Name(id="quotient"), args=[of, by]):  # ∂C/∂a
                    with suppress(ValueError):
                        up, down = (self.world.vocabulary.reference(part, place) for part in (of, by))
                        found |= {Place("dpost", down.layer)} if (up.kind, down.kind) == ("C", "post") else set()
            reference = None
            with suppress(ValueError):
                reference = self.world.vocabulary.reference(tree, place) if isinstance(tree, ast.expr) else None
            if reference is None:
                trees += ast.iter_child_nodes(tree)
            else:
                found.add(Place(reference.kind, reference.layer))
        return found

    def list_variants(self) -> list[Variant]:
        """The ways in which biases may be meant, the likeliest first."""
        if self.world.vocabulary.conventions.bias == "column":
            return [(holds, biases) for biases in (True, False) for holds in ("before", "none", "all")]
        return [("none", True)]

    def value(self, place: Place, rule: Rule, sample: int | None, variant: Variant) -> "FloatOrArray":
        """What the rule gives for a place, as the lecture has it; for one sample or (None) the whole batch.

        Raises:
            ShapeError: vectors and matrices that do not fit together; NotFiniteError: a value that is no number;
            ValueError: a name that the lecture does not have, or a function that raises.
        """
        if rule.formula is None:
            return self._call_function(
                rule, place, lambda reference: write_value(self.world, self.own, reference, place, sample, variant))
        names = IndexedNames if rule.formula.indexed and not self.world.vocabulary.scalar else Names
        value = names(self.world, self.own, place, rule, sample, variant).value()
        return value + self._penalty_left_out(place) if rule.left.sample else value

    def _penalty_left_out(self, place: Place) -> "FloatOrArray":
        """The penalty, which a line for one sample such as ``E[i]`` and ``∇E[i]`` has not."""
        world = self.world
        if world.problem.penalty is None or place.kind not in ("C", "dW"):
            return 0.0
        found = world.derivation()
        if place.kind == "dW":
            return world.layout.turn(found.value("dpenalty", place.layer or 1))
        without = replace(world, settings={**world.settings, "penalty": None})
        return float(np.squeeze(world.truth[place] - without.truth[place]))

    def _call_function(self, rule: Rule, place: Place, written: Callable[[Reference], "FloatOrArray"]) -> "Floats":
        world = self.world
        given = {}
        for parameter in rule.parameters:
            tree = ast.Name(parameter, ast.Load())
            function = self._as_function(parameter, place)
            value = function or written(world.vocabulary.reference(tree, place))
            given[parameter] = value.copy() if isinstance(value, np.ndarray) else value  # which it may write into
        assert rule.function is not None  # noqa: S101 - a rule is one of the two
        try:
            with np.errstate(all="ignore"):
                result = np.asarray(rule.function(**given), dtype=float)
        except Exception as error:  # noqa: BLE001 - a stranger's function may raise anything
            said = str(error).partition("\n")[0][:200]
            if isinstance(error, ValueError) and re.search(r"shape|dimension|broadcast", said):
                raise ShapeError("the shapes in it do not fit") from None
            raise ValueError(f"the function {rule.text} raised {type(error).__name__}: {said}") from None
        if not np.all(np.isfinite(result)):
            raise NotFiniteError(f"what {rule.text} returns")
        return result

    def _as_function(self, parameter: str, place: Place) -> "Callable[[FloatOrArray], FloatOrArray] | None":
        """f and df, handed to a function that asks for them."""
        with suppress(ValueError):
            self.world.vocabulary.reference(ast.Name(parameter, ast.Load()), place)
            return None
        with suppress(ValueError):
            layer, derivative = self.world.vocabulary.find_activation_layer(parameter, None, place)
            return lambda value: self.world.slope(layer, derivative, value)
        return None
