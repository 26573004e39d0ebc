"""Networks in files: the same to the last bit, and a file that is half, changed or something else is told as such."""

import errno
import io
import json
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import MLP, Layer, Neuron, Preparation, TrainingWarning, fit, load, load_training, optimizers, save, schedules
from nn.history import Training

EXTREME = [5e-324, -5e-324, 1e308, -1.7976931348623157e308, -0.0, 0.1 + 0.2, 2.2250738585072014e-308, 1 / 3]
X, Y = [[0.0], [1.0], [2.0]], [[0.0], [1.0], [4.0]]
NAMED = Preparation(("Länge", "a \"b\"\\"), ("Art",), (0.1, -1e-300), (1 / 3, 5e-324), (), (), ("ä", "β", "\t𝛿"), 1)


def network(seed: int) -> MLP:
    """Of any size and with any activations; some without biases, some with a preparation."""
    draw = random.Random(seed)
    hidden = draw.choice(["sigmoid", "tanh", "relu", "softplus", "leaky_relu", "elu"])
    sizes = [draw.randint(1, 4) for _ in range(draw.randint(1, 3))]
    net = MLP(2, sizes, hidden, draw.choice(["identity", "softmax", "sigmoid"]), seed)
    if draw.random() < 0.3:
        net.layers[0] = Layer(2, sizes[0], net.layers[0].activation, draw, bias=False)
    for parameter in net.parameters():
        parameter.data = draw.gauss(0, 1) * 10 ** draw.uniform(-3, 1)
    net.preparation = draw.choice([None, Preparation.none(2, sizes[-1]).standardising(
        [[draw.gauss(5, 2), draw.gauss(-1, 1e-5)] for _ in range(9)], [[draw.gauss(0, 9)] * sizes[-1] for _ in range(9)])])
    return net


def content(net: MLP) -> Any:
    """All that a network is, numbers to the last bit."""
    numbers = [(p.label, p.data.hex()) for p in net.parameters()]
    return numbers, [layer.activation for layer in net.layers], repr(net), net.preparation


def trained(path: Path, **settings: Any) -> Training:
    net = MLP(1, [2, 1], seed=1)
    training = fit(net, X, Y, epochs=3, progress=False, **settings).training
    save(net, path, training)
    return training


def refused(path: Path, read: Any = load) -> str:
    """The one sentence that says why a file is refused."""
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        read(path)
    sentence = str(caught.value)
    assert type(caught.value) is ValueError
    assert "\n" not in sentence
    assert "zip()" not in sentence
    assert "object" not in sentence
    assert "__init__" not in sentence
    return sentence


def by_hand(path: Path, **changes: Any) -> Path:
    """A file whose author took the checksum out; a change to ``...`` takes its key out too."""
    kept = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in kept.items() if key != "checksum" and value is not ...}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.json"


@pytest.mark.parametrize("seed", range(30))
def test_a_network_comes_back_to_the_bit(path: Path, seed: int) -> None:
    net = network(seed)
    assert save(net, path) == path
    found = load(path)
    assert content(found) == content(net)
    samples = np.random.default_rng(seed).normal(0, 2, (5, 2))
    assert found.predict(samples).tobytes() == net.predict(samples).tobytes()
    before = path.read_bytes()
    save(found, path)
    assert path.read_bytes() == before


def test_extreme_numbers_and_names_come_back(path: Path) -> None:
    net = MLP(2, [2, 3], output_activation="softmax", seed=0)
    for parameter, number in zip(net.parameters(), EXTREME * 2, strict=False):
        parameter.data = number
    net.preparation = NAMED
    assert content(load(save(net, path))) == content(net)


def test_the_file_is_json_that_says_what_it_is(path: Path) -> None:
    save(MLP(2, [3, 1], "tanh", seed=0), path)
    found = json.loads(path.read_bytes())
    assert list(found) == ["format", "version", "inputs", "layers", "preparation", "training", "checksum"]
    assert (found["format"], found["version"], found["inputs"]) == ("autograd_lite network", 1, 2)
    assert [layer["activation"] for layer in found["layers"]] == ["tanh", "identity"]
    assert [np.shape(layer["weights"]) for layer in found["layers"]] == [(3, 2), (1, 3)]
    assert [len(layer["biases"]) for layer in found["layers"]] == [3, 1]
    assert (found["preparation"], found["training"]) == (None, None)


