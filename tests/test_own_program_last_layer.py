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


def test_an_array_is_named_once() -> None:
    found = judge(2, "tanh", "identity", "db", "d{l}.sum()")
    assert found.verdicts["db[2]"].sentence.startswith("db[2] is summed over everything")
