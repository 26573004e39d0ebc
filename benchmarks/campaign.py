"""Campaigns: many cases of one kind, in full; the tests run them at a small size.

    python benchmarks/campaign.py                       the names
    python benchmarks/campaign.py NAME [--size N] [--seed N]

Each prints a table of its figures with the seed, the process time, and whether garbage collection was on. The exit
status is 1 where a case failed.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the cases are a part of the tests

import diagnosis
import files
import mutants
import planted
import programs
import quality
from corpus.file_corpus import examine, list_cases, list_files, list_own_wrong
from exact import Agreement, compare_with_digits
from graphs import Graph, graphs
from matrix_cases import Case, cases, compare_source, softmax_cases
from matrix_cases import compare as compare_with_engine
from test_random_graphs import compare_with_complex_steps, compare_with_differences


@dataclass(frozen=True)
class Campaign:
    """What is tried, how often in full, and what tries it: (size, seed) -> figures, None if it failed."""

    about: str
    size: int
    run: Callable[[int, int], Mapping[str, object] | None]


def try_graphs(size: int, chosen: int) -> Mapping[str, object]:
    """Random graphs: every gradient against central differences and against complex steps.

    Raises:
        AssertionError: a gradient differs; hypothesis prints the graph.
    """
    nodes: list[int] = []

    @seed(chosen)
    @settings(max_examples=size, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
              suppress_health_check=list(HealthCheck))
    @given(graphs())
    def compare(graph: Graph) -> None:
        compare_with_differences(graph)
        compare_with_complex_steps(graph)
        nodes.append(len(graph.steps))

    compare()
    return {"graphs": len(nodes), "operations": sum(nodes), "largest": max(nodes), "disagreements": 0}


def try_exact(size: int, chosen: int) -> Mapping[str, object]:
    """Random graphs: every gradient against arithmetic of 60 digits; ``tests/exact.py`` says how far it may be off.

    The graphs keep ``rows.FROM_A_KINK`` away from every kink, where there is no derivative to compare with.

    Raises:
        AssertionError: a gradient differs; hypothesis prints the graph.
    """
    found: list[Agreement] = []

    @seed(chosen)
    @settings(max_examples=size, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
              suppress_health_check=list(HealthCheck))
    @given(graphs())
    def compare(graph: Graph) -> None:
        found.append(compare_with_digits(graph))

    compare()
    return {"graphs": len(found), "gradients": sum(each.gradients for each in found), "disagreements": 0,
            "within 1e-12 of the magnitudes": sum(each.gradients - each.by_values for each in found),
            "explained by rounded values": sum(each.by_values for each in found),
            "largest |error| / magnitudes": f"{max(each.largest for each in found):.1e}"}


def try_matrix(size: int, chosen: int) -> Mapping[str, object]:
    """Random graphs of one sample as matrix programs, run and as printed: value and gradient against the engine.

    Raises:
        AssertionError: a number differs; hypothesis prints the case.
    """
    compared: list[bool] = []

    @seed(chosen)
    @settings(max_examples=size, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
              suppress_health_check=list(HealthCheck))
    @given(cases() | softmax_cases())
    def agree(case: Case) -> None:
        compared.append(compare_with_engine(case))
        for form in ("rows", "columns"):
            compare_source(case, form)

    agree()
    return {"graphs": len(compared), "compared": sum(compared), "disagreements": 0}


def try_diagnosis(size: int, chosen: int) -> Mapping[str, object] | None:
    """``size`` wrong derivations from every lecture in every form, and right ones; see ``benchmarks/diagnosis.py``."""
    found = diagnosis.examine_all(diagnosis.draw_jobs(size, chosen), quiet=True)
    print("\n".join([*found.told, "", *diagnosis.write_table(found), ""]))
    if not diagnosis.reaches_targets(found):
        return None
    return {"wrong derivations": len(found.seconds)}


def try_own_lectures(size: int, chosen: int) -> Mapping[str, object] | None:
    """At most ``size`` mistakes of the catalogue in the lines of lecture files, and these files' own lines."""
    paths = list_files()
    cases = list(list_cases(paths))
    found = examine(Random(chosen).sample(cases, min(size, len(cases))))
    print("\n".join(found.told))
    wrong = {str(path): list_own_wrong(path) for path in paths}
    counts = found.counts
    tried = sum(counts[name] for name in ("named", "misnamed", "missed", "refused"))
    named = counts["named"] / tried
    reached = not counts["accused"] and not counts["refused"] and not any(wrong.values())
    figures: dict[str, object] = {
        "files": len(paths), "own lines that are not right": sum(map(len, wrong.values())),
        "wrong derivations": tried, "missed": counts["missed"], "named": f"{counts['named']:,} ({100 * named:.1f} %)",
        "refused": counts["refused"], "right lines accused": counts["accused"]}
    if not reached or counts["missed"] or named < 0.95:
        print(figures)
        return None
    return figures


CAMPAIGNS: Mapping[str, Campaign] = {
    "graphs": Campaign("random graphs against central differences and complex steps", 10_000, try_graphs),
    "exact": Campaign("random graphs against arithmetic of 60 digits", 10_000, try_exact),
    "matrix": Campaign("random graphs as matrix programs against the engine", 10_000, try_matrix),
    "mutants": Campaign("one mistake at a time in the engine: are 95 % noticed?", 300, mutants.try_random_mutants),
    "diagnosis": Campaign("mistakes of the catalogue in every lecture and form", 8_000, try_diagnosis),
    "own-lectures": Campaign("mistakes of the catalogue in the lines of lecture files", 2_000, try_own_lectures),
    "files": Campaign("first commands on files of PyPI packages that are installed; the size is --epochs", 3,
                      files.try_first_commands),
    "programs": Campaign("random mutants of right backpropagation programs: is one called right?", 400,
                         programs.try_random_programs),
    "planted": Campaign("every kind of mistake planted in right programs, in five architectures: is it named?", 1_000,
                        planted.try_plantings),
    "pairs": Campaign("random pairs of planted mistakes: are both named?", 200, planted.try_pairs),
    "quality": Campaign("held-out samples of those files: as good as scikit-learn's linear models?", 1,
                        quality.try_quality),
}


def measure_time() -> float:
    """The process time in seconds, with that of the processes that were started and have ended."""
    return sum(os.times()[:4])


def main(arguments: list[str]) -> int:
    """Run the campaign that is named and print its figures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run a campaign in full.")
    parser.add_argument("name", nargs="?", choices=CAMPAIGNS)
    parser.add_argument("--size", type=int, help="the number of cases; the campaign's own if left out")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    if chosen.name is None:
        for name, campaign in CAMPAIGNS.items():
            print(f"{name:14}{campaign.about} (size {campaign.size:,})")
        return 0
    campaign = CAMPAIGNS[chosen.name]
    size = campaign.size if chosen.size is None else chosen.size
    start = measure_time()
    figures = campaign.run(size, chosen.seed)
    if figures is None:
        return 1
    collected = "on" if gc.isenabled() else "off"
    rows = {**figures, "seed": chosen.seed, "process time": f"{measure_time() - start:.1f} s",
            "garbage collection": collected}
    for what, value in rows.items():
        print(f"{what:34}{value:,}" if isinstance(value, int) else f"{what:34}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
