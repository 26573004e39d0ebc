"""Small sets of data to try a network on, from scikit-learn, an extra."""

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import quote

from ..suggest import unknown_name
from .samples import Data

if TYPE_CHECKING:
    from ..arrays import Column

DATASETS = MappingProxyType({
    "breast_cancer": "569 tumours, 30 measurements each; malignant or benign",
    "diabetes": "442 patients, 10 measurements each; how their illness went on",
    "digits": "1,797 images of written digits, 8 × 8 pixels from 0 to 16; which digit",
    "iris": "150 flowers, 4 measurements each; which of 3 species",
    "moons": "200 points on two crescents that reach into each other, drawn; which crescent",
    "wine": "178 wines, 13 measurements each; which of 3 growers",
})
"""Name -> what is in it. All but ``moons`` are real."""


def dataset(name: str, seed: int = 0) -> Data:
    """One of the sets of ``DATASETS``; classes are numbered from 0. ``seed`` is for those that are drawn.

    Raises:
        ValueError: an unknown name; names the nearest.
        ImportError: scikit-learn is not installed; names the extra.
    """
    if name not in DATASETS:
        raise unknown_name("set of data", name, DATASETS)
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError(f"the set {quote(name)} is in scikit-learn, which comes with the extra `data`; install it "
                          "with: "
                          "pip install 'autograd-lite[data]', in a clone .venv/bin/pip install -e '.[data]'") from None
    if name == "moons":
        X, y = datasets.make_moons(200, noise=0.1, random_state=seed)
        return Data(X, _to_column(y), ("x1", "x2"), ("crescent",))
    load: Callable[[], Any] = getattr(datasets, f"load_{name}")
    found = load()
    target = {"diabetes": "progression", "digits": "digit", "iris": "species", "wine": "grower"}.get(name, "benign")
    return Data(found.data, _to_column(found.target), tuple(map(str, found.feature_names)), (target,))


def _to_column(y: Any) -> "Column":
    column: Column = y.astype(float)[:, None]
    return column
