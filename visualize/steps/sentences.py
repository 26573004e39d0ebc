"""What is said of passes and numbers, as templates: terminal and pictures fill them here, a page in the browser."""

from collections.abc import Mapping, Sequence

from autograd_lite.internal import REFUSALS

SENTENCES: Mapping[str, str] = {
    **REFUSALS,
    # the texts of a step
    "step of": "step {step} of {steps}",
    "derivative of": "∂{of}/∂{by}",
    "delta": "δ({node})",
    "computes": "{node} = {formula}",
    "in numbers": "{numbers} = {result}",
    "adds": "{gradient} += {symbols}",
    "value": "value {value}",
    "change": "{before} → {after}",
    "of sample": "{name} of sample {sample}",
    # what a step leaves behind
    "waits": "{node} waits for {count} more of {consumers}",
    "early": "{node} passes on too early",
    "missing": "— ({why})",
    "not complete": "not complete",
    "not reached": "not reached",
    "fails": "✗ {how}: the backward pass ends here",
    "failure": "The backward pass ends at step {step}: {why}. Without a complete gradient: {names}.",
    "and more": "{names} and {count} more",
    # without a topological order, where no node waits
    "heard": "{node} has heard from {count} of {consumers}",
    "goes wrong": "Step {step} goes wrong: {node} passes its gradient on before all its consumers have "
                  "reported. What {node} passes on here is passed on again as part of its whole gradient, so it "
                  "counts more than once.",
    "ends": "The recursion ends with {ends}.",
    "wrong": "{gradient} = {wrong} instead of {right}",
    "by chance": "the right numbers, by chance",
    # predictions
    "question": "{node} passes on to {parent}. What does it make {gradient}, rounded to two significant digits or "
                "more?",
    "rule": "The rule is {rule}, starting from {before}.",
    "with numbers": "With numbers: {before} + {numbers}.",
    "more digits": "So far right; give one more digit",
    "no number": "Type a number, such as 0.031, or the word hint",
    "not that": "Not that. {hint}",
    "right": "Right.",
    "first attempt": "right at the first attempt",
}
"""Name -> template; what stands in braces is filled in."""
FEW = 6  # names in a sentence


def fill(name: str, /, **fields: object) -> str:
    """The sentence of that name, filled in.

    >>> fill("waits", node="a₁", count=1, consumers=2)
    'a₁ waits for 1 more of 2'
    """
    return SENTENCES[name].format(**fields)


def list_few(names: Sequence[str]) -> str:
    """The names, and how many more there are than a sentence has room for."""
    few = ", ".join(names[:FEW])
    return fill("and more", names=few, count=len(names) - FEW) if len(names) > FEW else few
