"""Mutants of the engine: one small mistake at a time is put into a copy of the project, and the tests must notice.

    python benchmarks/mutants.py [--size N] [--seed N] [--file NAME ...]

``mutations.py`` says what a mutant is. The tests nearest to its file run first, and the first failure is the end; what
survives them meets the other tests of the engine, the slow ones last. A mutant that means the same program is listed
with its reason in ``equivalent_mutants.toml`` and does not count. Two workers run side by side.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from mutations import Mutant, find_mutants

ROOT = Path(__file__).parent.parent
ENGINE = "autograd_lite"
LISTED = Path(__file__).with_name("equivalent_mutants.toml")
NOTICED = 0.95
WORKERS = 2
SECONDS = 120  # of processor time, a few times what the slowest stage takes; a busy machine changes nothing
PATIENCE = 1200  # seconds by the clock, for a test that waits and does nothing
BYTES = 4 << 30  # a loop without end should not take the machine's memory

DISPLAY = {"__init__", "version", "internal", "hidden_packages", "labels", "latex", "layer_structure",
           "javascript_rules", "notation", "row_notation", "quoting"}
"""What shows the engine's work or names things; every other file of the engine is mutated, new ones too."""

NEAREST = {"functions": "value", "readings": "words", "recorders": "value", "traversal": "backward",
           "clock": "edges", "comparisons": "edges", "stale": "edges", "derivatives": "edges", "foreign_names": "edges"}
"""File -> the file whose tests are nearest to it, where it has no tests of its own name."""
CORE = ("value", "chain", "trace", "recursion", "numpy", "gradcheck", "words", "operations", "higher_derivatives",
        "backward", "copying", "edges", "own_operations", "random_graphs")
FURTHER = ("messages", "one_neuron", "stateful", "quoting", "network")
SLOW = "million or depth or differences_of_the_first"
OF_TESTS = "notice_a_wrong_row"  # these try the tests, not the engine
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")

_RUN = (f"import resource, sys, pytest; resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS})); "
        f"resource.setrlimit(resource.RLIMIT_AS, ({BYTES}, {BYTES})); sys.exit(pytest.main(sys.argv[1:]))")


def list_engine() -> list[Path]:
    """The files that are mutated."""
    return sorted(path for path in (ROOT / ENGINE).glob("*.py") if path.stem not in DISPLAY)


def read_equivalent() -> dict[tuple[str, str, str, str], str]:
    """The mutants that mean the same program, by content, and why.

    Raises:
        ValueError: one of them is no mutant any more.
    """
    listed = {(each["file"], each["text"], each["before"], each["after"]): each["reason"]
              for each in tomllib.loads(LISTED.read_text(encoding="utf-8")).get("mutant", [])}
    possible = {mutant.content for path in list_engine() for mutant in find_mutants(path)}
    for content in listed.keys() - possible:
        raise ValueError(f"{LISTED.name} lists {content}, which is no mutant any more; remove it")
    return listed


class Trees:
    """Copies of the project, one a worker, in which mutants are tried."""

    def __init__(self, folder: Path, count: int) -> None:
        self.free: SimpleQueue[Path] = SimpleQueue()
        for i in range(count):
            tree = folder / str(i)
            shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
            self.free.put(tree)

    def check_baseline(self, files: Iterable[str]) -> None:
        """The tests must pass on the project itself, or nothing follows from their failing.

        Raises:
            RuntimeError: they do not.
        """
        for stage in dict.fromkeys(stage for file in files for stage in list_stages(file)):
            passed, told = self.run_tests(stage)
            if not passed:
                raise RuntimeError(f"the tests fail without a mutant:\n{told}")

    def is_noticed(self, mutant: Mutant) -> bool:
        """Whether a test fails, or does not end, with the mutant in place."""
        found = not all(self.run_tests(stage, mutant)[0] for stage in list_stages(mutant.file))
        print(f"{'noticed' if found else 'not noticed'}: {ENGINE}/{mutant}", flush=True)
        return found

    def run_tests(self, stage: Sequence[str], mutant: Mutant | None = None) -> tuple[bool, str]:
        """Whether the tests pass, and what they print."""
        tree = self.free.get()
        path = tree / ENGINE / mutant.file if mutant else None
        source = path.read_bytes() if path else b""
        try:
            if path and mutant:
                path.write_bytes(mutant.apply(source))
            return _run_pytest(tree, stage)
        finally:
            if path:
                path.write_bytes(source)
            self.free.put(tree)


