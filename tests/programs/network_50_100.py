"""Exercise 4: a network with two hidden layers, 50 and 100 units, ReLU; softmax; cross-entropy; mini-batches."""
import numpy as np


class NeuralNetwork:
    def __init__(self, input_size, output_size, hidden1=50, hidden2=100, lr=0.1):
        rng = np.random.default_rng(42)
        self.W1 = rng.normal(0, np.sqrt(2 / input_size), (input_size, hidden1))
        self.b1 = np.zeros((1, hidden1))
        self.W2 = rng.normal(0, np.sqrt(2 / hidden1), (hidden1, hidden2))
        self.b2 = np.zeros((1, hidden2))
        self.W3 = rng.normal(0, np.sqrt(2 / hidden2), (hidden2, output_size))
        self.b3 = np.zeros((1, output_size))
        self.lr = lr

    def relu(self, x):
        return np.maximum(0, x)

    def relu_derivative(self, x):
        return (x > 0).astype(float)

    def softmax(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.relu(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = self.relu(self.z2)
        self.z3 = self.a2 @ self.W3 + self.b3
        self.y_hat = self.softmax(self.z3)
        return self.y_hat

    def loss(self, y, y_hat):
        return -np.mean(np.sum(y * np.log(y_hat + 1e-8), axis=1))

    def backward(self, X, y):
        m = X.shape[0]
        delta3 = (self.y_hat - y) / m
        self.dW3 = self.a2.T @ delta3
        self.db3 = np.sum(delta3, axis=0, keepdims=True)
        delta2 = (delta3 @ self.W3.T) * self.relu_derivative(self.z2)
        self.dW2 = self.a1.T @ delta2
        self.db2 = np.sum(delta2, axis=0, keepdims=True)
        delta1 = (delta2 @ self.W2.T) * self.relu_derivative(self.z1)
        self.dW1 = X.T @ delta1
        self.db1 = np.sum(delta1, axis=0, keepdims=True)

    def update(self):
        self.W1 -= self.lr * self.dW1
        self.b1 -= self.lr * self.db1
        self.W2 -= self.lr * self.dW2
        self.b2 -= self.lr * self.db2
        self.W3 -= self.lr * self.dW3
        self.b3 -= self.lr * self.db3

    def train(self, X, y, epochs=20, batch_size=32):
        for _ in range(epochs):
            order = np.random.permutation(len(X))
            for start in range(0, len(X), batch_size):
                batch = order[start:start + batch_size]
                self.forward(X[batch])
                self.backward(X[batch], y[batch])
                self.update()
