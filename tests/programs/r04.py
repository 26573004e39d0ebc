"""The classes are numbers: probs[range(N), y] -= 1."""
import numpy as np


def scores_of(W, b, X):
    h = [X]
    for l in range(len(W) - 1):
        h.append(np.maximum(0, h[-1].dot(W[l]) + b[l]))
    return h, h[-1].dot(W[-1]) + b[-1]


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def gradients(W, b, X, y):
    h, scores = scores_of(W, b, X)
    N = X.shape[0]
    dscores = softmax(scores)
    dscores[range(N), y] -= 1
    dscores /= N
    dW, db = [None] * len(W), [None] * len(W)
    for l in range(len(W) - 1, -1, -1):
        dW[l] = np.dot(h[l].T, dscores)
        db[l] = np.sum(dscores, axis=0)
        if l:
            dscores = np.dot(dscores, W[l].T)
            dscores[h[l] <= 0] = 0
    return dW, db


def forward(W, b, X):
    return softmax(scores_of(W, b, X)[1])


def cost(W, b, X, y):
    return -np.log(forward(W, b, X)[range(len(X)), y]).mean()
