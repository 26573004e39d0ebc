"""Mistakes planted in right backpropagation programs: every kind in every architecture, and pairs of them.

    python benchmarks/campaign.py planted [--size N] [--seed N]
    python benchmarks/campaign.py pairs [--size N] [--seed N]

A planting is a change of a right program; ``tests/plantings.py`` lists them. It is made in each architecture in which
the right program runs and in which the change changes a number; it is judged with ``forward`` and ``cost`` of the right
program, and alone. Where two kinds give the same numbers in an architecture, such as ``first-only`` and ``last-only``
with one unit, either name will do.

Alone, a planting may be the gradient of another cost, which nobody can tell. That is proved: the cost that was read,
written as a program, is given beside it, and by its numerical derivative all must be right. What is said must name
what is wrong if another cost is meant. Every other planting must be detected.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from math import sqrt
from statistics import median
from typing import Any

import numpy as np
from costs_read import proves
from plantings import Planting, list_plantings, plant, read

from nn.derivations import CodeDiagnosis
from nn.derivations.own_program.checking import check_code_file
from nn.derivations.own_program.comparing.probes import are_same
from nn.derivations.own_program.comparing.rightness import Wanted
from nn.derivations.own_program.judging.judge import judge
from nn.derivations.own_program.running.layouts import Layout, Returned
from nn.derivations.own_program.running.networks import LAM, make_net
from nn.derivations.own_program.running.program import FileOfPython, Program, StoppedError

ARCHITECTURES = ((4, 3), (2, 3, 1), (3, 4, 2), (6, 8, 4), (2, 5, 3, 1))
"""Widths with the input's first; the last but one is wide, the first has one layer."""
DETECTED_ALONE, NAMED_ALONE, NAMED, PAIRS_NAMED = 0.89, 0.85, 0.98, 0.85
PROVED = "alone: undecidable, proved and said"
UNDECIDED = "Gradients alone cannot tell which cost"
_OF_PENALTY = ("double", "in-gradient-only", "not-of-your-cost", "on-bias", "over-n")
OTHERWISE = {"cross-entropy-derivative-again": "is a factor too many",
             "softmax-derivative-again": "is a factor too many",
             "output-derivative-missing": "is missing", "residual-from-pre": "z stands where a belongs",
             "target-flipped": "the target is taken the other way round", "forward-differs": "activations",
             **{f"penalty-{name}": "penalty" for name in _OF_PENALTY}}
"""What has to be in the note, where it is not the constant, if a mistake gives the gradient of another cost."""
UNSEEN = ("random-gradient", "not-reset", "state-kept", "inputs-modified", "integer-arrays", "batch-size-kept",
          "all-samples-in-a-batch", "one-sample")
"""Kinds that change no number of a first call."""
NOTHING_BESIDE = ("random-gradient", "difference-quotient")
"""Kinds beside which there is no other: no array is judged, or none is calculated."""
EITHER_ALONE = (("sum-for-mean",), ("mean-for-sum",))
"""Which of two arrays has the wrong constant no gradient tells; both sentences say that all must have the same."""


@cache
def find_layout(program: str, widths: tuple[int, ...]) -> Layout | None:
    """The layout of a right program in an architecture; None where it does not run, or is not right there."""
    with np.errstate(all="ignore"):
        found = judge(Program(FileOfPython(f"{program}.py", read(program))), Wanted(), list(widths))
    return found.trial.layout if found.right and found.trial is not None else None


@cache
def run(text: str, layout: Layout, widths: tuple[int, ...]) -> list[Returned] | None:
    """What a program gives on networks that ``check_code`` does not use; None where it stops."""
    program = Program(FileOfPython("planted.py", text))
    program.lam = LAM if program.takes_lam else 0.0
    targets = "probabilities" if layout.targets == "probabilities" else "classes"
    try:
        with np.errstate(all="ignore"):
            return [program.run(layout, make_net(widths, samples, 50 + samples, targets)) for samples in (9, 6)]
    except (StoppedError, ValueError):
        return None


