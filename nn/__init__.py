"""Networks on the engine: neurons, layers, costs, training, and the lectures' derivations (``nn.derivations``)."""

from typing import TYPE_CHECKING

from .ground.late_names import make_late_names

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        "": ("costs", "initializers", "metrics", "optimizers", "schedules"),
        ".data.datasets": ("DATASETS", "dataset"), ".data.preparation": ("Preparation",),
        ".data.samples": ("Data", "read_csv"), ".ground.activations": ("ACTIVATIONS",), ".networks.module": ("Module",),
        ".networks.network": ("MLP", "Layer", "Neuron"), ".networks.objective": ("Objective",),
        ".training.fit": ("TrainingWarning", "fit"),
        ".training.history": ("Best", "Epoch", "History", "Plan", "Training"),
        ".training.storage": ("load", "load_training", "save"),
    })

__all__ = [
    "ACTIVATIONS", "DATASETS", "MLP", "Best", "Data", "Epoch", "History", "Layer", "Module", "Neuron", "Objective",
    "Plan", "Preparation", "Training", "TrainingWarning", "costs", "dataset", "fit", "initializers", "load",
    "load_training", "metrics", "optimizers", "read_csv", "save", "schedules",
]
