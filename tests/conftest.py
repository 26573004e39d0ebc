"""What every test shares: which tests run, and that the colours and terminals of the person who runs them do not matter.

A test marked ``exhaustive`` runs only with ``--all``, and of one marked ``one_in(n)`` only every n-th case runs without;
a file or test marked ``slow`` is left out of ``-m fast``, and so is a test that needs a browser. Every test without any of
these marks is ``fast``.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from shutil import which
from typing import Any

import pytest
from browser import chrome
from processes import spawn

from autograd_lite import careful, derivatives, functions, operations, readings, row_notation, value
from nn import costs

__all__ = ["chrome", "spawn"]

# hundreds of processes start here; what one of them compiled the others need not compile again, whatever the shell says
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

OTHERS = {"jax": "test_random_graphs_jax.py", "torch": "test_optimizers_torch.py"}
"""Other programs that ours is compared with, hundreds of megabytes that a reader need not have."""
collect_ignore = [file for name, file in OTHERS.items() if find_spec(name) is None]
if not (which("firefox-esr") or which("firefox")):
    collect_ignore.append("test_firefox.py")
LEFT_OUT = pytest.StashKey[int]()
SWEEPS = {"test_corpus.py", "test_conventions.py", "test_fresh_cases.py", "test_gaming.py", "test_kinks.py", "test_sentences.py"}
"""Files whose exhaustive tests sweep the diagnosis over all lectures and activations, for 20 minutes of a processor."""
SWEPT = 6
"""With --all one of so many cases of each sweep runs; with --sweeps all of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the exhaustive tests too")
    parser.addoption("--sweeps", action="store_true", help="with --all: the sweeps of the diagnosis whole")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exhaustive: a campaign of many cases, run with --all")
    config.addinivalue_line("markers", "one_in(n): every n-th case runs always, the others with --all")
    config.addinivalue_line("markers", "slow: left out of -m fast")
    config.addinivalue_line("markers", "fast: every test that is neither slow nor exhaustive")
    config.stash[LEFT_OUT] = 0
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_CountOfWorkers(config))


class _CountOfWorkers:
    """Where worker processes run the tests, each of them counts the same tests that it leaves out."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        told = getattr(node, "workeroutput", {}).get("left_out", 0)  # nothing of a worker that crashed
        self.config.stash[LEFT_OUT] = max(told, self.config.stash[LEFT_OUT])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_spec("torch") is None:  # then it is left out, as the file that compares with it is
        items[:] = [item for item in items if item.name != "test_a_network_of_pytorch"]
    _thin(items)
    for item in items:
        if "chrome" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
        if not any(item.get_closest_marker(mark) for mark in ("slow", "exhaustive")):
            item.add_marker("fast")
    exhaustive = [item for item in items if item.get_closest_marker("exhaustive")]
    if len(exhaustive) == len(items):  # who names such tests alone wants them
        return
    if config.getoption("--all"):
        exhaustive = [] if config.getoption("--sweeps") else [
            item for item, i in _number(exhaustive)
            if item.path.name in SWEEPS and not item.get_closest_marker("one_in") and i % SWEPT]
    config.stash[LEFT_OUT] = len(exhaustive)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = len(exhaustive)
    config.hook.pytest_deselected(items=exhaustive)
    left = set(exhaustive)
    items[:] = [item for item in items if item not in left]


def _number(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, int]]:
    """Each test with its number among the cases of its function."""
    seen: Counter[str] = Counter()
    for item in items:
        function = item.nodeid.split("[")[0]
        yield item, seen[function]
        seen[function] += 1


def _thin(items: Sequence[pytest.Item]) -> None:
    """Mark all but every n-th case of a test ``one_in(n)`` as exhaustive."""
    for item, i in _number(items):
        mark = item.get_closest_marker("one_in")
        if mark and i % mark.args[0]:
            item.add_marker("exhaustive")


def pytest_report_header() -> list[str]:
    """Says so where a comparison is left out."""
    firefox = ("Firefox shows the page too" if "test_firefox.py" not in collect_ignore else
               "Firefox does not show the page: on Debian or Ubuntu, apt install firefox-esr")
    return [firefox, *(f"{name} is not compared with: it comes with the extra `{name}`" if file in collect_ignore else
            f"{name} is compared with" for name, file in OTHERS.items())]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says what was left out and how to run it."""
    if config.stash[LEFT_OUT]:
        terminalreporter.write_line(f"left out: {config.stash[LEFT_OUT]} exhaustive tests; run them with: "
                                    f"python3 run.py test --all{' --sweeps' * config.getoption('--all')}")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NO_COLOR", "FORCE_COLOR", "AUTOGRAD_LITE_DOT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(autouse=True)
def own_operations_end_with_the_test() -> Iterator[None]:
    """Take what a test adds to the tables of operations out again."""
    tables: list[dict[str, Any]] = [
        operations.ROWS, value.RECORDERS, derivatives.NODE_WORDS, readings._FLOAT_WORDS, functions._FUNCTIONS]
    before = [dict(table) for table in tables]
    yield
    if len(operations.ROWS) > len(before[0]):
        for table, old in zip(tables, before, strict=True):
            table.clear()
            table.update(old)
        for cached in (derivatives.compile_for_nodes, careful._compile_for_floats, row_notation._operand_names):
            cached.cache_clear()


@pytest.fixture(autouse=True)
def own_costs_end_with_the_test() -> Iterator[None]:
    """Take what a test adds to the table of costs out again."""
    before = set(costs.COSTS)
    yield
    for name in set(costs.COSTS) - before:
        del costs._ROWS[name]
