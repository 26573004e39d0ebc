"""A diagnosis as one HTML file: the verdicts, a sentence each, and the graph in which what is wrong is marked."""

from collections.abc import Iterator, Mapping
from html import escape

from autograd_lite import topological_order
from nn.derivations import LECTURES, Diagnosis, Recording, Verdict
from nn.derivations.internal import quantity_places

from ..graph.graph import draw
from ..tables import Cell, Column, write_html_table
from .terminal_table import list_sentences, list_telling_lines, make_table

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #111; --line: #888; --right: #00664d; --follows: #7a5b00;
  --wrong: #a80000; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181c; --ink: #f2f2f2; --line: #999; --right: #2bc79b;
  --follows: #f0c74f; --wrong: #ff8a80; } }
body { margin: 1rem auto; max-width: 75rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 "DejaVu Sans", Verdana, Arial, sans-serif; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
.right { color: var(--right); } .follows { color: var(--follows); } .wrong { color: var(--wrong); font-weight: bold; }
figure { margin: 1rem 0; overflow: auto; background: #fff; border: 1px solid var(--line); border-radius: .4rem;
  padding: .5rem; }
figcaption { color: #111; }
figure svg { max-width: 100%; height: auto; }
"""
_WIDE = 25  # nodes; with more of them the page would be a picture to scroll in
_MARKS = {"right": "✓", "follows": "→", "wrong": "✗"}


def write_report(diagnosis: Diagnosis, name: str = "") -> str:
    """The report as HTML text; ``name`` is what was checked, such as a file.

    Raises:
        what ``draw`` raises.
    """
    lecture = LECTURES[diagnosis.lecture]
    recording = lecture.record(lecture.resolve(diagnosis.settings))
    title = f"{lecture.title}: {name or 'your derivation'}"
    told = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in list_sentences(diagnosis))
    lines = list_telling_lines(diagnosis) if diagnosis.telling else ()
    telling = "".join(f"<br><code>{escape(line)}</code>" for line in lines)
    if telling:
        told += f"\n<p>Inputs that tell mistakes apart:{telling}</p>"
    size = "slide" if len(topological_order(recording.cost)) > _WIDE else None  # which folds it by layer
    picture = draw(recording, marks=make_marks(diagnosis, recording), size=size).svg
    svg = picture[picture.index("<svg"):]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p>{escape(lecture.source)}</p>
<table>
{write_html_table(make_table(diagnosis, marks=_MARKS), _write_class, escape)}
</table>
{told}
<figure>
{svg}
<figcaption>The lecture’s graph with its numbers; ✗ marks the nodes whose line is wrong.</figcaption>
</figure>
</body>
</html>
"""


def _write_class(column: Column, cell: Cell | None) -> str:
    """The class of a cell: its state, or the name of its column."""
    return f'class="{cell.state or column.title}"' if cell else ""


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
            weights = recording.weights
            rows = {"post": recording.post, "dW": weights, "W_new": weights}.get(kind, recording.pre)
            nodes = [node for row in rows[layer] for node in row]
        yield from (node.label for node in nodes)
