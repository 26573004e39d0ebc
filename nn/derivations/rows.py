"""The matrix form with rows: W⁽ˡ⁾ has a row for each unit of layer l, a sample is a row. The input is layer 1.

    z⁽ˡ⁺¹⁾ = a⁽ˡ⁾W⁽ˡ⁾,   a⁽ˡ⁺¹⁾ = f(z⁽ˡ⁺¹⁾),   a⁽¹⁾ = X,   E = ½‖Y − a⁽ᴸ⁾‖² for one sample
    δ⁽ᴸ⁾ = −(Y − a⁽ᴸ⁾) × f′(z⁽ᴸ⁾),   δ⁽ˡ⁾ = δ⁽ˡ⁺¹⁾(W⁽ˡ⁾)ᵀ × f′(z⁽ˡ⁾),   ∇E = (a⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾,
    W⁽ˡ⁾ ← W⁽ˡ⁾ − η(1/N)Σᵢ∇E(X⁽ⁱ⁾)

Questions as in ``columns``. The index i is the sample.
"""

from collections.abc import Sequence

from .lines import Line
from .matrices import QUESTION_1, MatrixLecture, cost, example
from .settings import Settings


class Rows(MatrixLecture):
    """E = 1/(2N) Σᵢ‖Y − a⁽ᴸ⁾‖² over N samples, each a row."""

    id = "rows"
    title = "The matrix form, rows"
    settings = example((((0.3, 0.8, -0.6), (-0.5, 0.2, 0.9)), ((0.7, -0.2), (-0.4, 0.5), (1.1, 0.6))),
                        "a row a source")

    def lines(self, settings: Settings) -> Sequence[Line]:
        b, decay = (" + b[l]" if settings["b"] else ""), (" + lam * W[l]" if settings["penalty"] else "")
        return (
            Line("a[1, i]", "X[i]"),
            Line("z[l + 1, i]", f"a[l, i] @ W[l]{b}"),
            Line("a[l + 1, i]", "f(z[l + 1, i])"),
            cost(settings),
            Line("delta[L, i]", "-(Y[i] - a[L, i]) * df(z[L, i])"),
            Line("delta[l, i]", "delta[l + 1, i] @ W[l].T * df(z[l, i])"),
            Line("dW[l]", f"1 / N * sum(a[l, i].T @ delta[l + 1, i] for i in samples){decay}"),
            Line("W_new[l]", "W[l] - eta * dW[l]"),
            *(QUESTION_1 if settings["b"] else ()),
        )
