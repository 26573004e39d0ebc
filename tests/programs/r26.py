"""Mini-batches of three samples, added up."""
import numpy as np


def one_batch(W, b, X, Y):
    a = [X]
    for w, v in zip(W, b):
        a.append(1 / (1 + np.exp(-(a[-1] @ w + v))))
    d = a[-1] - Y
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW.insert(0, a[l].T @ d)
        db.insert(0, d.sum(axis=0, keepdims=True))
        if l:
            d = d @ W[l].T * a[l] * (1 - a[l])
    return dW, db


def gradients(W, b, X, Y):
    total = None
    for start in range(0, len(X), 3):
        found = one_batch(W, b, X[start:start + 3], Y[start:start + 3])
        if total is None:
            total = found
        else:
            total = tuple([t + g for t, g in zip(old, new)] for old, new in zip(total, found))
    return [g / len(X) for g in total[0]], [g / len(X) for g in total[1]]


def cost(W, b, X, Y):
    a = X
    for w, v in zip(W, b):
        a = 1 / (1 + np.exp(-(a @ w + v)))
    return -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / len(X)
