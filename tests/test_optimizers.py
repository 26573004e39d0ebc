"""Optimizers and schedules against the numbers of PyTorch, an independent implementation."""

import json
import math
import re
import tracemalloc
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from autograd_lite import Value, cos
from nn import MLP, fit, optimizers, schedules
from nn.optimizers import (
    ABOVE_0,
    ANY,
    AT_LEAST_0,
    FROM_0_TO_BELOW_1,
    OPTIMIZERS,
    Adam,
    GradientDescent,
    Momentum,
    Range,
    from_dict,
    to_dict,
)
from nn.optimizers.update_buffers import Buffers

REFERENCE = json.loads(Path(__file__).with_name("torch_steps.json").read_text(encoding="utf-8"))


def path(optimizer: optimizers.Optimizer, steps: int = 25) -> list[list[float]]:
    """The way down the function of ``torch_steps.py``."""
    u, v = (Value(number, name) for number, name in zip(REFERENCE["start"], "uv", strict=True))
    found = []
    for _ in range(steps):
        u.zero_grad()
        v.zero_grad()
        (0.5 * (3 * u * u + u * v + 0.5 * v * v) + cos(u) * v).backward()
        optimizer.step([u, v])
        found.append([u.data, v.data])
    return found


@pytest.mark.parametrize("key", REFERENCE["optimizers"])
def test_every_step_is_that_of_pytorch(key: str) -> None:
    case = REFERENCE["optimizers"][key]
    # both round in float64, in another order; 25 steps keep that below 1e-12 of numbers of size 1
    np.testing.assert_allclose(path(OPTIMIZERS[case["name"]](**case["settings"])), case["path"], rtol=1e-12, atol=1e-12)


def test_every_method_and_schedule_has_a_reference() -> None:
    assert {case["name"] for case in REFERENCE["optimizers"].values()} == set(OPTIMIZERS)
    assert {case["name"] for case in REFERENCE["schedules"].values()} == set(schedules.SCHEDULES)


@pytest.mark.parametrize("key", REFERENCE["schedules"])
def test_every_rate_is_that_of_pytorch(key: str) -> None:
    case = REFERENCE["schedules"][key]
    schedule = schedules.SCHEDULES[case["name"]](**case["settings"])
    assert [schedule(epoch) for epoch in range(25)] == pytest.approx(case["rates"], rel=1e-12)


def test_a_step_by_hand() -> None:
    w = Value(1.0, "w")
    w.grad = 0.5
    momentum = Momentum(0.1, beta=0.5)
    momentum.step([w])
    assert w.data == 1.0 - 0.1 * 0.5
    momentum.step([w])
    assert w.data == 0.95 - 0.1 * (0.5 * 0.5 + 0.5)
    assert momentum.state["v"].tolist() == [0.75]
    assert momentum.steps == 2


def test_a_schedule_is_read_by_the_epoch() -> None:
    w = Value(1.0)
    w.grad = 1.0
    method = GradientDescent(schedules.StepDecay(0.5, gamma=0.1, every=2))
    method.step([w], epoch=2)
    assert w.data == pytest.approx(1 - 0.05)
    assert [method.rate(epoch) for epoch in range(5)] == pytest.approx([0.5, 0.5, 0.05, 0.05, 0.005])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_plain_data_and_back_goes_on_to_the_bit(name: str) -> None:
    method = OPTIMIZERS[name](schedules.Cosine(0.1, 30))
    path(method, 7)
    restored = from_dict(json.loads(json.dumps(to_dict(method))))
    assert repr(restored) == repr(method)
    assert path(restored, 5) == path(method.copy(), 5)


def test_a_copy_goes_its_own_way() -> None:
    method = Adam()
    path(method, 3)
    before = to_dict(method)
    path(method.copy(), 3)
    assert to_dict(method) == before


