"""Everything in single precision."""
import numpy as np

F = np.float32


def gradients(W, b, X, Y):
    W, b, a = [w.astype(F) for w in W], [v.astype(F) for v in b], [X.astype(F)]
    Y = Y.astype(F)
    for w, v in zip(W, b):
        a.append(np.tanh(w @ a[-1] + v))
    d = (a[-1] - Y) * (1 - a[-1] ** 2)
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW.insert(0, d @ a[l].T)
        db.insert(0, d.sum(axis=1, keepdims=True))
        d = (W[l].T @ d) * (1 - a[l] ** 2)
    return dW, db


def forward(W, b, X):
    for w, v in zip(W, b):
        X = np.tanh(w @ X + v)
    return X


def cost(W, b, X, Y):
    return 0.5 * np.sum((forward(W, b, X) - Y) ** 2)
