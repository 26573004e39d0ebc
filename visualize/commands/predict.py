"""The command ``predict``: a CSV file with what a network answers to each row."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nn import MLP, Preparation, load
from nn.internal import Encoding, Table, encode, find_missing, leave_out, write_text

from ..tables import write_csv
from .csv_arguments import note_reading, read_as, require_other_path, say_warnings


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    net, table = load(chosen.model), read_as(chosen.file, note_reading(chosen))
    for read in (chosen.model, chosen.file):
        require_other_path(read, chosen.output, "-o")
    if chosen.no_header:
        table = _take_names(net, table)
    columns = _find_columns(net, table)
    with say_warnings():
        table = leave_out(table, find_missing(table, columns), chosen.missing_values or "few",
                          [name for name, _ in columns])
    rows: list[list[float]] = encode(table, columns, needed=True).tolist()
    answers: list[list[float]] = net.predict(rows).reshape(len(rows), -1).tolist() if rows else []
    known = net.data_preparation
    classes: list[str] = net.classify(rows).ravel().tolist() if rows and known.classes else []
    titles, cells = _predict_columns(net, known, answers, classes)
    titles = [_find_free_name(title, table.header) for title in titles]
    text = write_csv([[*table.header, *titles],
                      *([*row, *more] for row, more in zip(table.rows, cells, strict=True))])
    if chosen.output:
        print(f"wrote {write_text(chosen.output, text)}", file=sys.stderr)
    else:
        print(text, end="")
    return 0


def _take_names(net: MLP, table: Table) -> Table:
    """A table without a header, with the names of the network's columns where it has just these."""
    names = tuple(name for name, _ in net.data_preparation.sources)
    return replace(table, header=names) if len(names) == len(table.header) else table


def _find_columns(net: MLP, table: Table) -> Sequence[Encoding]:
    """Those that the network takes; one that was trained without names takes all columns in their order."""
    known = net.data_preparation
    columns = known.columns
    if not known.named and columns == Preparation.none(net.n_inputs).columns and not set(columns) <= set(table.header):
        if len(table.header) != net.n_inputs:
            raise ValueError(f"{table.name} has {len(table.header)} columns, and the network, which knows no names, "
                             f"takes {net.n_inputs}")
        return [(name, ()) for name in table.header]
    return known.sources


def _predict_columns(net: MLP, known: Preparation, outputs: list[list[float]],
                     classes: list[str]) -> tuple[list[str], list[list[Any]]]:
    """Titles of the added columns, and their cells: probabilities before the class that is predicted."""
    if known.classes:
        named = known.classes if net.n_outputs > 1 else [known.classes[known.of_class]]
        return [*(f"P({name})" for name in named), "prediction"], [
            [*row, name] for row, name in zip(outputs, classes, strict=True)]
    targets = known.targets if len(known.targets) == net.n_outputs else [str(k + 1) for k in range(net.n_outputs)]
    return (["prediction"] if net.n_outputs == 1 else [f"prediction_{name}" for name in targets]), outputs


def _find_free_name(title: str, taken: Sequence[str]) -> str:
    while title in taken:
        title += "_"
    return title
