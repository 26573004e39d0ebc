"""The table and the lectures' lines as JavaScript, run in a real browser against Python."""

from pathlib import Path
from typing import Any

import pytest
from corpus.file_corpus import list_files
from rows import COMPILED, ROWS, partials_at, points
from selenium.webdriver import Chrome

from autograd_lite import OPERATIONS, trace
from autograd_lite.internal import write_javascript_rules
from autograd_lite.operations import group_operands
from nn.derivations import LECTURES, Lecture, compare
from nn.derivations.internal import record_lecture, write_file_javascript, write_hand_javascript

pytestmark = pytest.mark.slow

CLOSE = 1e-12  # libraries of elementary functions differ in the last digit or two
FAR = (-1000.0, -800.0, -40.0, -1.5, 0.25, 40.0, 800.0, 1000.0)


def run(chrome: Chrome, source: str, *arguments: Any) -> Any:
    chrome.get("about:blank")
    return chrome.execute_script(source, *arguments)


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_the_same_in_javascript(name: str, chrome: Chrome) -> None:
    row = OPERATIONS[name]
    at = [list(point) for point in points(name, count=30)]
    found = run(chrome, f"{write_javascript_rules([name])} return arguments[0].map((o) => {{ const y = RULES.{name}.value(o); "
                        f"return [y, RULES.{name}.partials(o, y)]; }});", at)
    for point, (value, partials) in zip(at, found, strict=True):
        assert value == pytest.approx(COMPILED[name].value(*group_operands(row, point)), rel=CLOSE, abs=CLOSE)
        assert partials == pytest.approx(partials_at(name, tuple(point)), rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("name", [name for name, row in OPERATIONS.items() if row.activation])
def test_activation_functions_far_out(name: str, chrome: Chrome) -> None:
    row = OPERATIONS[name]
    constants = [float(c) for c in row.constants.values() if c is not None]
    at = [[z, *constants] for z in FAR]
    found = run(chrome, f"{write_javascript_rules([name])} return arguments[0].map((o) => {{ const y = RULES.{name}.value(o); "
                        f"return [y, ...RULES.{name}.partials(o, y)]; }});", at)
    for point, numbers in zip(at, found, strict=True):
        value = COMPILED[name].value(*point)
        assert numbers == pytest.approx([value, *partials_at(name, tuple(point))], rel=CLOSE, abs=CLOSE)


def test_rows_that_are_called_come_along() -> None:
    assert "sigmoid:" in write_javascript_rules(["softplus"])
    assert "maximum:" in write_javascript_rules(["softplus"])
    assert "tanh:" not in write_javascript_rules(["softplus"])
    with pytest.raises(KeyError):
        write_javascript_rules(["no such row"])


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "settings"), [
    (id, settings) for id, lecture in LECTURES.items() for settings in ({}, *lecture.variants.values())
])
def test_the_hand_lines_give_the_same_numbers(id: str, settings: dict[str, Any], chrome: Chrome) -> None:
    found = compare(id, **settings)
    leaves = [node for node in trace(LECTURES[id].record(found.settings).cost).nodes if not node.operation]
    source, places = write_hand_javascript(found, [leaf.name for leaf in leaves])
    assert len(places) == len(found.rows)
    numbers = run(chrome, f"{source} return HAND(arguments[0]);", [leaf.value for leaf in leaves])
    for row in found.rows:
        assert numbers[places[row.symbol]] == pytest.approx(row.hand, rel=CLOSE, abs=CLOSE), row.symbol
    moved = run(chrome, f"{source} return HAND(arguments[0]);", [leaf.value * 1.25 + 0.1 for leaf in leaves])
    assert sum(abs(a - b) > 1e-6 for a, b in zip(numbers, moved, strict=True)) > len(numbers) / 2, "the leaves have no effect"


@pytest.mark.parametrize("path", list_files(), ids=lambda path: path.stem)
def test_the_lines_of_a_lecture_file_are_the_same_in_javascript(path: Path, chrome: Chrome) -> None:
    file = Lecture.read(path)
    leaves = [node for node in trace(record_lecture(file).cost).nodes if not node.operation]
    source, places = write_file_javascript(file, [leaf.name for leaf in leaves])
    found = run(chrome, f"{source} return HAND(arguments[0]);", [leaf.value for leaf in leaves])
    rows = compare(str(path)).rows
    assert {row.symbol for row in rows} <= places.keys()
    for row in rows:
        assert found[places[row.symbol]] == pytest.approx(row.hand, rel=CLOSE, abs=CLOSE)
