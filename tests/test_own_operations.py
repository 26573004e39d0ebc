"""Operations of a user's own: checked when they arrive, and then as good as the project's own rows."""

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograd_lite import OPERATIONS, StaleGraphWarning, Value, clip, grad, leaky_relu, operation, trace
from autograd_lite.internal import FUNCTIONS, write_javascript_rules
from nn import MLP, fit
from visualize import draw, page, print_steps
from visualize.graph.elementary import expand_nodes

GELU = ("gelu", "a * sigmoid(1.702 * a)", "sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")


def slope(f: Callable[[float], float], x: float, h: float = 1e-4) -> float:
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def test_an_operation_of_ones_own_is_differentiated_twice() -> None:
    gelu = operation(*GELU)
    x = Value(0.3, "x")
    first, = grad(gelu(x), [x], create_graph=True)
    second, = grad(first, [x])
    assert first.data == pytest.approx(slope(lambda v: gelu(v).data, 0.3), rel=1e-9)
    assert second == pytest.approx(slope(lambda v: grad(gelu(n := Value(v)), [n])[0], 0.3), rel=1e-9)


@pytest.mark.parametrize(("arguments", "options", "operands", "y", "partials"), [
    (("hypotenuse", "sqrt(a * a + b * b)", "a / y", "b / y"), {}, (3.0, 4.0), 5.0, (0.6, 0.8)),
    (("norm2", "sqrt(total(v * v))", "v / y"), {"vectors": ["v"]}, ([3.0, 4.0],), 5.0, (0.6, 0.8)),
    (("weighted", "total(w * x * x)", "x * x", "2 * w * x"), {"vectors": ["w", "x"]}, ([1.0, 2.0], [3.0, 4.0]), 41.0,
     (9.0, 16.0, 6.0, 16.0)),
    (("shifted", "total(v) * s", "s", "total(v)"), {"vectors": ["v"], "operands": ["v", "s"]}, ([1.0, 2.0], 5.0), 15.0,
     (5.0, 5.0, 3.0)),
    (("scaled", "c * a", "c"), {"constants": {"c": 2.0}}, (3.0,), 6.0, (2.0,)),
    (("between", "a * p + b * q", "p", "q", "a", "b"), {"operands": ["a", "b", "p", "q"]}, (1.0, 2.0, 3.0, 4.0), 11.0,
     (3.0, 4.0, 1.0, 2.0)),
    (("cube", "x * x * x", "3 * x * x"), {"operands": ["x"]}, (2.0,), 8.0, (12.0,)),
    (("euler", "t * dt * k", "dt * k", "t * k", "t * dt"), {"operands": ["t", "dt", "k"]}, (2.0, 3.0, 5.0), 30.0,
     (15.0, 10.0, 6.0)),
    (("plus", "t + dt * dt", "1", "2 * dt"), {"operands": ["t", "dt"]}, (2.0, 3.0), 11.0, (1.0, 6.0)),
    (("weighed", "k * total(v * v)", "2 * k * v"), {"vectors": ["v"], "constants": {"k": 2.0}}, ([1.0, 2.0],), 10.0,
     (4.0, 8.0)),
    (("selu2", "s * where(a > 0, a, k * expm1(where(a > 0, 0, a)))", "s * where(a > 0, 1, k * exp(where(a > 0, 0, a)))"),
     {"constants": {"s": 2.0, "k": 0.5}, "kink": "a", "at_kink": ["s * k"]}, (3.0,), 6.0, (2.0,)),
    (("hinge", "where(a < 1, 1 - a, 0)", "where(a < 1, -1, 0)"), {"kink": "a - 1", "at_kink": ["0"]}, (0.25,), 0.75, (-1.0,)),
    (("root3", "power(a, 1 / 3)", "power(a, -2 / 3) / 3"), {"domain": "a > 0"}, (8.0,), 2.0, (1 / 12,)),
])
def test_operands_vectors_constants_and_kinks(
    arguments: tuple[str, ...], options: dict[str, Any], operands: tuple[Any, ...], y: float, partials: Sequence[float]
) -> None:
    record = operation(*arguments, **options)
    made = record(*[[Value(x) for x in v] if isinstance(v, list) else Value(v) for v in operands])
    assert made.data == pytest.approx(y)
    assert made.partials == pytest.approx(partials)
    assert record(*operands).data == pytest.approx(y)
    assert arguments[0] in write_javascript_rules([arguments[0]])


