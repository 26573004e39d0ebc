"""Settings of any problem of a lecture: every cost, activation by layer, penalty, biases, one sample or several."""

import random
from collections.abc import Mapping
from typing import Any

from nn.costs import COSTS, in_outputs
from nn.derivations import LECTURES
from nn.derivations.lectures.any_problem import PENALTY_NAMES
from nn.ground.activations import PROBABILITIES
from nn.ground.formulas import substitute

ELEMENTWISE = ("identity", "sigmoid", "tanh", "softplus", "softsign", "silu", "relu", "leaky_relu", "elu")
SCALAR = ("one-neuron", "chain")
PENALTIES: tuple[Mapping[str, Any], ...] = (
    {}, *({"penalty": name, "penalise": of} for name in PENALTY_NAMES for of in ("weights", "all")),
    {"penalty": "l2", "penalty_constant": "3/2"})


def list_activations(id: str, cost: str, output: str, hidden: str) -> bool:
    """Whether a cost takes that output activation in a lecture."""
    row = COSTS[cost]
    suits = output == row.logits_of if row.logits_of else output in PROBABILITIES or row.targets == "numbers"
    return suits and not (id in SCALAR and output == "softmax") and hidden != "softmax"


def make_settings(id: str, cost: str, hidden: str, output: str, penalty: Mapping[str, Any], bias: bool, samples: int,
                  seed: int, outputs: int = 2) -> dict[str, Any]:
    """Settings with generic numbers; two layers, or one in ``one-neuron``."""
    draw = random.Random(seed)

    def number() -> float:
        return draw.choice((-1, 1)) * draw.randrange(15, 140) / 100

    row = in_outputs(COSTS[cost])
    given: dict[str, Any] = {"cost": cost, "eta": draw.randrange(20, 90) / 100, **penalty}
    given |= {"lam": draw.randrange(10, 60) / 100} if penalty else {}

    def target(n: int) -> list[float]:
        if row.targets == "classes":
            chosen = draw.randrange(n)
            return [float(j == chosen) for j in range(n)]
        return [float(draw.random() < 0.5) if row.targets == "probabilities" else number() for _ in range(n)]

    if id in SCALAR:
        names = [s.name for s in LECTURES[id].settings if s.name in ("x", "w1", "b1", "w2", "b2")]
        given |= {name: number() for name in names} | {"y": target(1)[0]}
        return given | ({"activation": output} if id == "one-neuron" else {"activations": [hidden, output]})
    widths = [2, 3, outputs]
    given["activations"] = [hidden, output]
    column, source_first = id == "rss", id == "rows"
    if id == "layers" and seed % 2:
        given["reading"], source_first = "S", True
    given["W"] = []
    for before, units in ((widths[0], widths[1]), (widths[1], widths[2])):
        shape = (before, units) if source_first else (units, before + column)
        given["W"].append([[number() for _ in range(shape[1])] for _ in range(shape[0])])
    if not column:
        given["b"] = [[number() for _ in range(units)] for units in widths[1:]] if bias else None
    if samples > 1 or id in ("columns", "rows"):
        given |= {"X": [[number() for _ in range(widths[0])] for _ in range(samples)], "Y": [target(outputs) for _ in range(samples)]}
    else:
        given["x"] = [number() for _ in range(widths[0])]
        given["t" if id == "bernoulli" else "y"] = target(outputs)
        if id == "bernoulli" and outputs == 1 and row.targets != "numbers":
            given["t"] = int(given["t"][0])
    return given


