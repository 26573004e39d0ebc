"""Lines with indices, NumPy and partial derivatives: right ones in every spelling, and wrong ones by their mistake."""

import contextlib
import time
from typing import Any

import pytest

from nn.derivations import check
from visualize.diagnosis.plain_lines import read_lines

pytestmark = pytest.mark.slow

RELU: dict[str, Any] = {"activation": "relu"}
RELU_CHAIN: dict[str, Any] = {"activations": ["relu", "identity"]}
TANH: dict[str, Any] = {"activations": ["tanh", "identity"]}
L2: dict[str, Any] = {"penalty": "l2", "lam": 0.1}
BIASES: dict[str, Any] = {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}

RIGHT: list[tuple[str, str, str, dict[str, Any]]] = [
    *(("layers", "delta_hidden", line, {}) for line in (
        "Σ_k δ_k^(l+1) w_kj^(l+1) a_j^l (1 − a_j^l)", "sum_m delta_m^{l+1} w_mi^{l+1} * df(z_i^l)",
        "sum(k, W_next[k,j]*delta_next[k])*df(z[j])", "sum(delta_next_k * W_next_kj) * df(z_j)", "σ'(z_j) Σ_k w_kj δ_k",
        "aⱼ(1 − aⱼ)[Σₖ wₖⱼδₖ]", "(Σᵢ δᵢ⁽ˡ⁺¹⁾ wᵢⱼ⁽ˡ⁺¹⁾) ∂aⱼ⁽ˡ⁾/∂zⱼ⁽ˡ⁾", "Σ_k ∂C/∂z_k^(l+1) ∂z_k^(l+1)/∂a_j^(l) σ'(z_j^l)",
        "(W^{l+1})^T δ^{l+1} ⊙ σ'(z^l)", "σ′(z⁽ˡ⁾) ⊙ (W⁽ˡ⁺¹⁾)ᵀδ⁽ˡ⁺¹⁾", "diag(df(z)) @ W_next.T @ delta_next",
        "np.diagflat(df(z)).dot(W_next.T).dot(delta_next)", "np.sum(W_next*delta_next, axis=0, keepdims=True).T*df(z)")),
    ("layers", "dW", "a_q^(l-1) δ_p^l", {}), ("layers", "dW", "δ_j a_k", {}), ("layers", "∂C/∂w_kj", "δ_k a_j", {}),
    ("layers", "∂C/∂w_kj^(l+1)", "δ_k^(l+1) a_j^l", {}), ("layers", "dW", "delta.reshape(-1, 1)*a_prev.reshape(1, -1)", {}),
    ("layers", "pre", "sum_k w_jk^l a_k^(l-1) + b_j^l", {}), ("layers", "pre", "Σ_i w_ji a_i + b_j", {}),
    ("layers", "C", "0.5*sum((a[i] - y[i])**2)", {}), ("layers", "W_new", "w_jk − η ∂C/∂w_jk", {}),
    ("layers", "δ_j^(2)", "(Σ_k δ_k^(3) w_kj^(3)) σ'(z_j^(2))", {}),
    *(("rss", "delta_hidden", line, {}) for line in (
        "[Σ_k δ_k^(l) W_kj^(l−1)](1−a_j)a_j", "Σ_k δ_k^(l+1) W_kj^(l) (1−a_j^(l)) a_j^(l)",
        "((W^(l-1))^T δ^(l)) ⊙ a^(l-1) ⊙ (1 − a^(l-1))")),
    ("rss", "∂RSS/∂W_ji^(l-2)", "-δ_j^(l-1) a_i^(l-2)", {}), ("rss", "dW", "−δ_j^(l−1) a_i^(l−2)", {}),
    ("rss", "W_new", "W + ηδₖaⱼ", {}), ("rss", "pre", "W_k0 + Σ_j W_kj a_j", {}), ("rss", "pre", "Σ_j W_kj a_j", {}),
    ("bernoulli", "delta_hidden", "Σ_j δ_j^l w_ji^l σ′(a_i^(l−1))", {}),
    ("bernoulli", "delta_hidden", "Σ_j δ_j^(l+1) w_ji^(l+1) σ′(a_i^l)", {}),
    ("bernoulli", "pre", "Σ_j w_ij z_j + w_i0", {}), ("bernoulli", "∂L/∂w_i0^l", "δ_i^l", {}),
    ("columns", "delta_hidden", "(W^l)^T δ^(l+1) × f'(z^l)", {}),
    *(("columns", "delta_hidden", f"(W_next.T @ delta_next)*{mask}", RELU) for mask in (
        "(z > 0).astype(float)", "(z > 0).astype('float')", "np.where(z > 0, 1, 0)", "(z >= 0)", "np.heaviside(z, 0)",
        "np.where(z > 0, np.ones_like(z), np.zeros_like(z))")),
    ("columns", "dW", "(1/N) Σ_n δ_j^(l+1) a_k^(l) + λ W_jk^(l)", L2), ("columns", "C", "1/(2N) Σᵢ ‖Y[i] − a⁽ᴸ⁾[i]‖²", {}),
    ("columns", "db", "delta.mean(axis=1)", BIASES), ("rows", "dW", "a_j^(l) δ_k^(l+1)", {}),
    ("rows", "delta_hidden", "f'(z^l) × δ^(l+1) (W^l)^T", {}), ("rows", "delta_hidden", "Σ_k W_jk δ_k f'(z_j)", {}),
    *(("chain", "delta1", line, TANH) for line in (
        "∂C/∂a₂·∂a₂/∂z₂·∂z₂/∂a₁·∂a₁/∂z₁", "dC/da2 * da2/dz2 * dz2/da1 * da1/dz1", "δ₂·∂z₂/∂z₁", "∂C/∂a₁·σ₁′(z₁)",
        "delta2*w2/cosh(z1)**2", "delta2*w2*sech(z1)**2", "np.multiply(np.dot(delta2, w2), 1 - np.square(np.tanh(z1)))")),
    *(("chain", "delta1", line, RELU_CHAIN) for line in (
        "np.where(z1 > 0, 1, 0)*delta2*w2", "float(z1 > 0)*delta2*w2", "1*(z1>0)*delta2*w2")),
    ("chain", "dw1", "∂C/∂z₁·∂z₁/∂w₁", {}), ("chain", "db2", "∂C/∂z₂·∂z₂/∂b₂", {}),
]


