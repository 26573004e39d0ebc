"""Two crescents that reach into each other, and the boundary that a network draws between them."""

from nn import MLP, dataset, fit, optimizers
from visualize import plot_training

train, test = dataset("moons").split(0.25, seed=1)
net = MLP(2, [8, 8, 1], "tanh", "sigmoid", seed=1)
history = fit(net, train.X, train.Y, cost="binary_cross_entropy_logits", optimizer=optimizers.Adam(0.05), epochs=60,
              batch_size=50, validation=(test.X, test.Y), standardise=True, seed=1)
print(history.stopped)
print("wrote", plot_training(net, history, test.X, test.Y).save("moons.svg"))
print(f"right: {(net.classify(test.X) == test.Y).mean():.1%} of {len(test.X)} validation points")
