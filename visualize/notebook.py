"""Displays in notebooks: a value as its picture, a trace as its derivation, a comparison as its table."""

import re
import warnings
from collections.abc import Callable
from html import escape
from typing import Any, TypeVar

from autograd_lite import StaleGraphWarning, Trace, Value, topological_order, trace
from nn.derivations import Comparison, Diagnosis, Recording

from .comparison import describe_verdict, make_comparison_table, make_heading
from .diagnosis.terminal_table import list_sentences, make_table
from .diagnosis.terminal_table import make_checked_heading as checked
from .graph.cards import FOLD_ABOVE
from .graph.graph import draw
from .steps.equations import describe_failure
from .steps.latex_derivation import write_passes
from .tables import Cell, Column, write_html_table

Shown = TypeVar("Shown")

_LARGEST = 10_000  # nodes; tracing more of them takes seconds, which nobody asked for who only named a value

# Colours of text and paper are the notebook's, dark or light; those of lines and marks are seen on both.
_TABLE = "border-collapse:collapse;margin:.5em 0"
_TEXT = "text-align:left;padding:.2em .8em;white-space:nowrap"
_NUMBER = "text-align:right;padding:.2em .8em;white-space:nowrap;font-variant-numeric:tabular-nums"
_LINE = f"{_TEXT};padding-top:.8em;border-bottom:1px solid rgba(128,128,128,.6)"
_RIGHT, _WRONG = "#009E73", "#D55E00"


def register(shell: Any) -> None:
    """Teach a running IPython shell to display values, traces, lectures' recordings, comparisons and diagnoses.

    What cannot be displayed, such as a graph with a label that is no string, falls back on its ``repr``: a display is
    no place for an error. ``draw`` and ``trace`` say what is wrong.
    """
    formatters = shell.display_formatter.formatters
    shell.display_formatter.mimebundle_formatter.for_type(Value, _or_repr(_draw_picture))
    formatters["text/latex"].for_type(Trace, _write_derivation)
    formatters["text/latex"].for_type(Recording, _or_repr(_write_lecture_derivation))
    formatters["text/html"].for_type(Comparison, _write_table)
    formatters["text/html"].for_type(Diagnosis, _write_verdicts)
    formatters["text/plain"].for_type(Trace, _say_trace)
    formatters["text/plain"].for_type(Recording, _say_recording)


def _or_repr(display: Callable[[Any], Shown]) -> Callable[[Any], Shown | None]:
    """The display, or None, for which IPython shows the ``repr``."""

    def try_display(thing: Any) -> Shown | None:
        try:
            return display(thing)
        except (ArithmeticError, RuntimeError, TypeError, ValueError):  # what trace and draw raise
            return None

    return try_display


def _draw_picture(value: Value) -> dict[str, str] | None:
    """As HTML, and as SVG for papers that are made of the notebook; drawn once."""
    if len(topological_order(value)) > _LARGEST:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StaleGraphWarning)  # the picture says it
        drawing = draw(value)
        return {"text/html": drawing._repr_html_(), "image/svg+xml": drawing._repr_svg_()}


def _write_derivation(recorded: Trace, recording: Recording | None = None) -> str | None:
    """Both passes as LaTeX; None of gradients that are wrong, and of more than a page typesets in reasonable time."""
    if recorded.order != "topological" or len(recorded.nodes) > FOLD_ABOVE:
        return None
    lecture = (recording.deltas, recording.functions) if recording else ({}, {})
    # nbconvert's LaTeX needs align* without dollars, VS Code needs dollars; aligned between dollars is right in all
    text = "\n".join(f"$$\\begin{{aligned}}\n{lines}\n\\end{{aligned}}$$" for lines in write_passes(recorded, *lecture))
    # some notebooks put LaTeX into the page as HTML; in a formula of ours a space follows, so only labels are parted
    return re.sub(r"<(?=[\w/!?])", "<\N{WORD JOINER}", text) or None


def _write_lecture_derivation(recording: Recording) -> str | None:
    """With the lecture's δ and letters, of which a trace knows nothing."""
    return _write_derivation(trace(recording.cost), recording)


def _say_trace(recorded: Trace, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - as IPython calls it
    """One line: the plain data of a trace is pages."""
    order = "" if recorded.order == "topological" else f" in {recorded.order} order"
    failure = f". {describe_failure(recorded)}" if recorded.failure else ""
    printer.text(f"<Trace of {recorded.output}{order}: {len(recorded.nodes)} nodes, {len(recorded.steps)} steps; "
                 f"print_steps prints them{failure}>")


def _say_recording(recording: Recording, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - as IPython calls it
    printer.text(f"<Recording of {recording.cost.label}: print_steps prints its steps, draw draws it>")


def _write_table(comparison: Comparison) -> str:
    """The table that ``print_comparison`` prints."""
    title, *given = make_heading(comparison)
    told = "<br>".join(_escape_text(line) for line in given)
    table = make_comparison_table(comparison)
    inside = write_html_table(table, _write_style, _escape_text)
    mark, colour = ("✓", _RIGHT) if comparison.agrees else ("✗", _WRONG)
    notes = "".join(f"<p>{_escape_text(note)}</p>" for note in comparison.notes)
    return (f"<div><p><strong>{_escape_text(title)}</strong><br>{told}</p>"
            f'<table style="{_TABLE}">{inside}</table>'
            f'<p style="border-left:.4em solid {colour};padding-left:.6em">{mark} '
            f"{_escape_text(describe_verdict(comparison))}</p>"
            f"{notes}</div>")


def _write_verdicts(diagnosis: Diagnosis) -> str:
    """The table that ``print_diagnosis`` prints."""
    inside = write_html_table(make_table(diagnosis), _write_style, _escape_text)
    mark, colour = ("✓", _RIGHT) if diagnosis.right else ("✗", _WRONG)
    told = "".join(f"<p>{_escape_text(sentence)}</p>" for sentence in list_sentences(diagnosis))
    return (f"<div><p><strong>{mark} {_escape_text(checked(diagnosis))}</strong></p>"
            f'<table style="{_TABLE}">{inside}</table>'
            f'<div style="border-left:.4em solid {colour};padding-left:.6em">{told}</div></div>')


def _write_style(column: Column, cell: Cell | None) -> str:
    """The style of a heading or a cell; a line of the derivation that stands over several rows has its own."""
    if cell and cell.state == "line":
        return f'style="{_LINE}"'
    return f'style="{_NUMBER if column.kind == "number" else _TEXT}"'


def _escape_text(text: str) -> str:
    """Text as HTML, in which a notebook looks for formulas too: their marks stand alone, and so mark nothing."""
    return re.sub(r"[$\\]", r"<span>\g<0></span>", escape(text))
