"""A lecture's lines for another problem than its own: another cost, other activations, a penalty, several samples.

What the lecture states stays as it stands; only the lines change that another problem makes untrue. They are generated
from the rows of the tables, in the lecture's letters.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from ...ground.formulas import substitute
from ..lines import Line
from .any_problem import write_penalty_slope, write_strength
from .output_lines import change_output, reduce_samples
from .problem_form import Form, choose_where

SAMPLE = "s"
"""The index of the sample in the lines of a lecture on single units, which have none for one sample."""


def rewrite_lines(lines: Sequence[Line], form: Form) -> tuple[Line, ...]:
    """The lines of the lecture for a problem."""
    found = [Line(line.left, choose_where(line.right)) for line in change_output(lines, form)]
    if not form.has_biases:
        found = [*_drop_biases(found, form)]
    if form.units:
        found = [_change_slope(line, form) for line in found]
        if form.conventions.batch:
            found = [*_add_samples(found, form)]
    elif form.conventions.loss.over != "mean":
        found = [Line(line.left, line.right.removeprefix("1 / N * ")) if form.kind_of(line) in ("dW", "db") else line
                 for line in found]
    found = [*_add_penalty(found, form)]
    if form.units and (form.penalty or form.conventions.batch):
        found = [_use_gradient(line, form) for line in found]
    return tuple(_number_functions(line, form) for line in found)


# activation functions

def _change_slope(line: Line, form: Form) -> Line:
    """σ′ of a hidden layer as σ′(z), where the lecture writes that of the sigmoid out."""
    hidden = {*form.activations[:-1]} - {"sigmoid"}
    if form.kind_of(line) != "delta_hidden" or "df" in line.names or not hidden:
        return line
    c = form.conventions
    return Line(line.left, f"{drop_slope(line.right, c.weight, minus=False)} * "
                           f"df({c.pre}{line.left.removeprefix('delta')})")


def drop_slope(text: str, weight: str, minus: bool) -> str:
    """The line of a hidden δ without its σ′: the factors with the next δ and the weights.

    >>> drop_slope("delta2 * w2 * df1(z1)", "w", minus=False)
    'delta2 * w2'
    """
    def list_factors(tree: ast.expr) -> Iterator[ast.expr]:
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
            yield from list_factors(tree.left)
            yield from list_factors(tree.right)
        else:
            yield tree

    kept = [factor for factor in list_factors(ast.parse(text, mode="eval").body) if any(
        isinstance(node, ast.Name) and node.id.rstrip("0123456789") in ("delta", weight) for node in ast.walk(factor))]
    product = kept[0]
    for factor in kept[1:]:
        product = ast.BinOp(product, ast.Mult(), factor)
    return ast.unparse(ast.UnaryOp(ast.USub(), product) if minus else product)


def _number_functions(line: Line, form: Form) -> Line:
    """f[l](z[j, l]) for f(z[j, l]), where the layers have different functions."""
    if not form.by_layer or not {"f", "df"} & line.names:
        return line
    tree = _Numbered(-1 if form.units else 0).visit(ast.parse(line.right, mode="eval"))
    return Line(line.left, ast.unparse(tree))


class _Numbered(ast.NodeTransformer):
    def __init__(self, at: int) -> None:
        self.at = at

    def visit_Call(self, call: ast.Call) -> ast.expr:
        """The layer is that of the argument."""
        match call:
            case ast.Call(func=ast.Name(id="f" | "df"), args=[ast.Subscript(slice=ast.Tuple(elts=indices))]):
                return ast.Call(ast.Subscript(call.func, indices[self.at], ast.Load()), call.args, [])
        return self.generic_visit(call)  # type: ignore[return-value]


# biases, samples, penalties

def _drop_biases(lines: Sequence[Line], form: Form) -> Iterator[Line]:
    """Without their terms and lines."""
    for line in lines:
        if form.kind_of(line) in ("db", "b_new"):
            continue
        right = re.sub(r" \+ (?:b\[\w+(?:, \w+)?\]|\w+\[\w+, 0, \w+\])$", "", line.right)
        yield Line(line.left, right) if form.kind_of(line) == "pre" else line


def _add_samples(lines: Sequence[Line], form: Form) -> Iterator[Line]:
    """Each quantity of a sample with the index of the sample first, and sums over the samples."""
    c = form.conventions
    indexed = _Sampled({c.pre, c.post, "delta", "dpost", "x", c.target})
    before = "1 / N * " if c.loss.over == "mean" else ""
    for line in lines:
        kind = form.kind_of(line)
        left, right = (ast.unparse(indexed.visit(ast.parse(side, mode="eval"))) for side in (line.left, line.right))
        if kind == "C":
            yield Line(f"{c.cost}[{SAMPLE}]", right)
            yield from reduce_samples(form, c.cost, SAMPLE)
        elif kind in ("dW", "db"):
            yield Line(left, f"{before}sum({right} for {SAMPLE} in samples)")
        else:
            yield Line(left, right)


class _Sampled(ast.NodeTransformer):
    def __init__(self, letters: set[str]) -> None:
        self.letters = letters

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """One more index for a letter that belongs to a sample."""
        if isinstance(node.value, ast.Name) and node.value.id in self.letters:
            indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return ast.Subscript(node.value, ast.Tuple([ast.Name(SAMPLE), *indices], ast.Load()), ast.Load())
        return self.generic_visit(node)  # type: ignore[return-value]


def _add_penalty(lines: Sequence[Line], form: Form) -> Iterator[Line]:
    """The term of the penalty in C and in the gradients."""
    if not form.penalty:
        yield from lines
        return
    c = form.conventions
    totals = [index for index, line in enumerate(lines) if form.kind_of(line) == "C" and line.left == c.cost]
    gradients = [index for index, line in enumerate(lines) if form.kind_of(line) == "dW" and line.letter[0] == "d"]
    for index, line in enumerate(lines):
        right = f"({line.right})" if " if " in line.right else line.right
        if index in totals:
            yield Line(line.left, f"{right}{_write_penalties(form)}")
        elif index in gradients:
            if c.bias == "column" and not form.penalises_biases:
                indices = line.left[line.left.index("[") + 1 : -1].split(", ")
                source = c.order(0, 1).index(1)
                zero = {indices[source]: "0"}
                yield Line(substitute(line.left, zero), substitute(right, zero))
            weight = c.weight + line.left[line.left.index("["):]
            yield Line(line.left, f"{right} + {write_penalty_slope(form.penalty, form.constant, weight)}")
        elif form.kind_of(line) == "db" and form.penalises_biases:
            bias = line.left[1:]
            yield Line(line.left, f"{right} + {write_penalty_slope(form.penalty, form.constant, bias)}")
        else:
            yield line


def _write_penalties(form: Form) -> str:
    """+ λ Σ w², over all weights, and over all biases where they count."""
    c, before = form.conventions, f" + {write_strength(form.constant)}"
    parts = ["W", *["b"] * (form.penalises_biases and form.has_biases)]
    if not form.units and form.penalty == "l2":
        return "".join(f"{before}sum(norm({part}[l])**2 for l in weights)" for part in parts)
    size = {"l1": "total(abs(all_{0}))", "l2": "norm(all_{0})**2"}[form.penalty]
    return "".join(f"{before}{size.format(part)}" for part in (parts if c.bias in ("b", "option") else parts[:1]))


def _use_gradient(line: Line, form: Form) -> Line:
    """w − η·∂C/∂w for an update that has δ written out, since the gradient is more than that."""
    if form.kind_of(line) not in ("W_new", "b_new") or "delta" not in line.names:
        return line
    index, letter = line.left[line.left.index("["):], line.letter.removesuffix("_new")
    return Line(line.left, f"{letter}{index} - eta * d{letter}{index}")