def test_an_update_that_overflows_names_the_parameter_and_eta_and_changes_nothing() -> None:
    a, b = Value(1.0, "a"), Value(1.0, "w₂₁⁽¹⁾")
    a.grad, b.grad = 1.0, -1e308
    method = GradientDescent(1e9)
    with pytest.raises(OverflowError, match=r"the update of node 'w₂₁⁽¹⁾' overflows in w ← w − η·g with η = 1e\+09"):
        method.step([a, b])
    assert (a.data, b.data, method.steps) == (1.0, 1.0, 0)
    adam = Adam()
    with pytest.raises(OverflowError, match="overflows in s ← "):
        adam.step([a, b])
    assert adam.state == {}


BAD: list[tuple[Any, str]] = [
    (lambda: GradientDescent(0), "eta of gradient_descent must be a finite number above 0, or a schedule, not 0"),
    (lambda: GradientDescent(math.nan), "eta of gradient_descent"),
    (lambda: Momentum(0.1, beta=1.0), "beta of momentum must be a number from 0 to below 1, not 1.0"),
    (lambda: Adam(epsilon=0), "epsilon of adam must be a finite number above 0, not 0"),
    (lambda: optimizers.find_optimizer("adma"), "unknown optimizer 'adma'; did you mean 'adam'?"),
    (lambda: schedules.Exponential(0.1, gamma=0), "gamma of Exponential must be a finite number above 0, not 0"),
    (lambda: schedules.InverseTime(0.1, decay=-1), "decay of InverseTime must be a finite number of at least 0, not -1"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD)
def test_settings_out_of_range_are_refused(make: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


class AdaMax(optimizers.Optimizer):
    """Adam with the largest recent gradient in place of the root of the mean of g²."""

    lines = (("m", "beta1 * m + (1 - beta1) * g"),
             ("u", "maximum(beta2 * u, abs(g) + epsilon)"),
             ("w", "w - eta * m / ((1 - beta1**t) * u)"))
    ranges: ClassVar = {"beta1": FROM_0_TO_BELOW_1, "beta2": FROM_0_TO_BELOW_1, "epsilon": ABOVE_0}


class SignDescent(optimizers.Optimizer):
    lines = (("w", "w - eta * sign(g)"),)


class Resilient(optimizers.Optimizer):
    """Steps that grow while the sign of g stays and shrink where it changes; ``last`` is read before its line."""

    lines = (("d", "minimum(limit, where(g * last > 0, 1.2 * d, where(g * last < 0, 0.5 * d, eta)))"),
             ("w", "w - d * sign(g)"), ("last", "g"))
    ranges: ClassVar = {"limit": ABOVE_0}


def walk(step: Any, steps: int = 25) -> list[list[float]]:
    """The way down the same function, by hand: ``step(w, g, t)`` returns the new w."""
    w = np.array(REFERENCE["start"])
    found = []
    for t in range(1, steps + 1):
        g = np.array([3 * w[0] + 0.5 * w[1] - math.sin(w[0]) * w[1], 0.5 * w[0] + 0.5 * w[1] + math.cos(w[0])])
        w = step(w, g, t)
        found.append(w.tolist())
    return found


def test_adamax_takes_the_steps_that_pytorch_documents() -> None:
    m, u = np.zeros(2), np.zeros(2)

    def step(w: Any, g: Any, t: int) -> Any:
        m[:] = 0.7 * m + (1 - 0.7) * g
        u[:] = np.maximum(0.95 * u, np.abs(g) + 1e-8)
        return w - 0.2 * m / ((1 - 0.7**t) * u)

    made = AdaMax(0.2, beta1=0.7, beta2=0.95, epsilon=1e-8)
    np.testing.assert_allclose(path(made), walk(step), rtol=1e-12, atol=1e-12)
    assert (made.name, made.kept(), made.steps) == ("AdaMax", ["m", "u"], 25)
    assert AdaMax.formulas()[1] == "u ← max(β₂·u, |g| + ε)"
    assert path(made.copy(), 3) == path(made, 3)


def test_sign_descent_takes_steps_of_one_size() -> None:
    np.testing.assert_allclose(path(SignDescent(0.05)), walk(lambda w, g, t: w - 0.05 * np.sign(g)), rtol=1e-12, atol=1e-12)
    assert SignDescent.formulas() == ["w ← w − η·sign(g)"]
    net = MLP(1, [1], seed=0)
    assert fit(net, [0, 1, 2], [1, 3, 5], optimizer=SignDescent(0.01), epochs=300).final_cost < 1e-3


def test_a_name_that_is_read_before_its_line_is_that_of_the_step_before() -> None:
    state: dict[str, Any] = {"d": np.zeros(2), "last": np.zeros(2)}

    def step(w: Any, g: Any, _: int) -> Any:
        signs = g * state["last"]
        state["d"] = np.minimum(0.3, np.where(signs > 0, 1.2 * state["d"], np.where(signs < 0, 0.5 * state["d"], 0.1)))
        state["last"] = g
        return w - state["d"] * np.sign(g)

    made = Resilient(0.1, limit=0.3)
    np.testing.assert_allclose(path(made), walk(step), rtol=1e-12, atol=1e-12)
    assert made.kept() == ["d", "last"]


def test_a_number_in_place_of_an_array_and_a_number_that_does_not_exist() -> None:
    class Counting(optimizers.Optimizer):
        lines = (("s", "where(t > 1, s, t)"), ("w", "eta * t"))

    class Rooted(optimizers.Optimizer):
        lines = (("w", "w - eta * log(g)"),)

    a, b = Value(1.0), Value(2.0, "b")
    made = Counting(0.5)
    made.step([a, b])
    assert (a.data, b.data, made.state["s"].tolist()) == (0.5, 0.5, [1.0, 1.0])
    a.grad, b.grad = 1.0, -1.0
    with pytest.raises(ArithmeticError, match=r"the update of node 'b' is undefined in w ← w − η·log\(g\) with η = 0.5"):
        Rooted(0.5).step([a, b])


@pytest.mark.parametrize(("line", "error", "fails"), [
    ("w - eta * (g - g) / (g - g)", ArithmeticError, "is undefined"),
    ("w - g / (t - 1)", ArithmeticError, "is undefined"),
    ("w - 1 / (t - 1)", ArithmeticError, "is undefined"),
    ("w - g * (0 / 0)", ArithmeticError, "is undefined"),
    ("w - log(g - g)", ArithmeticError, "is undefined"),
    ("w - where(t > 1, g / (t - 1), g * 1e308 * 1e308)", OverflowError, "overflows"),
])
def test_what_does_not_exist_does_not_overflow(line: str, error: type[Exception], fails: str) -> None:
    class Own(optimizers.Optimizer):
        lines = (("w", line),)

    w = Value(1.0, "w")
    w.grad = 2.0
    with pytest.raises(error, match=f"the update of node 'w' {fails} in w ← ") as caught:
        Own(0.5).step([w])
    assert caught.type is error
    assert w.data == 1.0


def test_a_class_of_ones_own_may_call_its_settings_as_other_libraries_do() -> None:
    class AdamW(optimizers.Optimizer):
        lines = (("w", "w - eta * lr * (g + weight_decay * w)"),)
        ranges: ClassVar = {"weight_decay": AT_LEAST_0, "lr": ABOVE_0}

    w = Value(1.0)
    w.grad = 2.0
    AdamW(eta=0.1, weight_decay=0.5, lr=1.0).step([w])
    assert w.data == 0.75
    with pytest.raises(TypeError, match="AdamW takes no learning_rate: write eta"):
        AdamW(learning_rate=0.1, weight_decay=0.5, lr=1.0)  # type: ignore[call-arg]


def test_the_range_of_a_setting_is_data_of_the_class() -> None:
    class Own(optimizers.Optimizer):
        lines = (("w", "w - eta * delta * g + rho"),)
        ranges: ClassVar = {"delta": ABOVE_0, "rho": Range(-1, 1, with_high=True)}

    assert Own(0.1, delta=7.0, rho=1).settings == {"eta": 0.1, "delta": 7.0, "rho": 1}
    assert repr(Own(0.1, delta=7.0, rho=1).fresh()) == "Own(eta=0.1, delta=7.0, rho=1)"
    for settings, sentence in (({"delta": 0, "rho": 0}, "delta of Own must be a finite number above 0, not 0"),
                               ({"delta": 1, "rho": -1}, "rho of Own must be a number above -1 and up to 1, not -1")):
        with pytest.raises(ValueError, match=sentence):
            Own(0.1, **settings)
    for settings, sentence in (({"delta": 1}, "takes the settings eta, delta, rho, each by its name; rho is missing"),
                               ({"delta": 1, "rho": 0, "tau": 1}, "tau is none of them"),
                               ({"tau": 1, "upsilon": 2}, "delta, rho are missing and tau, upsilon are none of them")):
        with pytest.raises(TypeError, match=sentence):
            Own(0.1, **settings)
    with pytest.raises(TypeError, match="Optimizer has no lines to run"):
        optimizers.Optimizer(0.1)
    with pytest.raises(TypeError, match=r"must be a name or an Optimizer, not .*; write AdaMax\(…\)"):
        optimizers.find_optimizer(AdaMax)  # type: ignore[arg-type]


@pytest.mark.parametrize(("interval", "inside", "outside", "text"), [
    (ANY, [-1e308, 0], [math.inf, "1", None, 1j], "a finite number"),
    (ABOVE_0, [5e-324], [0, -1, math.inf, math.nan], "a finite number above 0"),
    (AT_LEAST_0, [0, -0.0], [-5e-324], "a finite number of at least 0"),
    (FROM_0_TO_BELOW_1, [0, 0.999], [1, -0.1], "a number from 0 to below 1"),
    (Range(0, 1, with_low=True, with_high=True), [0, 1], [1.1], "a number from 0 to 1"),
    (Range(0, 1), [0.5], [0, 1], "a number above 0 and below 1"),
    (Range(high=2), [-1], [2, -math.inf], "a finite number below 2"),
    (Range(high=2, with_high=True), [2], [2.1], "a finite number of at most 2"),
])
def test_a_range_says_what_it_checks(interval: Range, inside: list[Any], outside: list[Any], text: str) -> None:
    assert str(interval) == text
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in outside)


def only_eta(self: Any, rate: float) -> None:
    """An ``__init__`` that renames its setting."""
    optimizers.Optimizer.__init__(self, rate)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"lines": (("w", "w - eta * gradient"),)},
     "unknown name in the line for w of Own 'gradient'. Known: w, g, t, eta; a setting needs its range, as in ranges = {'gradient': "),
    ({"lines": (("w", "w - eta * betta * g"),), "ranges": {"beta": ABOVE_0}}, "of Own 'betta'; did you mean 'beta'?"),
    ({"lines": (("w", "w - eta * g"),), "ranges": {"beta": ABOVE_0}}, "no line of Own uses its setting 'beta': use it, or take it"),
    ({"lines": (("w", "w - eta * sgn(g)"),)}, "unknown function in the line for w of Own 'sgn'; did you mean 'sign'?"),
    ({"lines": (("w", "w - eta * sum(g)"),)}, "unknown function in the line for w of Own 'sum'"),
    ({"lines": (("v", "g"),)}, "Own has no line for w, so it would train nothing; add one, such as ('w', 'w - eta * g')"),
    ({"lines": (("w", "w - eta * "),)}, "the line for w of Own is no formula: 'w - eta * '"),
    ({"lines": (("w", "w - maximum(g)"),)}, "maximum in the line for w of Own takes 2 arguments, not 'maximum(g)'"),
    ({"lines": (("w", "w - np.sign(g)"),)}, "the line for w of Own uses 'np.sign(g)'; a line is made of names, numbers,"),
    ({"lines": (("w", "g if t == 1 else w"),)}, "the line for w of Own uses 'g if t == 1 else w'; a line is made of"),
    ({"lines": (("w", "where(0 < g < 1, g, w)"),)}, "the line for w of Own uses '0 < g < 1'; a line is made of"),
    ({"lines": (("w", "where(g > 0 and w > 0, g, w)"),)}, "the line for w of Own uses 'g > 0 and w > 0'"),
    ({"lines": (("w", "w - 'a'"),)}, "the line for w of Own uses"),
    ({"lines": (("g", "2 * g"), ("w", "w - g"))}, "Own cannot have a line for 'g': each line assigns to a name of its own"),
    ({"lines": (("sign", "g"), ("w", "w"))}, "Own cannot have a line for 'sign'"),
    ({"lines": (("v", "g"), ("v", "2 * v"), ("w", "w - v"))}, "Own cannot have a second line for 'v'"),
    ({"lines": ("w", "w - eta * g")}, "lines of Own must be a tuple of pairs (name, formula), such as (('w', 'w - eta * g'),)"),
    ({"lines": (("w", "w - g"),), "ranges": {"beta": (0, 1)}}, "ranges of Own must give each setting a Range"),
    ({"lines": (("w", "w - eta * g"),), "__init__": only_eta}, "__init__ of Own must take its settings by name, but takes no eta"),
]


