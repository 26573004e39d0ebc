"""What people write is read: LaTeX, products without a sign, copies from a PDF, files of plain lines; and echoed."""

import ast
import json
import time
from pathlib import Path
from typing import Any

import pytest

from nn.derivations import check
from nn.derivations.diagnosis.reading.indices import write_formula
from nn.derivations.internal import quantity_places
from visualize.commands.cli import main
from visualize.diagnosis.html_report import write_report
from visualize.diagnosis.submissions import diagnose_file
from visualize.diagnosis.terminal_table import make_table

pytestmark = pytest.mark.slow

S: dict[str, Any] = {"activations": ["sigmoid", "sigmoid"]}
SCHEMA = Path(__file__).parent.parent / "docs" / "diagnosis.schema.json"

RIGHT: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("one-neuron",{"activation":"sigmoid"},{"delta1":r"(a_1-y)\sigma'(z_1)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":r"\left(a_1-y\right)\,a_1\left(1-a_1\right)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":"(a-y)a(1-a)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":"(σ(z₁) − y)σ(z₁)[1 − σ(z₁)]"}),
    ("one-neuron",{"activation":"tanh"},{"delta1":"(a1-y)(1-tanh²(z1))"}),
    ("one-neuron",{"activation":"tanh"},{"delta1":r"(a_1-y)\left(1-\tanh^2(z_1)\right)"}),
    ("one-neuron",{"activation":"tanh"},{"delta1":r"(a_1-y)(1-\tanh^{2} z_1)"}),
    ("one-neuron",{"activation":"tanh"},{"delta1":"(a1-y)*(1-tanh^2(z1))"}),
    ("one-neuron",{"activation":"tanh"},{"delta1":"(a1-y)*tanh'(z1)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":r"(a_1-y)\frac{e^{-z_1}}{(1+e^{-z_1})^2}"}),
    ("one-neuron",{"activation":"sigmoid"},{"a1":r"\frac{1}{1+\exp(-z_1)}"}),
    ("one-neuron",{"activation":"sigmoid"},{"a1":r"1/(1+e^-z1)"}),
    ("one-neuron",{},{"C":"1/2(a1-y)^2"}),
    ("one-neuron",{},{"C":r"\tfrac12 (a_1-y)^2"}),
    ("one-neuron",{},{"C":"(a1-y)²/2"}),
    ("one-neuron",{},{"C":"0,5·(a1-y)²"}),
    ("one-neuron",{},{"C":".5(a1-y)**2"}),
    ("one-neuron",{},{"z1":"w₁x + b₁","dw1":"δ₁x"}),
    ("one-neuron",{},{"z1":"w x + b","dw1":"δx"}),
    ("one-neuron",{},{"w1_new":"w₁ ← w₁ − ηδ₁x","b1_new":"b := b - alpha*delta"}),
    ("one-neuron",{},{"w1_new":r"w_1 \leftarrow w_1 - \eta\,\delta_1 x"}),
    ("one-neuron",{},{"w1_new":r"w_1^{\text{new}} = w_1 - \eta \frac{\partial C}{\partial w_1}"}),
    ("one-neuron",{},{r"\frac{\partial C}{\partial w_1}":r"\delta_1 x"}),
    ("one-neuron",{"activation":"relu"},{"delta1":"(a1 - y)·1[z1 > 0]"}),
    ("one-neuron",{"activation":"relu"},{"delta1":"(a1 - y)·𝟙{z₁>0}"}),
    ("one-neuron",{"activation":"relu"},{"delta1":"(a1 - y)(z1>0)"}),
    ("one-neuron",{"activation":"relu"},{"delta1":r"(a_1 - y)\,\mathbb{1}_{z_1>0}"}),
    ("one-neuron",{"activation":"relu"},{"delta1":r"(a_1 - y)\mathbf{1}\{z_1>0\}"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":r"(\hat{y} - y)\sigma'(z_1)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":"(ŷ − y)σ′(z₁)"}),
    ("one-neuron",{"activation":"sigmoid"},{"delta1":"(a1 − y)·σ′"}),
    ("chain", S, {"delta1":r"$$\delta_1 = \delta_2 w_2 \sigma'(z_1)$$"}),
    ("chain", S, {"delta1":r"\[\delta_1 = \delta_2 w_2 \sigma^\prime(z_1)\]"}),
    ("chain", S, {"delta1":r"\delta_{1} = w_{2}\,\delta_{2}\,\sigma_{1}'\!\left(z_{1}\right)"}),
    ("chain", S, {"delta1":r"\delta_1 &= \delta_2 \cdot w_2 \cdot \sigma_1^{\prime}(z_1) \\"}),
    ("chain", S, {"delta1":"w2delta2df1(z1)"}),
    ("chain", S, {"delta1":"delta2w2a1(1-a1)"}),
    ("chain", S, {"delta1":"(a2-y)a2(1-a2)w2a1(1-a1)"}),
    ("chain", S, {"delta1":"w₂δ₂a₁−w₂δ₂a₁²"}),
    ("chain", S, {"delta1":"{δ₂·w₂}·[a₁·(1−a₁)]"}),
    ("chain", S, {"delta1":"δ₂ × w₂ × σ′₁(z₁)"}),
    ("chain", S, {"delta1":"delta_2 w_2 sigma_prime(z_1)"}),
    ("chain", S, {"delta1":"delta_2*w_2*sigma'_1(z_1)"}),
    ("chain", S, {"delta1":"delta2*w2*f_prime(z1)"}),
    ("chain", S, {"delta1":"delta2*w2*sigmoid_prime(z1)"}),
    ("chain", S, {"delta1":"ｄｅｌｔａ２ * ｗ２ * ｄｆ１（ｚ１）"}),
    ("chain", S, {"delta1":"δ₂\u200bw₂\u00adσ₁′(z₁)"}),
    ("chain", S, {"delta1":"\u202aδ₂\u202c w₂ σ₁’(z₁)"}),
    ("chain", S, {"dw2":"δ2a1","dw1":"δ1x","db1":"δ1"}),
    ("chain", S, {"dw1":"delta2 w2 σ'(z1) x"}),
    ("chain", S, {"w1_new":"w1 - eta dw1","w2_new":"w2 := w2 - η·∂C/∂w₂"}),
    ("chain", S, {"w1_new":"w1 - eta ∂C/∂w1"}),
    ("chain", S, {"w1_new":"w1 - lr*dw1"}),
    ("chain", S, {"∂C/∂w₂":"∂C/∂w₂ = δ₂a₁"}),
    ("chain", S, {r"\delta_2":r"(a_2-y)\sigma'(z_2)",r"\delta_1":r"\delta_2w_2\sigma'(z_1)"}),
    ("chain",{"activations":["tanh","sigmoid"]},{"delta1":r"\delta_2 w_2 (1 - a_1^2)"}),
    ("chain",{"activations":["tanh","sigmoid"]},{"delta1":"δ₂w₂(1 − a₁²)"}),
    ("chain",{**S,"penalty":"l2","lam":0.1},{"dw2":"δ₂a₁ + 2λw₂","dw1":r"\delta_1 x + 2\lambda w_1"}),
    ("chain",{**S,"penalty":"l2","lam":0.1},{"dw2":"delta2 a1 + 2 lambda w2"}),
    ("chain",{**S,"penalty":"l2","lam":0.1},{"C":"1/2 (a2-y)² + λ(w₁² + w₂²)"}),
    ("chain",{**S,"penalty":"l1","lam":0.1},{"dw2":"δ₂a₁ + λ sign(w₂)"}),
    ("chain",{**S,"penalty":"l1","lam":0.1},{"dw2":r"\delta_2 a_1 + \lambda\,\operatorname{sign}(w_2)"}),
    ("chain",{**S,"penalty":"l1","lam":0.1},{"C":"½(a₂−y)² + λ|w₁| + λ|w₂|"}),
    ("layers",{},{"delta_output":"(a-y)⊙σ′(z)","delta_hidden":"(W_nextᵀδ_next)⊙σ′(z)","dW":"δa_prevᵀ","db":"δ"}),
    ("layers",{},{"delta_output":r"(a^{(L)}-y)\odot\sigma'(z^{(L)})","delta_hidden":r"\left((W^{(l+1)})^\top\delta^{(l+1)}\right)\odot\sigma'(z^{(l)})","dW":r"\delta^{(l)}(a^{(l-1)})^\top"}),
    ("layers",{},{"delta_hidden":r"\delta^{l} = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^{l})"}),
    ("layers",{},{"delta_hidden":r"\delta^{[l]} = W^{[l+1]T}\delta^{[l+1]} * \sigma'(z^{[l]})"}),
    ("layers",{},{"delta_hidden":r"\mathbf{W}_{l+1}^{\mathsf T}\boldsymbol{\delta}_{l+1} \circ \sigma'(\mathbf{z}_l)"}),
    ("layers",{},{"delta_hidden":"σ′(z)⊙Wᵀ_nextδ_next"}),
    ("layers",{},{"delta_hidden":"σ′(z)W_nextᵀδ_next"}),
    ("layers",{},{"delta_hidden":"W_next^T δ_next ⊙ a ⊙ (1−a)"}),
    ("layers",{},{"delta_hidden":"W_next^T·δ_next ⊙ a(1−a)"}),
    ("layers",{},{"delta_hidden":"(W^(l+1))ᵀδ^(l+1) ⊙ σ'(z^l)"}),
    ("layers",{},{"pre":"W a_prev + b","post":"σ(z)"}),
    ("layers",{},{"pre":r"W^{(l)}a^{(l-1)} + b^{(l)}"}),
    ("layers",{},{"pre":"W^l a^(l-1) + b^l"}),
    ("layers",{},{"dW":"δ a_prev^T"}),
    ("layers",{},{"dW":"δ·a_prevᵀ"}),
    ("layers",{},{"W_new":"W − ηδa_prevᵀ","b_new":"b − ηδ"}),
    ("layers",{},{"W_new":"W := W − η dW"}),
    ("layers",{},{"W_new":r"W \leftarrow W - \eta\,\delta\,a_{\text{prev}}^\top"}),
    ("layers",{},{"W_new":r"W^{(l)} \leftarrow W^{(l)} - \eta\,\delta^{(l)}(a^{(l-1)})^{T}"}),
    ("layers",{},{"C":r"\frac12\|a-y\|^2"}),
    ("layers",{},{"C":"½‖a^L − y‖²"}),
    ("layers",{},{"C":r"\frac{1}{2}\lVert a^{(L)} - y\rVert^2"}),
    ("layers",{},{"δ³":"(a³ − y)a³(1 − a³)","δ²":"(W³)ᵀδ³ ⊙ a² ⊙ (1 − a²)"}) ,
    ("layers",{},{"delta3":"(a3-y)a3(1-a3)","delta2":"W3.T delta3 * a2(1-a2)"}),
    ("layers",{},{"delta[3]":"(a[3]-y)a[3](1-a[3])"}),
    ("rss",{},{"delta_output":"(y−a)a(1−a)","delta_hidden":"W_nextᵀδ_next ⊙ a(1−a)","W_new":"W + ηδa_prevᵀ"}),
    ("rss",{},{"dW":"−δa_prevᵀ"}),
    ("rss",{},{"dW":r"-\delta\, a_{prev}^T"}),
    ("rss",{},{"pre":"W a_prev"}),
    ("bernoulli",{},{"delta_output":"σ(a) − (1−t)","delta_hidden":"W_nextᵀδ_next ⊙ σ′(a)"}),
    ("bernoulli",{},{"delta_hidden":"(W_nextᵀδ_next) z(1−z)"}),
    ("bernoulli",{},{"L":r"-(1-t)\log(y) - t\log(1-y)"}),
    ("bernoulli",{},{"L":"-(1-t) log y - t log(1-y)"}),
    ("bernoulli",{},{"L":r"-(1-t)\ln y - t\ln(1-y)"}),
    ("bernoulli",{},{"dW":"δz_prevᵀ"}),
    ("columns",{},{"delta_output":"−(Y − a) × f′(z)","delta_hidden":"W_nextᵀδ_next × f′(z)","dW":"(1/N) δ a_prevᵀ"}),
    ("columns",{},{"delta_hidden":"(W^l)^T δ^(l+1) × f'(z^l)"}),
    ("columns",{},{"delta_hidden":"Wˡᵀδˡ⁺¹ × f′(zˡ)"}),
    ("columns",{},{"dW":"1/N δ a_prevᵀ"}),
    ("columns",{},{"dW":r"\frac{1}{m}\delta a_{prev}^T"}),
    ("columns",{},{"dW":r"\frac{1}{N}\,\delta^{(l+1)}(a^{(l)})^{\top}"}),
    ("columns",{},{"dW":"δa_prevᵀ/m"}),
    ("columns",{},{"dW":"δ a_prevᵀ / N"}),
    ("columns",{"penalty":"l2","lam":0.1},{"dW":"(1/N)δa_prevᵀ + λW"}),
    ("rows",{},{"delta_output":"(a − Y)f′(z)","delta_hidden":"δ_nextW_nextᵀ × f′(z)","dW":"a_prevᵀδ/N"}),
    ("rows",{},{"delta_hidden":"δ^(l+1)(W^l)^T × f'(z^l)"}),
    ("rows",{},{"delta_hidden":r"\delta^{(l+1)}(W^{(l)})^T \odot f'(z^{(l)})"}),
    ("rows",{},{"delta_hidden":"f′(z) ⊙ δ_next W_nextᵀ"}),
    ("rows",{},{"pre":"a_prev W"}),
    ("rows",{},{"dW":r"\frac1m a_{prev}^\top\delta"}),
    ("chain", S, {"delta1":"δ₂ w₂ σ′₁"}),
    ("chain", S, {"delta1":"w₂·δ₂·a₁ − w₂·δ₂·(a₁)²"}),
    ("chain", S, {"delta1":r"\delta^{(1)} = \delta_2 w_2 \sigma'(z_1)"}),
    ("chain", S, {"delta1":"delta2*w2*a1*(1-a1)  # backprop"}),
    ("chain", S, {"delta1":"δ_1 = δ_2 w_2 σ'(z_1)"}),
    ("chain", S, {"delta1":"delta_1 = delta_2 * w_2 * sigma'(z_1)"}),
    ("chain", S, {"delta2":r"2\cdot\frac12 (a_2-y)\,\sigma'(z_2)"}),
    ("chain", S, {"delta2":"(a2 - y) × σ'(z2)"}),
    ("chain", S, {"delta2":"(a2 - y) • σ'(z2)"}),
    ("chain", S, {"delta2":"(a2 – y)·σ'(z2)"}),
    ("chain", S, {"delta2":"(a2 — y)·σ'(z2)"}),
    ("chain", S, {"delta2":r"(\mathrm{a}_2 - \mathrm{y})\sigma^{\prime}\left( z_2 \right)"}),
    ("chain", S, {"delta2":r"\bigl(a_2-y\bigr)\,\sigma_2'\bigl(z_2\bigr)"}),
    ("chain", S, {"delta2":r"\{a_2-y\}\sigma_2'(z_2)"}),
    ("chain", S, {"delta2":"−(y−a₂)σ′(z₂)"}),
    ("chain", S, {"delta2":"−(y−a₂)exp(−z₂)/(1+exp(−z₂))²"}),
    ("chain", S, {"delta2":"(a2-y)*np.exp(-z2)/(1+np.exp(-z2))**2"}),
    ("chain", S, {"delta2":"(a2-y)*σ(z2)*(1-σ(z2))"}),
    ("chain", S, {"delta2":"(a2-y)*sigmoid(z2)(1-sigmoid(z2))"}),
    ("chain", S, {"delta2":"(a2-y) * sigmoid(z2) * (1 - sigmoid(z2))"}),
    ("chain", S, {"delta2":"(σ₂(z₂)-y)(σ₂(z₂)-σ₂²(z₂))"}),
    ("chain", S, {"w1_new":"w1 - eta*(delta1*x)"}),
    ("chain", S, {"w1_new":"new w1 = w1 - eta*dw1"}),
    ("chain", S, {"w1_new":"w1 -= eta*dw1"}),
    ("chain", S, {"b1_new":"b₁ ← b₁ − ηδ₁"}),
    ("chain", S, {"C":"C = ½ (a₂-y)²"}),
    ("chain", S, {"C":r"C = \frac{1}{2}(a_2 - y)^{2}"}),
    ("chain", S, {"C":r"C = \frac{(a_2 - y)^2}{2}"}),
    ("chain", S, {"C":"1/2*(y-a2)^2"}),
    ("chain", S, {"C":"0.5(a2−y)²"}),
    ("chain", S, {"C":"(1/2)(a2-y)^2"}),
    ("chain", S, {"dw2":"delta2 ∙ a1"}),
    ("chain", S, {"dw2":"a₁δ₂"}),
    ("chain", S, {"dw2":"(a2-y)a2(1-a2)a1"}),
    ("chain", S, {"dw2":"dC/dz2 * a1"}),
    ("chain", S, {"dw2":r"\frac{dC}{dz_2} a_1"}),
    ("layers", {}, {"delta_hidden":"np.dot(W_next.T, delta_next) * a*(1-a)"}),
    ("layers", {}, {"delta_hidden":"(transpose(W_next) @ delta_next)*a*(1-a)"}),
    ("layers", {}, {"delta_hidden":r"\sigma'(z^{(l)}) \odot \left[(W^{(l+1)})^T \delta^{(l+1)}\right]"}),
    ("layers", {}, {"delta_hidden":"[Wᵀ_next δ_next] ⊙ [a ⊙ (1−a)]"}),
    ("layers", {}, {"dW":"delta (a_prev).T"}),
    ("layers", {}, {"dW":r"\delta^l (a^{l-1})^T"}),
    ("layers", {}, {"dW":"δˡ(aˡ⁻¹)ᵀ"}),
    ("layers", {}, {"dW":"δˡaˡ⁻¹ᵀ"}),
    ("layers", {}, {"pre":"z = W a_prev + b"}),
    ("layers", {}, {"pre":"zˡ = Wˡaˡ⁻¹ + bˡ"}),
    ("layers", {}, {"W_new":"W^l := W^l - η δ^l (a^(l-1))^T"}),
    ("layers", {}, {"W_new":"W - alpha*delta a_prev.T","b_new":"b - αδ"}),
    ("columns", {}, {"W_new":"W − η (1/N) δ a_prevᵀ"}),
    ("columns", {}, {"W_new":"W − (η/N) δ a_prevᵀ"}),
    ("columns", {}, {"W_new":"W − η/N δ a_prevᵀ"}),
    ("columns", {}, {"W_new":r"W - \frac{\eta}{m}\delta a_{prev}^T"}),
    ("columns", {}, {"δ^L":"(a − Y) × f'(z)"}),
    ("columns", {}, {"delta_output":r"(a^{(L)} - Y) \times f'(z^{(L)})"}),
    ("rows", {}, {"dW":"(a_prev)ᵀδ/N"}),
    ("rows", {}, {"dW":"1/N (a_prev)^T δ"}),
    ("rows", {}, {"delta_output":"(a-y) f'(z)"}),
    ("rss", {}, {"delta_hidden":r"(W_{next}^T \delta_{next}) \odot a \odot (1-a)"}),
    ("bernoulli", {}, {"delta_output":"y - (1-t)"}),
    ("bernoulli", {}, {"delta_output":"y + t - 1"}),
    ("bernoulli", {}, {"delta_hidden":r"(W_{next}^\top\delta_{next})\odot z\odot(1-z)"}),
]


@pytest.mark.parametrize(("id", "settings", "derivation"), RIGHT, ids=[ascii(next(iter(d.values())))[1:40] for _, _, d in RIGHT])
def test_a_right_line_is_right_however_it_is_written(id: str, settings: dict[str, Any], derivation: dict[str, str]) -> None:
    found = check(id, derivation, **settings)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values() if verdict.wrong]


