"""70,000 images of written digits, 28 × 28 pixels, and a 784-50-10 network: python examples/mnist.py [FILE] [EPOCHS]

MNIST does not come with the project. FILE is mnist.npz as Keras has it, with the arrays x_train, y_train, x_test and
y_test; it is looked for in the present folder if it is not named. An epoch takes a second or two.
"""

import sys
import time
from pathlib import Path

import numpy as np

from nn import MLP, fit, optimizers, save

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
file = Path(sys.argv[1] if len(sys.argv) > 1 else "mnist.npz")
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
if not file.is_file():
    print(f"there is no {file}: put mnist.npz, as Keras has it, into {Path.cwd()}, or name it: "
          "python examples/mnist.py FILE", file=sys.stderr)
    sys.exit(2)
with np.load(file) as found:
    if missing := [name for name in ARRAYS if name not in found]:
        print(f"{file} has no {' and no '.join(missing)}; it must hold {', '.join(ARRAYS)}, as Keras has them",
              file=sys.stderr)
        sys.exit(2)
    x_train, y_train, x_test, y_test = (found[name] for name in ARRAYS)
train, test = (images.reshape(len(images), -1) / 255 for images in (x_train, x_test))
net = MLP(train.shape[1], [50, 10], "tanh", "softmax", seed=0, initializer="xavier")
begun = time.perf_counter()
history = fit(net, train, y_train, cost="softmax_cross_entropy", optimizer=optimizers.Adam(0.001), epochs=epochs,
              batch_size=32, seed=0)
print(f"{len(net.parameters()):,} parameters, {len(train):,} images, {history.stopped}")
print(f"{history.describe_engine()}, in {time.perf_counter() - begun:.1f} s")
print("wrote", save(net, "mnist.json", history.training))
right = (net.classify(test) == y_test).mean()
print(f"right: {right:.1%} of {len(test):,} images that it has not seen")