RATES: list[Any] = [0.1, schedules.Cosine(0.1, 30), schedules.StepDecay(0.1)]


@pytest.mark.parametrize("eta", RATES, ids=repr)
@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_training_comes_back_to_the_bit(path: Path, name: str, eta: Any) -> None:
    kept = trained(path, optimizer=optimizers.OPTIMIZERS[name](eta), batch_size=2, penalty="l2", lam=0.01, seed=5)
    found = load_training(path)
    assert optimizers.to_dict(found.optimizer) == optimizers.to_dict(kept.optimizer)
    for field in {f.name for f in fields(Training)} - {"optimizer"}:
        assert getattr(found, field) == getattr(kept, field), field


def test_a_file_cut_off_anywhere_is_refused(path: Path) -> None:
    net = MLP(2, [2, 3], output_activation="softmax", seed=0)
    net.preparation = NAMED
    whole = save(net, path).read_bytes()
    for end in range(len(whole) - 1):
        path.write_bytes(whole[:end])
        sentence = refused(path)
        assert end < 50 or "is cut off or damaged" in sentence, whole[:end]


def test_training_cut_off_anywhere_is_refused(path: Path) -> None:
    trained(path, batch_size=2)
    whole = path.read_bytes()
    for end in range(0, len(whole) - 1, 41):
        path.write_bytes(whole[:end])
        refused(path)
        refused(path, load_training)


def test_a_changed_character_is_noticed_or_changes_nothing(path: Path) -> None:
    net, draw = MLP(2, [2, 1], seed=0), random.Random(0)
    net.preparation = NAMED
    whole = save(net, path).read_text(encoding="utf-8")
    same = 0
    for at in range(len(whole)):
        for new in ("", whole[at] * 2, draw.choice(' 0123456789.-e"'), draw.choice('{}[],:\\\n\0xé�')):
            path.write_text(whole[:at] + new + whole[at + 1 :], encoding="utf-8")
            try:
                found = load(path)
            except ValueError:
                refused(path)
            else:
                same += 1
                assert content(found) == content(net), (whole[at - 9 : at + 9], new)
    assert same < len(whole)  # of four times as many


def test_a_changed_byte_is_noticed_in_training_too(path: Path) -> None:
    kept, draw = trained(path, batch_size=2), random.Random(0)
    whole = path.read_bytes()
    for at in range(0, len(whole), 29):
        path.write_bytes(whole[:at] + bytes([draw.randrange(256)]) + whole[at + 1 :])
        try:
            found = load_training(path)
        except ValueError:
            refused(path, load_training)
        else:
            assert (found.parameters, found.random_state) == (kept.parameters, kept.random_state)


def test_white_space_does_not_matter(path: Path) -> None:
    net = network(1)
    text = save(net, path).read_text(encoding="utf-8")
    for changed in (text.replace("\n", "\r\n"), text.replace("\n", ""), text + "\n\n", json.dumps(json.loads(text), indent=4), "\ufeff" + text):
        path.write_bytes(changed.encode())
        assert content(load(path)) == content(net)


@pytest.mark.parametrize(("found", "sentence"), [
    (b"", "is no saved network"), (b"\n", "is no saved network"), (b"hello", "is no saved network"), (b"[1, 2]", "is no saved network"),
    (b'{"format": "another"}', "is no saved network"), (b"3", "is no saved network"), (b"null", "is no saved network"),
    (bytes(range(256)), "is no saved network: it is not text"), (b"\x89PNG\r\n\x1a\n", "it is not text"), (b"[" * 100_000, "is no saved network"),
    (b'{"format": "autograd_lite network", "version": 2}', r"was written by a newer autograd_lite \(format 2; this one reads 1\); update"),
    (b'{"format": "autograd_lite network", "version": 1, "x": ' + b"[" * 100_000, "is cut off or damaged"),
    (b'{"format": "autograd_lite network", "version": 1, "checksum": "0", "inputs": "\\ud800"}', "checksum does not fit"),
], ids=lambda value: str(value)[:24])
def test_something_else_is_told_as_such(path: Path, found: bytes, sentence: str) -> None:
    path.write_bytes(found)
    assert re.search(sentence, refused(path))
    assert re.search(sentence, refused(path, load_training))