@pytest.mark.parametrize(("body", "sentence"), WRONG)
def test_a_class_whose_lines_do_not_fit_together_is_refused_when_it_is_made(body: dict[str, Any], sentence: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(sentence)):
        type("Own", (optimizers.Optimizer,), body)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "==", "!="])
def test_every_comparison_can_be_run_and_shown(sign: str) -> None:
    made: Any = type("Own", (optimizers.Optimizer,), {"lines": (("w", f"where(g {sign} 0, w, -w)"),)})
    w = Value(3.0)
    made(0.1).step([w])
    assert w.data == (3.0 if sign in ("<=", ">=", "==") else -3.0)
    assert made.formulas()[0].startswith("w ← (w if g ")


def test_another_number_of_parameters_is_refused() -> None:
    method = Momentum()
    method.step([Value(1.0)])
    with pytest.raises(ValueError, match="momentum has taken steps with 1 parameters and got 2"):
        method.step([Value(1.0), Value(2.0)])
    with pytest.raises(TypeError, match="optimizer must be a name or an Optimizer"):
        optimizers.find_optimizer(3)  # type: ignore[arg-type]


class EveryForm(optimizers.Optimizer):
    """Whatever a line may be: choices, powers, numbers, what is kept before and after its line."""

    lines = (("rate", "eta / t**0.5"), ("size", "abs(g) + sqrt(w * w)"), ("turned", "where(g * last < 0, -1, 1)"), ("last", "g"),
             ("w", "w - rate * turned * maximum(size, 0.1)**2 / (1 + size)"), ("seen", "minimum(seen + sign(-w), 3)"),
             ("count", "t"))


