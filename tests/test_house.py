"""The house stays in order: three floors, imports that point down, small rooms, and names that others rely on."""

import ast
import io
import subprocess
import sys
import tokenize
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["autograd_lite", "nn", "visualize"]  # from the ground up
ROOMS = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]

PUBLIC = {
    "autograd_lite": [
        "BackwardStep", "ForwardStep", "InputCheck", "OPERATIONS", "StaleGraphWarning", "Trace", "TracedNode", "Value",
        "WrongGradient", "__version__", "absolute", "affine", "atan", "clip", "cos", "elu", "equal", "exp",
        "expm1", "grad", "gradcheck", "greater", "largest", "leaky_relu", "less", "log", "log1p", "log_sigmoid",
        "logsumexp", "matrix_form", "maximum", "minimum", "operation", "product", "relu", "sigmoid", "silu", "sin", "softplus",
        "softsign", "sqrt", "tan", "tanh", "topological_order", "total", "trace", "where",
    ],
    "nn": [
        "ACTIVATIONS", "Best", "DATASETS", "Data", "Epoch", "History", "Layer", "MLP", "Module", "Neuron",
        "Objective", "Plan", "Preparation", "Training", "TrainingWarning", "costs", "dataset", "fit",
        "initializers", "load", "load_training", "metrics", "optimizers", "read_csv", "save", "schedules",
    ],
    "nn.derivations": [
        "CodeDiagnosis", "CodeVerdict", "Comparison", "Conventions", "Diagnosis", "Example", "LECTURES", "Lecture",
        "LectureFile", "Printed", "Recording", "Row", "Setting", "StepDiagnosis", "Verdict", "check", "check_code",
        "check_step", "compare", "compare_all", "examples",
    ],
    "visualize": [
        "Drawing", "Page", "Plot", "RenderingError", "draw", "page", "plot_boundary", "plot_deltas",
        "plot_fit", "plot_history", "plot_layers", "plot_surface", "plot_training", "print_comparison",
        "print_diagnosis", "print_steps",
    ],
}
"""What users import. What other floors need and no user calls comes through ``internal``, one door a package."""
DOORS = [*PUBLIC, *(f"{package}.internal" for package in PUBLIC if package != "visualize")]
WINGS = {
    "autograd_lite": ["matrix_form"],
    "nn": ["ground", "data", "costs", "optimizers", "networks", "training"],
    "nn/derivations": ["published", "lecture_file", "lectures", "diagnosis", "own_program"],
    "nn/derivations/diagnosis": ["reading", "judging", "telling", "own_lecture"],
    "nn/derivations/own_program": ["running", "comparing", "judging", "telling"],
    "visualize": ["steps", "graph", "page", "plots", "diagnosis", "commands"],
}
"""Folder -> its wings from the ground up: a wing imports those before it, never one after it."""


@pytest.mark.parametrize("package", PUBLIC)
def test_the_public_names_are_these(package: str) -> None:
    module = import_module(package)
    assert sorted(module.__all__) == sorted(PUBLIC[package])
    assert all(hasattr(module, name) for name in module.__all__)


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> list[tuple[str, int]]:
    """(absolute module, 0) or (relative module, level) for every import in a file."""
    found = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or ",".join(alias.name for alias in node.names), node.level))
    return found


def test_imports_point_down_and_cross_floors_only_through_the_front_door() -> None:
    for path in ROOMS:
        floor = path.relative_to(ROOT).parts[0]
        above = FLOORS[FLOORS.index(floor) + 1 :]
        for module in (module for module, level in imports(path) if not level):
            package = module.split(".")[0]
            assert package not in above, f"{path} imports {module} from a floor above"
            assert package != floor, f"{path} imports its own floor by its full name"
            assert package not in FLOORS or module in DOORS, f"{path} imports {module} past the doors of {package}"


@pytest.mark.parametrize("folder", WINGS)
def test_wings_import_in_their_order(folder: str) -> None:
    wings = WINGS[folder]
    for path in ROOMS:
        if not path.is_relative_to(ROOT / folder) or path.relative_to(ROOT / folder).parts[0] not in wings:
            continue
        own = wings.index(path.relative_to(ROOT / folder).parts[0])
        for module, level in imports(path):
            for name in module.split(",") if level else ():
                target = path.parents[level - 1].joinpath(*name.split("."))
                wing = target.relative_to(ROOT / folder).parts[:1] if target.is_relative_to(ROOT / folder) else ()
                if wing and wing[0] in wings:
                    assert wings.index(wing[0]) <= own, f"{path} imports {module} from a later wing"


