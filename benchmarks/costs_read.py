"""The cost that ``check_code`` read from gradients, written as a program: are they its derivative?"""

import re

from nn.derivations import CodeDiagnosis
from nn.derivations.own_program.checking import check_code_file
from nn.derivations.own_program.running.layouts import Layout

_COSTS = {
    "squared error Σ(a − y)²": "(a - y) ** 2",
    "binary cross-entropy": "-y * np.log(a) - (1 - y) * np.log(1 - a)",
    "cross-entropy −Σ y log a": "-y * np.log(a)",
    "cross-entropy with a = P(y = 0)": "-(1 - y) * np.log(a) - y * np.log(1 - a)",
}
_PENALTY = re.compile(r"penalty (?P<terms>\S*Σ.+) on (?P<on>.+)")
_SIZES = {"w²": "np.square", "|w|": "np.abs"}
_PROGRAM = """
import numpy as np
from nn.derivations.own_program.comparing.array_activations import find_array_activation, softmax

forward = None


def cost(W, b, X, Y, lam=0.0):
    a, y = (X.T, Y.T) if {rows} else (X, Y)
    for w, v, name in zip(W, b, {activations}):
        z = (w.T if {source} else w) @ a + (0 if v is None else np.reshape(v, (-1, 1)))
        a = softmax(z) if name == "softmax" else find_array_activation(name).value(z)
    (n, N), biases = a.shape, [v for v in b if v is not None]
    return {constant} * ({each}).sum() + {penalty}
"""


def write_cost(found: CodeDiagnosis, layout: Layout) -> str | None:
    """A function ``cost`` with the conventions that were read; None where they are none that it can have."""
    read = found.conventions
    penalty, each = _PENALTY.search(read.penalty), _COSTS.get(read.cost)
    if each is None or (read.penalty not in ("", "no penalty") and penalty is None):
        return None
    added = ["0"]
    for term in penalty["terms"].split(" + ") if penalty else ():
        factor, _, of = term.partition("Σ")
        on = "[*W, *biases]" if penalty and "biases" in penalty["on"] else "W"
        factor = factor.replace("λ", "lam").replace("·", "*").rstrip("*")
        added.append(f"{factor} * sum({_SIZES[of]}(w).sum() for w in {on})")
    constant = f"({read.constant})".replace("·", "*")
    return _PROGRAM.format(rows=layout.rows, source=layout.source, activations=read.activations, constant=constant,
                           each=each, penalty=" + ".join(added))


def proves(text: str, found: CodeDiagnosis, layout: Layout, widths: tuple[int, ...]) -> bool:
    """Whether a program is right for the cost that was read from it alone, by the numerical derivative of that cost."""
    cost = write_cost(found, layout)
    if cost is None:
        return False
    beside = check_code_file("planted.py", text + cost, layers=widths)
    return beside.right and beside.certain
