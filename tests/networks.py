"""Random problems for every lecture: networks of widths 1 to 4 and depth 1 to 4, up to 5 samples, generic numbers."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from nn.derivations import LECTURES
from nn.ground.activation_formulas import ACTIVATION_FORMULAS

ACTIVATIONS = list(ACTIVATION_FORMULAS)
PENALTIES = st.sampled_from([{}, {"penalty": "l1", "lam": 0.07}, {"penalty": "l2", "lam": 0.03}])
# generic: no 0, no ±1, both signs, and few enough digits that a failing example can be read
NUMBERS = st.integers(1, 1999).map(lambda n: (1 if n % 2 else -1) * (n + 0.37) / 1301)
WIDTHS = st.lists(st.integers(1, 4), min_size=2, max_size=5)


def vectors(n: int) -> st.SearchStrategy[list[float]]:
    return st.lists(NUMBERS, min_size=n, max_size=n)


def matrices(rows: int, columns: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(vectors(columns), min_size=rows, max_size=rows)


@st.composite
def problems(draw: st.DrawFn, id: str) -> Mapping[str, Any]:
    """Settings of a lecture."""
    if id in ("one-neuron", "chain"):
        names = [s.name for s in LECTURES[id].settings if s.name in ("x", "y", "w1", "b1", "w2", "b2", "eta")]
        given: dict[str, Any] = {name: draw(NUMBERS) for name in names} | draw(PENALTIES)
        one, two = (draw(st.sampled_from(ACTIVATIONS)) for _ in range(2))
        return given | ({"activation": one} if id == "one-neuron" else {"activations": [one, two]})
    widths = draw(WIDTHS)
    given = {"eta": draw(NUMBERS)}
    source_first = id == "rows"
    if id == "layers":
        given["reading"] = draw(st.sampled_from(["T", "S"]))
        source_first = given["reading"] == "S"
    if id == "bernoulli":
        widths[-1] = 1
        given["t"] = draw(st.sampled_from([0, 1]))
    shapes = list(zip(widths[1:], widths, strict=False))
    given["W"] = [draw(matrices(n_in, n_out) if source_first else matrices(n_out, n_in + (id == "rss")))
                  for n_out, n_in in shapes]
    biases = [draw(vectors(n_out)) for n_out, _ in shapes]
    if id in ("layers", "bernoulli") or (id in ("columns", "rows") and draw(st.booleans())):
        given["b"] = biases
    if id in ("columns", "rows"):
        samples = draw(st.integers(1, 5))
        given |= {"X": draw(matrices(samples, widths[0])), "Y": draw(matrices(samples, widths[-1])),
                  "activation": draw(st.sampled_from(["sigmoid", "identity", "relu"])),
                  **draw(st.sampled_from([{}, {"penalty": "l2", "lam": 0.03}]))}
    else:
        given["x"] = draw(vectors(widths[0]))
        given |= {} if id == "bernoulli" else {"y": draw(vectors(widths[-1]))}
    return given
