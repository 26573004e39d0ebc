"""The program to judge: callables, or a file that is executed anew for every trial, and what comes of a call."""

import inspect
import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograd_lite.internal import quote

from ....ground import late_numpy as np
from .keeping import State
from .layouts import ORDERS, Layout, Returned, split_returned, to_returned
from .networks import ETA, Net

OPTIONAL = ("eta", "lam")


class StoppedError(Exception):
    """The student's code raised; ``cause`` is what."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Source(Protocol):
    """Where callables come from; ``renew`` gives them as they were at the beginning."""

    def renew(self) -> Mapping[str, Callable[..., Any]]: ...


@dataclass
class GivenCallables:
    """Callables of a notebook, whose state is kept and put back."""

    callables: Mapping[str, Callable[..., Any]]
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = State(self.callables.values())

    def renew(self) -> Mapping[str, Callable[..., Any]]:
        self.state.restore()
        return self.callables


@dataclass
class FileOfPython:
    """A file, executed anew for every trial. It is run with all rights of whoever asks for it."""

    path: str
    text: str

    def __post_init__(self) -> None:
        self.code = compile(self.text, self.path, "exec")

    def renew(self) -> Mapping[str, Callable[..., Any]]:
        names: dict[str, Any] = {"__name__": "own_program", "__file__": self.path}
        exec(self.code, names)  # noqa: S102 - what it was asked for
        return {name: names[name] for name in ("gradients", "forward", "cost") if callable(names.get(name))}


@dataclass
class Program:
    """A student's program.

    Attributes:
        source: its callables.
        has_forward, has_cost, takes_eta, takes_lam, cost_takes_lam: what it has.
        rates: name of an array -> the power of η in its step, where that is not 1.
        orders: of the lists dW and db, where it is not that of the layers; a name of ``ORDERS`` for each.
    """

    source: Source
    lam: float = 0.0
    rates: dict[str, int] = field(default_factory=dict)
    orders: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        with _keep_quiet():
            callables = self.source.renew()
        if "gradients" not in callables:
            raise ValueError(
                "there is no function gradients(W, b, X, Y); write one that returns dW and db as lists of "
                "arrays, one a layer (autograd-lite check-code --template prints it)"
            )
        taken = _list_parameters("gradients", callables["gradients"])
        self.takes_eta, self.takes_lam = "eta" in taken, "lam" in taken
        self.has_forward, self.has_cost = "forward" in callables, "cost" in callables
        self.cost_takes_lam = self.has_cost and "lam" in _list_parameters("cost", callables["cost"])
        self.callables = callables

    def start_anew(self) -> None:
        """Begin a trial: the callables as they were at the beginning."""
        with _keep_quiet():
            self.callables = self.source.renew()

    def run(self, layout: Layout, net: Net, anew: bool = True, eta: float = ETA) -> Returned:
        """The gradients of a network. Raises ``StoppedError``, and ValueError for what is no list of arrays."""
        return self.run_on(layout, net, layout.give(net), anew, eta)

    def try_run(self, layout: Layout, net: Net, eta: float = ETA) -> Returned | None:
        """The gradients of a network; None where it stops or returns something else."""
        try:
            return self.run(layout, net, eta=eta)
        except (StoppedError, ValueError):
            return None

    def run_on(
        self, layout: Layout, net: Net, arrays: tuple[Any, ...], anew: bool = True, eta: float = ETA
    ) -> Returned:
        """The gradients for arrays that were made before."""
        W, b, X, Y = arrays
        before = [[None if array is None else array.copy() for array in part] for part in (W, b)]
        more = {"eta": eta} if self.takes_eta else {}
        if self.takes_lam:
            more["lam"] = self.lam
        names = ("W", "b") if self.takes_eta else ("dW", "db")
        weights, biases = split_returned(self.call("gradients", W, b, X, Y, anew=anew, **more), net, names)
        given = ORDERS[self.orders[0]](weights), ORDERS[self.orders[1]](biases)
        if self.takes_eta:
            given = _to_gradients(before, given, eta, self.rates)
        return to_returned(layout, net, given)

    def call(self, name: str, *arguments: Any, anew: bool = True, **more: Any) -> Any:
        """Call one of the callables, quietly. Raises ``StoppedError``."""
        if anew:
            self.start_anew()
        try:
            with _keep_quiet():
                return self.callables[name](*arguments, **more)
        except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
            raise StoppedError(error) from None

    def run_forward(self, layout: Layout, net: Net) -> Any:
        """The outputs of ``forward`` as (n_L, N); None where they have another shape. Raises ``StoppedError``."""
        found = _to_numbers(self.call("forward", *layout.give(net)[:3]))
        if found is None or found.size != net.Y.size:
            return None
        if found.ndim < 2:
            return found.reshape(net.Y.shape)
        turned: Any = found.T if layout.rows else found
        return np.array(turned) if turned.shape == net.Y.shape else None

    def _call_cost(self, arrays: tuple[Any, ...]) -> Any:
        more: dict[str, Any] = {"lam": self.lam} if self.cost_takes_lam else {}
        return self.call("cost", *arrays, anew=False, **more)

    def run_cost(self, arrays: tuple[Any, ...]) -> float:
        """The cost of a network; NaN where it is no number. Raises ``StoppedError``."""
        found = _to_numbers(self._call_cost(arrays))
        return float(found.reshape(-1)[0]) if found is not None and found.size == 1 else float("nan")

    def describe_cost(self, layout: Layout, net: Net) -> str:
        """What ``cost`` gives for a network where that is no number with a derivative."""
        self.start_anew()
        try:
            given = self._call_cost(layout.give(net))
        except StoppedError as error:
            return f"raises {type(error.cause).__name__}: {error}"
        found = _to_numbers(given)
        if given is None or found is None:
            return f"returns {'None' if given is None else type(given).__name__}"
        return f"returns an array of shape {found.shape}" if found.size != 1 else "is nan or inf, or is so near by"


def _to_numbers(value: Any) -> Any:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def _to_gradients(
    before: list[list[Any]], after: tuple[list[Any], list[Any]], eta: float, rates: Mapping[str, int]
) -> tuple[list[Any], list[Any]]:
    """(old − new)/η, which is the gradient of one step of descent; with another power of η where a step has that."""
    found: list[list[Any]] = [[], []]
    for kind, old, new, to in zip(("dW", "db"), before, after, found, strict=True):
        for l, (a, z) in enumerate(zip(old, new, strict=True), start=1):
            numbers = _to_numbers(z)
            try:
                to.append(None if a is None or z is None else (a - numbers) / eta ** rates.get(f"{kind}[{l}]", 1))
            except (TypeError, ValueError):
                shape = "no array of numbers" if numbers is None else f"of shape {numbers.shape}"
                was = f"{kind[1]}[{l}] is {shape}, and was of shape {a.shape}"
                raise ValueError(f"with eta, gradients must return the new W and b: {was}") from None
    return found[0], found[1]


def _list_parameters(name: str, function: Callable[..., Any]) -> list[str]:
    """The optional parameters that a callable takes. Raises ValueError for one that nobody would fill."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    needed = [
        p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    initials = [p[:1].lower() for p in needed[:4]]
    if sorted(initials) == sorted("wbxy") and initials != list("wbxy"):
        raise ValueError(f"{name} is called as {name}(W, b, X, Y), in that order, and takes {', '.join(needed[:4])}: "
                         "change their order, or write a function around it that does")
    surplus = [p for p in needed[4:] if p not in OPTIONAL]
    if surplus or (len(needed) < 4 and not any(p.kind is p.VAR_POSITIONAL for p in parameters) and len(parameters) < 4):
        what = f"it also wants {quote(surplus[0])}" if surplus else f"it takes {', '.join(needed) or 'nothing'}"
        raise ValueError(
            f"{name} must take (W, b, X, Y), and may take eta (then it is one step) and lam (the strength of "
            f"the penalty); {what}: write a function around it that fills it in"
        )
    return [p.name for p in parameters if p.name in OPTIONAL]


@contextmanager
def _keep_quiet() -> Any:
    """What a stranger's code prints and warns goes nowhere."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