@pytest.mark.parametrize(("id", "settings", "derivation"), [
    ("chain", S, {"delta1": "δ₂σ₁′(z₁)"}), ("chain", S, {"delta1": r"\delta_2 w_1 \sigma'(z_1)"}),
    ("chain", S, {"dw1": "δ1y"}), ("one-neuron", {"activation": "tanh"}, {"delta1": "(a1-y)(1-tanh(z1))"}),
    ("layers", {}, {"delta_hidden": "W_nextδ_next ⊙ σ′(z)"}), ("layers", {}, {"dW": "a_prev δᵀ"}),
    ("one-neuron", {"activation": "relu"}, {"delta1": "(a1 - y)·1[z1 < 0]"}), ("columns", {}, {"dW": "δ a_prevᵀ m"}),
    ("one-neuron", {"activation": "sigmoid"}, {"delta1": "(a1 - y)*tanh'(z1)"}),
])
def test_a_wrong_line_stays_wrong(id: str, settings: dict[str, Any], derivation: dict[str, str]) -> None:
    assert not check(id, derivation, **settings).right


@pytest.mark.parametrize(("id", "text", "said"), [
    ("chain", "1/2w2", "'1/2w2', character 1, can be read as (1/2)·w2 and as 1/(2·w2); write the brackets"),
    ("chain", "δ₂ + x/2w₂", "'x/2w₂', character 6, can be read as (x/2)·w₂ and as x/(2·w₂); write the brackets"),
    ("chain", "δ₂·a1^2x", "'a1^2x', character 4, can be read as a1^2·x and as a1^(2·x); write the sign or the brackets"),
    ("chain", "w₂ tanh z₁ x", "'tanh z₁ x', character 4, can be read as tanh(z₁) times the rest, and as tanh of all of it; write the brackets"),
    ("chain", "δ₂w₂σ₁′z₁", "'σ₁′z₁', character 5, can be read as σ₁′(z₁) and as σ₁′·z₁; write the brackets or the sign"),
    ("chain", "δ₂ · · w₂", "nothing stands before the sign '·', character 6"),
    ("chain", r"\delta_2 \cdot", r"nothing stands after the sign '\cdot', character 10"),
    ("chain", "δ₂·w₂·", "nothing stands after the sign '·', character 6"),
    ("chain", r"\delta_2 \wibble w_2", r"it has the LaTeX command \wibble, character 10, which is not read here; write what it stands for"),
    ("chain", r"\delta_2 \sigma", r"the argument of '\sigma', character 10, is missing; write it in brackets"),
    ("chain", r"\begin{pmatrix} a_1 \end{pmatrix}", "the LaTeX environment 'pmatrix', character 1"),
    ("layers", "(a-y)σ²(z)", "'σ²(z)', character 6, can be read as the function of a layer and as a power; write σ(…) or (σ(…))²"),
    ("chain", r"\frac{1}{2", "its LaTeX cannot be read"),
    ("chain", "δ₂·w₂·foo", "unknown name in a formula of chain 'foo'"),
    ("chain", "δₖ r", "unknown name in a formula of chain 'δₖ'"),
    ("chain", "δ₂·w₂′", "is the derivative of an activation function"),
    ("rss", "m delta", "unknown name in a formula of rss 'm'"),
])
def test_what_is_refused_is_quoted_as_it_was_written(id: str, text: str, said: str) -> None:
    quantity = "delta1" if id == "chain" else "delta_output"
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared
        check(id, {quantity: text})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_line_about_another_quantity_is_refused() -> None:
    for text in ("w2 := w2 - eta*dw2", "δ₁ = δ₂w₂", "dw1 = δ₁x"):
        with pytest.raises(ValueError, match="the line is about"):
            check("chain", {"w1_new": text})