def gives_the_same(first: list[Returned] | None, second: list[Returned] | None) -> bool:
    """Whether two programs give the same numbers."""
    if first is None or second is None:
        return False
    close = 1e-4 if any(one.single for one in first) else 1e-7
    return all(are_same(a, z, close) for a, z in zip(first, second, strict=True))


def is_planted(planting: Planting, widths: tuple[int, ...]) -> bool:
    """Whether a mistake can be made in an architecture: its right program runs there, and a number changes."""
    layout = find_layout(planting.program, widths)
    if layout is None:
        return False
    right = run(planting.right, layout, widths)
    if right is None or not any(array.any() for array in right[0].raw_W if array is not None):
        return False  # such as a softmax of one output, which is 1
    if planting.cost == "own" or set(planting.named) & set(UNSEEN):
        return True
    return not gives_the_same(right, run(planting.text, layout, widths))


def list_names(planting: Planting, widths: tuple[int, ...]) -> list[tuple[str, ...]]:
    """The names that will do: its own, and those of plantings in the same program that give the same numbers."""
    layout = find_layout(planting.program, widths)
    assert layout is not None  # noqa: S101 - it is planted there
    mine = run(planting.text, layout, widths)
    others = [other for other in list_plantings() if other.program == planting.program and other is not planting]
    twins = [other for other in others if other.named and not set(other.named) & set(UNSEEN)
             and gives_the_same(mine, run(other.text, layout, widths))]
    exists = [slug for slug in planting.named if len(widths) > 2 or not slug.startswith("hidden-")]
    return [tuple(sorted(exists)), *(tuple(sorted(one.named)) for one in twins)]


