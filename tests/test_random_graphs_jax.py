"""Random graphs once more, differentiated by JAX: the table's values read by jax.numpy, gradients by jax.grad."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from graphs import Graph, graphs, magnitudes
from hypothesis import given, settings
from rows import ROWS, complete_reading, partials_at, points

from autograd_lite import OPERATIONS, Value, grad, topological_order
from autograd_lite.operations import group_operands
from autograd_lite.readings import compile_row
from autograd_lite.words import WORDS

pytestmark = pytest.mark.exhaustive

jax = pytest.importorskip("jax", reason="the extra `jax` is not installed")
jnp = pytest.importorskip("jax.numpy", reason="as above")
jax.config.update("jax_enable_x64", True)

# On a tie, maximum and absolute go on to the right, both of them: then sigmoid and softplus, which are smooth but
# written with these words, come out smooth.
JAX = complete_reading(
    {
        **{name: getattr(jnp, word.numpy) for name, word in WORDS.items()},
        "absolute": lambda a: jnp.where(a < 0, -a, a), "maximum": lambda a, b: jnp.where(a >= b, a, b),
        "minimum": lambda a, b: jnp.where(a < b, a, b), "where": jnp.where, "is_equal": jnp.equal,
        "total": lambda terms: jnp.sum(jnp.stack(terms)), "largest": lambda terms: jnp.max(jnp.stack(terms)),
    },
    conditional=False, float_literals=False,
)
VALUES: dict[str, Callable[..., Any]] = {name: compile_row(name, JAX).value for name in ROWS}

# XLA has elementary functions of its own, right to a few roundings, which moves the points that later partials are
# taken at; near a zero of a partial that is far more than the rounding of the partial.
TOLERANCE = 1e-10


def as_function(order: Sequence[Value], leaves: Sequence[Value]) -> Callable[..., Any]:
    """What was recorded, as a function of its leaves."""

    def function(*numbers: Any) -> Any:
        found = dict(zip(leaves, numbers, strict=True))
        for node in order:
            if node.operation:
                operands = [found[v] if isinstance(v, Value) else jnp.asarray(v) for v in node.operands]
                found[node] = VALUES[node.operation](*group_operands(OPERATIONS[node.operation], operands))
        return found[order[-1]]

    return function


@settings(deadline=None, derandomize=True, max_examples=60)
@given(graphs())
def test_values_and_gradients_are_those_of_jax(graph: Graph) -> None:
    leaves, y = graph.record()
    function = as_function(topological_order(y), leaves)
    value, gradients = jax.value_and_grad(function, argnums=tuple(range(len(leaves))))(*graph.leaves)
    added = magnitudes(y)
    assert abs(float(value) - y.data) <= TOLERANCE * sum(abs(v.data) for v in topological_order(y))
    for leaf, found, expected in zip(leaves, grad(y, leaves), gradients, strict=True):
        assert abs(found - float(expected)) <= TOLERANCE * added[leaf], leaf


@pytest.mark.parametrize("name", ROWS)
def test_partials_are_those_of_jax(name: str) -> None:
    row = OPERATIONS[name]
    for point in points(name, count=5, seed=6):
        found = partials_at(name, point)
        expected = jax.grad(lambda *flat: jnp.asarray(VALUES[name](*group_operands(row, flat)), float), argnums=tuple(range(len(found))))(*point)
        for ours, theirs in zip(found, expected, strict=True):
            # one operation: a few roundings of the partial's own terms, of which 1 is the largest in 1 − y
            assert abs(ours - float(theirs)) <= 1e-14 * max(1, abs(ours)), point


def test_numbers_are_doubles() -> None:
    assert jnp.asarray(1.0).dtype == jnp.float64
