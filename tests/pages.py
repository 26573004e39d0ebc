"""Pages for the tests in a browser, and the same edits made in Python."""

import warnings
from pathlib import Path
from typing import Any

from autograd_lite import StaleGraphWarning, Trace, Value, topological_order, total, trace
from nn import MLP, costs
from nn.derivations import LECTURES, Recording, compare
from visualize import page
from visualize.steps import equations


def made(tmp_path: Path, output: Any, **given: Any) -> Path:
    return page(output, **given).save(tmp_path / "page.html")


def of_lecture(tmp_path: Path, id: str, **settings: Any) -> tuple[Path, Recording]:
    found = compare(id, **settings)
    recording = LECTURES[id].record(found.settings)
    return made(tmp_path, recording, by_hand=found, title=LECTURES[id].title, eta=found.settings["eta"]), recording


def in_python(recording: Recording, changes: dict[str, float]) -> Trace:
    """The trace after the same edit."""
    leaves = {node.label: node for node in list_leaves(recording.cost)}
    for name, value in changes.items():
        leaves[name].data = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StaleGraphWarning)
        recorded = trace(recording.cost)
    return equations.in_letters(recorded, recording)


def list_leaves(output: Value) -> list[Value]:
    return [node for node in topological_order(output) if not node.operation]


def make_batch(samples: int, seed: int = 1) -> Value:
    """The mean cost of a 2-16-16-1 network over samples."""
    net = MLP(2, [16, 16, 1], activation="relu", seed=seed)
    some = [costs.half_squared_error(
        net.forward([Value(0.5 - 0.1 * i, f"x₁[{i}]"), Value(0.07 * i - 1.0, f"x₂[{i}]")]).output, [Value(1.0, f"y[{i}]")])
        for i in range(1, samples + 1)]
    cost = total(some) * (1 / samples)
    cost.label = "C"
    return cost
