"""Converts networks and trainings to plain data for a file, and back with every value checked."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
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
    _require(type(n_inputs) is int and n_inputs >= 1,
             f"inputs must be a whole number of at least 1, not {quote(n_inputs)}")
    _require(isinstance(layers, list) and layers, "layers must be a list with at least one layer")
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
        _require(type(phase.epoch) is int and 0 <= phase.epoch <= found.epoch and isinstance(phase.change, str),
                 "phases of its training must have an epoch of the run and a text")
    _require(plan.penalty is None or (isinstance(plan.penalty, str) and plan.penalty in PENALTIES),
             f"penalty of its training must be null or one of {', '.join(PENALTIES)}, not {quote(plan.penalty)}")
    _require(plan.penalise in PENALISED,
             f"penalise of its training must be one of {', '.join(PENALISED)}, not {quote(plan.penalise)}")
    counts = {"epoch": found.epoch, "steps": found.optimizer.steps, "best epoch": found.best.epoch,
              "schedule_from": found.schedule_from}
    for name, count in counts.items():
        _require(type(count) is int and count >= 0,
                 f"{name} of its training must be a whole number of at least 0, not {quote(count)}")
    for name, value in {"epochs": plan.epochs, "batch_size": plan.batch_size, "patience": plan.patience}.items():
        _require((type(value) is int and value >= 1) or (value is None and name != "epochs"),
                 f"{name} of its training must be a whole number of at least 1, not {quote(value)}")
    numbers = {"parameters": found.parameters, "best parameters": found.best.parameters,
               "tolerance and lam": (plan.tolerance, plan.lam),
               "epochs": [v for e in found.epochs for v in (e.number, e.cost, e.gradient_norm, e.eta)]}
    numbers |= {f"{name} of the optimizer": kept.tolist() for name, kept in found.optimizer.state.items()}
    for name, values in numbers.items():
        _require(_are_numbers(values), f"{name} of its training must be finite numbers")
    held = [e.validation for e in found.epochs if e.validation is not None]
    _require(_are_numbers(held) and (found.best.cost == inf or _are_numbers([found.best.cost])),
             "costs of its training must be finite numbers")
    in_order = [e.number for e in found.epochs] == list(range(1, found.epoch + 1))
    _require(plan.tolerance >= 0 and found.best.epoch <= found.epoch and in_order,
             "its training has numbers that contradict each other")
    _require({len(numbers) for numbers in (found.best.parameters, *found.optimizer.state.values())} == {n},
             "its training has parts whose sizes differ")
    _require(set(found.optimizer.state) == (set(found.optimizer.kept()) if found.optimizer.steps else set()),
             "its training lacks the state of the optimizer")
    texts = all(isinstance(text, str) for text in (plan.network, plan.data, plan.held))
    _require(isinstance(plan.notes, dict) and plan.cost in COSTS and texts and plan.engine in DESCRIBED,
             "the plan of its training has a part of the wrong form")


def _layer_to_data(layer: Layer) -> dict[str, Any]:
    biases = [neuron.bias.data for neuron in layer.neurons if neuron.bias is not None]
    return {"activation": layer.activation, "weights": [[w.data for w in neuron.weights] for neuron in layer.neurons],
            "biases": biases or None}


def _check_layer(layer: Any, l: int, width: int) -> int:
    """Check a layer with ``width`` inputs; return its number of units."""
    _require(isinstance(layer, dict), f"layer {l} must have activation, weights and biases")
    weights, biases = _require_key(layer, "weights", f" of layer {l}"), _require_key(layer, "biases", f" of layer {l}")
    _require(isinstance(weights, list) and weights and all(isinstance(row, list) for row in weights),
             f"weights of layer {l} must be a list with a row for each unit")
    for j, row in enumerate(weights, start=1):
        _require(len(row) == width, f"unit {j} of layer {l} has {len(row)} weights, but {width} inputs")
        _require(_are_numbers(row), f"weights of unit {j} of layer {l} must be finite numbers")
    _require(biases is None or (isinstance(biases, list) and len(biases) == len(weights) and _are_numbers(biases)),
             f"biases of layer {l} must be null or {len(weights)} finite numbers, one for each unit")
    activation = _require_key(layer, "activation", f" of layer {l}")
    _require(isinstance(activation, str), f"activation of layer {l} must be a name, not {quote(activation)}")
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
    _require(isinstance(data, dict) and "columns" in data and set(data) <= set(known),
             f"preparation must be null or hold {', '.join(known)}")
    lists = all(isinstance(value, list) for name, value in data.items() if name not in _NO_LISTS)
    _require(lists and isinstance(data.get("target_shape"), list | None),
             f"all parts of preparation but {', '.join(_NO_LISTS)} must be lists, and target_shape may be null")
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


def _check_preparation(found: Preparation, n_inputs: int, n_outputs: int, error: type[ValueError]) -> None:
    require = partial(_require, error=error)
    for name, sizes in (("columns", (n_inputs,)), ("mean", (0, n_inputs)), ("scale", (0, n_inputs)),
                        ("target_mean", (0, n_outputs)), ("target_scale", (0, n_outputs)),
                        ("classes", (0, n_outputs) if n_outputs > 1 else (0, 2))):
        count = len(getattr(found, name))
        require(count in sizes, f"{name} of preparation must have {' or '.join(map(str, sizes))} entries for "
                                f"{n_inputs} inputs and {n_outputs} outputs, not {count}")
    require(len(set(found.classes)) == len(found.classes), "classes of preparation must be different")
    for name in ("columns", "targets", "classes"):
        names = all(isinstance(entry, str) for entry in getattr(found, name))
        require(names, f"{name} of preparation must be names")
    for name in ("mean", "scale", "target_mean", "target_scale"):
        values, positive = getattr(found, name), "scale" in name
        require(_are_numbers(values) and (not positive or all(value > 0 for value in values)),
                f"{name} of preparation must be finite numbers{' above 0' * positive}")
    require(len(found.mean) == len(found.scale) and len(found.target_mean) == len(found.target_scale),
            "mean and scale of preparation must both be given, or neither")
    require(type(found.named) is bool, f"named of preparation must be true or false, not {quote(found.named)}")
    count = count_inputs(found.encodings)
    require(not found.encodings or count == n_inputs,
            f"encodings of preparation make {count} inputs, but there are {n_inputs}")
    require(found.target_kind in ("", "bool", "int", "float", "str"),
            f"target_kind of preparation must be bool, int, float, str or empty, not {quote(found.target_kind)}")
    shape = found.target_shape or ()
    require(all(type(size) is int and size > 0 for size in shape) and len(shape) <= 1,
            "target_shape of preparation must be null or hold at most one whole number")
    require(type(found.of_class) is int and found.of_class in (0, 1),
            f"of_class of preparation must be 0 or 1, not {quote(found.of_class)}")


def _require(holds: object, sentence: str, error: type[ValueError] = UnfitError) -> None:
    if not holds:
        raise error(sentence)


def _require_key(data: Mapping[str, Any], name: str, where: str = "") -> Any:
    _require(name in data, f"{name}{where} is missing")
    return data[name]


def _are_numbers(values: Sequence[Any]) -> bool:
    try:
        return all(type(value) in (int, float) and isfinite(value) for value in values)
    except OverflowError:  # a whole number that is too large for a float
        return False
