"""A message quotes at most 200 characters of what was handed in, whatever was handed in, and wherever."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_lite import Value, grad, gradcheck, log, sqrt, trace
from autograd_lite.quoting import LONGEST, quote, shorten
from nn import MLP, Data, Neuron, fit, load, optimizers, read_csv
from nn.derivations import check, compare
from visualize import draw, page
from visualize.commands.cli import main

LONG = "w" * 20_000
MOST = 1_000  # a sentence, the names that are known, and two quotations


def test_what_is_short_is_quoted_whole() -> None:
    assert quote("δ₁") == "'δ₁'"
    assert shorten("x" * LONGEST) == "x" * LONGEST
    assert len(shorten("x" * (LONGEST + 1))) == LONGEST
    assert quote([1.0] * 1000).startswith("[1.0, 1.0, ")


CALLS: dict[str, Callable[[], Any]] = {
    "data": lambda: Value(LONG),  # type: ignore[arg-type]
    "label": lambda: Value(1.0, [LONG]),  # type: ignore[arg-type]
    "node": lambda: log(Value(-1.0, LONG)),
    "gradient": lambda: sqrt(Value(0.0, LONG)).backward(),
    "float": lambda: float(Value(1.0, LONG)),
    "inputs of grad": lambda: grad(Value(1.0), [LONG]),  # type: ignore[type-var]
    "order": lambda: trace(Value(1.0), LONG),
    "point": lambda: gradcheck(sqrt, LONG),  # type: ignore[arg-type]
    "activation": lambda: Neuron(1, LONG),
    "size": lambda: MLP(1, [LONG]),  # type: ignore[list-item]
    "initializer": lambda: Neuron(1, initializer=LONG),
    "cost": lambda: fit(Neuron(1), [[1.0]], [1.0], cost=LONG),
    "optimizer": lambda: fit(Neuron(1), [[1.0]], [1.0], optimizer=LONG),
    "setting of an optimizer": lambda: optimizers.Adam(LONG),  # type: ignore[arg-type]
    "class": lambda: Data.of([[1.0, 2.0]], LONG),  # type: ignore[arg-type]
    "file": lambda: load(LONG),
    "csv file": lambda: read_csv(LONG, "y"),
    "lecture": lambda: compare(LONG),
    "setting": lambda: compare("chain", **{LONG: 1.0}),
    "value of a setting": lambda: compare("chain", x=LONG),
    "choice": lambda: compare("one-neuron", activation=LONG),
    "array": lambda: compare("columns", X=[[LONG]]),
    "key": lambda: check("chain", {LONG: "1"}),
    "formula": lambda: check("chain", {"delta1": LONG}),
    "function in a formula": lambda: check("chain", {"delta1": f"{LONG[:1900]}(z1)"}),
    "number": lambda: check("chain", {"delta1": [LONG]}),
    "convention": lambda: check("chain", {"conventions": LONG, "delta1": "1"}),
    "view": lambda: draw(Value(1.0) * 2, view=LONG),
    "expand": lambda: draw(Value(1.0) * 2, expand=LONG),
    "mark": lambda: draw(Value(1.0) * 2, marks={LONG: "wrong"}),
    "picture": lambda: draw(Value(1.0) * 2).save(f"{LONG}.txt"),
    "page": lambda: page(Value(1.0) * 2).save(f"{LONG}.txt"),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_message_stays_a_sentence(what: str) -> None:
    with pytest.raises((TypeError, ValueError, OSError, ArithmeticError, AttributeError)) as caught:
        CALLS[what]()
    assert len(str(caught.value)) <= MOST


@pytest.mark.parametrize("arguments", [
    [LONG], ["compare", LONG], ["compare", "chain", "--x", LONG], ["compare", "chain", f"--{LONG}"], ["draw", "chain", "--view", LONG],
    ["check", LONG, "--lecture", "chain"], ["check", "a.toml", "--lecture", LONG], ["train", LONG, "--target", "y"],
    ["train", "a.csv", "--target", "y", "--epochs", LONG], ["predict", LONG, LONG],
], ids=lambda arguments: " ".join(argument[:10] for argument in arguments))
def test_the_command_line_answers_with_a_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert len(capsys.readouterr().err) <= MOST


def test_a_csv_file_with_long_cells_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for text, target in ((f"x,{LONG}\n1,2\n", "y"), (f"x,y\n{LONG},2\n1,3\n", "y"), (f"x,y\n1,{LONG}\n2,1.5\n", "y"), (f"{LONG},{LONG}\n1,2\n", LONG)):
        (tmp_path / "long.csv").write_text(text)
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - any message will do that is short
            read_csv(tmp_path / "long.csv", target)
        assert len(str(caught.value)) <= MOST


