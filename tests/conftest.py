"""What every test shares: colours and terminals of the person who runs them do not matter."""

from importlib.util import find_spec

import pytest

OTHERS = {"jax": "test_random_graphs_jax.py", "torch": "test_optimizers_torch.py"}
"""Other programs that ours is compared with, hundreds of megabytes that a reader need not have."""
collect_ignore = [file for name, file in OTHERS.items() if find_spec(name) is None]


def pytest_report_header() -> list[str]:
    """Says so where a comparison is left out."""
    return [f"{name} is not compared with: it comes with the extra `{name}`" if file in collect_ignore else
            f"{name} is compared with" for name, file in OTHERS.items()]


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NO_COLOR", "FORCE_COLOR", "AUTOGRAD_LITE_DOT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
