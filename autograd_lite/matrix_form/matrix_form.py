"""``matrix_form``: the matrix program of a recorded cost."""

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from ..quoting import quote
from ..traversal import leaves_and_computed
from .batch import find_sample, split_penalty
from .checks import check_graph, check_leaves, list_computed
from .explain import Explainer, Explanation
from .flatten import SAMPLE, Flattened
from .in_jax import run_in_jax
from .module_source import ModuleSource
from .numpy_source import FORMS, ROWS
from .program import MEAN, REDUCTIONS, Program
from .replay import Recorded, Replay
from .runner import Runner

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ..value import Value


class MatrixForm:
    """A matrix program; ``matrix_form`` makes it.

    Attributes:
        parameters: the Values that θ stands for, in order.
        samples: the Values that the columns of the data stand for, in order.
        data: the numbers of a recorded batch, a row a sample; None if one sample was recorded.
        recorded: the graph of one sample: its cost, its penalty and what else was handed to ``matrix_form``.
    """

    def __init__(self, flat: Flattened, recorded: Recorded, data: Sequence[Sequence[float]] | None = None) -> None:
        self.data = data
        self.parameters, self.samples = recorded.parameters, recorded.samples
        self._flat, self.recorded = flat, recorded
        self._replay = Replay(recorded, flat.of_node)
        self._lock = RLock()  # the buffers serve one call at a time
        self._given: tuple[Any, ...] = ()  # θ and the data of a call that met what is not finite

    @cached_property
    def runner(self) -> Runner:
        """What runs the program; it is made at its first use."""
        return Runner(Program(self._flat, self.recorded, to_run=True), len(self.parameters))

    @cached_property
    def source(self) -> str:
        """The program as NumPy, which runs as it stands: ``program(theta, data)`` returns C and ∂C/∂Θ.

        >>> w, b, x, y = Value(2.0, "w"), Value(0.5, "b"), Value(0.0, "x"), Value(0.0, "y")
        >>> form = matrix_form((w * x + b - y)**2, [w, b], samples=[x, y])
        >>> print(form.source[form.source.index("    # forward"):])
            # forward
            Z1 = X @ W.T + b
            C = np.mean((Z1 - Y)**2)
        <BLANKLINE>
            # backward
            D1 = 2 * (Z1 - Y)
            dW = D1.T @ X / N
            db = np.sum(D1, axis=0) / N
            dtheta = np.concatenate([dW.ravel(), db])
            return C, dtheta
        <BLANKLINE>
        """
        return self.write_source()

    def write_source(self, form: str = ROWS) -> str:
        """The program as NumPy, with a sample in each row of its arrays, or in each column: "rows" or "columns".

        Raises:
            ValueError: ``form`` is neither.
        """
        return self._write(form).write()

    def to_jax(self) -> Callable[[Any, Any], tuple[Any, Any]]:
        """The program as a pure function of JAX arrays: ``program(theta, data)`` returns C and ∂C/∂Θ.

        It can be jitted, mapped, sharded over devices and differentiated again. JAX is told to use 64 bits.

        Raises:
            ImportError: JAX is not installed; says how to get it.
        """
        return run_in_jax(self.source)

    def explain(self, form: str = ROWS) -> list[Explanation]:
        """Every line of the program, with the scalar nodes that became it and the reason why it is what it is.

        Arguments and errors are those of ``write_source``.

        >>> w, x, y = Value(2.0, "w"), Value(0.0, "x"), Value(0.0, "y")
        >>> for line in matrix_form((w * x - y)**2, [w], samples=[x, y]).explain():
        ...     print(line.line, [node.label or node.operation for node in line.nodes])
        C = np.mean((w * X - Y)**2) ['mul', 'sub', 'power']
        dw = np.sum(2 * (w * X - Y) * X, axis=0) / N ['w']
        """
        return Explainer(self._write(form)).explain()

    def _write(self, form: str) -> ModuleSource:
        if form not in FORMS:
            raise ValueError(f"the form of a program is rows or columns, not {quote(form)}")
        return ModuleSource(self._readable, form, len(self.parameters))

    @cached_property
    def _readable(self) -> Program:
        return Program(self._flat, self.recorded, to_run=False)

    def value(self, theta: "ArrayLike", data: "ArrayLike") -> float:
        """C: the forward half.

        Args:
            theta: Θ, a number for each parameter.
            data: (N, number of leaves in ``samples``), a sample a row, for any N ≥ 1.

        Raises:
            ValueError: a shape is wrong.
            ValueError, ArithmeticError: a number does not exist; names the node, as the scalar graph does.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> matrix_form((w * x)**2, [w], samples=[x]).value([2.0], [[1.0], [3.0]])
        20.0
        """
        with self._lock:
            found = self._run("value", theta, data)
            return float(self._find_by_scalars()[0] if found is None else found)

    def value_and_gradient(self, theta: "ArrayLike", data: "ArrayLike",
                           out: "NDArray[Any] | None" = None) -> tuple[float, "NDArray[Any]"]:
        """C and ∂C/∂Θ, in the order of ``parameters``. Arguments and errors are those of ``value``.

        Args:
            out: an array of the shape of Θ that the gradient is written into; a new one if it is None.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> form = matrix_form((w * x)**2, [w], samples=[x], over="sum")
        >>> form.value_and_gradient(form.load(), [[1.0], [3.0]])
        (40.0, array([40.]))
        """
        with self._lock:
            found = self._run("gradient", theta, data)
            gradient = self.runner.gradient
            if found is None:
                found, gradient[:] = self._find_by_scalars()
            if out is None:
                return found, gradient.copy()
            out[:] = gradient
            return found, out

    def outputs(self, theta: "ArrayLike", data: "ArrayLike") -> "NDArray[Any]":
        """The numbers of the nodes ``outputs``, (N, number of outputs). Arguments and errors are those of ``value``.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> y = w * x
        >>> matrix_form(y**2, [w], samples=[x], outputs=[y]).outputs([2.0], [[1.0], [3.0]]).tolist()
        [[2.0], [6.0]]
        """
        if not self.recorded.outputs:
            raise ValueError("this program has no outputs: name them in matrix_form(…, outputs=[…])")
        with self._lock:
            found = self._run("outputs", theta, data)
            array: NDArray[Any] = self.runner.np.array(
                self._replay.find_outputs(*(given.tolist() for given in self._given)) if found is None else found)
            return array

    def _run(self, what: str, theta: "ArrayLike", data: "ArrayLike") -> Any:
        """Run a part of the program; None where a number is not finite."""
        runner, np = self.runner, self.runner.np
        given, rows = np.asarray(theta, float), np.asarray(data, float)
        if given.shape != runner.theta.shape:
            raise ValueError(f"theta must have the shape ({len(self.parameters)},), a number for each parameter, "
                             f"not {given.shape}")
        if rows.ndim != 2 or rows.shape[1] != len(self.samples) or not len(rows):
            raise ValueError(f"data must have the shape (N, {len(self.samples)}), a row for each of N ≥ 1 samples "
                             f"and a column for each leaf in samples, not {rows.shape}")
        np.copyto(runner.theta, given)
        with np.errstate(all="ignore"):
            found = runner.run(what, rows)
        if found is None:
            self._given = runner.theta, rows
        return found

    def _find_by_scalars(self) -> tuple[float, tuple[float, ...]]:
        """C and its gradient by the scalar graph, or the error that names the node."""
        return self._replay.find_cost(*(array.tolist() for array in self._given))

    def attempt(self, what: str, theta: "ArrayLike", data: "ArrayLike", out: "NDArray[Any] | None" = None) -> Any:
        """What "value", "gradient" or "outputs" gives, for a caller that has a scalar graph of its own.

        Args:
            out: for "gradient", the array that the gradient is written into.

        Returns:
            C, or the outputs; None where a number is not finite.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> matrix_form(1 / (w * x + 1), [w], samples=[x]).attempt("value", [2.0], [[-0.5]]) is None
        True
        """
        with self._lock:
            found = self._run(what, theta, data)
            if found is not None and out is not None:
                out[:] = self.runner.gradient
            return found.copy() if found is not None and what == "outputs" else found

    def load(self, parameters: Sequence["Value"] | None = None) -> "NDArray[Any]":
        """Θ: the numbers that these parameters hold; those of the program by default.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> matrix_form((w * x)**2, [w], samples=[x]).load()
        array([2.])
        """
        import numpy as np

        return np.array([parameter.data for parameter in parameters or self.parameters])

    def store(self, theta: "ArrayLike", parameters: Sequence["Value"] | None = None) -> None:
        """Set these parameters, those of the program by default, to the numbers of Θ.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> matrix_form((w * x)**2, [w], samples=[x]).store([5.0])
        >>> w.data
        5.0
        """
        import numpy as np

        for parameter, number in zip(parameters or self.parameters, np.asarray(theta, float).tolist(), strict=True):
            parameter.data = number


