"""The five lectures in their own notation: the reference values in full, each line, each convention, each wrong line."""

import ast
import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite import grad, trace
from nn.derivations import LECTURES, compare, compare_all
from nn.derivations.general import solve as by_general_statement
from nn.derivations.lectures.layered import LayeredLecture
from nn.derivations.lines import Derivation, Line, parse_lines
from nn.derivations.neutral import to_lecture_form
from visualize.steps.equations import in_letters

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text())
EXACT = 1e-12  # a few dozen roundings at numbers of the size of 1
LAYERED = ["layers", "rss", "bernoulli", "columns", "rows"]
# JSON name -> name of the contract
NAMES = {"z": "pre", "a": "post", "delta": "delta", "dC_dW": "dW", "dC_db": "db", "W_new": "W_new", "b_new": "b_new"}


def close(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    assert np.abs(np.asarray(found) - np.asarray(expected)).max() <= EXACT


def both(id: str, **settings: Any) -> list[Mapping[str, Any]]:
    """By hand and by autodiff."""
    found = compare(id, **settings)
    return [found.hand, found.autodiff]


def layer_by_layer(quantities: Mapping[str, Any], reference: Mapping[str, Any], names: Mapping[str, str]) -> None:
    for theirs, ours in names.items():
        assert {str(layer) for layer in quantities[ours]} >= set(reference[theirs])
        for layer, expected in reference[theirs].items():
            close(quantities[ours][int(layer)], expected)


def test_layers() -> None:
    reference = REFERENCE["layers"]
    given, values = reference["inputs"], reference["reading_T"]
    chosen = compare("layers").settings
    close(chosen["W"][2], given["P"]["W"][2])
    for quantities in both("layers", W=given["P"]["W"], b=given["P"]["b"], x=given["x"], y=given["y"], eta=given["eta"]):
        layer_by_layer(quantities, values, NAMES)
        close(quantities["C"], values["C"])
        # the δ's of the reference are ∂C/∂a ⊙ σ′, whose factors it states as well
        for layer, slope in values["sigma_prime"].items():
            close(quantities["post"][int(layer)] * (1 - quantities["post"][int(layer)]), slope)
        close(quantities["post"][3] - given["y"], values["dC_da_L"])
    recording = LECTURES["layers"].record(chosen)
    for layer, expected in values["dC_da"].items():
        close(grad(recording.cost, recording.post[int(layer)][0]), expected)


def test_layers_in_reading_s_is_reading_t_of_the_transposed_matrices() -> None:
    weights = [[[0.5, -1.2, 0.3], [0.8, 0.1, -0.7]], [[1.1], [-0.4], [0.6]]]  # a row a source: 2-3-1
    settings = {"b": [[0.1, -0.2, 0.3], [0.4]], "x": [0.7, -1.5], "y": [0.2]}
    s, t = (compare("layers", W=w, reading=reading, **settings) for w, reading in (
        (weights, "S"), ([np.transpose(w) for w in weights], "T")))
    for one, other in zip((s.hand, s.autodiff), (t.hand, t.autodiff), strict=True):
        for kind in ("pre", "post", "delta", "db", "b_new"):
            for layer in one[kind]:
                close(one[kind][layer], other[kind][layer])
        for kind in ("dW", "W_new"):
            for layer in one[kind]:
                close(one[kind][layer], other[kind][layer].T)
    labels = {row.symbol: row.formula for row in s.rows}
    assert labels["∂C/∂w₂₃⁽¹⁾"] == "a₂⁽⁰⁾·δ₃⁽¹⁾"
    assert labels["δ₂⁽¹⁾"] == "(Σₖ w₂ₖ⁽²⁾·δₖ⁽²⁾)·σ′(z₂⁽¹⁾)"


def test_rss() -> None:
    reference = REFERENCE["rss"]
    given, values = reference["inputs"], reference["values"]
    weights = [given["P"]["Wh"], given["P"]["Wo"]]
    for q in both("rss", W=weights, x=given["x"], y=given["y"], eta=given["eta"]):
        close([given["x0"], *q["post"][0]], values["a_l_minus_2"])
        close([given["x0"], *q["post"][1]], values["a_l_minus_1"])
        close(q["post"][2], values["a_l"])
        close(q["pre"][1], values["z_l_minus_1"])
        close(q["pre"][2], values["z_l"])
        close(q["C"], values["RSS"])
        close(q["delta"][2], values["delta_l"])
        close(q["delta"][1], values["delta_l_minus_1"])
        close(q["dW"][2], values["dRSS_dWo"])
        close(q["dW"][1], values["dRSS_dWh"])
        close(q["W_new"][2], values["Wo_new"])
        close(q["W_new"][1], values["Wh_new"])
        for layer, name in ((2, "g_prime_l"), (1, "g_prime_l_minus_1")):
            close(q["post"][layer] * (1 - q["post"][layer]), values[name])
        assert "db" not in q
    recording = LECTURES["rss"].record(compare("rss").settings)
    close(grad(recording.cost, recording.post[1][0]), values["dRSS_da_l_minus_1"])


def test_bernoulli() -> None:
    reference = REFERENCE["bernoulli"]
    given = reference["inputs"]
    names = {"a": "pre", "z": "post", "delta": "delta", "dL_dW": "dW", "dL_dw0": "db", "W_new": "W_new", "w0_new": "b_new"}
    tested = 0
    for t in (0, 1):
        values = reference.get(f"t={t}")
        if values is None:
            continue
        for q in both("bernoulli", W=given["P"]["W"], b=given["P"]["w0"], x=given["x"], t=t, eta=given["eta"]):
            layer_by_layer(q, values, names)
            close(q["C"], values["L"])
            close([q["post"][3][0], q["post"][3][0], 1 - q["post"][3][0]], [values[n] for n in ("y_out", "p_t0", "p_t1")])
            tested += 1
    assert tested >= 2
    one = compare("bernoulli", t=1)
    assert one.hand["delta"][3][0] == pytest.approx(one.hand["post"][3][0])  # σ(a_out) − (1 − 1)
    assert one.hand["C"] == pytest.approx(-np.log(values_of_t0()["p_t1"]))


def values_of_t0() -> Mapping[str, float]:
    found: Mapping[str, float] = REFERENCE["bernoulli"]["t=0"]
    return found


def matrix_settings(id: str) -> tuple[dict[str, Any], Any]:
    """The reference's inputs for a sheet, and how its matrices are turned into the sheet's."""
    given = REFERENCE["matrix"]["inputs"]
    turn = np.asarray if id == "columns" else np.transpose
    return {"W": [turn(w) for w in given["W_column"]], "X": given["X"], "Y": given["Y"], "eta": given["eta"]}, turn


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_the_matrix_form(id: str) -> None:
    reference = REFERENCE["matrix"]["nobias"]
    settings, turn = matrix_settings(id)
    close(np.concatenate([np.ravel(w) for w in settings["W"]]), np.concatenate([np.ravel(w) for w in compare(id).settings["W"]]))
    for q in both(id, **settings):
        for i, sample in enumerate(reference["samples"]):
            for layer, (z, a, delta) in {1: ("z2", "a2", "delta2"), 2: ("z3", "a3", "delta3")}.items():
                close(q["pre"][layer][i], sample[z])
                close(q["post"][layer][i], sample[a])
                close(q["delta"][layer][i], sample[delta])
        close(q["C"], reference["E_mean"])
        for layer in (1, 2):
            close(q["dW"][layer], turn(reference["gradW_mean"][str(layer)]))
            close(q["W_new"][layer], turn(reference["W_new"][str(layer)]))
        assert not {"db", "b_new"} & set(q)
    for i, sample in enumerate(reference["samples"]):
        for q in both(id, **settings | {"X": settings["X"][i : i + 1], "Y": settings["Y"][i : i + 1]}):
            close(q["C"], sample["E"])
            for layer in (1, 2):
                close(q["dW"][layer], turn(sample[f"gradW{layer}"]))
                if i == 0:
                    close(q["W_new"][layer], turn(reference["sample0_sgd_W_new"][str(layer)]))


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_question_2_the_regularised_gradient(id: str) -> None:
    reference, lam = REFERENCE["matrix"]["Q2_L2"], REFERENCE["matrix"]["inputs"]["lam"]
    settings, turn = matrix_settings(id)
    for q, plain in zip(both(id, **settings, penalty="l2", lam=lam), both(id, **settings), strict=True):
        close(q["C"], reference["E_reg"])
        for layer in (1, 2):
            close(q["dW"][layer], turn(reference["gradW"][str(layer)]))
            close(q["W_new"][layer], turn(reference["W_new"][str(layer)]))
            close(q["delta"][layer], plain["delta"][layer])  # a penalty never touches δ


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_question_1_the_gradient_of_a_bias_is_the_mean_of_delta(id: str) -> None:
    for q in both(id, b=REFERENCE["matrix"]["inputs"]["b"]):
        for layer in (1, 2):
            close(q["db"][layer], q["delta"][layer].mean(axis=0))
            close(q["b_new"][layer], np.array(REFERENCE["matrix"]["inputs"]["b"][layer - 1]) - 0.3 * q["db"][layer])


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_question_3_relu_passes_delta_on_or_stops_it(id: str) -> None:
    hand = compare(id, activation="relu").hand
    mask = hand["pre"][1] > 0
    assert 0 < mask.sum() < mask.size
    assert (hand["delta"][1][~mask] == 0).all()
    assert (hand["delta"][1][mask] != 0).all()
    assert compare(id, activation="relu", X=[[0.0, 0.0]], Y=[[1.0, 1.0]]).agrees  # z = 0: both take f′ = 0
    close(compare(id, activation="relu", X=[[0.0, 0.0]], Y=[[1.0, 1.0]]).hand["delta"][2], [[0, 0]])


@pytest.mark.parametrize(("name", "id"), [(name, found.lecture) for name, found in compare_all().items()])
def test_lectures_and_variants_agree(name: str, id: str) -> None:
    found = compare_all()[name]
    assert found.max_error <= EXACT
    assert name.startswith(id)


def test_all_variants_are_compared() -> None:
    expected = sum(1 + len(lecture.variants) for lecture in LECTURES.values())
    assert len(compare_all()) == expected == 15


@pytest.mark.parametrize("id", LECTURES)
def test_the_result_is_as_the_contract_says(id: str) -> None:
    found = compare(id)
    for row in found.rows:
        assert row.error in (0, abs(row.hand - row.autodiff) / max(abs(row.hand), abs(row.autodiff)))
        assert abs(row.hand - row.autodiff) <= 1e-14
        kind, bracket, place = row.name.partition("[")
        for value, quantities in ((row.hand, found.hand), (row.autodiff, found.autodiff)):
            assert eval(f"found{bracket}{place}", {"found": quantities[kind]}) == value
    assert len({row.name for row in found.rows}) == len(found.rows) == sum(np.size(v) for v in flat(found.hand))
    assert len({row.symbol for row in found.rows}) == len(found.rows)
    if id in LAYERED:
        biases = {"db", "b_new"} if id in ("layers", "bernoulli") else set()
        assert set(found.hand) == {"pre", "post", "C", "delta", "dW", "W_new"} | biases
        for quantities in (found.hand, found.autodiff):
            assert all(isinstance(layer, int) for kind in quantities if kind != "C" for layer in quantities[kind])
            assert all(array.dtype == float for kind in quantities if kind != "C" for array in quantities[kind].values())
            for layer, matrix in enumerate(found.settings["W"], start=1):
                assert quantities["dW"][layer].shape == quantities["W_new"][layer].shape == np.shape(matrix)
    data = json.loads(found.to_json())
    assert data["hand"].keys() == found.hand.keys()
    assert len(data["rows"]) == len(found.rows)


def flat(quantities: Mapping[str, Any]) -> list[Any]:
    return [array for value in quantities.values() for array in (value.values() if isinstance(value, Mapping) else [value])]


# What the sign and the scale of δ mean, said in the output and true of the graph.
@pytest.mark.parametrize(("id", "factor", "words"), [
    ("one-neuron", 1, "δ is the gradient at the pre-activation: δ = ∂C/∂z."), ("chain", 1, "δ = ∂C/∂z."), ("layers", 1, "δ = ∂C/∂z."),
    ("rss", -1, "So the gradients of the weights are −δa, and the update adds ηδa. In δ = s·(∂RSS/∂z)/α, which holds in every lecture, s is the sign and 1/α the factor of the lecture: s = −1 and α = 1 here."),
    ("bernoulli", 1, "δ is the gradient at the pre-activation: δ = ∂L/∂a."), ("columns", 3, "δ = N·∂E/∂z, N = 3: the engine's gradient"),
    ("rows", 3, "s = 1 and α = 1/N here"),
])
def test_delta_is_s_times_the_gradient_over_alpha(id: str, factor: int, words: str) -> None:
    found = compare(id)
    assert any(words in note for note in found.notes)
    recording = LECTURES[id].record(found.settings)
    for layer, rows in recording.pre.items():
        gradients = np.array([grad(recording.cost, row) for row in rows])
        delta = found.hand[f"delta{layer}"] if f"delta{layer}" in found.hand else found.hand["delta"][layer]
        close(factor * gradients.ravel(), np.ravel(delta))
    for label, delta in recording.deltas.items():
        assert delta.scale == factor
        assert delta.symbol == "δ" + label[1:]


LABELS = {
    "layers": {"x₁", "y₂", "w₁₂⁽³⁾", "b₂⁽¹⁾", "z₁⁽²⁾", "a₂⁽³⁾", "C"},
    "rss": {"x₀", "x₂", "y₁", "W₃₀⁽ˡ⁻²⁾", "W₂₃⁽ˡ⁻¹⁾", "z₁⁽ˡ⁾", "a₃⁽ˡ⁻¹⁾", "RSS"},
    "bernoulli": {"x₁", "t", "w₁₂⁽³⁾", "w₂₀⁽¹⁾", "a₁⁽³⁾", "z₁⁽³⁾", "L"},
    "columns": {"X₁[3]", "Y₂[1]", "W₃₂⁽¹⁾", "W₁₃⁽²⁾", "z₃⁽²⁾[2]", "a₂⁽³⁾[1]", "E"},
    "rows": {"X₁[3]", "Y₂[1]", "W₂₃⁽¹⁾", "W₃₁⁽²⁾", "z₃⁽²⁾[2]", "a₂⁽³⁾[1]", "E"},
}


@pytest.mark.parametrize("id", LABELS)
def test_the_graph_has_the_lectures_labels(id: str) -> None:
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    names = [node.name for node in trace(recording.cost).nodes]
    assert set(names) >= LABELS[id]
    assert not any(name.endswith(" (2)") for name in names), "two nodes have one label"
    assert all(z.operation == "affine" for rows in recording.pre.values() for row in rows for z in row)


FORMULAS = {
    "layers": {"z₂⁽¹⁾": "Σₖ w₂ₖ⁽¹⁾·aₖ⁽⁰⁾ + b₂⁽¹⁾", "δ₁⁽³⁾": "(a₁⁽³⁾ − y₁)·a₁⁽³⁾·(1 − a₁⁽³⁾)",
               "δ₂⁽²⁾": "(Σₖ δₖ⁽³⁾·wₖ₂⁽³⁾)·σ′(z₂⁽²⁾)", "∂C/∂w₁₂⁽³⁾": "δ₁⁽³⁾·a₂⁽²⁾", "∂C/∂b₁⁽²⁾": "δ₁⁽²⁾"},
    "rss": {"z₂⁽ˡ⁻¹⁾": "W₂₀⁽ˡ⁻²⁾·x₀ + Σⱼ W₂ⱼ⁽ˡ⁻²⁾·aⱼ⁽ˡ⁻²⁾", "δ₂⁽ˡ⁾": "(y₂ − a₂⁽ˡ⁾)·(1 − a₂⁽ˡ⁾)·a₂⁽ˡ⁾",
            "δ₃⁽ˡ⁻¹⁾": "(Σₖ δₖ⁽ˡ⁾·Wₖ₃⁽ˡ⁻¹⁾)·(1 − a₃⁽ˡ⁻¹⁾)·a₃⁽ˡ⁻¹⁾", "∂RSS/∂W₂₁⁽ˡ⁻¹⁾": "−δ₂⁽ˡ⁾·a₁⁽ˡ⁻¹⁾",
            "new W₂₀⁽ˡ⁻¹⁾": "W₂₀⁽ˡ⁻¹⁾ + η·δ₂⁽ˡ⁾·a₀⁽ˡ⁻¹⁾"},
    "bernoulli": {"a₂⁽¹⁾": "Σⱼ w₂ⱼ⁽¹⁾·zⱼ⁽⁰⁾ + w₂₀⁽¹⁾", "δ₁⁽³⁾": "σ(a₁⁽³⁾) − (1 − t)",
                  "L": "−(1 − t)·log(y) − t·log(1 − y)", "∂L/∂w₁₀⁽²⁾": "δ₁⁽²⁾"},
    "columns": {"a₂⁽¹⁾[1]": "(X[1])₂", "z₁⁽²⁾[1]": "(W⁽¹⁾a⁽¹⁾[1])₁", "δ₂⁽³⁾[2]": "(−(Y[2] − a⁽³⁾[2]) × f′(z⁽³⁾[2]))₂",
                "δ₁⁽²⁾[3]": "((W⁽²⁾)ᵀδ⁽³⁾[3] × f′(z⁽²⁾[3]))₁", "E": "(1/N)Σᵢ E[i]", "∂E/∂W₁₃⁽²⁾": "((1/N)Σᵢ ∇E⁽²⁾[i])₁₃"},
    "rows": {"z₁⁽²⁾[1]": "(a⁽¹⁾[1]W⁽¹⁾)₁", "δ₁⁽²⁾[3]": "(δ⁽³⁾[3](W⁽²⁾)ᵀ × f′(z⁽²⁾[3]))₁"},
}


@pytest.mark.parametrize("id", FORMULAS)
def test_formulas_are_the_lectures(id: str) -> None:
    found = {row.symbol: row.formula for row in compare(id).rows}
    assert FORMULAS[id].items() <= found.items()


SETTINGS: list[tuple[str, dict[str, Any]]] = [
    *((id, {}) for id in LAYERED), ("layers", {"reading": "S"}), ("bernoulli", {"t": 1}),
    *((id, {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]], "penalty": "l2", "lam": 0.2}) for id in ("columns", "rows")),
]


