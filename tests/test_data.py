"""Tables, splits, scales and classes: what is read, what is refused and in which line, and what can be undone."""

import codecs
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import DATASETS, Data, Preparation, dataset, read_csv
from nn.internal import class_names, classes_in, read_table

Write = Callable[[str | bytes], Path]
FLOWERS = "petal,sepal,species\n1.5,2,setosa\n-3e-2,4,virginica\n5,6,setosa\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_first_line_names_columns_and_shows_the_separator(write: Write, separator: str) -> None:
    data = read_csv(write("a,b,y\n1,2,3\n4,5,6\n".replace(",", separator)), "b")
    assert (data.columns, data.targets) == (("a", "y"), ("b",))
    assert data.X.tolist() == [[1, 3], [4, 6]]
    assert data.Y.tolist() == [[2], [5]]


@pytest.mark.parametrize("content", [
    codecs.BOM_UTF8 + b"a,y\n1,2\n3,4\n", b"a,y\r\n1,2\r\n3,4\r\n", b"a,y\r1,2\r3,4\r", b"a,y\n1,2\n3,4", b'"a","y"\n"1",2\n3,"4"\n',
    b" a , y\n 1,2 \n3 ,\t4\n", b"a,y\n1,2\n\n3,4\n\n\n", b"a,y\n1,2\n3,4\n,\n , \n", b"\n\na,y\n1,2\n3,4\n", b",\na,y\n1,2\n3,4\n",
], ids=["bom", "crlf", "cr", "no last newline", "quoted", "padded", "empty lines", "empty rows", "leading lines", "leading row"])
def test_what_programs_write_around_the_cells_does_not_matter(write: Write, content: bytes) -> None:
    data = read_csv(write(content), "y")
    assert (data.columns, data.X.tolist(), data.Y.tolist()) == (("a",), [[1], [3]], [[2], [4]])


def test_quoted_cells_hold_separators_quotes_and_line_ends(write: Write) -> None:
    table = read_table(write('"a, in cm",y\r\n"1","say ""x"", y"\r\n2,"two\r\nlines"\r\n3,z\r\n'))
    assert table.header == ("a, in cm", "y")
    assert [row[1].split() for row in table.rows] == [["say", '"x",', "y"], ["two", "lines"], ["z"]]
    assert table.lines == (2, 4, 5)


def test_the_separator_is_found_past_empty_lines_and_quoted_names(write: Write) -> None:
    assert read_table(write("\n\na;b;y\n1;2;3\n")).header == ("a", "b", "y")
    assert read_table(write('"a,b,c";y\n1;2\n')).header == ("a,b,c", "y")


def test_several_targets_and_chosen_columns_come_in_the_order_asked_for(write: Write) -> None:
    data = read_csv(write("a,b,c,d\n1,2,3,x\n4,5,6,y\n"), ["c", "a"], columns=["b"])
    assert (data.columns, data.targets) == (("b",), ("c", "a"))
    assert data.Y.tolist() == [[3, 1], [6, 4]]


def test_one_name_may_stand_for_one_column(write: Write) -> None:
    assert read_csv(write("alpha,beta,y\n1,2,3\n"), "y", columns="alpha").columns == ("alpha",)


def test_a_target_of_text_holds_classes(write: Write) -> None:
    data = read_csv(write(FLOWERS), "species")
    assert data.Y.tolist() == ["setosa", "virginica", "setosa"]
    assert data.X.tolist() == [[1.5, 2], [-0.03, 4], [5, 6]]


