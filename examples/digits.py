"""1,797 images of written digits and a 64-32-10 network: python examples/digits.py [EPOCHS]"""

import sys
import time

from nn import MLP, dataset, fit, optimizers, save

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
train, test = dataset("digits").split(0.2, seed=0)
net = MLP(64, [32, 10], "tanh", "softmax", seed=0, initializer="xavier")
begun = time.perf_counter()
history = fit(net, train.X / 16, train.Y, cost="softmax_cross_entropy", optimizer=optimizers.Adam(0.005), epochs=epochs,
              batch_size=32, seed=0)
print(f"{len(net.parameters())} parameters, {len(train.X)} images, {history.stopped}")
print(f"{history.describe_engine()}, in {time.perf_counter() - begun:.2f} s")
print("wrote", save(net, "digits.json", history.training))
right = (net.classify(test.X / 16) == test.Y).mean()
print(f"right: {right:.1%} of {len(test.X)} images that it has not seen")
