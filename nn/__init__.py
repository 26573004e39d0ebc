"""Networks on the engine: neurons, layers, costs, training, and the lectures' derivations (``nn.derivations``)."""

from . import costs, initializers, optimizers, schedules
from .activations import ACTIVATIONS, LAYER_ACTIVATIONS
from .data.datasets import DATASETS, dataset
from .data.preparation import Preparation, classes_in, labels, samples
from .data.samples import Data, data_of, read_csv
from .data.table import Table, read_table
from .files import read_bytes, write_bytes, write_text
from .formulas import evaluate, shown
from .module import EVEN, Module
from .network import MLP, ForwardPass, Layer, Neuron, symbol
from .suggest import unknown
from .training.fit import TrainingWarning, fit
from .training.history import Best, Epoch, History, Plan, Training, counted
from .training.objective import Objective
from .training.storage import load, load_training, save

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "EVEN",
    "LAYER_ACTIVATIONS",
    "MLP",
    "Best",
    "Data",
    "Epoch",
    "ForwardPass",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Objective",
    "Plan",
    "Preparation",
    "Table",
    "Training",
    "TrainingWarning",
    "classes_in",
    "costs",
    "counted",
    "data_of",
    "dataset",
    "evaluate",
    "fit",
    "initializers",
    "labels",
    "load",
    "load_training",
    "optimizers",
    "read_bytes",
    "read_csv",
    "read_table",
    "samples",
    "save",
    "schedules",
    "shown",
    "symbol",
    "unknown",
    "write_bytes",
    "write_text",
]
