"""Stepping and predicting in a terminal, by a scripted reader and in a real pseudo-terminal."""

import os
import pty
import subprocess
import sys
from io import StringIO

import pytest

from autograd_lite import Value, trace
from nn.derivations import LECTURES
from visualize.console import make_console
from visualize.steps.stepper import Stepper, judge_answer


def walk(*typed: str, predict: bool = False) -> tuple[str, list[str]]:
    """What is printed, and the prompts, when these lines are typed and then the input ends."""
    lecture = LECTURES["one-neuron"]
    recorded = trace(lecture.record(lecture.resolve({})).cost)
    lines, prompts, out = iter(typed), [], StringIO()

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    Stepper(recorded, make_console(out), read, predict).run()
    return out.getvalue(), prompts


def headings(text: str) -> list[int]:
    return [int(line.split()[1]) for line in text.splitlines() if line.startswith("step ")]


def test_enter_b_a_number_and_q() -> None:
    text, _ = walk("", "", "b", "12", "q")
    assert headings(text) == [1, 2, 3, 2, 12]
    assert "∂C/∂w₁ += ∂C/∂z₁·x\n  ∂z₁/∂w₁ = x = 1.5\n  (-3.1)·1.5 = -4.65\n  ∂C/∂w₁: 0 → -4.65\n  complete" in text


def test_it_ends_after_the_last_step_and_at_the_end_of_the_input() -> None:
    text, prompts = walk(*[""] * 14)
    assert headings(text) == list(range(1, 15))
    assert len(prompts) == 14
    assert headings(walk()[0]) == [1]
    assert headings(walk("b")[0]) == [1, 1]


@pytest.mark.parametrize("typed", ["x", "0", "15", "-1"])
def test_what_is_no_command_is_said(typed: str) -> None:
    text, _ = walk(typed, "q")
    assert f"There is no step {typed!r} (1 to 14). Enter next" in text
    assert headings(text) == [1, 1]


def test_a_right_prediction_is_confirmed_and_counted() -> None:
    text, prompts = walk("12", "-4.65", "q", predict=True)
    assert prompts[1] == "step 12: z₁ passes on to w₁. What does it make ∂C/∂w₁, rounded to two significant digits or more? "
    assert "Right." in text
    assert "1 of 1 predictions were right at the first attempt." in text


def test_a_wrong_prediction_gets_the_rule_first_and_the_number_last() -> None:
    text, prompts = walk("12", "4.65", "3", "q", predict=True)
    assert prompts[2] == "Not that. The rule is ∂C/∂w₁ += ∂C/∂z₁·x, starting from 0. Try again: "
    assert "-4.65" not in "".join(prompts[:3])
    before, _, after = text.partition("Not that. With numbers: 0 + (-3.1)·1.5.")
    assert "-4.65" not in before
    assert "(-3.1)·1.5 = -4.65" in after
    assert "0 of 1 predictions" in text


def test_a_second_attempt_can_be_right_but_does_not_count() -> None:
    text, _ = walk("12", "1", "−4.65", "q", predict=True)
    assert "Right." in text
    assert "0 of 1 predictions" in text


def test_predicting_can_be_passed_over_left_and_is_asked_once() -> None:
    text, prompts = walk("12", "", "b", "b", "q", predict=True)
    assert headings(text) == [1, 12]
    assert sum("What does it make" in prompt for prompt in prompts) == 3
    assert "predictions" not in text
    assert headings(walk("8", "-3.1", "b", "0.5", "", "", "q", predict=True)[0]) == [1, 8, 7, 8]


def test_forward_steps_and_the_seed_are_not_asked_for() -> None:
    text, prompts = walk(*[""] * 6, "q", predict=True)
    assert headings(text) == [1, 2, 3, 4, 5, 6]
    assert "What does it make ∂C/∂v₂, rounded to two significant digits or more?" in prompts[-1]


@pytest.mark.parametrize(
    ("typed", "worth"),
    [("-4.65", "right"), ("-4.7", "right"), ("-4,65", "right"), ("-4.650", "right"), ("-4.64", "wrong"), ("-5", "digits"),
     ("4.65", "wrong"), ("abc", "no number"), ("hint", "no number"), ("nan", "no number"), ("inf", "no number"),
     ("1e400", "wrong"), ("1e-400", "wrong"), ("", "no number"), ("-4.6500001", "wrong"), ("-46.5e-1", "right")],
)
def test_a_prediction_may_be_rounded_as_on_paper(typed: str, worth: str) -> None:
    assert judge_answer(typed, -4.65) == worth


def test_zero_is_predicted_as_zero() -> None:
    assert judge_answer("0", 0.0) == "right"
    assert judge_answer("0", 0.7) == "wrong"
    assert judge_answer("-0.00", -0.003) == "wrong", "so far it says nothing"


def test_fewer_digits_and_words_are_no_wrong_answers() -> None:
    assert judge_answer("0.03", 0.0313) == "digits"
    text, prompts = walk("12", "-5", "what?", "-4.65", "q", predict=True)
    assert prompts[2:4] == ["So far right; give one more digit: ", "Type a number, such as 0.031, or the word hint: "]
    assert "1 of 1 predictions were right at the first attempt." in text


def test_a_hint_can_be_asked_for() -> None:
    text, prompts = walk("12", "hint", "-4.65", "q", predict=True)
    assert prompts[2] == "The rule is ∂C/∂w₁ += ∂C/∂z₁·x, starting from 0. Try again: "
    assert "Not that" not in text
    assert "0 of 1 predictions" in text


def test_a_recursion_shows_where_it_goes_wrong() -> None:
    a = Value(2.0, "a")
    shared = a * a
    recorded = trace(shared * 3 + shared, order="recursive")
    out, lines = StringIO(), iter([""] * 50)
    Stepper(recorded, make_console(out), lambda _: next(lines)).run()
    assert "v₁ passes on too early" in out.getvalue()


def in_a_terminal(arguments: list[str], typed: str) -> tuple[int, str]:
    """Exit status and screen of the program in a pseudo-terminal of 80 columns, with these keys typed."""
    screen, end = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"}
    command = [sys.executable, "-P", "-m", "visualize", *arguments]
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=environment, start_new_session=True) as program:
        os.close(end)
        os.write(screen, typed.encode())
        shown = b""
        try:
            while chunk := os.read(screen, 4096):
                shown += chunk
        except OSError:  # the program has closed its side
            pass
    os.close(screen)
    return program.returncode, shown.decode()


def test_in_a_terminal_step_waits_for_keys() -> None:
    status, shown = in_a_terminal(["step", "one-neuron", "--activation", "sigmoid"], "\n11\nq\n")
    assert status == 0
    assert "step 11 of 14, backward" in shown
    assert "step 12 of 14" not in shown
    assert "\x1b[" in shown, "in colour"


def test_in_a_terminal_predictions_are_asked_for() -> None:
    status, shown = in_a_terminal(["step", "one-neuron", "--predict"], "12\n-4.65\nq\n")
    assert status == 0
    assert "What does it make ∂C/∂w₁, rounded to two significant digits" in shown
    assert "1 of 1 predictions" in shown


def test_in_a_terminal_everything_can_be_printed_at_once() -> None:
    status, shown = in_a_terminal(["step", "one-neuron", "--all"], "")
    assert status == 0
    assert "chain rule" in shown
