"""What comes back has the shape, the kind and the order of what went in; masked entries are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import MLP, Data, Neuron, fit, load, read_csv, save
from nn.optimizers import Adam


class Frame:
    """What the package reads of a data frame: columns, selection by names, conversion to an array."""

    def __init__(self, **columns: Any) -> None:
        self._of, self.columns = columns, list(columns)

    def __getitem__(self, names: list[str]) -> "Frame":
        return Frame(**{name: self._of[name] for name in names})

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(list(zip(*self._of.values(), strict=True)), dtype=dtype)

    def __len__(self) -> int:
        return len(next(iter(self._of.values())))


class Series(list[Any]):
    name = "y"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(list(self), dtype=dtype)


RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
y = X @ [2.0, -1.0] + 0.5
c = (y > 0).astype(int)


@pytest.mark.parametrize("Y", [y, y[:, None], y.tolist(), np.column_stack([y, -y])], ids=["N", "N1", "list", "N2"])
@pytest.mark.parametrize("standardise", [False, True])
def test_predictions_have_the_shape_of_the_targets(Y: Any, standardise: bool, tmp_path: Path) -> None:
    net = MLP(2, [np.asarray(Y).reshape(40, -1).shape[1]], seed=0)
    assert net.predict(X).shape == (40, net.n_outputs)  # never trained
    fit(net, X, Y, "mean_squared_error", Adam(0.1), epochs=400, standardise=standardise)
    assert ((net.predict(X) - Y) ** 2).mean() < 1e-6
    restored = load(save(net, tmp_path / "net.json"))
    assert restored.predict(X).shape == np.shape(Y)
    assert (restored.predict(X) == net.predict(X)).all()


@pytest.mark.parametrize("classes", [[0, 1], [0.0, 1.0], [False, True], ["no", "yes"], ["0", "1"], [3, 7]])
@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("outputs", [1, 2])
def test_classes_have_the_shape_and_the_kind_of_the_targets(classes: list[Any], column: bool, outputs: int,
                                                            tmp_path: Path) -> None:
    Y = np.array(classes)[c]
    Y = Y[:, None] if column else Y
    if outputs == 1 and classes == [3, 7]:
        Y = Y.astype(str)
    net = MLP(2, [outputs], output_activation="sigmoid" if outputs == 1 else "softmax", seed=0)
    fit(net, X, Y, "binary_cross_entropy_logits" if outputs == 1 else "softmax_cross_entropy", Adam(0.2), epochs=200)
    for one in (net, load(save(net, tmp_path / "net.json"))):
        found = one.classify(X)
        assert found.shape == Y.shape
        assert found.dtype.kind == Y.dtype.kind
        assert (found == Y).mean() == 1.0


def test_classes_of_data_are_those_of_its_targets() -> None:
    data = Data.of(np.column_stack([X, c]))
    net = MLP(2, [2], output_activation="softmax", seed=0)
    fit(net, data, cost="softmax_cross_entropy", optimizer=Adam(0.2), epochs=200)
    assert net.classify(data.X).shape == data.Y.shape
    assert net.classify(data.X).dtype == data.Y.dtype
    assert (net.classify(data.X) == data.Y).mean() == 1.0


def test_one_output_of_one_unit_follows_its_targets_too() -> None:
    neuron = Neuron(1, "identity", seed=0)
    fit(neuron, [1.0, 2.0], [1.0, 2.0], epochs=1)
    assert neuron.predict([1.0, 2.0, 3.0]).shape == (3,)


def test_a_data_frame_is_read_by_its_names(tmp_path: Path) -> None:
    net = MLP(2, [1], seed=0)
    frame = Frame(width=X[:, 0], height=X[:, 1])
    fit(net, frame, Series(y), optimizer=Adam(0.1), epochs=300, standardise=True,
        validation=(Frame(height=X[:, 1], width=X[:, 0]), y))
    net = load(save(net, tmp_path / "net.json"))
    assert net.data_preparation.columns == ("width", "height")
    assert net.data_preparation.targets == ("y",)
    expected = net.predict(X)
    assert abs(expected - y).max() < 0.01
    other = Frame(height=X[:, 1], note=["a"] * 40, width=X[:, 0])
    assert (net.predict(other) == expected).all()
    with pytest.raises(ValueError, match=r"^X has no column 'width', which the network was trained on; it has height$"):
        net.predict(Frame(height=X[:, 1]))


def test_names_that_are_numbered_are_names_all_the_same() -> None:
    net = MLP(2, [1], seed=0)
    fit(net, Frame(x1=X[:, 0], x2=X[:, 1]), y, epochs=2)
    assert (net.predict(Frame(x2=X[:, 1], x1=X[:, 0])) == net.predict(X)).all()
    with pytest.raises(ValueError, match="X has no column 'x2'"):
        net.predict(Frame(x1=X[:, 0], x3=X[:, 1]))


def test_a_network_of_arrays_reads_a_data_frame_by_position() -> None:
    net = MLP(2, [1], seed=0)
    fit(net, X, y, epochs=2)
    assert (net.predict(Frame(a=X[:, 0], b=X[:, 1])) == net.predict(X)).all()


def test_words_of_a_data_frame_are_read_as_in_the_training(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("size,port,smoker,y\n" + "".join(
        f"{k},{'CQS'[k % 3]},{'yes' if k % 2 else 'no'},{k + k % 3}\n" for k in range(12)), encoding="utf-8")
    data = read_csv(tmp_path / "a.csv", "y")
    net = MLP(5, [1], seed=0)
    fit(net, data, epochs=20, standardise=True)
    rows = {"smoker": ["no", "yes", "NO"], "y": [0, 0, 0], "port": ["C", "Q", " s"], "size": [0, 1, 2]}
    expected = net.predict(data.X[:3] - [[0, 0, 0, 0, 0]])[:, 0]
    assert net.predict(Frame(**rows))[:, 0] == pytest.approx(expected)
    assert net.predict(Frame(**dict(zip(data.columns, data.X[:3].T.tolist(), strict=True))))[:, 0] == pytest.approx(expected)
    for column, values, sentence in [
        ("port", ["C", "X", "S"], "column 'port' of X holds 'X', which the network has not seen in training"),
        ("port", ["C", None, "S"], "row 2 of X, column 'port', is None, which stands for a missing value"),
        ("size", [0, float("nan"), 1], "row 2 of X, column 'size', is nan, which stands for a missing value"),
    ]:
        with pytest.raises(ValueError, match=sentence):
            net.predict(Frame(**rows | {column: values}))
    with pytest.raises(TypeError, match="row 3 of X, column 'size', is 'big', which is no number"):
        net.predict(Frame(**rows | {"size": [0, 1, "big"]}))
    with pytest.raises(ValueError, match="X has no column 'port', which the network was trained on"):
        net.predict(Frame(size=[1], smoker=["no"]))


class Absent:
    """As pandas.NA: neither equal nor unequal, and no number."""

    def __eq__(self, other: object) -> Any:
        return self

    def __ne__(self, other: object) -> Any:
        return self

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    def __repr__(self) -> str:
        return "<NA>"


def test_an_absent_value_of_a_series_is_named() -> None:
    for cost, Y in (("half_squared_error", [*y[:5], Absent(), *y[6:]]), ("softmax_cross_entropy", [*"ababa", Absent(), *"ab" * 17])):
        net = MLP(2, [1 if cost == "half_squared_error" else 2], output_activation="identity" if cost == "half_squared_error" else "softmax")
        with pytest.raises(ValueError, match="row 6 of Y.* is <NA>, which (stands for a missing value|is no class)"):
            fit(net, X, Series(Y), cost, epochs=1)
    with pytest.raises(TypeError, match=r"^row 2 of X, column 'b', is 'u', which is no number; read_csv makes 0/1 columns of words$"):
        fit(MLP(2, [1]), Frame(a=[1.0, 2.0], b=[3.0, "u"]), [1.0, 2.0], epochs=1)


def test_a_matrix_with_names_keeps_them() -> None:
    data = Data.of(Frame(a=[1.0, 2.0], b=[3.0, 4.0], t=[5.0, 6.0]))
    assert (data.columns, data.targets) == (("a", "b"), ("t",))


@pytest.mark.parametrize("where", ["X", "Y", "classes", "validation", "predict", "rows"])
def test_masked_entries_are_refused_in_one_sentence(where: str) -> None:
    masked, classes = np.ma.array(X, mask=False), np.ma.array(c, mask=False)
    net = MLP(2, [1], output_activation="sigmoid", seed=0)
    fit(net, masked, classes, "binary_cross_entropy_logits", epochs=1)  # nothing is masked
    masked[4, 1] = classes[4] = np.ma.masked
    held = (masked, c) if where == "validation" else None
    arguments: dict[str, Any] = {"X": masked if where == "X" else X, "validation": held,
                                 "Y": c if where in ("X", "validation") else classes,
                                 "cost": "half_squared_error" if where == "Y" else "binary_cross_entropy_logits"}
    run = {"predict": lambda: net.predict(masked), "rows": lambda: net.predict(list(masked))}.get(
        where, lambda: fit(net, **arguments))
    with pytest.raises(ValueError, match=r"^row 5 of \w+( of validation)? is masked, which stands for a missing value;"):
        run()
