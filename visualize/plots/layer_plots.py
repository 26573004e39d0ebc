"""Plots by layer: weights, gradients and δ's, which show where a gradient vanishes or explodes on its way down."""

from typing import Any

from autograd_lite.internal import make_label
from nn import MLP, Objective, costs
from nn.internal import use_program

from .figures import COLOURS, CostName, Plot, make_axes


def plot_layers(net: MLP, X: Any, Y: Any, *, cost: CostName = costs.DEFAULT_COST) -> Plot:
    """Histograms, a row a layer, of the weights and of log₁₀ |∂C/∂w| on the samples.

    Where gradients vanish, the histogram of a layer lies a power of ten or more to the left of the next one's.

    Args:
        net: an MLP.
        X, Y, cost: as for ``fit``.

    Raises:
        ValueError, TypeError: as ``fit`` does.
    """
    import numpy as np

    if not isinstance(net, MLP):
        raise TypeError(f"weights and gradients by layer are of an MLP, not of a {type(net).__name__}")
    objective = Objective(net, cost)
    samples = objective.samples(X, Y)
    use_program(objective, samples)
    gradients = dict(zip(objective.parameters, objective.gradient(samples), strict=True))
    of_layers = [layer.weights_alone() for layer in net.layers]
    count = len(of_layers)
    with make_axes(2, 8, 0.9 + 1.15 * count, rows=count) as (figure, panels):
        _plot_histograms(panels[0::2], [np.array([w.data for w in weights]) for weights in of_layers], COLOURS[0])
        _plot_powers(panels[1::2], [np.array([gradients[w] for w in weights]) for weights in of_layers], COLOURS[1])
        for l, panel in enumerate(panels[0::2], start=1):
            panel.set_ylabel(f"layer {l}", rotation=0, ha="right", va="center")
        panels[0].set_title("weights w")
        panels[1].set_title("gradients: log₁₀ |∂C/∂w|")
    return Plot(figure)


def plot_deltas(net: MLP, X: Any, Y: Any, *, cost: CostName = costs.DEFAULT_COST) -> Plot:
    """Histograms, a row a layer, of log₁₀ |δ| of all units and samples, δ = (∂C/∂z)/α as the lectures have it.

    Arguments and errors as for ``plot_layers``. A δ that is exactly 0, as a ReLU makes it, is counted in the text.
    """
    import numpy as np

    objective = Objective(net, cost)
    deltas = objective.deltas(objective.samples(X, Y))
    with make_axes(1, 6, 0.9 + 1.15 * len(deltas), rows=len(deltas)) as (figure, panels):
        _plot_powers(panels, [np.ravel(rows) for rows in deltas.values()], COLOURS[2])
        for l, panel in zip(deltas, panels, strict=True):
            panel.set_ylabel(make_label("δ", layer=l), rotation=0, ha="right", va="center")
        panels[0].set_title("log₁₀ |δ| by layer")
    return Plot(figure)


def _plot_powers(panels: list[Any], of_layers: list[Any], colour: str) -> None:
    """Histograms of the powers of ten, with their median, and the share of the numbers that are 0 and have none."""
    import numpy as np

    sizes = [np.abs(numbers) for numbers in of_layers]
    _plot_histograms(panels, [np.log10(numbers[numbers > 0]) for numbers in sizes], colour)
    for panel, numbers in zip(panels, sizes, strict=True):
        zero = 100 * np.mean(numbers == 0)
        told = [f"{zero:.0f} % are 0"] if zero else []
        if zero < 100:
            median = np.median(numbers[numbers > 0])
            panel.axvline(np.log10(median), color="black", linewidth=1)
            told.insert(0, f"median {median:.1e}")
        panel.text(0.01, 0.95, "\n".join(told), transform=panel.transAxes, va="top", fontsize="small")


def _plot_histograms(panels: list[Any], of_layers: list[Any], colour: str) -> None:
    """With the same bins for all, numbered below the last alone; how many there are in a bin needs no numbers."""
    import numpy as np

    everything = np.concatenate(of_layers)
    low, high = (everything.min(), everything.max()) if len(everything) else (0.0, 0.0)
    margin = 0.05 * (high - low) or 0.5
    for panel, numbers in zip(panels, of_layers, strict=True):
        panel.hist(numbers, bins=np.linspace(low - margin, high + margin, 60), color=colour)
        panel.set_xlim(low - margin, high + margin)
        panel.set_yticks([])
        if panel is not panels[-1]:
            panel.set_xticklabels([])
