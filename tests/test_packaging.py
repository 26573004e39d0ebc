"""What is shipped: a source distribution that passes its own tests, and a wheel that runs every command."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

from autograd_lite import __version__

pytestmark = pytest.mark.exhaustive
ROOT = Path(__file__).parent.parent
TREE = ("autograd_lite", "nn", "visualize", "tests", "docs", "examples", "benchmarks", ".ci")


def run(command: list[str], folder: Path, **variables: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | variables)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both distributions, built from a copy so that the tree stays as it is."""
    copy = tmp_path_factory.mktemp("source") / "autograd_lite"
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis", "*.egg-info")
    for name in TREE:
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    out = tmp_path_factory.mktemp("built")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)], copy)
    return out


def test_the_source_distribution_passes_its_own_tests(built: Path, tmp_path: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert unpacked.name == f"autograd_lite-{__version__}"
    for name in ("run.py", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", ".ci/run", "examples/line.csv",
                 "tests/corpus/corpus.py", "tests/reference_values.json", "docs/DECISIONS.md", "benchmarks/campaign.py"):
        assert (unpacked / name).is_file(), name
    told = run([sys.executable, "-m", "pytest", "-q", "-m", "fast", "-p", "no:cacheprovider"], unpacked, PYTHONPATH=str(unpacked))
    assert " passed" in told
    assert "failed" not in told


COMMANDS = ["--version", "--help", "step one-neuron", "step chain --latex", "draw chain -o chain.svg", "page chain", "compare all",
            "compare layers --notes", "check mine.toml --lecture chain", "train line.csv --target y", "predict model.json line.csv"]


def test_the_wheel_runs_every_command(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    place = tmp_path / "environment"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    site = Path(run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path).strip())
    run([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)], tmp_path)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")  # the libraries, and nothing of ours
    assert run([str(python), "-P", "-c", "import nn; print(nn.__file__)"], tmp_path).startswith(str(site))
    shutil.copy(ROOT / "examples" / "line.csv", tmp_path)
    (tmp_path / "mine.toml").write_text('delta2 = "(a2 - y) * df2(z2)"\ndelta1 = "delta2 * w2 * df1(z1)"\n', encoding="utf-8")
    for command in COMMANDS:
        assert run([str(place / "bin" / "autograd-lite"), *command.split()], tmp_path)
    assert (tmp_path / "chain.svg").is_file()
    assert (tmp_path / "chain.html").is_file()
