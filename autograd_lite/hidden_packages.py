"""Finds a file of the user's that hides ``nn`` or ``visualize``, which are common names, without importing either."""

import os.path
import warnings
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec

_PARTS = {"nn": "derivations", "visualize": "commands"}  # ours is known by a package inside it
_HOME = os.path.dirname(os.path.dirname(__file__))  # pathlib takes 8 ms to import


def describe_hidden_package(package: str) -> str:
    """A sentence that names what hides our ``package``; empty if nothing does, or if ours is not installed."""
    try:
        found = find_spec(package)
    except ValueError:  # a module without a spec, such as a stand-in that a test has made
        return ""
    if found is None or _is_ours(package, found) or not _is_ours(package, PathFinder.find_spec(package, [_HOME])):
        return ""
    place = found.origin or next(iter(found.submodule_search_locations or ()), "something")
    return (f"{place} hides the package {package} that belongs to autograd_lite; rename it, or start Python in another "
            "folder")


def warn_of_hidden_packages() -> None:
    """Warn that a file hides ``nn`` or ``visualize``, at the line that imports the package which calls this."""
    for package in _PARTS:
        sentence = describe_hidden_package(package)
        if sentence:
            warnings.warn(sentence, stacklevel=3)


def _is_ours(package: str, found: ModuleSpec | None) -> bool:
    places = found and found.submodule_search_locations
    return bool(places and PathFinder.find_spec(f"{package}.{_PARTS[package]}", places))
