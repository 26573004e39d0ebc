"""Saves networks to JSON files and restores them. ``docs/training.md`` describes the format."""

import json
from collections.abc import Mapping
from hashlib import sha256
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from autograd_lite.internal import quote

from ..ground.files import read_bytes, write_text
from ..networks.network import MLP
from .history import Training
from .serialisation import UnfitError, network_from_data, network_to_data, training_from_data, training_to_data

FORMAT = "autograd_lite network"
VERSION = 1
_Path = str | PathLike[str]


def save(net: MLP, path: _Path, training: Training | None = None) -> Path:
    """Save a network with its scales and names. The file is replaced atomically.

    Args:
        net: an MLP.
        path: the file; its name usually ends in .json.
        training: ``history.training``, to resume the run later with ``fit(…, resume=path)``.

    Returns:
        The path.

    Raises:
        TypeError: ``net`` is no MLP, or ``training`` no ``Training``. ValueError: a part cannot be saved, such as a
            cost that is a function. OSError: the file cannot be written.

    >>> import tempfile
    >>> net = MLP(2, [3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(net, f"{folder}/net.json")
    ...     restored = load(path)
    >>> bool((restored.predict([[1, 2]]) == net.predict([[1, 2]])).all())
    True
    """
    if not isinstance(net, MLP):
        raise TypeError(f"only an MLP can be saved, not a {type(net).__name__}; use an MLP with one layer")
    if training is not None and not isinstance(training, Training):
        raise TypeError(f"training must be history.training, not a {type(training).__name__}")
    try:
        content = {"format": FORMAT, "version": VERSION, **network_to_data(net),
                   "training": None if training is None else training_to_data(training)}
    except ValueError as error:
        raise ValueError(f"cannot write {fspath(path)}: {error}") from None
    content["checksum"] = _compute_checksum(content)
    return write_text(path, _write_json(content))


def to_plain_notes(notes: Mapping[str, Any]) -> dict[str, Any]:
    """The notes as they are after saving and loading. Raises ValueError if they are no plain data."""
    try:
        found: dict[str, Any] = json.loads(json.dumps(dict(notes), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError("notes must be plain data (text and finite numbers in lists and dictionaries): "
                         f"{error}") from None
    return found


def load(path: _Path) -> MLP:
    """Restore the network that ``save`` wrote to ``path``; its numbers are exactly the same.

    Raises:
        ValueError: the file is truncated, was changed, has a newer version, or holds something else.
        OSError: the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load(save(MLP(2, [1]), f"{folder}/net.json"))
    MLP of [Layer(2, 1, 'identity')]
    """
    content = _read_content(path)
    try:
        return network_from_data(content)
    except UnfitError as error:
        raise _unfit_error(path, error) from None


def load_training(path: _Path) -> Training:
    """The training that ``save`` wrote to ``path`` with its network. ``fit(resume=path)`` calls this itself.

    Raises:
        ValueError: as ``load`` does, or the file holds a network without its training. OSError: as ``load`` does.

    >>> import tempfile
    >>> net = MLP(1, [1], seed=0)
    >>> history = fit(net, [1, 2], [1, 2], epochs=3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_training(save(net, f"{folder}/net.json", history.training)).epoch
    3
    """
    content = _read_content(path)
    if content.get("training") is None:
        raise ValueError(f"{fspath(path)} holds a network without its training, so there is nothing to resume; "
                         "load it and start a new run, or save it with training=history.training")
    try:
        net = network_from_data(content)
        training = training_from_data(content["training"], net.data_preparation)
        if len(training.parameters) != len(net.parameters()):
            raise UnfitError(f"its training has {len(training.parameters)} parameters, and its layers "
                             f"{len(net.parameters())}")
        return training
    except UnfitError as error:
        raise _unfit_error(path, error) from None


def _read_content(path: _Path) -> dict[str, Any]:
    """Read a file and check its form, version and checksum."""
    name = fspath(path)
    found = read_bytes(path)
    begun = FORMAT.encode() in found[:200]
    try:
        content = json.loads(found.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if begun:
            raise ValueError(f"{name} is truncated or damaged ({error}); restore a copy of it or train again") from None
        what = ": it is not text" if isinstance(error, UnicodeDecodeError) else ""
        raise ValueError(f"{name} is no saved network{what}; name a file that save or train wrote") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{name} is no saved network; name a file that save or train wrote")
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise ValueError(f"{name} is damaged: its version is {quote(version)}; restore a copy of it or train again")
    if version > VERSION:
        raise ValueError(f"{name} was written by a newer autograd_lite (format {version}; this one reads {VERSION}); "
                         "update autograd_lite")
    if "checksum" in content and content["checksum"] != _compute_checksum(content):
        raise ValueError(f"{name} was changed after it was written: its checksum does not match. Restore a copy of it, "
                         "or remove the line \"checksum\" if the change was intended")
    return content


def _compute_checksum(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _write_json(content: Mapping[str, Any]) -> str:
    """JSON with one line for each key and each layer."""
    def dump(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    layers = ",\n  ".join(dump(layer) for layer in content["layers"])
    lines = [f' "{key}": ' + (f"[\n  {layers}\n ]" if key == "layers" else dump(value))
             for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _unfit_error(path: _Path, error: Exception) -> ValueError:
    return ValueError(f"{fspath(path)} does not describe a network: {error}; restore a copy of it or train again")
