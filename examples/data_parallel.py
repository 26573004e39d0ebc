"""Trains one network on eight devices, each with an eighth of the samples, and on one: the same numbers.

The devices are simulated on one machine, where this is no quicker: it is the way out when one machine is too small. It
needs the extra ``jax``.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8 " + os.environ.get("XLA_FLAGS", "")  # first

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from autograd_lite import Value, matrix_form
from nn import MLP
from nn.costs import half_squared_error

net = MLP(2, [16, 1], "tanh", seed=0)
x, y = [Value(0.0, "x₁"), Value(0.0, "x₂")], [Value(0.0, "y")]
form = matrix_form(half_squared_error([net(x)], y), net.parameters(), samples=[*x, *y])
program = jax.jit(form.to_jax())

draw = np.random.default_rng(0)
inputs = draw.uniform(-2, 2, (800, 2))
data = np.c_[inputs, np.sin(inputs[:, 0]) * inputs[:, 1]]

devices = Mesh(np.array(jax.devices()), ("samples",))
shared = jax.device_put(data, NamedSharding(devices, PartitionSpec("samples")))
everywhere = NamedSharding(devices, PartitionSpec())


def train(samples: jax.Array | np.ndarray, theta: jax.Array | np.ndarray) -> tuple[np.ndarray, float, float]:
    """200 steps of gradient descent: Θ, the cost and the norm of the gradient."""
    for _ in range(200):
        C, gradient = program(theta, samples)
        # One step at a time. XLA limits how many computations of a device are in flight; what starts one more waits on
        # a thread of the pool, of which there are as many as devices, and the sum over the devices needs all of them.
        theta = jax.block_until_ready(theta - 0.1 * gradient)
    return np.asarray(theta), float(C), float(jax.numpy.linalg.norm(gradient))


alone, cost, norm = train(data, form.load())
together, cost_together, norm_together = train(shared, jax.device_put(form.load(), everywhere))
furthest = max(np.abs(alone - together).max(), abs(cost - cost_together), abs(norm - norm_together))
print(f"{len(devices.devices)} devices, {len(shared.addressable_shards[0].data)} samples on each of them")
print(f"after 200 steps the cost is {cost:.4f} on one device and {cost_together:.4f} on eight, "
      f"the norm of the gradient {norm:.4f} and {norm_together:.4f}")
print(f"the largest difference, in parameters, cost and norm, is {'below' if furthest < 1e-10 else 'ABOVE'} 1e-10")
if furthest >= 1e-10:
    raise SystemExit(1)
