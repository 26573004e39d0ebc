"""Networks on the engine: neurons, layers, costs, and the lectures' derivations (``nn.derivations``)."""

from . import costs
from .activations import ACTIVATIONS
from .network import MLP, ForwardPass, Layer, Module, Neuron
from .suggest import unknown

__all__ = ["ACTIVATIONS", "MLP", "ForwardPass", "Layer", "Module", "Neuron", "costs", "unknown"]