@pytest.mark.parametrize("version", [..., None, "1", 0, -1, 1.5, True])
def test_a_version_that_never_was_is_no_newer_one(path: Path, version: Any) -> None:
    by_hand(save(network(0), path), version=version)
    assert "newer" not in refused(path)


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    for read in (load, load_training):
        with pytest.raises(IsADirectoryError, match="cannot read .*: Is a directory; name another file"):
            read(tmp_path)
        with pytest.raises(FileNotFoundError, match="cannot read .*nowhere.json: No such file"):
            read(tmp_path / "nowhere.json")


def test_a_change_by_hand_is_meant_where_the_checksum_is_out(path: Path) -> None:
    net = MLP(1, [1], seed=0)
    save(net, path)
    path.write_text(path.read_text(encoding="utf-8").replace('"biases": [0.0]', '"biases": [2]'), encoding="utf-8")
    assert "take the line \"checksum\" out if you meant the change" in refused(path)
    assert load(by_hand(path)).parameters()[1].data == 2.0


def layer(weights: Any, biases: Any = None, activation: Any = "tanh") -> dict[str, Any]:
    return {"activation": activation, "weights": weights, "biases": biases}


SCALED = {"columns": ["u", "v"], "mean": [0.0, 1.0], "scale": [1.0, 2.0]}


@pytest.mark.parametrize("changes", [
    {"inputs": 3}, {"inputs": 1}, {"inputs": 0}, {"inputs": 2.0}, {"inputs": "2"}, {"inputs": ...}, {"inputs": 200_000},
    {"layers": ...}, {"layers": []}, {"layers": 3}, {"layers": [3]}, {"layers": {}}, {"layers": [{}]}, {"layers": [layer([])]}, {"layers": [layer(2)]},
    {"layers": [layer([[1.0, 2.0], [3.0]])]}, {"layers": [layer([[1.0, 2.0, 3.0]])]}, {"layers": [layer([1.0, 2.0])]},
    {"layers": [layer([[1.0, 2.0]], [1.0, 2.0])]}, {"layers": [layer([[1.0, 2.0]], [])]}, {"layers": [layer([[1.0, 2.0]], 3)]},
    {"layers": [layer([[1.0, 2.0]]), layer([[1.0, 2.0]])]}, {"layers": [layer([[1.0, "2"]])]}, {"layers": [layer([[1.0, None]])]},
    {"layers": [layer([[1.0, float("nan")]])]}, {"layers": [layer([[1.0, 10**400]])]}, {"layers": [layer([[1.0, 2.0]], None, "tan")]},
    {"layers": [layer([[1.0, 2.0]], None, ["tanh"])]}, {"layers": [layer([[1.0, 2.0]], None, None)]},
    {"preparation": ...}, {"preparation": 3}, {"preparation": []}, {"preparation": {}}, {"preparation": SCALED | {"colour": 1}},
    {"preparation": SCALED | {"columns": ["u"]}}, {"preparation": SCALED | {"mean": [0.0]}}, {"preparation": SCALED | {"scale": [1.0, 0.0]}},
    {"preparation": SCALED | {"scale": [1.0, float("inf")]}}, {"preparation": SCALED | {"mean": ["a", "b"]}}, {"preparation": SCALED | {"of_class": 7}},
    {"preparation": SCALED | {"of_class": None}}, {"preparation": SCALED | {"columns": "uv"}}, {"preparation": SCALED | {"target_mean": [1.0]}},
    {"preparation": SCALED | {"classes": ["a", "b", "c", "d"]}},
], ids=lambda changes: str(changes)[:60])
def test_parts_that_do_not_fit_are_refused_at_once(path: Path, changes: dict[str, Any]) -> None:
    save(MLP(2, [2, 3], seed=0), path)
    begun = time.process_time()
    assert "does not describe a network" in refused(by_hand(path, **changes))
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("changes", [
    {"epoch": ...}, {"optimizer": {}}, {"optimizer": 3}, {"random_state": []}, {"epochs": [3]}, {"best": None}, {"parameters": ["a"]}, {"colour": 1},
], ids=str)
def test_training_that_does_not_fit_is_refused(path: Path, changes: dict[str, Any]) -> None:
    trained(path)
    kept = json.loads(path.read_text(encoding="utf-8"))["training"] | changes
    by_hand(path, training={key: value for key, value in kept.items() if value is not ...})
    refused(path, load_training)


def test_there_must_be_training_to_go_on_with(path: Path) -> None:
    save(network(0), path)
    assert "holds a network without its training, so there is nothing to go on with" in refused(path, load_training)
