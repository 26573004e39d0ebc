"""All parameters in one vector, with views of it as matrices; W is (units, inputs) for samples in rows."""
import numpy as np


def flatten(W, b):
    return np.concatenate([part.ravel() for pair in zip(W, b) for part in pair])


def views(theta, shapes):
    found, at = [], 0
    for units, inputs in shapes:
        w = theta[at:at + units * inputs].reshape(units, inputs)
        v = theta[at + units * inputs:at + units * inputs + units]
        found.append((w, v))
        at += units * (inputs + 1)
    return found


def value_and_gradient(theta, shapes, X, Y):
    z, a = [], [X]
    for w, v in views(theta, shapes):
        z.append(a[-1] @ w.T + v[np.newaxis])
        a.append(np.log1p(np.exp(z[-1])))
    a[-1] = z[-1]
    slope = np.zeros_like(theta)
    d = (a[-1] - Y) / X.shape[0]
    for l, ((w, _), (gw, gv)) in reversed(list(enumerate(zip(views(theta, shapes), views(slope, shapes))))):
        gw += d.T @ a[l]
        gv += d.sum(axis=0)
        if l:
            d = d @ w * (1 / (1 + np.exp(-z[l - 1])))
    return 0.5 * ((a[-1] - Y) ** 2).sum() / X.shape[0], slope


def gradients(W, b, X, Y):
    shapes = [w.shape for w in W]
    slope = value_and_gradient(flatten(W, b), shapes, X, Y)[1]
    return list(zip(*views(slope, shapes)))


def cost(W, b, X, Y):
    return value_and_gradient(flatten(W, b), [w.shape for w in W], X, Y)[0]
