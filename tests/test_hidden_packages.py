"""A file of the user's that hides nn or visualize is named when the engine is imported."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(folder: Path, *arguments: str, program: str = "import autograd_lite") -> str:
    """What a program started in the folder says on standard error; it ends well."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    path = os.pathsep.join(entry for entry in sys.path if entry and entry != str(Path(__file__).parent))
    command = [sys.executable, *(arguments or ("-c", program))]
    done = subprocess.run(command, cwd=folder, check=True,
                          capture_output=True, text=True, env=environment | {"PYTHONPATH": path})
    return done.stderr


@pytest.mark.parametrize("package", ["nn", "visualize"])
def test_a_file_that_hides_a_package_is_named_in_one_sentence(package: str, tmp_path: Path) -> None:
    (tmp_path / f"{package}.py").write_text("class Neuron: ...\n")
    said, *source = run(tmp_path).splitlines()  # later Pythons quote the line of the program
    assert [line.strip() for line in source] in ([], ["import autograd_lite"])
    assert said == (
        f"<string>:1: UserWarning: {tmp_path / package}.py hides the package {package} that belongs to autograd_lite; "
        "rename it, or start Python in another folder")


def test_a_folder_that_hides_a_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "__init__.py").write_text("")
    assert f"{tmp_path / 'nn' / '__init__.py'} hides the package nn" in run(tmp_path)


def test_a_users_visualize_that_imports_the_engine_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "visualize.py").write_text("import autograd_lite\n")
    (tmp_path / "main.py").write_text("import visualize\n")
    said = run(tmp_path, "main.py")
    assert said.startswith(f"{tmp_path / 'visualize.py'}:1: UserWarning: {tmp_path / 'visualize.py'} hides")
    assert said.count("UserWarning") == 1


def test_nothing_is_said_where_nothing_is_hidden(tmp_path: Path) -> None:
    assert run(tmp_path, program="import autograd_lite, nn, visualize") == ""
    (tmp_path / "network.py").write_text("")
    assert run(tmp_path, "-W", "error", "-c", "import autograd_lite") == ""


def test_nothing_is_said_where_the_packages_are_not_installed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "autograd_lite", tmp_path / "autograd_lite")
    (tmp_path / "nn.py").write_text("class Neuron: ...\n")
    program = ("import sys; sys.path[:] = [entry for entry in sys.path if not entry.endswith('site-packages')]; "
               "sys.meta_path[:] = [finder for finder in sys.meta_path if 'Editable' not in repr(finder)]; "
               "import autograd_lite; print(autograd_lite.__file__)")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert Path(done.stdout.strip()).parent == tmp_path / "autograd_lite"


def test_looking_imports_neither_package(tmp_path: Path) -> None:
    program = "import sys, autograd_lite; assert not {'nn', 'visualize'} & set(sys.modules)"
    assert run(tmp_path, program=program) == ""
