"""The surface of a cost over two parameters, and the ways that descent takes down it."""

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nn import History, Module, Objective, costs
from nn.internal import use_program

from .figures import COLOURS, CostName, Plot, make_axes, require_two_points

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FEW = 4  # levels, each of twice the cost of the one before


def plot_surface(net: Module, X: Any, Y: Any, histories: Sequence[History] = (), *, cost: CostName | None = None,
                 mark: tuple[float, float] | None = None, title: str = "", points: int = 90) -> Plot:
    """The cost as a landscape over the two parameters of one neuron, and the way down it.

    Lines join points of equal cost. From one line to the next the cost doubles; where it changes too little for that,
    the steps are equal. One sample fixes one line of parameters, a valley whose floor is level: descent stops where it
    meets it. Two different x make a bowl.

    Args:
        net: a network of two parameters, such as ``Neuron(1)``: a weight and a bias.
        X, Y: the samples that the cost is of.
        histories: of ``fit(…, keep_parameters=True)``, each drawn as a path from its start (○) to its end (●).
        cost: as for ``fit``; by default that of the histories, with their penalty.
        mark: a point to mark (×), such as the parameters that the data were made with.
        points: of the grid, along each side, at least 2.

    Raises:
        ValueError: there are not two parameters, a history was kept without them, or histories of several costs.
    """
    plans = {(h.training.plan.cost, h.training.plan.penalty, h.training.plan.lam) for h in histories}
    if len(plans) > 1:
        raise ValueError("the histories are of several costs or penalties, and a surface is of one; draw one for each")
    name, penalty, lam = plans.pop() if plans else (costs.DEFAULT_COST, None, 0.0)
    if cost is None and not name:
        raise ValueError("the cost of the histories is a function; give the same one as cost")
    objective = Objective(deepcopy(net), name if cost is None else cost, penalty, lam)
    samples = objective.samples(X, Y)
    use_program(objective, samples)
    with make_axes(1, 5.4, 4.4) as (figure, (panel,)):
        _draw_surface(panel, objective, samples, histories, mark, require_two_points(points))
        panel.set_title(title)
    return Plot(figure)


def _draw_surface(panel: "Axes", objective: Objective, samples: Any, histories: Sequence[History],
                  mark: tuple[float, float] | None, points: int) -> None:
    import numpy as np
    from matplotlib.patheffects import withStroke
    from matplotlib.ticker import NullFormatter

    parameters = objective.parameters
    if len(parameters) != 2:
        raise ValueError("a surface is drawn over two parameters, a weight and a bias, and the network has "
                         f"{len(parameters)}; take Neuron(1)")
    if not all(history.parameters for history in histories):
        raise ValueError("a history holds no parameters to draw a path of; train with keep_parameters=True")
    paths = [np.array(history.parameters) for history in histories]
    seen = np.concatenate([*paths, *([np.array([mark])] if mark else []), [[p.data for p in parameters]]])
    low, high = seen.min(axis=0), seen.max(axis=0)
    margin = np.maximum(0.25 * (high - low), 0.5)
    sides = [np.linspace(l - m, h + m, points) for l, h, m in zip(low, high, margin, strict=True)]
    u, v = np.meshgrid(*sides)
    heights = _compute_heights(objective, samples, u, v)
    if not np.isfinite(heights).any() or not np.nanmax(heights) > 0:
        raise ValueError("the cost is 0 or has no value everywhere on the surface; there is nothing to draw. After a "
                         "run that diverged take a smaller η")
    top = np.nanmax(heights)
    levels, lowest = top / 2.0 ** np.arange(9, 0, -1), np.nanmin(heights)
    if (levels > lowest).sum() < _FEW and top - lowest > 1e-9 * top:  # nearly level: equal steps show more
        levels = np.linspace(lowest, top, 10)[:-1]
    panel.grid(visible=False)
    shown = panel.contourf(u, v, np.maximum(heights, levels[0]), levels=[*levels, top], norm="log", cmap="Greys",
                           alpha=0.5)
    panel.contour(u, v, heights, levels=levels, colors="#777777", linewidths=0.6)
    bar = panel.figure.colorbar(shown, ax=panel, label="C", format="%.3g")
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    for k, path in enumerate(paths):
        colour = COLOURS[k % len(COLOURS)]
        panel.plot(*path.T, color=colour, linewidth=1.4, marker=".", markersize=3)
        panel.plot(*path[0], "o", markerfacecolor="white", color=colour)
        panel.plot(*path[-1], "o", color=colour)
        beside = (6, 5) if path[-1][0] >= path[0][0] else (-6, 5)  # not on the path itself
        panel.annotate(f"({path[-1][0]:.2f}, {path[-1][1]:.2f})", path[-1], textcoords="offset points", xytext=beside,
                       fontsize="small", color=colour, ha="left" if beside[0] > 0 else "right",
                       path_effects=[withStroke(linewidth=3, foreground="white")])
    if mark:
        panel.plot(*mark, "x", color="black", markersize=9, markeredgewidth=2)
    panel.set(xlabel=parameters[0].label, ylabel=parameters[1].label)


def _compute_heights(objective: Objective, samples: Any, u: "Array", v: "Array") -> "Array":
    """The cost at each point of the grid, NaN where it has no value; moves the parameters of the objective's
    network.
    """
    import numpy as np

    def height(*point: float) -> float:
        for parameter, number in zip(objective.parameters, point, strict=True):
            parameter.data = float(number)
        try:
            return objective.value(samples)
        except (ArithmeticError, ValueError):
            return float("nan")

    return np.array([height(*point) for point in zip(u.ravel(), v.ravel(), strict=True)]).reshape(u.shape)
