"""Networks in files: the same to the last bit, and a file that is half, changed or something else is told as such."""

import copy
import errno
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from nn import MLP, Layer, Neuron, Preparation, TrainingWarning, fit, load, load_training, optimizers, save, schedules
from nn.training.history import Training

pytestmark = pytest.mark.slow

EXTREME = [5e-324, -5e-324, 1e308, -1.7976931348623157e308, -0.0, 0.1 + 0.2, 2.2250738585072014e-308, 1 / 3]
X, Y = [[0.0], [1.0], [2.0]], [[0.0], [1.0], [4.0]]


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
    net.preparation = draw.choice([None, Preparation.none(2, sizes[-1]).standardise(
        [[draw.gauss(5, 2), draw.gauss(-1, 1e-5)] for _ in range(9)], [[draw.gauss(0, 9)] * sizes[-1] for _ in range(9)])])
    return net


def extreme() -> MLP:
    """With numbers at the ends of the range, and names that JSON must escape."""
    net = MLP(2, [2, 3], output_activation="softmax", seed=0)
    for parameter, number in zip(net.parameters(), EXTREME * 2, strict=False):
        parameter.data = number
    net.preparation = Preparation(("Länge", 'a "b"\\'), ("Art",), (0.1, -1e-300), (1 / 3, 5e-324), (), (), ("ä", "β", "\t𝛿"))
    return net


def content(net: MLP) -> Any:
    """All that a network is, numbers to the last bit."""
    numbers = [(p.label, p.data.hex()) for p in net.parameters()]
    return numbers, [layer.activation for layer in net.layers], repr(net), net.preparation


def trained(path: Path, **settings: Any) -> Training:
    training = fit(net := MLP(1, [2, 1], seed=1), X, Y, epochs=3, progress=False, **settings).training
    save(net, path, training)
    return training


def refused(path: Path, read: Any = load) -> str:
    """The one sentence that says why a file is refused."""
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        read(path)
    assert type(caught.value) is ValueError
    assert not re.search(r"\n|zip\(|<.*object at|__init__", str(caught.value))
    return str(caught.value)


def by_hand(path: Path, **changes: Any) -> Path:
    """A file whose author took the checksum out; a change to ``...`` takes its key out too."""
    kept = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in kept.items() if key != "checksum" and value is not ...}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.json"


@pytest.mark.parametrize("net", [*map(network, range(30)), extreme()], ids=repr)
def test_a_network_comes_back_to_the_bit(path: Path, net: MLP) -> None:
    assert save(net, path) == path
    found = load(path)
    assert content(found) == content(net)
    samples = net.preparation.mean if net.preparation else [0.3, -2.0]
    assert found.predict([samples]).tobytes() == net.predict([samples]).tobytes()
    before = path.read_bytes()
    save(found, path)
    assert path.read_bytes() == before


def test_the_file_is_json_that_says_what_it_is(path: Path) -> None:
    save(MLP(2, [3, 1], "tanh", seed=0), path)
    found = json.loads(path.read_bytes())
    assert list(found) == ["format", "version", "inputs", "layers", "preparation", "training", "checksum"]
    assert (found["format"], found["version"], found["inputs"]) == ("autograd_lite network", 1, 2)
    assert [layer["activation"] for layer in found["layers"]] == ["tanh", "identity"]
    assert [np.shape(layer["weights"]) for layer in found["layers"]] == [(3, 2), (1, 3)]
    assert [len(layer["biases"]) for layer in found["layers"]] == [3, 1]
    assert (found["preparation"], found["training"]) == (None, None)


@pytest.mark.parametrize("eta", [0.1, schedules.Cosine(0.1, 30)], ids=repr)
@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_training_comes_back_to_the_bit(path: Path, name: str, eta: Any) -> None:
    kept = trained(path, optimizer=optimizers.OPTIMIZERS[name](eta), batch_size=2, penalty="l2", lam=0.01, seed=5)
    found = load_training(path)
    assert optimizers.to_dict(found.optimizer) == optimizers.to_dict(kept.optimizer)
    for field in set(Training.__slots__) - {"optimizer"}:
        assert getattr(found, field) == getattr(kept, field), field


def test_a_file_cut_off_anywhere_is_refused(path: Path) -> None:
    whole = save(extreme(), path).read_bytes()
    for end in range(len(whole) - 1):
        path.write_bytes(whole[:end])
        sentence = refused(path)
        assert end < 50 or "is truncated or damaged" in sentence, whole[:end]