@dataclass
class Figures:
    """What was counted, with the seconds of the processor of each check."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def check(text: str, widths: tuple[int, ...] | None, figures: Figures) -> CodeDiagnosis:
    """The diagnosis of a file."""
    start = time.process_time()
    found = check_code_file("planted.py", text, layers=widths)
    figures.seconds.append(time.process_time() - start)
    return found


def examine(planting: Planting, widths: tuple[int, ...], figures: Figures) -> None:
    """Judge one planting in one architecture, with the cost and alone."""
    names = list_names(planting, widths)
    for alone in (False, True):
        how = "alone" if alone else "with cost"
        found = check(planting.write(alone), widths, figures)
        named = tuple(sorted(found.mistakes)) in [*names, *(EITHER_ALONE if alone and EITHER_ALONE[0] in names else ())]
        notes = [note for note in found.notes if found.right and UNDECIDED in note]
        undecided = any(OTHERWISE.get(slug, "constant") in note for note in notes for slug in planting.named)
        if undecided:
            layout = find_layout(planting.program, widths)
            assert layout is not None  # noqa: S101 - it is planted there
            figures.counts[PROVED] += proves(planting.text, found, layout, widths)
        figures.counts[f"{how}: detected"] += not found.right
        figures.counts[f"{how}: named"] += named
        if not named:
            what = "called right" if found.right and not undecided else "undecidable" if found.right else "not named"
            print(f"{what} {how}, {'-'.join(map(str, widths))}: {planting}: {found.mistakes}", flush=True)
            print(f"    {found.sentence[:400]}", flush=True)


def try_plantings(size: int, seed: int) -> Mapping[str, object] | None:
    """Every kind in every architecture, or ``size`` of them; None where fewer are detected or named than must be."""
    jobs = [(planting, widths) for planting in list_plantings() if planting.named and not planting.networks
            for widths in ARCHITECTURES]
    random.Random(seed).shuffle(jobs)
    jobs = list(islice((job for job in jobs if is_planted(*job)), size))
    figures = Figures()
    for planting, widths in jobs:
        examine(planting, widths, figures)
    detected, proved = figures.counts["alone: detected"], figures.counts[PROVED]
    figures.counts["alone: detected or proved undecidable"] = detected + proved
    return tell(figures, len(jobs), {
        "kinds of mistakes": len({slug for planting, _ in jobs for slug in planting.named}),
        "architectures": len({widths for _, widths in jobs}), "planted": len(jobs),
        "alone, all that can be told": f"{detected} of {len(jobs) - proved} detected"}, {
        "with cost: detected": 1.0, "with cost: named": NAMED,
        "alone: detected": DETECTED_ALONE, "alone: named": NAMED_ALONE, "alone: detected or proved undecidable": 1.0})


def tell(
    figures: Figures, count: int, about: dict[str, Any], least: Mapping[str, float]
) -> Mapping[str, object] | None:
    """The figures as a table; None where a share is less than it must be.

    The share of a sample may fall short by two standard errors, √(p·(1 − p)/n); none is allowed for all of it.
    """
    rows: dict[str, object] = dict(about)
    for what in sorted({*figures.counts, *least}):
        rows[what] = f"{figures.counts[what]} of {count} ({100 * figures.counts[what] / count:.1f} %)"
    rows["seconds, median and largest"] = f"{median(figures.seconds):.2f} and {max(figures.seconds):.2f}"
    enough = {what: share * count - 2 * sqrt(share * (1 - share) * count) for what, share in least.items()}
    if any(figures.counts[what] < number for what, number in enough.items()):
        print(*(f"{what:34}{value}" for what, value in rows.items()), sep="\n")
        return None
    return rows


def draw_pairs(size: int, seed: int) -> Iterator[tuple[Planting, tuple[Planting, Planting]]]:
    """Pairs of mistakes of different names that can be made together in a program, each of which changes numbers."""
    draw = random.Random(seed)
    single = [planting for planting in list_plantings()
              if len(planting.named) == 1 and planting.named[0] not in NOTHING_BESIDE
              and not (planting.more or planting.cost or planting.networks)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for _ in range(100 * size):
        if len(seen) == size:
            return
        first = draw.choice(single)
        second = draw.choice([other for other in single if other.program == first.program])
        pair = Planting(first.program, (*first.replace, *second.replace), (*first.named, *second.named))
        key = (pair.program, tuple(sorted(pair.named)))
        if first.named == second.named or key in seen or not _is_pair(pair, first, second):
            continue
        seen.add(key)
        yield pair, (first, second)


def _is_pair(pair: Planting, first: Planting, second: Planting) -> bool:
    try:
        if plant(plant(pair.right, second.replace), first.replace) != pair.text:
            return False  # one is made in what the other one puts in
    except ValueError:
        return False
    layout = judge_layout(pair.program)
    widths = next(w for w in (*WIDTHS, *ARCHITECTURES) if find_layout(pair.program, w) is not None)
    given = [run(one.text, layout, widths) for one in (first, second, pair)]
    right = run(pair.right, layout, widths)
    if any(one is None for one in given):
        return False
    unseen = set(pair.named) & set(UNSEEN)
    return bool(unseen) or not any(gives_the_same(given[2], other) for other in (*given[:2], right))


WIDTHS = ((4, 6, 5, 3), (4, 6, 3), (4, 3), (4, 6, 1))


@cache
def judge_layout(program: str) -> Layout:
    """The layout of a right program."""
    found = judge(Program(FileOfPython(f"{program}.py", read(program))), Wanted(), None)
    assert found.trial is not None  # noqa: S101 - it is right
    return found.trial.layout


def try_pairs(size: int, seed: int) -> Mapping[str, object] | None:
    """Random pairs of mistakes with ``forward`` and ``cost``; None where both are named in fewer than must be."""
    figures, count = Figures(), 0
    for pair, _ in draw_pairs(size, seed):
        found = check(pair.write(alone=False), None, figures)
        both = set(pair.named) <= set(found.mistakes)
        figures.counts["detected"] += not found.right
        figures.counts["both named"] += both
        figures.counts["one named"] += not both and bool(set(pair.named) & set(found.mistakes))
        figures.counts["both named, and a third"] += both and len(found.mistakes) > 2
        if not both:
            print(f"{pair}: {found.mistakes}\n    {pair.replace}\n    {found.sentence[:500]}", flush=True)
        count += 1
    return tell(figures, count, {"pairs": count}, {"detected": 1.0, "both named": PAIRS_NAMED})
