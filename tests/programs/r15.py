"""Columns with lam·|w| divided by the number of samples, on weights and biases."""
import numpy as np


def gradients(W, b, X, Y, lam=0.0):
    a, m = [X], X.shape[1]
    for l, (w, v) in enumerate(zip(W, b)):
        z = w @ a[-1] + v
        a.append(np.maximum(z, 0) if l + 1 < len(W) else z)
    d = 2 * (a[-1] - Y) / m
    dW, db = [0] * len(W), [0] * len(W)
    for l in range(len(W) - 1, -1, -1):
        dW[l] = d @ a[l].T + lam / m * np.sign(W[l])
        db[l] = d.sum(axis=1, keepdims=True) + lam / m * np.sign(b[l])
        d = W[l].T @ d * (a[l] > 0)
    return dW, db


def cost(W, b, X, Y, lam=0.0):
    a = X
    for l, (w, v) in enumerate(zip(W, b)):
        a = w @ a + v
        a = np.maximum(a, 0) if l + 1 < len(W) else a
    m = X.shape[1]
    return np.sum((a - Y) ** 2) / m + lam / m * (sum(np.abs(w).sum() for w in W) + sum(np.abs(v).sum() for v in b))
