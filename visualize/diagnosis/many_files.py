"""Many files at once: in several processes, in the order of the files, with progress in a terminal."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nn.derivations import Diagnosis

from .submissions import diagnose_file

UNREADABLE = (ValueError, TypeError, ArithmeticError, LookupError, OSError, MemoryError, RecursionError)
"""What a file may raise that cannot be read."""
MANY = 20  # files from which on further processes, which take half a second to start, and a progress bar are worth it


@dataclass(frozen=True)
class Task:
    """What is done with each file; see ``diagnose_file``."""

    lecture: str
    settings: Mapping[str, Any]
    run_python: bool = False
    conventions: tuple[str, ...] = ()

    def diagnose(self, file: str) -> Diagnosis | Exception:
        """The diagnosis of a file, or why it cannot be read."""
        try:
            return diagnose_file(file, self.lecture, self.settings, self.run_python, self.conventions)
        except UNREADABLE as error:
            return error


def diagnose_files(files: Sequence[str], task: Task, jobs: int | None = None) -> dict[str, Diagnosis | Exception]:
    """File -> its diagnosis, or why it cannot be read, in the order of ``files``.

    Args:
        jobs: the number of processes; None for one a core where there are many files.

    Raises:
        ChildProcessError: a process was ended from outside.
        KeyboardInterrupt: Ctrl-C; what was started is ended.
    """
    if jobs is None:
        jobs = _count_cores() if len(files) >= MANY else 1
    jobs = min(jobs, len(files))
    with _show_progress(len(files)) as advance:
        if jobs > 1:
            return _diagnose_in_processes(files, task, jobs, advance)
        found = {}
        for file in files:
            found[file] = task.diagnose(file)
            advance()
        return found


def _count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _show_progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error while many files are checked; the function counts one. Nothing where it is piped."""
    if count < MANY or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("checking"), BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("files"),
                  TimeRemainingColumn(compact=True), TextColumn("left"), console=Console(stderr=True),
                  transient=True) as bar:
        number = bar.add_task("", total=count)
        yield lambda: bar.advance(number)


def _diagnose_in_processes(files: Sequence[str], task: Task, jobs: int,
                           advance: Callable[[], None]) -> dict[str, Diagnosis | Exception]:
    before = set(multiprocessing.active_children())
    # a process that is forked would inherit the threads of the progress bar and of NumPy half-way
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _prepare_process) as pool:
        try:
            with _hold_interrupts():
                futures = [pool.submit(_diagnose_in_process, task, file) for file in files]
            for _ in as_completed(futures):
                advance()
            return {file: future.result() for file, future in zip(files, futures, strict=True)}
        except BrokenProcessPool:
            raise ChildProcessError("a process that checked files was ended from outside, perhaps for want of memory; "
                                    "try again with -j 1") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            raise


@contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Ctrl-C waits for the end of the block, and never reaches the processes that are started in it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_stopped = False  # whether this process was told to end


def _prepare_process() -> None:
    """Ctrl-C is for the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)


def _stop(*_: object) -> None:
    """End what is under way, a student's program among it, and begin nothing else."""
    global _stopped
    _stopped = True
    raise SystemExit


def _diagnose_in_process(task: Task, file: str) -> Diagnosis | Exception:
    if _stopped:
        raise SystemExit
    found = task.diagnose(file)
    return found if isinstance(found, Diagnosis) else ValueError(str(found))  # which any process can take