def write_own_lines(id: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """A derivation as a student of that lecture writes it, in the language of ``check``; lines that it cannot say are left out."""
    lecture = LECTURES[id]
    chosen = lecture.resolve(settings)
    c, problem = lecture.conventions(chosen), lecture.problem(chosen)
    row, softmax, root = c.loss, problem.activations[-1] == "softmax", c.loss.over == "root"
    constant = c.penalties[chosen["penalty"]][0] if chosen["penalty"] else 0.0
    scalar, everything = id in SCALAR, chosen["penalise"] == "all"
    a, z = (f"a{len(problem.weights)}", f"z{len(problem.weights)}") if scalar else ("post", "pre")
    y = c.target.upper() if c.form == "matrices" else c.target

    def of(text: str) -> str:
        return "(" + substitute(text, {"a": a, "y": y, "n": "1" if scalar else "n_L"}) + ")"

    def penalty(w: str, factor: float = 1.0) -> str:
        if not problem.penalty:
            return ""
        return f" + {factor * constant} * lam * sign({w})" if problem.penalty == "l1" else f" + {2 * factor * constant} * lam * {w}"

    found: dict[str, str] = {}
    sign = "-" if c.sign < 0 else ""
    meeting = row.through.get(problem.activations[-1]) if not root else None
    slope = of(row.slope_of_each) + (" / (2 * C)" if root else "")
    if meeting is not None:
        delta = f"{sign}{of(meeting)}"
    elif softmax:
        delta = f"{sign}{a} * ({slope} - sum({a} * {slope}))"
    else:
        delta = f"{sign}{slope} * df{len(problem.weights) if scalar else ''}({z})"
    whole_batch = root and c.batch
    if not (root and problem.penalty) and not whole_batch:
        found["delta2" if id == "chain" else "delta1" if scalar else "delta_output"] = delta
    before = f"{float(row.factor)}{' / n_L' if row.per_output and not scalar else ''} * "
    size = f"{before}{'' if scalar else 'sum'}{of(row.each)}"
    size = f"sqrt({size})" if root else size
    mean = "1 / N * " if c.mean else ""
    if scalar:
        weights = [f"w{l}" for l in range(1, len(problem.weights) + 1)] + (
            [f"b{l}" for l in range(1, len(problem.weights) + 1)] if everything else [])
        found["C"] = size + "".join(f" + {constant} * lam * {f'abs({w})' if problem.penalty == 'l1' else f'{w}**2'}"
                                    for w in weights if problem.penalty)
        for l, source in enumerate(("x", "a1")[: len(problem.weights)], start=1):
            found |= {f"z{l}": f"w{l} * {source} + b{l}", f"a{l}": f"f{l}(z{l})", f"dw{l}": f"delta{l} * {source}{penalty(f'w{l}')}",
                      f"db{l}": f"delta{l}{penalty(f'b{l}') if everything else ''}", f"w{l}_new": f"w{l} - eta * dw{l}"}
        return found | ({"delta1": "delta2 * w2 * df1(z1)"} if id == "chain" else {})
    if not (everything and problem.penalty):  # no name stands for all biases
        sizes = "abs(W)" if problem.penalty == "l1" else "W**2"
        if problem.penalty and c.batch:
            size = f"{mean if not root else ''}{size}"
        found["C"] = size + (f" + {constant} * lam * sum({sizes})" if problem.penalty else "")
    turned, rows = c.first == "source", c.form == "matrices" and c.first == "source"
    bias = " + b" if problem.biases and c.bias != "column" else ""
    found["pre"] = ("post_prev @ W" if rows else "W.T @ post_prev" if turned else "W @ post_prev") + bias
    found["post"] = "f(pre)"
    found["delta_hidden"] = f"({'delta_next @ W_next.T' if rows else 'W_next @ delta_next' if turned else 'W_next.T @ delta_next'}) * df(pre)"
    data = "post_prev.T @ delta" if rows else "post_prev @ delta.T" if turned else "delta @ post_prev.T"
    before = mean if problem.penalty and c.batch else ""
    if not (id == "rss" and problem.penalty and not everything):
        found["dW"] = f"{sign}{before}({data}){penalty('W')}"
    if bias:
        biases = f"{before}sum(delta, axis={0 if rows else 1})" if problem.penalty and everything and c.batch else "delta"
        found["db"] = f"{sign}{biases}{penalty('b') if everything else ''}"
        found["b_new"] = "b - eta * db"
    found["W_new"] = "W - eta * dW"
    return found
