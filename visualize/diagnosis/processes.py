"""Runs a worker that runs a stranger's file: a process with a limit of time, whose answer is one line of JSON."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

LARGEST_ANSWER = 4_000_000  # bytes that are read of what a process answers


def run_worker(module: str, request: Mapping[str, Any], path: str, seconds: float) -> tuple[Any, int]:
    """What the worker answered, and the exit status of its process.

    Args:
        module: what ``python -m`` starts.
        request: for its standard input.
        path: the file that it runs, for messages.
        seconds: after which it is ended, with all that it has started.

    Raises:
        ValueError: it did not end in time, or without an answer.
    """
    with tempfile.TemporaryFile() as answers:
        process = subprocess.Popen([sys.executable, "-P", "-m", module], stdin=subprocess.PIPE, stdout=answers,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            process.communicate(json.dumps(request).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ValueError(f"{path} did not end within {seconds} seconds") from None
        finally:
            _end_process(process)
        answers.seek(max(0, answers.seek(0, os.SEEK_END) - LARGEST_ANSWER))
        last = answers.read().rpartition(b"\n")[2]
    try:
        return json.loads(last), process.returncode
    except ValueError:
        raise forged_error(path, process.returncode) from None


def forged_error(path: str, status: int) -> ValueError:
    """The error for a process that answered nothing, or something else than was asked for."""
    return ValueError(f"{path} ended the process that it was run in (exit status {status})")


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
