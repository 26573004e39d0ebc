"""A list of dictionaries, one a layer, whose step of descent has the penalty in its gradient."""
import numpy as np


def make_layers(W, b):
    return [{"W": w.copy(), "b": v.copy(), "in": None, "out": None} for w, v in zip(W, b)]


def run(layers, X):
    for layer in layers:
        layer["in"] = X
        X = layer["out"] = 1 / (1 + np.exp(-(X @ layer["W"] + layer["b"])))
    return X


def gradients(W, b, X, Y, eta, lam):
    layers = make_layers(W, b)
    upstream = run(layers, X) - Y
    for layer in layers[::-1]:
        layer["delta"] = upstream * layer["out"] * (1 - layer["out"])
        upstream = layer["delta"] @ layer["W"].T
    for layer in layers:
        layer["W"] -= eta * (layer["in"].T @ layer["delta"] / len(X) + lam * layer["W"])
        layer["b"] -= eta * layer["delta"].mean(axis=0)
    return [layer["W"] for layer in layers], [layer["b"] for layer in layers]


def forward(W, b, X):
    return run(make_layers(W, b), X)


def cost(W, b, X, Y, lam):
    return ((forward(W, b, X) - Y) ** 2).sum() / (2 * len(X)) + lam / 2 * sum((w**2).sum() for w in W)
