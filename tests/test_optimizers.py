"""Optimizers and schedules against the numbers of PyTorch, an independent implementation."""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value, cos
from nn import optimizers, schedules
from nn.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, from_dict, to_dict

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


def test_the_ranges_of_settings_stand_in_the_class() -> None:
    class Own(optimizers.Optimizer):
        name = "own"
        lines = (("w", "w - eta * delta * g"),)
        positive = frozenset({"delta"})

    assert Own(0.1, delta=7.0).settings == {"eta": 0.1, "delta": 7.0}
    with pytest.raises(ValueError, match="delta of own must be a finite number above 0, not 0"):
        Own(0.1, delta=0)
    with pytest.raises(ValueError, match="rho of own must be a number from 0 to below 1, not 7"):
        Own(0.1, delta=1, rho=7)


def test_another_number_of_parameters_is_refused() -> None:
    method = Momentum()
    method.step([Value(1.0)])
    with pytest.raises(ValueError, match="momentum has taken steps with 1 parameters and got 2"):
        method.step([Value(1.0), Value(2.0)])
    with pytest.raises(TypeError, match="optimizer must be a name or an Optimizer"):
        optimizers.find_optimizer(3)  # type: ignore[arg-type]
