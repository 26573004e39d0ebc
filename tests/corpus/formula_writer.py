"""Wrong answers as a student would write them, made from the lines of the catalogue: its examples, and its corpus.

A line in neutral letters becomes a formula in the lecture's names, with its sign of δ and its order of rows and
columns.
"""

import ast
from collections.abc import Sequence

from corpus.syntax import bare, is_atom, is_product, names_in
from nn.derivations.diagnosis.judging.inputs import LETTERS, World
from nn.derivations.diagnosis.judging.lecture_rules import RULES
from nn.derivations.diagnosis.reading.vocabulary import Vocabulary
from nn.derivations.lectures.layered import Place
from nn.derivations.lines import Line

_PLACES = {letter: kind for kind, letter in LETTERS.items()}


class NoFormulaError(LookupError):
    """The line has no formula in the lecture's names."""


def quantity_of(line: Line, world: World, layer: int = 0) -> str:
    """The name of the quantity that a line is about: of one layer in a chain, else of any layer."""
    return _Writer(world, line, layer).quantity()


def written(line: Line, world: World, layer: int = 0) -> str:
    """The right side of a line as a formula; ``layer`` is the one it is written for in a chain.

    Raises:
        NoFormulaError: the formula language, or the lecture, has not what the line uses.
    """
    return _Writer(world, line, layer).text()


def right_lines(world: World) -> Sequence[Line]:
    """The right line of each quantity, in the order of a derivation; ∂C/∂a is left out, as most derivations do."""
    biases = world.vocabulary.biases and world.vocabulary.conventions.bias != "column"
    return [line for line in RULES if line.letter != "G" and (biases or line.letter not in ("db", "b_new"))]


