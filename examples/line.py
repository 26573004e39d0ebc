"""y = 2x + 1 with one neuron: two different x lead to (2, 1) from anywhere, and one sample alone does not."""

from nn import Neuron, fit, optimizers
from visualize import plot_surface

STARTS = [(0.0, 0.0), (3.0, 4.0), (4.0, -1.0), (-1.0, 2.0)]


def descend(X, Y, start, eta):
    neuron = Neuron(1, "identity")
    neuron.weights[0].data, neuron.bias.data = start
    method = optimizers.GradientDescent(eta)
    return neuron, fit(neuron, X, Y, optimizer=method, epochs=2000, tolerance=1e-9, keep_parameters=True)


for X, eta, file in (([4.0], 0.02, "one_sample.svg"), ([-1.0, 0.0, 1.0, 2.0], 0.2, "four_samples.svg")):
    Y = [2 * x + 1 for x in X]
    histories = []
    for start in STARTS:
        neuron, history = descend(X, Y, start, eta)
        histories.append(history)
        w, b = (p.data for p in neuron.parameters())
        print(f"x = {X}: from {start} to ({w:.6f}, {b:.6f}), where 4w + b = {4 * w + b:.6f}")
    title = f"y = 2x + 1, {len(X)} sample{'s' * (len(X) > 1)}"
    print("wrote", plot_surface(neuron, X, Y, histories, mark=(2, 1), title=title).save(file))

print("One sample fixes 4w + b = 9 alone, and w − 4b stays what it was; four samples find (2, 1) from everywhere.")
