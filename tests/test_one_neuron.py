"""The one-neuron lecture: published numbers, every activation and penalty, and agreement with the engine."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from autograd_lite import OPERATIONS, grad
from nn.derivations import LECTURES, compare
from nn.derivations.lectures.one_neuron import OneNeuron
from nn.ground.activation_formulas import ACTIVATION_FORMULAS

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text())["one-neuron"]
# reference name -> name of the contract
NAMES = {"z1": "z1", "a1": "a1", "C": "C", "delta1": "delta1", "dC_dw1": "dw1", "dC_db1": "db1", "w1_new": "w1_new",
         "b1_new": "b1_new"}
EXACT = 1e-12  # the difference that rounding may make to these few operations

POINTS = [
    {}, {"x": -0.7, "w1": 1.3, "b1": -0.4}, {"x": 2.0, "y": -1.5, "w1": -0.6, "b1": 0.2, "eta": 0.03},
    {"x": 0.3, "y": 0.9, "w1": -2.0, "b1": -0.1},
]


def settings_of(example: dict[str, Any]) -> dict[str, Any]:
    given = example["inputs"]
    return {"x": given["x"], "y": given["y"], "eta": given["eta"], "activation": given["activation"], **given["p"]}


def check(found: Any, expected: dict[str, float]) -> None:
    tested = 0
    for theirs, ours in NAMES.items():
        if theirs in expected:
            for value in (found.hand[ours], found.autodiff[ours]):
                assert value == pytest.approx(expected[theirs], rel=EXACT, abs=EXACT), ours
            tested += 1
    assert tested >= 5


@pytest.mark.parametrize("example", ["A_one_neuron_identity", "B_one_neuron_sigmoid"])
@pytest.mark.parametrize("penalty", [None, "l1", "l2"])
def test_the_reference_values(example: str, penalty: str | None) -> None:
    reference = REFERENCE[example]
    settings = settings_of(reference)
    if penalty is None:
        check(compare("one-neuron", **settings), reference["values"])
        return
    regularised = reference[f"reg_{penalty}"]
    check(compare("one-neuron", **settings, penalty=penalty, lam=regularised["lam"]), regularised["values"])


def test_training_on_one_sample_ends_on_a_line_and_not_at_2_1() -> None:
    reference = REFERENCE["E_one_sample_training"]
    x, y, eta = (reference["inputs"][name] for name in ("x", "y", "eta"))
    w, b = reference["inputs"]["w"], reference["inputs"]["b"]
    expected = {row["step"]: row for row in reference["trace"]}
    note = " ".join(compare("one-neuron", x=x, w1=w, b1=b, eta=eta).notes)
    assert f"ends at w₁ = {reference['limit_w']:.6g}, b₁ = {reference['limit_b']:.6g}" in note
    assert f"{1 - eta * (1 + x * x):.6g}" in note
    for step in range(reference["inputs"]["steps"] + 1):
        found = compare("one-neuron", x=x, y=y, w1=w, b1=b, eta=eta).hand
        if step in expected:
            row = expected[step]
            mine = {"w": w, "b": b, "a": found["a1"], "delta": found["delta1"], "C": found["C"]}
            for name, value in mine.items():
                assert value == pytest.approx(row[name], rel=1e-10), (step, name)  # 40 rounded steps
        w, b = found["w1_new"], found["b1_new"]
    assert f"2/(1 + x²) = {reference['eta_max']:.6g}" in " ".join(compare("one-neuron", x=x, eta=2 / 17).notes)


@pytest.mark.parametrize(("settings", "note"), [
    ({"x": 4, "w1": 2, "b1": 1, "eta": 5}, "the update moves nothing"), ({"eta": -0.1}, "does not converge with η = -0.1"),
    ({"x": 1e160, "w1": 1e-160, "y": 1.0, "eta": 1e-300}, None), ({"activation": "sigmoid"}, None),
    ({"penalty": "l2", "lam": 0.1}, None),
])
def test_the_note_says_only_what_is_true(settings: dict[str, Any], note: str | None) -> None:
    notes = compare("one-neuron", **settings).notes[2:]
    assert len(notes) == (note is not None)
    assert note is None or note in notes[0]


def test_the_limit_in_the_note_is_where_the_updates_end() -> None:
    settings = {"x": -0.8, "w1": 0.5, "b1": 2.0, "eta": 0.4}
    note = " ".join(compare("one-neuron", **settings).notes)
    for _ in range(200):
        found = compare("one-neuron", **settings).autodiff
        settings |= {"w1": found["w1_new"], "b1": found["b1_new"]}
    assert f"ends at w₁ = {settings['w1']:.6g}, b₁ = {settings['b1']:.6g}" in note


@pytest.mark.parametrize("activation", ACTIVATION_FORMULAS)
@pytest.mark.parametrize("penalty", [None, "l1", "l2"])
@pytest.mark.parametrize("point", POINTS)
def test_by_hand_and_by_autodiff_agree(activation: str, penalty: str | None, point: dict[str, float]) -> None:
    found = compare("one-neuron", **point, activation=activation, penalty=penalty, lam=0.07)
    assert found.max_error <= EXACT
    assert found.agrees


@pytest.mark.parametrize("z", [-800.0, -40.0, 40.0, 800.0])
@pytest.mark.parametrize("activation", ACTIVATION_FORMULAS)
def test_they_agree_far_out(activation: str, z: float) -> None:
    assert compare("one-neuron", x=1, w1=z, b1=0, y=0.5, activation=activation).max_error <= EXACT


def test_there_is_a_hand_formula_for_every_activation_of_the_table() -> None:
    assert set(ACTIVATION_FORMULAS) == {name for name, row in OPERATIONS.items() if row.activation}


@pytest.mark.parametrize("activation", ACTIVATION_FORMULAS)
@pytest.mark.parametrize("penalty", [None, "l1", "l2"])
def test_a_wrong_line_of_the_hand_derivation_is_noticed(
    activation: str, penalty: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"activation": activation, "penalty": penalty, "lam": 0.07, "x": 1.7, "w1": 0.6}
    right = OneNeuron().quantities(OneNeuron().resolve(settings))
    for i in range(len(right)):
        wrong = [*right[:i], dataclasses.replace(right[i], formula=f"1.01 * ({right[i].formula})"), *right[i + 1 :]]
        monkeypatch.setattr(OneNeuron, "quantities", lambda _, __, wrong=wrong: wrong)
        found = compare("one-neuron", **settings)
        assert not found.agrees, right[i]
        assert found.rows[i].error > 1e-9


def test_the_graph_has_the_lectures_labels() -> None:
    lecture = LECTURES["one-neuron"]
    recording = lecture.record(lecture.resolve({"penalty": "l2", "lam": 0.1}))
    (((w,),), (b,)) = recording.weights[1], recording.biases[1]
    (((z,),), ((a,),)) = recording.pre[1], recording.post[1]
    assert [node.label for node in (w, b, z, a, recording.cost)] == ["w₁", "b₁", "z₁", "a₁", "C"]
    assert z.operation == "affine"
    assert (z.operands[0], z.operands[2]) == (w, b)
    # the penalty reaches w on its own way and never touches δ
    assert grad(recording.cost, [z])[0] * 1.5 + 2 * 0.1 * 0.4 == pytest.approx(grad(recording.cost, [w])[0])


def test_the_target_follows_x_unless_it_is_given() -> None:
    assert compare("one-neuron", x=3).settings["y"] == 7.0
    assert compare("one-neuron", x=3, y=1).settings["y"] == 1.0
    assert compare("one-neuron").settings["y"] == 4.0


def test_the_result_is_as_the_contract_says() -> None:
    found = compare("one-neuron", activation="sigmoid")
    assert list(found.hand) == list(NAMES.values())
    assert set(found.autodiff) == set(found.hand)
    assert [(row.name, row.hand, row.autodiff) for row in found.rows] == [
        (name, found.hand[name], found.autodiff[name]) for name in NAMES.values()
    ]
    assert [(row.symbol, row.formula) for row in found.rows][3:5] == [("δ₁", "(a₁ − y)·σ₁′(z₁)"), ("∂C/∂w₁", "δ₁·x")]
    assert all(row.error == abs(row.hand - row.autodiff) / max(1, abs(row.hand)) for row in found.rows)
    assert found.max_error == max(row.error for row in found.rows)
    data = json.loads(found.to_json())
    assert data["hand"] == dict(found.hand)
    assert data["agrees"] is True
    assert data["settings"]["penalty"] is None


def test_formulas_change_with_the_penalty() -> None:
    def formula(name: str, penalty: str | None) -> str:
        return next(row.formula for row in compare("one-neuron", penalty=penalty, lam=1).rows if row.name == name)

    assert [formula("C", p) for p in (None, "l1", "l2")] == ["½(a₁ − y)²", "½(a₁ − y)² + λ·|w₁|", "½(a₁ − y)² + λ·w₁²"]
    assert [formula("dw1", p) for p in (None, "l1", "l2")] == ["δ₁·x", "δ₁·x + λ·sign(w₁)", "δ₁·x + 2·λ·w₁"]


def test_the_penalty_at_zero_weight_takes_the_subgradient_zero() -> None:
    found = compare("one-neuron", w1=0, penalty="l1", lam=0.5)
    assert found.hand["dw1"] == found.autodiff["dw1"] == found.hand["delta1"] * 1.5


@pytest.mark.parametrize(
    ("id", "settings", "error", "sentence"),
    [
        ("one-nuron", {}, ValueError, "unknown lecture 'one-nuron'; did you mean 'one-neuron'?"),
        ("one-neuron", {"etaa": 1}, ValueError, "unknown setting of one-neuron 'etaa'; did you mean 'eta'?"),
        ("one-neuron", {"activation": "sigmod"}, ValueError, "unknown activation 'sigmod'; did you mean 'sigmoid'?"),
        ("one-neuron", {"activation": None}, ValueError, "unknown activation None"),
        ("one-neuron", {"penalty": "L2"}, ValueError, "unknown penalty 'L2'; did you mean 'l2'?"),
        ("one-neuron", {"eta": 1e308}, OverflowError, "new w₁ = w₁ − η·∂C/∂w₁ does not fit a float here"),
        ("one-neuron", {"x": 1e308}, ValueError, "y, target; 2x \\+ 1 unless given, does not fit a float here; give it"),
        ("one-neuron", {"x": 10**400}, ValueError, "x must be a finite number"),
        ("one-neuron", {"x": "1"}, TypeError, "x must be a number, not '1' of type str"),
        ("one-neuron", {"w1": float("nan")}, ValueError, "w1 must be a finite number, not nan"),
        ("one-neuron", {"x": 1e200, "w1": 1e200}, OverflowError, "affine overflows at .*'w₁'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    id: str, settings: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence.replace("?", r"\?")):
        compare(id, **settings)
