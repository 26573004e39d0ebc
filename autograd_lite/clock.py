"""The clock that orders assignments to leaves, comparisons and recordings; and the recording of derivatives.

Every assignment to the data of a leaf, and every comparison of nodes, advances the clock by 1. It never goes back. A
node keeps the clock of its recording; a leaf keeps that of its last assignment. A leaf with a later clock than its
consumer is stale: assigned to after the consumer was recorded.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


class DerivativeClock(int):
    """The clock of a node that ``grad(create_graph=True)`` recorded. Such a node cannot be recorded again."""

    __slots__ = ()


NAMES: dict[str, Any] = {"clock": 0, "new": object.__new__}
"""The globals of the generated functions that record nodes. They read the clock here, and make nodes with ``new``."""

@dataclass(slots=True)
class Derivatives:
    """A recording of derivatives: the nodes recorded so far, and what can be used again, by operation and operands."""

    recorded: list[Any] = field(default_factory=list)
    nodes: dict[tuple[Any, ...], Any] = field(default_factory=dict)


DERIVATIVES: ContextVar[Derivatives | None] = ContextVar("derivatives", default=None)
"""The recording that this thread, or task, is in."""

_LOCK = threading.Lock()
_recordings = 0


def advance_clock() -> int:
    """Advance the clock by 1. Returns the new time, which no other thread gets."""
    with _LOCK:
        NAMES["clock"] += 1
        time: int = NAMES["clock"]
    return time


def advance_clock_to(time: int) -> None:
    """Make the clock show ``time`` or later, as nodes from another process need it."""
    with _LOCK:
        NAMES["clock"] = max(NAMES["clock"], int(time))


@contextmanager
def mark_derivatives() -> Iterator[Derivatives]:
    """Mark the nodes that this thread (or task) records inside as derivatives.

    A derivative holds the side taken of every condition, so it cannot be recorded again. Other threads record as ever;
    while any thread is inside, nodes are made by a function that asks whose they are.
    """
    global _recordings
    recording = Derivatives()
    token = DERIVATIVES.set(recording)
    with _LOCK:
        _recordings += 1
        NAMES["new"] = _make_listed
    try:
        yield recording
    finally:
        DERIVATIVES.reset(token)
        with _LOCK:
            _recordings -= 1
            if not _recordings:
                NAMES["new"] = object.__new__
        for node in recording.recorded:
            node._clock = DerivativeClock(node._clock)


def _make_listed(node_class: type) -> Any:
    node: Any = object.__new__(node_class)
    recording = DERIVATIVES.get()
    if recording is not None:
        recording.recorded.append(node)
    return node
