"""The language of optimizers: lines that are checked when the class is made, run for every parameter, and shown.

``Optimizer`` is the base class of those in ``optimizers`` and of a user's own.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from inspect import Parameter, signature
from math import isnan
from types import CodeType, MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from autograd_lite import Value
from autograd_lite.internal import quote

from ..ground import late_numpy as np
from ..ground.arrays import Parameters
from ..ground.formulas import find_names, format_formula
from ..ground.lifting import set_numbers
from ..ground.ranges import ABOVE_0, Range
from ..ground.suggest import refuse_attribute, refuse_other_words, unknown_name
from ..schedules import Schedule

WORDS: Mapping[str, int] = MappingProxyType({
    "abs": 1, "exp": 1, "log": 1, "maximum": 2, "minimum": 2, "sign": 1, "sqrt": 1, "where": 3})
"""Function that lines may call, by its name in NumPy -> the number of its arguments."""
_GIVEN = ("w", "g", "t")
_PARTS = (ast.Expression, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub, ast.Compare,
          ast.cmpop, ast.Call, ast.Name, ast.Load, ast.Constant)
"""The parts of Python's expressions that mean the same for arrays, and that can be shown."""


class Optimizer:
    """An optimizer with its settings and its state.

    A class of one's own needs ``lines``, and ``ranges`` if it has settings besides ``eta``. It is checked when it is
    made. In a line, w is the parameter, g = ∂C/∂w, t = 1, 2, … the number of the step; functions are those of
    ``WORDS``. A name that is read before its line has run is kept from the step before, and starts at 0.

    Attributes:
        name, source: its key in ``OPTIMIZERS``, and who proposed it. The name of a class of one's own by default.
        lines: (assigned name, formula), in order.
        ranges: setting besides ``eta`` -> the numbers that it may be.
        settings: name -> number. ``eta`` is the learning rate, a number above 0 or a ``Schedule``.
        state: name -> array with one entry for each parameter; empty before the first step.
        steps: the number of steps taken.

    Raises:
        ValueError, TypeError: the lines of a class do not fit together, or a setting is missing or out of range.

    >>> optimizers.Momentum(eta=0.05).formulas()
    ['v ← β·v + g', 'w ← w − η·v']
    >>> class SignDescent(Optimizer):
    ...     lines = (("w", "w - eta * sign(g)"),)
    >>> w = Value(1.0)
    >>> w.grad = -123.0
    >>> SignDescent(eta=0.5).step([w])
    >>> w.data
    1.5
    """

    name: ClassVar[str] = ""
    source: ClassVar[str] = ""
    lines: ClassVar[tuple[tuple[str, str], ...]] = ()
    ranges: ClassVar[Mapping[str, Range]] = MappingProxyType({})

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.name = cls.name or cls.__name__
        if cls.lines:
            _check_lines(cls)

    def __new__(cls, *places: Any, **given: Any) -> Self:
        if places and isinstance(places[0], Sequence) and any(isinstance(entry, Value) for entry in places[0]):
            given = {"parameters": places[0], **given}
        refuse_other_words("optimizer", cls.__name__, given, [*signature(cls.__init__).parameters, *cls.ranges])
        return super().__new__(cls)

    if not TYPE_CHECKING:  # a type checker knows the attributes

        def __getattr__(self, name: str) -> Any:
            """Called for an attribute that does not exist."""
            return refuse_attribute("optimizer", self, name)

    def __init__(self, eta: float | Schedule, **settings: float) -> None:
        if not self.lines:
            raise TypeError(f"{type(self).__name__} has no lines to run: derive a class that has, such as "
                            "lines = (('w', 'w - eta * g'),)")
        takes = {"eta": ABOVE_0, **self.ranges}
        self.settings: dict[str, Any] = {"eta": eta} | settings
        self.state: dict[str, Parameters] = {}
        self.steps = 0
        wrong = [f"{', '.join(sorted(names))} {'are' if len(names) > 1 else 'is'} {what}"
                 for names, what in ((takes.keys() - self.settings.keys(), "missing"),
                                     (self.settings.keys() - takes.keys(), "none of them")) if names]
        if wrong:
            raise TypeError(f"{self.name} takes the settings {', '.join(takes)}, each by its name; "
                            f"{' and '.join(wrong)}")
        for setting, value in self.settings.items():
            if not (setting == "eta" and isinstance(value, Schedule)):
                takes[setting].check(f"{setting} of {self.name}", value, ", or a schedule" * (setting == "eta"))

    @classmethod
    def formulas(cls) -> list[str]:
        """The lines in mathematical notation."""
        return [f"{format_formula(assigned)} ← {format_formula(formula)}" for assigned, formula in cls.lines]

    def rate(self, epoch: int = 0) -> float:
        """η in an epoch, which is counted from 0."""
        eta = self.settings["eta"]
        return eta(epoch) if isinstance(eta, Schedule) else float(eta)

    def step(self, parameters: Sequence[Value], epoch: int = 0) -> None:
        """Update each parameter by the rule, from its ``.grad``.

        Args:
            parameters: the same parameters in the same order at every step.
            epoch: the epoch, for a learning rate that depends on it.

        Raises:
            OverflowError: a number would not fit a float; names the parameter. Nothing is changed then.
            ArithmeticError: a number does not exist, such as log(g) for a negative g, or 0/0; likewise.
            ValueError: the number of parameters differs from that of the previous step.

        >>> w = Value(1.0)
        >>> w.grad = 2.0
        >>> optimizers.GradientDescent(eta=0.1).step([w])
        >>> w.data
        0.8
        """
        theta = np.array([p.data for p in parameters])
        moved = self.move(theta, np.array([p.grad or 0.0 for p in parameters]), parameters, epoch)
        set_numbers(parameters, moved.tolist())

    def move(self, theta: "Parameters", gradient: "Parameters", parameters: Sequence[Value],
             epoch: int = 0) -> "Parameters":
        """The numbers of the parameters after a step; no parameter changes. Errors are those of ``step``.

        Args:
            theta, gradient: (P,), the numbers of the parameters and ∂C/∂Θ. They do not change.
            parameters: the parameters, for the names in errors.
            epoch: as for ``step``.

        >>> import numpy as np
        >>> optimizers.GradientDescent(eta=0.5).move(np.array([1.0]), np.array([2.0]), [Value(1.0)]).tolist()
        [0.0]
        """
        numbers = self.settings | {"eta": self.rate(epoch), "t": self.steps + 1}
        names = _list_words() | {name: np.float64(number) for name, number in numbers.items()}
        names |= {"w": theta, "g": gradient}
        kept = self.kept()
        for name in kept:
            names[name] = self.state.get(name, np.zeros(len(theta)))
            if len(names[name]) != len(theta):
                raise ValueError(f"{self.name} has taken steps with {len(names[name])} parameters and got "
                                 f"{len(theta)}; make a new optimizer for another network")
        happened: set[str] = set()
        with np.errstate(all="call", call=lambda what, _: happened.add(what)):  # the check below names the parameter
            for assigned, code in _compile_lines(self.lines):
                try:
                    names[assigned] = eval(code, names)  # noqa: S307 - lines that were checked when the class was made
                except ZeroDivisionError:  # of two numbers that are written in the line
                    names[assigned] = np.nan
            overflowed = "overflow" in happened
            for name in (*kept, "w"):
                if np.shape(names[name]) != theta.shape:  # one number for all, such as v ← t
                    names[name] = np.full(len(theta), names[name], dtype=float)
                size = float(np.dot(names[name], names[name]))  # quick; it may overflow
                if size - size != 0 and not np.isfinite(names[name]).all():
                    raise self._not_finite_error(name, names[name], parameters, epoch, overflowed)
        self.state = {name: names[name] for name in kept}
        self.steps += 1
        found: Parameters = names["w"]
        return found

    def _not_finite_error(self, name: str, found: "Parameters", parameters: Sequence[Value],
                          epoch: int, overflow: bool) -> ArithmeticError:
        at = int(np.argmin(np.isfinite(found)))
        # without an overflow, an infinity comes of a division by 0, or of log(0)
        error, fails = ((OverflowError, "overflows") if overflow and not isnan(found[at]) else
                        (ArithmeticError, "is undefined"))
        return error(f"the update of node {quote(parameters[at].label)} {fails} in {name} ← "
                     f"{format_formula(dict(self.lines)[name])} with η = {self.rate(epoch):g}")

    @classmethod
    def kept(cls) -> list[str]:
        """The names that are kept from step to step: those that are read before their own line has run."""
        return list(_find_kept(cls.lines))

    def fresh(self) -> Self:
        """A new optimizer with the same settings that has taken no step."""
        return type(self)(**self.settings)

    def copy(self) -> Self:
        """An independent copy, with the state."""
        other = self.fresh()
        other.state, other.steps = {name: array.copy() for name, array in self.state.items()}, self.steps
        return other

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"


