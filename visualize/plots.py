"""Plots of training: costs over the epochs, what was learned, and the surface of a cost of two parameters."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nn import History, Module, Objective, Preparation, costs, labels

from .figures import COLOURS, Plot, axes

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CostName = str | costs.Cost | Callable[..., Any]


def plot_history(history: History) -> Plot:
    """The cost of each epoch, that of samples held back, and the norm of the gradient, which training drives to 0."""
    with axes(2, 9, 3.4) as (figure, (left, right)):
        draw_costs(left, history)
        right.plot(_numbers(history), history.gradient_norm, color=COLOURS[2])
        right.set(title="Norm of the gradient ‖∂C/∂Θ‖", xlabel="epoch")
        _logarithmic(right, history.gradient_norm)
    return Plot(figure)


def plot_boundary(net: Module, X: Any, Y: Any, *, points: int = 80) -> Plot:
    """What a network with two inputs answers in the plane, and the samples: where it takes one class for another.

    Args:
        net: two inputs; one output, drawn as it is with the line where it is ½, or one for each class.
        X, Y: the samples, as for ``fit``.
        points: of the grid, along each side.

    Raises:
        ValueError: the network has not two inputs, or X and Y do not fit it.
    """
    with axes(1, 5, 4.2) as (figure, (panel,)):
        draw_boundary(panel, net, X, Y, points)
    return Plot(figure)


def plot_fit(net: Module, X: Any, Y: Any) -> Plot:
    """What a network with one input and one output answers along the line, and the samples. Raises as above."""
    with axes(1, 5, 3.6) as (figure, (panel,)):
        draw_fit(panel, net, X, Y)
    return Plot(figure)


def plot_surface(net: Module, X: Any, Y: Any, histories: Sequence[History] = (), *,
                 cost: CostName = "half_squared_error", mark: tuple[float, float] | None = None, title: str = "",
                 points: int = 90) -> Plot:
    """The cost as a landscape over the two parameters of one neuron, and the way down it.

    Lines join points of equal cost, each of which is twice as high as the next. One sample fixes one line of
    parameters, a valley whose floor is level: descent stops where it meets it. Two different x make a bowl.

    Args:
        net: a network of two parameters, such as ``Neuron(1)``: a weight and a bias.
        X, Y: the samples that the cost is of.
        histories: of ``fit(…, keep_parameters=True)``, each drawn as a path from its start (○) to its end (●).
        cost: as for ``fit``.
        mark: a point to mark (×), such as the parameters that the data were made with.
        points: of the grid, along each side.

    Raises:
        ValueError: there are not two parameters, or a history was kept without them.
    """
    with axes(1, 5.4, 4.4) as (figure, (panel,)):
        _draw_surface(panel, net, X, Y, histories, cost, mark, points)
        panel.set_title(title)
    return Plot(figure)


def plot_training(net: Module, history: History, X: Any, Y: Any) -> Plot:
    """The costs beside what was learned: the boundary of two inputs, the curve of one, else answer against target."""
    with axes(2, 9.6, 3.8) as (figure, (left, right)):
        draw_costs(left, history)
        classes = bool(net.preparation and net.preparation.classes)
        if net.n_inputs == 2 and classes:
            draw_boundary(right, net, X, Y, 80)
        elif net.n_inputs == 1 and not classes:
            draw_fit(right, net, X, Y)
        elif classes:
            _draw_confusion(right, net, X, Y)
        else:
            _draw_answers(right, net, X, Y)
    return Plot(figure)


def draw_costs(panel: "Axes", history: History) -> None:
    """The curves of costs, with the best epoch marked where samples were held back."""
    panel.plot(_numbers(history), history.cost, color=COLOURS[0], label="training")
    if history.validation:
        later = _numbers(history)[-len(history.validation):]
        panel.plot(later, history.validation, color=COLOURS[1], label="held back")
        best = history.best.epoch
        panel.axvline(best, color="#888888", linewidth=1, linestyle=":", label=f"best: epoch {best}")
        panel.legend()
    panel.set(title=f"Cost ({history.training.cost or 'given'})".replace("_", " "), xlabel="epoch")
    _logarithmic(panel, [*history.cost, *history.validation])


def draw_boundary(panel: "Axes", net: Module, X: Any, Y: Any, points: int) -> None:
    """See ``plot_boundary``."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    if net.n_inputs != 2:
        raise ValueError(f"a boundary is drawn of a network with two inputs, and this one has {net.n_inputs}")
    samples = np.asarray(X, dtype=float)
    sides = [np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), points)
             for low, high in zip(samples.min(axis=0), samples.max(axis=0), strict=True)]
    u, v = np.meshgrid(*sides)
    plane = np.column_stack([u.ravel(), v.ravel()])
    answers = net.predict(plane)
    classes = _classes(net, Y)
    if answers.shape[1] == 1:
        shown = panel.contourf(u, v, answers.reshape(u.shape), levels=12, cmap="RdBu_r", alpha=0.6)
        panel.contour(u, v, answers.reshape(u.shape), levels=[0.5], colors="black", linewidths=1.2)
        panel.figure.colorbar(shown, ax=panel, label="output")
    else:
        palette = ListedColormap([COLOURS[k % len(COLOURS)] for k in range(answers.shape[1])])
        panel.pcolormesh(u, v, answers.argmax(axis=1).reshape(u.shape), cmap=palette, alpha=0.3, vmin=-0.5,
                         vmax=answers.shape[1] - 0.5, shading="nearest", linewidth=0)
    for k, name in enumerate(dict.fromkeys(sorted(classes))):
        chosen = np.array([c == name for c in classes])
        colour = COLOURS[k % len(COLOURS)]
        u, v = samples[chosen].T
        panel.scatter(u, v, s=16, color=colour, edgecolor="white", linewidth=0.5, label=str(name))
    panel.legend(loc="upper right", frameon=True)
    names = net.preparation.columns if net.preparation else Preparation.none(2).columns
    panel.set(title="Decision boundary", xlabel=names[0], ylabel=names[1])