@pytest.mark.parametrize(("id", "quantity", "line", "form"), RIGHT, ids=lambda value: str(value)[:60])
def test_a_right_line_is_right_in_every_spelling(id: str, quantity: str, line: str, form: dict[str, Any]) -> None:
    found = check(id, {quantity: line}, **form)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values()]


WRONG = [
    ("layers", "delta_hidden", "(Σₖ δₖ⁽ˡ⁺¹⁾·wⱼₖ⁽ˡ⁺¹⁾)·σ′(zⱼ⁽ˡ⁾)", "weight-untransposed"),
    ("layers", "delta_hidden", "(Σₖ δₖ⁽ˡ⁺¹⁾·wₖⱼ⁽ˡ⁾)·σ′(zⱼ⁽ˡ⁾)", "weight-own-layer"),
    ("layers", "delta_hidden", "(Σₖ δₖ⁽ˡ⁺¹⁾·wₖⱼ⁽ˡ⁺¹⁾)·σ′(zⱼ⁽ˡ⁺¹⁾)", "derivative-next-layer"),
    ("layers", "delta_hidden", "(Σₖ δₖ⁽ˡ⁺¹⁾)(Σₖ wₖⱼ⁽ˡ⁺¹⁾)·σ′(zⱼ⁽ˡ⁾)", "sums-factored"),
    ("layers", "delta_hidden", "(Σₖ δₖ⁽ˡ⁺¹⁾)·σ′(zⱼ⁽ˡ⁾)", "weight-missing"),
    ("layers", "dW", "δⱼ⁽ˡ⁾·aₖ⁽ˡ⁾", "activation-own-layer"), ("layers", "dW", "δⱼ", "input-missing"),
    ("layers", "∂C/∂w_jk", "δ_k a_j", "outer-transposed"), ("layers", "W_new", "w_jk - eta*δ_k a_j", "outer-transposed"),
    ("layers", "pre", "Σₖ wₖⱼ⁽ˡ⁾·aₖ⁽ˡ⁻¹⁾ + bⱼ⁽ˡ⁾", "forward-weight-untransposed"),
    ("layers", "pre", "Σₖ wⱼₖ⁽ˡ⁾·aₖ⁽ˡ⁻¹⁾", "forward-bias-missing"),
    ("rss", "delta_hidden", "(Σₖ δₖ⁽ᵐ⁾·Wⱼₖ⁽ᵐ⁻¹⁾)·(1 − aⱼ⁽ᵐ⁻¹⁾)·aⱼ⁽ᵐ⁻¹⁾", "weight-untransposed"),
    ("bernoulli", "delta_hidden", "Σ_j δ_j^l w_ij^l σ′(a_i^(l−1))", "weight-untransposed"),
    ("layers", "dW", "δ_j z_k", "pre-for-post"), ("columns", "dW", "δ_j z_k", "pre-for-post"),
    ("layers", "W_new", "w_jk - η δ_j z_k", "pre-for-post"), ("layers", "dW", "δ_j^l z_k^l", "pre-own-layer"),
    ("bernoulli", "dW", "δ_i^l a_j^(l-1)", "pre-for-post"), ("columns", "dW", "Σᵢ δ⁽ˡ⁺¹⁾[i](a⁽ˡ⁾[i])ᵀ", "sum-for-mean"),
]


