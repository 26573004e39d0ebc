"""How well the diagnosis finds mistakes: the generated corpus, every mistake of the catalogue in every lecture.

    python benchmarks/diagnosis.py [SEEDS] [LECTURE …] [--wide]

Each case is a whole derivation in which one line is wrong: as formulas, as functions that Python evaluates, and as
numbers of five significant digits, each calculated from the rounded ones before it, at as many generic inputs as SEEDS
(1 unless given). Right derivations are formulas, functions, and numbers rounded to 2 to 6 decimals at every step, with
and without the further digits carried on. A mistake is *named* if its slug alone is reported, or only with the slugs of
mistakes that give the same values on these inputs, to all digits, so that nobody can tell them apart (where σ′ is 1, in
a layer of one unit, for a weight that is positive); *tied* if others are reported with it that differ, as where five
digits are too few. With --wide each lecture stands in every combination of its choices (all pairs of activations,
penalties, biases, readings, declared constants of cost and penalty); ``benchmarks/campaign.py diagnosis`` draws from
these. After the corpus come the derivations from public threads that are not answered as expected, and what
derivations earn that show nothing. The work is shared by two processes; times are of whole checks, garbage collection
is on.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from nn.derivations import LECTURES, Diagnosis, check

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the corpus is a part of the tests

from corpus.corpus import (
    FORMS,
    Case,
    Form,
    functions,
    list_wide_forms,
    numbers,
    right_formulas,
    world_of,
    wrong_formulas_in,
    wrong_numbers,
)
from corpus.formula_writer import NoFormulaError
from corpus.gaming import write_table as write_gaming_table
from corpus.open_cases import read_open_cases
from corpus.ties import gives_the_same

KINDS = ("formulas", "functions", "numbers")
DECIMALS = (2, 3, 4, 5, 6)


@dataclass
class Found:
    """Counts by kind of derivation, the seconds of each check, and every case that was not named."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Found") -> "Found":
        self.counts += other.counts
        self.seconds += other.seconds
        self.told += other.told
        return self


def outcome(case: Case, found: Diagnosis) -> str:
    """named, tied, misnamed or missed; "also" if a right line is accused beside it."""
    verdict = found.verdicts[case.quantity]
    if any(other.wrong for name, other in found.verdicts.items() if name != case.quantity):
        return "also"
    if verdict.right or verdict.follows:
        return "missed"
    if case.mistake.slug not in verdict.mistakes:
        return "misnamed"
    others = [slug for slug in verdict.mistakes if slug != case.mistake.slug]
    return "named" if all(gives_the_same(case, slug) for slug in others) else "tied"


def derivations(form: Form, seeds: Sequence[int]) -> Iterator[tuple[str, Case, Mapping[str, Any]]]:
    """Every wrong derivation of a lecture in one form; tables of numbers at each seed, where nothing is declared."""
    right = right_formulas(world_of(form.lecture, form.settings), form)
    for case in wrong_formulas_in(form):
        yield "formulas", case, form.declare(right | {case.quantity: case.text})
        with suppress(NoFormulaError):
            yield "functions", case, form.declare(functions(right | {case.quantity: case.text}))
    for seed in seeds if not form.conventions else ():
        for case, table in wrong_numbers(form.lecture, form.settings, seed):
            yield "numbers", case, table


def examine(form: Form, seeds: Sequence[int], drawn: int | None = None) -> Found:
    """The whole corpus of a lecture in one form, or ``drawn`` wrong derivations of it, chosen by the first seed."""
    found = Found()
    cases = list(derivations(form, seeds))
    if drawn is not None and drawn < len(cases):
        cases = random.Random(seeds[0]).sample(cases, drawn)
    names = f"{form.lecture} {dict(form.settings)} {', '.join(form.conventions)}".strip()
    for kind, case, derivation in cases:
        start = time.perf_counter()
        diagnosis = check(form.lecture, derivation, **case.settings)
        found.seconds.append(time.perf_counter() - start)
        result = outcome(case, diagnosis)
        found.counts[kind, result] += 1
        if result != "named":
            said = ", ".join(diagnosis.verdicts[case.quantity].mistakes) or "nothing"
            accused = [name for name, other in diagnosis.verdicts.items() if other.wrong and name != case.quantity]
            beside = f", accused: {', '.join(accused)}" if accused else ""
            found.told.append(f"{result}: {names} {kind} {case.mistake.slug} in {case.quantity}: {case.text} "
                              f"-> {said}{beside}")
    for kind, told, derivation, settings in right_derivations(form, seeds, few=drawn is not None):
        diagnosis = check(form.lecture, derivation, **settings)
        # single digits are not judged
        wrong = ", ".join(name for name, one in diagnosis.verdicts.items() if one.judged and not one.right)
        found.counts[kind, "accused" if wrong else "right"] += 1
        if wrong:
            found.told.append(f"accused: {names} {told}: {wrong}")
    return found


