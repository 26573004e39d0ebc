"""One step in place, sample by sample summed; b has the shape (1, n)."""
import numpy as np


def act(z):
    return 1 / (1 + np.exp(-z))


def gradients(W, b, X, Y, eta=0.1):
    outs = [X]
    for w, v in zip(W, b):
        outs.append(act(np.matmul(outs[-1], w) + v))
    error = outs[-1] - Y
    changes = []
    for l in reversed(range(len(W))):
        delta = error * outs[l + 1] * (1 - outs[l + 1])
        error = np.matmul(delta, W[l].T)
        changes.append((l, np.matmul(outs[l].T, delta), np.sum(delta, axis=0, keepdims=True)))
    for l, change, change_b in changes:
        W[l] -= eta * change
        b[l] -= eta * change_b
    return W, b


def cost(W, b, X, Y):
    for w, v in zip(W, b):
        X = act(X @ w + v)
    return np.sum((X - Y) ** 2) / 2