def matrix_form(cost: "Value", parameters: Sequence["Value"], samples: Sequence["Value"] | None = None,
                penalty: "Value | None" = None, *, outputs: Sequence["Value"] = (), over: str = MEAN) -> MatrixForm:
    """The matrix program that computes a cost and its gradient for any number of samples.

    It is found in the recorded graph of ONE sample: nodes of equal operation, depth and kind of operands become one
    operation on arrays, and sums of products with the same inputs a matrix product. What has no such structure runs as
    well, operation by operation.

    Args:
        cost: ℓ, the cost of one sample.
        parameters: the leaves Θ that the gradient is taken of.
        samples: the leaves that differ from sample to sample, inputs and targets. Other leaves are numbers. Without it
            ``cost`` is that of a recorded batch: the structure that its samples share is lifted, and ``data`` of the
            result holds the numbers in which they differ.
        penalty: a node that depends on parameters alone; it is added once.
        outputs: nodes whose numbers for each sample ``MatrixForm.outputs`` gives, such as predictions.
        over: how the costs of N samples become C: "mean" (1/N Σ ℓ), "sum" (Σ ℓ) or "root" (√Σ ℓ).

    Raises:
        TypeError: an argument is no Value, or no sequence of them.
        ValueError: a parameter or a sample is computed or given twice; the penalty depends on the sample; the graph
            holds derivatives, or was recorded after a comparison of its nodes, so that it holds one side of an ``if``;
            the samples of a batch differ in structure, which two and in what.

    >>> w, b, x, y = Value(2.0, "w"), Value(0.5, "b"), Value(0.0, "x"), Value(0.0, "y")
    >>> form = matrix_form((w * x + b - y)**2, [w, b], samples=[x, y])
    >>> C, gradient = form.value_and_gradient([2.0, 0.5], [[1.0, 2.0], [3.0, 6.0]])
    >>> C, gradient.tolist()
    (0.25, [2.0, 1.0])
    """
    if hasattr(parameters, "partials_as_nodes") or hasattr(samples, "partials_as_nodes"):
        raise TypeError("matrix_form takes sequences of parameters and samples: write [w], [x]")
    batch = None
    if samples is None:
        if penalty is not None or outputs or over != MEAN:
            raise ValueError("penalty, outputs and over go with samples, the leaves of one sample; the cost of a batch "
                             "holds its penalty and its reduction")
        check_leaves(parameters, ())
        leaves, computed = leaves_and_computed(cost)
        check_graph(computed, list({*leaves}.difference(parameters)), parameters)
        batch = find_sample(cost, list(parameters))
        cost, penalty, over, samples = batch.cost, batch.penalty, batch.over, batch.samples
    parameters, samples, outputs = list(parameters), list(samples), list(outputs)
    check_leaves(parameters, samples)
    if penalty is None and over == MEAN:
        cost, penalty = split_penalty(cost, parameters)
    if over not in REDUCTIONS:
        raise ValueError(f"over must be one of {', '.join(REDUCTIONS)}, not {quote(over)}")
    roots = [cost, *([] if penalty is None else [penalty]), *outputs]
    computed = list_computed(roots)
    flat = Flattened(computed, roots, parameters, samples)
    check_graph(computed, flat.fixed, [*parameters, *samples])
    if penalty is not None and flat.tell_kind(flat.find(penalty)) == SAMPLE:
        raise ValueError("the penalty depends on a leaf in samples, so it belongs to the cost of a sample: add it to "
                         "cost instead")
    recorded = Recorded(cost, penalty, tuple(outputs), tuple(parameters), tuple(samples), over)
    return MatrixForm(flat, recorded, None if batch is None else batch.data)
