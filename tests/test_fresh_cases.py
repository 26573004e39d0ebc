"""Derivations in forms that people use: each right one is right, each wrong line is found, and named if it has a name."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from nn.derivations import check

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "derivations"


def read_cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["case"]
    return cases


@pytest.mark.one_in(24)
@pytest.mark.parametrize("i", range(len(read_cases("fresh_right.toml"))))
def test_a_right_derivation_is_read_and_right(i: int) -> None:
    case = read_cases("fresh_right.toml")[i]
    found = check(case["lecture"], case["derivation"], **case["settings"])
    assert found.right, {name: verdict.sentence for name, verdict in found.verdicts.items() if not verdict.right}


@pytest.mark.one_in(24)
@pytest.mark.parametrize("i", range(len(read_cases("fresh_wrong.toml"))))
def test_a_wrong_line_is_found_and_named(i: int) -> None:
    case = read_cases("fresh_wrong.toml")[i]
    found = check(case["lecture"], case["derivation"], **case["settings"])
    wrong = {name for name, verdict in found.verdicts.items() if not (verdict.right or verdict.follows)}
    assert wrong == set(case["wrong"])
    for name, slug in case["wrong"].items():
        assert not slug or slug in found.verdicts[name].mistakes


@pytest.mark.parametrize(("lecture", "settings", "derivation"), [
    ("rows", {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}, {"db": lambda delta: delta.sum(axis=0)}),
    ("columns", {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}, {"db": lambda delta: delta.sum(axis=1)})])
def test_a_function_that_adds_up_the_samples_states_the_batch(lecture: str, settings: dict[str, Any],
                                                              derivation: dict[str, Any]) -> None:
    assert check(lecture, derivation, **settings).verdicts["db"].mistakes == ("sum-for-mean",)
    right = {"db": (lambda delta: delta.mean(axis=0)) if lecture == "rows" else (lambda delta: delta.mean(axis=1))}
    assert check(lecture, right, **settings).right


def test_numbers_of_a_layer_tell_though_some_have_lost_a_trailing_zero() -> None:
    assert check("rss", {"post[2]": ["0.6", "0.43"]}).right
    assert not check("rss", {"post[2]": ["0.6", "0.4"]}).right


def test_einsum_is_read_as_a_product_or_refused_by_what_it_says() -> None:
    assert check("layers", {"delta_hidden": "np.einsum('kj,k->j', W_next, delta_next)*df(z)",
                            "dW": "np.einsum('j,k->jk', delta, a_prev)"}).right
    with pytest.raises(ValueError, match="einsum is read here for two arrays"):
        check("layers", {"dW": "np.einsum('ij,jk,kl->il', W, W, W)"})