@pytest.mark.parametrize(("text", "read_as"), [
    ("δ₂w₂σ₁′(z₁)", "δ₂·w₂·σ₁′(z₁)"), (r"\delta_1 = \delta_2 w_2 \sigma'(z_1)", "δ₂·w₂·σ'(z₁)"), ("delta2w2 df1(z1)", "delta2·w2·df1(z1)"),
    (r"\delta_2 \cdot w_2", "δ₂ · w₂"), ("δ₂·w₂·σ₁′(z₁)", ""), ("2*delta2", ""), ("½(a₂ − y)", ""), ("δ₂·tanh²(z₁)", "δ₂·tanh(z₁)²"),
])
def test_what_was_read_is_echoed_where_it_is_another_text(text: str, read_as: str) -> None:
    found = check("chain", {"delta1": text}, **S)
    assert found.verdicts["delta1"].read_as == read_as
    assert found.verdicts["delta1"].given == text
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]["verdicts"]["items"]
    assert set(schema["required"]) == set(schema["properties"]) == set(json.loads(found.to_json())["verdicts"][0])
    assert ("read as" in write_report(found)) == bool(read_as)


def test_numbers_are_read_as_they_are_written() -> None:
    settings = {"activation": "sigmoid"}
    for text in ("-6.759 × 10^-1", "−6,759·10⁻¹", r"-6.759 \times 10^{-1}", "-0,6759", "-.6759", "-6.759*10**(-1)", "$-0.6759$", "－０.６７５９"):
        assert check("one-neuron", {"delta1": text}, **settings).right, text
        assert not check("one-neuron", {"delta1": text.replace("59", "69").replace("５９", "６９")}, **settings).right
    halves = {"x": 1.0, "w1": 1.0, "b1": 0.0, "y": 0.5, "activation": "identity"}
    for text in ("1/2", "½", r"\frac{1}{2}", "0,5", ".5"):
        assert check("one-neuron", {"delta1": text}, **halves).verdicts["delta1"].form == "numbers"
        assert check("one-neuron", {"delta1": text}, **halves).right
    assert not check("one-neuron", {"delta1": "1/0"}).right