@pytest.mark.parametrize(("content", "sentence"), [
    ("", "is empty; its first line must name the columns"),
    ("\n,,\n", "is empty"),
    ("a,y\n", "has no row to train on"),
    ("y\n1\n", "at least one input column"),
    ("1,2.5\n3,4\n", r"the first line must name the columns, but it holds numbers; insert a line such as x1,y "),
    ("1;2;3\n4;5;6\n", r"insert a line such as x1;x2;y "),
    ("a,b,a,y\n1,2,3,4\n", "two columns are called 'a'"),
    ("a,y\n1,2\n3\n", r"line 3 has 1 cell,? "),
    ("a,y\n1,2\n\n3,4,5\n", "line 4 has 3 cells, but the first line names 2 columns"),
    ("a,y\n1,2\n\"3,4\n", "is not valid CSV"),
    ("a,y\n1,2\n\"3\"x,4\n", "line 3 is not valid CSV"),
    ("a,y\n1,2\n,4\nnull,5\n?,6\n", r"line 3, column 'a' is empty, a missing value, as in 3 of 4 rows: more than a fifth \(most in 'a': 3\)"),
    ("a,y\n1,2\n,4\n5,\n6,?\n", r"line 3, column 'a' .*missing.* in 3 of 4 rows: .* \(most in 'y': 2\).*--exclude.*--missing-values skip"),
    ("a,y\n1,2\nNA,4\n", "line 3, column 'a' .*'NA'"),
    ("a,y\n1,2\nred,4\n", "line 3, column 'a' holds 'red', which is no number"),
    ("a,y\nred,2\nblue,4\n", r"line 2, column 'a' holds 'red', which is no number, and with 2 different values in 2 rows"),
    ("a,y\n1_000,2\n", "line 2, column 'a' holds '1_000', which is no plain number"),
    ("a,y\ninf,2\n", "line 2, column 'a' holds 'inf', which is not finite"),
    ("a,y\n1e999,2\n", "line 2, column 'a' holds '1e999', which is not finite"),
    ("a,y\n1,2\nnan,4\n", "line 3, column 'a'"),
    ("a,y\n1,-Infinity\n", "line 2, column 'y' holds '-Infinity', which is not finite"),
    ("a;y\n1,5;2\n2.5;3\n", "column 'a' holds '2.5' with a decimal point and '1,5' with a decimal comma"),
    ("a;y\n1.000;2\n2.500;3\n", "column 'a' holds '1.000', which may be 1 or 1000, .*--decimal"),
    ("a;y\n1,000;2\n2,500;3\n", "column 'a' holds '1,000', which may be 1 or 1000, .*--decimal"),
    ("a,y\n1,000,2\n2,500,3\n", "names 2 columns, but line 2 and all others have 3 cells; .*quotation marks"),
    ("a,y\n1,2\n3,$4\n", r"line 3, column 'y' holds '\$4', which is no plain number; .*`fit` takes a DataFrame"),
    ("a;y\n1;2\n3;1,0D+02\n", r"line 3, column 'y' holds '1,0D\+02', which is no plain number"),
    ("a,y\nm,kg\n1,2\n3,4\n", "line 2 holds 'm', 'kg' where all other rows hold numbers, as a row of units does"),
    ("My data\na,y\n1,2\n3,4\n", "the first line, 'My data', is a title"),
    ("My data,\na,y\n1,2\n3,4\n", "the first line, 'My data', is a title"),
    ("# a,y\n# by me\na,y\n1,2\n", r"the first line, '# a,y', is a comment \(#\)"),
    ("a,y\n1,2\n# more\n3,4\n", r"line 3, '# more', is a comment \(#\)"),
    ("sep=,\na,y\n1,2\n", "the first line is 'sep=,', a note to Excel"),
    ("a,y\n1,2\n3,x\n4,5\n6,7.5\n", "line 3, column 'y' holds 'x', .*if it marks a missing value, say so"),
    ("a,y\n1,2024-01-31\n2,2024-02-01\n", "line 2, column 'y' holds '2024-01-31', a date or a time, which can be no target"),
    ("a,y,y\n1,2,3\n", "two columns are called 'y'"),
    ("<!DOCTYPE html><html>", "is a page of the web"),
    ("a,y\n1,m\n2,M\n3,m\n", "holds 'm' and 'M', which differ in case alone"),
    ("a,y\n1,2.5\n2,3.O\n3,4.5\n", "line 3, column 'y' holds '3.O'"),
], ids=lambda value: repr(value)[:30])
def test_a_fault_in_the_file_is_told_by_its_line(write: Write, content: str, sentence: str) -> None:
    path = write(content)
    with pytest.raises(ValueError, match=sentence) as caught:
        read_csv(path, "y")
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_rows_with_missing_cells_can_be_left_out(write: Write) -> None:
    path = write("a,b,y\n1,,2\n,x,3\n4,x,none\n5,x,6\nN/A,x,7\n-8,-,9\n")
    for policy in ({"skip_missing": True}, {"missing_values": "skip"}):
        with pytest.warns(UserWarning, match=r"3 of 6 rows have a missing value and are left out \(lines 3, 4, 6\)"):
            data = read_csv(path, "y", columns=["a"], **policy)
        assert (data.X.tolist(), data.Y.tolist()) == ([[1], [5], [-8]], [[2], [6], [9]])
    with pytest.raises(ValueError, match="has no row to train on"), pytest.warns(UserWarning, match="2 of 2 rows"):
        read_csv(write("a,y\n,1\n2,\n"), "y", skip_missing=True)


