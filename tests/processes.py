"""Starts the processes of tests so that Ctrl-C reaches them wherever the tests run, and ends those that are left."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

Spawn = Callable[..., "subprocess.Popen[bytes]"]


def _let_ctrl_c_through() -> None:
    """A child inherits an ignored SIGINT, from ``nohup`` for example, and Python then ignores it as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """``subprocess.Popen`` in a session of its own; at the end of the test the session is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, preexec_fn=_let_ctrl_c_through, start_new_session=True, **options)
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
