"""Another activation function in each layer."""
import numpy as np


def identity(z):
    return z


ACTIVATIONS = [np.tanh, lambda z: np.where(z > 0, z, 0.0), identity]
DERIVATIVES = [lambda z: 1 / np.cosh(z) ** 2, lambda z: (z > 0).astype(float), np.ones_like]


def gradients(W, b, X, Y):
    zs, acts = [], [X]
    for w, v, f in zip(W, b, ACTIVATIONS):
        zs.append(acts[-1] @ w + v)
        acts.append(f(zs[-1]))
    delta = (acts[-1] - Y) * DERIVATIVES[-1](zs[-1])
    out = []
    for l in range(2, -1, -1):
        out.insert(0, (acts[l].T @ delta / len(X), delta.mean(axis=0)))
        if l > 0:
            delta = delta @ W[l].T * DERIVATIVES[l - 1](zs[l - 1])
    return [g for g, _ in out], [g for _, g in out]


def forward(W, b, X):
    for w, v, f in zip(W, b, ACTIVATIONS):
        X = f(X @ w + v)
    return X


def cost(W, b, X, Y):
    return np.sum((forward(W, b, X) - Y) ** 2) / (2 * len(X))