class _Writer:
    def __init__(self, world: World, line: Line, layer: int) -> None:
        self.world, self.line = world, line
        self.vocabulary: Vocabulary = world.vocabulary
        self.conventions = world.vocabulary.conventions
        self.scalar = self.vocabulary.scalar
        output = line.left.startswith(("D[L", "W_new[L", "b_new[L"))
        self.layer = self.vocabulary.depth if output and self.scalar else layer
        self.output = output or line.letter == "C"
        kind = _PLACES.get(line.letter, line.letter)
        self.place = Place(kind, None if kind == "C" else self.layer)
        used = {node.id for node in ast.walk(ast.parse(line.right)) if isinstance(node, ast.Name)}
        parts = {"alpha", "data", "bias_data", "cost_data", "dpenalty", "penalty", "bias_penalty", "bias_cost", "N",
                 "lam"}
        self.batch = self.conventions.batch and bool(used & parts)

    def quantity(self) -> str:
        if self.scalar:
            return self.vocabulary.name(self.place)
        if self.line.letter == "D":
            return "delta_output" if self.output else "delta_hidden"
        if self.line.left.endswith("[L]"):
            return self.vocabulary.name(Place(self.place.kind, self.vocabulary.depth))
        return self.place.kind

    def text(self) -> str:
        """The formula. It says N, if only as N / N, where it is about the whole batch."""
        tree = ast.parse(self.line.right, mode="eval").body
        right = self.line.right
        if self.conventions.bias == "column" and ("W[l].T" in right or " * h[l - 1, i] for" in right):
            raise NoFormulaError(right)  # no product of these shapes where W holds the biases
        turned = self._turned(self.line.letter)
        text = bare(self.of(tree, turned))
        if self.line.letter == "D" and self.world.factor < 0:
            text = f"-({text})"
        if self.batch and not {"N", "lam"} & names_in(text):
            text = f"N * ({text}) / N"
        return text

    def _turned(self, letter: str) -> bool:
        """Whether the lecture has rows where the neutral letters have columns, or the other order in W."""
        on_weights = letter in ("W", "dW", "W_new", "dpenalty", "data")
        return self.conventions.first == "source" and (on_weights or self.world.layout.rows)

    def of(self, node: ast.expr, turned: bool) -> str:
        """The text of a part, or of its transpose."""
        match node:
            case ast.Constant(value=value):
                return repr(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(operand=operand):
                return f"-({self.of(operand, turned)})"
            case ast.BinOp(left=ast.BinOp(right=ast.Name(id="N")), right=right) if not self.conventions.batch:
                return self.of(right, turned)
            case ast.BinOp(left=ast.Name(id="alpha"), right=right):
                return f"({self.of(right, turned)}) / N" if self.batch else self.of(right, turned)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                if self.scalar:
                    return f"{self._factor(left, False)} * {self._factor(right, False)}"
                first, second = (right, left) if turned else (left, right)
                return f"{self._factor(first, turned)} @ {self._factor(second, turned)}"
            case ast.BinOp(left=left, op=op, right=right):
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}[type(op)]
                if sign in "+-":
                    term, added = self.of(left, turned), self.of(right, turned)
                    added = added if is_product(added) else f"({added})"
                    return term if added == "0" else f"{term} {sign} {added}"
                if sign == "*" and self._factor(right, turned) == "1":
                    return self.of(left, turned)
                return f"{self._factor(left, turned)} {sign} {self._factor(right, turned)}"
            case ast.Attribute(value=value):
                return self.of(value, not turned)
            case ast.Call():
                return self._call(node, turned)
            case ast.Subscript():
                return self._indexed(node, turned)
        raise NoFormulaError(ast.unparse(node))

    def _factor(self, node: ast.expr, turned: bool) -> str:
        text = self.of(node, turned)
        return text if is_atom(text) else f"({text})"

    def _name(self, name: str) -> str:
        penalty = self.world.problem.penalty
        if name == "cost_data":
            return self._loss(ast.parse("h[L, i]", mode="eval").body, ast.parse("y[i]", mode="eval").body, "data")
        if name == "penalty":
            if penalty is None:
                return "0"
            before = self.conventions.penalties[penalty][0]
            of = {"l1": "abs({})", "l2": "{}**2"}[penalty]
            weights = [f"w{l}" for l in range(1, self.vocabulary.depth + 1)] if self.scalar else ["W"]
            factor = "lam" if before == 1 else "lam / 2"
            of = of if self.scalar else f"sum({of})"
            total = " + ".join(f"{factor} * {of.format(w)}" for w in weights)
            return total if len(weights) == 1 else f"({total})"
        if name in ("lam", "eta") or (name == "N" and self.conventions.batch):
            return name
        raise NoFormulaError(name)

    def _call(self, call: ast.Call, turned: bool) -> str:
        match call:
            case ast.Call(func=ast.Name(id="sum"), args=[ast.GeneratorExp(elt=inner)]):
                return self._summed(inner, turned)
            case ast.Call(func=ast.Name(id="loss"), args=[h, y]):
                return self._loss(h, y, "last" if "N" in names_in(ast.unparse(h)) else "sample")
            case ast.Call(func=ast.Name(id="dloss"), args=[_, _]):
                if not self.conventions.loss.of_class:
                    return "-(1 - t) / y + t / (1 - y)"
                return f"{self._leaf('h', 0)} - {self._leaf('target', 0)}"
            case ast.Call(func=ast.Name(id="total"), args=[inner]):
                if self.scalar:
                    return self.of(inner, False)
                if "W" in names_in(ast.unparse(inner)):
                    return f"sum({self.of(inner, turned)}, axis={int(turned)})"
                if self.batch:
                    return f"sum({self.of(inner, self.world.layout.rows)}, axis={int(self.world.layout.rows)})"
                return f"sum({self.of(inner, turned)})"
            case ast.Call(func=ast.Name(id="ones"), args=[inner]):
                return f"{self._factor(inner, turned)}**0"
            case ast.Call(func=ast.Name(id="sqrt" | "abs" | "log" as name), args=[inner]):
                return f"{name}({self.of(inner, turned)})"
            case ast.Call(func=ast.Subscript(value=ast.Name(id="dphi" | "phi" as called), slice=index), args=[inner]):
                f = "df" if called == "dphi" else "f"
                return f"{f}{self._number(index) if self.scalar else ''}({self.of(inner, turned)})"
        raise NoFormulaError(ast.unparse(call))

    def _summed(self, inner: ast.expr, turned: bool) -> str:
        """A sum over the samples: a matrix product has it in itself, a vector is summed over them."""
        if not self.batch:
            return self.of(inner, turned)
        if isinstance(inner, ast.Call):  # the loss
            return self.of(inner, turned)
        if any(isinstance(node, ast.MatMult) for node in ast.walk(inner)):
            return self.of(inner, turned)
        text = f"sum({self.of(inner, self.world.layout.rows)}, axis={0 if self.world.layout.rows else 1})"
        return text if turned == self.world.layout.rows else f"{text}.T"

    def _loss(self, h: ast.expr, y: ast.expr, scope: str) -> str:
        if not self.conventions.loss.of_class:
            flipped = isinstance(y, ast.BinOp)
            first, second = ("t", "(1 - t)") if flipped else ("(1 - t)", "t")
            return f"-{first} * log(y) - {second} * log(1 - y)"
        squares = f"({self.of(h, self.world.layout.rows)} - {self.of(y, self.world.layout.rows)})**2"
        squares = squares if self.scalar else f"sum({squares})"
        return f"1/(2*N) * {squares}" if scope == "data" and self.batch else f"1/2 * {squares}"

    def _indexed(self, node: ast.Subscript, turned: bool) -> str:
        if isinstance(node.value, ast.Subscript):  # W[l + 1][:1], the rows of the next units
            part = ast.unparse(node.slice)
            if self.scalar:
                return self.of(node.value, turned)
            text = self.of(node.value, turned)
            return f"{text}[:, {part}]" if turned else f"{text}[{part}]"
        if isinstance(node.value, ast.Call):  # biases and weights of the next layer beside each other, as W holds them
            if ast.unparse(node.value.func) != "beside":
                raise NoFormulaError(ast.unparse(node))
            return f"W_next[:, :-1]{'.T' if turned else ''}"
        assert isinstance(node.value, ast.Name)
        letter = node.value.id
        if letter == "out":
            return self._output_slope(self._number(indices_of(node)[0]))
        indices = indices_of(node)
        last_sample = any(isinstance(index, ast.Name) and index.id == "N" for index in indices)
        if letter == "width":
            return self._width(indices[0])
        if letter == "slope":
            bernoulli = not self.conventions.loss.of_class
            return "1" if bernoulli else f"df{self._number(ast.Name('L')) if self.scalar else ''}({self._leaf('u', 0)})"
        text = self._leaf(letter, 0 if letter in ("target", "y") else self._step(indices[0]), indices[0])
        if letter in ("data", "bias_data", "dpenalty", "bias_penalty"):
            return text
        if last_sample and not self.conventions.batch:
            raise NoFormulaError("N")
        if last_sample:
            text = f"{text}[-1:]" if self.world.layout.rows else f"{text}[:, -1:]"
        if self.scalar or self._turned(letter) == turned:
            return text
        return f"{text}.T" if is_atom(text) else f"({text}).T"

    def _output_slope(self, layer: int) -> str:
        """The derivative of the output of a chain with respect to a pre-activation."""
        if not self.scalar:
            raise NoFormulaError("out")
        depth, pre = self.vocabulary.depth, self.conventions.pre
        text = f"df{depth}({pre}{depth})"
        for l in range(depth, layer, -1):
            text += f" * w{l} * df{l - 1}({pre}{l - 1})"
        return text

    def _step(self, index: ast.expr) -> int:
        """How many layers from that of the line."""
        if isinstance(index, ast.Name) and index.id == "L":
            return 0 if self.output else 99
        match index:
            case ast.BinOp(op=op, right=ast.Constant(value=int(number))):
                return number if isinstance(op, ast.Add) else -number
        return 0

    def _number(self, index: ast.expr) -> int:
        """The number of a layer in a chain."""
        step = self._step(index)
        return self.vocabulary.depth if step == 99 or self.line.letter == "C" else self.layer + step

    def _width(self, index: ast.expr) -> str:
        if self.scalar:
            return "1"
        return "n_L" if isinstance(index, ast.Name) and index.id == "L" else "n_next"

    def _leaf(self, letter: str, step: int, index: ast.expr | None = None) -> str:
        c = self.conventions
        if letter == "target":
            return "(1 - t)" if not c.loss.of_class else "y"
        if letter == "y":
            return "t" if not c.loss.of_class else "y"
        if letter in ("data", "bias_data", "dpenalty", "bias_penalty"):
            return self._part(letter)
        names = {"D": "delta", "u": c.pre, "h": c.post, "W": "W", "b": "b", "dW": "dW", "db": "db"}
        if letter not in names:
            raise NoFormulaError(letter)
        name = names[letter]
        if letter in ("b", "db") and (not self.vocabulary.biases or c.bias == "column"):
            if self.line.letter == "u":
                return "0"  # W holds it, or there is none
            raise NoFormulaError(letter)
        if self.scalar:
            number = self._number(index) if index is not None else self.layer or self.vocabulary.depth
            if not (0 if letter == "h" else 1) <= number <= self.vocabulary.depth:
                raise NoFormulaError(letter)
            name = name.lower() if letter in ("W", "dW") else name
            text = "x" if letter == "h" and number == 0 else f"{name}{number}"
        elif step == 99:
            text = f"{name}[L]"
        else:
            text = f"{name}{ {1: '_next', -1: '_prev', 0: ''}[step] }"
        return f"(-{text})" if letter == "D" and self.world.factor < 0 else text

    def _part(self, letter: str) -> str:
        """The parts of a gradient: what the data gives, and what the penalty gives."""
        source = {"data": "alpha * sum(D[l, i] @ h[l - 1, i].T for i in samples)",
                  "bias_data": "alpha * sum(D[l, i] for i in samples)"}
        if letter in source:
            text = self.of(ast.parse(source[letter], mode="eval").body, self._turned(self.line.letter))
            return text if is_product(text) else f"({text})"
        penalty = self.world.problem.penalty
        if penalty is None:
            return "0"
        before = self.conventions.penalties[penalty][0]
        w = self._leaf("W" if letter == "dpenalty" else "b", 0, ast.Name("l"))
        return f"lam * sign({w})" if penalty == "l1" else f"{'2 * ' if before == 1 else ''}lam * {w}"


def indices_of(node: ast.Subscript) -> list[ast.expr]:
    """The indices of a letter."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