@pytest.mark.parametrize(("arguments", "options", "sentence"), [
    (("bad", "a * a", "a"), {}, r"∂y/∂a = a is not the derivative of a \* a: at a = "),
    (("bad", "a * b", "b", "a + 0.001"), {}, r"∂y/∂b = a \+ 0.001 is not the derivative"),
    (("bad", "a * a", "2 * a + where(a > 2.5, 0.001, 0)"), {}, "is not the derivative"),
    (("bad", "total(v)", "2"), {"vectors": ["v"]}, "∂y/∂v = 2 is not the derivative"),
    (("bad", "a * c", "c + 0.1"), {"constants": {"c": None}}, "is not the derivative"),
    (("bad", "a * a", "2 * q"), {}, "uses 'q'"),
    (("bad", "erf(a)", "1"), {}, "uses 'erf'"),
    (("bad", "a ** 2", "2 * a"), {}, "'bad' cannot be read"),
    (("bad", "a +", "1"), {}, "'bad' cannot be read"),
    (("bad", "exp('a')", "1"), {}, "is no number"),
    (("bad", "__import__(a)", "1"), {}, "uses '__import__'"),
    (("bad", "bad(a)", "1"), {}, "calls itself"),
    (("bad", "log(a - 10)", "1 / (a - 10)"), {}, "could be compared with differences at 0 of 400 points only"),
    (("sigmoid", "a", "1"), {}, "there is an operation 'sigmoid' already"),
    (("b d", "a", "1"), {}, "needs a Python name"),
    (("if", "a", "1"), {}, "needs a Python name"),
    (("bad", "a"), {}, "has 0 partials"),
    (("bad", "a", "1", "0", "0"), {}, "has 3 partials for the operands a, b"),
    (("bad", "now", "1"), {"operands": ["now"]}, "cannot be called 'now'"),
    (("bad", "exp", "1"), {"operands": ["exp"]}, "cannot be called 'exp'"),
    (("clock", "2 * a", "2"), {}, "cannot be called 'clock'"),
    (("map", "2 * a", "2"), {}, "cannot be called 'map'"),
    (("norm", "2 * a", "2"), {}, "cannot be called 'norm'"),
    (("a", "2 * a", "2"), {}, "cannot be called 'a'"),
    (("bad", "a * c", "c"), {"constants": {"a": 2.0}}, "an operand of the operation 'bad' cannot be called 'a'"),
    (("bad", "where(a > 0, a, 0)", "where(a > 0, 1, 0)"), {"kink": "a", "at_kink": ["7"]},
     "at the kink a = 0 is 0 by its partial"),
    (("bad", "a * b", "b", "a"), {"activation": True}, "cannot be an activation"),
    (("bad", "max(a, 0)", "1"), {}, "and the names of rows, such as absolute and maximum"),
    (("bad", "absolute(a)", "where(a < 0, -1, 1)"), {"kink": "a"}, "needs both kink and at_kink"),
])
def test_what_is_wrong_is_refused_when_it_arrives(arguments: tuple[str, ...], options: dict[str, Any], sentence: str) -> None:
    before = dict(OPERATIONS)
    with pytest.raises(ValueError, match=sentence):
        operation(*arguments, **options)
    assert dict(OPERATIONS) == before


@pytest.mark.parametrize(("low", "high"), [(-3, -2), (-2, -1), (-1, -0.5), (-0.5, 0), (0, 0.5), (0.5, 1), (1, 2), (2, 3)])
def test_a_partial_that_is_wrong_in_one_part_of_the_range_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="is not the derivative"):
        operation("bad", "a * a", f"2 * a + where(a > {low}, where(a < {high}, 0.001, 0), 0)")


@pytest.mark.parametrize("at", [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3])
def test_what_is_chosen_at_a_kink_is_checked_at_whole_and_half_numbers(at: float) -> None:
    rule = ("where(a > p, a - p, 0)".replace("p", f"({at})"), f"where(a > {at}, 1, 0)")
    record = operation("ramp", *rule, kink=f"a - ({at})", at_kink=["0"])
    assert record(Value(at)).partials == (0.0,)
    with pytest.raises(ValueError, match="is 0 by its partial .* and at_kink says 1"):
        operation("ramp2", *rule, kink=f"a - ({at})", at_kink=["1"])


