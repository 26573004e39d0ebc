"""A student's class for 50 and 100 hidden units, judged with two lines that call it: right, and with mistakes."""

from pathlib import Path

import pytest

from nn.derivations import CodeDiagnosis
from nn.derivations.own_program.checking import check_code_file

NETWORK = (Path(__file__).parent / "programs" / "network_50_100.py").read_text(encoding="utf-8")
GLUE = """

def gradients(W, b, X, Y):
    net = NeuralNetwork(1, 1); (net.W1, net.W2, net.W3), (net.b1, net.b2, net.b3) = W, b
    net.forward(X); net.backward(X, Y); return [net.dW1, net.dW2, net.dW3], [net.db1, net.db2, net.db3]
"""
COST = """

def cost(W, b, X, Y):
    net = NeuralNetwork(1, 1); (net.W1, net.W2, net.W3), (net.b1, net.b2, net.b3) = W, b
    return net.loss(Y, net.forward(X))
"""


def judge(source: str, layers: list[int] | None = None) -> CodeDiagnosis:
    return check_code_file("network_50_100.py", source, layers=layers)


def test_the_class_is_right_for_any_widths_and_for_its_own() -> None:
    for layers in (None, [7, 50, 100, 4]):
        found = judge(NETWORK + GLUE + COST, layers)
        assert (found.right, found.certain, found.mistakes) == (True, True, ()), found.sentence
        assert found.conventions.activations == ("relu", "relu", "softmax")
        assert "ε = 1e-08" in found.notes[0]


@pytest.mark.parametrize(("slug", "array", "said", "changes"), [
    ("hidden-derivative-missing", "dW[1]", "The factor relu′(z⁽¹⁾) is missing", [(" * self.relu_derivative(self.z1)", "")]),
    ("pre-for-post", "dW[2]", "z⁽¹⁾ stands where a⁽¹⁾ belongs", [("self.dW2 = self.a1.T", "self.dW2 = self.z1.T")]),
    ("divided-twice", "db[2]", "divided by N twice", [("db2 = np.sum(", "db2 = np.mean(")]),
    ("mean-for-sum", "dW[3]", "1/N belongs before the sums of all arrays, or of none",
     [("(self.y_hat - y) / m", "self.y_hat - y"), ("self.a2.T @ delta3", "self.a2.T @ delta3 / m")]),
    ("softmax-wrong-axis", "dW[3]", "its sums over everything, not over the classes of one sample", [("np.sum(e, axis=1, keepdims=True)", "np.sum(e)")]),
    ("softmax-wrong-axis", "dW[3]", "its sums over the samples, not over the classes", [("np.sum(e, axis=1, keepdims=True)", "np.sum(e, axis=0)")]),
])
def test_a_mistake_in_the_class_is_told_where_it_is(slug: str, array: str, said: str, changes: list[tuple[str, str]]) -> None:
    source = NETWORK
    for before, after in changes:
        assert before in source
        source = source.replace(before, after, 1)
    found = judge(source + GLUE)
    assert found.mistakes == (slug,)
    assert found.first_wrong == array
    assert f"{array}: " in found.sentence
    assert said in found.sentence
    assert not found.right


@pytest.mark.exhaustive
def test_a_mistake_in_a_network_of_its_own_widths_is_named() -> None:
    found = judge(NETWORK.replace(" * self.relu_derivative(self.z1)", "") + GLUE + COST, [7, 50, 100, 4])
    assert (found.mistakes, found.first_wrong) == (("hidden-derivative-missing",), "dW[1]")
