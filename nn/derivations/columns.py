"""The matrix form with columns: W⁽ˡ⁾ has a row for each unit of layer l + 1, a sample
is a column. The input is layer 1.

    z⁽ˡ⁺¹⁾ = W⁽ˡ⁾a⁽ˡ⁾,   a⁽ˡ⁺¹⁾ = f(z⁽ˡ⁺¹⁾),   a⁽¹⁾ = X,   E = ½‖Y − a⁽ᴸ⁾‖² for one sample
    δ⁽ᴸ⁾ = −(Y − a⁽ᴸ⁾) × f′(z⁽ᴸ⁾),   δ⁽ˡ⁾ = (W⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾ × f′(z⁽ˡ⁾),   ∇E = δ⁽ˡ⁺¹⁾(a⁽ˡ⁾)ᵀ,
    W⁽ˡ⁾ ← W⁽ˡ⁾ − η(1/N)Σᵢ∇E(X⁽ⁱ⁾)

Question 1 adds b⁽ˡ⁾, question 2 (λ/2)Σ‖W⁽ˡ⁾‖², question 3 has ReLU for f. The index i is the sample.
"""

from collections.abc import Sequence

from .lines import Line
from .matrices import QUESTION_1, MatrixLecture, cost, example
from .settings import Settings


class Columns(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a column."""

    id = "columns"
    title = "The matrix form, columns"
    settings = example((((0.3, -0.5), (0.8, 0.2), (-0.6, 0.9)), ((0.7, -0.4, 1.1), (-0.2, 0.5, 0.6))),
                        "a row a target")

    def lines(self, settings: Settings) -> Sequence[Line]:
        b, decay = (" + b[l]" if settings["b"] else ""), (" + lam * W[l]" if settings["penalty"] else "")
        return (
            Line("a[1, i]", "X[i]"),
            Line("z[l + 1, i]", f"W[l] @ a[l, i]{b}"),
            Line("a[l + 1, i]", "f(z[l + 1, i])"),
            cost(settings),
            Line("delta[L, i]", "-(Y[i] - a[L, i]) * df(z[L, i])"),
            Line("delta[l, i]", "W[l].T @ delta[l + 1, i] * df(z[l, i])"),
            Line("dW[l]", f"1 / N * sum(delta[l + 1, i] @ a[l, i].T for i in samples){decay}"),
            Line("W_new[l]", "W[l] - eta * dW[l]"),
            *(QUESTION_1 if settings["b"] else ()),
        )
