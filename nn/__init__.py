"""Networks on the engine: neurons, layers, costs, training, and the lectures' derivations (``nn.derivations``)."""

from . import costs, initializers, optimizers, schedules
from .activations import ACTIVATIONS, LAYER_ACTIVATIONS
from .data import Data, data_of, read_csv
from .datasets import DATASETS, dataset
from .files import read_bytes, write_bytes, write_text
from .formulas import evaluate, shown
from .history import Best, Epoch, History, Plan, Training, counted
from .module import EVEN, Module
from .network import MLP, ForwardPass, Layer, Neuron, symbol
from .objective import Objective
from .preparation import Preparation, classes_in, labels, samples
from .storage import load, load_training, save
from .suggest import unknown
from .table import Table, read_table
from .training import TrainingWarning, fit

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
