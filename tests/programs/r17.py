"""A penalty whose strength stands in the file."""
import numpy as np

LAMBDA = 0.05


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def gradients(W, b, X, Y):
    a = [X]
    for l in range(len(W) - 1):
        a.append(np.tanh(a[-1] @ W[l] + b[l]))
    p = softmax(a[-1] @ W[-1] + b[-1])
    g = (p - Y) / X.shape[0]
    dW, db = [], []
    for l in range(len(W) - 1, -1, -1):
        dW.append(a[l].T @ g + LAMBDA * W[l])
        db.append(g.sum(axis=0))
        g = (g @ W[l].T) * (1 - a[l] * a[l])
    return list(reversed(dW)), list(reversed(db))


def forward(W, b, X):
    for l in range(len(W) - 1):
        X = np.tanh(X @ W[l] + b[l])
    return softmax(X @ W[-1] + b[-1])


def cost(W, b, X, Y):
    return -np.sum(Y * np.log(forward(W, b, X))) / len(X) + LAMBDA / 2 * sum((w * w).sum() for w in W)
