"""How well a trained network answers, beside the best answer that needs no inputs."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from autograd_lite.internal import format_number

from .. import metrics
from ..costs import Cost
from ..data.preparation import class_names, is_one_column, to_samples
from ..ground import late_numpy as np
from ..ground.arrays import Samples
from ..networks.module import Module


@dataclass(frozen=True, slots=True)
class Scores:
    """The measures of ``nn.metrics`` on some samples.

    Attributes:
        samples: their number.
        part: "training", or "validation" for samples that were not trained on.
        measures: the name of a measure -> its value: rmse, largest_error and r2 (with two samples or more) for numbers,
            in the units of the targets; accuracy and f1 for classes.
        baseline: the first of them, of an answer that is always the same: the mean of the targets that were trained on,
            or their largest class.
        constant: that class; empty for numbers.

    >>> scores = Scores(50, "validation", {"accuracy": 0.9, "f1": 0.88}, 0.4, "setosa")
    >>> print(scores)
    right: 90.0 % of 50 samples of validation, F₁ = 0.88; always setosa would be right for 40.0 %
    """

    samples: int
    part: str
    measures: dict[str, float]
    baseline: float
    constant: str = ""

    def __str__(self) -> str:
        found = self.measures
        of = f"{self.samples:,} sample{'s' * (self.samples != 1)} {'of validation' * (self.part == 'validation')}"
        of = of.strip() + " trained on" * (self.part == "training")
        if "accuracy" in found:
            return (f"right: {100 * found['accuracy']:.1f} % of {of}, F₁ = {found['f1']:.3g}; always "
                    f"{self.constant} would be right for {100 * self.baseline:.1f} %")
        spread = f", R² = {found['r2']:.4g}" if "r2" in found else ""
        return (f"error: {format_number(found['rmse'])} root mean square, {format_number(found['largest_error'])} at "
                f"most, of {of}{spread}; predicting the mean always would have {format_number(self.baseline)}")


def compute_scores(net: Module, cost: Cost, X: Any, Y: Any, trained: Any, part: str) -> Scores | None:
    """The scores of the samples X, Y; None where the answers are neither numbers nor classes, or do not exist.

    Args:
        net: the trained network.
        cost: what it was trained for.
        X, Y: as for ``fit``.
        trained: the targets that were trained on.
        part: "training" or "validation".
    """
    try:
        if cost.targets == "numbers":
            return _score_numbers(net, X, Y, trained, part)
        if net.data_preparation.classes or cost.targets == "classes":
            return _score_classes(net, X, Y, trained, part)
    except (ArithmeticError, ValueError):  # numbers that do not fit, such as after a run that failed at once
        pass
    return None  # several outputs, each a probability of its own


def _score_numbers(net: Module, X: Any, Y: Any, trained: Any, part: str) -> Scores:
    y, before = to_samples(Y, net.n_outputs, "Y"), to_samples(trained, net.n_outputs, "Y")
    a = net.predict(X).reshape(y.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        found = {"rmse": _root_mean_square(a - y), "largest_error": float(abs(a - y).max())}
        if len(y) > 1:
            found["r2"] = metrics.r2(y, a)
        return Scores(len(y), part, found, _root_mean_square(y - before.mean(axis=0)))


def _root_mean_square(errors: "Samples") -> float:
    """√ of the mean square of all entries; their squares neither overflow nor underflow."""
    size = float(np.abs(errors).max())
    return size * float(np.sqrt(((errors / size) ** 2).mean())) if size else 0.0


def _score_classes(net: Module, X: Any, Y: Any, trained: Any, part: str) -> Scores:
    answers, targets = class_names(net.classify(X)), read_classes(net, Y)
    constant, _ = Counter(read_classes(net, trained)).most_common(1)[0]
    measures = {"accuracy": metrics.accuracy(targets, answers), "f1": metrics.f1(targets, answers)}
    return Scores(len(targets), part, measures, metrics.accuracy(targets, [constant] * len(targets)),
                  constant)


def read_classes(net: Module, Y: Any) -> list[str]:
    """The class of each sample as ``classify`` names it, from one column or from a column for each class."""
    if is_one_column(Y):
        return class_names(Y)
    known = net.data_preparation.classes
    return [known[k] if known else str(k) for k in np.asarray(Y).argmax(axis=1).tolist()]
