"""Examples in docstrings run; public names of the engine and of networks each have one."""

import doctest
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import pytest
from test_house import FLOORS, PUBLIC, ROOMS, ROOT

NAMES = [(package, name) for package, names in PUBLIC.items() for name in names]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def run(thing: object, name: str, names: dict[str, object]) -> int:
    """Run the examples in the docstring of a function or class, and of its methods; the number of examples."""
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    said: list[str] = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(thing, name, module=False, globs=dict(names)):
        runner.run(test, out=said.append)
    assert not runner.failures, "".join(said)
    return runner.tries


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_examples_of_public_names_run(package: str, name: str) -> None:
    module = import_module(package)
    thing = getattr(module, name)
    count = run(thing, name, {name: getattr(module, name) for name in module.__all__}) if callable(thing) else 0
    is_engine = package == "autograd_lite" and (isfunction(thing) or name == "Value")
    is_network = package == "nn" and callable(thing) and not (isclass(thing) and issubclass(thing, Warning))
    if is_engine or is_network:
        assert count, f"{name} has no example"


@pytest.mark.parametrize("path", [path for path in ROOMS if ">>>" in path.read_text(encoding="utf-8")],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_of_every_room_run(path: Path) -> None:
    names = list(path.relative_to(ROOT).with_suffix("").parts)
    module = import_module(".".join(names[:-1] if names[-1] == "__init__" else names))
    known = {name: thing for package in PUBLIC if f"{module.__name__}.".startswith(f"{package}.")
             for name, thing in vars(import_module(package)).items() if not name.startswith("__")}
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    said: list[str] = []
    for test in doctest.DocTestFinder().find(module, extraglobs=known):
        runner.run(test, out=said.append)
    assert not runner.failures, "".join(said)
    assert runner.tries


def test_every_floor_is_looked_at() -> None:
    assert {package.split(".")[0] for package in PUBLIC} == set(FLOORS)
