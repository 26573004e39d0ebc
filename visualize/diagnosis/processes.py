"""Runs a worker that runs a stranger's file: a process with a limit of time, whose answer is one line of JSON."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

LARGEST_ANSWER = 4_000_000  # bytes that are read of what a process answers
SECONDS = 20  # that a file may take
Answer = TypeVar("Answer")


def run_worker(request: Mapping[str, Any], path: str, read: Callable[[Any], Answer]) -> Answer:
    """What a worker answered to a request about a file, as ``read`` makes it of plain data.

    Raises:
        ValueError: the worker did not end in time, with all that it had started; it ended without an answer that can
            be read; or the answer is an error.
    """
    with tempfile.TemporaryFile() as answers:
        process = subprocess.Popen([sys.executable, "-P", "-m", "visualize.diagnosis.worker"], stdin=subprocess.PIPE,
                                   stdout=answers, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            process.communicate(json.dumps(request).encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise ValueError(f"{path} did not end within {SECONDS} seconds") from None
        finally:
            _end_process(process)
        answers.seek(max(0, answers.seek(0, os.SEEK_END) - LARGEST_ANSWER))
        last = answers.read().rpartition(b"\n")[2]
    try:
        answer = json.loads(last)
        if "error" not in answer:
            return read(answer)
        error = f"{path}: {answer['error']}"
    except (ValueError, KeyError, TypeError):  # nothing was answered, or something else than was asked for
        error = f"{path} ended the process that it was run in (exit status {process.returncode})"
    raise ValueError(error)


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
