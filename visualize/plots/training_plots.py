"""Plots of training: costs over the epochs, and what was learned."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from nn import Data, History, Module, metrics
from nn.internal import EVEN, class_names, read_classes, to_samples

from .figures import COLOURS, Plot, make_axes, require_two_points

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MANY = 7
_SPAN = 1e30
_MARKS = "o^"
_WIDE = 30  # letters beside each other under a panel


def plot_history(history: History) -> Plot:
    """The cost of each epoch, that of validation samples, and the norm of the gradient, which training drives to 0."""
    with make_axes(2, 9, 3.4) as (figure, (left, right)):
        _draw_costs(left, history)
        right.plot(_number_epochs(history), _cut(history.gradient_norm), color=COLOURS[2], **_mark_few(history))
        right.set(title="Norm of the gradient ‖∂C/∂Θ‖", xlabel="epoch")
        _count_epochs(right, history)
        _set_logarithmic(right, history.gradient_norm)
    return Plot(figure)


def plot_boundary(net: Module, X: Any, Y: Any, *, points: int = 80) -> Plot:
    """The answers of a network with two inputs over the plane, its decision boundary, and the samples.

    Args:
        net: two inputs; one output, drawn as it is with the line where it is ½, or one for each class.
        X, Y: the samples, as for ``fit``.
        points: of the grid, along each side.

    Raises:
        ValueError: the network has not two inputs, or X and Y do not fit it.
    """
    with make_axes(1, 5, 4.2) as (figure, (panel,)):
        _draw_boundary(panel, net, X, Y, points)
    return Plot(figure)


def plot_fit(net: Module, X: Any, Y: Any) -> Plot:
    """The answers of a network with one input and one output over the line, and the samples.

    Raises as ``plot_boundary`` does.
    """
    with make_axes(1, 5, 3.6) as (figure, (panel,)):
        _draw_fit(panel, net, X, Y)
    return Plot(figure)


def plot_training(net: Module, history: History, X: Any, Y: Any, *, validation: Any = None) -> Plot:
    """The costs beside what was learned: the boundary of two inputs, the curve of one, else answer against target.

    ``validation``, a pair (X, Y) or a ``Data``, is drawn with other marks. Classes of one input, or of more than two,
    are shown as a table, which counts the validation samples alone where there are any.
    """
    held = (validation.X, validation.Y) if isinstance(validation, Data) else validation
    with make_axes(2, 9.6, 3.8) as (figure, (left, right)):
        _draw_costs(left, history)
        classes = bool(net.preparation and net.preparation.classes)
        if net.n_inputs == 2 and classes:
            _draw_boundary(right, net, X, Y, 80, held)
        elif net.n_inputs == 1 and not classes:
            _draw_fit(right, net, X, Y, held)
        elif classes:
            counted = (X, Y, "training") if held is None else (*held, "validation")
            _draw_confusion(right, net, *counted)
        else:
            _draw_answers(right, net, X, Y, held)
    return Plot(figure)


def _draw_costs(panel: "Axes", history: History) -> None:
    """The curves of costs, with the best epoch marked where there is validation."""
    panel.plot(_number_epochs(history), _cut(history.cost), color=COLOURS[0], label="training", **_mark_few(history))
    held = [(epoch.number, epoch.validation) for epoch in history.epochs if epoch.validation is not None]
    if held:
        numbers, costs = zip(*held, strict=True)
        panel.plot(numbers, _cut(costs), color=COLOURS[1], label="validation", **_mark_few(history))
        best = history.best.epoch
        panel.axvline(best, color="#888888", linewidth=1, linestyle=":", label=f"best: epoch {best}")
        panel.legend()
    panel.set(title=f"Cost ({history.training.plan.cost or 'given'})".replace("_", " "), xlabel="epoch",
              ylabel="C" + " (of standardised numbers)" * bool(history.training.preparation.target_scale))
    _count_epochs(panel, history)
    _set_logarithmic(panel, [*history.cost, *history.validation])


def _draw_boundary(panel: "Axes", net: Module, X: Any, Y: Any, points: int, held: Any = None) -> None:
    """See ``plot_boundary``."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    if net.n_inputs != 2:
        raise ValueError(f"a boundary is drawn of a network with two inputs, and this one has {net.n_inputs}")
    points, known = require_two_points(points), net.data_preparation
    parts = [(part, mark, *_name_classes(net, *pair)) for part, mark, *pair in _list_parts(X, Y, held)]
    inputs, classes = np.concatenate([at for _, _, at, _ in parts]), [name for *_, of in parts for name in of]
    margin = 0.1 * np.ptp(inputs, axis=0) + (np.ptp(inputs, axis=0) == 0)
    u, v = np.meshgrid(*(np.linspace(low, high, points) for low, high in zip(
        inputs.min(axis=0) - margin, inputs.max(axis=0) + margin, strict=True)))
    answers = net.predict(np.column_stack([u.ravel(), v.ravel()])).reshape(-1, net.n_outputs)
    several = [str(k) for k in range(net.n_outputs)] if net.n_outputs > 1 else sorted(set(classes))
    names = list(known.classes) or several
    panel.grid(visible=False)
    if answers.shape[1] == 1:
        is_probability = net.output_activation == "sigmoid"
        of_first = bool(known.classes) and known.of_class == 0  # the second class is red in any case
        output = f"P({known.classes[known.of_class]})" if known.classes else "output"
        shown = panel.contourf(u, v, answers.reshape(u.shape), levels=np.linspace(0, 1, 11) if is_probability else 12,
                               cmap="RdBu" if of_first else "RdBu_r", alpha=0.6)
        panel.figure.colorbar(shown, ax=panel, label=output)
        shown.set_rasterized(True)
        if is_probability:
            panel.contour(u, v, answers.reshape(u.shape), levels=[EVEN], colors="black", linewidths=1.2)
    else:
        palette = ListedColormap([_choose_colour(k, answers.shape[1]) for k in range(answers.shape[1])])
        panel.pcolormesh(u, v, answers.argmax(axis=1).reshape(u.shape), cmap=palette, alpha=0.3, vmin=-0.5,
                         vmax=answers.shape[1] - 0.5, shading="nearest", linewidth=0, rasterized=True)
    for part, mark, at, of in parts:
        for k, name in enumerate(names):
            a, b = at[[c == name for c in of]].T
            panel.scatter(a, b, s=18, color=_choose_colour(k, len(names)), edgecolor="black", linewidth=0.5,
                          marker=mark, label=name if mark == _MARKS[0] else None)
        if held is not None:
            panel.scatter([], [], s=18, color="white", edgecolor="black", linewidth=0.5, marker=mark, label=part)
    _place_legend(panel, len(names))
    panel.set(title="Decision boundary", xlabel=known.columns[0], ylabel=known.columns[1])


