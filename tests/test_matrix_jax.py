"""The matrix program in JAX: the same numbers, its own derivative, the Hessian, and eight simulated devices."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from matrix_cases import CLOSE, Case, cases, softmax_cases

from autograd_lite import Value, grad, matrix_form, topological_order
from nn import MLP
from nn.costs import half_squared_error

pytestmark = pytest.mark.exhaustive

jax = pytest.importorskip("jax", reason="the extra `jax` is not installed")
EXAMPLE = Path(__file__).parent.parent / "examples" / "data_parallel.py"
MOST_SECONDS = 120  # it takes 2 on idle cores


def test_a_network_is_jitted_and_differentiated_again() -> None:
    net = MLP(2, [3, 2], "tanh", "sigmoid", seed=1)
    x, y = [Value(0.5, "x₁"), Value(-0.3, "x₂")], [Value(0.1, "y₁"), Value(0.9, "y₂")]
    cost = half_squared_error(net.outputs(x)[1], y)
    form = matrix_form(cost, net.parameters(), [*x, *y])
    program, theta = form.to_jax(), form.load()
    data = np.random.default_rng(0).uniform(size=(7, 4))
    C, gradient = jax.jit(program)(theta, data)
    expected, by_numpy = form.value_and_gradient(theta, data)
    assert float(C) == pytest.approx(expected, rel=1e-13)
    assert np.asarray(gradient) == pytest.approx(by_numpy, rel=1e-12, abs=1e-15)
    assert np.asarray(jax.grad(lambda t: program(t, data)[0])(theta)) == pytest.approx(by_numpy, rel=1e-12, abs=1e-15)
    one = np.array([[v.data for v in (*x, *y)]])
    hessian = np.asarray(jax.jacobian(lambda t: program(t, one)[1])(theta))
    first = net.parameters()[0]
    slope, = grad(cost, [first], create_graph=True)
    assert hessian[0] == pytest.approx(np.array(grad(slope, net.parameters())), rel=1e-10, abs=1e-14)
    assert hessian == pytest.approx(hessian.T, rel=1e-12, abs=1e-15)
    stacked = jax.vmap(program, in_axes=(0, None))(np.stack([theta, theta + 0.1]), data)[0]
    assert np.asarray(stacked) == pytest.approx([expected, form.value(theta + 0.1, data)], rel=1e-12)


@settings(deadline=None, derandomize=True, max_examples=24)
@given(cases(12) | softmax_cases())
def test_random_programs_agree(case: Case) -> None:
    leaves, cost = case.graph.record()
    form = matrix_form(cost, case.split(leaves, True), case.split(leaves, False), over=case.over)
    theta, data = np.array(case.split(case.graph.leaves, True)), np.array(case.rows).reshape(len(case.rows), -1)
    try:
        C, gradient = form.value_and_gradient(theta, data)
    except (ValueError, ArithmeticError):
        return
    found, slopes = form.to_jax()(theta, data)
    size = 1e3 * max(1.0, abs(C), *(abs(node.data) for node in topological_order(cost)))  # other elementary functions
    assert abs(float(found) - C) <= CLOSE * size
    assert np.all(np.abs(np.asarray(slopes) - gradient) <= CLOSE * np.maximum(size, 1e3 * np.abs(gradient)))


def test_eight_devices_give_what_one_gives() -> None:
    patient = {"XLA_FLAGS": "--xla_cpu_collective_call_terminate_timeout_seconds=600"}  # on busy cores devices wait for each other
    try:
        done = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=False,
                              env=os.environ | patient, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        pytest.fail(f"{EXAMPLE.name} did not end in {MOST_SECONDS} s; if its devices wait for one another, XLA says so: "
                    f"{error.stderr!r}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("8 devices, 100 samples on each of them\n")
    assert done.stdout.endswith("the largest difference, in parameters, cost and norm, is below 1e-10\n")
