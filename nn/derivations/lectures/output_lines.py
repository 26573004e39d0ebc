"""The lines of the output layer, from the rows of a cost and of an activation, in a lecture's letters: a, C and δ."""

import ast
import re
from collections.abc import Iterator, Sequence

from ...costs.cost_rows import write_factor
from ...ground.activation_formulas import LAYER_FORMULAS
from ...ground.formulas import substitute
from ..lines import Line
from .problem_form import Form, choose_where


def change_output(lines: Sequence[Line], form: Form) -> Iterator[Line]:
    """The lecture's lines, those of the output layer replaced where they do not hold for a problem."""
    softmax = form.activations[-1] in LAYER_FORMULAS
    output = next(line for line in lines if form.kind_of(line) == "delta_output")
    done = False
    for line in lines:
        kind = form.kind_of(line)
        if kind == "post" and "f" in line.names and softmax:
            yield _Output(output.left, form).activation()
        if form.own or (kind not in ("C", "delta_output") and line.left != "y"):
            yield line
        elif kind == "delta_output":
            if not done:
                yield from _Output(output.left, form).delta()
            done = True
        elif kind == "C" and "samples" not in line.names:
            yield from _Output(output.left, form).cost()
        elif kind == "C":
            yield from reduce_samples(form, line.left, "i")


class _Output:
    """The lines of the output layer, whose δ is called ``left``: delta[j, L], or delta[L, i]."""

    def __init__(self, left: str, form: Form) -> None:
        self.form, self.c = form, form.conventions
        self.index = left[left.index("[") + 1 : -1]
        self.unit = self.index.partition(",")[0]
        self.other = "j" if self.unit == "k" else "k"
        self.left = left

    def at(self, letter: str, unit: str) -> str:
        """A quantity of the output layer, of a unit."""
        if not self.form.units:
            return f"{letter}[{self.index}]"
        return f"{letter}[{unit}, {self.form.last}]"

    def of(self, formula: str, unit: str) -> str:
        """A formula of a row, with a and y of a unit in the lecture's letters."""
        sample = self.index.partition(", ")[2]
        target = f"{self.c.target.upper()}[{sample}]" if not self.form.units else (
            self.c.target if self.form.alone else f"{self.c.target}[{unit}]")
        return substitute(formula, {"a": self.at(self.c.post, unit), "y": target})

    def activation(self) -> Line:
        """aⱼ of softmax."""
        name = self.form.activations[-1]
        left = self.at(self.c.post, self.unit)
        if not self.form.units:
            return Line(left, f"{name}({self.at(self.c.pre, self.unit)})")
        return Line(left, self._of_layer(LAYER_FORMULAS[name].value))

    def _of_layer(self, formula: str) -> str:
        """A formula of an activation of all units, in the lecture's letters."""
        letters = {"z": self.c.pre, "a": self.c.post, "g": "dpost"}
        text = re.sub(r"\b([zag])\[([jk])\]", lambda found: self.at(
            letters[found[1]], self.unit if found[2] == "j" else self.other), formula)
        text = re.sub(r"\bfor k in units", f"for {self.other} in units({self.form.last})", text)
        return text if self.form.units else re.sub(r"sum\((.*) for .* in units\(.*?\)\)", r"total(\1)", text)

    def cost(self) -> Iterator[Line]:
        """The line of C; for one sample, where the samples have an index."""
        loss = self.c.loss
        before = write_factor(loss.factor, loss.per_output)
        term = choose_where(self.of(loss.each, self.other))
        if not self.form.units:
            sample = self.index.partition(", ")[2]
            yield Line(f"{self.c.cost}[{sample}]", f"{before}total({term})")
            return
        text = f"{before}sum({term} for {self.other} in units({self.form.last}))"
        if loss.over == "root" and not self.c.batch:
            yield Line("root", f"sqrt({text})")
            text = "root"
        yield Line(self.c.cost, text)

    def delta(self) -> Iterator[Line]:
        """The line of δ, after one of ∂C/∂a where all outputs go into it."""
        c, name = self.c, self.form.activations[-1]
        meeting = c.loss.through.get(name) if c.loss.over != "root" else None
        minus = c.sign < 0
        if meeting is not None:
            if minus and meeting == "a - y":
                meeting, minus = "y - a", False
            yield Line(self.left, f"-({self.of(meeting, self.unit)})" if minus else self.of(meeting, self.unit))
            return
        slope = self.of(c.loss.slope_of_each, self.unit)
        slope = _close(slope)
        slope = f"{slope} / (2 * root)" if c.loss.over == "root" else slope
        if name in LAYER_FORMULAS:
            yield Line(self.at("dpost", self.unit), slope)
            back = self._of_layer(LAYER_FORMULAS[name].back)
            yield Line(self.left, f"-({back})" if minus else back)
            return
        derivative = f"df({self.at(c.pre, self.unit)})"
        yield Line(self.left, f"{f'-({slope})' if minus else slope} * {derivative}")


def _close(text: str) -> str:
    """A sum in brackets, so that it can be a factor."""
    tree = ast.parse(text, mode="eval").body
    open_ = isinstance(tree, ast.UnaryOp | ast.IfExp) or (
        isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub))
    return f"({text})" if open_ else text


def reduce_samples(form: Form, left: str, sample: str) -> Iterator[Line]:
    """The line of C from those of the samples."""
    c = form.conventions
    added = f"sum({c.cost}[{sample}] for {sample} in samples)"
    if c.loss.over == "root":
        yield Line("root", f"sqrt({added})")
    yield Line(left, {"mean": f"1 / N * {added}", "sum": added, "root": "root"}[c.loss.over])
