"""Converts networks and trainings to plain data for a file, and back with every value checked."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from math import inf, isfinite
from typing import Any

from autograd_lite.internal import quote

from .. import optimizers
from ..costs import COSTS, PENALTIES
from ..data.encoding import Encoding, count_inputs, normalise
from ..data.preparation import Preparation
from ..networks.exchange import set_layer
from ..networks.module import Module
from ..networks.network import MLP, Layer, Neuron
from ..networks.objective import PENALISED
from .history import DESCRIBED, Best, Epoch, Phase, Plan, Training

_NO_LISTS = ("of_class", "named", "target_kind", "target_shape")


class UnfitError(ValueError):
    """The data of a file does not describe a network or its training; the message says what is wrong and where."""


def network_to_data(net: MLP) -> dict[str, Any]:
    """The network as plain data. Raises ValueError if it could not be restored."""
    _check_forward(net)
    for l, layer in enumerate(net.layers, start=1):
        if len({neuron.bias is None for neuron in layer.neurons}) > 1:
            raise ValueError(f"some units of layer {l} have a bias and others have none, which the file format does "
                             "not support; give every unit a bias")
    if net.preparation is not None:
        _check_preparation(net.preparation, net.n_inputs, net.n_outputs, ValueError)
    return {"inputs": net.n_inputs, "layers": [_layer_to_data(layer) for layer in net.layers],
            "preparation": net.preparation and asdict(net.preparation)}


def _check_forward(net: MLP) -> None:
    """Raise ValueError if the network computes or trains otherwise than one that is made from its numbers would."""
    places = [p for layer in net.layers for n in layer.neurons for p in (*n.weights, n.bias) if p is not None]
    shared = next((p for p in places if sum(p is other for other in places) > 1), None) if (
        len(places) > len(net.parameters())) else None
    if shared is not None:
        raise ValueError(f"{quote(shared.label)} is used in several places of the network, which the file format does "
                         "not support; save the numbers of net.parameters() yourself")
    modules: list[tuple[Module, type[Module]]] = [(net, MLP), *((layer, Layer) for layer in net.layers)]
    modules += [(neuron, Neuron) for layer in net.layers for neuron in layer.neurons]
    for own, known in modules:
        if getattr(own.forward, "__func__", None) is not known.forward:
            raise ValueError(f"{type(own).__name__} has a forward of its own, which the file format does not support; "
                             "save the numbers of net.parameters() yourself")


def training_to_data(training: Training) -> dict[str, Any]:
    """The training as plain data, without its preparation, which is saved with the network.

    Raises:
        ValueError: it could not be restored, because its cost, optimizer or schedule is the user's own.
    """
    if not training.plan.cost:
        raise ValueError("the cost of this training is a function, which cannot be saved; give fit the name of a "
                         "cost, or save the network without its training")
    best = asdict(training.best) | {"cost": training.best.cost if isfinite(training.best.cost) else None}
    return {
        "plan": asdict(training.plan), "epoch": training.epoch, "parameters": training.parameters,
        "optimizer": optimizers.to_dict(training.optimizer), "best": best,
        "random_state": training.random_state, "epochs": [asdict(epoch) for epoch in training.epochs],
        "phases": [asdict(phase) for phase in training.phases], "schedule_from": training.schedule_from,
    }


def network_from_data(data: Mapping[str, Any]) -> MLP:
    """Restore a network. Raises UnfitError if the data does not describe one."""
    n_inputs, layers = _require_key(data, "inputs"), _require_key(data, "layers")
    if type(n_inputs) is not int or n_inputs < 1:
        raise UnfitError(f"inputs must be a whole number of at least 1, not {quote(n_inputs)}")
    if not isinstance(layers, list) or not layers:
        raise UnfitError("layers must be a list with at least one layer")
    width = n_inputs
    for l, layer in enumerate(layers, start=1):
        width = _check_layer(layer, l, width)
    net = MLP(1, [1])
    net.layers = []
    for l, layer in enumerate(layers, start=1):
        net.layers.append(_layer_from_data(layer, l))
    net.preparation = _preparation_from_data(_require_key(data, "preparation"), n_inputs, width)
    return net


def training_from_data(data: Any, preparation: Preparation) -> Training:
    """Restore a training. Raises UnfitError if the data does not describe one."""
    try:
        plan, best = Plan(**data["plan"]), Best(**data["best"])
        epochs, optimizer = tuple(Epoch(**epoch) for epoch in data["epochs"]), optimizers.from_dict(data["optimizer"])
        version, state, gauss = data["random_state"]
        random_state = (version, tuple(state), gauss)
        random.Random().setstate(random_state)  # raises for a state of another form
        phases, since = tuple(Phase(**phase) for phase in data.get("phases", ())), data.get("schedule_from", 0)
        training = Training(plan, preparation, data["epoch"], tuple(data["parameters"]), optimizer, random_state,
                            Best(best.epoch, inf if best.cost is None else best.cost, tuple(best.parameters)), epochs,
                            phases, since)
        if {*data, "phases", "schedule_from"} != {field.name for field in fields(Training)} - {"preparation"}:
            raise ValueError
        _check_training(training)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = (str(error) if isinstance(error, UnfitError) else
                "its training is incomplete, or a part of it has the wrong form")
        raise UnfitError(what) from None
    return training


def _check_training(found: Training) -> None:
    plan, n = found.plan, len(found.parameters)
    for phase in found.phases:
        if type(phase.epoch) is not int or not 0 <= phase.epoch <= found.epoch or not isinstance(phase.change, str):
            raise UnfitError("phases of its training must have an epoch of the run and a text")
    if not (plan.penalty is None or (isinstance(plan.penalty, str) and plan.penalty in PENALTIES)):
        raise UnfitError(f"penalty of its training must be null or one of {', '.join(PENALTIES)}, not "
                         f"{quote(plan.penalty)}")
    if plan.penalise not in PENALISED:
        raise UnfitError(f"penalise of its training must be one of {', '.join(PENALISED)}, not {quote(plan.penalise)}")
    counts = {"epoch": found.epoch, "steps": found.optimizer.steps, "best epoch": found.best.epoch,
              "schedule_from": found.schedule_from}
    for name, count in counts.items():
        if type(count) is not int or count < 0:
            raise UnfitError(f"{name} of its training must be a whole number of at least 0, not {quote(count)}")
    for name, value in {"epochs": plan.epochs, "batch_size": plan.batch_size, "patience": plan.patience}.items():
        if not (type(value) is int and value >= 1) and (name == "epochs" or value is not None):
            raise UnfitError(f"{name} of its training must be a whole number of at least 1, not {quote(value)}")
    numbers = {"parameters": found.parameters, "best parameters": found.best.parameters,
               "tolerance and lam": (plan.tolerance, plan.lam),
               "epochs": [v for e in found.epochs for v in (e.number, e.cost, e.gradient_norm, e.eta)]}
    numbers |= {f"{name} of the optimizer": kept.tolist() for name, kept in found.optimizer.state.items()}
    for name, values in numbers.items():
        if not _are_numbers(values):
            raise UnfitError(f"{name} of its training must be finite numbers")
    held = [e.validation for e in found.epochs if e.validation is not None]
    if not _are_numbers(held) or not (found.best.cost == inf or _are_numbers([found.best.cost])):
        raise UnfitError("costs of its training must be finite numbers")
    if plan.tolerance < 0 or found.best.epoch > found.epoch or [e.number for e in found.epochs] != list(
            range(1, found.epoch + 1)):
        raise UnfitError("its training has numbers that contradict each other")
    if len(found.epochs) != found.epoch or len(found.best.parameters) != n or any(
            len(kept) != n for kept in found.optimizer.state.values()):
        raise UnfitError("its training has parts whose sizes differ")
    if set(found.optimizer.state) != (set(found.optimizer.kept()) if found.optimizer.steps else set()):
        raise UnfitError("its training lacks the state of the optimizer")
    if not isinstance(plan.notes, dict) or plan.cost not in COSTS or not all(
            isinstance(text, str) for text in (plan.network, plan.data, plan.held)) or plan.engine not in DESCRIBED:
        raise UnfitError("the plan of its training has a part of the wrong form")


def _layer_to_data(layer: Layer) -> dict[str, Any]:
    biases = [neuron.bias.data for neuron in layer.neurons if neuron.bias is not None]
    return {"activation": layer.activation, "weights": [[w.data for w in neuron.weights] for neuron in layer.neurons],
            "biases": biases or None}


def _check_layer(layer: Any, l: int, width: int) -> int:
    """Check a layer with ``width`` inputs; return its number of units."""
    if not isinstance(layer, dict):
        raise UnfitError(f"layer {l} must have activation, weights and biases")
    weights, biases = _require_key(layer, "weights", f" of layer {l}"), _require_key(layer, "biases", f" of layer {l}")
    if not isinstance(weights, list) or not weights or not all(isinstance(row, list) for row in weights):
        raise UnfitError(f"weights of layer {l} must be a list with a row for each unit")
    for j, row in enumerate(weights, start=1):
        if len(row) != width:
            raise UnfitError(f"unit {j} of layer {l} has {len(row)} weights, but {width} inputs")
        if not _are_numbers(row):
            raise UnfitError(f"weights of unit {j} of layer {l} must be finite numbers")
    if biases is not None and not (isinstance(biases, list) and len(biases) == len(weights) and _are_numbers(biases)):
        raise UnfitError(f"biases of layer {l} must be null or {len(weights)} finite numbers, one for each unit")
    if not isinstance(_require_key(layer, "activation", f" of layer {l}"), str):
        raise UnfitError(f"activation of layer {l} must be a name, not {quote(layer['activation'])}")
    return len(weights)


def _layer_from_data(data: Mapping[str, Any], l: int) -> Layer:
    weights, biases = data["weights"], data["biases"]
    try:
        layer = Layer(len(weights[0]), len(weights), data["activation"], layer=l, bias=biases is not None)
    except ValueError as error:
        raise UnfitError(str(error)) from None
    set_layer(layer, weights, biases or [0.0] * len(weights))
    return layer


def _preparation_from_data(data: Any, n_inputs: int, n_outputs: int) -> Preparation | None:
    if data is None:
        return None
    known = [field.name for field in fields(Preparation)]
    if not isinstance(data, dict) or "columns" not in data or not set(data) <= set(known):
        raise UnfitError(f"preparation must be null or hold {', '.join(known)}")
    if not all(isinstance(value, list) for name, value in data.items() if name not in _NO_LISTS) or not isinstance(
            data.get("target_shape"), list | None):
        raise UnfitError(f"all parts of preparation but {', '.join(_NO_LISTS)} must be lists, and target_shape may be "
                         "null")
    made: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    made["encodings"] = _encodings_from_data(data.get("encodings", []))
    preparation = Preparation(**made)
    _check_preparation(preparation, n_inputs, n_outputs, UnfitError)
    return preparation


def _encodings_from_data(data: list[Any]) -> tuple[Encoding, ...]:
    for entry in data:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], list)
                and all(isinstance(value, str) for value in entry[1])
                and len({normalise(value) for value in entry[1]}) == len(entry[1])):
            raise UnfitError("encodings of preparation must be pairs of a column and its values, such as "
                             f'["sex", ["female", "male"]], not {quote(entry)}')
    return tuple((column, tuple(values)) for column, values in data)


def _check_preparation(found: Preparation, n_inputs: int, n_outputs: int, error: Callable[[str], ValueError]) -> None:
    for name, sizes in (("columns", (n_inputs,)), ("mean", (0, n_inputs)), ("scale", (0, n_inputs)),
                        ("target_mean", (0, n_outputs)), ("target_scale", (0, n_outputs)),
                        ("classes", (0, n_outputs) if n_outputs > 1 else (0, 2))):
        if len(getattr(found, name)) not in sizes:
            raise error(f"{name} of preparation must have {' or '.join(map(str, sizes))} entries for {n_inputs} inputs "
                        f"and {n_outputs} outputs, not {len(getattr(found, name))}")
    if len(set(found.classes)) < len(found.classes):
        raise error("classes of preparation must be different")
    for name in ("columns", "targets", "classes"):
        if not all(isinstance(entry, str) for entry in getattr(found, name)):
            raise error(f"{name} of preparation must be names")
    for name in ("mean", "scale", "target_mean", "target_scale"):
        if not _are_numbers(getattr(found, name)) or ("scale" in name and not all(s > 0 for s in getattr(found, name))):
            raise error(f"{name} of preparation must be finite numbers{' above 0' * ('scale' in name)}")
    if len(found.mean) != len(found.scale) or len(found.target_mean) != len(found.target_scale):
        raise error("mean and scale of preparation must both be given, or neither")
    if type(found.named) is not bool:
        raise error(f"named of preparation must be true or false, not {quote(found.named)}")
    if found.encodings and count_inputs(found.encodings) != n_inputs:
        raise error(f"encodings of preparation make {count_inputs(found.encodings)} inputs, but there are {n_inputs}")
    if found.target_kind not in ("", "bool", "int", "float", "str"):
        raise error(f"target_kind of preparation must be bool, int, float, str or empty, not "
                    f"{quote(found.target_kind)}")
    shape = found.target_shape or ()
    if not all(type(size) is int and size > 0 for size in shape) or len(shape) > 1:
        raise error("target_shape of preparation must be null or hold at most one whole number")
    if type(found.of_class) is not int or found.of_class not in (0, 1):
        raise error(f"of_class of preparation must be 0 or 1, not {quote(found.of_class)}")


def _require_key(data: Mapping[str, Any], name: str, where: str = "") -> Any:
    if name not in data:
        raise UnfitError(f"{name}{where} is missing")
    return data[name]


def _are_numbers(values: Sequence[Any]) -> bool:
    try:
        return all(type(value) in (int, float) and isfinite(value) for value in values)
    except OverflowError:  # a whole number that is too large for a float
        return False