def _draw_fit(panel: "Axes", net: Module, X: Any, Y: Any, held: Any = None) -> None:
    """See ``plot_fit``."""
    import numpy as np

    if net.n_inputs != 1:
        raise ValueError(f"a curve is drawn of a network with one input, and this one has {net.n_inputs}")
    known = net.data_preparation
    parts = [(part, mark, to_samples(pair[0], 1, "X"), to_samples(pair[1], net.n_outputs, "Y"))
             for part, mark, *pair in _list_parts(X, Y, held)]
    x = np.concatenate([part[2] for part in parts])
    along = np.linspace(x.min(), x.max(), 200)
    answers = net.predict(along).reshape(-1, net.n_outputs)
    for k in range(net.n_outputs):
        named = len(known.targets) == net.n_outputs
        of = f" {known.targets[k] if named else k + 1}" if net.n_outputs > 1 else ""
        colour = COLOURS[k % len(COLOURS)]
        for j, (part, mark, at, y) in enumerate(parts):
            panel.plot(at[:, 0], y[:, k], mark, color=COLOURS[j] if net.n_outputs == 1 else colour, markersize=4,
                       alpha=0.5, label=f"{part}{of}")
        panel.plot(along, answers[:, k], color="black" if net.n_outputs == 1 else colour, label=f"network{of}")
    _place_legend(panel, 2 * net.n_outputs)
    panel.set(title="What was learned", xlabel=known.columns[0],
              ylabel=known.targets[0] if net.n_outputs == 1 and known.targets else "target and answer")


