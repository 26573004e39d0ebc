"""How long live pages take to make, to open in Chromium, to step, and to follow an edit.

    python benchmarks/page.py [ROUNDS]

Every figure is the median over the rounds, the pages taken in turn: the chain lecture, a 2-16-16-1 network on one
sample and on twenty, and a chain of 2,000 nodes. Opening ends when the page has drawn its first step; a step and an
edit are timed from the call to the end of the layout that they cause, the edit also in the time that the page's own
thread has run, which busy cores do not lengthen. An edit changes the first weight, or else the first leaf, by a little.
Garbage collection is on.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from autograd_lite import Value, total
from nn import MLP, costs
from nn.derivations import LECTURES, compare
from visualize import Page, page

STEPS = 50


def network(samples: int) -> Page:
    """A 2-16-16-1 network on some samples."""
    net = MLP(2, [16, 16, 1], activation="relu", seed=1)
    each = []
    for i in range(1, samples + 1):
        x = [Value(0.5 - 0.1 * i, f"x₁[{i}]"), Value(0.07 * i - 1.0, f"x₂[{i}]")]
        each.append(costs.half_squared_error(net.forward(x).output, [Value(1.0, f"y[{i}]")]))
    cost = total(each) * (1 / samples)
    cost.label = "C"
    return page(cost)


def long_chain() -> Page:
    """A chain of 2,000 nodes."""
    y = Value(0.5, "x")
    for _ in range(1_999):
        y = y * 1.0001
    y.label = "y"
    return page(y)


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


def measured(chrome: Chrome, make: Callable[[], Page], path: Path) -> tuple[float, ...]:
    """Seconds to make, megabytes, milliseconds to open, a step, an edit, and an edit in the thread."""
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
    before = read_thread_time(chrome)
    edit = chrome.execute_script(
        "page.go(page.steps().length >> 1, false); const leaves = page.graph.nodes.filter((node) => !node.operation);"
        "const leaf = page.graph.nodes.indexOf(leaves.find((node) => node.name.startsWith('w')) || leaves[0]);"
        "const value = page.graph.values[leaf]; const start = performance.now();"
        "for (let i = 1; i <= arguments[0]; i += 1) { page.change([[leaf, value * (1 + i / 1000)]]);"
        "document.getElementById('picture').getBoundingClientRect(); }"
        "return (performance.now() - start) / arguments[0]", STEPS)
    thread = 1_000 * (read_thread_time(chrome) - before) / STEPS
    return made, len(html.encode()) / 1e6, opened, step, edit, thread


def read_thread_time(chrome: Chrome) -> float:
    """Seconds that the page's thread has run."""
    metrics = chrome.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def main(rounds: int) -> None:
    """Measure and print."""
    makers: dict[str, Callable[[], Page]] = {
        "chain": chain, "2-16-16-1": lambda: network(1), "20 samples": lambda: network(20), "2,000 nodes": long_chain}
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in makers}
    with browser() as chrome, tempfile.TemporaryDirectory() as folder:
        chrome.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        for _ in range(rounds):
            for name, make in makers.items():
                found[name].append(measured(chrome, make, Path(folder) / "page.html"))
    print(f"{'':<14}{'make, s':>10}{'size, MB':>10}{'open, ms':>10}{'step, ms':>10}{'edit, ms':>10}{'thread, ms':>12}")
    for name, rows in found.items():
        print(f"{name:<14}" + "".join(f"{median(column):>10.3g}" for column in zip(*rows, strict=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
