"""A program that was handed in: it is judged, and shown in the terminal and as one HTML file."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn.derivations import CodeDiagnosis

from ..console import make_console
from ..tables import Cell, Column, Table, print_table, write_html_table
from .html_report import write_html
from .processes import run_worker
from .submissions import read_small_text
from .terminal_table import verdict_word

if TYPE_CHECKING:
    from rich.console import Console

LARGEST = 1_000_000  # bytes of a file
_COLUMNS = (Column("array", "symbol"), Column("verdict", "symbol"), Column("mistakes"))
TEMPLATE = '''"""What autograd-lite check-code calls: fill in the lines that say so."""
import numpy as np


def gradients(W, b, X, Y):
    """The lists dW and db, one array a layer, each of the shape of its parameter.

    W: a list of matrices, (inputs, units) or (units, inputs); b: of arrays (n,), (n,1) or (1,n); X, Y: samples in
    rows or columns. All of that is found by trying. With a parameter eta it is one step, and returns the new W and b;
    with a parameter lam, the strength of a penalty, the penalty is judged too.
    """
    raise NotImplementedError("call your own program here, and return dW, db")


# Optional; these make the verdict certain. Take away the # and fill them in.
# def forward(W, b, X):
#     return outputs
#
#
# def cost(W, b, X, Y):
#     return number
'''


def judge_file(path: str, settings: dict[str, Any]) -> CodeDiagnosis:
    """The diagnosis of a Python file, made in a process of its own.

    Raises:
        OSError: the file cannot be read; ValueError: it is no program, or did not end in time.
    """
    if Path(path).suffix.lower() != ".py":
        raise ValueError(f"{path} is no Python file: let its name end in .py")
    text = read_small_text(path, LARGEST)
    if text.split() == TEMPLATE.split():
        raise ValueError(f"{path} is the template, with nothing filled in: let gradients call your program and return "
                         "its dW and db")
    request = {"kind": "program", "path": str(Path(path).resolve()), "text": text, "settings": settings}
    return run_worker(request, path, CodeDiagnosis.from_dict)


def make_code_table(found: CodeDiagnosis, answers: bool = True) -> Table:
    """A row for each array, from the output back; without the mistakes where hints leave them out."""
    rows: list[list[Cell | str]] = []
    for verdict in found.verdicts.values():
        word = verdict_word(verdict)
        state = word if word != "not judged" else "unreadable"
        rows.append([verdict.array, Cell(word, state), ", ".join(verdict.mistakes)])
    return Table(_COLUMNS, rows).leave_out(() if answers else ("mistakes",))


def list_code_sentences(found: CodeDiagnosis, hints: int = 3) -> list[str]:
    """What is said: at level 1 where, at 2 of what kind, at 3 all of it."""
    if hints < 3 and not found.right:
        return [found.hints[hints - 1] or "Look at where the program stops."]
    return [found.sentence, *found.notes]


def print_code_diagnosis(found: CodeDiagnosis, console: "Console | None" = None, hints: int = 3) -> None:
    """Print what was read, the table of arrays, and the sentences."""
    console = console or make_console()
    read = f"Read as: {found.conventions}."
    if str(found.conventions) and found.verdicts:  # a program that stops says itself what it was tried as
        console.print(read, markup=False)
    if found.verdicts:
        print_table(make_code_table(found, hints >= 3), console)
    for sentence in list_code_sentences(found, hints):
        console.print(sentence.replace(read, "").replace("  ", " ").strip(), markup=False)


def write_code_report(found: CodeDiagnosis, name: str) -> str:
    """The report as HTML text."""
    said = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in list_code_sentences(found))
    table = write_html_table(make_code_table(found), _write_class, escape) if found.verdicts else ""
    return write_html(name, f"""<h1>{escape(name)}: {"right" if found.right else "not right"}</h1>
<table>
{table}
</table>
{said}
""")


def _write_class(column: Column, cell: Cell | None) -> str:
    return f'class="{cell.state or column.title}"' if cell else ""
