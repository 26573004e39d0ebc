"""The matrix form, for a batch: the column and the row cheat sheet, and what they share.

Their lines are in ``columns.toml`` and ``rows.toml``. The input is layer 1; in columns W⁽ˡ⁾ has a row for each unit of
layer l + 1 and a sample is a column, in rows W⁽ˡ⁾ has a row for each unit of layer l and a sample is a row. Question 1
adds b⁽ˡ⁾, question 2 (λ/2)Σ‖W⁽ˡ⁾‖², question 3 has ReLU for f. The index i is the sample.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import make_label

from ...ground.activation_formulas import LAYER_FORMULAS, LayerFormula
from ...ground.formulas import FUNCTIONS
from ..conventions import Conventions
from ..lines import Derivation, Symbols
from ..neutral import Problem
from ..settings import Array, Choice, Number, Setting, Settings
from .layered import LayeredLecture, Place, biases_setting, weights_setting
from .lecture import Entry
from .own_file import read_own_file

ELEMENTWISE = ("exp", "log", "sqrt", "sin", "cos", "tanh", "atan", "abs", "sign", "max", "min")
"""The functions that lines in matrix form apply to each entry."""


def _of_layer(formula: LayerFormula) -> Callable[[Any], Any]:
    """An activation of all units, on a column or a row."""
    import numpy as np

    return lambda z: np.array(formula.of_layer(z.ravel().tolist())).reshape(z.shape)


def _example_settings(example: Mapping[str, Any], rows: str) -> tuple[Setting, ...]:
    """Data, weights and choices, with the lecture's example."""
    return (
        Array("X", "X", "inputs, a row a sample", example["X"], depth=2),
        Array("Y", "Y", "targets, a row a sample", example["Y"], depth=2),
        weights_setting("W", example["W"], rows),
        biases_setting("; question 1", None),
        Number("eta", "η", "learning rate", example["rate"]),
        Number("lam", "λ", "strength of the penalty", 0.0),
        Choice("penalty", "penalty", "l2: (λ/2)Σ‖W‖², question 2; l1: λΣ|w|, l2_half: (λ/2)Σw²", None,
               ("l2", "l1", "l2_half")),
        Choice("activation", "activation", "f, in every layer; relu is question 3", "sigmoid",
               ("sigmoid", "identity", "relu")),
    )


def _list_questions(example: Mapping[str, Any]) -> Mapping[str, Settings]:
    """What the sheets ask at their end."""
    return MappingProxyType({
        "question 1: with a bias": {"b": example["b"]},
        "question 2: with a penalty": {"penalty": "l2", "lam": example["strength"]},
        "question 3: with ReLU": {"activation": "relu"},
    })