def right_derivations(form: Form, seeds: Sequence[int],
                      few: bool) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Right derivations: their kind, what to call them, the derivation, and the settings. Of numbers all, or a few."""
    world = world_of(form.lecture, form.settings)
    right = right_formulas(world, form)
    yield "formulas", "formulas", form.declare(right), world.settings
    yield "functions", "functions", form.declare(functions(right)), world.settings
    if form.conventions:
        return
    for seed in seeds[:1] if few else {*seeds, 1, 2, 3}:
        world = world_of(form.lecture, form.settings, seed)
        for decimals in DECIMALS[::2] if few else DECIMALS:
            for carried in (False, True):
                yield ("numbers", f"seed {seed}, {decimals} decimals, {carried=}",
                       numbers(world, decimals=decimals, carried=carried), world.settings)


def examine_all(jobs: Iterable[tuple[Form, Sequence[int], int | None]], quiet: bool = False) -> Found:
    """The counts of several forms, in two processes; says each that is done on standard error unless ``quiet``."""
    total = Found()
    with ProcessPoolExecutor(2) as pool:
        for form, job in [(job[0], pool.submit(examine, *job)) for job in jobs]:
            total += job.result()
            if not quiet:
                print(f"{form.lecture} {dict(form.settings) or ''} done", file=sys.stderr, flush=True)
    return total


PER_FORM = 8  # wrong derivations that are drawn of one form; to make all of a form takes as long as to check these


def draw_jobs(size: int, seed: int) -> list[tuple[Form, Sequence[int], int | None]]:
    """Forms of the widened space, so many that ``size`` wrong derivations are drawn from them.

    The chain, with its pairs of activations, has three times the chance of another lecture.
    """
    draw = random.Random(seed)
    by_lecture: dict[str, list[Form]] = {}
    for form in list_wide_forms():
        by_lecture.setdefault(form.lecture, []).append(form)
    ids = draw.choices(list(by_lecture), [3 if id == "chain" else 1 for id in by_lecture], k=-(-size // PER_FORM))
    return [(draw.choice(by_lecture[id]), (draw.randrange(1, 5),), min(PER_FORM, size - PER_FORM * i))
            for i, id in enumerate(ids)]


def write_table(total: Found) -> list[str]:
    """The counts as lines: wrong, detected, named, tied, misnamed, right, accused."""
    lines = [f"{'':12}{'wrong':>8}{'detected':>10}{'named':>9}{'tied':>8}{'misnamed':>10}{'right':>8}{'accused':>9}"]
    for kind in KINDS:
        count = count_kind(total, kind)
        wrong = count["wrong"] or 1
        lines.append(f"{kind:12}{count['wrong']:>8}{count['detected'] / wrong:>10.2%}{count['named'] / wrong:>9.2%}"
                     f"{count['tied'] / wrong:>8.2%}{count['misnamed'] / wrong:>10.2%}"
                     f"{count['right'] + count['accused']:>8}{count['blamed']:>9}")
    return lines


def count_kind(total: Found, kind: str) -> Counter[str]:
    """The counts of one kind; ``blamed`` are right derivations, and right lines beside a wrong one, that are so."""
    count = Counter({result: n for (of, result), n in total.counts.items() if of == kind})
    count["wrong"] = sum(count[name] for name in ("named", "tied", "misnamed", "missed", "also"))
    count["detected"] = count["wrong"] - count["missed"]
    count["blamed"] = count["accused"] + count["also"]
    return count


def reaches_targets(total: Found) -> bool:
    """All wrong lines detected, 98 % of them named, and nothing right accused."""
    counts = [count_kind(total, kind) for kind in KINDS]
    return all(count["detected"] == count["wrong"] and not count["blamed"]
               and count["named"] >= 0.98 * count["wrong"] for count in counts)


def list_open_cases() -> Iterator[str]:
    """How many of the public derivations are answered as expected, and how the others are answered."""
    cases = read_open_cases()
    faults = {case.id: found for case in cases if (found := case.list_faults())}
    yield f"public derivations: {len(cases) - len(faults)} of {len(cases)} are answered as expected"
    for id, found in faults.items():
        yield from (f"  {id}: {fault}" for fault in found)


def main(arguments: list[str]) -> int:
    """Print the report; 1 if a target is missed."""
    wide = "--wide" in arguments
    seeds = range(1, 1 + next((int(argument) for argument in arguments if argument.isdecimal()), 1))
    chosen = [argument for argument in arguments if argument in LECTURES]
    forms = list_wide_forms() if wide else [Form(id, form) for id, form in FORMS]
    total = examine_all((form, seeds, None) for form in forms if not chosen or form.lecture in chosen)
    print("\n".join([*total.told, "", *write_table(total), ""]))
    print(f"a check takes {median(total.seconds):.2f} s in the median, {max(total.seconds):.1f} s at most\n")
    print("\n".join([*list_open_cases(), "", "derivations that show nothing:", *write_gaming_table()]))
    return 0 if reaches_targets(total) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