@pytest.mark.parametrize(("id", "quantity", "line", "slug"), WRONG)
def test_a_wrong_index_or_layer_is_the_mistake_that_it_is(id: str, quantity: str, line: str, slug: str) -> None:
    (verdict,) = check(id, {quantity: line}).verdicts.values()
    assert verdict.wrong
    assert slug in verdict.mistakes


REFUSED = [
    ("layers", "delta_hidden", "δ_k w_kj σ'(z_j)", "stand in it without a sum"),
    ("layers", "dW", "Σ_q δ_j a_k", "nothing in the sum over q bears the index q"),
    ("layers", "delta_hidden", "np.einsum('kj,k,m->j', W_next, delta_next)*df(z)", "einsum is read here for two arrays"),
    ("layers", "delta_hidden", "Σ_k δ_k·W_next·σ'(z_j)", "stands without indices"),
    ("columns", "dW", "δ_j a_k/N", "no sum over the samples"), ("chain", "dw1", "quotient(a1, z1)", "no name of a formula"),
    ("chain", "dw1", "x.tofile(1)", "only functions that have a name"), ("chain", "dw1", "w_kj*x", "unknown name"),
]


@pytest.mark.parametrize(("id", "quantity", "line", "part"), REFUSED)
def test_what_stays_refused_is_said_of_what_was_written(id: str, quantity: str, line: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        check(id, {quantity: line})


@pytest.mark.parametrize("line", [
    "a.reshape(-1,1).dot(a.reshape(1,-1)).reshape(-1,1).dot(a.reshape(1,-1))", "diag(diag(outer(outer(a, a), outer(a, a))))",
    "maximum(outer(a, a).reshape(-1,1), outer(a, a).reshape(1,-1)).reshape(-1,1) > outer(a, a).reshape(1,-1)",
    "Σ_k " * 300 + "a_k", "∂a/∂z" * 300, "(W)^T" * 300, "a.reshape(10**9, 10**9)", "power(9, 9**9)",
])
def test_no_new_form_grows(line: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ValueError):
        assert not check("layers", {"delta_hidden": line}).right
    assert time.process_time() - start < 3


@pytest.mark.parametrize("text", ["∇_a C ⊙ σ'(z)", "∇_{a} C * df(z)", r"\nabla_a C \odot \sigma'(z^L)", "∇aC ⊙ σ'(z)",
                                  r"\nabla_{a^L} C \odot \sigma'(z^L)", r"\nabla_{a}C \circ \sigma'(z)"])
def test_the_gradient_of_the_cost_by_the_outputs_is_read_as_textbooks_write_it(text: str) -> None:
    assert check("layers", {"delta_output": text}).right
    assert check("layers", {"W_new": r"W - \eta \nabla_W C"}).right
    assert not check("layers", {"delta_output": text.replace("z", "a")}).right


@pytest.mark.parametrize(("id", "text"), [("columns", "(W_next.T @ (a_next - y)) * df(z)"),
                                          ("rows", "((a_next - y) @ W_next.T) * df(z)")])
def test_the_residual_of_the_next_layer_passed_back_is_named(id: str, text: str) -> None:
    assert check(id, {"delta_hidden": text}).verdicts["delta_hidden"].mistakes == ("residual-passed-back",)


@pytest.mark.parametrize(("id", "text"), [
    ("layers", "δ_j^L = (a_k^L − y_k) σ'(z_k^L)"), ("layers", r"\delta_j^{L} = (a_k^{L} - y_k) \sigma'(z_k^{L})"),
    ("layers", "delta_j^(l) = sum(k, w_ki^(l+1)*delta_k^(l+1))*df(z_i^(l))"), ("layers", "∂C/∂b_j^l = δ_k^l"),
    ("layers", "z_j^l = Σ_k w_ik^l a_k^(l-1) + b_i^l"), ("layers", r"\frac{\partial C}{\partial w_{jk}^{l}} = \delta_j^{l} a_i^{l-1}"),
    ("bernoulli", "∂L/∂w_i0^l = δ_j^l"), ("bernoulli", "z_i^l = σ(a_j^l)"), ("rss", "∂RSS/∂W_kj^l = −δ_k^(l+1) a_i^l"),
])
def test_an_index_that_the_left_side_has_not_is_no_index_of_the_right_one(id: str, text: str) -> None:
    (verdict,) = check(id, read_lines(text)).verdicts.values()
    assert verdict.wrong
    assert "the left side has the index" in verdict.sentence


@pytest.mark.parametrize("text", [
    r"\frac{\partial C}{\partial w_{ji}^{l}} = \delta_j^{l} a_i^{l-1}", "∂C/∂w_jk^l = δ_j^l a_k^(l-1)", "δ^L = (a_k^L − y_k) σ'(z_k^L)",
    "δ_i^l = Σ_j δ_j^(l+1) w_ji^(l+1) σ′(z_i^l)", "δ_j^L = (a^L − y) ⊙ σ'(z^L)"])
def test_a_left_side_with_the_indices_of_the_right_one_stays_right(text: str) -> None:
    assert check("layers", read_lines(text)).right


@pytest.mark.parametrize(("id", "quantity", "line"), [
    ("one-neuron", "dw1", "delta1*z1"), ("chain", "dw1", "delta1*z1"), ("chain", "dw1", r"\delta_1 z_1"), ("chain", "dw1", lambda delta1, z1: delta1 * z1),
    ("layers", "dW", "delta @ z.T"), ("layers", "dW[2]", "delta[2] @ z[2].T"), ("layers", "dW", lambda delta, z: delta @ z.T),
    ("layers", "W_new", "W - eta*delta @ z.T"), ("rows", "dW", "z.T @ delta/N"), ("rss", "dW", "−δ_j^(l−1) z_i^(l−1)")])
def test_the_pre_activation_of_the_same_layer_in_place_of_the_input_is_one_mistake(id: str, quantity: str, line: Any) -> None:
    form = {"activation": "sigmoid"} if id == "one-neuron" else {}
    (verdict,) = check(id, {quantity: line}, **form).verdicts.values()
    assert verdict.mistakes == ("pre-own-layer",)
    assert "of the same layer, stands where" in verdict.sentence


def test_a_layer_that_an_index_counts_and_that_is_not_there_is_said() -> None:
    (verdict,) = check("layers", {"dW": "δ_j z_j"}).verdicts.values()
    assert "there is no z of layer 0" in verdict.sentence


@pytest.mark.parametrize(("id", "text"), [("columns", "δ^(l) = (W^(l+1))^T δ^(l+1) ⊙ f'(z^l)"),
                                          ("rss", "δ_j^(l-1) = [Σ_k δ_k^l W_kj^l] (1 - a_j^(l-1)) a_j^(l-1)")])
def test_weights_that_are_counted_by_the_other_layer_are_told_so(id: str, text: str) -> None:
    (verdict,) = check(id, read_lines(text)).verdicts.values()
    assert "W^(l) belongs to the weights from a^(l) to z^(l + 1) here" in verdict.sentence
