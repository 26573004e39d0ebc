"""Runs a Python file that was handed in, in a process of its own: ``python -m visualize.diagnosis.worker``.

The request comes on stdin, and says whether the file is a derivation or a program.

What the file prints goes nowhere; the last line on stdout is the diagnosis, or {"error": sentence}, as JSON.
"""

import json
import os
import runpy
import sys
from contextlib import redirect_stdout
from traceback import walk_tb
from typing import Any

from nn.derivations import check
from nn.derivations.internal import quantity_places

from .submissions import declare

LARGEST_FILE = 50 << 20  # bytes


def main() -> None:
    """Answer the request in the last line that is printed."""
    request = json.loads(sys.stdin.read())
    judge, memory = _KINDS[request["kind"]]
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    _limit_memory(memory)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        answer = judge(request)
    answers.write(f"\n{json.dumps(answer, allow_nan=False)}")
    answers.flush()
    os._exit(0)  # whatever the file may have left running


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def _judge_program(request: dict[str, Any]) -> dict[str, Any]:
    from nn.derivations.internal import check_code_file

    try:
        return check_code_file(request["path"], request["text"], **request["settings"]).to_dict()
    except BaseException as error:  # noqa: BLE001 - a stranger's file may raise anything, SystemExit among it
        if isinstance(error, (ValueError, TypeError)) and not _find_line(error, request["path"]):
            return {"error": str(error)}
        return {"error": _describe_raised(error, request["path"])}


def _judge_derivation(request: dict[str, Any]) -> dict[str, Any]:
    try:
        names = runpy.run_path(request["path"], run_name="derivation")
    except BaseException as error:  # noqa: BLE001 - as above
        return {"error": _describe_raised(error, request["path"])}
    try:
        derivation = declare(_load_derivation(names, request), request["conventions"])
        return check(request["lecture"], derivation, **request["settings"]).to_dict()
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def _describe_raised(error: BaseException, path: str) -> str:
    """What running a file raised, and in which line of it."""
    line = _find_line(error, path)
    said = (error.msg if isinstance(error, SyntaxError) else str(error)).partition("\n")[0][:200]
    return f"running it raised {type(error).__name__}{line}{f': {said}' if said else ''}"


def _find_line(error: BaseException, path: str) -> str:
    """Where in the file it was raised; empty if it was not in the file."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f" in line {error.lineno}"
    lines = [number for frame, number in walk_tb(error.__traceback__) if frame.f_code.co_filename == path]
    return f" in line {lines[-1]}" if lines else ""


def _load_derivation(names: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """A mapping called ``derivation``, or else the file's functions that are named for a quantity; not its helpers."""
    if isinstance(names.get("derivation"), dict):
        return dict(names["derivation"])
    return {name: thing for name, thing in names.items()
            if callable(thing) and getattr(thing, "__module__", "") == "derivation" and _is_quantity(name, request)}


def _is_quantity(name: str, request: dict[str, Any]) -> bool:
    try:
        return bool(quantity_places(request["lecture"], request["settings"], name))
    except (ValueError, TypeError):
        return False


_KINDS = {"derivation": (_judge_derivation, 2 << 30), "program": (_judge_program, 8 << 30)}
"""Kind of a file -> what judges it, and its memory in bytes; a library of tensors reserves several GB of addresses."""

if __name__ == "__main__":
    main()
