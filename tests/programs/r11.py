"""Two layers, unpacked."""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradients(W, b, X, Y):
    W1, W2 = W
    b1, b2 = b
    h = sigmoid(X @ W1 + b1)
    out = h @ W2 + b2
    d2 = 2 * (out - Y) / len(X)
    d1 = d2 @ W2.T * h * (1 - h)
    return [X.T @ d1, h.T @ d2], [d1.sum(axis=0), d2.sum(axis=0)]


def forward(W, b, X):
    return sigmoid(X @ W[0] + b[0]) @ W[1] + b[1]


def cost(W, b, X, Y):
    return np.sum((forward(W, b, X) - Y) ** 2) / len(X)
