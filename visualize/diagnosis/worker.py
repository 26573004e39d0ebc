"""Runs a Python file that was handed in, in a process of its own: ``python -m visualize.diagnosis.worker``.

The request comes on stdin.

What the file prints goes nowhere; the last line on stdout is the diagnosis, or {"error": sentence}, as JSON.
"""

import json
import os
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from nn.derivations import check
from nn.derivations.internal import quantity_places

from .submissions import declare

MEMORY, LARGEST_FILE = 2 << 30, 50 << 20  # bytes


def main() -> None:
    """Run the file that the request names, check its functions, and print what was found."""
    serve(_check_request)


def serve(answer_to: Callable[[dict[str, Any]], dict[str, Any]], memory: int = MEMORY) -> None:
    """Read a request, and print the answer to it as the last line; what a stranger's file prints goes nowhere."""
    request = json.loads(sys.stdin.read())
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    _limit_memory(memory)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        answer = answer_to(request)
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


def describe_raised(error: BaseException, path: str) -> str:
    """What running a file raised, and in which line of it."""
    line = _find_line(error, path)
    said = (error.msg if isinstance(error, SyntaxError) else str(error)).partition("\n")[0][:200]
    return f"running it raised {type(error).__name__}{line}{f': {said}' if said else ''}"


def _check_request(request: dict[str, Any]) -> dict[str, Any]:
    try:
        names = runpy.run_path(request["path"], run_name="derivation")
    except BaseException as error:  # noqa: BLE001 - a stranger's file may raise anything, SystemExit among it
        return {"error": describe_raised(error, request["path"])}
    try:
        derivation = declare(_load_derivation(names, request), request["conventions"])
        return check(request["lecture"], derivation, **request["settings"]).to_dict()
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def _find_line(error: BaseException, path: str) -> str:
    """Where in the file it was raised."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f" in line {error.lineno}"
    trace, found = error.__traceback__, ""
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            found = f" in line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


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


if __name__ == "__main__":
    main()
