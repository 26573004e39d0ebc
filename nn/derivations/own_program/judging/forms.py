"""The lines of the catalogue of mistakes, compiled to act on all samples of a batch at once.

A line such as ``D[l, i] = W[l + 1].T @ D[l + 1, i] * h[l, i]`` becomes a function of a ``Student``: h[l, i] is the
array (n_l, N) of all samples, and a sum over the samples a product of matrices.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ...diagnosis.judging.catalogue import Mistake, read_catalogue
from ...lines import Line
from ..comparing.array_activations import SOFTMAX, find_array_activation, softmax
from ..comparing.reference import BINARY, CLASSES, FLIPPED, ROOT, SQUARED, Forward
from .mistakes import read_own_mistakes

_LAYERED = (
    "h", "u", "D", "G", "back", "out", "W", "b", "dW", "db", "data",
    "bias_data", "dpenalty", "width", "dphi", "dpost", "phi",
)
_OF_SAMPLE = ("slope", "target", "y", "x")
_SLOPES = ("slope[i]", "dphi[L](u[L, i])", "dphi[l](u[l, i])")


@dataclass(frozen=True, eq=False)
class Student:
    """One network of a trial as lines see it: the forward pass, and the δ of the layers above.

    Attributes:
        forward: the forward pass.
        cost: a name of ``reference``.
        deltas: layer -> the student's own D.
        eta: of one step; ``dW`` are the student's gradients.
    """

    forward: Forward
    cost: str
    deltas: dict[int, "Floats"]
    eta: float = 0.0
    gradients: tuple["Floats | None", ...] = ()

    @cached_property
    def names(self) -> dict[str, Any]:
        """What a line may call and use."""
        from .words import WORDS

        forward, net = self.forward, self.forward.net
        y = 1 - net.Y if self.cost == FLIPPED else net.Y
        last = forward.depth
        ones = np.ones_like(forward.u[last])
        names: dict[str, Any] = {
            "__builtins__": {}, **WORDS, "h": forward.h.__getitem__, "u": forward.u.__getitem__,
            "D": self.deltas.__getitem__, "W": lambda l: net.W[l - 1], "b": lambda l: net.b[l - 1],
            "width": net.widths.__getitem__, "L": last, "N": net.samples, "y": net.Y, "target": y, "x": net.X,
            "alpha": 1.0, "eta": self.eta, "dW": self._gradient,
            "slope": ones if self.cost in (BINARY, CLASSES, FLIPPED) else forward.slope[last], "dphi": self._dphi,
            "dpost": self._dpost, "dpenalty": lambda _: 0.0, "dloss": self._dloss, "back": self._back,
            "out": self._out, "data": lambda l: self.deltas[l] @ forward.h[l - 1].T, "phi": self._phi,
            "bias_data": lambda l: self.deltas[l].sum(axis=1, keepdims=True),
        }
        return names

    def _gradient(self, l: int) -> "Floats":
        found = self.gradients[l - 1]
        if found is None:
            raise LookupError
        return found

    def _phi(self, l: int) -> Callable[["Floats"], "Floats"]:
        return find_array_activation(self.forward.activations[l - 1]).value

    def _dphi(self, l: int) -> Callable[["Floats"], "Floats"]:
        name = self.forward.activations[l - 1]
        if name.startswith(SOFTMAX):
            return lambda u: softmax(u) * (1 - softmax(u))
        return find_array_activation(name).slope

    def _dpost(self, l: int) -> Callable[["Floats"], "Floats"]:
        name = self.forward.activations[l - 1]
        return (lambda h: h * (1 - h)) if name.startswith(SOFTMAX) else find_array_activation(name).slope_of_value

    def _dloss(self, h: "Floats", y: "Floats") -> "Floats":
        if self.cost == CLASSES:
            return -y / h
        if self.cost == FLIPPED:
            y = 1 - y
        return (h - y) / (h * (1 - h)) if self.cost in (BINARY, FLIPPED) else h - y

    def _back(self, l: int) -> "Floats":
        return self._bring_back(self.forward.h[self.forward.depth] - self.forward.net.Y, l, False)

    def _out(self, l: int) -> "Floats":
        return self._bring_back(self.forward.slope[self.forward.depth], l, True)

    def _bring_back(self, found: "Floats", l: int, slopes: bool) -> "Floats":
        for layer in range(self.forward.depth, l, -1):
            found = self.forward.net.W[layer - 1].T @ found * (self.forward.slope[layer - 1] if slopes else 1)
        return found


@dataclass(frozen=True, eq=False)
class Form:
    """One way to make one mistake or two.

    Attributes:
        mistakes: what it is called; one, or two that meet in a line.
        letter: D, dW or db.
        output: whether the line is about the output layer alone.
        code: the compiled line.
    """

    mistakes: tuple[Mistake, ...]
    letter: str
    output: bool
    code: Any

    @cached_property
    def is_linear(self) -> bool:
        """Whether the line is linear in the δ of the layer above, so that a constant in it is one in what it gives."""
        return self.mistakes[0].slug != "derivative-at-upstream" or self.output

    @cached_property
    def has_slope(self) -> bool:
        """Whether a σ′ stands in the line, right or wrong, that no ∂C/∂a beside it cancels."""
        names = set(self.code.co_names)
        about_slope = any(mistake.about == "slope" for mistake in self.mistakes)
        has_upstream = "dloss" in names or any("two terms" in mistake.needs for mistake in self.mistakes)
        return about_slope or (not has_upstream and bool(names & {"dphi", "dpost"}))

    @property
    def slugs(self) -> tuple[str, ...]:
        """The names; of two for one line that which says more."""
        return tuple(
            "derivative-tanh-of-pre" if mistake.slug == "derivative-of-pre" and "tanh" in mistake.needs
            else mistake.slug for mistake in self.mistakes
        )

    def evaluate(self, student: Student, layer: int) -> Any:
        """What the line gives, perhaps not finite; None where its shapes do not fit, or a quantity does not exist."""
        names = student.names
        names["l"] = layer
        try:
            found = np.asarray(eval(self.code, names), dtype=float)  # noqa: S307 - the project's own lines
        except (ValueError, LookupError, NameError, TypeError, ZeroDivisionError):
            return None
        return found if found.ndim == 2 else np.atleast_2d(found)


@cache
def list_features(activations: tuple[str, ...], cost: str, layer: int | None) -> set[str]:
    """What a network has, in the words of ``needs`` in the catalogue."""
    some = activations if layer is None else activations[layer - 1 : layer]
    names = {name.partition(" with ")[0].partition(" over ")[0] for name in some}
    kind = {"bernoulli", "meets"} if cost in (BINARY, CLASSES, FLIPPED) else set()
    kind |= {"squared"} if cost in (SQUARED, ROOT) else set()
    kind |= {"two terms"} if cost in (BINARY, FLIPPED) else set()
    leaky = {"leaky"} if names & {"leaky_relu", "elu"} else set()
    kinked = {"kinked"} if names & {"relu", "leaky_relu", "elu"} else set()
    return {*names, *kind, *leaky, *kinked, "network", "mean"}


def arises(mistake: Mistake, activations: tuple[str, ...], cost: str, layer: int) -> bool:
    """Whether a mistake can be made there."""
    again = mistake.slug in ("cross-entropy-derivative-again", "derivative-sigmoid")
    if again and activations[-1].startswith(SOFTMAX) and layer == len(activations):
        return False  # there it is softmax-derivative-again
    has = list_features(activations, cost, layer)
    return all((need[4:] not in has) if need.startswith("not ") else need in has for need in mistake.needs)


@cache
def list_forms(letter: str) -> tuple[Form, ...]:
    """The forms about D, dW or db, in the order of the catalogue; a second name of the same line after the first."""
    abouts = {"D": ("delta_output", "slope", "delta_hidden"), "dW": ("dW", "batch"), "db": ("dW", "db", "batch")}
    found = []
    for mistake in (*read_catalogue(), *read_own_mistakes()):
        if mistake.about not in abouts[letter] or mistake.fallback:
            continue
        for form in mistake.forms:
            found += [
                Form((mistake,), letter, "L" in line.left, compile_line(line)) for line in form
                if line.letter == letter and "G[" not in line.right
            ]
    return tuple(found)


@cache
def list_double_forms() -> tuple[Form, ...]:
    """Forms of δ with two mistakes: a line of the catalogue with a wrong σ′ in it."""
    all_mistakes = (*read_catalogue(), *read_own_mistakes())
    slopes = [
        (mistake, line.right.partition(" * (")[2][:-1]) for mistake in all_mistakes if mistake.about == "slope"
        for form in mistake.forms for line in form if line.left == "D[l, i]"
    ]
    found = []
    for mistake in all_mistakes:
        if mistake.about not in ("delta_output", "delta_hidden"):
            continue
        lines = [line for form in mistake.forms for line in form if line.letter == "D" and "**" not in line.right]
        for line, (with_slope, text), right in product(lines, slopes, _SLOPES):
            layer, ending = "L" if "L" in line.left else "l", f" * {right}"
            wrong = f"({text})".replace("[l, i]", f"[{layer}, i]").replace("[l]", f"[{layer}]")
            if line.right.endswith((ending, f"{ending})")):
                changed = Line(line.left, line.right.replace(ending, f" * {wrong}"))
                found.append(Form((mistake, with_slope), "D", layer == "L", compile_line(changed)))
    return tuple(found)


@cache
def compile_line(line: Line) -> Any:
    """The right side of a line for all samples at once."""
    tree = _Batch().visit(ast.parse(line.right, mode="eval"))
    return compile(ast.fix_missing_locations(tree), f"<{line.left}>", "eval")


class _Batch(ast.NodeTransformer):
    """X[l, i] is the array of all samples, X[l, N] the last of them; a sum over i reduces the axis of samples."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if not isinstance(node.value, ast.Name) or node.value.id not in (*_LAYERED, *_OF_SAMPLE):
            return ast.Subscript(self.visit(node.value), node.slice, ast.Load())
        name, parts = node.value, node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name.id in _OF_SAMPLE:
            return self._pick(name, parts[0])
        call = ast.Call(name, [parts[0]], [])
        return self._pick(call, parts[1]) if len(parts) > 1 else call

    def _pick(self, array: ast.expr, sample: ast.expr) -> ast.expr:
        last = isinstance(sample, ast.Name) and sample.id == "N"
        return ast.Call(ast.Name("last_sample", ast.Load()), [array], []) if last else array

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(ast.Name("sum"), [ast.GeneratorExp(ast.BinOp(op=ast.MatMult()) as product)]):
                found: ast.expr = self.visit(product)
                return found
            case ast.Call(ast.Name("sum"), [ast.GeneratorExp(inner)]):
                return ast.Call(ast.Name("over_samples", ast.Load()), [self.visit(inner)], [])
        return ast.Call(self.visit(node.func), [self.visit(argument) for argument in node.args], node.keywords)
