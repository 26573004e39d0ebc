"""Dictionaries of parameters and of what the forward pass keeps."""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_pass(params, X):
    cache, A = {"A0": X}, X
    L = len(params) // 2
    for l in range(1, L + 1):
        cache[f"Z{l}"] = A @ params[f"W{l}"] + params[f"b{l}"]
        A = sigmoid(cache[f"Z{l}"])
        cache[f"A{l}"] = A
    return A, cache


def backward_pass(params, cache, Y):
    L, m = len(params) // 2, Y.shape[0]
    grads = {}
    dZ = cache[f"A{L}"] - Y
    for l in reversed(range(1, L + 1)):
        grads[f"dW{l}"] = cache[f"A{l - 1}"].T @ dZ / m
        grads[f"db{l}"] = np.sum(dZ, axis=0, keepdims=True) / m
        if l > 1:
            dZ = (dZ @ params[f"W{l}"].T) * cache[f"A{l - 1}"] * (1 - cache[f"A{l - 1}"])
    return grads


def to_params(W, b):
    return {f"{name}{l}": array for name, arrays in (("W", W), ("b", b)) for l, array in enumerate(arrays, 1)}


def gradients(W, b, X, Y):
    params = to_params(W, b)
    grads = backward_pass(params, forward_pass(params, X)[1], Y)
    return [grads[f"dW{l}"] for l in range(1, len(W) + 1)], [grads[f"db{l}"] for l in range(1, len(W) + 1)]


def forward(W, b, X):
    return forward_pass(to_params(W, b), X)[0]


def cost(W, b, X, Y):
    A = forward(W, b, X)
    return -np.mean(np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=1))
