"""XOR, which no single neuron can learn, and two hidden units can."""

from nn import MLP, fit, optimizers

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]

for sizes in ([1], [2, 1]):
    net = MLP(2, sizes, "tanh", "sigmoid", seed=3)
    adam = optimizers.Adam(0.1)
    history = fit(net, X, Y, cost="binary_cross_entropy_logits", optimizer=adam, epochs=500, tolerance=1e-3)
    print(f"{net}: {history.stopped}")
    for x, y, p in zip(X, Y, net.predict(X), strict=True):
        print(f"  {x[0]} xor {x[1]} = {y}, P = {p:.3f}")
    worst = max(abs(p - y) for p, y in zip(net.predict(X), Y, strict=True))
    print(f"{len(net.parameters())} parameters: cost {history.final_cost:.4f}, furthest from the truth {worst:.3f}")
