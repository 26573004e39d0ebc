"""What a program does to right gradients, and samples that do not count alike: ``check_code`` names it, with a cost and without."""

from typing import Any

import numpy as np
import pytest

from nn.derivations import CodeDiagnosis, check_code
from nn.derivations.own_program.comparing.reference import find_gradients


def judge(change: str = "pass", *, alone: bool = False, penalty: str = "0", weights: str = "1", single: bool = False) -> CodeDiagnosis:
    """The diagnosis of a right program, after whose gradients dW and db there is a change."""
    names: dict[str, Any] = {"np": np}
    exec(f"""
def run(W, b, X):
    h = np.tanh(X @ W[0] + b[0])
    return h, h @ W[1] + b[1]
def gradients(W, b, X, Y):
    {"W, b, X, Y = [w.astype('f4') for w in W], [v.astype('f4') for v in b], X.astype('f4'), Y.astype('f4')" if single else "pass"}
    h, out = run(W, b, X)
    N = len(X)
    d2 = (out - Y) / N * np.asarray({weights}, out.dtype).reshape(-1, 1)
    d1 = d2 @ W[1].T * (1 - h * h)
    dW, db = [X.T @ d1, h.T @ d2], [d1.sum(0), d2.sum(0)]
    {change}
    return dW, db
def cost(W, b, X, Y):
    return ((run(W, b, X)[1] - Y) ** 2).sum() / 2 / len(X) + {penalty}
""", names)
    return check_code(names["gradients"], cost=None if alone else names["cost"], layers=2)


EACH = "dW, db = [{0} for g in dW], [{0} for g in db]"


@pytest.mark.parametrize(("change", "slug", "said"), [
    (EACH.format("g.round(3)"), "gradient-rounded", "rounded to 3 decimals"),
    (EACH.format("g.round(2)"), "gradient-rounded", "rounded to 2 decimals"),
    (EACH.format("g.round(6)"), "gradient-rounded", "rounded to 6 decimals"),
    (EACH.format("g.astype(np.float16)"), "gradient-rounded", "half precision"),
    (EACH.format("np.clip(g, -1, 1)"), "gradient-clipped", "all beyond ±1 cut off"),
    (EACH.format("g / np.sqrt(sum((x ** 2).sum() for x in dW + db))"), "gradient-scaled", "the norm 1"),
])
def test_what_is_done_to_right_gradients_is_named(change: str, slug: str, said: str) -> None:
    found = judge(change)
    assert (found.right, found.first_wrong, found.mistakes) == (False, "dW[2]", (slug,))
    assert said in found.sentence
    assert "none of the common mistakes" not in found.sentence
    assert not judge(change, alone=True).right


def test_rounding_is_named_without_a_cost() -> None:
    assert judge(EACH.format("g.round(3)"), alone=True).mistakes == ("gradient-rounded",)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("change", ["pass", EACH.format("np.float64(g) * 1.0"), EACH.format("np.clip(g, -1e3, 1e3)")])
def test_single_precision_is_no_rounding(change: str, alone: bool) -> None:
    assert judge(change, single=True, alone=alone).right


@pytest.mark.parametrize(("change", "penalty", "wrong"), [
    ("dW[1] += 0.1 * W[1]", "0", {"dW[2]": "penalty-in-gradient-only"}),
    ("dW[0] += 0.1 * W[0]", "0", {"dW[1]": "penalty-in-gradient-only"}),
    ("dW[1] += 0.1 * np.sign(W[1])", "0", {"dW[2]": "penalty-in-gradient-only"}),
    ("dW[1] += 0.1 * W[1]", "0.05 * sum((w ** 2).sum() for w in W)", {"dW[1]": "penalty-forgotten"}),
    ("dW[1] += 0.1 * W[1]; dW[0] += 0.3 * W[0]", "0.05 * sum((w ** 2).sum() for w in W)", {"dW[1]": "penalty-not-of-your-cost"}),
    ("db[0] += 0.1 * b[0]", "0", {"db[1]": "penalty-on-bias"}),
])
def test_a_penalty_in_one_layer_is_named_there_and_right_arrays_stay_right(change: str, penalty: str, wrong: dict[str, str]) -> None:
    found = judge(change, penalty=penalty)
    assert {name: verdict.mistakes[0] for name, verdict in found.verdicts.items() if verdict.wrong} == wrong
    assert all(verdict.right for name, verdict in found.verdicts.items() if name not in wrong)
    assert "forward pass" not in found.sentence


def test_a_wrong_dw_beside_a_right_db_blames_no_forward_pass() -> None:
    found = judge("dW[1] = h[:, ::-1].T @ d2")
    assert (found.first_wrong, found.mistakes) == ("dW[2]", ())
    assert [name for name, verdict in found.verdicts.items() if verdict.right] == ["db[2]", "dW[1]", "db[1]"]
    assert "forward pass" not in found.sentence


@pytest.mark.parametrize(("weights", "said"), [
    ("[1] * (N - 1) + [0]", "1, 1, 1, 1, 1, 1, 0 times"), ("[2] + [1] * (N - 1)", "2, 1, 1, 1, 1, 1, 1 times"),
    ("np.arange(N) / N", "0, 0.143, 0.286, 0.429, 0.571, 0.714, 0.857 times")])
def test_samples_that_do_not_count_alike_are_told(weights: str, said: str) -> None:
    found = judge(weights=weights)
    assert (found.first_wrong, found.mistakes) == ("dW[2]", ("samples-weighted",))
    assert said in found.sentence
    assert all(verdict.follows for name, verdict in found.verdicts.items() if name != "dW[2]")


@pytest.mark.parametrize(("change", "slug", "said"), [
    ("dW, db = [0 * g for g in dW], [0 * g for g in db]", ("weight-gradient-zero", "bias-zero"), "dW[2] is 0 in every entry"),
    ("dW = [np.zeros((9, 9)), np.zeros((9, 9))]", (), "its shape is (9, 9), and that of its parameter"),
    ("dW = [g[:-1] for g in dW]", (), "dW[1] is wrong: its shape is"),
    ("dW = [g * np.nan for g in dW]", (), "it has entries that are no numbers"),
    ("dW = [None, None]", (), "it is None")])
def test_arrays_that_tell_nothing_are_said_at_once_and_nothing_is_read_from_them(change: str, slug: tuple[str, ...], said: str) -> None:
    find_gradients.cache_clear()
    found = judge(change, alone=True)
    assert (found.first_wrong, found.mistakes) == ("dW[2]", slug)
    assert said in found.sentence
    assert str(found.conventions) == ""
    assert find_gradients.cache_info().misses == 0
    assert not judge(change).right


@pytest.mark.parametrize("entry", ["np.nan", "np.inf", "1e200"])
def test_an_entry_that_is_no_number_is_said_beside_a_cost(entry: str) -> None:
    found = judge(f"dW[1][0, 0] = {entry}")
    assert (found.first_wrong, found.verdicts["dW[2]"].wrong) == ("dW[2]", True)
    assert all(verdict.right for name, verdict in found.verdicts.items() if name != "dW[2]")


def test_a_penalty_of_another_kind_in_the_cost_alone_is_no_other_cost() -> None:
    found = judge(penalty="0.1 * sum(abs(w).sum() for w in W)")
    assert (found.first_wrong, found.mistakes) == ("dW[2]", ("penalty-not-of-your-cost",))
    assert [name for name, verdict in found.verdicts.items() if verdict.right] == ["db[2]", "db[1]"]
    assert "your cost depends on W besides the outputs" in found.sentence
