"""How many layers a program was written for: 3 or any, unless it says otherwise by what it unpacks or asks for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .layouts import Layout, list_layouts
from .networks import list_nets
from .program import Program, StoppedError

_UNPACKED = re.compile(r"values to unpack \(expected (?:at least )?(\d+)")


class _Watched(list[Any]):
    """A list that notes what it is asked for."""

    def __init__(self, entries: list[Any]) -> None:
        super().__init__(entries)
        self.asked: set[int] = set()
        self.whole = False

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, int) and at >= 0:
            self.asked.add(at)
        else:
            self.whole = True
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[Any]:
        self.whole = True
        return super().__iter__()

    def __len__(self) -> int:
        self.whole = True
        return super().__len__()

    def __reversed__(self) -> Iterator[Any]:
        self.whole = True
        return super().__reversed__()


def find_written_depth(program: Program, failures: Mapping[Layout, Exception], depth: int) -> int | None:
    """The number of layers that a program which fails at ``depth`` was written for; None if it does not say so.

    It says so by unpacking another number of arrays, or by taking W[0], W[1] … by number alone and none beyond.
    """
    for error in failures.values():
        found = _UNPACKED.search(str(error))
        if found and isinstance(error, StoppedError) and 0 < int(found[1]) <= 6 and int(found[1]) != depth:
            return int(found[1])
    asked = _find_asked(program, depth)
    return asked if asked is not None and asked != depth else None


def _find_asked(program: Program, depth: int) -> int | None:
    """The number of entries of W that are asked for by number; None where W is looked at as a whole."""
    net, most = list_nets(depth)[0], 0
    for layout in list_layouts():
        if layout.bias == "none":
            continue
        W, b, X, Y = layout.give(net)
        watched = _Watched(W)
        try:
            more: dict[str, Any] = {
                name: 0.1 for name, takes in (("eta", program.takes_eta), ("lam", program.takes_lam)) if takes
            }
            program.call("gradients", watched, b, X, Y, **more)
        except StoppedError:
            pass
        if watched.whole or watched.asked != set(range(len(watched.asked))):
            return None
        most = max(most, len(watched.asked))
    return most or None
