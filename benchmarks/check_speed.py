"""How long a check takes: CPU milliseconds of five kinds of wrong chains, and of many files through the command.

    python benchmarks/check_speed.py [--check] [FILES]

The first are medians of 20 checks in one process after 3 warm-ups, by its CPU time, with garbage collection as Python
has it. The files, 1,000 unless said, go through ``autograd-lite check --lecture chain FILES --summary -j 2``; their CPU
time is that of the command and its two workers, as the operating system accounts for it. With ``--check`` the exit
status is 1 where a check takes more than 120 ms, or the files more than 2 minutes on two cores.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from nn.derivations import check

RIGHT = {"z1": "w1*x + b1", "a1": "f1(z1)", "z2": "w2*a1 + b2", "a2": "f2(z2)", "C": "1/2*(a2 - y)**2",
         "delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)", "dw2": "delta2*a1", "dw1": "delta1*x",
         "db1": "delta1"}
SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
_MISSING = {"delta1": "delta2*df1(z1)"}
KINDS: dict[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {
    "sigmoid, sigmoid": (_MISSING, SIGMOIDS),
    "sigmoid, identity": (_MISSING, {}),
    "relu, relu": (_MISSING, {"activations": ["relu", "relu"]}),
    "an unknown mistake": ({"delta1": "delta2*w2*df1(z1)*(x + 3*b1) + w1"}, SIGMOIDS),
    "another constant": ({"C": "(a2 - y)**2", "delta2": "2*(a2 - y)*df2(z2)", **_MISSING}, SIGMOIDS),
}
"""Name -> the lines that are not the right ones, and the settings."""
WARM_UPS, RUNS = 3, 20
MOST_MS, FILES, MOST_SECONDS = 120.0, 1_000, 120.0


def measure_check(wrong: Mapping[str, str], settings: Mapping[str, Any]) -> float:
    """Median CPU milliseconds of one check in a warm process."""
    found = []
    for _ in range(WARM_UPS + RUNS):
        start = time.process_time()
        check("chain", {**RIGHT, **wrong}, **settings)
        found.append(time.process_time() - start)
    return 1e3 * median(found[WARM_UPS:])


def measure_files(count: int) -> tuple[float, float]:
    """CPU and wall seconds of the command on that many files, the kinds of mistakes in turn."""
    kinds = [wrong for wrong, settings in KINDS.values() if settings in ({}, SIGMOIDS)]
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{i}.toml") for i in range(count)]
        for i, path in enumerate(paths):
            lines = {**RIGHT, **kinds[i % len(kinds)]}
            path.write_text("".join(f'{name} = "{line}"\n' for name, line in lines.items()), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "visualize", "check", "--lecture", "chain", *map(str, paths),
                   "--summary", "-j", "2"]
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        wall, after = time.perf_counter() - start, os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, wall


def main(arguments: list[str]) -> int:
    """Print a row for each kind and for the files; returns the exit status."""
    count = next((int(argument) for argument in arguments if argument.isdecimal()), FILES)
    late = []
    print(f"{'CPU ms of a check of a wrong chain':40}{'ms':>8}{'limit':>8}{'limit/ms':>10}   "
          f"medians of {RUNS} runs, garbage collection {'on' if gc.isenabled() else 'off'}")
    for name, case in KINDS.items():
        found = measure_check(*case)
        print(f"{name:40}{found:8.0f}{MOST_MS:8.0f}{MOST_MS / found:10.1f}", flush=True)
        late += [name] if found > MOST_MS else []
    cpu, wall = measure_files(count)
    most = 2 * MOST_SECONDS * count / FILES
    print(f"{count} files: {cpu:.1f} s of CPU in the command and its two workers, {cpu / count * 1e3:.0f} ms a file; "
          f"{cpu / 2:.0f} s on two idle cores, limit {most / 2:.0f} s, {most / cpu:.1f} times; {wall:.0f} s wall")
    if "--check" in arguments and (late or cpu > most):
        print(f"slower than the limit: {', '.join([*late, 'the files'] if cpu > most else late)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
