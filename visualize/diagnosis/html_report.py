"""A diagnosis as one HTML file: each wrong line beside the right one and its place in the graph; all verdicts."""

from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files

from nn.derivations import LECTURES, Diagnosis, Lecture, LectureFile, Recording, Verdict
from nn.derivations.internal import quantity_places, read_example, record_lecture

from ..graph.graph import Drawing, draw
from ..page.live_page import compute_digest
from ..tables import Cell, Column, write_html_table
from .terminal_table import introduce_telling, list_sentences, list_telling_lines, make_checked_heading, make_table

_STYLE = "\n" + (files(__package__) / "report.css").read_text(encoding="utf-8")
_POLICY = ('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
           f"style-src '{compute_digest(_STYLE)}'; base-uri 'none'; form-action 'none'\">\n")
_MARKS = {"right": "✓", "follows": "→", "wrong": "✗"}


def write_report(diagnosis: Diagnosis, name: str = "") -> str:
    """The report as HTML text; ``name`` is what was checked, such as a file.

    Raises:
        what ``draw`` raises.
    """
    lecture, recording = _record(diagnosis)
    name = name or "your derivation"
    title = make_checked_heading(diagnosis, name) if isinstance(lecture, Lecture) else f"{lecture.title}: {name}"
    wrong = [verdict for verdict in diagnosis.verdicts.values() if verdict.wrong]
    shown = {verdict.sentence for verdict in wrong}  # beside its lines
    sections = "\n".join(_write_lines(verdict, diagnosis, recording) for verdict in wrong)
    told = "\n".join(f"<p>{escape(text)}</p>" for text in list_sentences(diagnosis) if text not in shown)
    lines = list_telling_lines(diagnosis) if diagnosis.telling else ()
    telling = "".join(f"<br><code>{escape(line)}</code>" for line in lines)
    if telling:
        told += f"\n<p>{escape(introduce_telling(lines))}{telling}</p>"
    picture = draw(recording, marks=make_marks(diagnosis, recording), size="slide")
    marked = " ✗ marks the nodes whose line is wrong." if wrong else ""
    return write_html(title, f"""<main>
<h1>{escape(title)}</h1>
<p>{escape(lecture.source)}</p>
{sections}
<h2>All quantities</h2>
<table>
{write_html_table(make_table(diagnosis, marks=_MARKS), _write_class, escape)}
</table>
{told}
{_write_figure(picture, f"The lecture’s graph with its numbers.{marked}", "whole")}
</main>
""", _POLICY)


def write_html(title: str, body: str, policy: str = "") -> str:
    """A page in the style of a report."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{policy}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}</body>
</html>
"""


def _record(diagnosis: Diagnosis) -> "tuple[Lecture | LectureFile, Recording]":
    """The lecture, and its graph with the numbers of the diagnosis."""
    if diagnosis.lecture in LECTURES:
        lecture = LECTURES[diagnosis.lecture]
        return lecture, lecture.record(lecture.resolve(diagnosis.settings))
    file = Lecture.read(diagnosis.lecture)
    return file, record_lecture(file, read_example(diagnosis.settings, file.notation, file.problem))


def _write_lines(verdict: Verdict, diagnosis: Diagnosis, recording: Recording) -> str:
    """A line that is wrong beside the right one, why, and the place in the graph that it is about."""
    mark = f"✗ your {verdict.symbol}"
    read_as = f"<dd>read as {escape(verdict.read_as)}</dd>" if verdict.read_as else ""
    label = next(_list_labels(verdict, diagnosis, recording))
    around = draw(recording, around=label, marks={label: mark}, size="print", legend=False)
    caption = f"{label}, what it is computed from, and what is computed from it, with the lecture’s numbers."
    return f"""<section>
<h2>{escape(verdict.symbol)}</h2>
<dl>
<div><dt>✗ your line</dt><dd class="wrong">{escape(verdict.symbol)} = {escape(verdict.given)}</dd>{read_as}</div>
<div><dt>✓ the right line</dt><dd class="right">{escape(verdict.symbol)} = {escape(verdict.expected)}</dd></div>
</dl>
<p>{escape(verdict.sentence)}</p>
{_write_figure(around, caption, "place")}
</section>"""


def _write_figure(picture: Drawing, caption: str, kind: str) -> str:
    """A picture that is scrolled where the window is too narrow for its letters."""
    svg = picture.svg[picture.svg.index("<svg"):]
    return (f'<figure class="{kind}"><div tabindex="0" role="region" aria-label="{escape(caption)}">\n{svg}</div>\n'
            f"<figcaption>{escape(caption)}</figcaption></figure>")


def _write_class(column: Column, cell: Cell | None) -> str:
    """The class of a cell, its state or the name of its column, and the heading that stands before it on a phone."""
    if cell is None:
        return 'scope="col"'
    return f'class="{cell.state or column.title}" data-title="{column.title}"'


def make_marks(diagnosis: Diagnosis, recording: Recording) -> Mapping[str, str]:
    """Label of a node -> what is wrong there."""
    found: dict[str, str] = {}
    for verdict in diagnosis.verdicts.values():
        if verdict.wrong:
            for label in _list_labels(verdict, diagnosis, recording):
                found[label] = f"{found[label]}, {verdict.symbol}" if label in found else f"✗ your {verdict.symbol}"
    return found


def _list_labels(verdict: Verdict, diagnosis: Diagnosis, recording: Recording) -> Iterator[str]:
    """The nodes of a quantity: δ stands at the pre-activation, a gradient and an update at the parameter."""
    for kind, layer in quantity_places(diagnosis.lecture, diagnosis.settings, verdict.quantity):
        if layer is None:
            yield recording.cost.label
            continue
        if kind in ("db", "b_new"):
            nodes = list(recording.biases.get(layer, ()))
        else:
            weights, post = recording.weights, recording.post
            rows = {"post": post, "dpost": post, "dW": weights, "W_new": weights}.get(kind, recording.pre)
            nodes = [node for row in rows[layer] for node in row]
        yield from (node.label for node in nodes)
