"""tensordot, and elu."""
import numpy as np


def elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def gradients(W, b, X, Y):
    pre, post = [], [X]
    for w, v in zip(W, b):
        pre.append(np.tensordot(post[-1], w, axes=1) + v)
        post.append(elu(pre[-1]))
    d = (post[-1] - Y) * np.where(pre[-1] > 0, 1, np.exp(pre[-1]))
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW.insert(0, np.tensordot(post[l], d, axes=(0, 0)))
        db.insert(0, d.sum(axis=0))
        if l:
            d = np.tensordot(d, W[l], axes=(1, 1)) * np.where(pre[l - 1] > 0, 1, np.exp(pre[l - 1]))
    return dW, db


def cost(W, b, X, Y):
    for w, v in zip(W, b):
        X = elu(X @ w + v)
    return 0.5 * np.sum((X - Y) ** 2)