def test_every_wing_is_in_the_order_and_says_what_it_is_for() -> None:
    for folder, wings in WINGS.items():
        found = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")} - {"derivations"}
        assert found == set(wings)
        for wing in wings:
            assert ast.get_docstring(parse(ROOT / folder / wing / "__init__.py"))


def test_what_is_shipped_is_what_is_there() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        shipped = tomllib.load(file)["tool"]["setuptools"]["packages"]
    folders = {".".join(path.parent.relative_to(ROOT).parts) for floor in FLOORS for path in (ROOT / floor).rglob("__init__.py")}
    assert set(shipped) == folders


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


MOST_LEVELS = 8


def find_room(path: Path) -> str:
    """The room that a file is in where folders are rooms: a floor, or of the middle one a wing or a file of its own."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[: 2 if parts[0] == "nn" else 1])


def find_imported_rooms(path: Path) -> set[str]:
    found = set()
    for module, level in imports(path):
        if not level and module.split(".")[0] not in FLOORS:
            continue
        base = path.parents[level - 1] if level else ROOT
        for target in (base.joinpath(*name.split(".")) for name in module.split(",")):
            found.add(find_room(target.with_suffix(".py") if target.with_suffix(".py").is_file() else target / "__init__.py"))
    return found - {find_room(path)}


def test_folders_as_rooms_stand_on_eight_levels_without_a_circle() -> None:
    below: dict[str, set[str]] = {}
    for path in (*ROOMS, *(ROOT / "benchmarks").glob("*.py")):
        below.setdefault(find_room(path), set()).update(find_imported_rooms(path))
    level: dict[str, int] = {}
    while free := [room for room in below if room not in level and below[room] <= set(level)]:
        level |= {room: 1 + max((level[other] for other in below[room]), default=0) for room in free}
    assert set(below) - set(level) == set(), "these rooms import each other in a circle"
    assert max(level.values()) <= MOST_LEVELS


def test_rooms_are_small_and_say_what_they_are_for() -> None:
    for path in ROOMS:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, f"{path} is too long"
        assert ast.get_docstring(parse(path)), f"{path} does not say what it is for"


@pytest.mark.parametrize("path", sorted((ROOT / "visualize" / "page" / "assets").iterdir()), ids=lambda p: p.name)
def test_the_rooms_of_the_page_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_engine_starts_without_what_it_does_not_need() -> None:
    program = "import sys, autograd_lite, nn, visualize; print(*sorted({'numpy', 'rich', 'sympy', 'latex2mathml', 'pylatexenc', 'IPython', 'matplotlib', 'sklearn'} & set(sys.modules)))"
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


LINES = {"engine": (["autograd_lite"], 2_800), "whole": (FLOORS, 24_150), "matrix_form": (["autograd_lite/matrix_form"], 2_860),
         "lecture_file": (["nn/derivations/lecture_file"], 2_875),
         "own_program": (["nn/derivations/own_program"], 3_965), "own_lecture": (["nn/derivations/diagnosis/own_lecture"], 1_050)}
"""What is shipped stays small enough to be read: lines of Python, without docstrings, comments and blank lines."""
APART = ("matrix_form", "lecture_file", "own_program", "own_lecture")
"""Wings that came after the limits of the engine and the whole, each with a limit of its own."""


def _list_statements(node: ast.AST) -> list[ast.stmt]:
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else []


@cache
def count_lines_of_code(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    documented = {line for node in ast.walk(parse(path)) for statement in _list_statements(node)
                  if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
                  for line in range(statement.lineno, (statement.end_lineno or 0) + 1)}
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = {line for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in layout
             for line in range(token.start[0], token.end[0] + 1)}
    return len(lines - documented)


ALL_LINES_OF_THE_ENGINE = 4_137
"""With docstrings, comments and blank lines. The engine is complete: this number may only go down."""


def list_shipped(part: str) -> list[Path]:
    folders, _ = LINES[part]
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py") if part in APART or not set(APART) & set(path.parts)]


@pytest.mark.parametrize("part", LINES)
def test_the_house_stays_small_enough_to_be_read(part: str) -> None:
    files = list_shipped(part)
    assert sum(map(count_lines_of_code, files)) <= LINES[part][1]


def test_the_engine_does_not_grow() -> None:
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in list_shipped("engine"))
    assert lines <= ALL_LINES_OF_THE_ENGINE


def test_lines_of_code_are_counted_without_words(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text('"""One.\n\nTwo."""\n\nx = 1  # three\n\n\ndef f():\n    """Four."""\n    # five\n    return """a\nb"""\n')
    assert count_lines_of_code(path) == 4