class MatrixLecture(LayeredLecture):
    """The lines have an index for the layer and one for the sample: ``z[l, i]`` is a column or a row."""

    times = " × "
    layer_at = 0
    literal = ""
    stated = MappingProxyType({"bias": "option", "turned": True, "loss_text": "½‖Y − a‖²",
                               "penalties": {"l2": (0.5, "(λ/2)Σ‖W‖²")}})

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - as the base has it
        return ("What belongs to one sample bears its number in square brackets: z₁⁽²⁾[3] for sample 3.",
                "E[i] is the cost of sample i alone, without a penalty; ∇E⁽ˡ⁾[i] is its gradient with respect to W⁽ˡ⁾.")

    def given(self, settings: Settings) -> Mapping[str, Mapping[tuple[int, ...], Any]]:
        import numpy as np

        conventions = self.conventions(settings)

        def vector(row: Any) -> Any:
            """A column, or a row, as the sheet has it."""
            return np.array([row]).T if conventions.first == "target" else np.array([row])

        return {
            "X": {(i,): vector(row) for i, row in enumerate(settings["X"], start=1)},
            "Y": {(i,): vector(row) for i, row in enumerate(settings["Y"], start=1)},
            "W": {(l,): np.array(matrix) for l, matrix in enumerate(settings["W"], start=1)},
            "b": {(l,): vector(row) for l, row in enumerate(settings["b"] or (), start=1)},
        }

    def names(self, settings: Settings) -> dict[str, Any]:
        import numpy as np

        words: dict[str, Any] = {name: np.vectorize(FUNCTIONS[name], otypes=[float]) for name in ELEMENTWISE}
        words |= {name: _of_layer(formula) for name, formula in LAYER_FORMULAS.items()}
        return super().names(settings) | words | {
            "weights": range(1, len(settings["W"]) + 1)}

    def functions(self, settings: Settings) -> dict[str, Any]:
        import numpy as np

        found = super().functions(settings)
        return {name: {l: np.vectorize(of_layer, otypes=[float]) for l, of_layer in function.items()}
                if isinstance(function, dict) else np.vectorize(function, otypes=[float])
                for name, function in found.items()}

    def entries(self, place: Place, derivation: Derivation, problem: Problem,
                conventions: Conventions) -> Iterator[Entry]:
        import numpy as np

        count = len(problem.inputs)
        symbols = self.symbols(conventions, len(problem.weights))

        def entry(at: tuple[int, ...], units: tuple[int, ...], written: str, letter: str, index: tuple[int, ...],
                  value: Any) -> Entry:
            formula = derivation.written(letter, index, symbols, self.times)
            formula = make_label(f"({formula})", *units) if units else formula
            line = derivation.line_written(letter, index, self.layer_at, symbols, self.times)
            return Entry(place.kind, place.layer, at, written, formula, line, derivation.number(value))

        if place.layer is None:
            yield entry((), (), "E", "E", (), derivation.value("E"))
        elif place.kind in ("pre", "post", "delta"):
            letter, glyph = {"pre": ("z", "z"), "post": ("a", "a")}.get(place.kind, ("delta", "δ"))
            number = conventions.number(place.layer)
            for i in range(1, count + 1):
                for j, value in enumerate(derivation.value(letter, number, i).ravel(), start=1):
                    written = make_label(glyph, j, layer=number) + conventions.mark(i)
                    yield entry((i - 1, j - 1), (j,), written, letter, (number, i), value)
        else:
            number = conventions.weight_number(place.layer)
            letter = place.kind[1:] if place.kind.startswith("d") else place.kind[0]
            before = "∂E/∂" if place.kind.startswith("d") else "new "
            array = derivation.value(place.kind, number)
            array = array.ravel() if letter == "b" else array
            for at, value in np.ndenumerate(array):
                units = tuple(k + 1 for k in at)
                written = before + make_label(letter, *units, layer=number)
                yield entry(at, units, written, place.kind, (number,), value)

    def symbols(self, conventions: Conventions, depth: int) -> Symbols:  # noqa: ARG002 - the sheets count upwards
        def indexed(letter: str, before: str = "") -> Callable[..., str]:
            def write(layer: int | str, sample: int | str = "") -> str:
                return before + make_label(letter, layer=layer) + (conventions.mark(sample) if sample else "")

            return write

        def of_a_sample(letter: str) -> Callable[..., str]:
            return lambda sample="": letter + (conventions.mark(sample) if sample else "")

        return {
            "z": indexed("z"), "a": indexed("a"), "delta": indexed("δ"), "nabla": indexed("∇E"),
            "X": of_a_sample("X"), "Y": of_a_sample("Y"), "E": of_a_sample("E"),
            "W": indexed("W"), "dW": indexed("W", "∂E/∂"), "W_new": indexed("W", "new "),
            "b": indexed("b"), "db": indexed("b", "∂E/∂"), "b_new": indexed("b", "new "),
            "eta": "η", "lam": "λ", "root": "√S", "total": "Σ", "all_W": "W", "all_b": "b",
            "dpost": indexed("a", "∂E/∂"),
            **({"f": indexed("f"), "df": lambda layer: f"{indexed('f')(layer)}′"} if conventions.by_layer else
               {"df": "f′"}),
        }


class Columns(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a column."""

    file = read_own_file("columns")
    settings = _example_settings(file.example, "a row a target")
    variants = _list_questions(file.example)


class Rows(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a row."""

    file = read_own_file("rows")
    settings = _example_settings(file.example, "a row a source")
    variants = _list_questions(file.example)
