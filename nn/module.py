"""What neurons, layers and networks have in common: parameters, and answers for whole arrays of samples."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite import Value

from .data.preparation import Preparation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .arrays import Samples

Number = Value | float
EVEN = 0.5
"""Where the probability of a class is that of the other."""


class Module:
    """What has parameters.

    Attributes:
        preparation: how the data that it was trained on was scaled and named; None if it was not.
    """

    preparation: Preparation | None = None

    def parameters(self) -> list[Value]:
        """All weights and biases, in a fixed order."""
        raise NotImplementedError

    def weights_alone(self) -> list[Value]:
        """All weights without the biases, in the order of ``parameters``: what a penalty is put on."""
        raise NotImplementedError

    def outputs(self, x: Sequence[Number]) -> tuple[list[Value], list[Value]]:
        """The nodes z and a of the output units for one sample."""
        raise NotImplementedError

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        raise NotImplementedError

    @property
    def n_outputs(self) -> int:
        """The number of output units."""
        raise NotImplementedError

    @property
    def output_activation(self) -> str:
        """The name of the activation function of the output units."""
        raise NotImplementedError

    @property
    def data_preparation(self) -> Preparation:
        """``preparation``, or the one that leaves numbers as they are."""
        return self.preparation or Preparation.none(self.n_inputs)

    def zero_grad(self) -> None:
        """Set every parameter's gradient to zero."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def predict(self, X: Any) -> "Samples":
        """The outputs for the samples X, in the units of the targets that it was trained on.

        Args:
            X: (N, n_inputs), or (N,) where there is one input. Scaled here as in training, if it was scaled there.

        Returns:
            An array (N, n_L).

        Raises:
            ValueError, TypeError: X is not that; says in which row. OverflowError: a number does not fit a float.
        """
        known = self.data_preparation
        return known.restore([[a.data for a in self.outputs(x)[1]] for x in known.inputs(X)])

    def classify(self, X: Any) -> "NDArray[Any]":
        """The most probable class of each sample: its name, or an int where the classes are whole numbers.

        Several outputs are the classes' probabilities, or grow with them, so the largest wins. A single output is a
        probability, of the second class unless ``preparation`` says of the first: above ½ it is that class. Arguments
        and errors as for ``predict``.
        """
        import numpy as np

        found, known = self.predict(X), self.data_preparation
        numbers = (np.where(found[:, 0] > EVEN, known.of_class, 1 - known.of_class) if found.shape[1] == 1
                   else found.argmax(axis=1))
        if not known.classes:
            return numbers
        whole = all(re.fullmatch(r"-?(0|[1-9]\d{0,15})", name) for name in known.classes)
        return np.array([int(name) if whole else name for name in known.classes])[numbers]