@pytest.mark.exhaustive
def test_a_changed_character_is_noticed_or_changes_nothing(path: Path) -> None:
    net, draw = extreme(), random.Random(0)
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


def test_training_that_is_cut_off_or_changed_is_refused(path: Path) -> None:
    kept, draw = trained(path, batch_size=2), random.Random(0)
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, 29):
        path.write_bytes(whole[:at])
        refused(path, load_training)
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
    (b'{"format": "autograd_lite network", "version": 1, "x": ' + b"[" * 100_000, "is truncated or damaged"),
    (b'{"format": "autograd_lite network", "version": 1, "checksum": "0", "inputs": "\\ud800"}', "checksum does not match"),
], ids=lambda value: str(value)[:24])
def test_something_else_is_told_as_such(path: Path, found: bytes, sentence: str) -> None:
    path.write_bytes(found)
    assert re.search(sentence, refused(path))
    assert re.search(sentence, refused(path, load_training))


def test_a_change_by_hand_is_meant_where_the_checksum_is_out(path: Path) -> None:
    net = MLP(1, [1], seed=0)
    save(net, path)
    path.write_text(path.read_text(encoding="utf-8").replace('"biases": [0.0]', '"biases": [2]'), encoding="utf-8")
    assert "remove the line \"checksum\" if the change was intended" in refused(path)
    assert load(by_hand(path)).parameters()[1].data == 2.0


def layer(weights: Any, biases: Any = None, activation: Any = "tanh") -> dict[str, Any]:
    return {"activation": activation, "weights": weights, "biases": biases}


SCALED = {"columns": ["u", "v"], "mean": [0.0, 1.0], "scale": [1.0, 2.0]}
COUNTS: list[Any] = [3, 1, 0, 2.0, "2", None, ..., 200_000]
LAYERS: list[Any] = [..., [], 3, [3], {}, [{}], [layer([[1.0, 2.0]]), layer([[1.0, 2.0]])]]
UNFIT: list[dict[str, Any]] = [
    *({"version": version} for version in (..., None, "1", 0, -1, 1.5, True)),
    *({"inputs": count} for count in COUNTS),
    *({"layers": layers} for layers in LAYERS),
    *({"layers": [layer(weights)]} for weights in (
        [], 2, [1.0, 2.0], [[1.0, 2.0], [3.0]], [[1.0, 2.0, 3.0]], [[1.0, "2"]], [[1.0, None]], [[1.0, float("nan")]], [[1, 10**400]])),
    *({"layers": [layer([[1.0, 2.0]], biases)]} for biases in ([1.0, 2.0], [], 3, ["a"])),
    *({"layers": [layer([[1.0, 2.0]], None, name)]} for name in ("tan", ["tanh"], None)),
    {"preparation": ...}, {"preparation": 3}, {"preparation": []}, {"preparation": {}},
    *({"preparation": SCALED | change} for change in (
        {"colour": 1}, {"columns": ["u"]}, {"columns": "uv"}, {"mean": [0.0]}, {"mean": ["a", "b"]}, {"scale": [1.0, 0.0]},
        {"scale": [1.0, float("inf")]}, {"of_class": 7}, {"of_class": None}, {"target_mean": [1.0]}, {"classes": ["a", "b", "c", "d"]})),
]


@pytest.mark.parametrize("changes", UNFIT, ids=lambda changes: str(changes)[:90])
def test_parts_that_do_not_fit_are_refused_at_once(path: Path, changes: dict[str, Any]) -> None:
    save(MLP(2, [2, 3], seed=0), path)
    begun = time.process_time()
    assert "newer" not in refused(by_hand(path, **changes))
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("changes", [
    {"epoch": "a"}, {"epoch": -3}, {"epoch": 1.5}, {"epochs": []}, {"best": {"epoch": 1, "cost": 1.0, "parameters": [1.0]}}, {"plan": {}},
    {"random_state": [3, [1], None]}, {"optimizer": {"name": "adam", "settings": {"eta": 0.1}, "steps": -5, "state": {}}},
    {"optimizer": {"name": "adam", "settings": {"eta": 0.1}, "steps": 5, "state": {}}},
    {"epoch": ...}, {"optimizer": {}}, {"optimizer": 3}, {"random_state": []}, {"epochs": [3]}, {"best": None}, {"parameters": ["a"]}, {"colour": 1},
], ids=str)
def test_training_that_does_not_fit_is_refused(path: Path, changes: dict[str, Any]) -> None:
    trained(path)
    kept = json.loads(path.read_text(encoding="utf-8"))["training"] | changes
    by_hand(path, training={key: value for key, value in kept.items() if value is not ...})
    refused(path, load_training)


