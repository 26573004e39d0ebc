"""A penalty whose strength stands in the program, with no parameter for it: what is right is read, with few tries."""

from typing import Any

import numpy as np
import pytest

from nn.derivations import CodeDiagnosis, check_code
from nn.derivations.own_program.comparing.reference import find_gradients

SQUARES, SIZES = "sum((w * w).sum() for w in W)", "sum(abs(w).sum() for w in W)"
BIASES = " + ".join([SQUARES, SQUARES.replace("in W", "in b")])
NONE = "0 * {}"
"""No penalty."""


def judge(
    weights: str = NONE, biases: str = NONE, penalty: str = "0", *, alone: bool = False, hidden: str = "np.tanh", log: str = "p",
    targets: str = "Y", layers: int | None = None,
) -> CodeDiagnosis:
    """The diagnosis of a program of tanh and softmax with a penalty; ``hidden`` is the function of the first layer."""
    names: dict[str, Any] = {"np": np}
    exec(f"""
def derivative(a, first):
    return (a > 0) if first and {hidden!r} != "np.tanh" else 1 - a * a
def run(W, b, X):
    a = [X]
    for l in range(len(W) - 1):
        a.append(({hidden} if l == 0 else np.tanh)(a[-1] @ W[l] + b[l]))
    e = np.exp(a[-1] @ W[-1] + b[-1])
    return a, e / e.sum(axis=1, keepdims=True)
def gradients(W, b, X, Y):
    a, p = run(W, b, X)
    d, N = (p - {targets}) / len(X), len(X)
    dW, db = [None] * len(W), [None] * len(W)
    for l in reversed(range(len(W))):
        dW[l], db[l] = a[l].T @ d + {weights.format("W[l]")}, d.sum(axis=0) + {biases.format("b[l]")}
        d = d @ W[l].T * derivative(a[l], l == 1)
    return dW, db
def cost(W, b, X, Y):
    N, p = len(X), run(W, b, X)[1]
    return -np.sum({targets} * np.log({log})) / N + {penalty}
""", names)
    return check_code(names["gradients"], cost=None if alone else names["cost"], layers=layers)


SIGN = "0.05 * np.sign({})"
RIGHT = [
    ("0.05 * {}", NONE, f"0.025 * {SQUARES}", "and 0.05·W in each dW, the derivative of a penalty 0.025·Σw² on the weights"),
    ("1e-4 * {}", NONE, f"5e-5 * {SQUARES}", "and 0.0001·W in each dW, the derivative of a penalty 5e-05·Σw² on the weights"),
    ("0.7 / N * {}", NONE, f"0.35 / N * {SQUARES}", "and 0.1·W in each dW, the derivative of a penalty 0.05·Σw² on the weights"),
    ("3.0 * {}", "3.0 * {}", f"1.5 * ({BIASES})",
     "and 3·W in each dW and 3·b in each db, the derivative of a penalty 1.5·Σw² on weights and biases"),
    (SIGN, NONE, f"0.05 * {SIZES}", "and 0.05·sign(W) in each dW, the derivative of a penalty 0.05·Σ|w| on the weights"),
    (f"0.2 * {{0}} + {SIGN.replace('{}', '{0}')}", NONE, f"0.1 * {SQUARES} + 0.05 * {SIZES}",
     "and 0.2·W + 0.05·sign(W) in each dW, the derivative of a penalty 0.1·Σw² + 0.05·Σ|w| on the weights"),
]


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(("weights", "biases", "penalty", "said"), RIGHT)
def test_a_penalty_inside_is_read_with_few_tries(weights: str, biases: str, penalty: str, said: str, alone: bool) -> None:
    find_gradients.cache_clear()
    found = judge(weights, biases, penalty, alone=alone)
    assert found.right, found.sentence
    assert found.certain is not alone
    assert found.conventions.penalty == said
    assert found.conventions.activations == ("tanh", "tanh", "softmax")
    assert find_gradients.cache_info().misses < 100


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_a_penalty_inside_is_read_in_any_depth(layers: int) -> None:
    assert judge("0.05 * {}", NONE, f"0.025 * {SQUARES}", layers=layers).conventions.penalty


def test_a_penalty_inside_is_read_beside_rarer_conventions() -> None:
    mixed = judge("0.05 * {}", alone=True, hidden="(lambda u: np.maximum(u, 0))")
    assert (mixed.right, mixed.conventions.activations) == (True, ("relu", "tanh", "softmax"))
    with_epsilon = judge("0.05 * {}", NONE, f"0.025 * {SQUARES}", log="p + 1e-8")
    assert with_epsilon.right
    assert "ε = 1e-08 inside its logarithm" in with_epsilon.notes[0]
    one_hot = judge("0.05 * {}", NONE, f"0.025 * {SQUARES}", targets="np.eye(Y.shape[1])[Y.argmax(axis=1)]")
    assert (one_hot.right, "targets one-hot" in one_hot.conventions.layout) == (True, True)


@pytest.mark.parametrize(("weights", "biases"), [("0.05 * {} ** 2", NONE), ("0.05 * (l + 1) * {}", NONE), ("0.05 * N * {}", NONE),
                                                 ("0.1 * {}", "0.05 * {}")])
def test_what_is_no_penalty_is_not_called_right(weights: str, biases: str) -> None:
    assert not judge(weights, biases, alone=True).right


@pytest.mark.parametrize(("weights", "biases", "penalty", "slug", "said"), [
    ("0.025 * {}", NONE, SQUARES, "penalty-half", "in dW[3] it is 0.025·w, and the derivative of the cost has 0.05·w"),
    ("0.1 * {}", NONE, SQUARES, "penalty-double", "in dW[3] it is 0.1·w"), ("-0.05 * {}", NONE, SQUARES, "penalty-sign", "it is -0.05·w"),
    (NONE, NONE, SQUARES, "penalty-forgotten", "it is nothing"), ("0.05 / N * {}", NONE, SQUARES, "penalty-over-n", "divided by N"),
    (SIGN, NONE, SQUARES, "penalty-not-of-your-cost", "it is 0.05·sign(w)"),
    ("0.05 * {}", NONE, "", "penalty-in-gradient-only", "the cost has not"),
    ("0.05 * {}", "0.05 * {}", SQUARES, "penalty-on-bias", "only weights are penalised")])
def test_a_penalty_inside_is_compared_with_that_of_the_cost(weights: str, biases: str, penalty: str, slug: str, said: str) -> None:
    found = judge(weights, biases, f"0.025 * {penalty}" if penalty else "0")
    assert found.mistakes == (slug,), found.sentence
    assert said in found.sentence
    blamed = "db" if slug == "penalty-on-bias" else "dW"
    assert {name[:2] for name, verdict in found.verdicts.items() if not verdict.right} == {blamed}


def test_a_penalty_of_the_wrong_sign_is_named_without_a_cost() -> None:
    found = judge("-0.05 * {}", alone=True)
    assert (found.right, found.mistakes) == (False, ("penalty-sign",))


def test_what_is_no_penalty_beside_one_of_the_cost_does_not_blame_the_forward_pass() -> None:
    found = judge("0.05 * {} ** 2", NONE, f"0.025 * {SQUARES}")
    assert (found.right, found.mistakes) == (False, ())
