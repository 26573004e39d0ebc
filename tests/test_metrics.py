"""Measures agree with scikit-learn; what cannot be compared is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as theirs

from nn import metrics

SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", [(30,), (30, 1), (30, 3), (2,)])
@pytest.mark.parametrize(("ours", "other"), [(metrics.mse, theirs.mean_squared_error), (metrics.r2, theirs.r2_score),
                                             (metrics.rmse, theirs.root_mean_squared_error)])
def test_errors_of_numbers(ours: Callable[..., float], other: Callable[..., float], shape: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, a = rng.normal(size=shape), rng.normal(size=shape)
    assert ours(y, a) == pytest.approx(other(y, a), abs=1e-12)
    assert ours(y, y) == pytest.approx(other(y, y), abs=1e-12)


@pytest.mark.parametrize("a", [[0.5, 0.5, 0.5], [0.1, 0.2, 0.3]])
def test_targets_without_spread(a: list[float]) -> None:
    y = [0.5, 0.5, 0.5]
    assert metrics.r2(y, a) == theirs.r2_score(y, a)


def draw(seed: int, classes: list[Any], size: int = 40) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    known = np.array(classes)
    y, a = rng.integers(len(classes), size=(2, size))
    return known[y], known[np.where(rng.random(size) < 0.5, y, a)]


KINDS: dict[str, list[Any]] = {"numbers": [0, 1], "floats": [0.0, 1.0], "booleans": [False, True], "names": ["no", "yes"],
         "three": [0, 1, 2], "large": [9, 10, 11], "negative": [-1, 1], "species": ["setosa", "versicolor", "virginica"]}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_measures_of_classes(kind: str, seed: int) -> None:
    classes = KINDS[kind]
    y, a = draw(seed, classes)
    assert metrics.accuracy(y, a) == pytest.approx(theirs.accuracy_score(y, a))
    assert metrics.accuracy(y[:, None], a[:, None]) == metrics.accuracy(y, a)
    assert metrics.confusion_matrix(y, a).tolist() == theirs.confusion_matrix(y, a).tolist()
    assert metrics.confusion_matrix(y, a, classes[::-1]).tolist() == theirs.confusion_matrix(y, a, labels=classes[::-1]).tolist()
    for ours, other in ((metrics.precision, theirs.precision_score), (metrics.recall, theirs.recall_score),
                        (metrics.f1, theirs.f1_score)):
        for average in ("macro", "micro", "weighted"):
            assert ours(y, a, average=average) == pytest.approx(other(y, a, average=average))
        each = other(y, a, average=None)
        assert [ours(y, a, of=name) for name in classes] == pytest.approx(each.tolist())
        default = other(y, a, pos_label=classes[1]) if len(classes) == 2 else other(y, a, average="macro")
        assert ours(y, a) == pytest.approx(default)


@pytest.mark.parametrize("measure", [metrics.precision, metrics.recall, metrics.f1])
def test_a_class_that_never_occurs_counts_0(measure: Callable[..., float]) -> None:
    assert measure([0, 0, 1], [0, 0, 0]) == 0.0
    assert measure([0, 0], [0, 0]) == 0.0
    assert measure([1, 1], [1, 1]) == 1.0


EVERY = [metrics.mse, metrics.rmse, metrics.r2, metrics.accuracy, metrics.confusion_matrix, metrics.precision,
         metrics.recall, metrics.f1]


@pytest.mark.parametrize("measure", EVERY)
@pytest.mark.parametrize(("y", "a"), [(np.ones(3), np.ones((3, 1))), (np.ones((3, 1)), np.ones(3)), (np.ones(3), np.ones(2)),
                                      (np.ones((3, 1)), np.ones((3, 2))), (1.0, np.ones(3))])
def test_arrays_of_different_shapes_are_refused(measure: Callable[..., Any], y: Any, a: Any) -> None:
    with pytest.raises(ValueError, match=r"^targets have the shape \([^)]*\) and answers \([^)]*\); they must be equal"):
        measure(y, a)


@pytest.mark.parametrize(("measure", "y", "a", "sentence"), [
    (metrics.accuracy, [0, 1], [0.2, 0.9], "answers must be classes, but hold 0.2"),
    (metrics.accuracy, ["0", "1"], [0, 1], "the targets are names, such as '0', and the answers are numbers"),
    (metrics.accuracy, np.eye(2), np.eye(2), "classes must be (N,)"),
    (metrics.accuracy, ["a", None], ["a", "b"], "row 2 of Y is None"),
    (metrics.mse, [1.0, np.nan], [1.0, 2.0], "targets must hold finite numbers, but row 2 does not"),
    (metrics.mse, ["a"], ["b"], "targets must be an array of numbers"),
    (metrics.mse, [], [], "must be (N,) or (N, n) with N ≥ 1"),
    (metrics.mse, np.ma.array([1.0, 2.0], mask=[False, True]), [1.0, 2.0], "row 2 of targets is masked"),
    (metrics.r2, [1.0], [1.0], "needs at least two samples"),
    (lambda y, a: metrics.f1(y, a, of="c"), ["a", "b"], ["a", "b"], "unknown class 'c'"),
    (lambda y, a: metrics.f1(y, a, average="makro"), ["a", "b"], ["a", "b"], "did you mean 'macro'"),
    (lambda y, a: metrics.f1(y, a, of="a", average="macro"), ["a", "b"], ["a", "b"], "give one of the two"),
    (lambda y, a: metrics.confusion_matrix(y, a, ["a"]), ["a", "b"], ["a", "b"], "unknown class 'b'"),
])
def test_what_cannot_be_measured_is_refused_in_one_sentence(measure: Callable[..., Any], y: Any, a: Any, sentence: str) -> None:
    with pytest.raises((ValueError, TypeError)) as raised:
        measure(y, a)
    assert sentence in str(raised.value)