def test_an_empty_class_is_missing_too(write: Write) -> None:
    with pytest.raises(ValueError, match="line 3, column 'species'"):
        read_csv(write("a,species\n1,setosa\n2,\n"), "species")


def test_an_unknown_column_names_the_nearest(write: Write) -> None:
    with pytest.raises(ValueError, match="unknown column 'specis'; did you mean 'species'"):
        read_csv(write(FLOWERS), "specis")
    with pytest.raises(ValueError, match="unknown column 'Petal'; did you mean 'petal'"):
        read_csv(write(FLOWERS), "species", columns=["Petal"])


@pytest.mark.parametrize(("target", "columns"), [
    ("y", ["a", "y"]), ("y", []), ([], None), (["y", "y"], None), ("y", ["a", "a"]),
])
def test_a_column_is_used_once(write: Write, target: Any, columns: Any) -> None:
    with pytest.raises(ValueError, match="column"):
        read_csv(write("a,b,y\n1,2,3\n"), target, columns=columns)


@pytest.mark.parametrize("content", ["a,größe\n1,2\n".encode("latin-1"), "a,y\n1,2\n".encode("utf-16"), bytes(range(256))])
def test_another_encoding_is_refused(write: Write, content: bytes) -> None:
    with pytest.raises(ValueError, match="is not a text file in UTF-8 .*; save it as CSV in UTF-8") as caught:
        read_csv(write(content), "y")
    assert type(caught.value) is ValueError


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=f"cannot read {re.escape(str(tmp_path))}: Is a directory"):
        read_csv(tmp_path, "y")
    with pytest.raises(FileNotFoundError, match="cannot read .*nowhere.csv: No such file"):
        read_csv(tmp_path / "nowhere.csv", "y")


def test_the_matrix_of_the_lecture_and_back() -> None:
    D = np.arange(12.0).reshape(3, 4)
    data = Data.of(D, 2)
    assert (data.columns, data.targets) == (("x1", "x2"), ("y1", "y2"))
    assert (data.X.tolist(), data.Y.tolist()) == (D[:, :2].tolist(), D[:, 2:].tolist())
    assert data.D.tolist() == D.tolist()
    assert Data.of(data.D).D.tolist() == D.tolist()
    assert Data.of(data.D).targets == ("y",)


@pytest.mark.parametrize(("D", "n_targets"), [([[1, 2]], 2), ([[1, 2]], 0), ([1, 2], 1), ([[1, np.inf]], 1), ([], 1), ([[[1]]], 1)])
def test_a_matrix_without_inputs_or_targets_is_refused(D: Any, n_targets: int) -> None:
    with pytest.raises(ValueError, match=r"^D "):
        Data.of(D, n_targets)


def test_names_of_classes_are_no_matrix(write: Write) -> None:
    with pytest.raises(TypeError, match="species holds the names of classes"):
        _ = read_csv(write(FLOWERS), "species").D


