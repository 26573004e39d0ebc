"""How long ``check_code`` takes: process seconds of right programs, planted mistakes, and mistakes in no catalogue.

    python benchmarks/code_speed.py [--check]

Every right program of ``tests/programs`` and every planting is judged once, with its cost and alone, in a process that
has judged one before. With ``--check`` the exit status is 1 beyond a limit: 0.1 s for any right program, 1 s for the
median planted mistake, and 5 s for any.
"""

import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the programs are a part of the tests

from plantings import ALONE, PROGRAMS, list_plantings, read

from nn.derivations.own_program.checking import check_code_file

LIMITS = {"right": (0.1, 0.1), "planted": (1.0, 5.0), "unknown": (5.0, 5.0)}
"""Kind -> the longest median, and the longest of all."""
UNKNOWN = [("r06", "d = np.einsum", "d = np.sin(X.sum()) * np.einsum"), ("r05", "s * (1 - s)", "np.cos(s)"),
           ("r07", "arriving * a * (1 - a)", "arriving * a * (1 - a) + k"), ("r22", "(A - Y)", "(A - Y) ** 3"),
           ("r27", "self.W.T @ g", "np.abs(self.W.T @ g)"), ("r24", "2.0 / Y.size * (a[-1] - Y)", "np.sign(a[-1] - Y)"),
           ("r18", "(acts[-1] - Y)", "(acts[-1] * Y)"), ("r21", "d = (p - y)", "d = p * (p - y) * np.abs(y - 0.3)")]
"""Mistakes that are in no catalogue, for which everything is searched."""


def list_files() -> Iterator[tuple[str, str, str]]:
    """A kind, a name, and the file to judge."""
    for path in sorted([*PROGRAMS.glob("r*.py"), *(PROGRAMS / "open").glob("p*.py")]):
        for how, more in (("with cost", ""), ("alone", ALONE)):
            yield f"right, {how}", path.stem, path.read_text(encoding="utf-8") + more
    for planting in list_plantings():
        for alone in (False, True):
            yield f"planted, {'alone' if alone else 'with cost'}", str(planting), planting.write(alone)
    for name, before, after in UNKNOWN:
        text = read(name)
        if before not in text:
            raise ValueError(f"there is no {before!r} in {name}")
        for how, more in (("with cost", ""), ("alone", ALONE)):
            yield f"unknown, {how}", name, text.replace(before, after, 1) + more


def main(arguments: list[str]) -> int:
    """Print a row for each kind; returns the exit status."""
    check_code_file("first.py", read("r01"))
    found: dict[str, list[tuple[float, str]]] = {}
    for kind, name, text in list_files():
        start = time.process_time()
        check_code_file(f"{name}.py", text)
        found.setdefault(kind, []).append((time.process_time() - start, name))
    print(f"{'process seconds':24}{'checks':>8}{'median':>8}{'largest':>9}   "
          f"garbage collection {'on' if gc.isenabled() else 'off'}")
    late = []
    for kind, times in found.items():
        middle, (largest, name) = median(seconds for seconds, _ in times), max(times)
        print(f"{kind:24}{len(times):8}{middle:8.2f}{largest:9.2f}   {name}", flush=True)
        most = LIMITS[kind.partition(",")[0]]
        late += [kind] if middle > most[0] or largest > most[1] else []
    if "--check" in arguments and late:
        print(f"slower than the limit: {', '.join(late)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
