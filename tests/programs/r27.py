"""A row of layer objects in columns, each with its own step back."""
import numpy as np


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, a):
        self.a = a
        return self.W @ a + self.b

    def back(self, g):
        self.gW, self.gb = g @ self.a.T, g.sum(axis=1)[:, None]
        return self.W.T @ g


class Sigmoid:
    def __call__(self, z):
        self.s = 1 / (1 + np.exp(-z))
        return self.s

    def back(self, g):
        return g * self.s * (1 - self.s)


class Softmax:
    def __call__(self, z):
        e = np.exp(z - z.max(axis=0, keepdims=True))
        self.p = e / e.sum(axis=0, keepdims=True)
        return self.p

    def back(self, g):
        return self.p * (g - np.sum(g * self.p, axis=0, keepdims=True))


def build(W, b):
    layers = []
    for i in range(len(W)):
        layers += [Linear(W[i], b[i]), Softmax() if i == len(W) - 1 else Sigmoid()]
    return layers


def forward(W, b, X):
    for layer in build(W, b):
        X = layer(X)
    return X


def gradients(W, b, X, Y):
    layers, a = build(W, b), X
    for layer in layers:
        a = layer(a)
    g = -Y / a / X.shape[1]
    for layer in layers[::-1]:
        g = layer.back(g)
    return [layer.gW for layer in layers[::2]], [layer.gb for layer in layers[::2]]


def cost(W, b, X, Y):
    return -np.sum(Y * np.log(forward(W, b, X))) / X.shape[1]