@lru_cache
def _compile_lines(lines: tuple[tuple[str, str], ...]) -> list[tuple[str, CodeType]]:
    """Assigned name and code of each line; the same code serves numbers and arrays."""
    return [(assigned, compile(formula, f"<formula {formula}>", "eval")) for assigned, formula in lines]


@lru_cache
def _find_kept(lines: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    formulas = [formula for _, formula in lines]
    return tuple(name for i, (name, _) in enumerate(lines)
                 if name != "w" and any(name in find_names(formula) for formula in formulas[: i + 1]))


@lru_cache
def _list_words() -> dict[str, Any]:
    """The functions of lines as NumPy has them. Its numbers, like its arrays, raise nothing."""
    return {"__builtins__": {}, **{word: getattr(np, word) for word in WORDS}}


def _check_lines(made: type[Optimizer]) -> None:
    """Raise TypeError or ValueError if the lines of a class do not fit together; says which and how to mend it."""
    name, lines, settings = made.__name__, made.lines, ("eta", *made.ranges)
    if not all(isinstance(line, tuple) and len(line) == 2 and all(isinstance(text, str) for text in line)
               for line in lines):
        raise TypeError(f"lines of {name} must be a tuple of pairs (name, formula), such as (('w', 'w - eta * g'),), "
                        f"not {quote(lines)}")
    if not all(isinstance(interval, Range) for interval in made.ranges.values()):
        raise TypeError(f"ranges of {name} must give each setting a Range, such as {{'beta': Range(0, 1)}}, not "
                        f"{quote(dict(made.ranges))}")
    takes = signature(made.__init__).parameters
    lacking = [setting for setting in settings if setting not in takes]
    if lacking and not any(parameter.kind is Parameter.VAR_KEYWORD for parameter in takes.values()):
        raise TypeError(f"__init__ of {name} must take its settings by name, but takes no {lacking[0]}")
    assigned = [left for left, _ in lines]
    for i, left in enumerate(assigned):
        if not left.isidentifier() or left in (*_GIVEN[1:], *settings, *WORDS, *assigned[:i]):
            raise ValueError(f"{name} cannot have {'a second' if left in assigned[:i] else 'a'} line for "
                             f"{quote(left)}: each line assigns to a name of its own, which is no setting and no "
                             "function, nor g or t")
    if "w" not in assigned:
        raise ValueError(f"{name} has no line for w, so it would train nothing; add one, such as "
                         "('w', 'w - eta * g')")
    for left, formula in lines:
        _check_formula(name, left, formula, list(dict.fromkeys((*_GIVEN, *settings, *assigned))))
    for setting in made.ranges:
        if not any(setting in find_names(formula) for _, formula in lines):
            raise ValueError(f"no line of {name} uses its setting {quote(setting)}: use it, or take it out of ranges")


def _check_formula(name: str, left: str, formula: str, known: Sequence[str]) -> None:
    """Raise ValueError if a formula is none, or uses a name or a function that it does not know."""
    try:
        nodes = list(ast.walk(ast.parse(formula, mode="eval")))
    except (SyntaxError, ValueError):  # ValueError: a null character
        raise ValueError(f"the line for {left} of {name} is no formula: {quote(formula)}") from None
    for node in nodes:
        chained = isinstance(node, ast.Compare) and len(node.ops) > 1
        named = not isinstance(node, ast.Call) or isinstance(node.func, ast.Name)
        number = not isinstance(node, ast.Constant) or type(node.value) in (int, float)
        if not isinstance(node, _PARTS) or chained or not named or not number:
            shown = quote(ast.unparse(node) or type(node).__name__)
            raise ValueError(f"the line for {left} of {name} uses {shown}; a line is made of names, numbers, "
                             f"+ - * / **, one comparison at a time, and {', '.join(WORDS)}")
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    for call in calls:
        word, count = ast.unparse(call.func), len(call.args)
        if word not in WORDS:
            raise unknown_name(f"function in the line for {left} of {name}", word, WORDS)
        if count != WORDS[word] or call.keywords:
            raise ValueError(f"{word} in the line for {left} of {name} takes {WORDS[word]} "
                             f"argument{'s' * (WORDS[word] > 1)}, not {quote(ast.unparse(call))}")
    called = {id(call.func) for call in calls}
    for node in nodes:
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in known:
            raise ValueError(f"{unknown_name(f'name in the line for {left} of {name}', node.id, known)}; a setting "
                             f"needs its range, as in ranges = {{{node.id!r}: Range(0, 1)}}")
