"""Packages that only pictures, tables and arrays need may be missing, as in a browser: everything else still runs."""

import subprocess
import sys

import pytest

REFUSE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
"""
LATE = ("fpdf", "pypdfium2", "graphviz", "graphviz_pure", "rich", "numpy", "latex2mathml", "matplotlib", "pylatexenc", "subprocess")


def run_without(names: tuple[str, ...], program: str) -> str:
    """What a program prints in a Python that cannot import these packages."""
    done = subprocess.run([sys.executable, "-c", REFUSE.format(names=names) + program], capture_output=True, text=True,
                          check=False, encoding="utf-8")
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("package", ["autograd_lite", "nn", "nn.derivations", "visualize"])
def test_importing_needs_no_package_that_is_used_late(package: str) -> None:
    assert run_without(LATE, f"import {package}") == ""


def test_comparisons_and_steps_need_no_graphviz() -> None:
    printed = run_without(("graphviz", "graphviz_pure", "subprocess"), """
from autograd_lite import Value
from nn.derivations import compare
from visualize import print_comparison, print_steps

print_comparison(compare("one-neuron"))
x = Value(3.0, "x")
print_steps(x * x)
""")
    assert "All 8 quantities agree" in printed
    assert "∂v₁/∂x" in printed


def test_a_picture_without_graphviz_is_refused_by_name() -> None:
    printed = run_without(("graphviz",), """
from autograd_lite import Value
from visualize import RenderingError, draw

try:
    draw(Value(3.0, "x") * 2)
except RenderingError as error:
    print(error)
""")
    assert "pictures need the package graphviz, which is not installed" in printed


def test_a_pdf_without_its_extra_is_refused_by_name_and_svg_is_not() -> None:
    printed = run_without(("fpdf",), """
from autograd_lite import Value
from visualize import draw

drawing = draw(Value(3.0, "x") * 2)
print(len(drawing.svg) > 0)
for kind in ("pdf", "png"):
    try:
        drawing.save("never." + kind)
    except ImportError as error:
        print(error)
""")
    first, *rest = printed.splitlines()
    assert first == "True"
    assert len(rest) == 2
    assert all("pictures are written as PDF by packages of the extra `pictures`; install it with" in line for line in rest)


def test_commands_start_without_what_they_do_not_use() -> None:
    printed = run_without((), """
import sys
from visualize.commands.cli import main

late = ["nn.derivations.diagnosis", "visualize.plots.surface", "visualize.page.live_page", "visualize.commands.train",
        "visualize.commands.check", "graphviz", "numpy", "subprocess", "nn.training.fit", "visualize.graph.graph",
        "visualize.steps.terminal"]
for words, more in (["--help"], ["rich", "nn.derivations.lectures", "visualize.comparison"]), (["compare", "chain"], ["nn.data.table", "nn.derivations.published"]):
    try:
        main(words)
    except SystemExit:
        pass
    print("started with", [name for name in late + more if name in sys.modules])
""")
    assert [line for line in printed.splitlines() if line.startswith("started with")] == ["started with []"] * 2


@pytest.mark.parametrize("package", ["visualize", "nn", "nn.internal", "nn.derivations", "nn.derivations.internal"])
def test_late_names_are_listed_found_and_refused_like_others(package: str) -> None:
    name = {"visualize": "plot_history", "nn": "fit", "nn.internal": "to_data", "nn.derivations": "check",
            "nn.derivations.internal": "quantity_places"}[package]
    printed = run_without((), f"""
import {package} as package

print({name!r} in dir(package), {name!r} in vars(package), callable(package.{name}), {name!r} in vars(package))
try:
    package.no_such_name
except AttributeError as error:
    print(error)
""")
    assert printed == f"True False True True\nmodule {package!r} has no attribute 'no_such_name'\n"
