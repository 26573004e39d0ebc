"""What a cost takes for targets: the classes in them, and whether they are probabilities."""

from math import fsum
from typing import Any

from ..costs import Cost
from ..data.preparation import classes_in, holds_names, is_one_column
from ..ground import late_numpy as np
from ..ground.arrays import Samples
from .module import Module


def find_classes(cost: Cost, net: Module, Y: Any, of: str) -> tuple[str, ...]:
    """The classes in Y, or those of the network if they include these; none for numbers and probabilities.

    Args:
        of: the name of Y in messages.

    Raises:
        ValueError: Y is not what the cost takes.
    """
    known = net.data_preparation.classes
    if not is_one_column(Y):
        return known if cost.targets == "classes" and len(known) == net.n_outputs else ()
    if cost.targets == "numbers":
        if holds_names(Y):
            raise ValueError(f"{cost.name or 'the cost'} compares numbers, but {of} holds names; use "
                             "softmax_cross_entropy, with an output for each class")
        return ()
    found, n_outputs = classes_in(Y), net.n_outputs
    classes = known if set(found) <= set(known) else found
    if cost.targets == "probabilities":
        if holds_names(Y) and (len(classes) != 2 or n_outputs != 1):
            raise ValueError(f"{cost.name} takes two classes and one output; {of} has {len(classes)} "
                             f"({', '.join(classes[:5])}), and the network has {n_outputs} outputs")
        return classes if holds_names(Y) or (set(found) == {"0", "1"} and n_outputs == 1) else ()
    if not holds_names(Y) and any(float(name) % 1 for name in classes):
        raise ValueError(f"{of} holds numbers that are not whole, but {cost.name} takes classes; use "
                         "half_squared_error, or name the classes")
    if len(classes) < 2:
        raise ValueError(f"all samples in {of} are of one class, {classes[0]}; a classifier needs two or more")
    if len(classes) != n_outputs or n_outputs == 1:
        raise ValueError(f"{of} has {len(classes)} classes ({', '.join(classes[:5])}"
                         f"{', …' * (len(classes) > 5)}) and the network has {n_outputs} "
                         f"output{'s' * (n_outputs > 1)}; make it with {len(classes)}")
    return classes


def check_targets(cost: Cost, targets: "Samples", of: str) -> None:
    """Raise ValueError for targets that are no probabilities, where the cost takes such; says in which row.

    Args:
        of: a suffix for the name of Y in messages.
    """
    if cost.targets == "numbers":
        return
    outside = np.any((targets < 0) | (targets > 1), axis=1)
    astray = outside | (np.abs(targets.sum(axis=1) - 1) > 1e-9) if cost.targets == "classes" else outside
    if not astray.any():
        return
    i = int(astray.argmax())
    row = targets[i].tolist()
    if outside[i]:
        raise ValueError(f"the targets of {cost.name} must be probabilities, such as 0 and 1, and row {i + 1} of Y{of} "
                         f"has {next(t for t in row if not 0 <= t <= 1):g}")
    raise ValueError(f"the targets of {cost.name} must add up to 1 in each row, 1 for the class of the sample and 0 "
                     f"for the others; row {i + 1} of Y{of} adds up to {fsum(row):g}")
