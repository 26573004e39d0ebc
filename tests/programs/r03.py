"""Sample by sample with column vectors and accumulated nablas, as in a well-known book."""
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def backprop(weights, biases, x, y):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, len(weights) + 1):
        delta = np.dot(weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return nabla_w, nabla_b


def gradients(W, b, X, Y):
    total_w, total_b = [np.zeros_like(w) for w in W], [np.zeros_like(v) for v in b]
    for i in range(X.shape[1]):
        nabla_w, nabla_b = backprop(W, b, X[:, i:i + 1], Y[:, i:i + 1])
        total_w = [t + n for t, n in zip(total_w, nabla_w)]
        total_b = [t + n for t, n in zip(total_b, nabla_b)]
    return [t / X.shape[1] for t in total_w], [t / X.shape[1] for t in total_b]


def forward(W, b, X):
    for w, v in zip(W, b):
        X = sigmoid(np.dot(w, X) + v)
    return X


def cost(W, b, X, Y):
    return 0.5 * np.linalg.norm(forward(W, b, X) - Y) ** 2 / X.shape[1]
