"""The conventions in which a derivation may differ from its lecture, and what they change in the lecture's lines."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ....costs import Cost
from ...conventions import Conventions
from ..reading.constants import ONE, Constant

MINUS = Constant(Fraction(-1))
_N = Constant(samples=1)
_COUNTS = {"N": _N, "n": Constant(outputs=1)}


@dataclass(frozen=True)
class Declared:
    """Conventions in which a derivation may differ from its lecture.

    Attributes:
        opposite: δ has the other sign.
        mean: δ is that of the mean cost, δ/N, and gradients are plain sums.
        class_1: y = P(t = 1) where the lecture has y = P(t = 0).
        decay: the penalty acts on w at each step, w − λw − η ∂C/∂w, outside the rate.
        sheet: plain names count layers as the lecture's own lines do; see ``Vocabulary``.
        cost: the constant before Σ(a − y)²; None for the lecture's.
        penalty: the constant before λΣw² or λΣ|w|; None for the lecture's.
        biases: the penalty counts biases too.
        given: the lecture's conventions alone; no other is adopted.
    """

    opposite: bool = False
    mean: bool = False
    class_1: bool = False
    decay: bool = False
    sheet: bool = False
    cost: Constant | None = None
    penalty: Constant | None = None
    biases: bool = False
    given: bool = False


@dataclass(frozen=True)
class Scales:
    """What declared conventions multiply the lecture's quantities by, as constants.

    Attributes:
        cost: ℓ of one sample, and so δ.
        over_samples: the factor before the sum over the samples.
        penalty: the penalty.
        delta: the written δ: the factor of the cost, the other sign, and 1/N for that of the mean cost.
    """

    declared: Declared
    cost: Constant
    over_samples: Constant
    penalty: Constant
    delta: Constant

    @property
    def gradient(self) -> Constant:
        """What stands before Σ δ·aᵀ: it makes up for what stands in δ."""
        return self.cost.times(self.over_samples).over(self.delta)

    @property
    def upstream(self) -> Constant:
        """What stands in ∂C/∂a, which has no sign of its own."""
        return self.delta.times(MINUS) if self.declared.opposite else self.delta


def find_scales(declared: Declared, conventions: Conventions, penalty: str | None) -> Scales:
    """The scales of declared conventions beside those of a lecture with this penalty."""
    over = own_constant(declared, conventions).over(own_constant(Declared(), conventions))
    cost, samples = Constant(over.factor, 0, over.outputs), Constant(samples=over.samples)
    strength = ONE
    if declared.penalty and penalty:
        strength = declared.penalty.over(Constant(Fraction(conventions.penalties[penalty][0])))
    delta = cost.times(MINUS if declared.opposite else ONE)
    return Scales(declared, cost, samples, strength, delta.over(_N) if declared.mean else delta)


def own_constant(declared: Declared, conventions: Conventions) -> Constant:
    """What stands before Σ(a − y)²; 1, or 1/N, before a cost that has no such constant."""
    if declared.cost:
        return declared.cost
    loss, samples = conventions.loss, -1 if conventions.mean else 0
    if not has_constant(loss):
        return Constant(samples=samples)
    return Constant(loss.factor, samples, -1 if loss.per_output else 0)


def has_constant(loss: Cost) -> bool:
    """Whether others choose another constant before the cost: before Σ(a − y)², but not under a root."""
    return loss.is_squared and loss.over != "root"


def rewrite_line(scales: Scales, conventions: Conventions, penalty: str | None, kind: str, left: str,
                 text: str) -> str:
    """The lecture's line for a kind of quantity, as it stands under the declared conventions.

    ``penalty`` is the lecture's, l1 or l2; ``left`` is what the line is about, such as ``dw1`` or ``db[l]``.
    """
    declared = scales.declared
    if declared.class_1:
        text = ast.unparse(_OtherClass().visit(ast.parse(text, mode="eval")))
    terms = [_Term.read(node, minus) for node, minus in _split(ast.parse(text, mode="eval").body, ast.Add, ast.Sub)]
    changed = [*_change_terms(terms, scales, conventions, kind)]
    layer = left[left.index("["):] if "[" in left else left.removesuffix("_new")[-1]
    if declared.decay and kind == "W_new":
        weight = f"{conventions.weight}{layer}"
        changed.insert(1, _Term(MINUS, ("lam", f"sign({weight})" if penalty == "l1" else weight)))
    if changed == terms:
        return text
    if changed[0].factor.factor < 0:
        changed.sort(key=lambda term: term.factor.factor < 0)
    return " + ".join(map(str, changed)).replace("+ -", "- ")


def _change_terms(terms: list["_Term"], scales: Scales, conventions: Conventions, kind: str) -> Iterator["_Term"]:
    for term in terms:
        batch = term.has("samples") or not conventions.batch
        if term.has("lam") and kind in ("C", "dW", "db"):
            if not scales.declared.decay:
                yield term.times(scales.penalty)
        elif kind == "C":
            inner = ONE if term.has("samples") else scales.cost  # of one sample, which the line of the mean adds up
            yield term.times(inner).times(scales.over_samples if batch else ONE)
        elif kind == "dpost":
            yield term.times(scales.upstream)
        elif kind == "delta_output":
            yield term.times(scales.delta.over(scales.upstream) if term.has("dpost") else scales.delta)
        elif kind in ("dW", "db"):
            sign = MINUS if scales.declared.opposite else ONE
            size = scales.gradient.times(sign) if batch else ONE
            yield term.times(size).times(sign if term.has("delta") else ONE)
        elif kind in ("W_new", "b_new") and term.has("delta"):
            yield term.times(scales.gradient)
        else:
            yield term


@dataclass(frozen=True)
class _Term:
    """A product: its constant, and its other factors as text."""

    factor: Constant
    rest: tuple[str, ...]

    @classmethod
    def read(cls, tree: ast.expr, minus: bool) -> "_Term":
        """A tree without sums at its top."""
        constant = MINUS if minus else ONE
        rest: list[str] = []
        for node, below in _split(tree, ast.Mult, ast.Div):
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
                constant, node = constant.times(MINUS), node.operand
            known = (Constant(Fraction(str(node.value))) if isinstance(node, ast.Constant)
                     else _COUNTS.get(ast.unparse(node)))
            if known:
                constant = constant.over(known) if below else constant.times(known)
            else:
                text = ast.unparse(node)
                text = f"({text})" if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) else text
                if below:
                    rest[-1:] = [f"{rest[-1]} / {text}" if rest else f"1 / {text}"]
                else:
                    rest.append(text)
        return cls(constant, tuple(rest))

    def has(self, name: str) -> bool:
        """Whether it uses a name, or one with a number."""
        return any(isinstance(node, ast.Name) and node.id.rstrip("0123456789") == name
                   for part in self.rest for node in ast.walk(ast.parse(part, mode="eval")))

    def times(self, constant: Constant) -> "_Term":
        """It, multiplied by a constant."""
        return _Term(self.factor.times(constant), self.rest)

    def __str__(self) -> str:
        if self.factor.factor < 0:
            for i, part in enumerate(self.rest):
                tree = ast.parse(part, mode="eval").body
                if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub):  # a residual, turned
                    turned = f"({ast.unparse(tree.right)} - {ast.unparse(tree.left)})"
                    return str(_Term(self.factor.times(MINUS), (*self.rest[:i], turned, *self.rest[i + 1:])))
            text = str(self.times(MINUS))
            return f"-({text})" if "@" in text else f"-{text}"
        first = "lam" if "lam" in self.rest and self.factor != ONE else ""
        rest = " * ".join(part for part in self.rest if part != first)
        constant = self.factor.write(" * ", first)
        if not rest:
            return constant
        return rest if constant == "1" else f"{constant} * {rest}"


def _split(tree: ast.expr, joins: type[ast.operator], undoes: type[ast.operator],
           undone: bool = False) -> Iterator[tuple[ast.expr, bool]]:
    """The terms of a sum (Add, Sub) or the factors of a product (Mult, Div), each with whether it is undone."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, joins | undoes):
        yield from _split(tree.left, joins, undoes, undone)
        yield from _split(tree.right, joins, undoes, undone != isinstance(tree.op, undoes))
    else:
        yield tree, undone


class _OtherClass(ast.NodeTransformer):
    """t and 1 − t, exchanged."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """1 − t becomes t."""
        return ast.Name("t") if ast.unparse(node) == "1 - t" else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """And t becomes 1 − t."""
        return ast.parse("1 - t", mode="eval").body if node.id == "t" else node
