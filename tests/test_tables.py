"""Tables in terminals of 60 and 80 columns: nothing is wider, and no formula is broken inside an index."""

import re
from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from autograd_lite.labels import LOWERED, RAISED
from nn.derivations import LECTURES, check, compare, compare_all, examples
from visualize import print_comparison, print_diagnosis, print_steps
from visualize.commands.cli import main
from visualize.comparison import print_derivation, print_summary
from visualize.console import make_console
from visualize.tables import Cell, Column, Table, print_table, wrap_formula, write_html_table

WRONG = {"delta2": "(a₂ − y)·σ₂′(z₂)", "delta1": "δ₂ · a₁ · (1 − a₁)", "dw1": "delta1 * x", "dw2": "delta2 * z1"}


def compared(name: str, console: Console) -> None:
    print_comparison(compare(name), console)


def stepped(name: str, console: Console) -> None:
    print_steps(LECTURES[name].record(LECTURES[name].resolve({})), console)


def derived(name: str, console: Console) -> None:
    print_derivation(LECTURES[name], LECTURES[name].resolve({}), console)


PRINTED: dict[str, Callable[[Console], Any]] = {
    **{f"compare {name}": partial(compared, name) for name in LECTURES},
    **{f"steps of {name}": partial(stepped, name) for name in ("one-neuron", "chain", "layers")},
    **{f"lines of {name}": partial(derived, name) for name in LECTURES},
    "check": lambda console: print_diagnosis(check("chain", WRONG), console),
    "check numbers": lambda console: print_diagnosis(check("chain", {"delta1": 0.12345678, "dw1": -1234567.8, "C": 12.3456789}), console),
    "compare all": lambda console: print_summary(compare_all(), {name: example.reproduce() for name, example in examples().items()}, console),
}


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("what", PRINTED)
def test_nothing_is_wider_than_the_terminal_or_broken_inside_an_index(what: str, width: int) -> None:
    file = StringIO()
    console = Console(file=file, width=width, highlight=False)
    PRINTED[what](console)
    lines = file.getvalue().splitlines()
    # names of settings and what is to be typed may be longer than the terminal; tables, formulas and sentences are not
    wide = [line for line in lines if len(line) > width and "--" not in line]
    assert not wide
    broken = [line for line in lines for cell in re.split(r"  +", line.strip()) if cell[:1] and cell[0] in LOWERED + RAISED + "/′"]
    assert not broken


def test_a_formula_breaks_before_an_operator_or_after_a_dot() -> None:
    formula = "(δ₁⁽²⁾·w₁₁⁽²⁾ + δ₂⁽²⁾·w₂₁⁽²⁾)·σ′(z₁⁽¹⁾)"
    for width in range(1, 50):
        lines = wrap_formula(formula, width)
        assert "".join(lines).replace(" ", "") == formula.replace(" ", "")
        assert all(not line.endswith(("+", "−", "=")) for line in lines)
    assert wrap_formula(formula, 100) == [formula]
    assert wrap_formula("a = b", 3) == ["a", "= b"]
    assert wrap_formula("", 3) == [""]


def test_what_cannot_be_broken_is_printed_as_a_list() -> None:
    table = Table([Column("quantity", "symbol"), Column("formula", "formula"), Column("by hand", "number")],
                  [["δ₁", Cell("a" * 20 + " + " + "b" * 20, "wrong"), "1.5"]])
    file = StringIO()
    print_table(table, Console(file=file, width=30))
    assert file.getvalue().split() == ["δ₁", "formula", "a" * 20, "+", "b" * 20, "by", "hand", "1.5"]


def test_the_same_table_is_html() -> None:
    table = Table([Column("quantity"), Column("verdict")], [["δ₁", Cell("<b>", "wrong")]])
    found = write_html_table(table, lambda column, cell: f'class="{cell.state or column.title}"' if cell else "", lambda text: text.replace("<", "&lt;"))
    assert found == ('<thead><tr><th>quantity</th><th>verdict</th></tr></thead>\n<tbody>\n'
                     '<tr><td class="quantity">δ₁</td><td class="wrong">&lt;b></td></tr>\n</tbody>')


def test_what_is_piped_is_not_wrapped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COLUMNS")
    assert main(["compare", "rss"]) == 0
    assert any(len(line) > 150 for line in capsys.readouterr().out.splitlines())
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["compare", "rss"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60
    assert make_console(StringIO()).width == 80


def test_the_first_output_says_what_its_words_mean(capsys: pytest.CaptureFixture[str]) -> None:
    for command, sentence in (
        (["compare", "one-neuron"], "δ is the gradient at the pre-activation: δ = ∂C/∂z."),
        (["step", "chain"], "δ is the gradient at a pre-activation: δ₁ = ∂C/∂z₁."),
        (["compare", "layers"], "Reading T: the first index of a weight is the unit that it leads to, its target."),
        (["compare", "all"], "Reading S of layers: the first index of a weight is the unit that it comes from, its source;"),
    ):
        assert main(command) == 0
        assert sentence in " ".join(capsys.readouterr().out.split())
    assert main(["compare", "one-neuron"]) == 0
    assert "α" not in capsys.readouterr().out, "s and α are said only where they are not 1"
