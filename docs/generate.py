"""Writes the parts of the documentation that come from the program: ``python docs/generate.py``.

The table of operations in ``engine.md`` is the project's own table, ``notations.md`` is made from the lectures' lines
and conventions, ``MISTAKES.md`` from the tables of mistakes, the examples in ``check.md`` from what ``check`` says,
the tables in ``training.md`` from the costs, penalties, optimizers, schedules and initializers, and one in
``GLOSSARY.md`` from the words that a page explains; ``page.example.json`` is the data of a page. Tests hold the files
to them.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from autograd_lite import OPERATIONS
from nn import costs, initializers, optimizers, schedules
from nn.derivations import LECTURES, Conventions, compare
from nn.derivations.internal import write_general_statement
from nn.internal import format_formula
from visualize import page
from visualize.page.glossary import GLOSSARY

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from handed_in import write_examples, write_first  # noqa: E402 - neighbours, wherever this is started from
from mistakes import mistakes  # noqa: E402 - a neighbour, wherever this is started from
from program_mistakes import program_mistakes, step_mistakes  # noqa: E402 - a neighbour, wherever this is started from

QUANTITIES = {
    "input": "Input", "pre": "Pre-activation", "post": "Post-activation", "C": "Cost",
    "delta_output": "δ of the output layer", "delta_hidden": "δ of a hidden layer", "dW": "Gradient of the weights",
    "db": "Gradient of the biases",
    "W_new": "Update of the weights", "b_new": "Update of the biases",
}
FORMS: dict[str, list[tuple[str, dict[str, Any]]]] = {  # every line that a lecture has, in all its forms
    "one-neuron": [("one-neuron", {"penalty": "l2", "lam": 1})], "chain": [("chain", {"penalty": "l2", "lam": 1})],
    "layers": [("layers", {}), ("layers, reading S", {"reading": "S"})], "rss": [("rss", {})],
    "bernoulli": [("bernoulli", {})],
    **{id: [(id, {"b": LECTURES[id].variants["question 1: with a bias"]["b"], "penalty": "l2", "lam": 1})]
       for id in ("columns", "rows")},
}


def operations() -> str:
    """The table of operations as Markdown."""
    rows = []
    for name, row in OPERATIONS.items():
        partials = "<br>".join(f"∂y/∂{operand} = `{partial}`" for operand, partial in row.partials.items())
        kink = ", ".join(f"∂y/∂{operand} = {partial}" for operand, partial in row.at_kink.items())
        second = f", and {row.second_at_kink} for the second derivative" if list(row.partials) == ["a"] else ""
        chosen = f"where {row.kink} = 0: {kink}{second}" if row.kink else ""
        remark = "; ".join(filter(None, [row.domain, chosen, row.note]))
        rows.append((name, f"`{row.value}`", partials, remark))
    return table(("operation", "y", "partials", "defined where, and at a kink"), rows)


def conventions() -> str:
    """What each lecture chooses, as Markdown."""
    return table(
        ("id", "δ", "pre / post", "a weight's first index", "its superscript", "input layer", "bias", "ℓ", "α",
         "penalty"), [(id, *chosen(lecture.conventions(lecture.resolve({})))) for id, lecture in LECTURES.items()],
    )


def chosen(of: Conventions) -> tuple[str, ...]:
    """One lecture's conventions in words."""
    scalars = of.form == "scalars"
    biases = {"b": "b", "column": f"{of.weight}ₖ₀, with x₀ = 1", "index 0": f"{of.weight}ᵢ₀",
              "option": "none; b in question 1"}
    return (
        f"{'−' if of.sign < 0 else ''}{'N·' if of.mean else ''}∂{of.cost}/∂{of.pre}", f"{of.pre} / {of.post}",
        "none" if scalars else of.first, "none" if scalars else of.superscript,
        "counted down from l" if of.input_layer is None else str(of.input_layer), biases[of.bias],
        of.loss_text, "1/N" if of.mean else "1", " or ".join(text for _, text in of.penalties.values()) or "none",
    )