def test_there_must_be_training_to_go_on_with(path: Path) -> None:
    assert "holds a network without its training, so there is nothing to resume" in refused(save(network(0), path), load_training)


@pytest.mark.parametrize(("owner", "name"), [(os, "fdopen"), (Path, "chmod"), (Path, "replace")])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()], ids=repr)
def test_a_failing_write_leaves_the_old_file_and_nothing_else(
        path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: BaseException) -> None:
    before = save(network(1), path).read_bytes()
    monkeypatch.setattr(owner, name, Mock(side_effect=error))
    with pytest.raises(type(error)) as caught:
        save(network(2), path)
    monkeypatch.undo()
    assert str(caught.value) in ("", f"cannot write {path}: No space left; name another file")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    for read in (load, load_training):
        with pytest.raises(IsADirectoryError, match="cannot read .*: Is a directory; name another file"):
            read(tmp_path)
        with pytest.raises(FileNotFoundError, match="cannot read .*nowhere.json: No such file"):
            read(tmp_path / "nowhere.json")
    with pytest.raises(IsADirectoryError, match="cannot write .*: it is a folder; name another file"):
        save(network(0), tmp_path)
    with pytest.raises(FileNotFoundError, match="cannot write .*net.json: No such file or directory; name another file"):
        save(network(0), tmp_path / "nowhere" / "net.json")
    assert list(tmp_path.iterdir()) == []


SAVING = """
import os, signal, sys
from nn import MLP, load, save
first, second = (MLP(8, [9, 4], seed=seed) for seed in (1, 2))
save(first, sys.argv[1])
def half(descriptor, mode):
    os.write(descriptor, b'{"format": "autograd_lite network", ')
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "half":
    os.fdopen = half
print("saving", flush=True)
while True:
    save(second, sys.argv[1])
    save(first, sys.argv[1])
"""