@pytest.mark.parametrize(("rows", "part", "held"), [(10, 0.3, 3), (10, 0.5, 5), (7, 0.2, 1), (2, 0.5, 1), (5, 0.9, 4)])
def test_a_split_is_disjoint_and_complete_and_keeps_rows_whole(rows: int, part: float, held: int) -> None:
    data = Data.of([[k, -k, 10 * k] for k in range(rows)])
    kept, tried = data.split(part, seed=3)
    assert (len(kept.X), len(tried.X)) == (rows - held, held)
    assert sorted([*kept.D.tolist(), *tried.D.tolist()]) == data.D.tolist()
    assert (kept.columns, tried.targets) == (data.columns, data.targets)


def test_a_split_is_repeated_by_its_seed() -> None:
    data = Data.of(np.arange(200.0).reshape(100, 2))
    drawn = {tuple(data.split(0.2, seed)[1].X.ravel()) for seed in (1, 1, 2, 3)}
    assert len(drawn) == 3


@pytest.mark.parametrize("part", [0, 1, -0.1, 1.5, 0.01, 0.99, float("nan")])
def test_a_split_that_leaves_a_side_empty_is_refused(part: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1 and leave samples on both sides"):
        Data.of(np.ones((10, 2))).split(part)


@pytest.mark.parametrize("size", [1.0, 1e-200, 1e200])
def test_standardised_columns_have_mean_0_and_deviation_1(size: float) -> None:
    X = size * np.random.default_rng(0).normal(5, 3, (50, 3))
    found = np.array(Preparation.none(3).standardise(X).inputs(X))
    # sums of 50 numbers of size 1, each rounded
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(found.std(axis=0), 1, rtol=1e-13)


def test_a_constant_column_is_only_shifted() -> None:
    X = [[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]
    prepared = Preparation.none(2).standardise(X)
    assert prepared.scale[0] == 1.0
    assert [row[0] for row in prepared.inputs(X)] == pytest.approx([0, 0, 0], abs=1e-16)
    assert prepared.inputs([[1.1, 2.0]])[0] == pytest.approx([1.0, 0.0])


def test_numbers_too_large_to_be_averaged_are_refused_or_scaled() -> None:
    X = [[1.7e308], [1.7e308], [-1.7e308]]
    with suppress(ValueError):
        assert np.isfinite(Preparation.none(1).standardise(X).inputs(X)).all()


def test_targets_come_back_in_their_units() -> None:
    Y = np.random.default_rng(1).normal(-100, 40, (20, 2))
    prepared = Preparation.none(1, 2).standardise(np.zeros((20, 1)), Y)
    scaled = prepared.outputs(Y, 2)
    assert np.std(scaled, axis=0) == pytest.approx([1, 1])
    np.testing.assert_allclose(prepared.restore(scaled), Y, rtol=1e-14)
    assert Preparation.none(1, 2).restore(Y.tolist()).tolist() == Y.tolist()


def test_a_class_becomes_one_hot_and_one_of_two_a_number() -> None:
    three = Preparation(("x",), classes=("a", "b", "c"))
    assert three.outputs(["c", "a"], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert three.outputs([[0, 0.5, 0.5]], 3).tolist() == [[0, 0.5, 0.5]]
    two = Preparation(("x",), classes=("no", "yes"))
    assert two.outputs(np.array(["yes", "no"]), 1).tolist() == [[1], [0]]
    assert two.outputs(np.array([["yes"], ["no"]]), 2).tolist() == [[0, 1], [1, 0]]
    assert Preparation(("x",), classes=("0", "1")).outputs([1.0, 0.0], 2).tolist() == [[0, 1], [1, 0]]


def test_classes_are_refused_that_are_unknown_or_do_not_fit_the_outputs() -> None:
    three = Preparation(("x",), classes=("a", "b", "c"))
    with pytest.raises(ValueError, match="row 2 of Y has the class 'z', but the network knows a, b, c"):
        three.outputs(["a", "z"], 3)
    with pytest.raises(ValueError, match=r"there are 3 classes \(a, b, c\) but 2 outputs; give the network an output for each"):
        three.outputs(["a", "b"], 2)


def test_classes_are_sorted_and_numbers_by_size() -> None:
    assert classes_in(["b", "a", "b"]) == ("a", "b")
    assert classes_in([10.0, 9, 2]) == ("2", "9", "10")
    assert classes_in([10.5, -1, -2, 2.5]) == ("-2", "-1", "2.5", "10.5")
    assert class_names(np.array([[1.0], [2.5]])) == ["1", "2.5"]


@pytest.mark.parametrize("missing", [float("nan"), None])
def test_what_is_missing_is_no_class(missing: Any) -> None:
    with pytest.raises(ValueError, match="row 2"):
        classes_in(np.array([0.0, missing, 1.0], dtype=None if missing else object))


BAD_SAMPLES: list[tuple[Any, type[Exception], str]] = [
    ([[1, 2, 3]], ValueError, r"X must have the shape \(N, 2\), one sample in each row, but has \(1, 3\)"),
    ([1, 2], ValueError, r"but has \(2,\)"),
    ([], ValueError, r"but has \(0,\)"),
    (3.0, ValueError, r"but has \(\)"),
    ([[[1, 2]]], ValueError, r"but has \(1, 1, 2\)"),
    ([[1, 2], [3, float("nan")]], ValueError, "finite numbers, but row 2, column 2 is nan"),
    ([[float("-inf"), 2]], ValueError, "row 1, column 1 is -inf"),
    ([[1, 10**400]], ValueError, "X must hold finite numbers, but row 1, column 2 does not fit a float"),
    (10**400, ValueError, "row 1, column 1 does not fit a float"),
    ([1, 10**400], ValueError, "X must hold finite numbers, but row 2, column 1 does not fit a float"),
    ([[1, 2], [3]], TypeError, "rows of different lengths"),
    ([["a", "b"]], TypeError, "X must be an array of numbers"),
    ([["1", "2"]], TypeError, "X must be an array of numbers"),
    (np.array([[1j, 2]]), TypeError, "X must be an array of numbers"),
    (np.array([["2020-01-01", "2020-01-02"]], dtype="M8[D]"), TypeError, "X must be an array of numbers"),
    (({}, {}), TypeError, "X must be an array of numbers"),
]


@pytest.mark.parametrize(("X", "error", "sentence"), BAD_SAMPLES, ids=lambda value: str(value)[:30])
def test_samples_are_finite_numbers_in_rows(X: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        Preparation.none(2).inputs(X)


SHAPES = {"breast_cancer": (569, 30), "diabetes": (442, 10), "digits": (1797, 64), "iris": (150, 4), "moons": (200, 2), "wine": (178, 13)}


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_of_data_is_a_matrix_with_named_columns(name: str) -> None:
    data = dataset(name)
    assert data.X.shape == SHAPES[name]
    assert data.Y.shape == (len(data.X), 1)
    assert (len(data.columns), len(data.targets)) == (data.X.shape[1], 1)
    assert np.isfinite(data.D).all()
    assert dataset(name).D.tolist() == data.D.tolist()


def test_drawn_sets_differ_by_seed_and_unknown_ones_name_the_nearest() -> None:
    with pytest.raises(ValueError, match="unknown data set 'irsi'; did you mean 'iris'"):
        dataset("irsi")
    assert dataset("moons", seed=1).X.tolist() != dataset("moons").X.tolist()


def test_without_scikit_learn_the_extra_is_named() -> None:
    program = "import sys; sys.modules['sklearn'] = None\nfrom nn import dataset\ndataset('iris')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith(
        "ImportError: the data set 'iris' needs scikit-learn, which comes with the extra `data`; install it with: pip install")


def test_a_matrix_of_data_may_change_afterwards() -> None:
    D = np.array([[1.0, 2.0], [3.0, 4.0]])
    data = Data.of(D)
    D[:] = 0.0
    assert (data.X.tolist(), data.Y.tolist()) == ([[1.0], [3.0]], [[2.0], [4.0]])
