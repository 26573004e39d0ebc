"""How long a command takes to start: medians of whole processes.

    python benchmarks/startup.py [--check]

CPU time is user and system time of the process as the operating system accounts for it, wall time is what a person
waits. With ``--check`` the exit status is 1 where a CPU time is beyond its limit on an idle machine.
"""

import os
import subprocess
import sys
import time
from statistics import median
from tempfile import TemporaryDirectory

RUNS = 9
MODULE = [sys.executable, "-P", "-m", "visualize"]
CASES: dict[str, tuple[list[str], float]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], float("inf")),
    "import autograd_lite": ([sys.executable, "-c", "import autograd_lite"], 0.12),
    "autograd-lite --help": ([*MODULE, "--help"], 0.2),
    "autograd-lite compare one-neuron": ([*MODULE, "compare", "one-neuron"], 0.25),
}
"""Name -> command, and the most CPU seconds that it may take."""


def measure(command: list[str], cache: str) -> tuple[float, float]:
    """CPU and wall seconds of one run; compiled modules are kept in ``cache``, as an installed program keeps them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment | {"PYTHONPYCACHEPREFIX": cache})
    wall, after = time.perf_counter() - start, os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, wall


def main(check: bool) -> int:
    """Measure every case and print a row for each; returns the exit status."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    with TemporaryDirectory() as cache:
        for _ in range(RUNS + 1):  # the first is a warm-up, which compiles
            for name, (command, _) in CASES.items():
                found[name].append(measure(command, cache))
    late = []
    print(f"{'':36}{'CPU ms':>8}{'wall ms':>9}{'limit':>8}   medians of {RUNS} interleaved runs")
    for name, (_, limit) in CASES.items():
        cpu, wall = (median(run[i] for run in found[name][1:]) for i in (0, 1))
        print(f"{name:36}{cpu * 1e3:8.0f}{wall * 1e3:9.0f}" + (f"{limit * 1e3:8.0f}" if limit < 1e9 else ""))
        late += [name] if cpu > limit else []
    if check and late:
        print(f"slower than the limit: {', '.join(late)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
