"""Says of each line of a matrix program which scalar nodes became it, and why it is what it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..operations import OPERATIONS
from ..row_notation import value_formula
from .blocks import Block
from .expressions import NAME, Expression, walk
from .flatten import Item
from .group import PRODUCT, Group
from .lines import BACKWARD, COST, FORWARD, Line
from .module_source import ModuleSource
from .names import letter_of
from .paper import read_residual
from .softmax import SOFTMAX

if TYPE_CHECKING:
    from ..value import Value

_NAMED = 3  # nodes that a sentence names


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of a matrix program.

    Attributes:
        line: the line, as it is printed.
        part: "forward", "cost", "backward" or "gradient".
        kind: what it computes: "pre" (a pre-activation), "post" (an activation), "C", "delta_output", "delta_hidden",
            "dW", "db", or "" for what has no such name.
        nodes: the scalar nodes that became it; of a gradient the nodes that it is the gradient of.
        reason: why, in sentences.
    """

    line: str
    part: str
    kind: str
    nodes: tuple["Value", ...]
    reason: str

    def __str__(self) -> str:
        return f"{self.line}\n    {self.reason}"


class Explainer:
    """Explains the lines of a program in one form."""

    def __init__(self, source: ModuleSource) -> None:
        self.source, self.program = source, source.program
        self._of_name = {line.name: line for line in self.program.lines}

    def explain(self) -> list[Explanation]:
        """Explain each line of the program, in the order in which it runs."""
        return [self._explain(line) for line in self.program.lines]

    def _explain(self, line: Line) -> Explanation:
        text = self.source.write_line(line)
        if line.part == COST or line.block is None:
            nodes = self._list_inline(self.program.root_items) or _own_nodes(self.program.root_items)
            return Explanation(text, line.part, "C", nodes, self._explain_cost(line))
        group = line.group
        if line.part == FORWARD and group is not None:
            nodes = self._list_nodes(group)
            if group.form == PRODUCT:
                return Explanation(text, line.part, "pre", nodes, self._explain_product(line, group))
            if group.form == SOFTMAX:
                return Explanation(text, line.part, "post", nodes, self._explain_softmax(group))
            kind = "post" if OPERATIONS[group.operation].activation else ""
            return Explanation(text, line.part, kind, nodes, self._explain_elementwise(group))
        nodes = tuple(item.node for item in line.block.items if isinstance(item, Item) and item.node is not None)
        nodes = nodes or _own_nodes(line.block.items)
        if line.part == BACKWARD and group is not None:
            hidden = [part for part in walk(line.expression) if part.operation == "backward"]
            of_product = "delta_hidden" if hidden else "delta_output"
            kind = of_product if group.form == PRODUCT else ""
            return Explanation(text, line.part, kind, nodes, self._explain_delta(line, line.block, hidden))
        kind = "dW" if len(line.block.units) == 2 else "db"
        return Explanation(text, line.part, kind, nodes, self._explain_gradient(line, line.block))

    def _explain_product(self, line: Line, group: Group) -> str:
        m, k = len(group.items), len(group.inputs()[0])
        forward = next(part for part in walk(line.expression) if part.operation == "forward")
        (x, W), printer = forward.parts, self.source.printer
        across, first = "Column" if printer.is_turned(W) else "Row", _write_formula(group.items[0])
        if m == 1:
            sentence = f"One node, {first}{f', a sum of {k:,} products' if k > 1 else ''}."
        else:
            sentence = (f"{_count(m, 'node')}, {_name_nodes(group.items)}, each a sum of products with the same "
                        f"{_count(k, 'input')}: {first}.")
        sentence += (f" {across} j of {printer.write(W)} holds the weights of unit j, so the product "
                     f"{printer.write(forward)} does {'all of these sums' if m > 1 else 'this'} for every sample in "
                     f"{printer.write(x)} at once.")
        return sentence + (" The bias is added for every sample." if " + " in self.source.write_line(line) else "")

    def _explain_elementwise(self, group: Group) -> str:
        if len(group.items) == 1:
            return f"One node for each sample: {_write_formula(group.items[0])}."
        return (f"{_count(len(group.items), 'node')} of the same operation at the same depth, "
                f"{_name_nodes(group.items)}, such as {_write_formula(group.items[0])}: one operation on the whole "
                "array.")

    def _explain_softmax(self, group: Group) -> str:
        operands, (a, z) = group.items[0].operands, _find_letters(group)
        return (f"{_count(len(group.items), 'node')}, {_name_nodes(group.items)}, each the exponential of one of the "
                f"{len(operands)} units {_name_nodes(operands)}, divided by the sum of the exponentials of all of "
                f"them: {a}ⱼ = exp({z}ⱼ) / Σₖ exp({z}ₖ). The function subtracts the largest, m, first: "
                f"exp({z}ⱼ − m) / Σₖ exp({z}ₖ − m) is the same ratio, since exp(−m) stands above and below, and no "
                "exponential overflows.")

    def _explain_cost(self, line: Line) -> str:
        over = self.program.over
        words = {"mean": "their mean over the N samples is C", "sum": "their sum over the samples is C",
                 "root": "the root of their sum is C"}[over]
        if line.name != "C":
            words = "the root of their sum over the samples"
        penalty = " The penalty depends on parameters alone, so it is added once." if self.program.has_penalty else ""
        return f"The nodes behind the outputs give the cost of one sample; {words}.{penalty}"

    def _explain_delta(self, line: Line, block: Block, hidden: Sequence[Expression]) -> str:
        what = f"The gradient of the cost of one sample at {_name_nodes(block.items)}."
        if not hidden:
            return f"{what} {self._explain_own_slope(line, block)}"
        sentences = [what]
        for product in hidden:
            D, W = product.parts
            matrix = next((part for part in walk(W) if part.operation == NAME), W)
            name, back = self.source.printer.write(matrix), self.source.printer.write(product)
            there, here = (f"{name}.T", name) if f"{name}.T" not in back else (name, f"{name}.T")
            weight = "wₖⱼ" if self.source.printer.is_turned(W) else "wⱼₖ"
            above = self._of_name.get(self.source.printer.write(D))
            unit = _name_nodes(above.block.items[:1]) if above is not None and above.block is not None else "it"
            if W.units[0] == 1:
                sentences.append(
                    f"One unit is above, {unit}: its δ times the weight that leads to it is the product {back}. The "
                    f"forward pass multiplies by {there}; for many units {here} stands here, and it is the same number "
                    "for one.")
                continue
            sentences.append(
                f"The product {back} is the += at a fan-out: every unit below is used by all {W.units[0]} units above "
                f"({unit}, …), so its gradient is the sum over these units j of their δⱼ times the weight {weight} "
                f"that leads from it. The forward pass sums over the units below and has {there}; this sum runs over "
                f"the units above, the other index of the same weights, so here stands {here}.")
        if any(part.operation == "part" and next(part.parts) in hidden for part in walk(line.expression)):
            sentences.append("Only the part of it that belongs to these units is taken: the other weights lead from no "
                             "unit below, like those of a bias.")
        if line.expression not in hidden:
            sentences.append("The other factors are the slope of the activation.")
        return " ".join(sentences)

    def _explain_own_slope(self, line: Line, block: Block) -> str:
        """Why a gradient that no product sends back is what it is."""
        write, algebra = self.source.printer.write, self.program.algebra
        residual = read_residual(line.expression)
        told = "" if residual is None else (
            f" The targets of classes add up to 1, and then the line is {write(residual[0])} - {write(residual[1])}.")
        for group, outputs in self.program.made:
            sent = self.program.at_softmax.get(outputs)
            if sent is not None and any(v is block.items[0] for v in group.items[0].operands):
                a, z = _find_letters(group)
                product = algebra.multiply(sent, outputs.value)
                cancels = f"; in Gⱼ{a}ⱼ the ratio cancels, and {write(product)} is left"
                cancels *= product in algebra.cancelled
                return (f"Every output of softmax depends on every {z} of its sample: ∂{a}ₖ/∂{z}ⱼ is {a}ₖ(1 − {a}ₖ) "
                        f"for k = j and −{a}ₖ{a}ⱼ for the others. So unit j collects from all outputs: with G, the "
                        f"gradient at {outputs.name}, the sum Σₖ Gₖ ∂{a}ₖ/∂{z}ⱼ is {a}ⱼ(Gⱼ − Σₖ Gₖ{a}ₖ). Here G is "
                        f"{write(sent)}{cancels}.{told}")
        if any(part.operation == SOFTMAX for part in walk(line.expression)):
            return ("The partial of log Σₖ exp(zₖ) at zⱼ is exp(zⱼ) / Σₖ exp(zₖ), which is softmax: a number that all "
                    f"z of a sample share cancels in it, and its outputs add up to 1.{told}")
        where = block.name or "these nodes"
        if line.expression not in (*algebra.cancelled, *algebra.shortened):
            return (f"Each factor is the partial of one node between the cost and {where}: the chain rule, node by "
                    "node.")
        sentences = [f"The chain rule multiplies the partials of the nodes between the cost and {where}."]
        if line.expression in algebra.cancelled:
            gone = " and ".join(map(write, algebra.cancelled[line.expression]))
            sentences.append(f"What the cost sends back is divided by {gone}, and the slope of the activation has the "
                             "same as a factor, so it cancels.")
        if line.expression in algebra.shortened:
            before = write(algebra.shortened[line.expression])
            law = ", with sigmoid(−z) = 1 − sigmoid(z)" * ("sigmoid(-" in before)
            left = "What is left" if line.expression in algebra.cancelled else "Their sum"
            sentences.append(f"{left} is {before}; multiplied out{law}, that is {write(line.expression)}.")
        return " ".join(sentences)

    def _explain_gradient(self, line: Line, block: Block) -> str:
        sample = {"mean": " N divides it, since C is a mean.", "sum": "",
                  "root": " The derivative of the root √s is 1 / (2√s)."}[self.program.over]
        outer = [part for part in walk(line.expression) if part.operation == "outer"]
        summed = [part for part in walk(line.expression) if part.operation == "over_samples"]
        sentences = []
        if outer and all(part.sample for product in outer for part in product.parts):
            product = outer[0]
            D, x = (self.source.printer.write(part) for part in product.parts)
            text = self.source.printer.write_outer(product, block.stored == "source")[0]
            turned = D if text.startswith(f"{D}.T") or text.endswith(f"{D}.T") else x
            sentences.append(
                f"All samples use the same weight, once each, and its partial there is the input: the += at its "
                f"fan-out adds δⱼ·xₖ over the samples. The product {text} does that for every j and k; {turned} stands "
                f"transposed so that the two are multiplied along the samples.{sample}")
        elif summed:
            sentences.append(f"All samples use {_name_nodes(block.items)}, so the += at the fan-out is a sum over the "
                             f"samples; a bias has the partial 1.{sample}")
        if self.program.has_penalty and " + " in self.source.write_line(line):
            sentences.append("What is added comes from the penalty, which uses the parameter once more.")
        return " ".join(sentences) or "What the nodes that use it send back."

    def _list_nodes(self, group: Group) -> tuple["Value", ...]:
        """The nodes of a group, and of what is computed in its line."""
        operands = [v for item in group.items for v in item.operands]
        return (*self._list_inline(operands), *_own_nodes(group.items))

    def _list_inline(self, operands: Sequence[Any]) -> tuple["Value", ...]:
        """The nodes that are computed for these operands in no line of their own."""
        found: dict[Any, None] = {}
        waiting = [v for v in operands if isinstance(v, Item) and v.operation]
        for item in waiting:  # grows while it runs
            if item not in found and not self.program.places.block_of[item].name:
                found[item] = None
                waiting += [v for v in item.operands if isinstance(v, Item) and v.operation]
        return _own_nodes(list(reversed(found)))


