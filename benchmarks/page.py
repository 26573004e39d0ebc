"""How long the live page of a 2-16-16-1 network takes to make, to open in Chromium, and to step.

    python benchmarks/page.py [ROUNDS]

Every figure is the median over the rounds, the pages of the chain lecture and of the network taken in turn; the last
column is the network's time over the chain's. Opening ends when the page has drawn its first step; a step is timed from
the call to the end of the layout that it causes. Garbage collection is on.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from autograd_lite import Value
from nn import MLP, costs
from nn.derivations import LECTURES, compare
from visualize import Page, page

STEPS = 50


def network() -> Page:
    """A 2-16-16-1 network on one sample."""
    net = MLP(2, [16, 16, 1], activation="relu", seed=1)
    cost = costs.half_squared_error(net.forward([Value(0.5, "x₁"), Value(-1.0, "x₂")]).output, [Value(1.0, "y")])
    cost.label = "C"
    return page(cost)


def chain() -> Page:
    """The chain lecture with its derivation by hand."""
    found = compare("chain")
    return page(LECTURES["chain"].record(found.settings), by_hand=found)


def browser() -> Chrome:
    """Headless Chromium; it and chromedriver must be on the path. Raises SystemExit where they are not."""
    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        raise SystemExit("needs Chromium and chromedriver; on Debian or Ubuntu: apt install chromium chromium-driver")
    options = Options()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    return Chrome(options=options, service=Service(driver))


def measured(chrome: Chrome, make: Any, path: Path) -> tuple[float, float, float, float]:
    """Seconds to make, megabytes, milliseconds to open, milliseconds a step."""
    start = time.perf_counter()
    html = make().html
    made = time.perf_counter() - start
    path.write_text(html, encoding="utf-8")
    chrome.get("about:blank")
    chrome.get(path.as_uri())
    opened = chrome.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    step = chrome.execute_script(
        "const start = performance.now(); const last = page.steps().length - 1;"
        "for (let i = 0; i < arguments[0]; i += 1) { page.go((7 * i) % last, false);"
        "document.getElementById('picture').getBoundingClientRect(); }"
        "return (performance.now() - start) / arguments[0]", STEPS)
    return made, len(html.encode()) / 1e6, opened, step


def main(rounds: int) -> None:
    """Measure and print."""
    makers = {"chain": chain, "2-16-16-1": network}
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in makers}
    with browser() as chrome, tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, make in makers.items():
                found[name].append(measured(chrome, make, Path(folder) / "page.html"))
    medians = {name: [median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    print(f"{'':<16}{'chain':>12}{'2-16-16-1':>12}{'ratio':>8}")
    for i, what in enumerate(("make, s", "size, MB", "open, ms", "a step, ms")):
        small, large = medians["chain"][i], medians["2-16-16-1"][i]
        print(f"{what:<16}{small:>12.3g}{large:>12.3g}{large / small:>8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
