"""Takes the steps of an optimizer in buffers: the bits of ``Optimizer.move``, which makes an array for each operation.

The lines of the optimizer are written as calls of NumPy with ``out=``. What has no such call, such as ``where`` and
powers, is evaluated as it stands.
"""

import ast
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ..ground import late_numpy as np
from ..ground.arrays import Parameters
from ..ground.formulas import find_names
from .update_rules import WORDS, Optimizer

_SIGNS: dict[type[ast.operator], str] = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
_CALLS = {"abs": "absolute", **{word: word for word in WORDS if word not in ("abs", "where")}}


class Buffers:
    """Arrays for the steps of one optimizer.

    Args:
        optimizer: its class has the lines.
        size: the number of parameters.
    """

    def __init__(self, optimizer: Optimizer, size: int) -> None:
        self.lines, self.kept = optimizer.lines, optimizer.kept()
        self._step, count = _compile_step(self.lines, tuple(self.kept))
        self._inner = [np.empty(size) for _ in range(count)]
        self._next = {name: np.empty(size) for name in ("w", *self.kept)}

    def step(self, optimizer: Optimizer, theta: "Parameters", gradient: "Parameters",
             epoch: int) -> "Parameters | None":
        """The parameters after a step; θ and the arrays of the state are overwritten at the next one.

        Returns:
            None where ``move`` must tell: a number is not finite, or the state is that of another network. Nothing has
            changed then.
        """
        state = optimizer.state or {name: np.zeros(len(theta)) for name in self.kept}
        if any(array.shape != theta.shape or array.dtype != theta.dtype for array in state.values()):
            return None
        numbers = optimizer.settings | {"eta": optimizer.rate(epoch), "t": optimizer.steps + 1}
        names = {name: np.float64(number) for name, number in numbers.items()}
        with np.errstate(all="ignore"):
            try:
                self._step(self._inner, self._next, g=gradient, w=theta, **names, **state)
            except ZeroDivisionError:  # of two numbers that are written in a line
                return None
            for array in self._next.values():
                size = float(np.dot(array, array))  # quick; it may overflow
                if size - size != 0 and not np.isfinite(array).all():
                    return None
        found = self._next["w"]
        optimizer.state = {name: self._next[name] for name in self.kept}
        optimizer.steps += 1
        self._next = {"w": theta, **state}
        return found


@lru_cache
def _compile_step(lines: tuple[tuple[str, str], ...], kept: tuple[str, ...]) -> tuple[Callable[..., None], int]:
    """The function that runs the lines, and the number of its inner buffers."""
    writer = _Writer(kept)
    for assigned, formula in _put_in(lines, {"w", *kept}):
        writer.write_line(assigned, ast.parse(formula, mode="eval").body)
    parameters = sorted({name for _, formula in lines for name in find_names(formula)} - set(WORDS))
    body = [*(f"_b{i} = inner[{i}]" for i in range(writer.count)), *writer.code]
    text = f"def step(inner, out, {''.join(f'{name}=None, ' for name in parameters)}**_):\n    " + "\n    ".join(body)
    names: dict[str, Any] = {f"_{word}": getattr(np, word) for word in (*_SIGNS.values(), *_CALLS.values(), "negative")}
    names |= {word: getattr(np, word) for word in WORDS} | {"_copyto": np.copyto}
    exec(compile(text, "<steps of an optimizer>", "exec"), names)  # noqa: S102 - lines that were checked
    return names["step"], writer.count


def _put_in(lines: Sequence[tuple[str, str]], targets: set[str]) -> list[tuple[str, str]]:
    """The lines with what only the next lines use put in there, so that it needs no array for long."""
    found = list(lines)
    for k in reversed(range(len(lines))):
        name, formula = lines[k]
        users = [i for i in range(len(found)) if name in find_names(found[i][1]) and found[i][0] != name]
        if name in targets or len(users) != 1 or len(re.findall(rf"\b{name}\b", found[users[0]][1])) > 1:
            continue
        between = {left for left, _ in found[k + 1 : users[0]]}
        if not between & set(find_names(formula)):
            found[users[0]] = found[users[0]][0], re.sub(rf"\b{name}\b", f"({formula})", found[users[0]][1])
            del found[k]
    return found


class _Writer:
    """Writes lines as code. A name of a line is a variable of the same name."""

    def __init__(self, kept: tuple[str, ...]) -> None:
        self.arrays, self.targets = {"w", "g", *kept}, {"w", *kept}
        self.code: list[str] = []
        self.count, self._free = 0, list[str]()

    def write_line(self, assigned: str, formula: ast.expr) -> None:
        target = f"out['{assigned}']" if assigned in self.targets else ""
        if not (target or self._is_array(formula)):
            self.code.append(f"{assigned} = {ast.unparse(formula)}")  # a number
            return
        found = self._write(formula, target)
        if target and found != target:
            self.code.append(f"_copyto({target}, {found})")  # one number for all, such as v ← t
        self.code.append(f"{assigned} = {target or found}")
        self.arrays.add(assigned)

    def _is_array(self, part: ast.expr) -> bool:
        return any(isinstance(node, ast.Name) and node.id in self.arrays for node in ast.walk(part))

    def _take(self) -> str:
        if not self._free:
            self._free.append(f"_b{self.count}")
            self.count += 1
        return self._free.pop()

    def _write(self, part: ast.expr, target: str = "") -> str:
        """The text of a part, after the code that computes it: into ``target`` if that is given and possible."""
        match part:
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS and self._is_array(part):
                word, parts = _SIGNS[type(sign)], [left, right]
            case ast.UnaryOp(operand=operand) if self._is_array(part):
                word, parts = "negative", [operand]
            case ast.Call(func=ast.Name(id=name), args=parts) if name in _CALLS and self._is_array(part):
                word = _CALLS[name]
            case _:
                return f"({ast.unparse(part)})"
        operands: list[str] = []
        for operand in parts:
            operands.append(self._write(operand, "" if target in operands else target))
        inner = [name for name in operands if name.startswith("_b") and name != target]
        out = target or (inner.pop() if inner else self._take())
        self._free += inner
        self.code.append(f"_{word}({', '.join(operands)}, out={out})")
        return out
