"""Mistakes in optimizers, as changes of the lines of ``nn.optimizers``."""

from collections.abc import Sequence
from dataclasses import dataclass

Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class StepMistake:
    """A changed line.

    Attributes:
        slug: its name.
        line: the name that the line assigns to.
        wrong: changes of lines: name -> formula.
        says: the sentence.
        first_step: what t is at the first step.
    """

    slug: str
    line: str
    wrong: tuple[tuple[str, str], ...]
    says: str
    first_step: int = 1

    def change(self, lines: Lines) -> list[tuple[str, str]]:
        """The lines with the mistake."""
        changed = dict(self.wrong)
        return [(left, changed.get(left, formula)) for left, formula in lines]


_ASCENT = "The step goes up the gradient; descent goes against it."
_M, _S = "m / (1 - beta1**t)", "s / (1 - beta2**t)"
_MISTAKES: dict[str, tuple[StepMistake, ...]] = {
    "gradient_descent": (),
    "momentum": (
        StepMistake("decay-swapped", "v", (("v", "(1 - beta) * v + beta * g"),), "β and 1 − β have changed places."),
        StepMistake(
            "decay-weight-added",
            "v",
            (("v", "beta * v + (1 - beta) * g"),),
            "The new gradient is weighted by 1 − β; in this rule it counts whole.",
        ),
        StepMistake(
            "state-lost", "v", (("v", "g"),), "The state of the step before is lost: v starts at 0 every time."
        ),
        StepMistake(
            "rate-in-momentum",
            "w",
            (("w", "w - eta * g - beta * v"),),
            "The velocity is used beside the gradient; it has it inside.",
        ),
    ),
    "nesterov": (
        StepMistake("look-ahead-missing", "w", (("w", "w - eta * v"),), "This is momentum without the look ahead."),
        StepMistake(
            "state-lost", "v", (("v", "g"),), "The state of the step before is lost: v starts at 0 every time."
        ),
    ),
    "adagrad": (
        StepMistake(
            "epsilon-inside-root",
            "w",
            (("w", "w - eta * g / sqrt(s + epsilon)"),),
            "ε stands inside the root; it is added to the root.",
        ),
        StepMistake(
            "root-missing", "w", (("w", "w - eta * g / (s + epsilon)"),), "The root is missing in the denominator."
        ),
        StepMistake("square-missing", "s", (("s", "s + abs(g)"),), "The sum is of |g|; it is of g²."),
        StepMistake(
            "state-lost", "s", (("s", "g * g"),), "The state of the step before is lost: s starts at 0 every time."
        ),
    ),
    "rmsprop": (
        StepMistake(
            "epsilon-inside-root",
            "w",
            (("w", "w - eta * g / sqrt(s + epsilon)"),),
            "ε stands inside the root; it is added to the root.",
        ),
        StepMistake(
            "root-missing", "w", (("w", "w - eta * g / (s + epsilon)"),), "The root is missing in the denominator."
        ),
        StepMistake("decay-swapped", "s", (("s", "(1 - rho) * s + rho * g * g"),), "ρ and 1 − ρ have changed places."),
        StepMistake(
            "decay-weight-missing", "s", (("s", "rho * s + g * g"),), "The factor 1 − ρ of the new g² is missing."
        ),
        StepMistake(
            "state-lost",
            "s",
            (("s", "(1 - rho) * g * g"),),
            "The state of the step before is lost: s starts at 0 every time.",
        ),
    ),
    "adam": (
        StepMistake(
            "bias-correction-missing",
            "m_hat",
            (("m_hat", "m"), ("s_hat", "s")),
            "The correction for both means starting at 0 is missing.",
        ),
        StepMistake(
            "bias-correction-missing", "m_hat", (("m_hat", "m"),), "The correction of m for starting at 0 is missing."
        ),
        StepMistake(
            "bias-correction-missing", "s_hat", (("s_hat", "s"),), "The correction of s for starting at 0 is missing."
        ),
        StepMistake(
            "step-not-counted",
            "m_hat",
            (("m_hat", "m / (1 - beta1)"), ("s_hat", "s / (1 - beta2)")),
            "t stays 1: both corrections are 1/(1 − β) at every step; count the steps.",
        ),
        StepMistake("step-counted-from-2", "m_hat", (), "t is 2 at the first step; count steps from 1.", 2),
        StepMistake(
            "correction-kept",
            "m_hat",
            (("m", "beta1 * m_hat + (1 - beta1) * g"), ("s", "beta2 * s_hat + (1 - beta2) * g * g")),
            "The corrected means are kept for the next step; keep m and s, and correct copies of them.",
        ),
        StepMistake(
            "epsilon-inside-root",
            "w",
            (("w", "w - eta * m_hat / sqrt(s_hat + epsilon)"),),
            "ε stands inside the root; it is added to the root.",
        ),
        StepMistake(
            "epsilon-missing",
            "w",
            (("w", "w - eta * m_hat / sqrt(s_hat)"),),
            "ε is missing: a gradient of 0 divides by 0.",
        ),
        StepMistake(
            "root-missing",
            "w",
            (("w", "w - eta * m_hat / (s_hat + epsilon)"),),
            "The root is missing in the denominator.",
        ),
        StepMistake(
            "decay-swapped", "m", (("m", "(1 - beta1) * m + beta1 * g"),), "β₁ and 1 − β₁ have changed places."
        ),
        StepMistake(
            "decay-swapped", "s", (("s", "(1 - beta2) * s + beta2 * g * g"),), "β₂ and 1 − β₂ have changed places."
        ),
        StepMistake(
            "decay-swapped",
            "m",
            (
                ("m", "beta2 * m + (1 - beta2) * g"),
                ("s", "beta1 * s + (1 - beta1) * g * g"),
                ("m_hat", "m / (1 - beta2**t)"),
                ("s_hat", "s / (1 - beta1**t)"),
            ),
            "β₁ and β₂ have changed places.",
        ),
        StepMistake(
            "decay-squared",
            "s",
            (("s", "beta2**2 * s + (1 - beta2) * g * g"),),
            "β₂ is squared, or taken twice; it is taken once a step.",
        ),
        StepMistake(
            "decay-weight-squared",
            "s",
            (("s", "beta2 * s + ((1 - beta2) * g)**2"),),
            "The factor 1 − β₂ is inside the square; only g is squared.",
        ),
        StepMistake(
            "square-twice",
            "s",
            (("s", "beta2 * s + (1 - beta2) * (g * g)**2"),),
            "The gradient is squared twice; the mean is of g².",
        ),
        StepMistake(
            "decay-weight-missing", "m", (("m", "beta1 * m + g"),), "The factor 1 − β₁ of the new gradient is missing."
        ),
        StepMistake(
            "decay-weight-missing", "s", (("s", "beta2 * s + g * g"),), "The factor 1 − β₂ of the new g² is missing."
        ),
        StepMistake(
            "square-missing", "s", (("s", "beta2 * s + (1 - beta2) * abs(g)"),), "The mean is of |g|; it is of g²."
        ),
        StepMistake(
            "correction-without-power",
            "m_hat",
            (("m_hat", "m / (1 - beta1 * t)"), ("s_hat", "s / (1 - beta2 * t)")),
            "β·t stands where β to the power of t belongs.",
        ),
        StepMistake(
            "gradient-for-mean",
            "w",
            (("w", "w - eta * g / (sqrt(s_hat) + epsilon)"),),
            "The gradient stands where its mean m̂ belongs.",
        ),
        StepMistake(
            "state-lost",
            "m",
            (("m", "(1 - beta1) * g"), ("s", "(1 - beta2) * g * g")),
            "The state of the step before is lost: m and s start at 0 every time.",
        ),
        StepMistake(
            "state-lost",
            "m",
            (("m_hat", "g"), ("s_hat", "g * g")),
            "The state of the step before is lost: m, s and t start anew every time, so that m̂ is g and ŝ is g².",
        ),
    ),
}


FORMS: dict[str, tuple[StepMistake, ...]] = {
    "adam": (
        StepMistake(
            "",
            "w",
            (("w", "w - eta * m_hat / (sqrt(s_hat) + epsilon / sqrt(1 - beta2**t))"),),
            "ε is added to √s and not to √ŝ, which is the shorter form of the paper (Kingma and Ba, section 2).",
        ),
    ),
}
"""Other forms of a rule, which are right too."""


def list_step_mistakes(name: str) -> Sequence[StepMistake]:
    """The mistakes that can be made with an optimizer; the sign first."""
    return (StepMistake("ascent", "w", (), _ASCENT), *_MISTAKES.get(name, ()))
