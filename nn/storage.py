"""Networks kept in a file, and restored: JSON, versioned, checked. ``docs/training.md`` describes the format."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from . import optimizers
from .files import write_text
from .history import Best, Epoch, Training
from .network import MLP, Layer
from .preparation import Preparation

FORMAT = "autograd_lite network"
VERSION = 1
_Path = str | PathLike[str]


def save(net: MLP, path: _Path, training: Training | None = None) -> Path:
    """Write a network to ``path``, with its scales and names; at once or not at all, whenever the program is ended.

    Args:
        net: an MLP.
        path: the file; by custom its name ends in .json.
        training: ``history.training``, to go on later with ``fit(…, resume=path)``.

    Raises:
        TypeError: net is no MLP; ValueError: the cost is a function, which no file can hold; OSError: it cannot be
            written there.
    """
    if not isinstance(net, MLP):
        raise TypeError(f"only an MLP can be saved, not a {type(net).__name__}; an MLP of one layer is the same "
                        "network")
    content: dict[str, Any] = {
        "format": FORMAT, "version": VERSION, "inputs": net.n_inputs, "layers": [_layer(layer) for layer in net.layers],
        "preparation": net.preparation and asdict(net.preparation), "training": training and _training(training),
    }
    content["checksum"] = _checksum(content)
    return write_text(path, _text(content))


def load(path: _Path) -> MLP:
    """The network that ``save`` wrote to ``path``; numbers are the same to the last bit.

    Raises:
        ValueError: the file is cut off, was changed, is of a newer version, or is something else; OSError: it cannot
            be read.
    """
    content = _content(path)
    try:
        net = _network(content)
        preparation = content["preparation"]
        if preparation is not None:
            fields: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else int(value) for name, value in preparation.items()}
            net.preparation = Preparation(**fields)
        return net
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _unfit(path, error) from None


def load_training(path: _Path) -> Training:
    """What is needed to go on with the training of the network in ``path``; ``fit(resume=path)`` reads it itself.

    Raises:
        ValueError: as ``load`` does, or the file holds a network without its training.
    """
    content = _content(path)
    try:
        data = content["training"]
        if data is not None:
            version, numbers, gauss = data["random_state"]
            return Training(**data | {
                "optimizer": optimizers.from_dict(data["optimizer"]), "random_state": (version, tuple(numbers), gauss),
                "epochs": [Epoch(**epoch) for epoch in data["epochs"]],
                "best": Best(**data["best"] | {"parameters": tuple(data["best"]["parameters"])}),
            })
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _unfit(path, error) from None
    raise ValueError(f"{fspath(path)} holds a network without its training, so there is nothing to go on with; "
                     "load it and train it anew, or save it with training=history.training")


def _layer(layer: Layer) -> dict[str, Any]:
    biases = [neuron.bias for neuron in layer.neurons if neuron.bias is not None]
    return {"activation": layer.activation, "weights": [[w.data for w in neuron.weights] for neuron in layer.neurons],
            "biases": [bias.data for bias in biases] or None}


def _network(content: Mapping[str, Any]) -> MLP:
    layers = content["layers"]
    n_inputs = content["inputs"]
    net = MLP(n_inputs, [len(layer["weights"]) for layer in layers])
    made: list[Layer] = []
    for l, kept in enumerate(layers, start=1):
        n_in = len(made[-1].neurons) if made else n_inputs
        layer = Layer(n_in, len(kept["weights"]), kept["activation"], layer=l, bias=kept["biases"] is not None)
        for neuron, row in zip(layer.neurons, kept["weights"], strict=True):
            for weight, number in zip(neuron.weights, row, strict=True):
                weight.data = number
        for neuron, number in zip(layer.neurons, kept["biases"] or [], strict=kept["biases"] is not None):
            if neuron.bias is not None:
                neuron.bias.data = number
        made.append(layer)
    net.layers = made
    return net


def _training(training: Training) -> dict[str, Any]:
    if not training.cost:
        raise ValueError("the cost of this training is a function, which no file can hold; give fit the name of a "
                         "cost, or save the network without its training")
    return {
        "epoch": training.epoch, "cost": training.cost, "penalty": training.penalty, "lam": training.lam,
        "batch_size": training.batch_size, "data": training.data, "parameters": training.parameters,
        "optimizer": optimizers.to_dict(training.optimizer), "best": asdict(training.best),
        "random_state": training.random_state, "epochs": [asdict(epoch) for epoch in training.epochs],
    }


def _content(path: _Path) -> dict[str, Any]:
    """The file as data, once its form, its version and its checksum have been found right."""
    name = fspath(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise type(error)(f"cannot read {name}: {error.strerror}; name another file") from None
    except UnicodeDecodeError:
        raise ValueError(f"{name} is no saved network: it is not text; name a file that save or train wrote") from None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        begun = FORMAT in text[:200]
        raise ValueError(f"{name} is cut off or damaged ({error}); restore a copy of it or train again" if begun else
                         f"{name} is no saved network; name a file that save or train wrote") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{name} is no saved network; name a file that save or train wrote")
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ValueError(f"{name} was written by a newer autograd_lite (format {version}; this one reads {VERSION}); "
                         "update autograd_lite")
    if "checksum" in content and content["checksum"] != _checksum(content):
        raise ValueError(f"{name} was changed after it was written, since its checksum does not fit; restore a copy of "
                         "it, or take the line \"checksum\" out if you meant the change")
    return content


def _checksum(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _text(content: Mapping[str, Any]) -> str:
    """JSON with a line for each key, and for each layer."""
    def dumped(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    layers = ",\n  ".join(dumped(layer) for layer in content["layers"])
    lines = [f' "{key}": ' + (f"[\n  {layers}\n ]" if key == "layers" else dumped(value))
             for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _unfit(path: _Path, error: Exception) -> ValueError:
    what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return ValueError(f"{fspath(path)} does not describe a network: {what}; restore a copy of it or train again")