@pytest.mark.parametrize("how", ["half", *range(5)])
def test_a_killed_program_leaves_one_of_both_networks(path: Path, how: str | int) -> None:
    either = [content(MLP(8, [9, 4], seed=seed)) for seed in (1, 2)]
    with subprocess.Popen([sys.executable, "-c", SAVING, str(path), str(how)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        if how == "half":
            assert process.wait(10) < 0
        time.sleep(random.uniform(0, 0.05))
        process.kill()
    assert content(load(path)) in (either[:1] if how == "half" else either)


def test_what_no_file_can_hold_is_refused_before_it_is_written(path: Path) -> None:
    for other in (Neuron(2), Layer(2, 2), 3):
        with pytest.raises(TypeError, match="only an MLP can be saved, not a"):
            save(other, path)  # type: ignore[arg-type]
    net = MLP(1, [2, 1], seed=1)
    history = fit(net, X, Y, lambda outputs, targets: (outputs[0] - targets[0]) ** 4, epochs=2, progress=False)
    with pytest.raises(ValueError, match="cost of this training is a function, which cannot be saved"):
        save(net, path, history.training)
    with pytest.raises(TypeError, match=r"history\.training"):
        save(net, path, history)  # type: ignore[arg-type]
    net.layers[0].neurons[0].bias = None
    with pytest.raises(ValueError, match="bias"):
        save(net, path)
    net = MLP(1, [1], seed=1)
    for unfit in (Preparation(("x",), classes=("\ud800", "b")), Preparation(("x",), mean=(0.0,), scale=(float("inf"),))):
        net.preparation = unfit
        refused(path, lambda path: save(net, path))
    assert list(path.parent.iterdir()) == []


OWN: Any = type("Own", (schedules.Schedule,), {"formula": "eta"})
MINE: Any = type("Mine", (optimizers.GradientDescent,), {"name": "mine"})


@pytest.mark.parametrize("optimizer", [optimizers.Adam(OWN(eta=0.1)), MINE()], ids=repr)
def test_training_by_a_method_of_ones_own_is_refused_before_it_is_written(path: Path, optimizer: Any) -> None:
    with pytest.raises(ValueError, match="Own|mine|Mine"):
        trained(path, optimizer=optimizer)
    assert not path.exists()


def test_any_real_number_may_be_the_strength_of_the_penalty(path: Path) -> None:
    trained(path, penalty="l2", lam=np.float32(0.5))
    assert load_training(path).plan.lam == 0.5


def test_training_that_ends_in_its_first_epoch_can_be_kept(path: Path) -> None:
    net = MLP(1, [1], seed=1)
    with pytest.warns(TrainingWarning, match="diverged in epoch 1"):
        fit(net, X, [[1e200], [0.0], [0.0]], checkpoint=path, progress=False)
    assert content(load(path)) == content(net)
    assert load_training(path).epoch == 0


WORDS = Preparation(("age", "sex=male", "port=C", "port=Q", "port=S"), ("fare",), named=True,
                    encodings=(("age", ()), ("sex", ("female", "male")), ("port", ("C", "Q", "S"))))


def test_words_that_became_numbers_are_kept(path: Path) -> None:
    net = MLP(5, [1], seed=1)
    net.preparation = WORDS
    save(net, path)
    assert load(path).preparation == WORDS
    assert json.loads(path.read_text(encoding="utf-8"))["preparation"]["encodings"][1] == ["sex", ["female", "male"]]


@pytest.mark.parametrize(("encodings", "sentence"), [
    ([["age", []]], "encodings of preparation make 1 inputs, but there are 5"),
    ([["age"]], r"encodings of preparation must be pairs of a column and its values"),
    ([["age", [1]]], "must be pairs"),
    ([["age", ["a", "A"]]], "must be pairs"),
    ([3], "must be pairs"),
    ({}, "must be lists"),
    (None, "must be lists"),
])
def test_words_that_fit_no_network_are_refused(path: Path, encodings: Any, sentence: str) -> None:
    net = MLP(5, [1], seed=1)
    net.preparation = WORDS
    save(net, path)
    kept = json.loads(path.read_text(encoding="utf-8"))["preparation"]
    assert re.search(sentence, refused(by_hand(path, preparation=kept | {"encodings": encodings})))
    assert "named of preparation must be true or false, not 1" in refused(by_hand(path, preparation=kept | {"named": 1}))


def test_a_file_from_before_words_were_kept_is_read(path: Path) -> None:
    net = MLP(2, [1], seed=1)
    net.preparation = Preparation(("a", "b"), ("y",))
    save(net, path)
    kept = json.loads(path.read_text(encoding="utf-8"))["preparation"]
    by_hand(path, preparation={name: value for name, value in kept.items() if name not in ("named", "encodings")})
    assert load(path).preparation == net.preparation


def list_places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every part of a saved file; of long lists the first two entries and the last."""
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from list_places(value, (*path, key))
    elif isinstance(data, list):
        for k in sorted({0, 1, len(data) - 1} & set(range(len(data)))):
            yield from list_places(data[k], (*path, k))


@pytest.mark.parametrize("value", [{}, [], None, "x", "", -1, 2.5, 10**400, True, [[]], {"a": 1}, [None], "l2", ["x"]], ids=repr)
def test_an_edited_file_is_refused_in_one_sentence_or_works(value: Any, tmp_path: Path) -> None:
    net = MLP(2, [2, 1], "tanh", seed=0)
    inputs, y = [[0.0, 1.0], [1.0, 0.5], [2.0, 0.0]], [1.0, 2.0, 4.0]
    history = fit(net, inputs, y, optimizer=optimizers.Adam(schedules.Exponential(0.1)), epochs=2, penalty="l2", lam=0.1, standardise=True, notes={"a": 1})
    text = json.loads(save(net, tmp_path / "net.json", history.training).read_text(encoding="utf-8"))
    del text["checksum"]
    said = []
    for place in list_places(text):
        if not place:
            continue
        edited = copy.deepcopy(text)
        part = edited
        for key in place[:-1]:
            part = part[key]
        part[place[-1]] = value
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(edited), encoding="utf-8")
        try:
            restored = load(path)
            restored.predict(inputs)
            fit(restored, inputs, y, epochs=3, resume=path)
        except ValueError as error:
            said.append(str(error))
        except Warning:
            pass
    assert len(said) > 40
    assert all("\n" not in sentence and len(sentence) < 600 for sentence in said)