@pytest.mark.parametrize("kind", [*OPTIMIZERS.values(), EveryForm])
def test_steps_in_buffers_have_the_same_bits_and_leave_copies_alone(kind: type[Any]) -> None:
    draw = np.random.default_rng(0)
    plain, quick, size = kind(eta=0.1), kind(eta=0.1), 50
    first = draw.normal(size=size)
    second = first.copy()
    buffers, copies = Buffers(quick, size), []
    for _ in range(6):
        gradient = draw.normal(size=size)
        first = plain.move(first, gradient, [])
        found = buffers.step(quick, second, gradient, 0)
        assert found is not None
        second = found
        assert first.tobytes() == second.tobytes()
        assert quick.steps == plain.steps
        assert {name: array.tolist() for name, array in quick.state.items()} == {
            name: array.tolist() for name, array in plain.state.items()}
        copies.append((quick.copy(), {name: array.copy() for name, array in quick.state.items()}))
    assert all(np.array_equal(copy.state[name], state[name]) for copy, state in copies for name in state)
    before = {name: array.copy() for name, array in quick.state.items()}
    assert buffers.step(quick, second, np.full(size, np.nan), 0) is None
    assert quick.steps == plain.steps
    assert all(np.array_equal(quick.state[name], before[name]) for name in before)
    assert first.tobytes() == second.tobytes()


def test_steps_in_buffers_allocate_nothing() -> None:
    theta: Any = np.ones(100_000)
    made, gradient = Adam(0.1), np.ones(100_000)
    buffers = Buffers(made, len(theta))
    for _ in range(2):  # the first step makes the state
        tracemalloc.start()
        theta = buffers.step(made, theta, gradient, 0)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < len(theta)
