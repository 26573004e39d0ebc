"""The chain lecture: the published numbers to their last digit, every pair of activations, and each wrong line noticed."""

import dataclasses
from itertools import product

import pytest

from autograd_lite import trace
from nn.derivations import LECTURES, compare
from nn.derivations.lectures.chain import Chain
from nn.ground.activation_formulas import ACTIVATION_FORMULAS

# "y = 2x+1 of the Oslo course", as its authors printed them
PUBLISHED = {
    "z1": "7.066209383870656", "a1": ".9991472656438505", "a2": ".4098159805677877", "C": "36.895630743854284",
    "delta2": "-8.590184019432213", "delta1": "-.0029287100465756185", "dw2": "-8.582858874393196",
    "dw1": "-.011714840186302474",
}
NAMES = ["z1", "a1", "z2", "a2", "C", "delta2", "delta1", "dw2", "db2", "dw1", "db1", "w2_new", "b2_new", "w1_new",
         "b1_new"]
EXACT = 1e-12


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_oslo_numbers_to_the_last_digit_printed(name: str) -> None:
    found = compare("chain")
    for number in (found.hand[name], found.autodiff[name]):
        assert number == float(PUBLISHED[name])


def test_the_default_is_the_published_example() -> None:
    assert dict(compare("chain").settings) == {
        "x": 4.0, "y": 9.0, "w1": 1.764052345967664, "b1": 0.01, "w2": 0.4001572083672233, "b2": 0.01, "eta": 0.01,
        "lam": 0.0, "penalty": None, "activations": ("sigmoid", "identity"), "cost": "half_squared_error",
        "penalty_constant": None, "penalise": "weights",
    }
    assert list(compare("chain").hand) == NAMES


@pytest.mark.parametrize("activations", list(product(ACTIVATION_FORMULAS, repeat=2)))
@pytest.mark.parametrize("penalty", [None, "l1", "l2"])
def test_by_hand_and_by_autodiff_agree(activations: tuple[str, str], penalty: str | None) -> None:
    for point in ({}, {"x": -0.7, "w1": 1.3, "b1": -0.4, "w2": -1.1, "b2": 0.6}):
        found = compare("chain", **point, activations=activations, penalty=penalty, lam=0.07)
        assert found.max_error <= EXACT


@pytest.mark.parametrize("activations", [("sigmoid", "tanh"), ("elu", "softplus"), ("relu", "identity")])
@pytest.mark.parametrize("penalty", [None, "l1", "l2"])
def test_a_wrong_line_is_noticed(
    activations: tuple[str, str], penalty: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"activations": activations, "penalty": penalty, "lam": 0.07, "x": 0.8, "w1": 0.6}
    right = Chain().quantities(Chain().resolve(settings))
    for i, quantity in enumerate(right):
        wrong = [*right[:i], dataclasses.replace(quantity, formula=f"1.01 * ({quantity.formula})"), *right[i + 1 :]]
        monkeypatch.setattr(Chain, "quantities", lambda _, __, wrong=wrong: wrong)
        assert not compare("chain", **settings).agrees, quantity


def test_the_mistakes_of_the_published_notes_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes have a₁ where w₂ belongs in ∂C/∂w₁, and no w₂ in ∂C/∂b₁."""
    right = Chain().quantities(Chain().resolve({}))
    for name, formula in (("dw1", "(a2 - y) * df2(z2) * a1 * df1(z1) * x"), ("db1", "(a2 - y) * df2(z2) * df1(z1)")):
        wrong = [dataclasses.replace(q, formula=formula) if q.name == name else q for q in right]
        monkeypatch.setattr(Chain, "quantities", lambda _, __, wrong=wrong: wrong)
        found = compare("chain")
        assert {row.name for row in found.rows if row.error > 1e-9} == {name, f"{name[1:]}_new"}


def test_the_graph_has_the_lectures_labels_and_two_deltas() -> None:
    lecture = LECTURES["chain"]
    recording = lecture.record(lecture.resolve({}))
    names = [node.name for node in trace(recording.cost).nodes if not node.name.startswith("v")]
    assert sorted(names) == sorted(["x", "y", "w₁", "b₁", "z₁", "a₁", "w₂", "b₂", "z₂", "a₂", "C"])
    assert recording.pre[2][0][0].parents == (recording.weights[2][0][0], recording.post[1][0][0], recording.biases[2][0])


@pytest.mark.parametrize(
    ("activations", "sentence"),
    [("sigmoid", "activations needs 2 names, such as sigmoid, identity; it got 1"), (["tanh"] * 3, "it got 3"),
     (None, "it got 1"), (["tanh", "rleu"], r"unknown activations 'rleu'; did you mean 'relu'\?")],
)
def test_two_names_are_asked_for(activations: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        compare("chain", activations=activations)
