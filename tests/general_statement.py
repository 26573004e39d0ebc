"""The general statement in neutral letters, as numbers: what every lecture is held to."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.derivations import Conventions
from nn.derivations.general import derive
from nn.derivations.neutral import Neutral, Problem


def by_general_statement(problem: Problem, conventions: Conventions) -> Neutral:
    """Every quantity of a problem, computed by the lines of ``nn.derivations.general``; shapes are those of ``Neutral``."""
    depth, count = len(problem.weights), len(problem.inputs)
    layers, samples = range(1, depth + 1), range(1, count + 1)
    found = derive(problem, conventions)

    def rows(letter: str, over: Iterable[int]) -> dict[int, Any]:
        return {l: [found.value(letter, l, i).ravel() for i in samples] for l in over}

    def by_layer(letter: str, over: Iterable[int]) -> dict[int, Any]:
        return {l: found.value(letter, l) for l in over}

    post = rows("h", range(depth + 1))  # in the order in which lines need each other, so that recursion stays shallow
    delta = rows("delta", reversed(layers))
    biases = layers if problem.biases else ()
    return Neutral(
        float(np.squeeze(found.value("C"))), rows("u", layers), post, delta, by_layer("dW", layers),
        {l: row.ravel() for l, row in by_layer("db", biases).items()}, by_layer("W_new", layers),
        {l: row.ravel() for l, row in by_layer("b_new", biases).items()},
    )
