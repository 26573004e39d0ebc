"""Why f′ = f(1 − f) for f(x) = 1/(1 + e⁻ˣ): the chain rule, step by step on the graph of exp and reciprocal."""

from autograd_lite import Value, exp
from visualize import print_steps

x = Value(0.7, "x")
e = exp(-x)
e.label = "e⁻ˣ"
s = 1 + e
s.label = "s"
f = 1 / s
f.label = "f"

print_steps(f)
f.backward()
print("df/ds = −f/s = −f², ds/de⁻ˣ = 1, de⁻ˣ/d(−x) = e⁻ˣ, d(−x)/dx = −1. Multiplied, f²e⁻ˣ = f·(e⁻ˣ/s) = f·(1 − f).")
print(f"From the graph df/dx = {x.grad:.15g}; by the formula f(1 − f) = {f.data * (1 - f.data):.15g}.")
