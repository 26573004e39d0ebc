"""Columns, 1/m, keepdims; ReLU and a sigmoid output."""
import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def L_model_forward(W, b, X):
    A, caches = X, []
    for l in range(len(W)):
        Z = np.dot(W[l], A) + b[l]
        caches.append((A, W[l], Z))
        A = sigmoid(Z) if l == len(W) - 1 else relu(Z)
    return A, caches


def linear_backward(dZ, A_prev, W):
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), 1 / m * np.dot(dZ, A_prev.T), 1 / m * np.sum(dZ, axis=1, keepdims=True)


def gradients(W, b, X, Y):
    AL, caches = L_model_forward(W, b, X)
    dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    dW, db = [0] * len(W), [0] * len(W)
    for l in reversed(range(len(W))):
        A_prev, Wl, Z = caches[l]
        if l == len(W) - 1:
            s = sigmoid(Z)
            dZ = dA * s * (1 - s)
        else:
            dZ = np.array(dA, copy=True)
            dZ[Z <= 0] = 0
        dA, dW[l], db[l] = linear_backward(dZ, A_prev, Wl)
    return dW, db


def forward(W, b, X):
    return L_model_forward(W, b, X)[0]


def cost(W, b, X, Y):
    AL = forward(W, b, X)
    return -(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)).sum() / Y.shape[1]