def side_by_side() -> str:
    """The lines of all lectures by quantity, as Markdown."""
    parts = []
    for kind, title in QUANTITIES.items():
        rows = []
        for id, forms in FORMS.items():
            for name, given in forms:
                lines = LECTURES[id].equations(LECTURES[id].resolve(given))
                found = [f"{line.left} = {line.right}" for line in lines if line.kind == kind]
                text = re.sub(r"([\[\]])", r"\\\1", "<br>".join(found))  # [i](…) would be a link
                rows += [(name, text)] if found else []
        if kind in ("db", "b_new"):  # for who looks for them
            rows += [(id, f"in the line of the weights, with index 0{' and x₀ = 1' * (id == 'rss')}")
                     for id in ("rss", "bernoulli") if id not in dict(rows)]
        parts.append(f"## {title}\n\n{table(('lecture', 'line'), rows)}")
    return "\n\n".join(parts)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    escaped = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *escaped))


def cost_table() -> str:
    """The costs of a batch, as Markdown."""
    return table(("cost", "C", "derivative", "to know"), [(name, cost.formula, cost.slope, cost.note)
                                                          for name, cost in costs.COSTS.items()])


def penalty_table() -> str:
    """The penalties, as Markdown."""
    return table(("penalty", "formula", "derivative at w"), [(name, row.formula, row.derivative)
                                                             for name, row in costs.PENALTIES.items()])


def optimizer_table() -> str:
    """The optimizers, as Markdown."""
    rows = []
    for name, method in optimizers.OPTIMIZERS.items():
        settings = ", ".join(f"{format_formula(setting)} = {value:g}" for setting, value in method().settings.items())
        rows.append((name, "<br>".join(method.formulas()), settings, method.source))
    return table(("optimizer", "a step", "settings", "source"), rows)


def schedule_table() -> str:
    """The learning rates that change, as Markdown."""
    rows = []
    for name, schedule in schedules.SCHEDULES.items():
        settings = ", ".join(f"{format_formula(p.name)} = {p.default:g}"
                             for p in signature(schedule).parameters.values()
                             if p.default is not p.empty)
        about = " ".join((schedule.__doc__ or "").partition("\n\n")[0].replace("``", "`").split())
        rows.append((name, format_formula(schedule.formula), settings, about))
    return table(("schedule", "η of an epoch, counted from 0", "settings", ""), rows)


def initializer_table() -> str:
    """The initializers, as Markdown."""
    words = {"uniform": "uniform in ±{}", "normal": "normal, deviation {}", "constant": "{}"}
    return table(("initializer", "weights", "source"), [
        (name, words[made.distribution].format(format_formula(made.spread)), made.source)
        for name, made in initializers.INITIALIZERS.items()])


def write_statement() -> str:
    """The general statement as a block of text."""
    return "```text\n" + "\n".join(write_general_statement()) + "\n```"


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "check.md": {"first": write_first, "examples": write_examples},
    "engine.md": {"operations": operations},
    "notations.md": {"statement": write_statement, "conventions": conventions, "lines": side_by_side},
    "MISTAKES.md": {"mistakes": mistakes, "program mistakes": program_mistakes, "step mistakes": step_mistakes},
    "GLOSSARY.md": {"page": lambda: table(("word", "meaning"), [*GLOSSARY.items()])},
    "training.md": {"costs": cost_table, "penalties": penalty_table, "optimizers": optimizer_table,
                    "schedules": schedule_table, "initializers": initializer_table},
}
"""File name -> mark in the file -> what writes the part under that mark."""


def make_page(name: str) -> str:
    """The page with its generated parts put in."""
    text = (DOCS / name).read_text(encoding="utf-8")
    for mark, write in PARTS[name].items():
        (old,) = re.findall(rf"<!-- {mark} -->.*?<!-- end -->", text, flags=re.DOTALL)
        text = text.replace(old, f"<!-- {mark} -->\n{write()}\n<!-- end -->")
    return text


def write_page_example() -> str:
    """The data of the page about one neuron, as JSON."""
    found = compare("one-neuron")
    data = page(LECTURES["one-neuron"].record(found.settings), by_hand=found).data
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (DOCS / "page.example.json").write_text(write_page_example(), encoding="utf-8")
    for file in PARTS:
        (DOCS / file).write_text(make_page(file), encoding="utf-8")
