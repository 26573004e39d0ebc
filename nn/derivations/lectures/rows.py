"""The matrix form with rows: W⁽ˡ⁾ has a row for each unit of layer l, a sample is a row. The input is layer 1.

    z⁽ˡ⁺¹⁾ = a⁽ˡ⁾W⁽ˡ⁾,   a⁽ˡ⁺¹⁾ = f(z⁽ˡ⁺¹⁾),   a⁽¹⁾ = X,   E = ½‖Y − a⁽ᴸ⁾‖² for one sample
    δ⁽ᴸ⁾ = −(Y − a⁽ᴸ⁾) × f′(z⁽ᴸ⁾),   δ⁽ˡ⁾ = δ⁽ˡ⁺¹⁾(W⁽ˡ⁾)ᵀ × f′(z⁽ˡ⁾),   ∇E = (a⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾,
    W⁽ˡ⁾ ← W⁽ˡ⁾ − η(1/N)Σᵢ∇E(X⁽ⁱ⁾)

Questions as in ``columns``. The index i is the sample.
"""

from collections.abc import Sequence

from ..lines import Line, parse_lines
from ..settings import Settings
from .matrices import MatrixLecture, example_settings


class Rows(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a row."""

    id = "rows"
    title = "The matrix form, rows"
    settings = example_settings((((0.3, 0.8, -0.6), (-0.5, 0.2, 0.9)), ((0.7, -0.2), (-0.4, 0.5), (1.1, 0.6))),
                        "a row a source")

    def own_lines(self, settings: Settings) -> Sequence[Line]:
        b = settings["b"] is not None
        return parse_lines(f"""
a[1, i] = X[i]
z[l + 1, i] = a[l, i] @ W[l]{" + b[l]" * b}
a[l + 1, i] = f(z[l + 1, i])
E[i] = 1/2 * norm(Y[i] - a[L, i])**2
E = 1 / N * sum(E[i] for i in samples)
delta[L, i] = -(Y[i] - a[L, i]) * df(z[L, i])
delta[l, i] = delta[l + 1, i] @ W[l].T * df(z[l, i])
nabla[l, i] = a[l, i].T @ delta[l + 1, i]
dW[l] = 1 / N * sum(nabla[l, i] for i in samples)
{"db[l] = 1 / N * sum(delta[l + 1, i] for i in samples)" * b}
W_new[l] = W[l] - eta * dW[l]
{"b_new[l] = b[l] - eta * db[l]" * b}
""")