def draw_fit(panel: "Axes", net: Module, X: Any, Y: Any) -> None:
    """See ``plot_fit``."""
    import numpy as np

    if net.n_inputs != 1:
        raise ValueError(f"a curve is drawn of a network with one input, and this one has {net.n_inputs}")
    x, y = np.ravel(np.asarray(X, dtype=float)), np.asarray(Y, dtype=float).reshape(len(X), -1)
    along = np.linspace(x.min(), x.max(), 200)
    panel.plot(x, y[:, 0], "o", color=COLOURS[0], markersize=4, label="samples")
    panel.plot(along, net.predict(along)[:, 0], color=COLOURS[1], label="network")
    names = net.preparation.columns if net.preparation else ("x",)
    panel.legend()
    panel.set(title="What was learned", xlabel=names[0])


def _draw_answers(panel: "Axes", net: Module, X: Any, Y: Any) -> None:
    import numpy as np

    y, answers = np.asarray(Y, dtype=float).reshape(len(X), -1), net.predict(X)
    for k in range(y.shape[1]):
        panel.plot(y[:, k], answers[:, k], "o", color=COLOURS[k % len(COLOURS)], markersize=4)
    both = [min(y.min(), answers.min()), max(y.max(), answers.max())]
    panel.plot(both, both, color="#888888", linewidth=1)
    panel.set(title="What was learned", xlabel="target", ylabel="answer of the network")


def _draw_confusion(panel: "Axes", net: Module, X: Any, Y: Any) -> None:
    import numpy as np

    true, found = _classes(net, Y), labels(net.classify(X))
    names = list(net.preparation.classes) if net.preparation and net.preparation.classes else sorted({*true, *found})
    counts = np.zeros((len(names), len(names)))
    for t, f in zip(true, found, strict=True):
        counts[names.index(t), names.index(f)] += 1
    panel.imshow(counts, cmap="Blues")
    panel.grid(visible=False)
    for t, f in np.ndindex(*counts.shape):
        if counts[t, f]:
            panel.text(f, t, f"{counts[t, f]:.0f}", ha="center", va="center", fontsize="small",
                       color="white" if counts[t, f] > counts.max() / 2 else "black")
    panel.set(title="What was learned", xlabel="class answered", ylabel="class of the sample",
              xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)


def _draw_surface(panel: "Axes", net: Module, X: Any, Y: Any, histories: Sequence[History], cost: CostName,
                  mark: tuple[float, float] | None, points: int) -> None:
    import numpy as np
    from matplotlib.patheffects import withStroke
    from matplotlib.ticker import NullFormatter

    parameters = net.parameters()
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
    heights = _heights(net, X, Y, cost, u, v)
    top = heights[np.isfinite(heights)].max()
    levels = top / 2.0 ** np.arange(9, 0, -1)
    panel.grid(visible=False)
    shown = panel.contourf(u, v, np.maximum(heights, levels[0]), levels=[*levels, top], norm="log", cmap="Greys",
                           alpha=0.5)
    panel.contour(u, v, heights, levels=levels, colors="#777777", linewidths=0.6)
    bar = panel.figure.colorbar(shown, ax=panel, label="C", format="%.2g")
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


def _heights(net: Module, X: Any, Y: Any, cost: CostName, u: "Array", v: "Array") -> "Array":
    """The cost at each point of the grid; the network itself is left as it is."""
    import numpy as np

    own = deepcopy(net)
    objective = Objective(own, cost, None, 0.0)
    samples = objective.samples(X, Y, own.preparation or Preparation.none(own.n_inputs))
    everything = range(len(samples))

    def height(*point: float) -> float:
        for parameter, number in zip(objective.parameters, point, strict=True):
            parameter.data = float(number)
        try:
            return objective.record(samples, everything, penalised=False).data
        except (ArithmeticError, ValueError):
            return float("nan")

    return np.array([height(*point) for point in zip(u.ravel(), v.ravel(), strict=True)]).reshape(u.shape)


def _classes(net: Module, Y: Any) -> list[str]:
    """The class of each sample as text, of names, numbers, or a column for each class."""
    import numpy as np

    array = np.asarray(Y)
    if array.ndim == 2 and array.shape[1] > 1:
        names = net.preparation.classes if net.preparation else ()
        return [names[k] if names else str(k) for k in array.argmax(axis=1).tolist()]
    return labels(array)


def _numbers(history: History) -> list[int]:
    return [epoch.number for epoch in history.epochs]


def _logarithmic(panel: "Axes", numbers: Sequence[float]) -> None:
    """A logarithmic axis, on which a cost that falls by a factor an epoch is a straight line; where none is 0."""
    if numbers and min(numbers) > 0:
        panel.set_yscale("log")
