"""The progress of training in a terminal: epoch, cost, speed and time left."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .history import Epoch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBar:
    """A progress bar on standard error during a ``with`` block; shows nothing if that is no terminal.

    Args:
        epochs: the maximum number of epochs; done: the number of completed epochs.
        samples: the number of samples in an epoch.
        wanted: whether to show anything.
    """

    def __init__(self, epochs: int, done: int, samples: int, wanted: bool) -> None:
        self.total, self.done = epochs * samples, done * samples
        self._begun = f"{done}/{epochs}"
        self._bar: Progress | None = None
        self._task: TaskID | Any = None
        if wanted and sys.stderr is not None and sys.stderr.isatty():
            self._bar = _make_bar()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task(f"epoch {self._begun}", total=self.total, completed=self.done, cost="",
                                            speed="")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, samples: int) -> None:
        """Count samples that have been through both passes."""
        if self._bar is not None:
            self._bar.advance(self._task, samples)

    def show(self, epoch: Epoch, epochs: int) -> None:
        """Show a completed epoch."""
        if self._bar is None:
            return
        task = self._bar.tasks[self._task]
        elapsed = task.elapsed or 0.0
        speed = f"{(task.completed - self.done) / elapsed:,.0f} samples/s" if elapsed else ""
        held = "" if epoch.validation is None else f", validation {epoch.validation:.4g}"
        self._bar.update(self._task, description=f"epoch {epoch.number}/{epochs}", cost=f"C = {epoch.cost:.4g}{held}",
                         speed=speed)


def _make_bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[cost]}"),
                    TextColumn("{task.fields[speed]}"), TimeRemainingColumn(compact=True), TextColumn("left"),
                    console=Console(stderr=True))
