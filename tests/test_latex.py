"""Formulas and derivations as LaTeX."""

import re

import pytest
from rows import ROWS

from autograd_lite import OPERATIONS, Value, trace
from autograd_lite.internal import latex_label, partial_formula, value_formula, write_latex
from nn.derivations import LECTURES, examples
from visualize.commands.cli import main
from visualize.steps.latex_derivation import write_latex_derivation

HOSTILE = ["</script><img src=x onerror=alert(1)>", "\\input{secret}", "$x$ & y % z # {", "a_b^c~d", "\x00\n", "ä → \ud800"]


@pytest.mark.parametrize(("label", "latex"), [
    ("w₁₂⁽³⁾", "w_{12}^{(3)}"), ("δ₁⁽ˡ⁻¹⁾", r"\delta_{1}^{(l-1)}"), ("RSS", r"\mathrm{RSS}"), ("z₁⁽²⁾[3]", "z_{1}^{(2)}[3]"),
    ("σ₁′", r"\sigma'_{1}"), ("x", "x"), ("net_h1", r"{\text{net}\_\text{h1}}"), ("-3.1", "-3.1"), ("1e-05", r"1 \cdot 10^{-5}"),
    ("∂C/∂w₁", r"\frac{\partial C}{\partial w_{1}}"), ("W₁₁,₂", "W_{11,2}"), ("w, the first", r"\text{w, the first}"),
    ("50 %", r"{\text{50 }\%}"), ("\\input{x}", r"{\backslash \text{input}\{\text{x}\}}"), ("a^b~$", r"{\text{a}\hat{\ }\text{b}{\sim}\$}"), ("", r"\text{}"),
])
def test_labels(label: str, latex: str) -> None:
    assert latex_label(label) == latex


@pytest.mark.parametrize(("formula", "names", "latex"), [
    ("w1 * x + b1", {"w1": "w₁", "x": "-2", "b1": "b₁"}, r"w_{1} \cdot \left(-2\right) + b_{1}"),
    ("1/2 * (a1 - y)**2", {"a1": "a₁"}, r"\tfrac{1}{2}\left(a_{1} - y\right)^{2}"),
    ("1 / (1 + exp(-z))", {}, r"\frac{1}{1 + \exp\left(-z\right)}"), ("sqrt(a) * absolute(b)", {}, r"\sqrt{a} \cdot \left\vert b \right\vert"),
    ("where(a > 0, 1, 0)", {}, r"\begin{cases} 1 & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("v**2", {"v": "a₁⁽²⁾"}, r"\left(a_{1}^{(2)}\right)^{2}"), ("a / b / c", {}, r"\frac{\frac{a}{b}}{c}"),
])
def test_formulas(formula: str, names: dict[str, str], latex: str) -> None:
    assert write_latex(formula, names) == latex


@pytest.mark.parametrize("name", ROWS)
def test_every_row_can_be_written(name: str) -> None:
    row = OPERATIONS[name]
    operands = (["p", "q", "r", "s", "t"] if name == "affine"
                else [*"pqr"[: len(row.partials)], *"23"[: len(row.constants)]])
    texts = [value_formula(name, operands, write_latex)]
    texts += [partial_formula(name, operands, i, "y", write_latex) for i in range(len(operands) if row.vectors else len(row.partials))]
    for text in texts:
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert not re.search("[·−½ᵀ₀-₉⁰-⁹]", text)


@pytest.mark.parametrize("id", [*LECTURES, *examples()])
def test_a_derivation_has_a_line_for_every_value_and_every_gradient(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", id, "--latex"]) == 0
    text = capsys.readouterr().out
    lecture = LECTURES.get(id)
    cost = lecture.record(lecture.resolve({})).cost if lecture else examples()[id].record()[examples()[id].output]
    recorded = trace(cost)
    assert text.count("&=") == len(recorded.forward) + len(recorded.nodes) - 1  # not the output's own gradient, 1
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") == 2
    for node in recorded.nodes:
        assert latex_label(node.name) in text
    for line in re.findall(r".* &= .*", text):
        assert line.count("{") == line.count("}")


def test_contributions_are_added_and_the_lectures_delta_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["step", "rss", "--latex"])
    text = capsys.readouterr().out
    assert (r"\frac{\partial \mathrm{RSS}}{\partial a_{1}^{(l-1)}} &= \frac{\partial \mathrm{RSS}}{\partial z_{2}^{(l)}} \cdot W_{21}^{(l-1)}"
            r" + \frac{\partial \mathrm{RSS}}{\partial z_{1}^{(l)}} \cdot W_{11}^{(l-1)} = 0.0808858 \cdot 0.9 + "
            r"\left(-0.0240604\right) \cdot \left(-0.6\right) = 0.0872334 \\") in text
    assert r"\delta_{1}^{(l)} = -\frac{\partial \mathrm{RSS}}{\partial z_{1}^{(l)}} &= -\left(" in text
    assert r"= 0.0240604 \\" in text
    assert r"a_{1}^{(l)} &= g\left(z_{1}^{(l)}\right) = g\left(" in text  # the lecture's letter for the sigmoid


def test_a_file_and_the_options_that_do_not_go_together(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", "chain", "--latex", "-o", f"{tmp_path}/chain.tex"]) == 0
    assert main(["step", "chain", "--latex", "--json"]) == 2
    assert "--latex and --json are two forms of the same" in capsys.readouterr().err
    assert main(["step", "chain", "--latex", "--order", "recursive"]) == 2
    assert "a derivation needs right gradients" in capsys.readouterr().err


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_from_a_stranger_are_text(label: str) -> None:
    a, b = Value(2.0, label), Value(3.0, "b")
    text = write_latex_derivation(trace(a * b), {})
    assert not re.search(r"\\(input|write|include)|(?<!\\)[$%#]", text.partition("\n")[2])
    assert text.count(r"\begin{align*}") == 2
    assert not re.search(r"\\text\{[^}]*\\", text), "MathJax shows an escape inside of \\text as it is written"
