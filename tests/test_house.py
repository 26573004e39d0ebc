"""The house stays in order: three floors, imports that point down, small rooms, and names that others rely on."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["autograd_lite", "nn", "visualize"]  # from the ground up
ROOMS = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]

PUBLIC = {
    "autograd_lite": [
        "ACTIVATION_OPERATIONS", "FUNCTIONS", "OPERATIONS", "BackwardStep", "ForwardStep", "StaleGraphWarning", "Trace",
        "TracedNode", "WrongGradient", "Value", "absolute", "affine", "cos", "elu", "exp", "format_number", "grad", "gradcheck", "leaky_relu", "log",
        "latex_label", "logsumexp", "maximum", "minimum", "number", "partial_formula", "relu", "rules", "sigmoid", "sin", "slot", "softplus", "sqrt", "tanh", "topological_order",
        "total", "trace", "value_formula", "write", "write_latex",
    ],
    "nn": [
        "ACTIVATIONS", "Best", "DATASETS", "Data", "EVEN", "Epoch", "ForwardPass", "History",
        "LAYER_ACTIVATIONS", "Layer", "MLP", "Module", "Neuron", "Objective", "Plan", "Preparation", "Table",
        "Training", "TrainingWarning", "classes_in", "costs", "counted", "data_of", "dataset", "evaluate",
        "fit", "initializers", "labels", "load", "load_training", "optimizers", "read_bytes", "read_csv",
        "read_table", "samples", "save", "schedules", "shown", "symbol", "unknown", "write_bytes", "write_text",
    ],
    "nn.derivations": [
        "LECTURES", "Comparison", "Conventions", "Delta", "Diagnosis", "Example", "Lecture", "Printed", "Recording", "Row", "Setting",
        "Verdict", "check", "compare", "compare_all", "examples", "hand_program", "lecture", "quantity_places", "statement",
    ],
    "visualize": [
        "Drawing", "Page", "Plot", "RenderingError", "draw", "page", "plot_boundary", "plot_deltas", "plot_fit", "plot_history",
        "plot_layers", "plot_surface", "plot_training", "print_comparison", "print_diagnosis", "print_steps",
    ],
}


@pytest.mark.parametrize("package", PUBLIC)
def test_the_public_names_are_these(package: str) -> None:
    module = import_module(package)
    assert sorted(module.__all__) == sorted(PUBLIC[package])
    assert all(hasattr(module, name) for name in module.__all__)


def imports(path: Path) -> list[tuple[str, int]]:
    """(absolute module, 0) or (relative module, level) for every import in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or ",".join(alias.name for alias in node.names), node.level))
    return found


@pytest.mark.parametrize("path", ROOMS, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down_and_cross_floors_only_through_the_front_door(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    above = FLOORS[FLOORS.index(floor) + 1 :]
    for module, level in imports(path):
        package = module.split(".")[0]
        if level == 0:
            assert package not in above, f"{path.name} imports {module} from a floor above"
            assert package != floor, f"{path.name} imports its own floor by its full name"
            if package in FLOORS:
                assert module in PUBLIC, f"{path.name} imports {module} past the public names of {package}"


def test_no_import_runs_in_a_circle() -> None:
    graph: dict[Path, set[Path]] = {}
    for path in ROOMS:
        graph[path] = set()
        for module, level in imports(path):
            if level:
                base = path.parents[level - 1]
                for name in module.split(","):
                    target = base.joinpath(*name.split("."))
                    room = target.with_suffix(".py")
                    graph[path].add(room if room in ROOMS else target / "__init__.py")
    done: set[Path] = set()
    while True:
        free = {path for path in graph if path not in done and graph[path] & set(ROOMS) <= done}
        if not free:
            break
        done |= free
    assert set(ROOMS) - done == set()


@pytest.mark.parametrize("path", ROOMS, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_are_small_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", sorted((ROOT / "visualize" / "page" / "assets").iterdir()), ids=lambda p: p.name)
def test_the_rooms_of_the_page_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_engine_starts_without_what_it_does_not_need() -> None:
    program = "import sys, autograd_lite, nn, visualize; print(*sorted({'numpy', 'rich', 'sympy', 'latex2mathml', 'IPython', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_public_functions_and_classes_have_docstrings() -> None:
    for package, names in PUBLIC.items():
        for name in names:
            thing = getattr(import_module(package), name)
            if callable(thing):
                assert thing.__doc__, f"{package}.{name}"


def test_nothing_bears_the_path_of_a_machine() -> None:
    folders = [ROOT / name for name in (*FLOORS, "tests", "docs", "examples", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    files += [ROOT / name for name in ("README.md", "pyproject.toml", "run.py")]
    assert len(files) > 40
    for path in files:
        text = path.read_text(encoding="utf-8", errors="ignore")
        for place in ("/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "C:" + "\\Users"):
            assert place not in text, f"{path.name} names {place}"
