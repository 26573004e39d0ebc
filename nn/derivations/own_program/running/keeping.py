"""Keeps the state that callables of a notebook have, and puts it back: a trial must not depend on those before it."""

import copy
import types
from collections.abc import Callable, Iterable
from typing import Any

_LEFT = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
_DEEPEST = 6
_LARGEST = 1_000_000  # entries of an array that is kept: data sets are not written to


class State:
    """The names, cells and objects that callables reach, as they are now; what cannot be copied is left alone."""

    def __init__(self, callables: Iterable[Callable[..., Any]]) -> None:
        self._names: dict[tuple[int, str], tuple[dict[str, Any], str, Any]] = {}
        self._objects: dict[int, tuple[Any, Any]] = {}
        self._seen: set[int] = set()
        for function in callables:
            self._look_at(function, 0)

    def _look_at(self, thing: Any, depth: int) -> None:
        if id(thing) in self._seen or depth > _DEEPEST:
            return
        self._seen.add(id(thing))
        if isinstance(thing, types.MethodType):
            self._keep(thing.__self__)
            thing = thing.__func__
        if isinstance(thing, types.FunctionType):
            self._look_at_function(thing, depth)
        elif isinstance(thing, type):
            for value in vars(thing).values():
                if isinstance(value, types.FunctionType):
                    self._look_at(value, depth + 1)
        elif callable(thing) and hasattr(thing, "__dict__"):
            self._keep(thing)
            self._look_at(type(thing), depth + 1)

    def _look_at_function(self, function: types.FunctionType, depth: int) -> None:
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self._keep_or_look(value, depth)
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._keep(default)
        for name in _list_names(function.__code__):
            if name in function.__globals__:
                value = function.__globals__[name]
                if not isinstance(value, _LEFT):
                    key = (id(function.__globals__), name)
                    self._names.setdefault(key, (function.__globals__, name, value))
                self._keep_or_look(value, depth)

    def _keep_or_look(self, value: Any, depth: int) -> None:
        if isinstance(value, (types.FunctionType, types.MethodType, type)):
            self._look_at(value, depth + 1)
        else:
            self._keep(value)
            if hasattr(value, "__dict__") and not isinstance(value, types.ModuleType):
                self._look_at(type(value), depth + 1)

    def _keep(self, value: Any) -> None:
        if isinstance(value, _LEFT) or id(value) in self._objects or not _is_mutable(value):
            return
        try:
            self._objects[id(value)] = (value, copy.deepcopy(_read_content(value)))
        except Exception:  # noqa: BLE001 - an object that cannot be copied, such as an open file
            return

    def restore(self) -> None:
        """Put everything back as it was."""
        for names, name, value in self._names.values():
            names[name] = value
        for thing, content in self._objects.values():
            _put_back(thing, copy.deepcopy(content))


def _list_names(code: types.CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _list_names(constant)
    return found


def _is_mutable(value: Any) -> bool:
    if _is_array(value):
        return bool(value.size <= _LARGEST)
    return isinstance(value, list | dict | set) or hasattr(value, "__dict__")


def _is_array(value: Any) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"


def _read_content(value: Any) -> Any:
    return value if isinstance(value, list | dict | set) or _is_array(value) else vars(value)


def _put_back(thing: Any, content: Any) -> None:
    if isinstance(thing, list):
        thing[:] = content
    elif isinstance(thing, dict | set):
        thing.clear()
        thing.update(content)
    elif _is_array(thing):
        thing[...] = content
    else:
        vars(thing).clear()
        vars(thing).update(content)