def _find_letters(group: Group) -> tuple[str, str]:
    """The letters of the outputs and of the units of softmax."""
    return letter_of(group.items[0]) or "a", letter_of(group.items[0].operands[0]) or "z"


def _own_nodes(items: Sequence[Item]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(node for item in items for node in (item.nodes if isinstance(item, Item) else (item,))))


def _name(operand: Any) -> str:
    """The label of an operand, without the sample that was recorded; its operation, or a dot, without a label."""
    if operand.__class__ is float:
        return repr(operand)
    operation = operand.operation if isinstance(operand, Item) else ""
    return re.sub(r"\[\d+\]$", "", operand.label) or operation or "·"


def _name_nodes(items: Sequence[Item]) -> str:
    """``z₁, z₂, z₃``; of many the first, the second and the last."""
    names = [_name(item) for item in items]
    if len(names) > 1 and not any(item.label for item in items):
        return f"{len(names):,} nodes of the operation {names[0]}"
    return ", ".join(names if len(names) <= _NAMED else [*names[:2], "…", names[-1]])


def _write_formula(item: Item) -> str:
    """``z₁ = w₁·x + b₁``."""
    formula = value_formula(item.operation, [v if v.__class__ is float else _name(v) for v in item.operands])
    return f"{_name(item)} = {formula}" if item.label else formula


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
