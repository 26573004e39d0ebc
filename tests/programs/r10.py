"""No biases, in the columns of the matrix lecture."""
import numpy as np


def f(z):
    return 1 / (1 + np.exp(-z))


def gradients(W, b, X, Y):
    a = [X]
    for w in W:
        a.append(f(w @ a[-1]))
    delta = -(Y - a[-1]) * a[-1] * (1 - a[-1])
    N, dW = X.shape[1], []
    for l in range(len(W) - 1, -1, -1):
        dW.insert(0, delta @ a[l].T / N)
        delta = W[l].T @ delta * a[l] * (1 - a[l])
    return dW, None


def forward(W, b, X):
    for w in W:
        X = f(w @ X)
    return X


def cost(W, b, X, Y):
    return 0.5 * np.sum((Y - forward(W, b, X)) ** 2) / X.shape[1]
