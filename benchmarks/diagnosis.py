"""How well the diagnosis finds mistakes: the generated corpus, every mistake of the catalogue in every lecture.

    python benchmarks/diagnosis.py [SEEDS] [LECTURE …]

Each case is a whole derivation in which one line is wrong: as formulas, as functions that Python evaluates, and as
numbers of five significant digits, each calculated from the rounded ones before it, at as many generic inputs as SEEDS
(1 unless given). Right derivations are formulas, functions, and numbers rounded to 2 to 6 decimals at every step, with
and without the further digits carried on. A mistake is *named* if its slug alone is reported, or with the slugs of
mistakes that are the same formula there; *tied* if others give the same numbers on these inputs and are reported with
it. The work is shared by two processes; times are of whole checks, garbage collection is on.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from nn.derivations import Diagnosis, check

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the corpus is a part of the tests

from corpus.corpus import (
    FORMS,
    Case,
    functions,
    numbers,
    right_formulas,
    world_of,
    wrong_formulas,
    wrong_numbers,
)
from corpus.formula_writer import NoFormulaError

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


def outcome(case: Case, found: Diagnosis, same: Mapping[str, frozenset[str]]) -> str:
    """named, tied, misnamed or missed; "also" if a right line is accused beside it."""
    verdict = found.verdicts[case.quantity]
    if any(other.wrong for name, other in found.verdicts.items() if name != case.quantity):
        return "also"
    if verdict.right or verdict.follows:
        return "missed"
    if case.mistake.slug not in verdict.mistakes:
        return "misnamed"
    return "named" if set(verdict.mistakes) <= same.get(case.text, {case.mistake.slug}) else "tied"


def derivations(id: str, form: Mapping[str, Any], seeds: int) -> Iterator[tuple[str, Case, Mapping[str, Any]]]:
    """Every wrong derivation of a lecture in one form."""
    world = world_of(id, form)
    right = right_formulas(world)
    for case in wrong_formulas(id, form):
        yield "formulas", case, right | {case.quantity: case.text}
        with suppress(NoFormulaError):
            yield "functions", case, functions(right | {case.quantity: case.text})
    for seed in range(1, seeds + 1):
        for case, table in wrong_numbers(id, form, seed):
            yield "numbers", case, table


def examined(id: str, form: Mapping[str, Any], seeds: int) -> Found:
    """The whole corpus of a lecture in one form."""
    found = Found()
    cases = list(derivations(id, form, seeds))
    same: dict[str, set[str]] = {}  # formula -> the mistakes that it is
    for _, case, _ in cases:
        same.setdefault(case.text, set()).add(case.mistake.slug)
    for kind, case, derivation in cases:
        start = time.perf_counter()
        diagnosis = check(id, derivation, **case.settings)
        found.seconds.append(time.perf_counter() - start)
        result = outcome(case, diagnosis, {text: frozenset(slugs) for text, slugs in same.items()})
        found.counts[kind, result] += 1
        if result != "named":
            said = ", ".join(diagnosis.verdicts[case.quantity].mistakes) or "nothing"
            accused = [name for name, other in diagnosis.verdicts.items() if other.wrong and name != case.quantity]
            beside = f", accused: {', '.join(accused)}" if accused else ""
            found.told.append(f"{result}: {id} {dict(form)} {kind} {case.mistake.slug} in {case.quantity}: {case.text} "
                              f"-> {said}{beside}")
    world = world_of(id, form)
    right = {"formulas": right_formulas(world), "functions": functions(right_formulas(world))}
    for kind, derivation in right.items():
        found.counts[kind, "right" if check(id, derivation, **world.settings).right else "accused"] += 1
    for seed in range(1, max(3, seeds) + 1):
        world = world_of(id, form, seed)
        for decimals in DECIMALS:
            for carried in (False, True):
                table = numbers(world, decimals=decimals, carried=carried)
                verdicts = check(id, table, **world.settings).verdicts.values()
                fine = all(one.right or not one.judged for one in verdicts)  # single digits are not judged
                found.counts["numbers", "right" if fine else "accused"] += 1
                if not fine:
                    found.told.append(f"accused: {id} {dict(form)} seed {seed}, {decimals} decimals, {carried=}")
    return found


def main(arguments: list[str]) -> int:
    """Print the report; 1 if a target is missed."""
    seeds = int(arguments[0]) if arguments and arguments[0].isdecimal() else 1
    chosen = [argument for argument in arguments if not argument.isdecimal()]
    total = Found()
    with ProcessPoolExecutor(2) as pool:
        jobs = [(id, form, pool.submit(examined, id, form, seeds)) for id, form in FORMS if not chosen or id in chosen]
        for id, form, job in jobs:
            total += job.result()
            print(f"{id} {dict(form) or ''} done", file=sys.stderr, flush=True)
    print("\n".join(total.told))
    print(f"\n{'':12}{'wrong':>8}{'detected':>10}{'named':>9}{'tied':>8}{'misnamed':>10}{'right':>8}{'accused':>9}")
    good = True
    for kind in KINDS:
        count = Counter({result: n for (of, result), n in total.counts.items() if of == kind})
        wrong = sum(count[name] for name in ("named", "tied", "misnamed", "missed", "also"))
        detected = wrong - count["missed"]
        accused = count["accused"] + count["also"]
        print(f"{kind:12}{wrong:>8}{detected / wrong:>10.2%}{count['named'] / wrong:>9.2%}{count['tied'] / wrong:>8.2%}"
              f"{count['misnamed'] / wrong:>10.2%}{count['right'] + count['accused']:>8}{accused:>9}")
        good &= detected == wrong and not accused and not count["misnamed"] and count["named"] >= 0.98 * wrong
    print(f"\na check takes {median(total.seconds):.2f} s in the median, {max(total.seconds):.1f} s at most")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
