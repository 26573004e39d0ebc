"""Mistaken lines of the catalogue in the notation of a lecture file, as a student would write them there."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from corpus.formula_writer import NoFormulaError, indices_of
from nn.derivations.diagnosis.judging.catalogue import Mistake, read_catalogue
from nn.derivations.diagnosis.judging.error_propagation import LECTURED, apply_rule, is_close, make_base
from nn.derivations.diagnosis.judging.generic_inputs import draw_generic_worlds
from nn.derivations.diagnosis.judging.inputs import LETTERS
from nn.derivations.diagnosis.judging.lecture_rules import find_output_form
from nn.derivations.diagnosis.judging.student import Student
from nn.derivations.diagnosis.own_lecture.lecture import OwnLecture
from nn.derivations.diagnosis.reading.answers import Answers
from nn.derivations.lecture_file.critique import find_depth
from nn.derivations.lecture_file.lecture import LectureFile
from nn.derivations.lecture_file.template import _shift as shift
from nn.derivations.lecture_file.template import _Writer as Template
from nn.derivations.lines import Line

_KINDS = {"u": "pre", "h": "post", "D": "delta", "G": "delta", "dW": "dW", "db": "db", "W_new": "W_new", "b_new": "b_new"}


def list_planted(file: LectureFile) -> Iterator[tuple[Mistake, Line, str]]:
    """Every mistake that shows in a lecture, its line in neutral letters, and the line in the file's notation."""
    own = OwnLecture(file)
    depth = own.depth if find_depth(file) is not None else None
    lecture: Any = own
    settings = own.settings_of(own.probe(own.depth).example)
    worlds = draw_generic_worlds(lecture, settings, depth, own.declared)
    students = [Student(world, Answers((), ()), generic=True) for world in worlds]
    for mistake in read_catalogue():
        if "second pass" in mistake.needs or not mistake.arises(worlds[0]):
            continue
        for form in mistake.forms_in(worlds[0]):
            for line in form:
                if mistake.slug == "elementwise-for-matrix" and file.notation.form != "matrices":
                    continue  # of indices, not of products
                if _shows(mistake, line, students):
                    try:
                        yield mistake, line, FileWriter(file).write(line)
                    except NoFormulaError:
                        continue


def _shows(mistake: Mistake, line: Line, students: list[Student]) -> bool:
    """Whether a line is another than the lecture's in some layer, by the general statement alone."""
    world = students[0].world
    kind = {letter: kind for kind, letter in LETTERS.items()}.get(line.letter, line.letter)
    if mistake.only not in ("", kind):
        return False
    layers = [place for place in world.vocabulary.places if place.kind == kind
              or (place.kind == kind.replace("b", "W") and kind in ("db", "b_new") and world.layout.joined)]
    depth = world.vocabulary.depth
    if kind in ("delta", "dpost"):
        layers = [place for place in layers if (place.layer == depth) is ("[L" in line.left)]
    if not all(mistake.arises(world, place.layer) for place in layers):
        return False
    for student in students:
        for place in layers:
            wrong = apply_rule(student, place, make_base(student, place, LECTURED), (line,))
            if wrong is not None and not is_close(wrong, student.world.truth[place]):
                return True
    return False