PLAIN = "# mine\n\nδ₂ = (a₂ − y)σ₂′(z₂)\ndelta1 := delta2 w2 σ₁′(z₁)   # passed on\n- ∂C/∂w₁ = δ₁x\nw1 ← w1 − η ∂C/∂w₁\n"
LATEX = r"""\begin{align}
\delta_2 &= \frac{\partial C}{\partial z_2} \\
 &= (a_2 - y)\,\sigma'(z_2), \\
\delta_1 &= \delta_2 w_2 \sigma'(z_1) \\ % passed on
\frac{\partial C}{\partial w_1} &= \delta_1 x \\[1ex]
w_1 &\leftarrow w_1 - \eta \frac{\partial C}{\partial w_1}.
\end{align}
"""


@pytest.mark.parametrize(("name", "text"), [("mine.txt", PLAIN), ("mine.md", PLAIN), ("mine.tex", LATEX), ("mine", PLAIN), ("mine.toml", PLAIN.replace(":=", "=").replace("←", "="))])
def test_a_file_of_plain_lines_is_a_derivation(name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = diagnose_file(str(path), "chain", S)
    assert list(found.verdicts) == ["delta2", "delta1", "dw1", "w1_new"]
    assert found.right
    assert main(["check", str(path), "--lecture", "chain", "--activations", "sigmoid", "sigmoid"]) == 0
    assert "read as" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "text", "said"), [
    ("a.txt", "δ₂ = a₂ − y\nSo it is done.", "line 2: 'So it is done' is no line of a derivation"), ("a.txt", "delta2 = ", "line 1:"),
    ("a.txt", "delta2 = x\ndelta2 = y", "line 2: 'delta2' is given twice"), ("a.txt", "x = 1\n" * 600, "at most 500"), ("a.txt", "d = " + "x" * 9000, "line 1 has 9004 characters"),
    ("a.toml", 'x = 1\ndelta2 = "(a_2 - y)\\cdot x"', r"line 2: in double quotes TOML takes the backslash of \cdot for its own; put LaTeX in single quotes"),
    ("a.toml", 'delta2 = "\\frac{1}{2}"', r"line 1: in double quotes TOML takes the backslash of \frac"), ("a.toml", 'delta2 = "\\nabla x"', r"backslash of \nabla"),
    ("a.toml", 'delta2 = "\\left( x \\right)"', r"backslash of \left"), ("a.json", "{}", "cannot tell the format"), ("a.txt", "", "nothing to check"),
])
def test_a_file_that_cannot_be_read_says_where(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared
        diagnose_file(str(path), "chain", {})
    assert said in str(error.value)


def test_latex_in_single_quotes_and_doubled_backslashes_is_toml(tmp_path: Path) -> None:
    for text in (r"delta2 = '(a_2 - y)\cdot\sigma_2^\prime(z_2)'", r"""delta2 = "(a_2 - y)\\cdot f_2'(z_2)" """, r'"\u03b4\u2082" = "(a2 - y)*df2(z2)"',
                 'delta2 = """(a2 - y)*\\\n df2(z2)"""'):
        path = tmp_path / "a.toml"
        path.write_text(text, encoding="utf-8")
        assert diagnose_file(str(path), "chain", S).right, text


@pytest.mark.parametrize("key", [r"\delta_1", "δ_{1}", "𝛿₁", r"\frac{\partial C}{\partial z_1}", "∂C/∂z₁", "$\\delta_1$"])
def test_a_key_is_read_as_a_formula_is(key: str) -> None:
    assert quantity_places("chain", check("chain", {"delta2": "x"}).settings, key) == [("delta", 1)]


def test_hostile_texts_are_refused_at_once() -> None:
    start = time.process_time()
    for text in ("\\frac" * 300, "{" * 500 + "x" + "}" * 500, "\\sqrt{" * 200 + "x" + "}" * 200, "_{" * 400, "x" * 1900, "xy" * 900, "δ₂" * 900, "a1[" * 300, "|" * 999,
                 "\\begin{align}" * 90, "$" * 999, "x^{" * 300 + "}" * 300, "1{" * 400, "√" * 900, "tanh " * 300, "Σ_{" * 300, "∂x/" * 600):
        for id, quantity in (("chain", "delta1"), ("layers", "delta_hidden")):
            with pytest.raises(ValueError) as error:  # noqa: PT011 - only that it is one sentence counts
                check(id, {quantity: text})
            assert len(str(error.value)) < 2500
            assert "\n" not in str(error.value)
    assert time.process_time() - start < 4


@pytest.mark.parametrize(("quantity", "line", "read_as"), [
    ("delta2", "a2 - t", "a2 - y"), ("delta2", "a2 - target", "a2 - y"), ("dw1", "delta1*X", "delta1*x"),
    ("w1_new", "w1 - α*dw1", "w1 - η*dw1"), ("w2_new", "w2 - lr*dw2", "w2 - eta*dw2"), ("z2", "W2*a1 + b2", "w2*a1 + b2"),
    ("a1", "tanh(Z1)", "tanh(z1)"), ("dw1", "delta1*x", ""), ("w1_new", "w₁ − η·dw1", "")])
def test_a_name_that_is_read_as_another_is_shown(quantity: str, line: str, read_as: str) -> None:
    verdict = check("chain", {quantity: line}).verdicts[quantity]
    assert verdict.read_as == read_as
    assert ("read as" in [column.title for column in make_table(check("chain", {quantity: line})).columns]) == bool(read_as)


@pytest.mark.parametrize("text", ["-8 583", "-0.0117 0", "2 3 delta1 x", r"-8\,583", "1/2 3", "delta1*x*2 ½", "(0.4 1.5)*x", "0,4 1,5"])
def test_two_numbers_side_by_side_are_no_product(text: str) -> None:
    for id in ("one-neuron", "chain"):
        with pytest.raises(ValueError, match="two numbers side by side"):
            check(id, {"dw1": text})


@pytest.mark.parametrize("text", ["½ 2 delta1 x", r"\frac{1}{2} 2 \delta_1 x", "2(1/2) delta1 x", "1 delta1 x", "delta 1 x"])
def test_a_number_beside_a_bracket_or_a_fraction_before_one_is_a_product(text: str) -> None:
    assert check("one-neuron", {"dw1": text}).right


@pytest.mark.parametrize("line", ["dw2/delta2", "dw2/db2", r"\frac{dw_2}{db_2}", "∂C/∂w₂/δ₂", "dw2 / delta2"])
def test_a_gradient_divided_by_what_begins_with_d_is_a_quotient(line: str) -> None:
    handed_in = {"a1": line, "z1": "w1*x + b1", "delta2": "a2 - y", "dw2": "(a2 - y)*f1(z1)", "db2": "a2 - y"}
    assert check("chain", handed_in).right


def test_a_partial_derivative_in_plain_letters_stays_one() -> None:
    assert check("chain", {"delta1": "dC/da2 * da2/dz2 * dz2/da1 * da1/dz1", "dw1": "dC/dz1 dz1/dw1", "w1_new": "w1 - eta dC/dw1"}).right


def test_a_sentence_has_no_name_of_the_grammar() -> None:
    (verdict,) = check("rows", {"δ^l": "(W^l)^T δ^(l+1) × f'(z^l)"}).verdicts.values()
    assert "the shapes in W^(l).T @ delta^(l + 1) do not fit" in verdict.sentence


@pytest.mark.parametrize(("tree", "written"), [
    ("raised(W, l).T @ raised(delta, l + 1)", "W^(l).T @ delta^(l + 1)"), ("quotient(a, z)*2", "∂a/∂z * 2"),
    ("quotient(raised(z_k, l + 1), raised(a_j, l))", "∂z_k^(l + 1)/∂a_j^(l)")])
def test_a_formula_in_a_sentence_is_written_as_on_paper(tree: str, written: str) -> None:
    assert write_formula(ast.parse(tree, mode="eval").body) == written
