"""``docs/check_code.md``: what is printed is what is shown, and each adapter is right around a program of its kind."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.derivations import check_code

pytestmark = pytest.mark.slow
PAGE = (Path(__file__).parent.parent / "docs" / "check_code.md").read_text(encoding="utf-8")
PAIRS, CLASS, TORCH, SKLEARN = re.findall(r"^```py\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

OWN = """
def sigmoid(z): return 1 / (1 + np.exp(-z))
def backpropagate(layers, X, Y):
    a = [X]
    for W, b in layers: a.append(sigmoid(a[-1] @ W + b))
    delta, found = (a[-1] - Y) * a[-1] * (1 - a[-1]), []
    for l in reversed(range(len(layers))):
        found.insert(0, (a[l].T @ delta, delta.sum(axis=0)))
        delta = delta @ layers[l][0].T * a[l] * (1 - a[l])
    return found
class Network:
    def __init__(self, sizes):
        self.weights = [np.zeros(pair) for pair in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.zeros(n) for n in sizes[1:]]
    def fit(self, X, Y, epochs, eta):
        for _ in range(epochs):
            for l, (dW, db) in enumerate(backpropagate(list(zip(self.weights, self.biases)), X, Y)):
                self.weights[l] = self.weights[l] - eta * dW
                self.biases[l] = self.biases[l] - eta * db
"""


def adapt(text: str, **names: Any) -> Any:
    found = {"np": np, **names}
    exec(OWN, found)
    exec(text, found)
    return found["gradients"]


def test_what_is_shown_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        exec(compile(block, "check_code.md", "exec"), names)
    assert capsys.readouterr().out == "".join(re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("text", [PAIRS, CLASS])
def test_adapters_are_short_and_right(text: str) -> None:
    assert len(text.splitlines()) <= 4
    found = check_code(adapt(text))
    assert found.right, found.sentence
    assert found.conventions.activations == ("sigmoid",) * 3


def test_a_network_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    assert len(TORCH.splitlines()) <= 5
    net = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3)).double()
    found = check_code(adapt(TORCH, torch=torch, net=net, criterion=torch.nn.MSELoss()), layers=[4, 5, 3])
    assert found.right, found.sentence
    assert str(found.conventions) == ("samples in rows, W (units, inputs), b (n,); hidden tanh, output identity; squared error "
                                      "Σ(a − y)², mean over samples and outputs")


def test_a_network_of_scikit_learn() -> None:
    network = pytest.importorskip("sklearn.neural_network")
    assert len(SKLEARN.splitlines()) <= 5
    settings = {"activation": "tanh", "solver": "sgd", "alpha": 0, "momentum": 0}
    found = check_code(adapt(SKLEARN, MLPRegressor=network.MLPRegressor, settings=settings))
    assert found.right, found.sentence
    assert found.conventions.activations == ("tanh", "tanh", "identity")