def list_stages(file: str) -> list[tuple[str, ...]]:
    """What pytest is given for mutants of a file, one run after the other; also for files of the engine to come."""
    own = file.removesuffix(".py")
    quick, slow = f"not ({SLOW} or {OF_TESTS})", f"({SLOW}) and not {OF_TESTS}"
    stages = (((own, NEAREST.get(own, "value")), quick, ()), ((*CORE, *FURTHER), quick, ()), (CORE, slow, ("--all",)))
    return [(*dict.fromkeys(filter(None, map(_test_file, stems))), "-k", chosen, *also)
            for stems, chosen, also in stages]


def _test_file(stem: str) -> str | None:
    path = f"tests/test_{stem}.py"
    return path if (ROOT / path).exists() else None


def _run_pytest(tree: Path, arguments: Sequence[str]) -> tuple[bool, str]:
    # no bytecode is kept: a mutant of the same size within a second would be taken for the file before it
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _RUN, "-x", "-q", "-p", "no:cacheprovider", *arguments]
    with subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, start_new_session=True) as process:
        try:
            told, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False, f"no end after {PATIENCE} s"
    return process.returncode == 0, told


def try_mutants(mutants: Sequence[Mutant], workers: int = WORKERS) -> list[Mutant]:
    """The mutants that no test notices."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        trees = Trees(Path(folder), workers)
        trees.check_baseline(sorted({mutant.file for mutant in mutants}))
        noticed = pool.map(trees.is_noticed, mutants)
        return [mutant for mutant, found in zip(mutants, noticed, strict=True) if not found]


def try_random_mutants(size: int, seed: int, files: Sequence[str] = ()) -> Mapping[str, object] | None:
    """Draw mutants of the engine and try them; prints those that survive. None if fewer than 95 % are noticed."""
    paths = [path for path in list_engine() if not files or path.stem in files]
    every = [mutant for path in paths for mutant in find_mutants(path)]
    drawn = random.Random(seed).sample(every, min(size, len(every)))
    known = read_equivalent()
    tried = [mutant for mutant in drawn if mutant.content not in known]
    survived = sorted(try_mutants(tried), key=lambda mutant: (mutant.file, mutant.start))
    left, drawn_of = Counter(mutant.file for mutant in survived), Counter(mutant.file for mutant in tried)
    for mutant in survived:
        print(f"not noticed: {ENGINE}/{mutant}\n    {mutant.text}")
    for file, count in sorted(drawn_of.items()):
        print(f"{file:34}{count - left[file]} of {count}")
    noticed = len(tried) - len(survived)
    figures = {"mutants that could be drawn": len(every), "mutants": len(drawn), "equivalent": len(drawn) - len(tried),
               "noticed": noticed, "not noticed": len(survived)}
    if noticed < NOTICED * len(tried):
        print(*(f"{what:34}{value:,}" for what, value in figures.items()), sep="\n")
        return None
    return figures


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Put mistakes into the engine and see whether the tests notice.")
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", action="append", default=[], help="only this file, without .py; may be repeated")
    chosen = parser.parse_args(arguments)
    figures = try_random_mutants(chosen.size, chosen.seed, chosen.file)
    print(*(f"{what:34}{value:,}" for what, value in (figures or {}).items()), sep="\n")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
