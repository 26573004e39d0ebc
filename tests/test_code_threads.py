"""Public threads about backpropagation by hand: each is a program of the same mistake, and what ``check_code`` says of it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from nn.derivations.own_program.checking import check_code_file

THREADS = tomllib.loads((Path(__file__).parent / "programs" / "threads.toml").read_text(encoding="utf-8"))["thread"]
BEFORE = "import numpy as np\ndef sigmoid(z): return 1 / (1 + np.exp(-z))\n"


@pytest.mark.parametrize("thread", THREADS, ids=lambda thread: thread["address"].partition("//")[2].partition("/")[2])
def test_the_mistake_of_a_thread_is_named(thread: dict[str, Any]) -> None:
    found = check_code_file("thread.py", BEFORE + thread["program"], layers=thread.get("layers"))
    assert sorted(found.mistakes) == thread["named"], found.sentence
    assert found.right is not bool(thread["named"])
    for text in thread["says"]:
        assert text in found.sentence
