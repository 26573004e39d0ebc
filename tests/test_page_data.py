"""The data of a page: it fits its schema, its example is what is made, and its pictures show every edge once."""

import json
import re
import types
from collections import Counter
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from time import process_time
from typing import Any, NotRequired, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from pages import make_batch

from autograd_lite import Value, total
from nn.derivations import LECTURES, compare
from visualize import page
from visualize.page.mathml import label_mathml
from visualize.page.page_schema import CardView, PageData, SharedView

EXAMPLE = Path(__file__).parent.parent / "docs" / "page.example.json"


def list_misfits(value: Any, wanted: Any, place: str = "page") -> list[str]:
    """Where a value does not fit an annotation of the schema."""
    origin = get_origin(wanted)
    if origin in (NotRequired,):
        return list_misfits(value, get_args(wanted)[0], place)
    if origin in (Union, types.UnionType):
        return [] if any(not list_misfits(value, one) for one in get_args(wanted)) else [f"{place}: {value!r} is no {wanted}"]
    if is_typeddict(wanted):
        if not isinstance(value, dict):
            return [f"{place} is no dict"]
        hints = get_type_hints(wanted, include_extras=True)
        found = [f"{place}.{name} is missing" for name in wanted.__required_keys__ - value.keys()]
        found += [f"{place}.{name} is not in the schema" for name in value.keys() - hints.keys()]
        return found + [bad for name in value.keys() & hints.keys() for bad in list_misfits(value[name], hints[name], f"{place}.{name}")]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [bad for i, one in enumerate(value) for bad in list_misfits(one, get_args(wanted)[0], f"{place}[{i}]")]
    if origin is tuple:
        kinds = get_args(wanted)
        if not isinstance(value, list) or len(value) != len(kinds):
            return [f"{place} is no list of {len(kinds)}"]
        return [bad for one, kind in zip(value, kinds, strict=True) for bad in list_misfits(one, kind, place)]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{place} is no dict"]
        return [bad for name, one in value.items() for bad in list_misfits(one, get_args(wanted)[1], f"{place}[{name}]")]
    if wanted is float:
        wanted = (int, float)
    fits = isinstance(value, wanted) and (isinstance(value, bool) is (wanted is bool))
    return [] if fits else [f"{place}: {value!r} is no {wanted}"]


def as_written(data: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("id", LECTURES)
def test_the_data_of_every_lecture_fits_the_schema(id: str) -> None:
    found = compare(id)
    data = page(LECTURES[id].record(found.settings), by_hand=found).data
    assert list_misfits(as_written(data), PageData) == []


def test_the_data_of_a_graph_in_windows_fits_the_schema() -> None:
    y = Value(0.5, "x")
    for _ in range(500):
        y = y * 1.001
    data = page(y).data
    assert data["opening"] == "step by step"
    assert list_misfits(as_written(data), PageData) == []


def test_what_does_not_fit_is_found() -> None:
    data = as_written(page(Value(2.0, "x") * 3.0).data)
    assert list_misfits(data, PageData) == []
    data["nodes"][0]["value"] = "2"
    data["nodes"][1]["operands"] = [0, 3.0]
    data["eta"] = True
    data["extra"] = 1
    del data["title"]
    bad = " ".join(list_misfits(data, PageData))
    for name in ("title is missing", "extra is not in the schema", "nodes[0].value", "nodes[1].operands[1]", "eta"):
        assert name in bad


def test_the_example_is_what_is_made() -> None:
    found = compare("one-neuron")
    data = page(LECTURES["one-neuron"].record(found.settings), by_hand=found).data
    example = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert list_misfits(example, PageData) == []
    elsewhere = {"views", "pictures", "network", "hand"}  # positions to the pixel, and a program: each is tested where it is made
    for part in example.keys() - elsewhere:
        assert example[part] == as_written(data)[part], "run python docs/generate.py"


def list_edges(view: CardView) -> Counter[tuple[int, int]]:
    """Operand and node of every edge between cards of one node."""
    first = [view["cards"][card.get("repeats", i)]["nodes"] for i, card in enumerate(view["cards"])]
    assert list_misfits(as_written(view), CardView) == []
    ends = [(first[start], first[end]) for start, end in (edge["ends"] for edge in view["edges"])]
    return Counter((start[0], end[0]) for start, end in ends if len(start) == len(end) == 1)


def list_steps(data: PageData) -> Counter[tuple[Any, int]]:
    return Counter((data["nodes"][node]["operands"][operand], node) for node, operand, _ in data["backward"])


def test_what_is_drawn_again_far_away_keeps_its_edges() -> None:
    w, y = Value(0.9, "w"), Value(0.5, "x")
    for _ in range(60):
        y = w * y
    data = page(y).data
    view = cast("CardView", data["views"]["every node"])
    assert list_edges(view) == list_steps(data)
    assert "again" in "".join(view["notes"])


@pytest.mark.parametrize("kind", ["long", "dense"])
def test_windows_show_every_edge(kind: str) -> None:
    nodes = [Value(0.01, "x")]
    for i in range(210 if kind == "long" else 40):
        nodes.append(nodes[-1] * 1.001 + nodes[i // 2] if kind == "long" else total(nodes[-35:]))
    before = process_time()
    data = page(nodes[-1] * 1e-30).data
    assert process_time() - before < 10
    assert data["opening"] == "step by step"
    computed = [i for i, node in enumerate(data["nodes"]) if "operation" in node]
    assert {node for window in data["windows"] for node in window["computes"]} == set(computed)
    shown: Counter[tuple[int, int]] = Counter()
    for window in data["windows"]:
        shown |= list_edges(window)
    steps = list_steps(data)
    assert not shown - steps
    if kind == "long":
        assert shown == steps
    assert max(len(window["cards"]) for window in data["windows"]) < 80


@pytest.mark.parametrize("samples", [2, pytest.param(20, marks=pytest.mark.exhaustive)])
def test_a_page_of_a_network_on_many_samples_is_small_and_quick_to_make(samples: int) -> None:
    cost = make_batch(samples)
    before = process_time()
    made = page(cost)
    size = len(made.html.encode()) / 1e6
    seconds = process_time() - before
    assert size <= (3 if samples == 20 else 0.8)
    assert seconds <= 10  # 20 samples take 4 on a computer that does nothing else; benchmarks/page.py measures
    views = made.data["views"]
    assert {"layer 1", "layer 2", "layer 3", "z₁⁽¹⁾", "z₁₆⁽²⁾", "z₁⁽³⁾"} <= views.keys()
    assert len(cast("SharedView", views["z₁₆⁽²⁾"])["samples"]) == samples


@pytest.mark.parametrize("label", ["<img src=x>", "<img src=x>$", "∂<img src=x>/∂b", "a_<img>", "{<b>}", "$&<x>\\\\", "∂<b>", "-->"])
def test_no_label_becomes_markup(label: str) -> None:
    tags = set(re.findall(r"</?([^\s>/]*)", label_mathml(label)))
    assert tags <= {"mrow", "mi", "mn", "mo", "mtext", "mfrac", "msub", "msup", "msubsup"}
    assert unescape(re.sub(r"<[^>]*>", "", label_mathml(label))).replace("∂", "") == label.replace("/∂", "").replace("∂", "")
