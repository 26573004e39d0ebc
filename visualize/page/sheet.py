"""A worksheet: the problem, the network, and a table to fill in, or every line in symbols and numbers."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from html import escape

from autograd_lite import trace
from nn.derivations import Comparison, Recording

from ..comparison import format_nine_digits, group_rows
from ..graph.network import Network, read_network
from ..graph.network_layout import PAPERS, Paper, Plan, plan_network
from ..graph.network_svg import NetworkPicture
from ..graph.themes import THEMES
from ..steps.equations import in_letters

_NOTHING = float("nan")
_NAMED = 6  # lines between two layers that bear their weights
# no formula is bold: DejaVu Serif Bold draws the sign of the transpose, ᵀ, as an S
_STYLE = """
@page { size: A4; margin: 16mm }
body { font: 11pt/1.45 "Latin Modern Roman", "STIX Two Text", Georgia, serif; color: #000 }
body { max-width: 178mm; margin: 0 auto }
h1 { font-size: 16pt; margin: 0 0 1mm } h2 { font-size: 12pt; margin: 5mm 0 1.5mm }
.who { display: flex; gap: 8mm; margin: 3mm 0 } .who span { flex: 1; border-bottom: 0.3mm solid #000 }
.given { font-family: "DejaVu Sans Mono", monospace; font-size: 9pt; white-space: pre-wrap; margin: 0 }
svg { max-height: 85mm; width: 100% }
table { border-collapse: collapse; width: 100%; break-inside: avoid; margin: 0 0 3mm }
caption { text-align: left; padding: 1mm 0; font-size: 12pt }
th, td { border: 0.2mm solid #777; padding: 1mm 2mm; height: 7mm }
th { width: 18%; text-align: left; font-weight: normal }
td { width: 32%; text-align: right; font-variant-numeric: tabular-nums }
"""


@dataclass(frozen=True)
class Sheet:
    """What stands on a worksheet.

    Attributes:
        comparison: the numbers, and the lines that they belong to.
        title, given: of the problem; ``given`` are its numbers, a line each.
        plan: of the network's picture, without the numbers that are asked for unless they are shown.
        solution: whether they are shown.
        seed: of the numbers; None for the example's own.
    """

    comparison: Comparison
    title: str
    given: tuple[str, ...]
    plan: Plan
    solution: bool
    seed: int | None

    @property
    def notes(self) -> list[str]:
        """What is meant by δ and by the activation; without what is asked for."""
        own, results = self.comparison.notes, self.comparison.results
        if self.solution:
            return list(own)
        first = own[0] if self.comparison.heading else own[0].partition(", ")[0].removesuffix(".") + "."
        return [first, *(note for note in own[1:] if note not in results)]

    @property
    def heading(self) -> str:
        """The title, and which numbers it is about."""
        drawn = f", numbers of seed {self.seed}" if self.seed is not None else ""
        return f"{self.title}{drawn}" + (": solution" if self.solution else "")

    def list_tables(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each line, and the symbol and number of what it stands for; empty where they are asked for."""
        found = []
        for line, rows in group_rows(self.comparison):
            if rows[0].name.startswith("post[0]"):  # the input, which is given
                continue
            shown = line if self.solution else line.partition(" = ")[0]
            numbers = [(row.symbol, format_nine_digits(row.hand) if self.solution else "") for row in rows]
            found.append((shown, numbers))
        return found


def make_sheet(comparison: Comparison, recording: Recording, title: str, given: list[str], solution: bool,
               seed: int | None) -> Sheet:
    """The worksheet of a comparison and the graph of the same network."""
    recorded = in_letters(trace(recording.cost), recording)
    network = read_network(recorded, recording.deltas)
    plan = plan_network(network if solution else _leave_out_numbers(network), _choose_paper(network), False)
    return Sheet(comparison, title, tuple(given), plan, solution, seed)


def _choose_paper(network: Network) -> Paper:
    """Between wide layers lines cross all over: then their weights, z and δ stand in the lists and tables alone."""
    lines = Counter(network.circles[line.end].column for line in network.lines)
    return PAPERS["print"] if max(lines.values(), default=0) <= _NAMED else replace(PAPERS["print"], rows=0, named=0)


def _leave_out_numbers(network: Network) -> Network:
    """The network without what is to be calculated."""
    circles = [replace(circle, value=_NOTHING, pre=circle.pre and (circle.pre[0], _NOTHING),
                       delta=circle.delta and (circle.delta[0], _NOTHING)) if circle.is_unit else circle
               for circle in network.circles]
    lines = [replace(line, gradient=None) for line in network.lines]
    cost = network.cost and (network.cost[0], _NOTHING)
    return replace(network, circles=circles, lines=lines, cost=cost, own=None)


def _draw_network(plan: Plan) -> str:
    svg = NetworkPicture(plan, THEMES["light"], "weight", False).write_svg()
    return re.sub(r" = nan\b", " =", re.sub(r">nan<", "><", svg))


def write_sheet_html(sheet: Sheet) -> str:
    """The sheet as a page that prints on A4."""
    tables = []
    for line, numbers in sheet.list_tables():
        cells = [f'<th scope="row">{escape(symbol)}</th><td>{escape(number)}</td>'
                 for symbol, number in numbers]
        rows = [f"<tr>{''.join(cells[i : i + 2])}</tr>" for i in range(0, len(cells), 2)]
        blank = "" if sheet.solution else " ="
        tables.append(f"<table><caption>{escape(line)}{blank}</caption>{''.join(rows)}</table>")
    notes = "".join(f"<li>{escape(note)}</li>" for note in (*sheet.comparison.cost_lines, *sheet.notes))
    task = "" if sheet.solution else (
        "<p>Write each line in symbols, then its numbers, with at least four significant digits.</p>"
        '<p class="who">Name: <span></span> Date: <span></span></p>')
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(sheet.heading)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><main><h1>{escape(sheet.heading)}</h1>{task}\n<h2>Given</h2>\n"
        f'<p class="given">{escape(chr(10).join(sheet.given))}</p>\n<ul>{notes}</ul>\n'
        f"{_draw_network(sheet.plan)}\n"
        f"<h2>{'The lines' if sheet.solution else 'To calculate'}</h2>\n" + "\n".join(tables)
        + "\n</main></body></html>\n"
    )
