"""Random mutants of right backpropagation programs: none with wrong numbers may be called right.

    python benchmarks/campaign.py programs [--size N] [--seed N]

``mutations.py`` says what a mutant is, ``tests/programs`` has the right programs. A mutant is run beside its program on
networks that ``check_code`` does not use; if the numbers are others, or it raises, it must not be called right. It is
judged with the cost of the right program, which is not mutated.
"""

import random
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mutations import Mutant, find_mutants

from nn.derivations import CodeDiagnosis
from nn.derivations.own_program.checking import check_code_file
from nn.derivations.own_program.comparing.probes import are_same
from nn.derivations.own_program.comparing.rightness import Wanted
from nn.derivations.own_program.judging.judge import judge
from nn.derivations.own_program.running.layouts import Layout
from nn.derivations.own_program.running.networks import Net, make_net
from nn.derivations.own_program.running.program import FileOfPython, Program, StoppedError

PROGRAMS = Path(__file__).parent.parent / "tests" / "programs"
NAMED = 0.6
SECONDS = 20  # of the processor, for a mutant without end
_WITH_COST = """
_right = {{}}
exec(compile({source!r}, "right", "exec"), _right)
for _name in ("forward", "cost"):
    globals()[_name] = _right.get(_name)
"""


class EndlessError(BaseException):
    """A mutant did not end; no program catches this by mistake."""


@dataclass(frozen=True)
class Right:
    """A right program, its layout, and networks that it is compared on."""

    path: Path
    layout: Layout
    nets: tuple[Net, ...]
    lam: float

    @classmethod
    def read(cls, path: Path) -> "Right":
        program = Program(FileOfPython(str(path), path.read_text(encoding="utf-8")))
        found = judge(program, Wanted(), None)
        assert found.trial is not None  # noqa: S101 - it is right
        targets = "probabilities" if found.trial.layout.targets == "probabilities" else "classes"
        nets = tuple(make_net(net.widths, samples, 77 + samples, targets)
                     for net, samples in zip(found.trial.nets, (9, 6), strict=True))
        return cls(path, found.trial.layout, nets, 0.3 if program.takes_lam else 0.0)

    def run(self, text: str) -> list[Any]:
        """What a program gives on the networks. Raises ``StoppedError`` and ValueError."""
        program = Program(FileOfPython("mutant.py", text))
        program.lam = self.lam
        return [program.run(self.layout, net) for net in self.nets]


def list_programs() -> list[Path]:
    """The right programs."""
    return sorted([*PROGRAMS.glob("r*.py"), *(PROGRAMS / "open").glob("p*.py")])


@contextmanager
def end_after(seconds: int) -> Iterator[None]:
    """Raise ``EndlessError`` where the block takes longer."""
    def stop(*_: object) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def compare(right: Right, text: str) -> str:
    """"same", "other" or "raises": what a mutant gives beside its program."""
    with np.errstate(all="ignore"):
        expected = right.run(right.path.read_text(encoding="utf-8"))
        try:
            found = right.run(text)
        except (StoppedError, ValueError, SyntaxError, NameError, TypeError, AttributeError):
            return "raises"
    close = 1e-4 if any(one.single for one in expected) else 1e-7
    return "same" if all(are_same(a, z, close) for a, z in zip(expected, found, strict=True)) else "other"


def judge_mutant(right: Right, mutant: Mutant) -> tuple[str, CodeDiagnosis | None]:
    """What a mutant is, and what is said of it; None where it cannot be run at all."""
    source = right.path.read_bytes()
    text = mutant.apply(source).decode()
    try:
        with end_after(SECONDS):
            kind = compare(right, text)
            return kind, check_code_file("mutant.py", text + _WITH_COST.format(source=source.decode()))
    except EndlessError:
        return "endless", None
    except Exception:  # noqa: BLE001 - a mutant may raise anything as it is read
        return "raises", None


def try_random_programs(size: int, seed: int) -> Mapping[str, object] | None:
    """Draw mutants and judge them. None if one with wrong numbers is called right, or fewer than 60 % are named."""
    rights = {path: Right.read(path) for path in list_programs()}
    every = [(path, mutant) for path in rights for mutant in find_mutants(path)]
    counts: Counter[str] = Counter()
    for path, mutant in random.Random(seed).sample(every, min(size, len(every))):
        kind, found = judge_mutant(rights[path], mutant)
        counts[kind] += 1
        if found is None:
            continue
        counts[f"{kind}, {'right' if found.right else 'named' if found.mistakes else 'unknown'}"] += 1
        if found.right != (kind == "same") or (kind == "other" and not found.mistakes):
            said = "called right" if found.right else "not right" if kind != "other" else "not named"
            print(f"{kind}, {said}: {path.stem}.py:{mutant.line}: {mutant.before} → {mutant.after}\n"
                  f"    {mutant.text}\n"
                  f"    {found.mistakes} {found.sentence[:300]}", flush=True)
    wrong, named = counts["other"], counts["other, named"]
    figures = {"mutants that could be drawn": len(every), "the same numbers": counts["same"],
               "of these not right": counts["same"] - counts["same, right"], "raise": counts["raises"],
               "of these called right": counts["raises, right"], "without end": counts["endless"],
               "other numbers": wrong, "of these named": named, "of these unknown": counts["other, unknown"],
               "of these called right ": counts["other, right"]}
    if counts["other, right"] or counts["raises, right"] or named < NAMED * wrong:
        print(*(f"{what:34}{value:,}" for what, value in figures.items()), sep="\n")
        return None
    return figures
