"""A mistake in the last layer alone: ``check_code`` reads the conventions from the arrays that are right, and blames no other."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from nn.derivations import CodeDiagnosis, check_code

HIDDEN = {"relu": ("np.maximum(0, {z})", "({a} > 0)"), "tanh": ("np.tanh({z})", "(1 - {a} ** 2)"),
          "sigmoid": ("1 / (1 + np.exp(-{z}))", "{a} * (1 - {a})"), "identity": ("1 * {z}", "1")}
OUTPUT = {"identity": "1 * {z}", "sigmoid": "1 / (1 + np.exp(-{z}))",
          "softmax": "np.exp({z}) / np.exp({z}).sum(axis=1, keepdims=True)"}
WRONG = {"dW": {"z{k}.T @ d{l}": "pre-for-post", "2 * a{k}.T @ d{l}": "constant-of-array", "0 * a{k}.T @ d{l}": "weight-gradient-zero",
                "(a{k} + 1).T @ d{l}": "", "a{k}.T @ d{l} ** 2": "", "a{k}.T @ Y": ""},
         "db": {"d{l}.sum()": "summed-over-units-too", "-d{l}.sum(axis=0)": "gradient-sign", "d{l}[-1]": "last-sample",
                "(d{l} ** 2).sum(axis=0)": "", "1 + d{l}.sum(axis=0)": ""}}
CASES = [(hidden, last, kind, line) for hidden, last, kind in product(HIDDEN, OUTPUT, WRONG) for line in WRONG[kind]
         if (hidden, line) != ("identity", "z{k}.T @ d{l}")]


def judge(depth: int, hidden: str, last: str, kind: str = "", line: str = "", slope: str = "", **settings: Any) -> CodeDiagnosis:
    """The diagnosis of a right program in which one line of the last layer is another one."""
    value, derivative = HIDDEN[hidden]
    text = ["def gradients(W, b, X, Y):", "    a0 = X"]
    for l in range(1, depth + 1):
        text += [f"    z{l} = a{l - 1} @ W[{l - 1}] + b[{l - 1}]",
                 f"    a{l} = {(OUTPUT[last] if l == depth else value).format(z=f'z{l}')}"]
    text.append(f"    d{depth} = (a{depth} - Y) {slope} / len(X)")
    text += [f"    d{l} = d{l + 1} @ W[{l}].T * {derivative.format(a=f'a{l}')}" for l in range(depth - 1, 0, -1)]
    arrays = {"dW": [f"a{l - 1}.T @ d{l}" for l in range(1, depth + 1)], "db": [f"d{l}.sum(axis=0)" for l in range(1, depth + 1)]}
    if kind:
        arrays[kind][-1] = line.format(l=depth, k=depth - 1)
    names: dict[str, Any] = {"np": np}
    exec("\n".join([*text, f"    return [{', '.join(arrays['dW'])}], [{', '.join(arrays['db'])}]"]), names)
    return check_code(names["gradients"], layers=depth, **settings)


@pytest.mark.one_in(25)
@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize(("hidden", "last", "kind", "line"), CASES)
def test_no_right_array_is_blamed(hidden: str, last: str, kind: str, line: str, depth: int) -> None:
    found = judge(depth, hidden, last, kind, line)
    assert [name for name, verdict in found.verdicts.items() if not verdict.right] == [f"{kind}[{depth}]"]
    assert found.verdicts[f"{kind}[{depth}]"].wrong
    assert found.conventions.activations == (*[hidden] * (depth - 1), last)
    if WRONG[kind][line]:
        assert found.mistakes == (WRONG[kind][line],)
    assert "Python list" in found.notes[-1]
    assert all("Python list" in hint for hint in found.hints)


@pytest.mark.parametrize("slope", ["* z2 * (1 - z2)", "* (1 - a2)", "* (a2 * (1 - a2)) ** 2"])
def test_a_mistaken_derivative_of_the_output_is_read_as_that_of_a_squared_error(slope: str) -> None:
    found = judge(2, "tanh", "sigmoid", slope=slope)
    assert found.conventions.cost == "squared error Σ(a − y)²"
    assert len(found.mistakes) == 1
    assert "sigmoid′(z⁽²⁾)" in found.sentence


def test_where_nothing_tells_the_conventions_no_array_is_judged() -> None:
    found = judge(2, "tanh", "identity", slope="** 3")
    assert (found.right, found.first_wrong, found.conventions.activations, found.conventions.cost) == (False, None, (), "")
    assert not any(verdict.judged for verdict in found.verdicts.values())
    assert "Give cost(W, b, X, Y), with which every array can be judged; or forward, or the activations" in found.sentence
    assert found.hints[0].startswith("No array is judged")
    named = judge(2, "tanh", "identity", slope="** 3", activations=["tanh", "identity"])
    assert named.conventions.activations == ("tanh", "identity")
    assert "forward" not in named.sentence
    assert "Give cost" in named.sentence
    settled = judge(2, "tanh", "identity", slope="** 3", activations=["tanh", "identity"], cost="half_squared_error")
    assert settled.first_wrong == "dW[2]"


def test_of_a_delta_that_nothing_explains_it_is_said_what_follows_from_it_and_where_it_differs() -> None:
    found = judge(2, "tanh", "identity", slope="* (1 + 0.2 * (a2 > 1))")
    assert found.first_wrong is None
    assert "All other arrays follow from the δ that is in dW[2], so look at its line." in found.sentence
    nearest = "The nearest of the table is hidden tanh, output identity; squared error Σ(a − y)², 1/(2·N) before the sum: if you mean that"
    assert f"{nearest}, dW[2] is wrong" in found.sentence
    far = judge(2, "tanh", "identity", slope="* np.sin(40 * z2)")
    assert "All other arrays follow" in far.sentence
    assert "The nearest" not in far.sentence


def test_an_array_below_that_does_not_follow_from_an_unknown_delta_is_said() -> None:
    found = judge(2, "tanh", "identity", "db", "2 * d{l}.sum(axis=0)", slope="** 3")
    assert "The first array that does not follow from the δ that is in dW[2] is db[2]." in found.sentence


def test_a_right_line_on_an_unknown_delta_is_not_blamed() -> None:
    found = judge(2, "tanh", "sigmoid", slope="* (1 - z2) * a2", cost="half_squared_error",
                  activations=["tanh", "sigmoid"])
    assert [name for name, verdict in found.verdicts.items() if verdict.wrong] == ["dW[2]"]
    assert found.verdicts["db[2]"].follows
    assert "db[2] follows from the δ that is in dW[2]: look at the line of δ." in found.sentence


@pytest.mark.parametrize("wrong", ["np.abs(d2 @ W[1].T) * (1 - a1 ** 2)", "np.sin(X.sum()) * d2 @ W[1].T * (1 - a1 ** 2)"])
def test_what_depends_on_more_than_z_is_not_called_a_function_of_it(wrong: str) -> None:
    names: dict[str, Any] = {"np": np}
    exec(f"""
def gradients(W, b, X, Y):
    a1 = np.tanh(X @ W[0] + b[0])
    d2 = (a1 @ W[1] + b[1] - Y) / len(X)
    d1 = {wrong}
    return [X.T @ d1, a1.T @ d2], [d1.sum(axis=0), d2.sum(axis=0)]
""", names)
    found = check_code(names["gradients"])
    assert found.first_wrong == "dW[1]"
    assert "function of z" not in found.sentence


def test_an_array_is_named_once() -> None:
    found = judge(2, "tanh", "identity", "db", "d{l}.sum()")
    assert found.verdicts["db[2]"].sentence.startswith("db[2] is summed over everything")
