"""Sample by sample, x as a column out of a row of X; W target first."""
import numpy as np


def forward_one(W, b, x):
    steps = [x]
    for l in range(len(W)):
        z = W[l] @ steps[-1] + b[l]
        steps.append(np.tanh(z) if l < len(W) - 1 else 1 / (1 + np.exp(-z)))
    return steps


def gradients(W, b, X, Y):
    dW, db = [0 * w for w in W], [0 * v for v in b]
    for i in range(len(X)):
        steps = forward_one(W, b, X[i].reshape(-1, 1))
        delta = steps[-1] - Y[i].reshape(-1, 1)
        for l in reversed(range(len(W))):
            dW[l] += delta @ steps[l].T
            db[l] += delta
            delta = W[l].T @ delta * (1 - steps[l] ** 2)
    return [g / len(X) for g in dW], [g / len(X) for g in db]


def forward(W, b, X):
    return np.array([forward_one(W, b, x.reshape(-1, 1))[-1].ravel() for x in X])


def cost(W, b, X, Y):
    p = forward(W, b, X)
    return -np.sum(Y * np.log(p) + (1 - Y) * np.log(1 - p)) / len(X)
