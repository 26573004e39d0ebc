"""The product reads what it shows: every line of every lecture, handed in as that quantity, is right."""

import re

import pytest

from nn.derivations import LECTURES, check
from nn.derivations.settings import Settings

pytestmark = pytest.mark.slow

NO_QUANTITY = frozenset(["input"])
"""Kinds of lines that name what is given."""

FORMS = [(id, name, form) for id, lecture in LECTURES.items()
         for name, form in {"": {}, **lecture.variants, **({
             "l1": {"penalty": "l1", "lam": 0.1}, "l2": {"penalty": "l2", "lam": 0.1}} if "lam" in {
                 setting.name for setting in lecture.settings} else {})}.items()
         if not (id == "rss" and "penalty" in form)]  # whose ∂RSS/∂W has a line of its own for the biases in column 0

LINES = [pytest.param(id, form, line.kind, line.left, line.right, id=f"{id}-{name}-{line.left}")
         for id, name, form in FORMS for line in LECTURES[id].equations(LECTURES[id].resolve(form))
         if line.kind not in NO_QUANTITY and line.left != "y"]  # y names the output of bernoulli


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "form", "kind", "left", "right"), LINES)
def test_a_line_of_the_lecture_is_right(id: str, form: Settings, kind: str, left: str, right: str) -> None:
    assert kind
    found = check(id, {left: right}, **form)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values()]


@pytest.mark.parametrize(("id", "form", "kind", "left", "right"), [line for line in LINES if not line.values[1]])
def test_its_left_side_need_not_be_given(id: str, form: Settings, kind: str, left: str, right: str) -> None:
    assert check(id, {left: f"{left} = {right}"}, **form).right
    if not re.search(r"[₀-₉]", left):
        assert check(id, {kind: right}, **form).right