def test_what_is_chosen_at_a_kink_is_checked_with_a_constant_that_has_no_default() -> None:
    rule = ("where(a > 0, a, k * a)", "where(a > 0, 1, k)")
    assert operation("leaky2", *rule, constants={"k": None}, kink="a", at_kink=["k"])(Value(0.0), 0.5).partials == (0.5,)
    for chosen in ("1", "3", "k + 1"):
        with pytest.raises(ValueError, match=f"at_kink says {re.escape(chosen)}"):
            operation("leaky3", *rule, constants={"k": None}, kink="a", at_kink=[chosen])


def test_a_kink_is_checked_where_the_value_is_defined_alone() -> None:
    record = operation("logkink", "absolute(log(a))", "where(a == 1, 0, where(a < 1, -1 / a, 1 / a))", domain="a > 0",
                       kink="a * (a - 1)", at_kink=["0"])
    assert record(Value(1.0)).partials == (0.0,)
    with pytest.raises(ValueError, match="at_kink says 1"):
        operation("logkink2", "absolute(log(a))", "where(a == 1, 0, where(a < 1, -1 / a, 1 / a))", domain="a > 0",
                  kink="a * (a - 1)", at_kink=["1"])


def test_constants_that_are_no_numbers_are_refused() -> None:
    for constants in (["k"], {"k": "2"}):
        with pytest.raises(TypeError, match="must give each name a number or None"):
            operation("bad", "k * a", "k", constants=constants)  # type: ignore[arg-type]


def test_constants_are_given_by_name_too() -> None:
    scaled = operation("scaled", "c * a", "c", constants={"c": 2.0})
    assert (scaled(3.0).data, scaled(3.0, c=5.0).data, scaled(3.0, 4.0).data) == (6.0, 15.0, 12.0)
    assert leaky_relu(Value(-1.0), c=0.5).data == -0.5
    assert clip(Value(3.0), low=0.0, high=1.0).data == 1.0


def test_an_undefined_partial_of_a_vector_is_recorded_and_refused_when_a_gradient_reaches_it() -> None:
    norm2 = operation("norm2", "sqrt(total(v * v))", "v / y", vectors=["v"])
    v = [Value(0.0, "p"), Value(0.0, "q")]
    y = norm2(v)
    assert y.data == 0.0
    with pytest.raises(ValueError, match=r"with respect to p is undefined there"):
        y.backward()
    assert "with respect to" in trace(y).failure
    inverse = operation("inverse", "1 / a", "-y / a")
    with pytest.raises(ZeroDivisionError, match=r"inverse is undefined at a = 0.0 \(node 'p'\)$"):
        inverse(v[0])


@pytest.mark.parametrize(("arguments", "options", "formula", "partial"), [
    (("msd", "total((u - v) * (u - v))", "2 * (u - v)", "-2 * (u - v)"), {"vectors": ["u", "v"]},
     "msd((u₁, u₂), (v₁, v₂))", "2·(u₂ − v₂)"),
    (("expsum", "total(exp(u))", "exp(u)"), {"vectors": ["u"]}, "expsum(u₁, u₂)", "exp(u₂)"),
    (("cosine", "total(u * v) / sqrt(total(u * u))", "v / sqrt(total(u * u)) - total(u * v) * u / power(total(u * u), 1.5)",
      "u / sqrt(total(u * u))"), {"vectors": ["u", "v"]}, "cosine((u₁, u₂), (v₁, v₂))",
     "v₂ / sqrt(total(u²)) − total(u·v)·u₂ / total(u²)^1.5"),
])
def test_formulas_of_rows_over_vectors_are_true(
    arguments: tuple[str, ...], options: dict[str, Any], formula: str, partial: str
) -> None:
    record = operation(*arguments, **options)
    leaves = {letter: [Value(1.1, f"{letter}₁"), Value(2.0, f"{letter}₂")] for letter in options["vectors"]}
    leaves.get("v", [Value(0.0)])[0].data = -0.7
    y = record(*leaves.values())
    y.label = "y"
    assert trace(y).forward[-1].symbols == formula
    assert next(step.partial_symbols for step in trace(y).backward if step.parent == "u₂") == partial
    assert "y = " + formula in draw(y).svg
    expanded = expand_nodes(y)[y]
    assert expanded.data == y.data
    flat = [leaf for vector in leaves.values() for leaf in vector]
    assert grad(expanded, flat) == grad(y, flat)


