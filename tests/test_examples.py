"""The scripts in ``examples/`` run and end with what they promise."""

import re
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "examples"
ENDS = {
    "sigmoid_derivative": r"From the graph df/dx = 0.221712873293109; by the formula f\(1 − f\) = 0.221712873293109\.",
    "line": r"One sample fixes 4w \+ b = 9 alone, .*",
    "xor": r"9 parameters: cost 0\.00\d+, furthest from the truth 0\.00\d",
    "moons": r"right: (9[89]|100)\.0% of 50 validation points",
    "vanishing": r"wrote relu_deltas.svg",
    "digits": r"right: 9[3-9]\.\d% of 359 images that it has not seen",  # in 3 epochs; 98 % in 20
    "mnist": r"right: \d+\.\d% of 20 images that it has not seen",
}
ARGUMENTS = {"digits": ["3"], "mnist": ["mnist.npz", "1"]}
PICTURES = {"line": ["one_sample.svg", "four_samples.svg"], "moons": ["moons.svg"], "vanishing": [
    f"{activation}_{what}.svg" for activation in ("sigmoid", "relu") for what in ("gradients", "deltas")]}


def test_every_script_is_run() -> None:
    elsewhere = {"data_parallel"}  # by test_matrix_jax, in a process of its own: JAX counts the devices once a process
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*ENDS} | elsewhere


def write_images(path: str, **others: Any) -> None:
    """A file with the arrays of MNIST, of a few images."""
    draw = np.random.default_rng(0)
    images, labels = draw.integers(0, 256, (120, 28, 28), dtype=np.uint8), np.arange(120) % 10
    arrays: dict[str, Any] = {"x_train": images[:100], "y_train": labels[:100], "x_test": images[100:], "y_test": labels[100:]}
    np.savez(path, **{name: array for name, array in (arrays | others).items() if array is not None})


@pytest.fixture
def printed(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], tmp_path: Path,
            monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that an example prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["example.py", *ARGUMENTS.get(request.param, [])])
    if request.param == "mnist":
        write_images("mnist.npz")
    runpy.run_path(str(EXAMPLES / f"{request.param}.py"))
    return capsys.readouterr().out.rstrip().splitlines()


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "printed"), [
    pytest.param(name, name) for name in ENDS], indirect=["printed"])
def test_the_scripts_end_with_what_they_promise(name: str, printed: list[str], tmp_path: Path) -> None:
    assert re.fullmatch(ENDS[name], printed[-1]), printed[-1]
    assert all("<svg" in (tmp_path / picture).read_text(encoding="utf-8") for picture in PICTURES.get(name, []))


@pytest.mark.parametrize(("others", "said"), [
    (None, r"there is no mnist\.npz: put mnist\.npz, as Keras has it, into .*, or name it: python examples/mnist\.py FILE"),
    ({"y_test": None}, r"mnist\.npz has no y_test; it must hold x_train, y_train, x_test, y_test, as Keras has them"),
])
def test_mnist_says_which_file_it_needs(others: dict[str, None] | None, said: str, capsys: pytest.CaptureFixture[str],
                                        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mnist.py"])
    if others is not None:
        write_images("mnist.npz", **others)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(EXAMPLES / "mnist.py"))
    assert ended.value.code == 2
    assert re.fullmatch(said, capsys.readouterr().err.strip())


@pytest.mark.exhaustive
@pytest.mark.parametrize("printed", ["vanishing"], indirect=True)
def test_sigmoids_let_deltas_vanish_and_relus_do_not(printed: list[str]) -> None:
    sigmoid, relu = ([float(size) for size in line.partition("7: ")[2].split(", ")] for line in printed if "mean" in line)
    assert sigmoid == sorted(sigmoid)
    assert sigmoid[-2] / sigmoid[0] > 1000 > 100 > relu[-2] / relu[0]


@pytest.mark.parametrize("printed", ["line"], indirect=True)
def test_four_samples_lead_to_the_line_from_everywhere_and_one_does_not(printed: list[str]) -> None:
    ends = [re.search(r"to \((.*), (.*)\), where", line) for line in printed if line.startswith("x =")]
    points = [(float(end[1]), float(end[2])) for end in ends if end]
    assert len(points) == 8
    assert all(abs(4 * w + b - 9) < 1e-5 and abs(w - 2) > 0.1 for w, b in points[:4])
    assert all(abs(w - 2) < 1e-6 and abs(b - 1) < 1e-6 for w, b in points[4:])
