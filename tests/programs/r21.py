"""Binary classification with y.reshape(-1, 1)."""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(W, b, X):
    for l in range(len(W) - 1):
        X = np.maximum(0, X @ W[l] + b[l])
    return sigmoid(X @ W[-1] + b[-1])


def gradients(W, b, X, y):
    y = y.reshape(-1, 1)
    a = [X]
    for l in range(len(W) - 1):
        a.append(np.maximum(0, a[-1] @ W[l] + b[l]))
    p = sigmoid(a[-1] @ W[-1] + b[-1])
    d = (p - y) / y.shape[0]
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW = [a[l].T @ d] + dW
        db = [d.sum(axis=0)] + db
        if l:
            d = (d @ W[l].T) * (a[l] > 0)
    return dW, db


def cost(W, b, X, y):
    p, y = forward(W, b, X), y.reshape(-1, 1)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
