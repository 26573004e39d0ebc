"""DOT in, SVG out: the one place that runs a Graphviz engine.

The engine is the system's ``dot`` where there is one on PATH, else the one that the package graphviz-pure brings along.
The environment variable AUTOGRAD_LITE_DOT chooses: ``system``, ``embedded``, or ``auto`` (as when it is unset).
"""

import os
from contextlib import suppress

from autograd_lite.internal import quote

VARIABLE = "AUTOGRAD_LITE_DOT"
_SECONDS = 60  # the last resort: layout.py sees to it that a layout takes seconds


class RenderingError(RuntimeError):
    """No engine could be found, or it refused the graph."""


def render(dot: str) -> str:
    """The SVG text of a graph in DOT.

    Raises:
        RenderingError: no engine, or it failed; carries what the engine said.
        ValueError: AUTOGRAD_LITE_DOT has a value that means nothing.
    """
    import subprocess

    engine = find_engine()
    try:
        done = subprocess.run([engine, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise RenderingError(f"{engine} did not finish drawing within {_SECONDS} s; draw a smaller graph") from None
    except OSError as error:
        raise RenderingError(f"{engine} could not be started: {error.strerror}") from None
    if done.returncode != 0 or b"<svg" not in done.stdout:  # warnings about characters are of no interest otherwise
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        raise RenderingError(f"{engine} could not draw the graph and said: {said}")
    return done.stdout.decode()


def find_engine() -> str:
    """The path of the engine that ``render`` runs. Raises as ``render`` does."""
    import shutil

    choice = os.environ.get(VARIABLE, "auto")
    if choice not in ("auto", "system", "embedded"):
        raise ValueError(f"{VARIABLE} is {quote(choice)}; set it to system, embedded or auto, or unset it")
    system = shutil.which("dot")
    if choice == "system" and system is None:
        raise RenderingError(f"{VARIABLE} asks for the system's dot, and there is none on PATH; unset it, or install "
                             "Graphviz")
    if system is not None and choice != "embedded":
        return system
    return _find_embedded()


def _find_embedded() -> str:
    """The program in the package graphviz-pure, found by its list of files: its environment need not be activated."""
    from importlib.metadata import PackageNotFoundError, files

    with suppress(PackageNotFoundError):
        for file in files("graphviz-pure") or ():
            if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"):
                return str(file.locate())
    raise RenderingError("no Graphviz: install the package graphviz-pure, or put the system's dot on PATH")
