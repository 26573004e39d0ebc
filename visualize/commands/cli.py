"""The command line ``autograd-lite``: the demonstration, and the commands by name."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite import trace
from nn.derivations import LECTURES, Comparison, Lecture, LectureFile, Recording, compare, compare_all, examples
from nn.derivations.internal import record_lecture
from nn.internal import write_text

from ..comparison import print_comparison, print_derivation, print_examples, print_lines_of_file, print_summary
from ..console import make_console
from ..graph.graph import draw
from ..graph.renderer import RenderingError
from ..interrupts import say_interrupted, stop_watching
from ..steps.equations import in_letters
from ..steps.terminal import print_steps, show_steps
from .options import FIRST, SEVERAL, find_example, parse_arguments, read_settings, target_path

if TYPE_CHECKING:
    from rich.console import Console

    from ..page.page import Page


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status: 0, 1 if a check failed, 2 for bad input."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # δ and σ have no place in older encodings
    try:
        typed = list(sys.argv[1:] if arguments is None else arguments)
        own = _OWN_OPTIONS.get(typed[0]) if typed else None
        chosen = parse_arguments(typed) if own is None else own(typed[1:])
        for module in _IMPORTED_FIRST.get(chosen.command, ()):
            import_module(module, __package__)
        stop_watching()
        return _COMMANDS[chosen.command](chosen) if chosen.command else show_demonstration()
    except BrokenPipeError:  # the reader, head or less, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return say_interrupted()
    except (ValueError, TypeError, ArithmeticError, OSError, ImportError, RenderingError) as error:
        sentence = getattr(error, "strerror", None) or error
        print(f"autograd-lite: {sentence}", file=sys.stderr)
        return 2


def _record(chosen: argparse.Namespace) -> Recording:
    """The graph of a lecture with the settings that were typed, or of a published example."""
    if chosen.id in LECTURES:
        lecture = LECTURES[chosen.id]
        return lecture.record(lecture.resolve(read_settings(chosen)))
    example = find_example(chosen.id)
    return Recording(example.record()[example.output]) if example else record_lecture(Lecture.read(chosen.id))


def _step(chosen: argparse.Namespace) -> int:
    recording = _record(chosen)
    recorded = in_letters(trace(recording.cost, chosen.order), recording)
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not chosen.json and chosen.output is None
    if chosen.predict and (chosen.latex or not interactive):
        raise ValueError("--predict asks questions, so it needs a terminal, and neither --json nor --latex nor -o")
    if chosen.latex:
        from ..steps.latex_derivation import write_latex_derivation

        if chosen.json:
            raise ValueError("--latex and --json are two forms of the same; give one of them")
        _deliver(chosen, write_latex_derivation(recorded, recording.deltas, recording.functions))
        return 0
    if interactive and not chosen.all:
        from ..steps.stepper import Stepper

        Stepper(recorded, make_console(), input, chosen.predict, recording.deltas).run()
        return 0
    _deliver(chosen, recorded.to_json(), lambda console: show_steps(recorded, recording.deltas, console))
    return 0


def _draw(chosen: argparse.Namespace) -> int:
    expand = [int(wanted) if wanted.isdecimal() else wanted for wanted in chosen.expand or []]
    drawing = draw(_record(chosen), view=chosen.view, orientation=chosen.orientation, theme=chosen.theme,
                   size=chosen.size, expand=expand or None, around=chosen.around, legend=not chosen.no_legend,
                   lines=chosen.lines, sample=chosen.sample)
    path = drawing.save(chosen.output or target_path(chosen.id, "svg"))
    print(f"wrote {path}")
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    if chosen.id in SEVERAL or find_example(chosen.id):
        return _compare_several(chosen)
    comparison = compare(chosen.id, **(read_settings(chosen) if chosen.id in LECTURES else {}))

    def show(console: "Console") -> None:
        print_comparison(comparison, console)
        if chosen.notes:
            if comparison.heading:
                print_lines_of_file(comparison, console)
            else:
                print_derivation(LECTURES[chosen.id], comparison.settings, console)

    _deliver(chosen, comparison.to_json(chosen.notes), show)
    return 0 if comparison.agrees else 1


def _compare_several(chosen: argparse.Namespace) -> int:
    """All lectures and examples, all examples, or one."""
    example = find_example(chosen.id)
    shown = {example.id: example} if example else examples()
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

    _deliver(chosen, json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False), show)
    return 0 if agrees else 1


def _page(chosen: argparse.Namespace) -> int:
    from ..page.page import page

    given = read_settings(chosen) if chosen.id in LECTURES else {}
    if chosen.id in LECTURES:
        lecture = LECTURES[chosen.id]
        settings = lecture.resolve(given)
        recording = lecture.record(settings)
        failure = trace(recording.cost).failure
        if failure:  # then there is nothing to compare
            print(f"the page is without the derivation by hand: {failure}")
        made = page(recording, by_hand=None if failure else compare(chosen.id, **given), title=lecture.title,
                    about=lecture.source, eta=settings["eta"])
    elif example := find_example(chosen.id):
        nodes = example.record()
        moved = [leaf.label for leaf in example.list_parameters(nodes)] or None
        made = page(nodes[example.output], title=example.title, about=example.source,
                    eta=example.rule.settings["eta"] if moved else 0.1, parameters=moved)
    else:
        read = Lecture.read(chosen.id)
        made = _make_page_of_file(read, chosen.id)
    print(f"wrote {made.save(chosen.output or target_path(chosen.id, 'html'))}")
    return 0


def _make_page_of_file(file: LectureFile, path: str) -> "Page":
    """The page of a lecture file, with its lines where they can be written in JavaScript."""
    from ..page.page import page

    def make(by_hand: "Comparison | None") -> "Page":
        return page(record_lecture(file), by_hand=by_hand, title=file.title, about=file.source,
                    eta=file.require_example().rate)

    by_hand = compare(path)
    try:
        return make(by_hand)
    except ValueError as error:
        print(f"the page is without the derivation by hand: {error}")
    return make(None)


def _matrix(chosen: argparse.Namespace) -> int:
    from .matrix import Matrix, read_layout, show_matrix, to_json

    settings = LECTURES[chosen.id].resolve(read_settings(chosen)) if chosen.id in LECTURES else None
    example = find_example(chosen.id)
    comparison = None if example else compare(chosen.id, **(settings or {}))
    matrix = Matrix(_record(chosen), comparison, read_layout(chosen.id, settings), chosen.form)
    if chosen.html:
        title = (example.title if example else LECTURES[chosen.id].title if settings is not None
                 else Lecture.read(chosen.id).title)
        made = matrix.write_page(f"{title}: from scalars to matrices")
        print(f"wrote {write_text(chosen.output or target_path(f'{Path(chosen.id).stem}_matrix', 'html'), made)}")
    elif chosen.source:
        _deliver(chosen, matrix.source.rstrip("\n"))
    else:
        _deliver(chosen, to_json(matrix), lambda console: show_matrix(matrix, chosen.line, console))
    return 0


def _import_late(module: str, function: str) -> Callable[..., Any]:
    """The function of a neighbour, which is imported when it is called: most commands start without it."""
    return lambda *arguments: getattr(import_module(f".{module}", __package__), function)(*arguments)


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "step": _step, "draw": _draw, "compare": _compare, "page": _page, "matrix": _matrix,
    "check": _import_late("check", "run_check"),
    "lecture": _import_late("lecture", "run_lecture"), "sheet": _import_late("sheet", "run_sheet"),
    "check-code": _import_late("check_code", "run_check_code"),
    "train": _import_late("train", "run_train"), "predict": _import_late("predict", "run_predict"),
}
_IMPORTED_FIRST = {"train": ("numpy", ".train"), "predict": ("numpy", ".train")}
"""Modules imported while Ctrl-C ends the process: within an import the exception that it raises may be swallowed."""
_OWN_OPTIONS: dict[str, Callable[[list[str]], argparse.Namespace]] = {  # of commands that do not begin with a lecture
    "check": _import_late("check", "parse_check_arguments"),
    "lecture": _import_late("lecture", "parse_lecture_arguments"),
    "sheet": _import_late("sheet", "parse_sheet_arguments"),
    "check-code": _import_late("check_code", "parse_check_code_arguments"),
    "train": partial(_import_late("training_options", "parse_training_arguments"), "train"),
    "predict": partial(_import_late("training_options", "parse_training_arguments"), "predict"),
}


def _deliver(chosen: argparse.Namespace, data: str, show: "Callable[[Console], None] | None" = None) -> None:
    """The result as data (JSON, LaTeX), or as text where it was not asked for; to the terminal or to a file."""
    if show is None or chosen.json:
        text = f"{data}\n"
    elif chosen.output is None:
        show(make_console())
        return
    else:
        buffer = StringIO()
        show(make_console(buffer))
        text = buffer.getvalue()
    if chosen.output is None:
        print(text, end="")
    else:
        print(f"wrote {write_text(chosen.output, text)}")


def show_demonstration() -> int:
    """The one neuron on y = 2x + 1: steps, picture in ./one_neuron.svg, and the table for identity and sigmoid."""
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
