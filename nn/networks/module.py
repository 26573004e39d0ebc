"""The base class of neurons, layers and networks: parameters, the way forward, predictions for arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any, Protocol, Self, cast, final, overload

from autograd_lite import Value
from autograd_lite.internal import quote

from ..ground import late_numpy as np
from ..ground.arrays import Entries, Samples
from ..ground.lifting import compute_outputs
from ..ground.suggest import refuse_attribute, refuse_other_words

if TYPE_CHECKING:
    from ..data.preparation import Preparation

Number = Value | float
EVEN = 0.5
"""The probability at which two classes are equally likely."""
_FROM_FORWARD = ("__call__", "outputs", "pre")
"""Methods that only read what ``forward`` returns, so that overriding it changes everything, training too.

``pre`` is no method any more; a class that was written for it would train without it.
"""


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """The nodes of one forward pass, by layer.

    Attributes:
        pre: layer l = 1..L -> the nodes zⱼ⁽ˡ⁾.
        post: layer l = 0..L -> the nodes aⱼ⁽ˡ⁾; ``post[0]`` is the input as given.
    """

    pre: dict[int, list[Value]]
    post: dict[int, list[Number]]

    @property
    def output(self) -> list[Value]:
        """The post-activations of the last layer."""
        return cast("list[Value]", self.post[max(self.post)])


class _Unit(Protocol):
    def forward(self, x: Sequence[Number]) -> tuple[Value, Value]: ...


class _Units(Protocol):
    def forward(self, x: Sequence[Number]) -> tuple[Sequence[Value], Sequence[Value]]: ...


class Module:
    """The base class of everything that has parameters.

    ``forward`` is the one way forward: calls, ``outputs``, ``predict``, ``classify`` and ``fit`` go through it. A class
    of one's own defines it, ``parameters``, ``weights_alone``, ``n_inputs``, ``n_outputs`` and ``output_activation``,
    or derives from ``Neuron``, ``Layer`` or ``MLP`` and overrides it.

    Attributes:
        preparation: the scales and names of the data that it was trained on; None if there are none.

    Raises:
        TypeError: a subclass overrides a method that only reads what ``forward`` returns.

    >>> class Doubled(Neuron):
    ...     def forward(self, x):
    ...         z, a = super().forward(x)
    ...         return z, 2 * a
    >>> neuron = Doubled(1, "identity")
    >>> neuron.weights[0].data = 3.0
    >>> neuron([1.0]).data, neuron.predict([1.0]).tolist()
    (6.0, [[6.0]])
    """

    preparation: "Preparation | None" = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in _FROM_FORWARD:
            if getattr(cls, name, None) is not getattr(Module, name, None):
                raise TypeError(f"{cls.__name__} overrides {name}, which training and predictions would not use: "
                                "override forward(x), which returns the pair (z, a) of the output nodes, or a "
                                "ForwardPass")

    def __new__(cls, *_: Any, **given: Any) -> Self:
        refuse_other_words("network", cls.__name__, given, signature(cls.__init__).parameters)
        return super().__new__(cls)

    if not TYPE_CHECKING:  # a type checker knows the attributes

        def __getattr__(self, name: str) -> Any:
            """Called for an attribute that does not exist."""
            return refuse_attribute("network", self, name)

    def parameters(self) -> list[Value]:
        """All weights and biases, in a fixed order. One that is used in several places is listed once."""
        raise NotImplementedError

    def weights_alone(self) -> list[Value]:
        """All weights without the biases, in the order of ``parameters``. A penalty acts on these."""
        raise NotImplementedError

    def forward(
        self, x: Sequence[Number]
    ) -> tuple[Value, Value] | tuple[Sequence[Value], Sequence[Value]] | ForwardPass:
        """The nodes of a forward pass for one sample of n_inputs numbers or Values.

        Returns:
            A pair (z, a): the pre-activations and the activations of the output units, two sequences of equal length
            or, for one unit, two Values. Or a ``ForwardPass``, whose last layer is the output.
        """
        raise NotImplementedError

    @final
    def outputs(self, x: Sequence[Number]) -> tuple[list[Value], list[Value]]:
        """The nodes z and a of the output units for one sample, as ``forward`` gives them.

        Raises:
            TypeError: ``forward`` of a class of one's own returns something else; says what it should return.
        """
        return self._read_units(self.forward(x))

    @overload
    def __call__(self: _Unit, x: Sequence[Number]) -> Value: ...
    @overload
    def __call__(self: _Units, x: Sequence[Number]) -> list[Value]: ...
    @overload
    def __call__(self, x: Sequence[Number]) -> Value | list[Value]: ...

    @final
    def __call__(self, x: Sequence[Number]) -> Value | list[Value]:
        found = self.forward(x)
        _, a = self._read_units(found)
        if isinstance(found, ForwardPass):
            return a[0] if len(a) == 1 else a
        return found[1] if isinstance(found[1], Value) else a

    def _read_units(self, found: Any) -> tuple[list[Value], list[Value]]:
        """The nodes z and a of the output units in what ``forward`` returned."""
        z, a = ((found.pre[max(found.pre)], found.output) if isinstance(found, ForwardPass) else
                found if isinstance(found, tuple) and len(found) == 2 else (None, None))
        if isinstance(z, Value) and isinstance(a, Value):  # one unit, the usual case of a layer
            return [z], [a]
        if not (isinstance(z, Sequence) and isinstance(a, Sequence) and len(z) == len(a)
                and all(isinstance(node, Value) for node in (*z, *a))):
            raise TypeError(f"forward of {type(self).__name__} must return the pair (z, a) of its output nodes, two "
                            f"Values or two sequences of equally many, or a ForwardPass, not {quote(found)}")
        return list(z), list(a)

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
    def data_preparation(self) -> "Preparation":
        """``preparation``; if it is None, one that changes nothing."""
        from ..data.preparation import Preparation

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
            An array (N, n_outputs); (N,) for one output if the targets of the training were (N,). A network that was
            never trained gives (N, n_outputs).

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
        inputs = known.inputs(X)
        found = compute_outputs(self, inputs)
        if found is None:
            return known.restore([[a.data for a in self.outputs(x)[1]] for x in inputs.tolist()])
        return known.restore(found)

    def classify(self, X: Any) -> "Entries":
        """The most probable class of each sample, of the kind and shape of the targets of the training.

        It is (N, 1) for classes in targets (N, 1), and (N,) otherwise. A network that was never trained gives the
        numbers 0, 1, … of the outputs. With several outputs it is the class of the largest one. A single output is the
        probability of class ``preparation.of_class``, the second by default; that class is chosen if it exceeds ½.
        Arguments and errors are those of ``predict``.

        >>> from nn import Neuron
        >>> neuron = Neuron(1, "sigmoid")
        >>> neuron.weights[0].data = 2.0
        >>> neuron.classify([-1.0, 1.0]).tolist()
        [0, 1]
        """
        known = self.data_preparation
        found = self.predict(X).reshape(-1, self.n_outputs)
        numbers = (np.where(found[:, 0] > EVEN, known.of_class, 1 - known.of_class) if found.shape[1] == 1
                   else found.argmax(axis=1))
        return known.restore_classes(numbers)


def list_once(values: Iterable[Value]) -> list[Value]:
    """Each Value once, where it comes first. A shared weight has one gradient, and is penalised once."""
    return list({id(value): value for value in values}.values())
