"""Loops over units and samples, and no product of matrices at all."""
import math

import numpy as np


def unit(w, inputs, bias):
    z = bias
    for weight, value in zip(w, inputs):
        z += weight * value
    return 1 / (1 + math.exp(-z))


def run(W, b, x):
    layers = [list(x)]
    for matrix, biases in zip(W, b):
        layers.append([unit(row, layers[-1], float(bias)) for row, bias in zip(matrix, biases)])
    return layers


def gradients(W, b, X, Y):
    dW, db = [np.zeros(w.shape) for w in W], [np.zeros(len(w)) for w in W]
    for x, y in zip(X, Y):
        layers = run(W, b, x)
        delta = [(a - t) * a * (1 - a) for a, t in zip(layers[-1], y)]
        for l in range(len(W) - 1, -1, -1):
            for j in range(len(delta)):
                for k in range(len(layers[l])):
                    dW[l][j][k] += delta[j] * layers[l][k]
                db[l][j] += delta[j]
            below = []
            for k, a in enumerate(layers[l]):
                arriving = 0.0
                for j in range(len(delta)):
                    arriving += W[l][j][k] * delta[j]
                below.append(arriving * a * (1 - a))
            delta = below
    return dW, db


def forward(W, b, X):
    return np.array([run(W, b, x)[-1] for x in X])


def cost(W, b, X, Y):
    return 0.5 * np.sum((forward(W, b, X) - Y) ** 2)
