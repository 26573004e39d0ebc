"""Small data sets from scikit-learn, which comes with the extra ``data``."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import quote

from ..ground.suggest import unknown_name
from .samples import Data

_SETS = {
    "breast_cancer": ("569 tumours, 30 measurements each; malignant or benign", "benign"),
    "diabetes": ("442 patients, 10 measurements each; progression of the disease after a year", "progression"),
    "digits": ("1,797 images of handwritten digits, 8 × 8 pixels from 0 to 16; which digit", "digit"),
    "iris": ("150 flowers, 4 measurements each; which of 3 species", "species"),
    "moons": ("200 generated points on two interleaved crescents; which crescent", "crescent"),
    "wine": ("178 wines, 13 measurements each; which of 3 growers", "grower"),
}
"""Name -> (what it holds, name of the target)."""
DATASETS = MappingProxyType({name: about for name, (about, _) in _SETS.items()})
"""Name -> what the data set holds. All but ``moons`` are real measurements."""


def dataset(name: str, seed: int = 0) -> Data:
    """One of the data sets of ``DATASETS``; classes are numbered from 0.

    Args:
        name: a name of ``DATASETS``.
        seed: for "moons", which is generated.

    Raises:
        ValueError: the name is unknown; suggests the nearest.
        ImportError: scikit-learn is not installed; names the extra.

    >>> dataset("iris").X.shape
    (150, 4)
    """
    if name not in DATASETS:
        raise unknown_name("data set", name, DATASETS)
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError(f"the data set {quote(name)} needs scikit-learn, which comes with the extra `data`; install "
                          "it with: pip install 'autograd-lite[data]', in a clone .venv/bin/pip install -e '.[data]'"
                          ) from None
    target = _SETS[name][1]
    if name == "moons":
        X, y = datasets.make_moons(200, noise=0.1, random_state=seed)
        return Data(X, y.astype(float)[:, None], ("x1", "x2"), (target,))
    load: Callable[[], Any] = getattr(datasets, f"load_{name}")
    found = load()
    return Data(found.data, found.target.astype(float)[:, None], tuple(map(str, found.feature_names)), (target,))
