"""The generated parts of ``check.md``: derivations as they are handed in, and what ``check`` says of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from plain_text import escape

from nn.derivations import check
from visualize import print_diagnosis
from visualize.console import make_console
from visualize.diagnosis.terminal_table import verdict_word

FIRST = """\
delta2 = "(a₂ − y)·σ₂′(z₂)"
delta1 = "δ₂ · a₁ · (1 − a₁)"
dw1 = "delta1 * x"
dw2 = "delta2 * z1"
"""


@dataclass(frozen=True)
class HandedIn:
    """A file, the lecture with the options that are typed, and what the example shows."""

    about: str
    lecture: str
    text: str
    settings: Mapping[str, Any]
    options: str = ""


SIGMOIDS: Mapping[str, Any] = {"activations": ["sigmoid", "sigmoid"]}
_SIGMOIDS = "--activations sigmoid sigmoid"
EXAMPLES = (
    HandedIn("Any algebraic form is right", "chain",
             'delta2 = "(a2 - y)*a2*(1 - a2)"\ndelta1 = "σ₁′(z₁)·w₂·δ₂"', SIGMOIDS, _SIGMOIDS),
    HandedIn("A mistake is named once, and what is right after it follows", "chain",
             'delta1 = "δ₂·σ₁′(z₁)"\ndw1 = "δ₁·x"\ndb1 = "δ₁"', SIGMOIDS, _SIGMOIDS),
    HandedIn("The wrong quantity in a product", "chain",
             'dw2 = "δ₂·z₁"\ndb2 = "δ₂·a₁"', {"activations": ["tanh", "sigmoid"]}, "--activations tanh sigmoid"),
    HandedIn("The other sign of δ is a convention, if the gradients keep to it", "chain",
             'delta2 = "(y - a2)*df2(z2)"\ndelta1 = "delta2*w2*df1(z1)"\ndw1 = "-delta1*x"', SIGMOIDS, _SIGMOIDS),
    HandedIn("A penalty", "chain", 'dw1 = "δ₁·x + λ·w₁"\ndb1 = "δ₁"', {**SIGMOIDS, "penalty": "l2", "lam": 0.1},
             f"{_SIGMOIDS} --penalty l2 --lam 0.1"),
    HandedIn("Numbers are judged to the last digit that was written", "chain",
             'delta2 = -8.590\ndelta1 = -0.00293\ndw1 = -0.01172\ndw2 = -8.583', {}),
    HandedIn("A line for any layer of a network", "layers",
             'delta_output = "(a - y) * a * (1 - a)"\ndelta_hidden = "(W_next @ delta_next) * a * (1 - a)"', {}),
    HandedIn("A matrix product the wrong way round", "rows", 'dW = "delta.T @ a_prev"', {}),
    HandedIn("A convention that is declared", "bernoulli",
             'conventions = "y = P(t=1)"\ndelta_output = "y - t"', {}),
    HandedIn("A mistake that has no name here", "chain", 'dw1 = "δ₁·x + 0.3"', SIGMOIDS, _SIGMOIDS),
)


def write_first() -> str:
    """The first example as the terminal shows it."""
    console = StringIO()
    print_diagnosis(check("chain", tomllib.loads(FIRST)), make_console(console))
    shown = "\n".join(line.rstrip() for line in console.getvalue().rstrip().splitlines())
    return (f"```toml\n# mine.toml\n{FIRST}```\n\n```console\n$ python3 run.py check mine.toml --lecture chain\n{shown}"
            "\n```")


def write_examples() -> str:
    """Each example: the file, and the verdict and the sentence of each of its lines."""
    return "\n\n".join(_write_example(i, example) for i, example in enumerate(EXAMPLES, start=1))


def _write_example(i: int, example: HandedIn) -> str:
    found = check(example.lecture, tomllib.loads(example.text), **example.settings)
    typed = f"--lecture {example.lecture} {example.options}".strip()
    rows = [f"| {verdict.symbol} | {verdict_word(verdict)} | {escape(verdict.sentence)} |"
            for verdict in found.verdicts.values()]
    notes = "".join(f"\n\n{escape(note)}" for note in found.notes)
    return (f"**{i}. {example.about}** (`{typed}`).\n\n```toml\n# example{i}.toml\n{example.text}\n```\n\n"
            "| quantity | verdict | what is said |\n|---|---|---|\n" + "\n".join(rows) + notes)
