"""The bias is a column of ones beside the inputs."""
import numpy as np


def gradients(W, b, X, Y):
    theta = [np.r_[v[None, :], w] for w, v in zip(W, b)]
    ones = np.ones((len(X), 1))
    inputs, A = [], X
    for t in theta:
        inputs.append(np.c_[ones, A])
        A = 1 / (1 + np.exp(-inputs[-1] @ t))
    outputs = inputs[1:] + [np.c_[ones, A]]
    d = (A - Y) * A * (1 - A)
    grads = []
    for l in range(len(theta) - 1, -1, -1):
        grads.insert(0, inputs[l].T @ d)
        if l:
            s = outputs[l - 1][:, 1:]
            d = d @ theta[l][1:, :].T * s * (1 - s)
    return [g[1:] for g in grads], [g[0] for g in grads]


def cost(W, b, X, Y):
    for w, v in zip(W, b):
        X = 1 / (1 + np.exp(-(X @ w + v)))
    return 0.5 * ((X - Y) ** 2).sum()
