"""Runs the printed program with JAX in place of NumPy: the same lines, as a pure function."""

from collections.abc import Callable
from typing import Any

_PLACE = """
def place(x, indices, count):
    return np.zeros((*x.shape[:-1], count)).at[..., indices].add(x)
"""


def run_in_jax(source: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    """The function ``program`` of a printed program, with samples in rows.

    Raises:
        ImportError: JAX is not installed; says how to get it.
    """
    try:
        import jax
    except ImportError:
        raise ImportError("to_jax needs JAX, which is not installed: pip install autograd-lite[jax]") from None
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    names: dict[str, Any] = {}
    lines = source.split("\n", 1)[1]  # after the import of NumPy
    exec(compile(lines, "<matrix program>", "exec"), names)  # noqa: S102 - made from the table's rows
    names["np"] = jax.numpy
    if "place" in names:  # arrays of JAX are not written into
        exec(_PLACE, names)  # noqa: S102
    program: Callable[[Any, Any], tuple[Any, Any]] = names["program"]
    return program
