"""The base class of neurons, layers and networks: parameters, and predictions for arrays of samples."""

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
"""The probability at which two classes are equally likely."""


class Module:
    """The base class of everything that has parameters.

    Attributes:
        preparation: the scales and names of the data that it was trained on; None if there are none.

    >>> isinstance(Neuron(2), Module)
    True
    """

    preparation: Preparation | None = None

    def parameters(self) -> list[Value]:
        """All weights and biases, in a fixed order."""
        raise NotImplementedError

    def weights_alone(self) -> list[Value]:
        """All weights without the biases, in the order of ``parameters``. A penalty acts on these."""
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
        """``preparation``; if it is None, one that changes nothing."""
        return self.preparation or Preparation.none(self.n_inputs)

    def zero_grad(self) -> None:
        """Set every parameter's gradient to zero."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def predict(self, X: Any) -> "Samples":
        """The outputs for N samples, in the units of the training targets.

        Args:
            X: (N, n_inputs), or (N,) for one input. It is scaled as in training.

        Returns:
            An array (N, n_outputs).

        Raises:
            ValueError, TypeError: X has the wrong shape or holds something other than finite numbers; says in which
                row. OverflowError: a number does not fit a float.

        >>> from nn import Neuron
        >>> neuron = Neuron(1, "identity")
        >>> neuron.weights[0].data = 2.0
        >>> neuron.predict([1.0, 2.5]).tolist()
        [[2.0], [5.0]]
        """
        known = self.data_preparation
        return known.restore([[a.data for a in self.outputs(x)[1]] for x in known.inputs(X)])

    def classify(self, X: Any) -> "NDArray[Any]":
        """The most probable class of each sample, (N,): its name, or an int if all classes are whole numbers.

        With several outputs it is the class of the largest one. A single output is the probability of class
        ``preparation.of_class``, the second by default; that class is chosen if it exceeds ½. Arguments and errors are
        those of ``predict``.

        >>> from nn import Neuron
        >>> neuron = Neuron(1, "sigmoid")
        >>> neuron.weights[0].data = 2.0
        >>> neuron.classify([-1.0, 1.0]).tolist()
        [0, 1]
        """
        import numpy as np

        found, known = self.predict(X), self.data_preparation
        numbers = (np.where(found[:, 0] > EVEN, known.of_class, 1 - known.of_class) if found.shape[1] == 1
                   else found.argmax(axis=1))
        if not known.classes:
            return numbers
        whole = all(re.fullmatch(r"-?(0|[1-9]\d{0,15})", name) for name in known.classes)
        return np.array([int(name) if whole else name for name in known.classes])[numbers]