def _draw_answers(panel: "Axes", net: Module, X: Any, Y: Any, held: Any = None) -> None:
    import numpy as np

    known, drawn = net.data_preparation.targets, []
    for j, (part, mark, *pair) in enumerate(_list_parts(X, Y, held)):
        y = np.asarray(pair[1], dtype=float).reshape(len(pair[0]), -1)
        answers, count = net.predict(pair[0]).reshape(y.shape), y.shape[1]
        for k in range(count):
            name = known[k] if len(known) == count else f"y{k + 1}"
            colour = _choose_colour(k, count) if count > 1 else COLOURS[j]
            label = name if held is None else f"{name} ({part})" if count == 1 else name if j == 0 else None
            panel.plot(y[:, k], answers[:, k], mark, color=colour, markersize=4, alpha=0.7, label=label)
        if held is not None and count > 1:
            panel.plot([], [], mark, color="#888888", markersize=4, label=part)
        drawn += [y, answers]
    both = [min(part.min() for part in drawn), max(part.max() for part in drawn)]
    panel.plot(both, both, color="#888888", linewidth=1, label="answer = target")
    _place_legend(panel, count)
    panel.set(title="What was learned", xlabel="target", ylabel="answer of the network")


def _draw_confusion(panel: "Axes", net: Module, X: Any, Y: Any, part: str) -> None:
    import numpy as np

    inputs, true = _name_classes(net, X, Y)
    found = class_names(net.classify(inputs))
    names = list(dict.fromkeys([*net.data_preparation.classes, *sorted({*true, *found})]))
    counts = metrics.confusion_matrix(true, found, names)
    panel.imshow(counts, cmap="Blues")
    panel.grid(visible=False)
    for t, f in np.ndindex(*counts.shape):
        if counts[t, f]:
            panel.text(f, t, f"{counts[t, f]:.0f}", ha="center", va="center", fontsize="small",
                       color="white" if counts[t, f] > counts.max() / 2 else "black")
    panel.set(title=f"What was learned ({part} samples)", xlabel="class answered", ylabel="class of the sample",
              xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)
    panel.tick_params("x", labelrotation=90 if sum(map(len, names)) > _WIDE else 0)


def _list_parts(X: Any, Y: Any, held: Any) -> list[tuple[Any, ...]]:
    """Of one part, or of training and validation: what the samples are called, their mark, X and Y."""
    if held is None:
        return [("samples", _MARKS[0], X, Y)]
    return [("training", _MARKS[0], X, Y), ("validation", _MARKS[1], *held)]


def _name_classes(net: Module, X: Any, Y: Any) -> tuple["Array", list[str]]:
    """The inputs, and the class of each sample as text, of names, numbers, or a column for each class."""
    inputs, classes = to_samples(X, net.n_inputs, "X"), read_classes(net, Y)
    if len(classes) != len(inputs):
        raise ValueError(f"X and Y must have as many rows, and have {len(inputs)} and {len(classes)}")
    return inputs, classes


def _number_epochs(history: History) -> list[int]:
    return [epoch.number for epoch in history.epochs]


def _place_legend(panel: "Axes", count: int) -> None:
    """Beside the panel where it has so many entries that it would hide what is drawn."""
    if count > _MANY:
        panel.legend(loc="center left", bbox_to_anchor=(1, 0.5), ncols=-(-count // 20))
    else:
        panel.legend(loc="best")


def _count_epochs(panel: "Axes", history: History) -> None:
    """Whole numbers of epochs alone on the axis, also where there is one epoch."""
    from matplotlib.ticker import MaxNLocator

    if len(history.epochs) == 1:
        panel.set_xlim(history.epochs[0].number - 1, history.epochs[0].number + 1)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _mark_few(history: History) -> dict[str, Any]:
    """Points where the curve has so few that a line alone would not be seen."""
    return {"marker": "o", "markersize": 4} if len(history.epochs) <= _MANY else {}


def _cut(numbers: Sequence[float]) -> list[float]:
    """Without those of a run that diverged which no axis can show beside the others."""
    least = min((number for number in numbers if number > 0), default=1.0)
    return [number if number <= max(least, 1.0) * _SPAN else float("nan") for number in numbers]


def _choose_colour(k: int, count: int) -> Any:
    """The colour of one of ``count`` things; more than the palette has are told apart by hue."""
    if count <= len(COLOURS):
        return COLOURS[k]
    from matplotlib import colormaps

    return colormaps["tab20"](k) if count <= 20 else colormaps["hsv"](k / count)


def _set_logarithmic(panel: "Axes", numbers: Sequence[float]) -> None:
    """A logarithmic axis, on which a cost that falls by a factor an epoch is a straight line; where none is 0."""
    numbers = [number for number in _cut(numbers) if isfinite(number)]
    if numbers and min(numbers) > 0:
        panel.set_yscale("log")