@pytest.mark.parametrize(("id", "settings"), SETTINGS)
def test_a_wrong_line_is_noticed(id: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    lecture = LECTURES[id]
    assert isinstance(lecture, LayeredLecture)
    right = lecture.lines(lecture.resolve(settings))
    for i, line in enumerate(right):
        wrong = [*right[:i], replace(line, right=f"1.01 * ({line.right})"), *right[i + 1 :]]
        monkeypatch.setattr(type(lecture), "lines", lambda *_, wrong=wrong: wrong)
        shown_alone = id == "bernoulli" and "/ f(" in line.right  # the longer form of δ; see the test below
        assert compare(id, **settings).agrees is shown_alone, line


@pytest.mark.parametrize("t", [0, 1])
def test_the_two_forms_of_delta_in_bernoulli_are_the_same(t: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lecture = LECTURES["bernoulli"]
    assert isinstance(lecture, LayeredLecture)
    right = lecture.lines(lecture.resolve({}))
    short = next(line for line in right if line == Line("delta[i, out]", "f(a[i, out]) - (1 - t)"))
    monkeypatch.setattr(type(lecture), "lines", lambda *_: [line for line in right if line is not short])
    assert compare("bernoulli", t=t).max_error <= EXACT


# what a hand slips on: what stands in the line -> what is written instead
SLIPS = [
    ("layers", "w[k, j, l + 1] for", "w[j, k, l + 1] for"), ("layers", "sum(w[j, k, l] * a[k, l - 1]", "sum(w[j, k, l] * (z[k, l - 1] if l > 1 else x[k])"),
    ("layers", "(a[j, L] - y[j])", "(y[j] - a[j, L])"), ("layers", "a[j, L] * (1 - a[j, L])", "a[j, L]**2"),
    ("layers", "w[k, j, l + 1]", "w[k, j, l]"), ("layers", "1/2 * sum", "sum"),
    ("layers", "delta[j, l] * a[k, l - 1]", "delta[j, l] * a[j, l]"), ("layers", "df(z[j, l])", "df(a[j, l])"),
    ("rss", "-delta[k, m] * a", "delta[k, m] * a"), ("rss", "W[k, j, m - 1] * a", "W[k, j, m - 1] + a"),
    ("rss", "+ eta", "- eta"), ("rss", "W[k, 0, m - 1] * x0 + ", ""), ("rss", "for k in units(m))", "for k in units(m) if k > 1)"),
    ("bernoulli", "- (1 - t)", "- t"), ("bernoulli", "w[j, i, l]", "w[i, j, l - 1]"), ("bernoulli", " + w[i, 0, l]", ""),
    ("bernoulli", "df(a[i, l - 1])", "df(z[i, l - 1])"),
    ("columns", "W[l].T @ delta[l + 1, i]", "W[l].T @ a[l + 1, i]"), ("columns", "-(Y[i]", "(Y[i]"),
    ("columns", "1 / N * sum(nabla", "sum(nabla"), ("columns", " * df(z[l, i])", ""), ("rows", "1/2 * norm", "norm"),
    ("rows", "eta * dW", "dW"), ("rows", "a[l, i].T @ delta[l + 1, i]", "a[l, i].T @ a[l + 1, i]"),
]


@pytest.mark.parametrize(("id", "old", "new"), SLIPS)
def test_a_slip_of_the_hand_is_noticed(id: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lecture = LECTURES[id]
    assert isinstance(lecture, LayeredLecture)
    right = lecture.lines(lecture.resolve({}))
    wrong = [replace(line, right=line.right.replace(old, new)) for line in right]
    assert wrong != list(right), "the slip is not in the lines any more"
    monkeypatch.setattr(type(lecture), "lines", lambda *_: wrong)
    assert not compare(id).agrees


def test_every_lecture_says_how_its_notes_are_read() -> None:
    for id, lecture in LECTURES.items():
        assert lecture.readings or id == "one-neuron"
        assert all(reading == " ".join(reading.split()) and reading.endswith(".") for reading in lecture.readings)
    assert any("Reading T" in reading for reading in LECTURES["layers"].readings)


def test_equations_say_what_they_are_about() -> None:
    kinds = {"input", "pre", "post", "C", "delta_output", "delta_hidden", "dW", "db", "W_new", "b_new"}
    for id, lecture in LECTURES.items():
        found = {equation.kind for equation in lecture.equations(lecture.resolve({}))}
        missing = {"one-neuron": {"delta_hidden", "input"}, "chain": {"input"}, "rss": {"db", "b_new"}, "columns": {"db", "b_new"},
                   "rows": {"db", "b_new"}, "bernoulli": {"b_new"}}.get(id, set())
        assert found == kinds - missing, id


_DERIVATIONS = Path(__file__).parent.parent / "nn" / "derivations"
HAND = [*sorted((_DERIVATIONS / "lectures").glob("*.py")),
        *(_DERIVATIONS / f"{room}.py" for room in ("lines", "general"))]


@pytest.mark.parametrize("room", HAND, ids=lambda path: path.stem)
def test_a_derivation_by_hand_takes_nothing_but_notation_from_the_engine(room: Path) -> None:
    tree = ast.parse(room.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "autograd_lite"]
    assert {alias.name for node in imports for alias in node.names} <= {"write", "format_number"}


def test_lines_find_the_first_that_fits() -> None:
    derivation = Derivation(parse_lines("""
f[0] = 1
f[1] = 1

f[n + 2] = f[n] + f[n + 1]
"""), {}, {})
    assert [derivation.value("f", n) for n in range(7)] == [1, 1, 2, 3, 5, 8, 13]
    assert derivation.line("f", 5) == (Line("f[n + 2]", "f[n] + f[n + 1]"), {"n": 3})
    with pytest.raises(LookupError, match=r"no line says what g\[1\] is"):
        derivation.value("g", 1)
    with pytest.raises(ValueError, match="an index is a name, a number, or a name and a number"):
        Derivation([Line("f[2 * n]", "1")], {}, {}).value("f", 2)


def test_the_notes_say_what_is_true() -> None:
    layers = compare("layers")
    gradient = np.concatenate([layers.autodiff[kind][l].ravel() for kind in ("dW", "db") for l in (1, 2, 3)])
    assert f"has the norm {np.linalg.norm(gradient):.6g}." in layers.notes[-1]
    assert compare("bernoulli").notes[-1] == "y = z₁⁽³⁾ = P(t = 0 | x), the probability of class 0."
    assert "has few right digits left" in compare("bernoulli", W=[[[1.0, 1.0]]], b=[[0.0]], x=[16, 16], t=1).notes[-1]
    assert any("At z = 0 it has no derivative; 0 is chosen there." in note for note in compare("rows", activation="relu").notes)
    (prime, *_) = LECTURES["rss"].readings
    assert "e⁻ᶻ/(1 + e⁻ᶻ)² = (1 − a)a" in prime
    a = 1 / (1 + np.exp(-0.3))
    assert np.exp(-0.3) / (1 + np.exp(-0.3)) ** 2 == pytest.approx((1 - a) * a)
    assert "The two agree at z = 0 alone." in prime


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_letters_that_stand_for_one_sample_are_explained_under_the_numbers(id: str) -> None:
    """And as the lines have them: E is the mean of E[i] and the penalty, ∂E/∂W⁽ˡ⁾ that of ∇E⁽ˡ⁾[i] and its gradient."""
    found = compare(id, penalty="l2", lam=0.1)
    assert found.notes[-1] == "E[i] is the cost of sample i alone, without a penalty; ∇E⁽ˡ⁾[i] is its gradient with respect to W⁽ˡ⁾."
    lines = {equation.left: equation.right for equation in found.equations}
    assert lines["E"].startswith("(1/N)Σᵢ E[i] + ")
    assert lines["∂E/∂W⁽ˡ⁾"].startswith("(1/N)Σᵢ ∇E⁽ˡ⁾[i] + ")


def test_labels_of_biases_and_of_a_single_sample() -> None:
    found = compare("columns", b=[[0.1, -0.3, 0.2], [-0.1, 0.4]], X=[[0.5, -1.0]], Y=[[0.8, 0.1]])
    recording = LECTURES["columns"].record(found.settings)
    assert [b.label for b in recording.biases[1]] == ["b₁⁽¹⁾", "b₂⁽¹⁾", "b₃⁽¹⁾"]
    assert recording.pre[1][0][0].label == "z₁⁽²⁾[1]"
    assert recording.post[0][0][1].label == "X₂[1]"
    assert {row.symbol for row in found.rows} >= {"z₁⁽²⁾[1]", "δ₂⁽³⁾[1]", "∂E/∂b₂⁽¹⁾"}
    assert found.hand["delta"][2].shape == (1, 2)


def test_a_number_that_is_none_is_no_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    lecture = LECTURES["layers"]
    assert isinstance(lecture, LayeredLecture)
    wrong = [replace(line, right="1e308 * 10 - 1e308 * 10") if line.letter == "db" else line
             for line in lecture.lines(lecture.resolve({}))]
    monkeypatch.setattr(type(lecture), "lines", lambda *_: wrong)
    found = compare("layers")
    assert found.max_error == np.inf
    assert not found.agrees


def test_what_overflows_is_one_sentence() -> None:
    with pytest.raises(OverflowError, match="new w.* does not fit a float here; choose smaller numbers"):
        compare("layers", eta=1e308, y=[1e3, 1e3])


def test_deep_and_wide_networks_are_compared() -> None:
    deep = compare("layers", W=[[[0.9]]] * 300, b=[[0.1]] * 300, x=[0.5], y=[0.2])
    assert deep.agrees
    lecture = LECTURES["layers"]
    general = to_lecture_form(by_general_statement(lecture.problem(deep.settings), lecture.conventions(deep.settings)),
                              lecture.conventions(deep.settings))
    close(general["delta"][1], deep.hand["delta"][1])
    wide = compare("layers", W=[[[0.1] * 12] * 11, [[0.2] * 11]], b=[[0.1] * 11, [0.3]], x=[0.5] * 12, y=[0.2])
    assert wide.agrees
    assert "∂C/∂w₁₁,₁₂⁽¹⁾" in {row.symbol for row in wide.rows}


def test_comparisons_can_be_copied_and_are_short_to_print() -> None:
    found = compare("rss")
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - its own
    assert again.rows == found.rows
    assert repr(again) == repr(found)
    assert repr(found).startswith("<Comparison of rss: 52 numbers, agrees, max_error ")
    with pytest.raises(ValueError, match=r"unknown lecture 'mazur'\..*'mazur' is a published example: see examples\(\)"):
        compare("mazur")


@pytest.mark.parametrize(("id", "letter", "residual"), [("rss", "g", "y₁ − a₁⁽ˡ⁾"), ("columns", "f", "Y₁[1] − a₁⁽³⁾[1]"),
                                                        ("layers", "σ", "a₁⁽³⁾ − y₁")])
def test_steps_have_the_lectures_letter_for_the_sigmoid_and_its_residual(id: str, letter: str, residual: str) -> None:
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    recorded = in_letters(trace(recording.cost), recording)
    symbols = [step.symbols for step in recorded.forward]
    assert residual in symbols
    assert {symbol[0] for symbol in symbols if symbol.endswith(")") and "(" in symbol[:3]} == {letter}
    assert all(node.formula.startswith(letter) for node in recorded.nodes if node.operation == "sigmoid")
