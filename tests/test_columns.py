"""What becomes of the columns of a file: numbers in any notation, words as 0/1 columns, and what is left out, and said."""

import re
import shlex
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import Data, read_csv

Read = Callable[..., tuple[Data, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a text as a file; the data and what was said."""
    def reading(text: str, target: Any = "y", **options: Any) -> tuple[Data, list[str]]:
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            data = read_csv(path, target, **options)
        return data, [str(warning.message) for warning in said]

    return reading


@pytest.mark.parametrize(("text", "options"), [
    ("a;b;y\n1,5;2;5\n2;1,25;4\n", {}),
    ("a;b;y\n1.5;2;5\n2;1.25;4\n", {}),
    ('a,b,y\n"1,5",2,5\n2,"1,25",4\n', {}),
    ("a\tb\ty\n1,5\t2\t5\n2\t1,25\t4\n", {}),
    ("a b y\n1,5 2 5\n2 1,25 4\n", {}),
    ("  a    b  y\n 1.5    2  5\n   2 1.25  4\n", {}),
    ("a|b|y\n1.5|2|5\n2|1.25|4\n", {}),
    ("a,b,y\n+1.5,２,5\n2.,1.25,4e0\n", {}),
    ("a,b,y\n1.5,2,5,\n2,1.25,4,\n", {}),
    ("a,b,y\n1.5,2,5,\n2,1.25,4\n", {}),
    ("a;b;y;;\n1,5;2;5;;\n2;1,25;4;;\n", {}),
    ("a,b,y,\n1.5,2,5\n2,1.25,4\n", {}),
    ("'a','b','y'\n1.5,2,5\n2,1.25,4\n", {}),
    ("a;x,b;y\n1,5;2;5\n2;1,25;4\n", {"separator": "semicolon"}),
    ("a/b/y\n1.5/2/5\n2/1.25/4\n", {"separator": "/"}),
    ("a;b;y\n1,5;2;5\n2;1,25;4\n", {"decimal": ","}),
])
def test_one_table_in_many_ways_of_writing(read: Read, text: str, options: Any) -> None:
    data, said = read(text, **options)
    assert data.D.tolist() == [[1.5, 2, 5], [2, 1.25, 4]]
    assert said == []


@pytest.mark.parametrize(("text", "first"), [
    ('a,y\n"1,000",1\n"2,500",2\n', 1000),
    ('a,y\n"1,000",1\n500,2\n', 1000),
    ('a,y\n"1,000,000",1\n500,2\n', 1_000_000),
    ('a,y\n"1,234.5",1\n500,2\n', 1234.5),
    ("a;y\n1.234,5;1\n500;2\n", 1234.5),
    ("a;y\n1.234.567;1\n500;2\n", 1_234_567),
    ("a;y\n1.000;1\n2.500;0,5\n", 1000),  # another column of the file has decimal commas
    ("a;y\n1.000;1\n2.500;0.5\n", 1),
    ("a;y\n1.000;1\n0.500;2\n", 1),  # no group of thousands begins with 0
    ("a;y\n1,000;1\n2,25;2\n", 1),
    ("a\ty\n1.000\t1\n2.500\t2\n", 1),
    ("a,y\n1.000,1\n2.500,2\n", 1),
])
def test_a_column_decides_what_a_comma_and_a_point_are(read: Read, text: str, first: float) -> None:
    assert read(text)[0].X[0, 0] == first


@pytest.mark.parametrize("text", ["a;y\n1.000;1\n2.500;2\n", "a;y\n1,000;1\n2,500;2\n", "a\ty\n1,000\t1\n2,500\t2\n"])
def test_what_nothing_decides_is_asked_for(read: Read, text: str) -> None:
    with pytest.raises(ValueError, match="which may be 1 or 1000, and nothing else in the file decides"):
        read(text)
    assert read(text, decimal=".")[0].X[0, 0] == (1 if "." in text else 1000)
    assert read(text, decimal=",")[0].X[0, 0] == (1000 if "." in text else 1)


def test_a_decimal_comma_in_a_file_of_commas_is_no_name_of_a_row(read: Read) -> None:
    with pytest.raises(ValueError, match="quotation marks"):
        read("x,y\n1,5,3\n2,5,4\n")


@pytest.mark.parametrize("text", [
    ",a,b,y\n0,1.5,2,5\n1,2,1.25,4\n", '"","a","b","y"\n"1",1.5,2,5\n"2",2,1.25,4\n', '"a","b","y"\n"1",1.5,2,5\n"2",2,1.25,4\n',
    '"a","b","y",\n"1",1.5,2,5,\n"2",2,1.25,4,\n', '"a" "b" "y"\n"x" 1.5 2 5\n"z" 2 1.25 4\n', "a b y\nx 1.5 2 5\nz 2 1.25 4\n", "a\tb\ty\n1\t1.5\t2\t5\n2\t2\t1.25\t4\n",
    "Unnamed: 0,a,b,y\n0,1.5,2,5\n1,2,1.25,4\n", "a,,b,y\n1.5,?,2,5\n2,$3,1.25,4\n",
])
def test_a_column_without_a_name_is_left_out_and_said(read: Read, text: str) -> None:
    data, said = read(text)
    assert (data.columns, data.D.tolist()) == (("a", "b"), [[1.5, 2, 5], [2, 1.25, 4]])
    assert len(said) == 1
    assert "without a name, such as an index, is left out" in said[0]


def test_columns_that_nobody_uses_may_have_any_fault(read: Read) -> None:
    text = "a,z,z,date,w,y\n1,$1,x,2024-01-01,,5\n2,,?,1.2.24,-999,4\n3,1,1,1,1,inf\n"
    with pytest.raises(ValueError, match="two columns are called 'z'"):
        read(text)
    assert read(text.replace("inf", "1"), columns=["a"])[0].D.tolist() == [[1, 5], [2, 4], [3, 1]]
    assert read(text.replace("inf", "1"), exclude=["z", "date", "w"])[0].columns == ("a",)
    with pytest.raises(ValueError, match="unknown column 'datum'"):
        read(text, exclude="datum")


@pytest.mark.parametrize("text", ["1,2,5\n2,1,4\n", "1;2;5\n2;1;4\n", "1 2 5\n2 1 4\n", "1,2,5,\n2,1,4,\n"])
def test_columns_of_a_file_without_a_header_are_numbered(read: Read, text: str) -> None:
    data, _ = read(text, header=False)
    assert (data.columns, data.targets, data.D.tolist()) == (("x1", "x2"), ("y",), [[1, 2, 5], [2, 1, 4]])
    with pytest.raises(ValueError, match="--no-header"):
        read(text)


def test_numbers_among_the_names_may_be_a_row(read: Read) -> None:
    assert "has numbers among the names of the columns ('150', '4')" in read("150,4,y\n1,2,5\n2,1,4\n")[1][0]


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("TRUE", "FALSE"), ("True", "False"), ("T", "F"), ("y", "n"), ("Yes", "NO")])
def test_yes_and_no_are_1_and_0(read: Read, yes: str, no: str) -> None:
    data, said = read(f"a,y\n{yes},5\n{no},4\n{yes},3\n")
    assert (data.columns, data.X.ravel().tolist(), said) == (("a",), [1, 0, 1], [])


def test_few_words_become_columns_of_0_and_1(read: Read) -> None:
    data, said = read("sex,port,y\nmale,S,1\nfemale,C,2\nmale,Q,3\nfemale,S,4\nmale,C,5\nfemale,Q,6\n")
    assert data.columns == ("sex=male", "port=C", "port=Q", "port=S")
    assert data.X.tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 0]]
    assert data.encodings == (("sex", ("female", "male")), ("port", ("C", "Q", "S")))
    assert said == []


def test_words_are_one_where_case_and_blanks_alone_differ(read: Read) -> None:
    data, said = read("port,y\nNorth Sea,1\nnorth  sea,2\nsouth,3\nsouth,4\n")
    assert data.columns == ("port=south",)
    assert said == ["column 'port' is read with one spelling for words that differ in case or blanks alone: 'north  sea' as 'North Sea'"]
    with pytest.raises(ValueError, match="column 'gene' holds 'AA' and 'Aa', which differ in case alone"):
        read("gene,y\nAA,1\nAa,2\naa,3\nAA,1\nAa,2\naa,3\n")


ROWS = range(40)
WIDE = "name,when,port,remark,one,x,y\n" + "".join(
    f"n{k},2024-01-{k % 28 + 1:02},{'NS'[k % 2]},{'odd' if k % 9 == 0 else ''},same,{k},{2 * k}\n" for k in ROWS)


def test_names_dates_and_remarks_are_left_out_and_said(read: Read) -> None:
    data, said = read(WIDE)
    assert data.columns == ("port=S", "x")
    assert said == [
        "column 'name' is left out: it is text with 40 different values in 40 rows",
        "column 'when' is left out: it holds dates or times, such as '2024-01-01'",
        "column 'remark' is left out: it holds one word only, 'odd'",
        "column 'one' is left out: it holds one word only, 'same'",
    ]


@pytest.mark.parametrize(("column", "sentence"), [("name", "line 2, column 'name' holds 'n0', which is no number, and with 40 different"),
                                                  ("when", "line 2, column 'when' holds '2024-01-01', a date or a time; .*--exclude when")])
def test_a_column_that_was_asked_for_is_never_left_out(read: Read, column: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(WIDE, columns=[column, "x"])


@pytest.mark.parametrize("date", [
    "2024-01-31", "31/01/2024", "31.1.24", "2024/01/31 12:00", "2024-01-31T12:00:00Z", "Jan 31 2024", "January 31, 2024", "31 Jan 2024",
    "31-Jan-24", "Jan 2024", "2024-01", "12:30", "9:05 pm", "Mon, 31 Jan 2024", "1. Feb 2024",
])
def test_a_date_in_a_small_file_is_refused(read: Read, date: str) -> None:
    with pytest.raises(ValueError, match="column 'd' holds .*, a date or a time; a network takes numbers"):
        read(f'd,x,y\n"{date}",1,5\n"{date}",2,4\n"{re.sub(r"[0-9](?=[^0-9]*$)", "7", date)}",3,4\n')


def test_a_target_of_names_is_refused(read: Read) -> None:
    with pytest.raises(ValueError, match="holds 40 different words in 40 rows, too many to be classes, such as 'n0'"):
        read(WIDE, "name")


@pytest.mark.parametrize("cell", ["$1.50", "€ 2", "1.5 €", "12%", "1.0D+02", "1,0D+02", "0x1F", "1 000", "1\u00a0000", "1'000", "1_000"])
def test_a_number_in_a_form_that_is_rare_is_named_and_pandas_too(read: Read, cell: str) -> None:
    for text in (f"a;y\n{cell};1\n{cell};2\n", f"a;y\n{cell};1\n2;2\n3;3\n"):
        with pytest.raises(ValueError, match="column 'a' holds .*, which is no plain number; .*`fit` takes a DataFrame") as caught:
            read(text)
        assert cell in str(caught.value)


def test_a_fifth_of_the_rows_may_lack_a_value(read: Read) -> None:
    text = "a,b,y\n1,u,1\n2,v,2\n,u,3\n4,v,4\n5,u,5\n"
    data, said = read(text)
    assert (data.columns, data.D.tolist()) == (("a", "b=v"), [[1, 0, 1], [2, 1, 2], [4, 1, 4], [5, 0, 5]])
    assert said == ["1 of 5 rows has a missing value and is left out (line 4)"]
    with pytest.raises(ValueError, match="line 4, column 'a' is empty, a missing value, as in 1 of 5 rows"):
        read(text, missing_values="refuse")
    with pytest.raises(ValueError, match=r"as in 2 of 5 rows: more than a fifth \(most in 'a': 1\)"):
        read(text.replace("5,u,5", "5,u,NA"))
    assert read(text.replace("5,u,5", "5,u,NA"), missing_values="skip")[0].X.shape == (3, 2)
    with pytest.raises(ValueError, match="missing_values must be one of few, skip, refuse, not 'fill'"):
        read(text, missing_values="fill")


def test_a_marker_of_ones_own_stands_for_a_missing_value(read: Read) -> None:
    text = "a,y\n1,1\n-999,2\n3,3\n4,4\n5,5\n"
    assert "holds -999, far from its other numbers (1 to 5)" in read(text)[1][0]
    for marker in ("-999", ["-999"], "-999.0"):
        assert read(text, missing=marker)[0].X.ravel().tolist() == [1, 3, 4, 5]
    assert read(text.replace("-999", "."), missing=".")[0].X.ravel().tolist() == [1, 3, 4, 5]
    assert read("a,y\n1,1\n-99,2\n-120,3\n90,4\n")[1] == []


@pytest.mark.parametrize("name", ["none", "None", "NA", "N/A", "nan", "null", "-", "?"])
def test_a_marker_among_classes_is_a_class(read: Read, name: str) -> None:
    text = f"a,y\n1,{name}\n2,drug\n3,{name}\n4,drug\n5,drug\n"
    data, said = read(text)
    assert data.Y.tolist() == [name, "drug", name, "drug", "drug"]
    assert said == [f"'{name}' in column 'y' is read as a class, of 2 rows; if it marks a missing value, say so (missing=…, or --missing {shlex.quote(name)})"]
    assert read(text, missing=name, missing_values="skip")[0].Y.tolist() == ["drug"] * 3


def test_none_among_words_is_a_word_and_na_a_missing_value(read: Read) -> None:
    data, _ = read("a,y\nnone,1\ndrug,2\nnone,3\ndrug,4\nNA,5\n")
    assert (data.columns, data.X.ravel().tolist()) == (("a=none",), [1, 0, 1, 0])


def test_no_class_vanishes_in_silence(read: Read) -> None:
    data, said = read("a,y\n1,u\n2,v\n3,u\n4,v\n,w\n")
    assert set(data.Y) == {"u", "v"}
    assert said[-1] == "no row is left of class 'w' of column 'y': each lacks a value"


def test_a_split_keeps_what_the_columns_are_made_of(read: Read) -> None:
    data, _ = read("a,y\n" + "u,1\nv,2\n" * 5)
    assert [part.encodings for part in data.split(0.3, seed=1)] == [data.encodings] * 2
    assert np.vstack([part.X for part in data.split(0.3, seed=1)]).sum() == 5
