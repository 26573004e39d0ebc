"""Whatever is handed in is data: one sentence, at once, and nothing of it is executed."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nn.derivations import check
from visualize.commands.cli import main

pytestmark = pytest.mark.slow


def refused(id: str, derivation: dict[str, Any]) -> str:
    """The error that a derivation raises; empty if it can be judged, and is wrong."""
    try:
        found = check(id, derivation)
    except (ValueError, TypeError) as error:
        return str(error)
    return "" if found.verdicts else "nothing was judged"


HOSTILE = [
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "x.__class__", "f.__globals__",
    "(lambda: 1)()", "[a for a in range(10**9)]", "sum(a for a in x)", "{1: 2}", "f'{x}'", "'a' * 10**9", "b'x'", "10**10**10",
    "9**9**9**9", "x**1e9", "2.0**1024", "1e400", "9" * 1500, "(" * 500 + "x" + ")" * 500, "(" * 5000, "-" * 1500 + "x",
    "x" + "+x" * 900, "x\0y", "x\x1b[31m", "\ud800", "x; y", "x\ny", "x := 2", "x if x else y", "x and y", "not x", "x or y",
    "x == y == z1", "x << 3", "x // 0", "x % 2", "~x", "await x", "yield x", "x[0][0][0]", "x.T.T.real", "np.load('f')",
    "np.__dict__", "math.factorial(1e9)", "exec('1')", "eval('1')", "open('f')", "print(x)", "exp(x, out=y)", "exp(*x)",
    "exp(**x)", "sum(x, axis=10**9)", "True", "None", "...", "1j", "''", "\"\"\"", "#", "x #", "import os", "raise x", "∞",
    "x" * 3000, "a" * 1999, "max(x)", "outer(x, x, x)", "df()", "f1()", "f1(x, y)", "f9(x)", "df", "f", "W", "delta", "1/0",
    "log(0)", "sqrt(-1)", "x^" * 400 + "2", "^2", "²", "ᵀ", "‖x", "|x", "x.T(1)", "x[:, ::2]", "x[1:2:3]", "delta1", "Σ_k x",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_a_hostile_formula_is_one_sentence_at_once(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    start = time.process_time()
    said = refused("chain", {"delta1": text})
    assert said or not check("chain", {"delta1": text}).right  # it has no value, or is simply wrong
    assert "\n" not in said
    assert len(said) < 2500
    assert time.process_time() - start < 2  # a second, of the processor and with room
    assert list(tmp_path.iterdir()) == []


GROWING = ["outer(outer(outer(a, a), outer(a, a)), outer(outer(a, a), outer(a, a)))", "outer(" * 12 + "a" + ", a)" * 12,
           "W[True]", "a[True]", "sum(a, axis=True)", "a * True", "x' @ a", "delta[10**9]", "W[-1]", "a[1:][:, :1].T.T"]


@pytest.mark.parametrize("id", ["layers", "columns", "rss"])
@pytest.mark.parametrize("text", GROWING)
def test_no_array_grows(id: str, text: str) -> None:
    start = time.process_time()
    assert "\n" not in refused(id, {"dW": text, "delta_hidden": text})
    assert time.process_time() - start < 5


def test_keys_are_short_and_read_once() -> None:
    start = time.process_time()
    assert "at most 100 characters" in refused("chain", {"δ" * 60_000: "1.0"})
    assert "given twice" in refused("layers", {" " * i + "δ₁⁽²⁾": "0.04" for i in range(90)})
    assert time.process_time() - start < 2


FILES: dict[str, bytes] = {
    "nul.toml": b'delta1 = "x\0"', "latin.toml": 'delta1 = "δ"'.encode("utf-16"), "bytes.toml": bytes(range(256)),
    "large.toml": b'delta1 = "' + b"x" * 10_000_000 + b'"', "deep.toml": b"a = " + b"[" * 100_000, "tables.toml": b"[a" + b".a" * 50_000 + b"]",
    "empty.toml": b"", "list.toml": b"delta1 = [[[[1]]]]", "bool.toml": b"delta1 = true", "date.toml": b"delta1 = 2025-01-01",
    "inf.toml": b"delta1 = inf", "nan.toml": b"delta1 = nan", "twice.toml": b"delta1 = 1\ndelta1 = 2", "nan.csv": b"delta1,nan",
    "large.csv": b"delta1," + b"1" * 10_000_000, "quote.csv": b'delta1,"1', "nul.csv": b"delta1,\0", "long.csv": b"delta1" + b",1" * 90_000,
    "huge.csv": b"delta1,1e999999999", "none.csv": b"quantity,value\n", "code.py": b"open('executed', 'w')", "what.exe": b"MZ",
    "aliases.toml": b'"delta1" = "x"\n"\\u03b4\\u2081" = "x"', "formula.csv": b"delta1,__import__('os')",
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_one_sentence_and_exit_status_two(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(FILES[name])
    start = time.process_time()
    assert main(["check", name, "--lecture", "chain"]) == 2
    assert time.process_time() - start < 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("autograd-lite: ")
    assert name in err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_no_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.toml")
    Path("folder.toml").mkdir()
    for name in ("pipe.toml", "folder.toml"):
        assert main(["check", name, "--lecture", "chain"]) == 2
        assert "is no file to read" in capsys.readouterr().err


def test_one_bad_file_never_stops_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        Path(name).write_bytes(content)
    Path("zz.toml").write_text('delta2 = "a2 - y"', encoding="utf-8")
    assert main(["check", *FILES, "missing.toml", "zz.toml", "--lecture", "chain", "--summary"]) == 2
    out = capsys.readouterr().out
    assert f"1 of {len(FILES) + 2} are right, {len(FILES) + 1} cannot be read." in out


@pytest.mark.exhaustive
def test_memory_stays_small() -> None:
    """All hostile formulas in one process of their own, whose largest size is asked for at the end."""
    program = (
        "import resource, sys\nfrom nn.derivations import check\nfor text in sys.stdin.read().split('\\n\\n'):\n"
        "    for id, key in (('chain', 'delta1'), ('layers', 'dW'), ('columns', 'delta_hidden')):\n"
        "        try:\n            check(id, {key: text})\n        except (ValueError, TypeError):\n            pass\n"
        "try:\n    peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "except OSError:\n    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(peak)"  # ru_maxrss would count the process that this one was forked from
    )
    texts = "\n\n".join(text for text in (*HOSTILE, *GROWING) if "\ud800" not in text)
    done = subprocess.run([sys.executable, "-c", program], input=texts, capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 200e6


TOKENS = st.sampled_from([*"()[]{}+-*/@^.,:=!<>'\"²ᵀ½Σ∂δσ₁′|‖√·\\", "x", "a1", "delta2", "df1", "f", "exp", "sum", "np", "T", "2", "1e3", " ", "__class__",
                          "lambda", "for", "in", "if", "raised", "axis="])


@pytest.mark.exhaustive
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TOKENS, max_size=25).map("".join) | st.text(max_size=60))
@example("raised(a1, 2)")
@example("raised()")
@example("x[y]")
def test_any_text_is_a_formula_or_a_value_error(text: str) -> None:
    assert "\n" not in refused("one-neuron", {"delta1": text})
    assert "\n" not in refused("columns", {"delta_hidden": text})


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(object()),
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=8)


@pytest.mark.exhaustive
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["delta", "delta[1]", "dW", "C", "pre", "x", "conventions", ""]) | st.text(max_size=5), VALUES, max_size=3))
def test_any_mapping_is_a_derivation_or_one_error(derivation: dict[str, Any]) -> None:
    assert "\n" not in refused("layers", derivation)
