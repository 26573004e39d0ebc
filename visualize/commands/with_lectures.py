"""The commands that take a lecture: step, draw, compare, page and matrix; and the demonstration, without a command."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite import trace
from nn import derivations
from nn.derivations import LECTURES, compare, compare_all
from nn.internal import write_text

from ..comparison import print_comparison, print_derivation, print_examples, print_lines_of_file, print_summary
from ..console import make_console
from .options import FIRST, SEVERAL, find_example, read_settings, target_path
from .output import deliver, deliver_either, write_json
from .subject import read_subject

if TYPE_CHECKING:
    from rich.console import Console

    from nn.derivations import Comparison

    from ..page.live_page import Page


def run_step(chosen: argparse.Namespace) -> int:
    """Print both passes of a lecture's graph, step by step, or walk through them where the terminal is a person's."""
    from ..steps.equations import in_letters
    from ..steps.terminal import show_steps

    recording = read_subject(chosen).record()
    recorded = in_letters(trace(recording.cost, chosen.order), recording)
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not chosen.json and chosen.output is None
    if chosen.predict and (chosen.latex or not interactive):
        raise ValueError("--predict asks questions, so it needs a terminal, and neither --json nor --latex nor -o")
    if chosen.latex:
        from ..steps.latex_derivation import write_latex_derivation

        if chosen.json:
            raise ValueError("--latex and --json are two forms of the same; give one of them")
        deliver(chosen, write_latex_derivation(recorded, recording.deltas, recording.functions) + "\n")
        return 0
    if interactive and not chosen.all:
        from ..steps.stepper import Stepper

        Stepper(recorded, make_console(), input, chosen.predict, recording.deltas).run()
        return 0
    deliver_either(chosen, recorded.to_json(), lambda console: show_steps(recorded, recording.deltas, console))
    return 0


def run_draw(chosen: argparse.Namespace) -> int:
    """Write the picture of a lecture's graph to a file."""
    from ..graph.graph import draw

    expand = [int(wanted) if wanted.isdecimal() else wanted for wanted in chosen.expand or []]
    drawing = draw(read_subject(chosen).record(), view=chosen.view, orientation=chosen.orientation, theme=chosen.theme,
                   size=chosen.size, expand=expand or None, around=chosen.around, legend=not chosen.no_legend,
                   lines=chosen.lines, sample=chosen.sample)
    path = drawing.save(chosen.output or target_path(chosen.id, "svg"))
    print(f"wrote {path}")
    return 0


def run_compare(chosen: argparse.Namespace) -> int:
    """Compare by hand and by automatic differentiation: a lecture, a published example, or several of them."""
    if chosen.id not in LECTURES and (chosen.id in SEVERAL or find_example(chosen.id)):
        return _compare_several(chosen)
    comparison = compare(chosen.id, **(read_settings(chosen) if chosen.id in LECTURES else {}))

    def show(console: "Console") -> None:
        print_comparison(comparison, console)
        if chosen.notes:
            if comparison.heading:
                print_lines_of_file(comparison, console)
            else:
                print_derivation(LECTURES[chosen.id], comparison.settings, console)

    deliver_either(chosen, comparison.to_json(chosen.notes), show)
    return 0 if comparison.agrees else 1


def _compare_several(chosen: argparse.Namespace) -> int:
    """All lectures and examples, all examples, or one."""
    example = find_example(chosen.id)
    shown = {example.id: example} if example else derivations.examples()
    found = {id: example.reproduce() for id, example in shown.items()}
    comparisons = compare_all() if chosen.id == "all" else {}
    agrees = all(row.agrees for rows in found.values() for row in rows) and all(c.agrees for c in comparisons.values())
    data: dict[str, Any] = {"agrees": agrees}
    if comparisons:
        data["lectures"] = [{"name": name, "id": c.lecture, "quantities": len(c.rows), "max_error": c.max_error,
                             "agrees": c.agrees} for name, c in comparisons.items()]
    data["published"] = [
        {"id": id, "title": shown[id].title, "source": shown[id].source, "agrees": all(row.agrees for row in rows),
         "rows": [asdict(row) | {"agrees": row.agrees, "verdict": row.verdict} for row in rows]}
        for id, rows in found.items()]

    def show(console: "Console") -> None:
        if chosen.id == "all":
            print_summary(comparisons, found, console)
        else:
            print_examples(shown, found, console)

    deliver_either(chosen, write_json(data), show)
    return 0 if agrees else 1


def run_page(chosen: argparse.Namespace) -> int:
    """Write the live page of a lecture to a file."""
    from ..page.page import page

    subject = read_subject(chosen)

    def make(by_hand: "Comparison | None") -> "Page":
        return page(subject.record(), by_hand=by_hand, title=subject.about.title, about=subject.about.source,
                    eta=subject.eta, parameters=subject.parameters)

    failure = trace(subject.record().cost).failure if subject.settings else ""  # then there is nothing to compare
    by_hand = subject.compare() if subject.compare and not failure else None
    try:
        made = make(by_hand)
    except ValueError as error:  # a line of a file cannot be written in JavaScript
        if by_hand is None:
            raise
        made, failure = make(None), str(error)
    if failure:
        print(f"the page is without the derivation by hand: {failure}")
    print(f"wrote {made.save(chosen.output or target_path(chosen.id, 'html'))}")
    return 0


def run_matrix(chosen: argparse.Namespace) -> int:
    """Print the matrix program of a lecture's graph, or write it as a page."""
    from .matrix import Matrix, read_layout, show_matrix

    subject = read_subject(chosen)
    comparison = subject.compare() if subject.compare else None
    matrix = Matrix(subject.record(), comparison, read_layout(chosen.id, subject.settings), chosen.form)
    if chosen.html:
        made = matrix.write_page(f"{subject.about.title}: from scalars to matrices")
        print(f"wrote {write_text(chosen.output or target_path(f'{Path(chosen.id).stem}_matrix', 'html'), made)}")
    elif chosen.source:
        deliver(chosen, matrix.source)
    else:
        deliver_either(chosen, write_json(matrix.to_dict()),
                       lambda console: show_matrix(matrix, chosen.line, console))
    return 0


def show_demonstration() -> int:
    """The one neuron on y = 2x + 1: steps, picture in ./one_neuron.svg, and the table for identity and sigmoid."""
    from ..graph.graph import draw
    from ..steps.terminal import print_steps

    console = make_console()
    comparisons = [compare(FIRST, activation=activation) for activation in ("identity", "sigmoid")]
    recording = LECTURES[FIRST].record(LECTURES[FIRST].resolve({}))
    first = ", ".join(f"{row.symbol} = {row.formula}" for row in comparisons[0].rows[:3])
    console.print(f"{LECTURES[FIRST].title} on y = 2x + 1: {first}\n", style="bold", markup=False)
    print_steps(recording, console)
    path = draw(recording).save(Path(target_path(FIRST, "svg")))
    console.print(f"The computation graph is in {path}: open it in a browser.\n", markup=False)
    for comparison in comparisons:
        print_comparison(comparison, console)
        console.print()
    console.print("Next: the same command followed by  step chain  or  by  --help", markup=False)
    return 0 if all(comparison.agrees for comparison in comparisons) else 1
