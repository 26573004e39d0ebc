"""What every test shares: colours and terminals of the person who runs them do not matter."""

from importlib.util import find_spec

import pytest

HAS_JAX = find_spec("jax") is not None
collect_ignore = [] if HAS_JAX else ["test_random_graphs_jax.py"]


def pytest_report_header() -> str:
    """Says so where the comparison with JAX, hundreds of megabytes that a reader need not have, is left out."""
    return "JAX is compared with" if HAS_JAX else "JAX is not compared with: it comes with the extra `jax`"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NO_COLOR", "FORCE_COLOR", "AUTOGRAD_LITE_DOT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
