"""How the lecture writes what a sentence to the student is about: δ₁, W⁽ˡ⁾, σ₁′(z₁), and its own lines."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autograd_lite.internal import make_label, write

from ....ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ....ground.formulas import substitute
from ...lectures.layered import LayeredLecture, Place
from ...lectures.lecture import Equation
from ...lectures.rewriting import drop_slope
from ..judging.catalogue import Mistake
from ..judging.declared import find_scales, has_constant, own_constant, rewrite_line
from ..judging.inputs import World
from ..reading.answers import Rule
from ..reading.constants import Constant
from ..reading.vocabulary import BACK, BIAS_OF, Quantity

ON_WEIGHTS = ("dW", "db", "W_new", "b_new")


def write_quantity(quantity: Quantity, world: World) -> str:
    """``δ₁``, ``∂C/∂w₁``, ``new W⁽²⁾``; of a general quantity ``δ⁽ˡ⁾``."""
    return make_writer(world, quantity).of(quantity.places[0].kind)


def list_words(quantity: Quantity, world: World) -> Mapping[str, str]:
    """What the words in braces of a sentence stand for."""
    return make_writer(world, quantity).words()


def join_words(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def describe_briefly(mistake: Mistake, quantity: Quantity, world: World) -> str:
    """What a mistake is, in the words that its sentence begins with: ``the factor σ₁′(z₁) is missing``."""
    words = {**list_words(quantity, world), "turned": "The sign is turned"}
    said = re.split(r"[:;.](?:\s|$)", world.in_letters(mistake.says).format(**words))[0]
    return said[0].lower() + said[1:] if re.match(r"[A-Z](?:[a-z]|\s)", said) else said


def make_writer(world: World, quantity: Quantity) -> "Writer":
    """What writes a quantity; a lecture in letters of its own has its own."""
    return getattr(world.lecture, "writer", Writer)(world, quantity)


class Writer:
    def __init__(self, world: World, quantity: Quantity) -> None:
        self.world = world
        self.conventions = world.vocabulary.conventions
        self.place = quantity.places[0]
        self.general = quantity.general
        self.layers = [place.layer for place in quantity.places if place.layer]
        self.name = quantity.name

    def of(self, kind: str, step: int = 0) -> str:
        """The symbol of a kind of quantity, ``step`` layers on."""
        c = self.conventions
        letter = {"pre": c.pre, "post": c.post, "delta": "δ", "W": c.weight, "b": "b", "C": c.cost}.get(kind)
        if kind == "C":
            return c.cost
        if kind == "dpost":
            return f"∂{c.cost}/∂{self.of('post', step)}"
        if letter is None:
            derivative, new = kind.startswith("d"), kind.endswith("_new")
            letter = {"W": "W", "b": "b"}[kind[1] if derivative else kind[0]]
            return f"{f'∂{c.cost}/∂' if derivative else 'new ' if new else ''}{self.of(letter, step)}"
        if kind in ("W", "b") and c.form == "units":
            letter = c.weight if kind == "W" else letter
        return self._add_number(letter, kind, step)

    def _add_number(self, letter: str, kind: str, step: int) -> str:
        c, layer = self.conventions, self.place.layer
        if c.form == "scalars":
            is_input = kind == "post" and layer is not None and layer + step == 0
            return "x" if is_input else make_label(letter, (layer or 1) + step)
        weights = kind in ("W", "b")
        if not self.general:
            layer = self.world.vocabulary.depth if layer is None else layer
            number = (c.weight_number if weights else c.number)(layer + step)
            if kind == "b" and c.bias == "index 0":
                return make_label(c.weight, "i", 0, layer=c.over(number, self.world.vocabulary.depth))
            return make_label(letter, layer=c.over(number, self.world.vocabulary.depth))
        return make_label(letter, layer=self._general_number(weights, step))

    def _general_number(self, weights: bool, step: int) -> str:
        """The number in the lecture's line for this quantity: l, m − 1, or l + 1 where weights bear their source's."""
        lecture = self.world.lecture
        assert isinstance(lecture, LayeredLecture)  # noqa: S101 - only their quantities are general
        wanted = self.name.replace("dpost", "delta") if self.place.kind in BACK else self.place.kind
        line = lecture.line_for(wanted, self.world.settings) or lecture.line_for("dW", self.world.settings)
        base, offset = line.index(lecture.layer_at) if line else ("l", 0)
        source = self.conventions.superscript == "source"
        offset += step + source * ((self.place.kind in ON_WEIGHTS) - weights)
        return f"{base}{offset:+d}" if offset else str(base)

    def words(self) -> dict[str, str]:
        c = self.conventions
        layer = self.place.layer or self.world.vocabulary.depth
        last = layer == self.world.vocabulary.depth
        names = [*dict.fromkeys(self.world.problem.activations[at - 1] for at in self.layers or [layer])]
        name = " or ".join(names)
        scalar = c.form == "scalars"
        sigma = {"relu": "ReLU"}.get(name, make_label(c.activation, layer) if scalar else c.activation)
        post, pre = self.of("post"), self.of("pre")
        back = self.place.kind if self.place.kind in BACK else "delta"
        after = self._sigma(layer + 1, scalar)
        return {
            "delta": self.of(back), "delta_next": self.of("delta", 1), "W": self.of("W"), "W_next": self.of("W", 1),
            "b": self.of("b"), "pre": pre, "post": post, "pre_next": self.of("pre", 1),
            "post_prev": self.of("post", -1), "pre_prev": "x" if scalar and layer == 1 else self.of("pre", -1),
            "cost": c.cost, "activation": sigma, "activation_name": name,
            "residual": self._residual(post if last or self.name in ("delta_output", "dpost_output") else c.post),
            "slope": f"{sigma}′({pre})", "slope_next": f"{after}′({self.of('pre', 1)})",
            "slope_rule": " and ".join(
                self._slope_rule(each, pre, post) + f" where {sigma} is {each}" * (len(names) > 1) for each in names),
            "grad": self.of("dW"), "grad_b": self.of("db" if c.bias != "column" else "dW"), "eta": "η", "lam": "λ",
            "delta_line": self.line(back),
            "only_slope": f", and only {sigma}′({pre}) entry by entry" if back == "delta" else "",
            "grad_line": self.line("db" if self.place.kind in ("db", "b_new") else "dW"),
            "grad_b_line": self.line("db"),
            "pre_line": self.line("pre"), "post_line": self.line("post"), "cost_line": self.line("C"),
            "update_line": self.line("b_new" if self.place.kind in ("db", "b_new") else "W_new"),
            **self._describe_cost(), "penalty_rule": self._penalty(),
            "own_line": self.line(self.place.kind).partition(" = ")[2],
        }

    @staticmethod
    def _slope_rule(name: str, pre: str, post: str) -> str:
        if name in LAYER_FORMULAS:
            return f"{post}·(1 − {post}) by its own pre-activation, and −aⱼ·aₖ by the others"
        return write(ACTIVATION_FORMULAS[name].derivative, {"z": pre, "a": post})

    def _sigma(self, layer: int, scalar: bool) -> str:
        return make_label(self.conventions.activation, layer) if scalar else self.conventions.activation

    def _residual(self, post: str) -> str:
        c = self.conventions
        target = c.target.upper() if c.form == "matrices" else c.target
        if not c.loss.of_class and not self.world.declared.class_1:
            target = f"(1 − {target})"
        opposite = self._is_opposite and self.place.kind != "dpost"
        return f"{target} − {post}" if opposite else f"{post} − {target}"

    @property
    def _is_opposite(self) -> bool:
        """Whether δ has the other sign than ∂C/∂z."""
        return (self.conventions.sign < 0) != self.world.declared.opposite

    def _describe_cost(self) -> dict[str, str]:
        """What the constant of the cost does: in words, as it stands under what was declared."""
        constant = own_constant(self.world.declared, self.conventions)
        half = constant.factor == Fraction(1, 2)
        square = f"The square in {self.conventions.cost} brings down a 2"
        if not has_constant(self.conventions.loss):
            square = f"{self.conventions.cost} has no square that could bring down a 2, and no ½"
        elif half:
            square = f"The 2 that the square brings down cancels the ½ in {self.conventions.cost}"
        return {"square_rule": square, "twice": "The ½ is missing" if half else "It is twice what it should be",
                "outputs_rule": "the mean over them is taken once" if constant.outputs else
                f"{self.conventions.cost} is a sum over them, not their mean"}

    def _penalty(self) -> str:
        kind, penalty = self.world.problem.penalty, self.world.settings.get("penalty")
        if kind is None or penalty is None:
            return "there is no penalty here"
        before, text = self.conventions.penalties[penalty]
        if self.world.declared.penalty:
            constant = self.world.declared.penalty.write("", "λ")
            text = f"{f'({constant})' if '/' in constant else constant}{text[text.index('Σ'):]}"
        strength = Constant(Fraction(before)).times(self.world.scales.penalty)
        slope = {"l1": f"{strength.write('', 'λ')}·sign(w)",
                 "l2": f"{strength.times(Constant(Fraction(2))).write('', 'λ')}·w"}[kind].replace("λ·w", "λw")
        counts = ", of weights and biases" if self.world.biases_too else ""
        return f"{self.conventions.cost} has {text}{counts}, whose derivative is {slope}"

    def line(self, kind: str) -> str:
        """The lecture's own line for a kind of quantity in this layer, ``left = right``."""
        found = self.equation(kind)
        return f"{found.left} = {found.right}" if found else self.of(kind)

    def equation(self, kind: str) -> Equation | None:
        """The lecture's line for the kind; for δ that of this layer."""
        if kind == "dpost":
            return self._find_arriving()
        layer = self.place.layer or self.world.vocabulary.depth
        last = layer == self.world.vocabulary.depth and self.name not in ("delta_hidden", "dpost_hidden")
        wanted = {"delta": "delta_output" if last else "delta_hidden"}.get(kind, kind)
        equations = self.world.equations
        found = [equation for equation in equations if equation.kind == wanted]
        if kind in ("db", "b_new") and not found:
            found = [e for e in equations if BIAS_OF.get(e.kind) == kind]
            own = next((e.left.partition("/∂")[2] for e in equations if e.kind == "db"), "")
            if own:  # the line of the weights is that of the biases too, at another index
                weights = [e.left.removeprefix("new ") for e in found]
                found = [Equation(kind, f"new {own}", e.right.replace(weight, own))
                         for e, weight in zip(found, weights, strict=True)]
        if self.conventions.form == "scalars" and kind != "C":
            left = make_writer(self.world, Quantity(self.name, (Place(kind, layer),))).of(kind)
            found = [equation for equation in found if equation.left == left]
        if kind == "dW" and self.world.problem.penalty:  # the line that has the penalty, after that of one sample
            return found[-1] if found else None
        return found[0] if found else None


    def _find_arriving(self) -> Equation | None:
        """The line of ∂C/∂a, which the lectures have inside that of δ: of the output from ℓ, else δ without its σ′."""
        world, c = self.world, self.conventions
        of_delta = self.equation("delta")
        if of_delta is None:
            return None
        stated = next((line for line in world.equations if line.kind == "dpost"), None)
        if stated is not None and of_delta.kind == "delta_output":
            return stated
        scales = find_scales(replace(world.declared, opposite=False), c, world.settings.get("penalty"))

        def rewrite(kind: str, left: str, text: str) -> str:
            if kind == "delta_hidden":
                return drop_slope(text, c.weight, minus=self._is_opposite)
            if kind != "delta_output":
                return text
            indices = re.findall(r"\w+", left.partition("[")[2])
            target = c.target
            if c.form == "matrices":
                target = f"Y[{indices[-1]}]"
            elif isinstance(world.lecture, LayeredLecture) and not world.lecture.has_single_target(world.settings):
                target = f"{c.target}[{', '.join(indices[:-1])}]"
            own = substitute(c.loss.slope_of_each, {"a": left.replace("delta", c.post), "y": target})
            first, plus, second = own.partition(" + ")
            own = f"{second} - {first[1:]}" if plus and first[0] == "-" else own
            found = rewrite_line(scales, c, None, kind, left, f"1 * ({own})")
            return found[5:-1] if found.startswith("1 * (") else found

        lines = world.lecture.equations(world.settings, rewrite)
        right = lines[list(world.equations).index(of_delta)].right
        return Equation("dpost", of_delta.left.replace("δ", f"∂{c.cost}/∂{c.post}"), right)


def find_lecture_line(quantity: Quantity, world: World) -> Equation | None:
    """The lecture's line for a quantity."""
    return make_writer(world, quantity).equation(quantity.places[0].kind)


def turns_residual(rule: Rule, world: World) -> bool:
    """Whether a formula has the residual with the other sign, and no minus beside it."""
    if rule.formula is None:
        return False
    nodes = list(ast.walk(rule.formula.tree))
    opposite = rule.quantity.places[0].kind != "dpost" and (
        (world.vocabulary.conventions.sign < 0) != world.declared.opposite)
    found = [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)]
    kinds = [tuple(_find_kind(side, rule, world) for side in (node.left, node.right)) for node in found]
    return (("post", "y") if opposite else ("y", "post")) in kinds and not any(
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) for node in nodes)


def _find_kind(tree: ast.expr, rule: Rule, world: World) -> str:
    """What stands on one side of a difference: ``post``, ``y``, or something else."""
    match tree:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name(id="t")):
            return "y"
    try:
        kind = world.vocabulary.reference(tree, rule.quantity.places[0]).kind
    except ValueError:
        return ""
    return "y" if kind == "t" and world.declared.class_1 else kind
