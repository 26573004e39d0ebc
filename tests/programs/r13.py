"""Logistic regression: one layer."""
import numpy as np


def forward(W, b, X):
    return 1 / (1 + np.exp(-(X @ W[0] + b[0])))


def gradients(W, b, X, Y):
    [w], [v] = W, b
    p = 1 / (1 + np.exp(-(X @ w + v)))
    return [X.T @ (p - Y) / len(X)], [np.mean(p - Y, axis=0)]


def cost(W, b, X, Y):
    p = forward(W, b, X)
    return -np.sum(Y * np.log(p) + (1 - Y) * np.log(1 - p)) / len(X)
