"""What is said of a program that raises: its line, the shapes there, and whether it runs with less."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ..judging.mistakes import find_mistake
from ..running.layouts import Layout
from ..running.networks import list_nets
from ..running.program import Program, StoppedError
from ..running.trials import list_trials


@dataclass(frozen=True)
class Stop:
    """Where a program stopped.

    Attributes:
        layout: the one in which it came farthest.
        line: the number of the line, 0 where it is not known; ``text`` is the line.
        shapes: name -> shape of the arrays in that line.
        error: the exception in a few words, or what is wrong with what came back.
        raised: whether there was an exception.
    """

    layout: Layout
    line: int
    text: str
    shapes: Mapping[str, str]
    error: str
    raised: bool

    @property
    def where(self) -> str:
        """`` in line 12 (delta @ W[l].T)``"""
        return "" if not self.line else f" in line {self.line}" + (f", {self.text}" if self.text else "")

    def describe(self) -> str:
        """The line, the shapes and the error in a sentence."""
        if not self.raised:
            return f"{self.error}."
        shapes = ", ".join(f"{name} is {shape}" for name, shape in self.shapes.items())
        error = f"{self.error}; there {shapes}" if shapes else self.error
        return find_mistake("stops").says.format(where=self.where, error=error)


def find_stop(program: Program, failures: Mapping[Layout, Exception], depth: int) -> Stop:
    """The stop in the layout in which the program came farthest: the most lines were run."""
    net = list_nets(depth)[0]
    layout = max(failures, key=lambda layout: _count_lines(program, layout, net))
    return read_stop(failures[layout], layout)


def _count_lines(program: Program, layout: Layout, net: Any) -> int:
    """The number of lines of the student's that are run, in whatever files, without those of libraries."""
    count = 0
    students: dict[str, bool] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        name = frame.f_code.co_filename
        if not students.setdefault(name, _is_students(name)):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        program.try_run(layout, net)
    finally:
        sys.settrace(before)
    return count


def _is_students(name: str) -> bool:
    """Whether a file is no library's and not ours."""
    place = name.replace("\\", "/")
    ours = "own_program" in place.split("/")
    return not (ours or "site-packages" in place or "lib/python" in place or name.startswith(("<__array", "<frozen")))


def read_stop(error: Exception, layout: Layout) -> Stop:
    """The line of the student's in which an exception came up."""
    cause = error.cause if isinstance(error, StoppedError) else error
    said = str(cause).partition("\n")[0][:200].rstrip(" .")
    text = f"{type(cause).__name__}{f': {said}' if said else ''}" if isinstance(error, StoppedError) else said
    frames = _list_frames(cause)
    if not frames:
        return Stop(layout, 0, "", {}, text, isinstance(error, StoppedError))
    frame, line = frames[-1]
    source = _read_line(frame.f_code.co_filename, line, frame)
    return Stop(layout, line, source, _list_shapes(frame, source), text, True)


def _list_frames(cause: BaseException) -> list[tuple[FrameType, int]]:
    """The student's frames of an exception."""
    import traceback

    return [(frame, line) for frame, line in traceback.walk_tb(cause.__traceback__)
            if _is_students(frame.f_code.co_filename)]


def _read_line(path: str, line: int, frame: FrameType) -> str:
    import linecache

    text = linecache.getline(path, line, frame.f_globals).strip()
    return text if len(text) <= 90 else f"{text[:89]}…"


def _list_shapes(frame: FrameType, source: str) -> dict[str, str]:
    """The shapes of what the names in a line stand for, self.x among them."""
    import re

    found = {}
    for name in dict.fromkeys(re.findall(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[-?\w+\])?", source)):
        base, _, attribute = name.partition(".")
        try:
            value = _find_value(frame, name, base, attribute)
        except (KeyError, AttributeError, IndexError, TypeError):
            continue
        if hasattr(value, "shape") and not isinstance(value, type):
            found[name] = str(tuple(value.shape))
    return found


def _find_value(frame: FrameType, name: str, base: str, attribute: str) -> Any:
    if "[" in name:
        base, index = name[:-1].split("[")
        place = int(index) if index.lstrip("-").isdecimal() else frame.f_locals[index]
        return frame.f_locals[base][place]
    value = frame.f_locals[base]
    return vars(value)[attribute] if attribute else value


def describe_less(program: Program, stop: Stop, depth: int) -> str:
    """Whether it runs with one layer, or with one sample."""
    said = ["one layer"] if depth > 1 and list_trials(program, 1) else []
    fewer = next((f"{d} layers" for d in range(2, depth)
                   if any(trial.layout.bias != "none" for trial in list_trials(program, d))), "")
    if program.try_run(stop.layout, list_nets(depth)[0].take(slice(0, 1))):
        said.append("one sample")
    text = f" It runs with {' and with '.join(said)}." if said else ""
    if fewer:
        say = f"layers={fewer[0]} or --layers {fewer[0]}"
        text += f" It runs with {fewer}: if it was written for {fewer}, say so with {say}."
    return text
