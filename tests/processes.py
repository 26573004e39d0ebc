"""Starts the processes of tests so that Ctrl-C reaches them wherever the tests run, and ends those that are left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

Spawn = Callable[..., "subprocess.Popen[bytes]"]


_LET_CTRL_C_THROUGH = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""A child inherits an ignored SIGINT, from ``nohup`` for example, and Python then ignores it as well."""


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """``subprocess.Popen`` of an absolute path, in a session of its own; at the end of the test the session is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-c", _LET_CTRL_C_THROUGH, *command], start_new_session=True, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