class FileWriter:
    """Writes lines in neutral letters in the notation of a file."""

    def __init__(self, file: LectureFile) -> None:
        self.file, self.notation, self.problem = file, file.notation, file.problem
        self.template = Template(file.notation, file.problem)
        self.units, self.scalars = self.template.units, self.template.scalars
        self.many, self.batch = file.notation.many, file.notation.batch
        self.l, self.last = self.template.names.layer, file.notation.letters["last"]
        self.fresh = iter(letter for letter in "opqrstuvw" if letter not in {
            *file.notation.kinds, *file.notation.constants, *vars(self.template.names).values(), file.notation.letters["activation"]})
        own = OwnLecture(file)
        lecture: Any = own
        world = own.world(lecture, own.settings_of(own.probe(own.depth).example), own.declared)
        self.form, self.loss = find_output_form(world.problem, own.conventions({})), own.conventions({}).loss

    def write(self, line: Line) -> str:
        """The line, left and right.

        Raises:
            NoFormulaError: the notation has not what it uses.
        """
        self.line = line
        of_post = self.notation.delta.of == "post"
        kind = "C" if line.letter == "C" else _KINDS[line.letter]
        if kind not in self.notation.names and not (kind in ("db", "b_new") and self.notation.joined and self.units):
            raise NoFormulaError(line.left)
        if (line.letter == "G") is not of_post and kind == "delta":
            raise NoFormulaError(line.left)
        j, k = self.template.names.unit, self.template.names.other
        self.at, self.source = (j, "" if kind in ("pre", "post", "delta", "C") else k), kind in ("dW", "W_new")
        layer = self.last if "[L" in line.left else self.l
        self.layer = layer
        own_number = shift(layer, 1) if self.notation.weight_number == "source" and layer == self.l and kind in (
            "dW", "db", "W_new", "b_new") else layer
        self.vectors = own_number
        if kind in ("db", "b_new") and self.notation.joined:
            left = self.template.ref(kind.replace("b", "W"), own_number, j, "0")
        else:
            left = self.template.ref(kind, own_number, *((j, k) if self.source else (j,)))
        text = self.of(ast.parse(line.right, mode="eval").body, self._turned(kind))
        if kind == "delta":
            whole = f"1 / {self.notation.letters['count']} * " if self._whole() else ""
            text = f"{'-' if self.notation.delta.sign < 0 else ''}{whole}({text})"
        return f"{left} = {text}"

    def _whole(self) -> bool:
        return self.problem.over == "mean" and self.many and not self.notation.delta.one_sample

    def _turned(self, kind: str) -> bool:
        return self.notation.first == "source" if kind in ("W", "dW", "W_new") else self.notation.rows

    def number(self, index: ast.expr) -> str:
        """The number of the vectors of a layer, as text."""
        match index:
            case ast.Name(id="L"):
                return self.last
            case ast.Name(id="l"):
                return self.vectors
            case ast.BinOp(left=ast.Name(id=name), op=op, right=ast.Constant(value=int(by))):
                return shift(self.last if name == "L" else self.vectors, by if isinstance(op, ast.Add) else -by)
        raise NoFormulaError(ast.unparse(index))

    def of(self, node: ast.expr, turned: bool) -> str:
        """The text of a part, turned as asked where it is a matrix; of the unit at hand where lines are about units."""
        match node:
            case ast.Constant(value=value):
                return repr(value)
            case ast.Name():
                return self._name(node.id)
            case ast.UnaryOp(operand=operand):
                return f"-({self.of(operand, turned)})"
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._product(left, right, turned)
            case ast.BinOp(left=left, op=op, right=right):
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}[type(op)]
                a, b = self.of(left, turned), self.of(right, turned)
                if sign in "+-" and b == "0":
                    return a
                return f"({a}) {sign} ({b})" if sign != "**" else f"({a}){sign}{b}"
            case ast.Attribute(value=value):
                return self.of(value, not turned)
            case ast.Call():
                return self._call(node, turned)
            case ast.Subscript():
                return self._indexed(node, turned)
        raise NoFormulaError(ast.unparse(node))

    def _product(self, left: ast.expr, right: ast.expr, turned: bool) -> str:
        if self.scalars:
            return f"({self.of(left, False)}) * ({self.of(right, False)})"
        outer = isinstance(right, ast.Attribute)
        if not self.units:
            first, second = (right, left) if turned else (left, right)
            if outer and self.notation.joined:
                if "D" in names_of(right):
                    raise NoFormulaError("a 1 beside δ")
                texts = [self._with_one(node, turned) if node is right else self.of(node, turned)
                         for node in (first, second)]
                return f"({texts[0]}) @ ({texts[1]})"
            return f"({self.of(first, turned)}) @ ({self.of(second, turned)})"
        if outer:
            j, k = self.at
            before, self.at = self.at, (j, "")
            a = self.of(left, False)
            self.at = (k, "")
            b = self.of(right.value, False) if k != "0" else "1"  # type: ignore[attr-defined]
            self.at = before
            return f"({a}) * ({b})"
        return self._contract(left, right)

    def _with_one(self, right: ast.expr, turned: bool) -> str:
        inner = right.value  # type: ignore[attr-defined]
        if isinstance(inner, ast.Call):
            return f"ones(with_one({self.of(inner.args[0], self.notation.rows)}))" + (
                "" if self.notation.rows is not turned else ".T")
        text = f"with_one({self.of(inner, self.notation.rows)})"
        return text if self.notation.rows is not turned else f"{text}.T"

    def _contract(self, left: ast.expr, right: ast.expr) -> str:
        """The sum over the units between two factors."""
        part, condition, back = left, "", isinstance(left, ast.Attribute)
        part = left.value if isinstance(left, ast.Attribute) else left
        k, j = next(self.fresh), self.at[0]
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Subscript):
            piece = ast.unparse(part.slice)
            layer = self.number(indices_of(part.value)[0])
            condition = {":1": f"(1 if {k} == 1 else 0) * ", "1:": f"(0 if {k} == 1 else 1) * ",
                         "-1:": f"(1 if {k} == width({layer}) else 0) * "}.get(piece, "")
            part = part.value
            right = right.value if isinstance(right, ast.Subscript) and isinstance(right.value, ast.Subscript) else right
        layer = self.number(indices_of(part)[0]) if isinstance(part, ast.Subscript) else self._layer_in(part)
        over = layer if back else shift(layer, -1)
        before, self.at = self.at, ((k, j) if back else (j, k))
        w = self.of(part, False)
        self.at = (k, "")
        value = self.of(right, False)
        self.at = before
        return f"sum({condition}({w}) * ({value}) for {k} in units({over}))"

    def _layer_in(self, node: ast.expr) -> str:
        found = next(each for each in ast.walk(node) if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name))
        return self.number(indices_of(found)[0])

    def _name(self, name: str) -> str:
        letters = self.notation.letters
        if name == "cost_data":
            whole = self.template.whole_cost()
            return f"({whole[: len(whole) - len(''.join(self.template.penalties()))]})"
        if name == "penalty":
            return f"({''.join(self.template.penalties()).removeprefix(' + ')})" if self.problem.penalties else "0"
        if name in ("lam", "eta"):
            return letters["strength" if name == "lam" else "rate"]
        if name == "alpha":
            return f"1 / {letters['count']}" if self.problem.over == "mean" and self.many else "1"
        if name == "N":
            if not self.many:
                raise NoFormulaError("N")
            return letters["count"]
        raise NoFormulaError(name)

    def _call(self, call: ast.Call, turned: bool) -> str:
        match call:
            case ast.Call(func=ast.Name(id="sum"), args=[ast.GeneratorExp(elt=inner)]):
                return self._summed(inner, turned)
            case ast.Call(func=ast.Name(id="loss"), args=[h, y]):
                return self._loss(h, y)
            case ast.Call(func=ast.Name(id="dloss"), args=[h, _]):
                text = self.template.fill(self.problem.cost.slope_of_reduced, self.at[0])
                post, pre = (self.template.ref(kind, self.last, self.at[0]) for kind in ("post", "pre"))
                return f"({text.replace(post, pre) if 'u' in names_of(h) else text})"
            case ast.Call(func=ast.Name(id="total"), args=[inner]):
                return self._total(inner, turned)
            case ast.Call(func=ast.Name(id="ones"), args=[inner]):
                return f"ones({self.of(inner, turned)})"
            case ast.Call(func=ast.Name(id="sqrt" | "abs" | "log" | "exp" as name), args=[inner]):
                return f"{name}({self.of(inner, turned)})"
            case ast.Call(func=ast.Name(id="largest"), args=[ast.ListComp(elt=inner)]) if self.batch:
                return f"max_samples({self.of(inner, self.notation.rows)})"
            case ast.Call(func=ast.Subscript(value=ast.Name(id="dphi" | "phi" as called), slice=index), args=[inner]):
                if self.number(index) == self.last and self.template.softmax:
                    raise NoFormulaError("softmax has no derivative entry by entry")
                f = self.notation.letters["activation"]
                function = f"d{f}" if called == "dphi" else f
                bracket = f"[{self.number(index)}]" if self.template.varied or self.scalars else ""
                return f"{function}{bracket}({self.of(inner, turned)})"
        raise NoFormulaError(ast.unparse(call))

    def _total(self, inner: ast.expr, turned: bool) -> str:
        if self.scalars:
            return self.of(inner, turned)
        on_weights = "W" in names_of(inner)
        if self.units:
            layer, k = self._layer_in(inner), next(self.fresh)
            before, self.at = self.at, (k, self.at[0])
            text = self.of(inner, False)
            self.at = before
            return f"sum({text} for {k} in units({layer}))"
        if on_weights:
            raise NoFormulaError("a sum over one index of a matrix")
        return f"over_units({self.of(inner, self.notation.rows)})"

    def _summed(self, inner: ast.expr, turned: bool) -> str:
        if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "exp":
            if not self.batch:
                raise NoFormulaError("the units of another sample")
            return f"over_samples({self.of(inner, self.notation.rows)})"
        if "log" in names_of(inner):
            text = self.of(inner, self.notation.rows)  # of every output
            j = self.template.names.unit
            whole = f"sum({text} for {j} in units({self.last}))" if self.units else text if self.scalars else f"total({text})"
            return f"sum({whole} for {self.template.names.sample} in samples)" if "sample" in self.notation.indices else whole
        if self.batch:
            if any(isinstance(node, ast.MatMult) for node in ast.walk(inner)) or isinstance(inner, ast.Call):
                return self.of(inner, turned)
            text = f"over_samples({self.of(inner, self.notation.rows)})"
            return text if self.notation.rows is turned else f"{text}.T"
        text = self.of(inner, turned)
        return f"sum({text} for {self.template.names.sample} in samples)" if self.many else text

    def _loss(self, h: ast.expr, y: ast.expr) -> str:
        if "N" in names_of(h):
            raise NoFormulaError("the last sample")
        j = self.template.names.unit
        each = self.problem.cost.summand
        if isinstance(y, ast.BinOp):
            each = re.sub(r"\by\b", "(1 - y)", each)
        text = self.template.fill(each, j)
        return f"sum({text} for {j} in units({self.last}))" if self.units else text if self.scalars else f"total({text})"

    def _indexed(self, node: ast.Subscript, turned: bool) -> str:
        if isinstance(node.value, ast.Subscript):
            if self.scalars:
                return self.of(node.value, turned)
            raise NoFormulaError("a slice")
        if not isinstance(node.value, ast.Name):
            raise NoFormulaError(ast.unparse(node))
        letter, indices = node.value.id, indices_of(node)
        if any(isinstance(index, ast.Name) and index.id == "N" for index in indices):
            raise NoFormulaError("the last sample")
        if letter == "slope":
            return "1" if self.form.meets else self.template.slope(self.last, self.at[0])
        if letter in ("target", "y"):
            y = self.template.ref("y", "", self.at[0])
            y = y if letter == "y" or self.loss.of_class else f"(1 - {y})"
            return self._oriented(y, "y", turned)
        if letter == "width":
            if self.scalars:
                raise NoFormulaError("width")
            return f"width({self.number(indices[0])})"
        if letter in ("data", "bias_data"):
            inner = "D[l, i] @ h[l - 1, i].T" if letter == "data" else "D[l, i]"
            if letter == "bias_data" and self.notation.joined and not self.units:
                raise NoFormulaError("biases in W")
            return f"({self.of(ast.parse(f'alpha * sum({inner} for i in samples)', mode='eval').body, turned)})"
        if letter in ("dpenalty", "bias_penalty"):
            if not self.problem.penalties:
                return "0"
            if self.units and not self.at[1] and letter == "dpenalty":
                raise NoFormulaError("a matrix")
            W = self.template.ref("W" if letter == "dpenalty" else "b", self.vectors, *self.at)
            text = self.template.penalty_slope(W, letter == "dpenalty" and self.notation.joined and not self.units)
            return self._oriented(f"({text.removeprefix(' + ')})", "W", turned)
        if self.units and letter in ("W", "dW") and not self.at[1]:
            raise NoFormulaError("a matrix")
        return self._leaf(letter, self.number(indices[0]), turned)

    def _leaf(self, letter: str, layer: str, turned: bool) -> str:
        kinds = {"u": "pre", "h": "post", "D": "delta", "W": "W", "b": "b", "dW": "dW", "db": "db"}
        if letter not in kinds:
            raise NoFormulaError(letter)
        kind = kinds[letter]
        if letter == "D" and self.notation.delta.of == "post":
            if layer == self.last and self.template.softmax:
                raise NoFormulaError("softmax")
            text = f"({self.template.adjoint(layer, self.at[0])})"
        elif letter == "b" and self.notation.bias != "own":
            if self.units and self.notation.joined:
                text = self.template.ref("W", layer, self.at[0], "0")
            elif self.line.letter == "u":
                return "0"
            else:
                raise NoFormulaError("b")
        elif letter == "db" and self.notation.joined:
            text = self.template.ref("dW", layer, self.at[0], "0")
        else:
            text = self.template.ref(kind, layer, *self.at)
        if letter in ("W", "dW") and self.notation.joined and not self.units and self.line.letter in ("D", "G", "u"):
            text = f"without_bias({text})"
        if letter == "D":
            text = f"(-{text})" if self.notation.delta.sign < 0 else text
            text = f"({self.notation.letters['count']} * {text})" if self._whole() else text
        return self._oriented(text, kind, turned)

    def _oriented(self, text: str, kind: str, turned: bool) -> str:
        return text if self.units or self.scalars or self._turned(kind) is turned else f"{text}.T"


def names_of(node: ast.expr) -> set[str]:
    """The names in a part of a line."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
