"""Public names that are imported when they are first asked for, so that a command starts quickly."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def make_late_names(
    module: str, places: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions ``__getattr__`` and ``__dir__`` of a module some of whose names are imported late (PEP 562).

    Args:
        module: its ``__name__``.
        places: what an import in this module says, such as ".plots.surface" -> the names that come from there. Those of
            "" are modules beside it.
    """
    sources = {name: source for source, names in places.items() for name in names}

    def find_name(name: str) -> Any:
        if name not in sources:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
        package = sys.modules[module].__package__
        source = sources[name]
        found = getattr(import_module(source, package), name) if source else import_module(f".{name}", package)
        setattr(sys.modules[module], name, found)  # __getattr__ is not called for it again
        return found

    def list_names() -> list[str]:
        return sorted({*vars(sys.modules[module]), *sources})

    return find_name, list_names
