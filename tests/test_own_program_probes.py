"""What ``check_code`` says of a program besides its arrays: samples, state, chance, arrays written into, ε in a cost."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.derivations import CodeDiagnosis, check_code
from nn.derivations.own_program.checking import check_code_file

PROGRAMS = Path(__file__).parent / "programs"
RESIDUAL = "d2 = 2 * (out - Y) / len(X)"
FIRST = "    W1, W2 = W\n"
FLAT = ("prediction = (h @ W[1] + b[1]).ravel()", "prediction = h @ W[1] + b[1]")
VELOCITY = ("    return [X.T @ d1, h.T @ d2], [",
            "    velocity[:] = [0.5 * v + g for v, g in zip(velocity, [X.T @ d1, h.T @ d2])]\n    return list(velocity), [")


def judge(name: str, *changes: tuple[str, str]) -> CodeDiagnosis:
    """The diagnosis of a right program with changes."""
    source = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in source
        source = source.replace(before, after, 1)
    return check_code_file(f"{name}.py", source)


@pytest.mark.parametrize("summed", ["mean(axis=1)", "sum(axis=1)", "sum(axis=0)"])
def test_a_residual_that_is_spread_is_named(summed: str) -> None:
    found = judge("r20", FLAT, ("2 * (prediction - y) / len(y)", f"2 * (prediction - y).{summed} / len(y)"))
    assert found.mistakes == ("broadcast-residual",)
    assert found.first_wrong == "dW[2]"
    assert "reshape(-1, 1)" in found.sentence


@pytest.mark.parametrize(("slug", "changes", "said"), [
    ("order-of-samples", [(FIRST, f"{FIRST}    if X[0, 2] > X[1, 2]: X = X[::-1]\n")], "in another order"),
    ("batch-size-kept", [(RESIDUAL, "global size\n    size = size or len(X)\n    d2 = 2 * (out - Y) / size"), ("def", "size = 0\n\n\ndef")],
     "one of 4 is still divided by 7"),
    ("one-sample", [(RESIDUAL, "d2 = 2 * (out - Y) / max(len(X), 2)")], "With one sample"),
    ("state-kept", [VELOCITY, ("def", "velocity = [0, 0]\n\n\ndef")], "something of the first call is left over"),
    ("inputs-modified", [(RESIDUAL, "Y -= out\n    d2 = -2 * Y / len(X)")], "changes Y, which it was given"),
])
def test_what_a_program_does_besides_is_named(slug: str, changes: list[tuple[str, str]], said: str) -> None:
    found = judge("r11", *changes)
    assert not found.right
    assert found.mistakes == (slug,)
    assert said in found.sentence
    assert all(verdict.right for verdict in found.verdicts.values())
    assert found.first_wrong is None


@pytest.mark.parametrize("change", [
    ("    out =", "    h = h * (np.random.random(h.shape) > 0.5)\n    out ="),
    (FIRST, f"    some = np.random.permutation(len(X))[:4]\n    X, Y = X[some], Y[some]\n{FIRST}"),
], ids=["dropout", "batch"])
def test_no_array_is_blamed_where_there_is_chance(change: tuple[str, str]) -> None:
    found = judge("r11", change)
    assert not found.right
    assert found.mistakes == ("random-gradient",)
    assert "none of the common mistakes" not in found.sentence
    assert not any(verdict.judged for verdict in found.verdicts.values())


def test_runs_that_differ_without_a_draw_are_not_put_down_to_chance() -> None:
    ticks = ("    out =", "    h = h * (1 + time.perf_counter_ns() % 999983)\n    out =")
    found = judge("r11", ticks, ("import numpy", "import time\nimport numpy"))
    assert found.mistakes == ("random-gradient",)
    assert "there is chance in it" not in found.sentence
    assert "If none are drawn, an order is not fixed" in found.sentence
    assert "= where += belongs" in found.sentence


def put_epsilon(epsilon: str) -> list[tuple[str, str]]:
    return [("np.log(AL)", f"np.log(AL + {epsilon})"), ("np.log(1 - AL)", f"np.log(1 - AL + {epsilon})")]


@pytest.mark.parametrize("epsilon", ["1e-3", "1e-8"])
def test_an_epsilon_in_the_logarithm_of_a_cost_makes_no_gradient_wrong(epsilon: str) -> None:
    found = judge("r05", *put_epsilon(epsilon))
    assert (found.right, found.certain, found.mistakes) == (True, True, ())
    assert f"ε = {float(epsilon):g} inside its logarithm" in found.notes[0]


def test_a_mistake_beside_an_epsilon_is_named() -> None:
    both = ("-(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))", "-(np.divide(Y, AL + 1e-8) - np.divide(1 - Y, 1 - AL + 1e-8))")
    assert judge("r05", *put_epsilon("1e-8"), both).right
    found = judge("r05", *put_epsilon("1e-8"), both, ("dZ[Z <= 0] = 0", "pass"))
    assert found.mistakes == ("hidden-derivative-missing",)
    assert found.first_wrong == "dW[2]"


def test_a_function_is_not_called_another_one_where_it_is_the_same() -> None:
    found = judge("r11", (FIRST, f"{FIRST}    if X[0, 0] > X[1, 0]: X = X[::-1]\n"))
    assert found.mistakes == ()
    assert "another one" not in found.sentence
    assert "  " not in found.sentence


def test_a_program_in_a_file_of_its_own_stops_in_its_line_in_its_layout(tmp_path: Path) -> None:
    own = ["import numpy as np", "def backpropagate(W, b, X, Y):", "    a = [X]",
           "    for w, v in zip(W, b): a.append(np.tanh(a[-1] @ w.T + v))", "    d = a[-1] - Y",
           "    return d.T @ a[-2], d.sum(0), (d @ W[-1]) * a[-1]"]
    (tmp_path / "own_layers.py").write_text("\n".join(own), encoding="utf-8")
    glue = (f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport own_layers\n"
            "def gradients(W, b, X, Y): return own_layers.backpropagate(W, b, X, Y)\n")
    found = check_code_file("glue.py", glue)
    assert found.mistakes == ("stops",)
    assert "It stops in line 6, return d.T @ a[-2]" in found.sentence
    assert "Tried as: samples in rows, W (units, inputs)" in found.sentence


def test_a_program_for_fewer_layers_than_were_tried_says_so() -> None:
    source = "\n".join(["def gradients(W, b, X, Y):", "    W, b = list(W), list(b)", "    h = X @ W[0] + b[0]",
                        "    d = h @ W[1] + b[1] - Y", "    e = d @ W[1].T", "    return [X.T @ e, h.T @ d], [e.sum(0), d.sum(0)]"])
    assert "say so with layers=2 or --layers 2" in check_code_file("two.py", source).sentence
    assert check_code_file("two.py", source, layers=2).right


def test_an_unknown_mistake_in_a_network_of_one_output_is_described() -> None:
    source = (PROGRAMS / "r06.py").read_text(encoding="utf-8").replace("2 * (a[-1] - Y)", "2 * (a[-1] - Y) ** 3")
    found = check_code_file("r06.py", source, layers=[2, 3, 1])
    assert (found.right, found.mistakes) == (False, ())
    assert found.first_wrong == "dW[2]"


def test_a_cost_is_differentiated_on_the_networks_of_one_output_that_are_judged() -> None:
    found = judge("r21", ("d = (p - y)", "d = p * (p - y) * np.abs(y - 0.3)"))  # it runs with three outputs too, on labels
    assert (found.mistakes, found.first_wrong) == ((), "dW[3]")
    assert found.conventions.layout == "samples in rows, W (inputs, units), b (n,)"
    assert found.conventions.cost == "binary cross-entropy"


def test_one_list_in_another_order_is_named_beside_another_mistake() -> None:
    changes = (("return dW[::-1], db[::-1]", "return dW[::-1], db"), ("* (1 - a[l] ** 2)", ""))
    assert judge("r06", *changes).mistakes == ("arrays-out-of-order", "hidden-derivative-missing")


def test_widths_that_are_asked_for_are_those_of_programs_that_take_labels() -> None:
    seen = set()

    def gradients(W: Any, b: Any, X: Any, Y: Any) -> Any:
        seen.add(tuple(w.shape for w in W))
        h = np.tanh(X @ W[0] + b[0])
        p = np.exp(h @ W[1] + b[1])
        d = p / p.sum(axis=1, keepdims=True)
        d[np.arange(len(Y)), Y] -= 1
        d1 = d @ W[1].T * (1 - h * h)
        return [X.T @ d1, h.T @ d], [d1.sum(axis=0), d.sum(axis=0)]

    found = check_code(gradients, layers=[4, 8, 5])
    assert (found.right, "the numbers of classes" in found.conventions.layout) == (True, True)
    assert seen <= {((4, 8), (8, 5)), ((8, 4), (5, 8))}
