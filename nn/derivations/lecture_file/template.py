"""The general statement written in a notation, for any problem: what a file leaves out is taken from here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...ground.activations import LAYER_ACTIVATIONS
from .grammar import Statement, parse_statement
from .notation import ON_PARAMETERS, Notation
from .problem import Problem


def write_statement(notation: Notation, problem: Problem) -> tuple[Statement, ...]:
    """The lines of the general statement in the notation, those of a general layer after those of one layer."""
    return tuple(parse_statement(line) for line in _Writer(notation, problem).lines())


@dataclass(frozen=True)
class _Names:
    """Index letters that mean nothing else in the file."""

    layer: str
    unit: str
    other: str
    third: str
    sample: str


def _choose_names(notation: Notation) -> _Names:
    """Letters that have a subscript, as far as there are any."""
    taken = {*notation.kinds, *notation.constants, notation.letters["activation"], notation.letters["bias"]}
    sample = next(letter for letter in "inspqt" if letter not in taken) if "sample" in notation.indices else ""
    layer = next(letter for letter in "lmpqr" if letter not in taken)
    units = [letter for letter in "jkimlrstuvw" if letter not in taken and letter not in (sample, layer)]
    return _Names(layer, units[0], units[1], units[2], sample)


class _Writer:
    def __init__(self, notation: Notation, problem: Problem) -> None:
        self.notation, self.problem, self.names = notation, problem, _choose_names(notation)
        own = notation.letters
        self.f, self.df, self.last, self.cost = own["activation"], f"d{own['activation']}", own["last"], own["cost"]
        self.units = notation.form == "units"
        self.scalars = notation.form == "scalars"
        self.output = problem.activations[-1]
        self.softmax = self.output in LAYER_ACTIVATIONS
        self.mean = problem.over == "mean" and notation.many
        self.varied = len(set(problem.activations)) > 1

    def ref(self, kind: str, layer: str = "", *units: str) -> str:
        """A quantity with texts as its indices; ``layer`` is the number that vectors of its layer have."""
        at = {"layer": self.on(kind, layer), "sample": self.names.sample, "unit": units[0] if units else ""}
        at |= dict(zip(("target", "source"), units, strict=False))
        indices = ", ".join(at[slot] for slot in self.notation.slots(kind))
        return self.notation.names[kind] + (f"[{indices}]" if indices else "")

    def on(self, kind: str, layer: str) -> str:
        """The number of a layer as a kind of quantity bears it."""
        return _shift(layer, -1) if self.notation.weight_number == "source" and kind in ON_PARAMETERS else layer

    def lines(self) -> Iterator[str]:
        """Yield the text of each line of the general statement, in this notation."""
        j, k, l = self.names.unit, self.names.other, self.names.layer
        start = str(self.notation.input_layer)
        yield f"{self.ref('post', start, j)} = {self.ref('x', '', j)}"
        yield f"{self.ref('pre', l, j)} = {self.forward(l)}"
        name = f"{self.f}[{l}]" if self.varied and not self.scalars else self.f
        if self.softmax and self.units:
            whole = f"sum(exp({self.ref('pre', self.last, k)}) for {k} in units({self.last}))"
            yield f"{self.ref('post', self.last, j)} = exp({self.ref('pre', self.last, j)}) / {whole}"
        yield f"{self.ref('post', l, j)} = {name}({self.ref('pre', l, j)})"
        yield f"{self.cost} = {self.whole_cost()}"
        yield from self.deltas()
        own_line = [self.last] if self.softmax and self.notation.delta.of == "post" else []  # whose δ passes a Jacobian
        for at in [*own_line, l]:
            yield from self.gradients(at)

    def gradients(self, layer: str) -> Iterator[str]:
        """Gradients and updates; of every layer, or of the last alone."""
        j, k, rate = self.names.unit, self.names.other, self.notation.letters["rate"]
        source_number = self.notation.weight_number == "source" and layer != self.last
        weights = _shift(layer, 1) if source_number else layer  # the vectors' number, where W bears the other
        for source in ("0", k) if self.notation.joined and self.units else (k,):
            yield f"{self.ref('dW', weights, j, source)} = {self.weight_gradient(weights, source)}"
            if layer != self.last:
                new, old, slope = (self.ref(kind, weights, j, source) for kind in ("W_new", "W", "dW"))
                yield f"{new} = {old} - {rate} * {slope}"
        if self.notation.bias == "own":
            yield f"{self.ref('db', weights, j)} = {self.bias_gradient(weights)}"
            if layer != self.last:
                new, old, slope = (self.ref(kind, weights, j) for kind in ("b_new", "b", "db"))
                yield f"{new} = {old} - {rate} * {slope}"

    def forward(self, l: str) -> str:
        j, k, before = self.names.unit, self.names.other, _shift(l, -1)
        bias = f" + {self.ref('b', l, j)}" if self.notation.bias == "own" else ""
        if self.units:
            bias = f" + {self.ref('W', l, j, '0')}" if self.notation.joined else bias
            return f"sum({self.ref('W', l, j, k)} * {self.ref('post', before, k)} for {k} in units({before})){bias}"
        h = self.with_one(self.ref("post", before))
        return self.product(self.ref("W", l), h) + bias

    def with_one(self, h: str) -> str:
        return f"with_one({h})" if self.notation.joined else h

    def product(self, W: str, h: str) -> str:
        """W h, whichever way round both lie."""
        if self.scalars:
            return f"{W} * {h}"
        turned = W if (self.notation.first == "target") is not self.notation.rows else f"{W}.T"
        return f"{h} @ {turned}" if self.notation.rows else f"{turned} @ {h}"

    def back_product(self, l: str, d: str) -> str:
        """Wᵀ d for the weights that lead to layer l."""
        W = self.ref("W", l)
        if self.scalars:
            return f"{W} * {d}"
        W = f"without_bias({W})" if self.notation.joined else W
        turned = f"{W}.T" if (self.notation.first == "target") is not self.notation.rows else W
        return f"{d} @ {turned}" if self.notation.rows else f"{turned} @ {d}"

    def fill(self, text: str, unit: str) -> str:
        """A formula of a row of costs with the notation's letters for a, y, n and C."""
        letters = {"a": self.ref("post", self.last, unit), "y": self.ref("y", "", unit),
                   "n": "1" if self.scalars else f"width({self.last})", "C": self.cost}
        return re.sub(r"\b[aynC]\b", lambda found: letters[found[0]], text)

    def whole_cost(self) -> str:
        j, own = self.names.unit, self.fill(self.problem.cost.summand, self.names.unit)
        if self.units:
            own = f"sum({own} for {j} in units({self.last}))"
        elif not self.scalars:
            own = f"total({own})"
        if "sample" in self.notation.indices:
            own = f"sum({own} for {self.names.sample} in samples)"
        if self.problem.over == "root":
            return f"sqrt({own})"
        alone = own.startswith(("sum(", "total("))
        own = (f"1 / {self.notation.letters['count']} * " + (own if alone else f"({own})")) if self.mean else own
        return own + "".join(self.penalties())

    def penalties(self) -> Iterator[str]:
        """What the penalty adds to the cost."""
        j, k, l = self.names.unit, self.names.other, self.names.layer
        for name, factor in self.problem.penalties.items():
            before = f" + {_factor(factor)}{self.notation.letters['strength']} * "
            at = _shift(l, 1) if self.notation.weight_number == "source" else l
            W = self.ref("W", at, j, k)
            W = (
                f"without_bias({W})"
                if self.notation.joined and not self.units and self.problem.penalise != "all"
                else W
            )
            size = _size(name, W)
            if self.units:
                size = f"sum(sum({size} for {k} in units({_shift(at, -1)})) for {j} in units({at}))"
            elif not self.scalars:
                size = f"total({size})"
            yield f"{before}sum({size} for {l} in layers)"
            if (
                self.problem.penalise == "all"
                and (self.units or not self.notation.joined)
                and self.notation.bias != "none"
            ):
                joined = self.notation.joined
                size = _size(name, self.ref("W", at, j, "0") if joined else self.ref("b", at, j))
                own = (
                    size if self.scalars else f"sum({size} for {j} in units({at}))" if self.units else f"total({size})"
                )
                yield f"{before}sum({own} for {l} in layers)"

    def penalty_slope(self, w: str, zero: bool) -> str:
        """What the penalty adds to a gradient; ``zero`` leaves the biases out of a matrix that has them."""
        found = ""
        for name, factor in self.problem.penalties.items():
            part = f"zero_bias({w})" if zero else w
            slope = part if name == "l2" else f"sign({part})"
            found += (
                f" + {_factor(2 * factor if name == 'l2' else factor)}{self.notation.letters['strength']} * {slope}"
            )
        return found

    def back(self, l: str, G: str, of: str = "") -> str:
        """JᵀG of layer l; ``G`` is a text without a loose sum, or for softmax on units a text in the unit ``of``."""
        j, k = self.names.unit, self.names.other
        if l != self.last or not self.softmax:
            return f"{G} * {self.slope(l, j)}"
        a = self.ref("post", l, j)
        if self.units:
            k = of or k
            share = f"((1 if {j} == {k} else 0) - {a})"
            return f"sum({G} * {self.ref('post', l, k)} * {share} for {k} in units({l}))"
        return f"{a} * ({G} - over_units({a} * {G}))"

    def slope(self, l: str, unit: str) -> str:
        """The derivative of the activation of layer l."""
        name = f"{self.df}[{l}]" if self.varied and not self.scalars else self.df
        return f"{name}({self.ref('pre', l, unit)})"

    def deltas(self) -> Iterator[str]:
        """δ of the output, and of hidden layers."""
        j, k, l, delta = self.names.unit, self.names.other, self.names.layer, self.notation.delta
        factor = f"1 / {self.notation.letters['count']} * " if self.mean and not delta.one_sample else ""
        sign = "-" if delta.sign < 0 else ""
        through = self.problem.cost.through.get(self.output)
        if delta.of == "post":
            own = f"({self.fill(self.problem.cost.slope_of_reduced, j)})"
        elif through is not None:
            own = f"({self.fill(through, j)})"
        else:
            unit = k if self.units and self.softmax else j
            own = self.back(self.last, f"({self.fill(self.problem.cost.slope_of_reduced, unit)})", unit)
        yield f"{self.ref('delta', self.last, j)} = {sign}{factor}{own}"
        after = _shift(l, 1)
        if delta.of == "post" and self.softmax:
            yield f"{self.ref('delta', f'{self.last} - 1', j)} = {self.from_post(self.last)}"
        if delta.of == "post":
            yield f"{self.ref('delta', l, j)} = {self.from_post(after)}"
        elif self.units:
            whole = f"sum({self.ref('W', after, k, j)} * {self.ref('delta', after, k)} for {k} in units({after}))"
            yield f"{self.ref('delta', l, j)} = {whole} * {self.slope(l, j)}"
        else:
            own = self.back_product(after, self.ref("delta", after))
            yield f"{self.ref('delta', l)} = ({own}) * {self.slope(l, j)}"

    def from_post(self, l: str) -> str:
        """δ = ∂C/∂a of the layer before layer l."""
        j, k = self.names.unit, self.names.other
        if not self.units:
            return self.back_product(l, f"({self.adjoint(l, j)})")
        return f"sum({self.ref('W', l, k, j)} * {self.adjoint(l, k)} for {k} in units({l}))"

    def adjoint(self, l: str, unit: str) -> str:
        """s·∂C/∂u of layer l from δ, with whatever factor δ has."""
        own = self.ref("delta", l, unit)
        if self.notation.delta.of == "pre":
            return own
        if l != self.last or not self.softmax:
            return f"{own} * {self.slope(l, unit)}"
        if not self.units:
            return self.back(l, own)
        r, a = self.names.third, self.ref("post", l, unit)
        whole = f"sum({self.ref('delta', l, r)} * {self.ref('post', l, r)} for {r} in units({l}))"
        return f"{a} * ({own} - {whole})"

    def weight_gradient(self, l: str, source: str) -> str:
        j, before = self.names.unit, _shift(l, -1)
        d, sign, factor = self.adjoint(l, j), "-" if self.notation.delta.sign < 0 else "", self.batch_factor()
        if self.units:
            own = d if source == "0" else f"{d} * {self.ref('post', before, source)}"
        elif self.scalars:
            own = f"{d} * {self.ref('post', before)}"
        else:
            d, h = d if d == self.ref("delta", l) else f"({d})", self.with_one(self.ref("post", before))
            left, right = (d, h) if self.notation.first == "target" else (h, d)
            own = f"{left}.T @ {right}" if self.notation.rows else f"{left} @ {right}.T"
        own = self.over_samples(own)
        penalised = source != "0" or self.problem.penalise == "all"
        zero = self.notation.joined and not self.units and self.problem.penalise != "all"
        return f"{sign}{factor}{_group(own, sign + factor)}" + (
            self.penalty_slope(self.ref("W", l, j, source), zero) if penalised else "")

    def over_samples(self, own: str) -> str:
        return f"sum({own} for {self.names.sample} in samples)" if "sample" in self.notation.indices else own

    def batch_factor(self) -> str:
        """1/N, where δ is of one sample."""
        return f"1 / {self.notation.letters['count']} * " if self.mean and self.notation.delta.one_sample else ""

    def bias_gradient(self, l: str) -> str:
        d, sign, factor = (
            self.adjoint(l, self.names.unit),
            "-" if self.notation.delta.sign < 0 else "",
            self.batch_factor(),
        )
        own = f"over_samples({d})" if self.notation.batch else self.over_samples(d)
        penalty = self.penalty_slope(self.ref("b", l, self.names.unit), False) if self.problem.penalise == "all" else ""
        return f"{sign}{factor}{_group(own, sign + factor)}{penalty}"


def _shift(layer: str, by: int) -> str:
    """The number of the layer before or after one, as text: l + 1, l - 1, l."""
    name, _, offset = layer.replace("- ", "+ -").partition(" + ")
    number = int(offset or 0) + by
    return f"{name} + {number}" if number > 0 else f"{name} - {-number}" if number < 0 else name


def _factor(number: float) -> str:
    return "" if number == 1 else "1 / 2 * " if number == 0.5 else f"{number:g} * "


def _size(name: str, w: str) -> str:
    return f"{w}**2" if name == "l2" else f"abs({w})"


def _group(text: str, before: str) -> str:
    """Brackets where a product of matrices follows a factor."""
    return f"({text})" if before and " @ " in text and not text.startswith("sum(") else text

