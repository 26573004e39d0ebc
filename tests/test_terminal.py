"""Steps and tables as they appear in a terminal: complete, within 80 columns, with and without colour."""

from io import StringIO

import pytest
from rich.console import Console

from autograd_lite import StaleGraphWarning, Value, trace
from nn import MLP
from nn.derivations import LECTURES, compare
from visualize import print_comparison, print_steps


def shown(print_to: object, colour: bool = False, width: int = 80) -> str:
    text = StringIO()
    console = Console(file=text, width=width, highlight=False, force_terminal=colour,
                      color_system="truecolor" if colour else None)
    print_to(console)  # type: ignore[operator]
    return text.getvalue()


def cost() -> Value:
    lecture = LECTURES["one-neuron"]
    return lecture.record(lecture.resolve({"activation": "sigmoid"})).cost


def words(text: str) -> str:
    return " ".join(text.split())


def test_steps_show_every_rule_number_and_who_is_complete() -> None:
    text = words(shown(lambda console: print_steps(cost(), console)))
    for line in ("1 z₁ = w₁·x + b₁ 0.4·1.5 + 0.3 = 0.9", "2 a₁ = σ(z₁) σ(0.9) = 0.71095", "6 ∂C/∂C = 1",
                 "11 ∂C/∂z₁ += ∂C/∂a₁·(a₁·(1 − a₁)) 0 → -0.675901 complete: δ₁ (-3.28905)·0.2055 = -0.675901",
                 "12 ∂C/∂w₁ += ∂C/∂z₁·x 0 → -1.01385 complete (-0.675901)·1.5 = -1.01385"):
        assert line in text


def test_steps_show_who_still_waits() -> None:
    a = Value(2.0, "a")
    text = words(shown(lambda console: print_steps(trace(a * a), console)))
    assert "0 → 2 a waits for 1 more of 2" in text
    assert "2 → 4 complete" in text


def test_steps_say_which_leaf_moved() -> None:
    a = Value(2.0, "[red]a")
    y = a * 2
    a.data = 3.0
    with pytest.warns(StaleGraphWarning):
        text = shown(lambda console: print_steps(y, console))
    assert text.startswith("[red]a changed since the graph was recorded: all numbers are new.")


def test_steps_say_which_side_of_an_if_they_are() -> None:
    a = Value(2.0, "[red]a")
    y = a * 2 if a > 1 else a
    text = words(shown(lambda console: print_steps(y, console)))
    assert text.startswith("Recorded where [red]a > 1: the other side of an if is not in the graph. Given: [red]a = 2")
    for k in range(2, 10):
        y = y * 2 if y > k / 10 else y
    assert "v₁ > 0.2, " in (text := words(shown(lambda console: print_steps(y, console))))
    assert " and 3 more: the other side" in text
    assert "Recorded" not in shown(lambda console: print_steps(cost(), console))


def test_a_leaf_alone_has_a_backward_pass_only() -> None:
    text = shown(lambda console: print_steps(Value(2.0, "a"), console))
    assert "Forward" not in text
    assert "∂a/∂a = 1" in text


@pytest.mark.parametrize("colour", [False, True])
def test_nothing_is_wider_than_the_terminal_and_nothing_is_lost(colour: bool) -> None:
    output = MLP(2, [3, 1], seed=1)([Value(1, "x₁"), Value(2, "x₂")])
    assert isinstance(output, Value)
    text = shown(lambda console: print_steps(output, console), colour)
    assert ("\x1b[" in text) is colour
    plain = text if not colour else shown(lambda console: print_steps(output, console))
    assert max(len(line) for line in plain.splitlines()) <= 80
    assert "…" not in plain
    squeezed = "".join(plain.split())
    assert all(step.numbers.replace(" ", "") in squeezed for step in trace(output).backward[1:] if len(step.numbers) < 20)


def test_the_comparison_shows_formula_both_numbers_and_the_difference() -> None:
    comparison = compare("one-neuron", activation="sigmoid", penalty="l2", lam=0.05)
    text = shown(lambda console: print_comparison(comparison, console))
    assert max(len(line) for line in text.splitlines()) <= 80
    flat = words(text)
    assert "The one neuron: by hand and by autodiff FYS5429/9429, 30 January 2025" in flat
    assert "x = 1.5, y = 4, w₁ = 0.4, b₁ = 0.3, η = 0.1, λ = 0.05, penalty = l2, activation = sigmoid" in flat
    assert "δ₁ (a₁ − y)·σ₁′(z₁) -0.675900888 -0.675900888 0" in flat
    assert "∂C/∂w₁ δ₁·x + 2·λ·w₁ -0.973851332 -0.973851332 0" in flat
    assert "All 8 quantities agree" in flat
    assert "σ₁(z) = 1 / (1 + exp(−z)), σ₁′(z) = a·(1 − a) with a = σ₁(z)." in flat
    assert "\x1b[" not in text
    assert "\x1b[" in shown(lambda console: print_comparison(comparison, console), colour=True)


def test_the_comparison_says_where_it_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    from nn.ground import formulas

    right = formulas.evaluate_number
    monkeypatch.setattr("nn.derivations.lectures.scalar.evaluate_number", lambda f, names: right(f, names) * (2 if f == "delta1 * x" else 1))
    comparison = compare("one-neuron")
    text = words(shown(lambda console: print_comparison(comparison, console)))
    assert "The derivations disagree, most at ∂C/∂w₁: largest difference 0.5 of the larger number." in text
