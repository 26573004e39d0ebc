"""The matrix form with columns: W⁽ˡ⁾ has a row for each unit of layer l + 1, a sample
is a column. The input is layer 1.

    z⁽ˡ⁺¹⁾ = W⁽ˡ⁾a⁽ˡ⁾,   a⁽ˡ⁺¹⁾ = f(z⁽ˡ⁺¹⁾),   a⁽¹⁾ = X,   E = ½‖Y − a⁽ᴸ⁾‖² for one sample
    δ⁽ᴸ⁾ = −(Y − a⁽ᴸ⁾) × f′(z⁽ᴸ⁾),   δ⁽ˡ⁾ = (W⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾ × f′(z⁽ˡ⁾),   ∇E = δ⁽ˡ⁺¹⁾(a⁽ˡ⁾)ᵀ,
    W⁽ˡ⁾ ← W⁽ˡ⁾ − η(1/N)Σᵢ∇E(X⁽ⁱ⁾)

Question 1 adds b⁽ˡ⁾, question 2 (λ/2)Σ‖W⁽ˡ⁾‖², question 3 has ReLU for f. The index i is the sample.
"""

from collections.abc import Sequence

from ..lines import Line, parse_lines
from ..settings import Settings
from .matrices import MatrixLecture, example_settings


class Columns(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a column."""

    id = "columns"
    title = "The matrix form, columns"
    settings = example_settings((((0.3, -0.5), (0.8, 0.2), (-0.6, 0.9)), ((0.7, -0.4, 1.1), (-0.2, 0.5, 0.6))),
                        "a row a target")

    def own_lines(self, settings: Settings) -> Sequence[Line]:
        b = settings["b"] is not None
        return parse_lines(f"""
a[1, i] = X[i]
z[l + 1, i] = W[l] @ a[l, i]{" + b[l]" * b}
a[l + 1, i] = f(z[l + 1, i])
E[i] = 1/2 * norm(Y[i] - a[L, i])**2
E = 1 / N * sum(E[i] for i in samples)
delta[L, i] = -(Y[i] - a[L, i]) * df(z[L, i])
delta[l, i] = W[l].T @ delta[l + 1, i] * df(z[l, i])
nabla[l, i] = delta[l + 1, i] @ a[l, i].T
dW[l] = 1 / N * sum(nabla[l, i] for i in samples)
{"db[l] = 1 / N * sum(delta[l + 1, i] for i in samples)" * b}
W_new[l] = W[l] - eta * dW[l]
{"b_new[l] = b[l] - eta * db[l]" * b}
""")
