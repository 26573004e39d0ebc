"""Arrays that are made once for each shape and written into again and again."""
import numpy as np

BUFFERS = {}


def buffer(name, shape):
    return BUFFERS.setdefault((name, shape), np.empty(shape))


def propagate(W, b, X):
    a = X
    for l, (w, v) in enumerate(zip(W, b)):
        out = buffer(f"a{l}", (len(X), w.shape[1]))
        np.matmul(a, w, out=out)
        out += v
        np.negative(out, out=out)
        np.exp(out, out=out)
        out += 1
        np.reciprocal(out, out=out)
        a = out
    return a


def gradients(W, b, X, Y):
    propagate(W, b, X)
    layers = [X, *(buffer(f"a{l}", (len(X), w.shape[1])) for l, w in enumerate(W))]
    delta = buffer("delta", Y.shape)
    np.subtract(layers[-1], Y, out=delta)
    delta /= len(X)
    dW, db = [np.empty_like(w) for w in W], [np.empty_like(v) for v in b]
    for l in range(len(W) - 1, -1, -1):
        np.matmul(layers[l].T, delta, out=dW[l])
        np.sum(delta, axis=0, out=db[l])
        if l:
            below = buffer(f"d{l}", layers[l].shape)
            np.matmul(delta, W[l].T, out=below)
            below *= layers[l]
            below *= 1 - layers[l]
            delta = below
    return dW, db


def forward(W, b, X):
    return propagate(W, b, X).copy()


def cost(W, b, X, Y):
    p = forward(W, b, X)
    return -(Y * np.log(p) + (1 - Y) * np.log1p(-p)).sum() / len(X)
