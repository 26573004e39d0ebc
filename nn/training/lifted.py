"""The matrix program of an objective: its value and gradient for any samples, and whether it can be trusted."""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import fsum
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import format_number

from ..costs import Cost
from ..ground import late_numpy as np
from ..ground.arrays import Parameters
from ..ground.arrays import Samples as Table
from ..ground.lifting import CLOSE, CannotLiftError, find_own_code, lift, make_leaves, refuse_numbers
from ..networks.objective import Objective
from ..networks.prepared import Samples

_FIRST, AGAIN = 32, 4  # samples that are compared with the scalar graph, at first and in each epoch
_AT_ONCE = 4096  # samples of a sum with a penalty; a program takes many samples in parts by itself


class Lifted:
    """The matrix program of an objective.

    Args:
        objective: the objective.
        samples: its samples; the first one is recorded.

    Attributes:
        in_doubt: whether code of a user's own was recorded, which may do something else for other numbers.

    Raises:
        CannotLiftError: it has none; says why.
    """

    def __init__(self, objective: Objective, samples: Samples) -> None:
        self.objective, self.samples = objective, samples
        self._forms: dict[tuple[bool, bool], Any] = {}
        self._tables: dict[int, tuple[Samples, Table]] = {}
        own = find_own_code(objective.net, [objective.cost.sample])
        self.in_doubt = bool(own)
        if type(objective.cost) is not Cost:
            raise CannotLiftError("the cost is of a class of its own")
        refuse_numbers(own)
        self.form = self.find_form(samples)
        difference = self.find_difference(range(min(_FIRST, len(samples))), anywhere=True) if own else ""
        if difference:
            raise CannotLiftError(difference)

    def find_form(self, samples: Samples, penalised: bool = True) -> Any:
        """The program for these samples, which have weights or not, with or without the penalty."""
        key = (samples.weights is not None, penalised and self.objective.penalty is not None)
        if key not in self._forms:
            self._forms[key] = lift(lambda: self._record(*key), self.objective.parameters,
                                    over=self.objective.cost.over)
        return self._forms[key]

    def _record(self, weighted: bool, penalised: bool) -> tuple[Any, ...]:
        objective = self.objective
        x, y = (make_leaves(letter, table[0].tolist()) for letter, table in
                (("x", self.samples.inputs), ("y", self.samples.targets)))
        z, a = objective.net.outputs(x)
        cost = objective.cost.sample(z if objective.cost.logits_of else a, y)
        weight = [Value(1.0, "weight")] if weighted else []
        for factor in weight:
            cost = factor * cost
        return cost, [*x, *y, *weight], objective.record_penalty() if penalised else None, ()

    def find_table(self, samples: Samples) -> "Table":
        """The data of the program: inputs, targets and weights, a sample a row."""
        if samples.weights is None:
            return samples.table
        if id(samples) not in self._tables:
            self._tables[id(samples)] = samples, np.column_stack([samples.table, samples.weights])
        return self._tables[id(samples)][1]

    def value(self, samples: Samples, penalised: bool = True, theta: "Parameters | None" = None) -> float | None:
        """C of all samples, at Θ or at the parameters as they are; None where a number is not finite."""
        theta, found = self.form.load() if theta is None else theta, []
        for form, rows in self._split(samples, penalised):
            C = form.attempt("value", theta, rows)
            if C is None:
                return None
            found.append(C)
        return fsum(found)

    def gradient(self, samples: Samples) -> list[float] | None:
        """∂C/∂Θ of all samples; None where a number is not finite."""
        theta, found = self.form.load(), np.zeros(len(self.objective.parameters))
        part = np.zeros_like(found)
        for form, rows in self._split(samples, True):
            if form.attempt("gradient", theta, rows, out=part) is None:
                return None
            found += part
        numbers: list[float] = found.tolist()
        return numbers

    def _split(self, samples: Samples, penalised: bool) -> Iterator[tuple[Any, "Table"]]:
        """Program and rows of the parts of the samples. The penalty of a sum is that of its first part."""
        table = self.find_table(samples)
        is_sum = self.objective.cost.over == "sum" and penalised and self.objective.penalty is not None
        size = _AT_ONCE if is_sum else len(table)
        for start in range(0, len(table), size):
            yield self.find_form(samples, penalised and not start), table[start : start + size]

    def find_difference(self, rows: Sequence[int], anywhere: bool = False) -> str:
        """A sentence if the scalar graph of some rows gives other numbers; empty if it gives the same.

        Args:
            anywhere: compare at other parameters too, so that both sides of a branch are met.
        """
        parameters = self.objective.parameters
        theta, draw = self.form.load(), random.Random(0)
        points = [theta]
        if anywhere:
            points += [3 * theta, -theta, theta + [draw.gauss() for _ in parameters]]
        try:
            for point in points:
                self.form.store(point)
                if sentence := self._compare(point, list(rows)):
                    return sentence
        finally:
            self.form.store(theta)
        return ""

    def _compare(self, theta: "Parameters", rows: list[int]) -> str:
        gradient = np.zeros_like(theta)
        try:
            right = self.objective.differentiate(self.samples, rows)
        except (ValueError, ArithmeticError):
            return ""  # the run meets it too, and says where
        C = self.form.attempt("gradient", theta, self.find_table(self.samples)[rows], out=gradient)
        if C is None:
            return ""  # the scalar graph is asked
        slopes = np.array([p.grad for p in self.objective.parameters])
        off = np.abs(gradient - slopes).max() / max(1.0, float(np.abs(slopes).max()))
        same = abs(C - right) <= CLOSE * max(1.0, abs(right))
        if same and off <= CLOSE:
            return ""
        what = "another gradient" if same else f"C = {format_number(C)} in place of {format_number(right)}"
        return f"what was recorded for one sample does not hold for others, and gives {what}"


def use_program(objective: Objective, samples: Samples) -> None:
    """Let an objective compute values and gradients by its matrix program, where it has one."""
    with suppress(CannotLiftError):
        objective.program = Lifted(objective, samples)
