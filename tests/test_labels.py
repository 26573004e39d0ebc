"""Labels: what is made can be parsed, what is parsed prints as it was, and leading zeros are kept."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from autograd_lite import Value, affine, trace
from autograd_lite.labels import (
    LOWERED,
    RAISED,
    Label,
    from_subscript,
    from_superscript,
    make_label,
    parse_label,
    to_label,
    to_subscript,
    to_superscript,
)
from autograd_lite.latex import latex_label
from autograd_lite.trace import is_invented_name

BASES = ["w", "z", "δ", "RSS", "Θ", "…"]
INDEX = st.text("0123456789ijklm", min_size=1, max_size=3)
LAYER = st.sampled_from(["1", "12", "l", "L", "l-1", "l+1", "L-2", "out", "k", "0", "01"])


@pytest.mark.parametrize(("made", "expected"), [
    (make_label("w", 2, 1, layer=1), "w₂₁⁽¹⁾"),
    (make_label("w", 10, 2), "w₁₀,₂"),
    (make_label("z", "j", layer="l − 1"), "zⱼ⁽ˡ⁻¹⁾"),
    (make_label("W", "0"), "W₀"),
    (make_label("W", layer="out"), "W⁽ᵒᵘᵗ⁾"),
    (make_label("x"), "x"),
    (to_label("w01"), "w₀₁"),
    (to_label("W0"), "W₀"),
    (to_label("w10"), "w₁₀"),
    (to_label("out_o1"), "out_o1"),
])
def test_labels_that_are_made(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize(("text", "label", "latex"), [
    ("w₂₁⁽¹⁾", Label("w", under="21", over="(1)"), "w_{21}^{(1)}"),
    ("w₀₁", Label("w", under="01"), "w_{01}"),
    ("f′₁", Label("f", primes=1, under="1"), "f'_{1}"),
    ("σ₁′", Label("σ", under="1", late_primes=1), r"\sigma'_{1}"),
    ("z₁⁽²⁾[3]", Label("z", under="1", over="(2)", sample="[3]"), "z_{1}^{(2)}[3]"),
    ("δ⁽ˡ⁺¹⁾", Label("δ", over="(l+1)"), r"\delta^{(l+1)}"),
    ("RSS", Label("RSS"), r"\mathrm{RSS}"),
])
def test_labels_that_are_parsed(text: str, label: Label, latex: str) -> None:
    assert parse_label(text) == label
    assert str(label) == text
    assert latex_label(text) == latex


@pytest.mark.parametrize("text", ["", "a + b", "∂C/∂w₁", "out_o1", "w1", "a b", "₁", "w₁⁽¹⁾ (2)"])
def test_other_texts_are_no_labels(text: str) -> None:
    assert parse_label(text) is None


@given(st.sampled_from(BASES), st.lists(INDEX, max_size=3), st.none() | LAYER)
def test_every_label_prints_as_it_was_made(base: str, indices: list[str], layer: str | None) -> None:
    text = make_label(base, *indices, layer=layer)
    label = parse_label(text)
    assert label is not None
    assert str(label) == text
    assert label.base == base
    assert label.under == ("," if any(len(index) > 1 for index in indices) else "").join(indices)
    assert label.over == ("" if layer is None else f"({layer})")


def test_the_alphabets_are_one_to_one() -> None:
    assert to_subscript(from_subscript(LOWERED)) == LOWERED
    assert to_superscript(from_superscript(RAISED)) == RAISED
    assert len(set(LOWERED)) == len(LOWERED)
    assert len(set(RAISED)) == len(RAISED)


def test_a_node_called_z_with_any_indices_carries_delta() -> None:
    from visualize.steps.equations import find_delta

    w, x = Value(2.0, "w"), Value(3.0, "x")
    for name, expected in (("z", "δ"), ("z₁⁽²⁾", "δ₁⁽²⁾"), ("zₖ", "δₖ"), ("y", None)):
        node = w * x
        node.label = name
        delta = find_delta(trace(node).nodes[-1], {})
        assert (delta.symbol if delta else None) == expected
    node = affine([w], [x])
    assert find_delta(trace(node).nodes[-1], {}) is not None


@pytest.mark.parametrize(("name", "invented"), [
    ("v₁", True), ("v₁₂", True), ("v", False), ("v1", False), ("vᵢ", False), ("v₁⁽²⁾", False), ("v₁′", False), ("w₁", False), ("v₁,₁₂", False),
])
def test_names_that_a_trace_invents_are_known(name: str, invented: bool) -> None:
    assert is_invented_name(name) == invented
