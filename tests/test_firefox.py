"""The live page in Firefox: the same numbers as Python after random edits, no request, no complaint, and no label is run."""

import random
from pathlib import Path

import pytest
from firefox import Firefox, OpenInFirefox, firefox  # noqa: F401 - a fixture
from pages import in_python, list_leaves, made, of_lecture
from test_page import HOSTILE, assert_same

from autograd_lite import Value, trace
from nn.derivations import LECTURES

pytestmark = pytest.mark.slow
CHANGE = "return page.change(arguments[0].map(([n, v]) => [page.graph.nodes.findIndex((node) => node.name === n), v]))"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("id", LECTURES)
def test_a_page_opens_without_a_complaint_or_a_request(id: str, firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    opened = OpenInFirefox(firefox, of_lecture(tmp_path, id)[0])
    assert opened.run("return document.querySelectorAll('#picture svg').length") >= 1
    assert opened.run("return document.documentElement.scrollWidth") <= 1400
    opened.run("document.getElementById('next').click()")
    assert opened.text("equation")
    assert opened.problems() == []


def edit_at_random(id: str, edits: int, firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    path, recording = of_lecture(tmp_path, id)
    opened = OpenInFirefox(firefox, path)
    draw = random.Random(id)
    names = [str(node.label) for node in list_leaves(recording.cost)]
    compared = 0
    for _ in range(edits):
        name = draw.choice(names)
        value = float(f"{draw.uniform(0.01, 0.99) if id == 'bernoulli' and name == 't' else draw.uniform(-2, 2):.4g}")
        assert opened.run(CHANGE, [[name, value]])
        assert_same(opened, in_python(recording, {name: value}))
        compared += 1
    assert compared == edits
    assert opened.problems() == []


@pytest.mark.parametrize(("id", "edits"), [("chain", 30), ("layers", 20)])
def test_the_page_computes_in_firefox_what_python_computes(id: str, edits: int, firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    edit_at_random(id, edits, firefox, tmp_path)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("id", "edits"), [(id, 500 if id == "chain" else 70) for id in LECTURES])
def test_and_after_many_edits(id: str, edits: int, firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    edit_at_random(id, edits, firefox, tmp_path)


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_from_a_stranger_do_nothing_in_firefox(label: str, firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    a, b = Value(2.0, label), Value(3.0, "b")
    y = a * b + a
    y.label = label + "!"
    opened = OpenInFirefox(firefox, made(tmp_path, y, title=label, about=label))
    assert opened.run("return document.title") == label
    for i in range(7):
        opened.run("page.go(arguments[0])", i)
        assert opened.run("return [...document.querySelectorAll('img, script, [onerror], [onload]')].length") == 2  # data and program
    assert label in opened.text("leaves")
    assert label in opened.text("picture")
    assert_same(opened, trace(y))
    assert opened.problems() == []


def test_a_complaint_and_a_request_would_be_seen(firefox: Firefox, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "bad.html"
    path.write_text("<!DOCTYPE html><title>x</title><img src='http://127.0.0.1:45999/far.png'><script>console.error('it fails')</script>", encoding="utf-8")
    told = "".join(OpenInFirefox(firefox, path).problems())
    assert "far.png" in told
    assert "it fails" in told
