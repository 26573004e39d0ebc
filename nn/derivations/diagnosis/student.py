"""The quantities of a derivation that was handed in, on one input, in the form in which they are judged."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..layered import Place
from .answers import Answers, Numbers, Rule
from .evaluation import NotFiniteError, ShapeError, evaluated, power, shapes
from .vocabulary import NoLayerError, Reference
from .worlds import World


@dataclass(frozen=True)
class Failed:
    """A formula that has no value here: a part that is not finite, or the wrong shape.

    ``elsewhere`` if it may have a value in another layer, ``infinite`` if only its value is at fault.
    """

    sentence: str
    elsewhere: bool = False
    infinite: bool = False


class Student:
    """What the answers are on one input. What was not given is the lecture's.

    Numbers belong to the input that was given; in a ``generic`` world they are not known.
    """

    def __init__(self, world: World, answers: Answers, generic: bool) -> None:
        self.world = world
        self.rules = {place: rule for rule in answers.rules for place in rule.quantity.places}
        self.numbers: dict[Place, Numbers] = {} if generic else {
            number.quantity.places[0]: number for number in answers.numbers}
        self._found: dict[Place, Any] = {}
        self._under_way: list[Place] = []
        self._overridden: dict[Place, Any] = {}

    def gives(self, place: Place) -> bool:
        """Whether the student says what it is here."""
        return place in self.numbers or place in self.rules

    def given(self) -> Iterator[Place]:
        """All that the student gives here."""
        return (place for place in self.world.vocabulary.places if self.gives(place))

    def own(self, place: Place) -> Any:
        """The student's own value, or the lecture's; the lecture's too where the student's has the wrong shape.

        Raises:
            ValueError: a formula that cannot be evaluated; names its quantity.
        """
        if place in self._overridden:
            return self._overridden[place]
        truth = self.world.truth[place]
        if not self.gives(place):
            return truth
        value = self.answer(place)
        return truth if isinstance(value, Failed) or value.shape != truth.shape else value

    def answer(self, place: Place) -> Any:
        """The student's answer: numbers where there are any, else by the student's rule."""
        if place not in self._found:
            if place in self.numbers:
                self._found[place] = self._from_numbers(place)
            else:
                if place in self._under_way:
                    names = " from ".join(self.world.vocabulary.name(p) for p in (*self._under_way, place))
                    raise ValueError(f"the lines go in a circle: {names}")
                self._under_way.append(place)
                try:
                    self._found[place] = self.by_rule(place)
                finally:
                    self._under_way.pop()
        return self._found[place]

    def half(self, place: Place) -> Any:
        """Half a unit of the last digit of each number; None where no numbers were given."""
        if place not in self.numbers:
            return None
        return abs(self.world.from_lecture(place.kind, self.numbers[place].half))

    def _from_numbers(self, place: Place) -> Any:
        import numpy as np

        value = self.world.from_lecture(place.kind, self.numbers[place].value)
        return np.where(np.isnan(value), self.world.truth[place], value)

    def by_rule(self, place: Place, overridden: dict[Place, Any] | None = None) -> Any:
        """The student's formula or function for the place, on the student's own values, or on those ``overridden``."""
        rule = self.rules[place]
        self._overridden = overridden or {}
        try:
            return self._by_rule(place, rule)
        except NotFiniteError as error:
            return Failed(f"{error.part} has no finite value", infinite=True)
        except ShapeError as error:
            return Failed(str(error), elsewhere=rule.quantity.general)
        except NoLayerError as error:
            if not rule.quantity.general:
                raise ValueError(f"{rule.quantity.name}: {error}") from None
            return Failed(str(error), elsewhere=True)
        except ValueError as error:
            if str(error).startswith((f"{rule.quantity.name}:", "the lines go in a circle")):
                raise
            raise ValueError(f"{rule.quantity.name}: {error}") from None
        finally:
            self._overridden = {}

    def _by_rule(self, place: Place, rule: Rule) -> Any:
        results, errors = [], []
        for variant in self._variants():
            try:
                result = self._judged(place, rule, variant)
            except ShapeError as error:
                errors.append(error)
                continue
            if result.shape == self.world.truth[place].shape:
                return result
            results.append(result)
        if results:
            return results[-1]
        raise errors[0]

    def _variants(self) -> Iterable[tuple[str, bool]]:
        """Biases in column 0 of W: which a hold x₀ = 1 ("before": of the layer before), whether the next W has them."""
        if self.world.vocabulary.conventions.bias == "column":
            return [(holds, biases) for biases in (True, False) for holds in ("before", "none", "all")]
        return [("none", True)]

    def _judged(self, place: Place, rule: Rule, variant: tuple[str, bool]) -> Any:
        import numpy as np

        world = self.world
        if world.vocabulary.scalar:
            return world.from_lecture(place.kind, _number(self._evaluated(place, rule, None, variant)))
        if rule.batch:
            raw = self._evaluated(place, rule, None, variant)
            return self._from_written(place, raw, world.samples)
        parts = [self._from_written(place, self._evaluated(place, rule, i, variant), 1)
                 for i in range(1, world.samples + 1)]
        if place.kind in ("pre", "post", "delta"):
            return np.hstack(parts)
        return sum(parts) / (1 if world.declared.mean else world.samples)

    def _from_written(self, place: Place, raw: Any, samples: int) -> Any:
        """A value as it is written, rows or columns, in the form in which it is judged; other shapes as they are."""
        import numpy as np

        world, kind = self.world, place.kind
        truth = world.truth[place]
        array = np.asarray(raw, dtype=float)
        if kind == "C":
            if array.size != 1:
                raise ShapeError(f"it has the shape {shapes(array)}, where one number belongs")
            return array.reshape(1, 1)
        if kind in ("dW", "W_new"):
            array = np.atleast_2d(array)
            array = array.T if world.vocabulary.conventions.first == "source" else array
            if world.joined and array.shape == (truth.shape[0], truth.shape[1] - 1):  # without column 0
                return np.hstack([self._biases(place), array])
            return array
        units = truth.shape[0]
        wanted = (units, samples if kind in ("pre", "post", "delta") else 1)
        if array.ndim == 0:
            array = np.full(wanted[::-1] if world.rows else wanted, float(array.reshape(())))
        elif array.ndim < 2 and array.size == wanted[0] * wanted[1]:
            array = array.reshape(wanted[::-1] if world.rows else wanted)
        if array.ndim != 2:
            raise ShapeError(f"it has the shape {shapes(array)}")
        array = array.T if world.rows else array
        return array / world.factor if kind == "delta" else array

    def _biases(self, place: Place) -> Any:
        """Column 0 as the student's own δ makes it, where what was handed in has no such column."""
        import numpy as np

        world = self.world
        delta = Place("delta", place.layer)
        given = {p: self.own(p) for p in (*filter(lambda p: p.kind in ("pre", "post"), world.truth), delta)}
        with np.errstate(all="ignore"):
            return world.judged(place, world.derivation(known=world.known(given)))[:, :1]

    def _evaluated(self, place: Place, rule: Rule, sample: int | None, variant: tuple[str, bool]) -> Any:
        world = self.world
        vocabulary = world.vocabulary

        def written(reference: Reference) -> Any:
            return self._written(reference, place, sample, variant)

        def name(tree: ast.expr) -> Any:
            if isinstance(tree, ast.Call) and not self._has_layers(tree):
                return power(name(tree.args[0]), self._exponent(tree.args[1]), tree)
            try:
                reference = vocabulary.reference(tree, place)
            except ValueError:
                found = self._bare_function(tree, place, written)
                if found is None:
                    raise
                return found
            return written(reference)

        def function(called: str, argument: ast.expr, value: Any) -> Any:
            layer, derivative = vocabulary.activation_layer(called, argument, place)
            return world.slope(layer, derivative, value)

        if rule.formula is not None:
            return evaluated(rule.formula, name, function)
        return self._called(rule, place, written)

    def _has_layers(self, raised: ast.Call) -> bool:
        """Whether a raised number on this name is a layer, and no power."""
        letter = raised.args[0]
        vocabulary = self.world.vocabulary
        return (not vocabulary.scalar and isinstance(letter, ast.Name)
                and vocabulary._kind(letter.id) not in (None, "C"))

    @staticmethod
    def _exponent(tree: ast.expr) -> float:
        try:
            exponent = float(ast.literal_eval(tree))
        except (ValueError, TypeError, SyntaxError):
            raise ValueError(f"{ast.unparse(tree)} is no exponent: write a number, or exp(…)") from None
        if abs(exponent) > 64:
            raise ValueError(f"the exponent {ast.unparse(tree)} is larger than 64")
        return exponent

    def _bare_function(self, tree: ast.expr, place: Place, written: Callable[[Reference], Any]) -> Any:
        """``σ₂′`` without an argument: at the pre-activation of its layer."""
        if not isinstance(tree, ast.Name) or not tree.id.startswith("d"):
            return None
        try:
            layer, derivative = self.world.vocabulary.activation_layer(tree.id, None, place)
        except ValueError:
            return None
        return self.world.slope(layer, derivative, written(Reference("pre", layer)))

    def _written(self, reference: Reference, place: Place, sample: int | None, variant: tuple[str, bool]) -> Any:
        import numpy as np

        holds, with_biases = variant
        value = self.world.written(reference, self.own, sample)
        if self.world.vocabulary.conventions.bias != "column" or self.world.vocabulary.scalar:
            return value
        one = holds == "all" or (holds == "before" and reference.layer == (place.layer or 0) - 1)
        if one and reference.kind == "post" and place.kind in ("pre", "dW", "W_new"):
            return np.vstack([np.ones((1, value.shape[1])), value])
        if not with_biases and reference.kind in ("W", "dW", "W_new") and place.kind == "delta":
            return value[:, 1:]
        return value

    def _called(self, rule: Rule, place: Place, written: Callable[[Reference], Any]) -> Any:
        import numpy as np

        world = self.world
        given = {}
        for parameter in rule.parameters:
            tree = ast.Name(parameter, ast.Load())
            function = self._as_function(parameter, place)
            given[parameter] = function or written(world.vocabulary.reference(tree, place))
        assert rule.function is not None  # noqa: S101 - a rule is one of the two
        try:
            with np.errstate(all="ignore"):
                result = np.asarray(rule.function(**given), dtype=float)
        except Exception as error:  # noqa: BLE001 - a stranger's function may raise anything
            said = str(error).partition("\n")[0][:200]
            raise ValueError(f"the function {rule.text} raised {type(error).__name__}: {said}") from None
        if not np.all(np.isfinite(result)):
            raise NotFiniteError(f"what {rule.text} returns")
        return result

    def _as_function(self, parameter: str, place: Place) -> Callable[[Any], Any] | None:
        """f and df, handed to a function that asks for them."""
        try:
            self.world.vocabulary.reference(ast.Name(parameter, ast.Load()), place)
        except ValueError:
            try:
                layer, derivative = self.world.vocabulary.activation_layer(parameter, None, place)
            except ValueError:
                return None
            return lambda value: self.world.slope(layer, derivative, value)
        return None


def _number(value: Any) -> float:
    import numpy as np

    array = np.asarray(value, dtype=float)
    if array.size != 1:
        raise ShapeError(f"it must be one number, and has the shape {shapes(array)}")
    return float(array.reshape(()))
