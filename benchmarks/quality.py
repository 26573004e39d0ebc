"""Is what ``train`` learns as good as what scikit-learn learns? The same samples, on those that neither has seen.

A network without hidden layers is a linear or a logistic model, whose best weights are known: what it predicts should
be as good as LinearRegression and LogisticRegression without a penalty, which solve for them.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from files import FILES, find_content

from nn import DATASETS, MLP, Data, Preparation, dataset, fit, optimizers, read_csv, schedules
from nn.internal import class_names, classes_in

HELD = 0.25
MOST = 600  # rows of a set that are used
TAKEN = 8_000  # samples that are trained on in all
BATCH = 16


def list_sets() -> Mapping[str, Data]:
    """The sets by name: those of ``DATASETS``, and the files of first commands that are installed and can be read."""
    found = {name: dataset(name) for name in DATASETS if name != "digits"}
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for first in FILES:
            content, path = find_content(first), Path(folder, Path(first.path).name)
            if content is None or (first.package == "sklearn" and "linnerud" not in first.path):
                continue  # the other files of scikit-learn are in DATASETS
            path.write_bytes(content)
            try:
                found[f"{first.package} {path.stem}"] = read_csv(path, first.target, missing_values="skip")
            except ValueError:
                continue
    return found


def compare_quality(data: Data, classes: bool, seed: int) -> tuple[float, float]:
    """How good ours and scikit-learn's are on held-out samples: the fraction that is right, or 1/RMSE of numbers."""
    from sklearn.linear_model import LinearRegression, LogisticRegression  # late: it takes a second
    from sklearn.preprocessing import StandardScaler

    if len(data.X) > MOST:
        data = data.split(1 - MOST / len(data.X), seed)[0]
    kept, held = data.split(HELD, seed)
    scaler = StandardScaler().fit(kept.X)
    net = make_network(data, classes)
    epochs = TAKEN // len(kept.X)
    fit(net, kept, cost="softmax_cross_entropy" if classes else "half_squared_error",
        optimizer=optimizers.Adam(schedules.Cosine(0.1, epochs)), standardise=True, epochs=epochs, batch_size=BATCH,
        seed=seed, progress=False)
    model: Any = LogisticRegression(C=np.inf, max_iter=3000) if classes else LinearRegression()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes that can be separated have no best weights
        model.fit(scaler.transform(kept.X), kept.Y.ravel())
    theirs = model.predict(scaler.transform(held.X)).ravel()
    if classes:
        names = class_names(held.Y)
        return _find_right(class_names(net.classify(held.X)), names), _find_right(class_names(theirs), names)
    targets = held.Y.ravel()
    return _find_precision(np.ravel(net.predict(held.X)), targets), _find_precision(theirs, targets)


def make_network(data: Data, classes: bool) -> MLP:
    """A network without hidden layers, as ``train`` makes it."""
    names = classes_in(data.Y) if classes else ()
    net = MLP(data.X.shape[1], [len(names) or 1], output_activation="softmax" if classes else "identity", seed=0)
    net.preparation = Preparation(data.columns, data.targets, classes=names)  # the kept part may lack one
    return net


def _find_right(answers: list[str], names: list[str]) -> float:
    return sum(a == b for a, b in zip(answers, names, strict=True)) / len(names)


def _find_precision(answers: Any, targets: Any) -> float:
    return float(1 / np.sqrt(np.mean((answers - targets) ** 2)))


def try_quality(_: int, seed: int) -> Mapping[str, object] | None:
    """The campaign: a row for each set; None if the median ratio is further than 0.02 from 1."""
    ratios = []
    print("| set | samples | inputs | ours | scikit-learn | ratio |\n|---|---|---|---|---|---|")
    for name, data in list_sets().items():
        classes = data.Y.dtype.kind not in "fiu" or (name in DATASETS and name != "diabetes")
        ours, theirs = compare_quality(data, classes, seed)
        ratios.append(ours / theirs)
        shown = [f"{100 * good:.1f} %" if classes else f"{1 / good:.4g}" for good in (ours, theirs)]
        print(f"| {name} | {len(data.X)} | {data.X.shape[1]} | {' | '.join(shown)} | {ratios[-1]:.3f} |", flush=True)
    middle = median(ratios)
    if abs(middle - 1) > 0.02:
        return None
    return {"sets": len(ratios), "median ratio": f"{middle:.3f}", "least ratio": f"{min(ratios):.3f}"}
