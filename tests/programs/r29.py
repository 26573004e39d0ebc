"""A small number keeps the denominators from 0."""
import numpy as np

EPS = 1e-8


def gradients(W, b, X, Y):
    acts = [X]
    for l in range(len(W)):
        z = acts[-1] @ W[l] + b[l]
        acts.append(np.maximum(z, 0) if l < len(W) - 1 else 1 / (1 + np.exp(-z)))
    out = acts[-1]
    upstream = (out - Y) / (out * (1 - out) + EPS)
    delta = upstream * out * (1 - out) / len(X)
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW.insert(0, acts[l].T.dot(delta))
        db.insert(0, delta.sum(axis=0, keepdims=True))
        if l > 0:
            delta = delta.dot(W[l].T) * (acts[l] > 0)
    return dW, db


def cost(W, b, X, Y):
    for l in range(len(W)):
        z = X @ W[l] + b[l]
        X = np.maximum(z, 0) if l < len(W) - 1 else 1 / (1 + np.exp(-z))
    return -np.sum(Y * np.log(X) + (1 - Y) * np.log(1 - X)) / len(X)