def test_text_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="the value of an operation must be text, not 3 of type int"):
        operation("bad", 3, "1")  # type: ignore[arg-type]


def test_the_same_cell_of_a_notebook_may_run_again() -> None:
    assert operation(*GELU) is operation(*GELU)
    assert operation(*GELU, symbol="GELU") is FUNCTIONS["gelu"]
    assert trace(FUNCTIONS["gelu"](Value(1.0, "x"))).forward[0].symbols == "GELU(x)"
    with pytest.raises(ValueError, match="graphs may hold it, so choose another name"):
        operation("gelu", "a", "1")


def test_vectors_are_checked() -> None:
    norm2 = operation("norm2", "sqrt(total(v * v))", "v / y", vectors=["v"])
    assert norm2(Value(x) for x in (3.0, 4.0)).data == 5.0
    with pytest.raises(ValueError, match="at least 1: it got 0"):
        norm2([])
    with pytest.raises(TypeError, match="norm2 takes v, of which v are sequences"):
        norm2(Value(1.0))
    weighted = operation("weighted", "total(w * x)", "x", "w", vectors=["w", "x"])
    with pytest.raises(ValueError, match="of one length, of at least 1: it got 1, 2"):
        weighted([1.0], [1.0, 2.0])


def test_it_is_an_activation_by_name_and_by_function_and_trains() -> None:
    gelu = operation(*GELU)
    net, same = MLP(1, [3, 1], activation="gelu", seed=1), MLP(1, [3, 1], activation=gelu, seed=1)
    assert net.predict([0.5, 1.0]).tolist() == same.predict([0.5, 1.0]).tolist()
    history = fit(net, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0], epochs=200)
    assert history.epochs[-1].cost < history.epochs[0].cost
    operation("curved", "a * b", "b", "a")
    with pytest.raises(ValueError, match="unknown activation 'curved'"):
        MLP(1, [1], activation="curved")


def test_steps_latex_pictures_and_the_page_show_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gelu = operation(*GELU, symbol="GELU", latex=r"\mathrm{GELU}")
    x = Value(0.3, "x")
    y = gelu(x * 2.0)
    y.label = "y"
    assert trace(y).forward[-1].symbols == "GELU(v₁)"
    print_steps(y)
    assert "GELU(v₁)" in capsys.readouterr().out
    assert "GELU(v₁)" in draw(y).svg
    page(y).save(tmp_path / "page.html")
    assert "gelu: {domain" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_copies_and_pickles_hold_it_where_it_is_defined(tmp_path: Path) -> None:
    gelu = operation(*GELU)
    x = Value(0.3, "x")
    y = gelu(x)
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301 - our own
        other.parents[0].data = 1.0
        with pytest.warns(StaleGraphWarning):
            other.backward()
        assert other.parents[0].grad == pytest.approx(slope(lambda v: gelu(v).data, 1.0), rel=1e-9)
    path = tmp_path / "graph.pickle"
    path.write_bytes(pickle.dumps(y))
    program = f"import pickle; pickle.load(open({str(path)!r}, 'rb'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "the graph holds the operation 'gelu', which is not defined here" in done.stderr.splitlines()[-1]


def test_rows_of_ones_own_may_call_each_other() -> None:
    operation(*GELU)
    twice = operation("twice", "gelu(a) + gelu(a)", "2 * sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")
    x = Value(0.3)
    assert twice(x).data == 2 * FUNCTIONS["gelu"](x).data


def test_a_symbol_stands_for_a_plain_formula() -> None:
    x = Value(2.0, "x")
    assert trace(operation("square1", "a * a", "2 * a")(x)).forward[0].symbols == "x²"
    assert trace(operation("square2", "a * a", "2 * a", symbol="sq")(x)).forward[0].symbols == "sq(x)"


def test_its_docstring_says_what_it_computes() -> None:
    gelu = operation(*GELU, domain="")
    assert re.search(r"Record y = a \* sigmoid\(1.702 \* a\)", str(gelu.__doc__))
