"""Lists of arrays in another order than that of the layers, such as from the output back: told by their shapes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from .layouts import ORDERS, to_returned
from .trials import Trial


def find_orders(trials: Sequence[Trial]) -> tuple[str, str] | None:
    """The orders of dW and db with which all shapes of a layout are right; None if they are so, or in no order."""
    if not trials or trials[0].depth < 2 or not trials[0].penalty[0]:
        return None
    for trial, of_weights, of_biases in product(trials, ORDERS, ORDERS):
        if (of_weights or of_biases) and not any(reorder(trial, (of_weights, of_biases)).penalty[:2]):
            return of_weights, of_biases
    return None


def reorder(trial: Trial, orders: tuple[str, str]) -> Trial:
    """The trial with its lists in the order of the layers."""
    of_weights, of_biases = (ORDERS[order] for order in orders)
    given = []
    for net, one in zip(trial.nets, trial.given, strict=True):
        turned = of_weights(list(one.raw_W)), of_biases(list(one.raw_b))
        given.append(replace(to_returned(trial.layout, net, turned), single=one.single))
    return replace(trial, given=tuple(given))
