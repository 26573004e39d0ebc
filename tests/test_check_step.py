"""``check_step``: an optimizer of one's own, right in several styles, and with a planted mistake."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value
from nn import optimizers
from nn.derivations import check_step

Update = Callable[[Any, Any, Any], Any]
ADAM = """
def update(theta, gradient, state):
    m, s, t = state or (np.zeros_like(theta), np.zeros_like(theta), 0)
    t += 1
    m = 0.9 * m + 0.1 * gradient
    s = 0.999 * s + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    return theta - 0.01 * m_hat / (np.sqrt(s_hat) + 1e-8), (m, s, t)
"""


def make_adam(before: str = "", after: str = "") -> Update:
    assert before in ADAM
    names: dict[str, Any] = {"np": np}
    exec(ADAM.replace(before, after, 1), names)
    update: Update = names["update"]
    return update


class Adam:
    """Changes theta in place, with both corrections in the rate; ε is corrected too if ``epsilon_with`` says so."""

    def __init__(self, epsilon_with: bool) -> None:
        self.m: Any = 0.0
        self.v: Any = 0.0
        self.t, self.epsilon_with = 0, epsilon_with

    def step(self, theta: Any, gradient: Any) -> None:
        self.t += 1
        self.m += 0.2 * (gradient - self.m)
        self.v += 0.05 * (gradient * gradient - self.v)
        correction = np.sqrt(1 - 0.95**self.t)
        epsilon = 1e-7 * (correction if self.epsilon_with else 1)
        theta -= 3e-3 * correction / (1 - 0.8**self.t) * self.m / (np.sqrt(self.v) + epsilon)


def test_adam_as_a_function_is_right_with_its_settings() -> None:
    found = check_step(make_adam(), "adam")
    assert (found.right, found.mistakes, found.first_wrong) == (True, (), None)
    assert found.settings == pytest.approx({"eta": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8})


def test_adam_as_an_object_in_place_is_right_with_its_settings() -> None:
    found = check_step(Adam(True), "adam")
    assert found.right
    assert found.settings == pytest.approx({"eta": 3e-3, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-7})


def test_the_shorter_form_of_adam_is_right_and_is_told() -> None:
    found = check_step(Adam(False), "adam")
    assert (found.right, found.mistakes) == (True, ())
    assert "ε is added to √s and not to √ŝ" in found.sentence
    assert found.settings["epsilon"] == 1e-7


@pytest.mark.parametrize(("slug", "before", "after", "first"), [
    ("step-counted-from-0", "theta), 0)", "theta), -1)", 1),
    ("step-counted-from-2", "theta), 0)", "theta), 1)", 1),
    ("step-not-counted", "    t += 1", "    t = 1", 2),
    ("bias-correction-missing", "m / (1 - 0.9**t)", "m", 1),
    ("bias-correction-missing", "s / (1 - 0.999**t)", "s", 1),
    ("decay-squared", "0.999 * s", "0.999**2 * s", 2),
    ("decay-weight-squared", "0.001 * gradient**2", "(0.001 * gradient)**2", 1),
    ("decay-weight-missing", "0.001 * gradient**2", "gradient**2", 1),
    ("square-twice", "gradient**2", "gradient**2**2", 1),
    ("square-missing", "gradient**2", "abs(gradient)", 1),
    ("square-missing", "gradient**2", "gradient", 1),
    ("one-sum-for-all", "gradient**2", "np.sum(gradient**2)", 1),
    ("epsilon-inside-root", "(np.sqrt(s_hat) + 1e-8)", "np.sqrt(s_hat + 1e-8)", 1),
    ("epsilon-missing", "(np.sqrt(s_hat) + 1e-8)", "np.sqrt(s_hat)", 1),
    ("root-missing", "np.sqrt(s_hat)", "s_hat", 1),
    ("ascent", "theta - 0.01", "theta + 0.01", 1),
    ("gradient-for-mean", "0.01 * m_hat", "0.01 * gradient", 2),
    ("state-lost", "state or", "", 2),
])
def test_a_mistake_in_adam_is_named(slug: str, before: str, after: str, first: int) -> None:
    found = check_step(make_adam(before, after), "adam")
    assert not found.right
    assert found.mistakes == (slug,)
    assert found.first_wrong == first
    assert "The rule: " in found.sentence


def make_with_decay(coupled: bool) -> Update:
    """Adam with λ = 0.001 in the gradient, or beside the step."""
    def update(theta: Any, gradient: Any, state: Any) -> Any:
        m, s, t = state or (0 * theta, 0 * theta, 0)
        t, gradient = t + 1, gradient + coupled * 1e-3 * theta
        m, s = 0.9 * m + 0.1 * gradient, 0.99 * s + 0.01 * gradient**2
        step = m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
        return theta - 0.02 * step - 0.02 * (not coupled) * 1e-3 * theta, (m, s, t)
    return update


def test_a_weight_decay_in_the_gradient_of_adam_is_named_and_one_beside_the_step_is_right() -> None:
    found = check_step(make_with_decay(coupled=True), "adam")
    assert (found.right, found.mistakes) == (False, ("decay-coupled",))
    found = check_step(make_with_decay(coupled=False), "adam")
    assert found.right, found.sentence
    assert found.settings == pytest.approx({"eta": 0.02, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "lam": 1e-3})
    assert "η·λ·w" in found.sentence


@pytest.mark.parametrize(("slug", "factor", "decay"), [("momentum-sign", -0.9, 0), ("", 0.9, 0.1), ("ascent", 0.9, 0)])
def test_momentum_of_ones_own(slug: str, factor: float, decay: float) -> None:
    def update(theta: Any, gradient: Any, velocity: Any) -> Any:
        velocity = factor * (0 if velocity is None else velocity) + gradient + decay * theta
        return theta - (-0.1 if slug == "ascent" else 0.1) * velocity, velocity

    found = check_step(update, "momentum")
    assert found.mistakes == ((slug,) if slug else ())
    assert found.right is not bool(slug)


@pytest.mark.parametrize(("slug", "name", "line"), [
    ("gradient-normalised", "gradient_descent", "w = w - 0.05 * g / np.linalg.norm(g)"),
    ("rate-decays", "gradient_descent", "w = w - 0.05 / t * g"),
    ("rate-decays", "gradient_descent", "w = w - 0.05 / np.sqrt(t) * g"),
    ("rate-in-momentum", "momentum", "s = 0.9 * s + g; w = w - 0.05 * (g + s)"),
    ("look-ahead-sign", "nesterov", "old = s; s = 0.9 * s - 0.05 * g; w = w + 0.9 * old + 1.9 * s"),
    ("state-of-the-step-before", "rmsprop", "w = w - 0.01 * g / (np.sqrt(s) + 1e-8); s = 0.9 * s + 0.1 * g * g"),
    ("start-not-zero", "rmsprop", "s = 0.9 * (1 if t == 1 else s) + 0.1 * g * g; w = w - 0.01 * g / (np.sqrt(s) + 1e-8)"),
    ("square-missing", "rmsprop", "s = 0.9 * s + 0.1 * g; w = w - 0.01 * g / (np.sqrt(s) + 1e-8)"),
    ("square-missing", "rmsprop", "s = 0.9 * s + 0.1 * abs(g); w = w - 0.01 * g / (np.sqrt(s) + 1e-8)"),
    ("square-missing", "rmsprop", "s = 0.9 * s + 0.1 * g; w = w - 0.01 * g / (np.sqrt(abs(s)) + 1e-8)"),
    ("square-missing", "adagrad", "s = s + g; w = w - 0.01 * g / (np.sqrt(s) + 1e-8)"),
    ("mean-for-sum-of-squares", "adagrad", "s = s + g * g; w = w - 0.1 * g / (np.sqrt(s / t) + 1e-8)"),
    ("start-not-zero", "adagrad", "s = (0.1 if t == 1 else s) + g * g; w = w - 0.1 * g / (np.sqrt(s) + 1e-8)"),
    ("one-sum-for-all", "adagrad", "s = s + np.sum(g * g); w = w - 0.1 * g / (np.sqrt(s) + 1e-8)"),
])
def test_a_mistake_in_another_rule_is_named(slug: str, name: str, line: str) -> None:
    def update(theta: Any, gradient: Any, state: Any) -> Any:
        s, t = state or (0 * theta, 0)
        names = {"np": np, "w": theta, "g": gradient, "s": s, "t": t + 1}
        exec(line, names)
        return names["w"], (names["s"], t + 1)

    assert check_step(update, name).mistakes == (slug,)


@pytest.mark.parametrize(("coupled", "said"), [(0, "a weight decay beside the step"), (1, "as an L2 penalty does it")])
def test_a_decay_of_momentum_is_right_inside_and_beside_and_each_is_said(coupled: int, said: str) -> None:
    def update(theta: Any, gradient: Any, velocity: Any) -> Any:
        velocity = 0.9 * (0 if velocity is None else velocity) + gradient + coupled * 0.01 * theta
        return theta - 0.1 * velocity - 0.1 * (1 - coupled) * 0.01 * theta, velocity

    found = check_step(update, "momentum")
    assert (found.right, found.mistakes) == (True, ())
    assert said in found.sentence
    assert found.settings == pytest.approx({"eta": 0.1, "beta": 0.9, "lam": 0.01})


def test_what_is_not_finite_is_named_only_where_the_mistake_gives_that() -> None:
    names: dict[str, Any] = {"np": np}
    exec(ADAM.replace("**t", "*t"), names)
    assert check_step(names["update"], "adam").mistakes == ("correction-without-power",)
    found = check_step(lambda theta, gradient, state: (theta * np.nan, state), "adam")
    assert (found.right, found.mistakes, found.first_wrong) == (False, (), 1)
    assert found.sentence.startswith("Step 1 gives numbers that are not finite, and none of the common mistakes")


def test_what_an_update_raises_is_said() -> None:
    def update(theta: Any, gradient: Any, state: Any) -> Any:
        if state:
            raise KeyError("v")
        return theta - 0.1 * gradient, {"t": 1}

    assert check_step(update, "momentum").sentence == "Step 2 raises KeyError: 'v'."
    assert "takes 0 positional arguments" in check_step(lambda: None, "adam").sentence
    assert "If t is 0 there" in check_step(lambda theta, gradient, state: (theta / (0.9 / 0), state), "adam").sentence


def test_the_first_wrong_step_is_one_up_the_gradient() -> None:
    found = check_step(lambda theta, gradient, t: (theta + 0.1 * (t or 1) * gradient, (t or 1) + 1), "gradient_descent")
    assert (found.right, found.mistakes, found.first_wrong) == (False, (), 1)
    later = check_step(lambda theta, gradient, t: (theta - 0.1 * (t or 1) * gradient, (t or 1) + 1), "gradient_descent")
    assert later.first_wrong == 2


def test_both_corrections_missing_is_one_mistake() -> None:
    found = check_step(make_adam("m_hat / (np.sqrt(s_hat)", "m / (np.sqrt(s)"), "adam")
    assert found.mistakes == ("bias-correction-missing",)
    assert "both means" in found.sentence


def test_an_update_that_nothing_explains_is_wrong_without_a_name() -> None:
    found = check_step(make_adam("0.01 * m_hat", "0.01 * np.sin(m_hat)"), "adam")
    assert (found.right, found.mistakes, found.first_wrong) == (False, (), 1)


@pytest.mark.parametrize("name", list(optimizers.OPTIMIZERS))
def test_the_steps_of_the_project_are_right_and_those_against_them_are_not(name: str) -> None:
    weights = [Value(0.0) for _ in range(6)]

    def make_update(sign: int) -> Update:
        def update(theta: Any, gradient: Any, state: Any) -> Any:
            rule = state or optimizers.OPTIMIZERS[name]()
            return theta + sign * (rule.move(theta, gradient, weights) - theta), rule

        return update

    found = check_step(make_update(1), name)
    assert found.right, found.sentence
    assert found.settings == pytest.approx(dict(optimizers.OPTIMIZERS[name]().settings))
    assert check_step(make_update(-1), name).mistakes == ("ascent",)


@pytest.mark.parametrize("name", ["gradient_descent", "adam"])
def test_an_update_that_changes_nothing_is_said_to(name: str) -> None:
    found = check_step(lambda theta, gradient, state: (theta, state), name)
    assert (found.right, found.mistakes, found.first_wrong) == (False, (), 1)
    assert found.sentence.startswith("Step 1 does not change θ; the rule is ")


def test_settings_that_are_given_are_held_to() -> None:
    assert check_step(make_adam(), optimizers.Adam(0.01)).right
    assert not check_step(make_adam(), optimizers.Adam(0.02)).right


def test_what_is_no_update_is_refused() -> None:
    for wrong in (3, Adam):
        with pytest.raises(TypeError, match="update must be a function"):
            check_step(wrong)
    with pytest.raises(ValueError, match=r"must return \(theta, state\)"):
        check_step(lambda theta, gradient, state: theta)
    with pytest.raises(ValueError, match="in the shape that it got"):
        check_step(lambda theta, gradient, state: (theta[:2], state))
    with pytest.raises(ValueError, match="did you mean 'adam'"):
        check_step(make_adam(), "adm")
