"""Networks on the engine: neurons, layers, costs, training, and the lectures' derivations (``nn.derivations``)."""

from . import costs, initializers, metrics, optimizers, schedules
from .data.datasets import DATASETS, dataset
from .data.preparation import Preparation
from .data.samples import Data, read_csv
from .ground.activations import ACTIVATIONS
from .networks.module import Module
from .networks.network import MLP, Layer, Neuron
from .networks.objective import Objective
from .training.fit import TrainingWarning, fit
from .training.history import Best, Epoch, History, Plan, Training
from .training.storage import load, load_training, save

__all__ = [
    "ACTIVATIONS", "DATASETS", "MLP", "Best", "Data", "Epoch", "History", "Layer", "Module", "Neuron", "Objective",
    "Plan", "Preparation", "Training", "TrainingWarning", "costs", "dataset", "fit", "initializers", "load",
    "load_training", "metrics", "optimizers", "read_csv", "save", "schedules",
]
