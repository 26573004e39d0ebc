"""``check_step``: an optimizer of one's own, judged by five steps against the project's lines."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from autograd_lite.internal import format_number, quote

from ...ground import late_numpy as np
from ...ground.arrays import Floats
from ...ground.formulas import evaluate_formula, format_formula
from ...optimizers import OPTIMIZERS, find_optimizer
from ...optimizers.update_rules import WORDS, Optimizer
from .step_mistakes import DECAYS, StepMistake, list_step_changes
from .telling.result import StepDiagnosis

STEPS = 5
_CLOSE = 1e-9
_TRIED: Mapping[str, Sequence[float]] = {
    "beta": (0.9, 0.5, 0.8, 0.95, 0.99),
    "rho": (0.99, 0.9, 0.95, 0.999),
    "beta1": (0.9, 0.5, 0.8, 0.95, 0.99),
    "beta2": (0.999, 0.99, 0.9, 0.95, 0.98),
    "epsilon": (1e-8, 1e-7, 1e-10, 1e-6, 1e-5, 1e-12, 1e-3),
}
"""Settings that programs have; the learning rate is read, not tried."""
Lines = Sequence[tuple[str, str]]


class _Run(NamedTuple):
    """The rule, settings that are held to, and the student's steps: θ, shape (n,), a gradient for each, θ after it."""

    rule: Optimizer
    held: Mapping[str, Any] | None
    theta: "Floats"
    gradients: "Sequence[Floats]"
    steps: "Sequence[Floats]"

    def begin(self, count: int) -> "_Run":
        """Its first ``count`` steps."""
        return self._replace(gradients=self.gradients[:count], steps=self.steps[:count])


def check_step(update: Any, optimizer: str | Optimizer = "adam") -> StepDiagnosis:
    """Judge an optimizer by five steps: whether its numbers are those of the rule, and which line is wrong.

    Args:
        update: ``update(theta, gradient, state)`` → (theta, state), with arrays of shape (n,); ``state`` is None at the
            first step, and then what the step before gave back. Or an object with a method ``step(theta, gradient)``
            → theta.
        optimizer: a name of ``OPTIMIZERS``, whose settings are read from the steps; or an optimizer with its settings,
            which are then held to.

    Raises:
        ValueError: an unknown name, which suggests the nearest; or an update that returns something else. Whatever the
            update raises is said in the sentence, and is no error.
        TypeError: neither a function nor an object with a step.

    >>> def update(theta, gradient, state):
    ...     velocity = 0.9 * (0 if state is None else state) + gradient
    ...     return theta + 0.1 * velocity, velocity
    >>> check_step(update, "momentum").mistakes
    ('ascent',)
    """
    rule = find_optimizer(optimizer)
    held = dict(rule.settings) if isinstance(optimizer, Optimizer) else None
    if OPTIMIZERS.get(rule.name) is not type(rule) and held is None:
        raise TypeError(f"optimizer must be a name of {', '.join(OPTIMIZERS)}, or an optimizer with its settings")
    theta, gradients = _make_inputs()
    with np.errstate(all="ignore"):
        steps, stopped = _take_steps(update, theta, gradients)
        return _judge(_Run(rule, held, theta, gradients, steps), stopped)


def _make_inputs() -> "tuple[Floats, list[Floats]]":
    """θ, and a gradient for each step: of usual size, tiny ones that show ε, and signs that change."""
    draw = np.random.default_rng(7)
    size = np.array([1.0, 0.3, 2.0, 1e-3, 3e-6, 2e-8])
    return draw.normal(size=6), [draw.normal(size=6) * size for _ in range(STEPS)]


def _take_steps(update: Any, theta: "Floats", gradients: "Sequence[Floats]") -> "tuple[list[Floats], Exception | None]":
    """θ after each step, as the student's update has it, and what it raised. What is not finite is not handed on."""
    is_object = hasattr(update, "step")
    if isinstance(update, type) or not (is_object or callable(update)):
        wanted = "update must be a function update(theta, gradient, state), or an object with a method step"
        raise TypeError(f"{wanted}, not {quote(update)}")
    found: list[Floats] = []
    state, now = None, theta
    for gradient in gradients:
        given = now.copy()
        try:
            both = update.step(given, gradient.copy()) if is_object else update(given, gradient.copy(), state)
        except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
            return [*found, np.full_like(theta, np.nan)], error
        if is_object:
            both = given if both is None else both, None
        elif not isinstance(both, tuple | list) or len(both) != 2:
            raise ValueError("update must return (theta, state)")
        result, state = both
        found.append(np.array(result, dtype=float))
        if found[-1].shape != theta.shape:
            raise ValueError(f"update must return theta in the shape that it got, {theta.shape}, not {found[-1].shape}")
        now = _keep_finite(found[-1], now)
    return found, None


def _keep_finite(step: "Floats", before: "Floats") -> "Floats":
    found: Floats = np.where(np.isfinite(step), step, before)
    return found


def _list_moves(theta: "Floats", steps: "Sequence[Floats]") -> "Floats":
    """The change in each step."""
    moves, now = [], theta
    for step in steps:
        moves.append(step - now)
        now = _keep_finite(step, now)
    return np.array(moves)


def _judge(run: _Run, stopped: Exception | None) -> StepDiagnosis:
    rule = run.rule
    if stopped is not None:
        count, divides = len(run.steps), isinstance(stopped, ZeroDivisionError) and rule.name == "adam"
        hint = " If t is 0 there, so is 1 − β^t: count steps from 1." if divides and count == 1 else ""
        text = f"Step {count} raises {type(stopped).__name__}: {stopped}.{hint}"
        return StepDiagnosis(False, {}, (), text, count)
    if all(np.array_equal(step, run.theta) for step in run.steps):
        return StepDiagnosis(False, {}, (), f"Step 1 does not change θ; the rule is {_write_rule(rule)}.", 1)
    every = list(_list_settings(rule, run.held))
    for settings in every:
        eta = _fit(run, rule.lines, settings) or 0.0
        if eta > 0:
            return _say_right(rule, {"eta": eta, **settings})
    usual = [settings for settings in every if settings.get("epsilon") == rule.settings.get("epsilon")]
    rare = [settings for settings in every if settings not in usual]  # with which a scaled s can look like another one
    for form, settings in product(list_step_changes("form", rule.name), every):
        eta = _fit(run, form.change(rule.lines), settings) or 0.0
        if eta > 0:
            return _say_right(rule, {"eta": eta, **settings}, f"but {form.says}")
    for some in (usual, rare):
        for mistake, settings in product(list_step_changes("mistake", rule.name), some):
            found = _fit(run, mistake.change(rule.lines), settings, mistake.first_step)
            if found is not None and (found > 0) != (mistake.slug == "ascent"):
                return _describe(mistake, {"eta": abs(found), **settings}, run)
    for form, settings, lam in product(list_step_changes("decay", rule.name), usual, DECAYS):
        read = {**settings, "lam": lam}
        eta = _fit_first(run, form.change(rule.lines), read) or 0.0
        if eta > 0:
            read = {"eta": eta, **read}
            if form.slug:
                text = f"{form.says} The settings: {_write_settings(read)}."
                return StepDiagnosis(False, read, (form.slug,), text, 1)
            return _say_right(rule, read, f"and {form.says}")
    first = next((count for count in range(1, len(run.steps))
                  if not any((_fit(run.begin(count), rule.lines, settings) or 0.0) > 0 for settings in every)),
                 len(run.steps))
    is_wrong = "is wrong" if np.isfinite(run.steps[first - 1]).all() else "gives numbers that are not finite"
    text = f"Step {first} {is_wrong}, and none of the common mistakes explains it; the rule is {_write_rule(rule)}."
    return StepDiagnosis(False, {}, (), text, first)


def _say_right(rule: Optimizer, read: Mapping[str, float], more: str = "") -> StepDiagnosis:
    settings = _write_settings(read)
    more = f"{more} The settings: {settings}." if more else f"with {settings}."
    return StepDiagnosis(True, read, (), f"Right: {STEPS} steps agree with {_write_rule(rule)}, {more}")


def _describe(mistake: StepMistake, settings: Mapping[str, float], run: _Run) -> StepDiagnosis:
    right = run_lines(run.rule.lines, settings, run.theta, run.gradients)
    wrong = [not np.allclose(a, z, rtol=0, atol=1e-12) for a, z in zip(run.steps, right, strict=False)]
    first = wrong.index(True) + 1 if True in wrong else None
    lines = dict(run.rule.lines)
    changed = mistake.line
    line = f"{format_formula(changed)} ← {format_formula(lines[changed])}" if changed in lines else ""
    return StepDiagnosis(False, dict(settings), (mistake.slug,), f"{mistake.says} The rule: {line}.", first)


def _list_settings(rule: Optimizer, held: Mapping[str, Any] | None) -> Iterator[dict[str, float]]:
    """The settings to try besides η, the rule's own first."""
    names = [name for name in rule.settings if name != "eta"]
    if held is not None:
        yield {name: float(held[name]) for name in names}
        return
    choices = [list(dict.fromkeys((rule.settings[name], *_TRIED.get(name, ())))) for name in names]
    yield from (dict(zip(names, values, strict=True)) for values in product(*choices))


def run_lines(
    lines: Lines, settings: Mapping[str, float], theta: "Floats", gradients: "Sequence[Floats]", first_step: int = 1
) -> "list[Floats]":
    """θ after each step by these lines; names that are read before their line has run start at 0."""
    words = {word: getattr(np, word) for word in (*WORDS, "sum")}
    state: dict[str, Any] = {left: np.zeros_like(theta) for left, _ in lines}
    state["w"], found = theta, []
    for t, gradient in enumerate(gradients, start=first_step):
        names = {**words, **settings, **state, "g": gradient, "t": np.float64(t)}
        for left, formula in lines:
            names[left] = evaluate_formula(formula, names)
        found.append(np.array(names["w"]))
        state = {left: names[left] for left in state} | {"w": _keep_finite(found[-1], state["w"])}
    return found


def _fit(run: _Run, lines: Lines, settings: Mapping[str, float], first_step: int = 1) -> float | None:
    """The η with which these lines give the steps, with what is not finite in the same places; None if none does."""
    moved = run_lines(lines, {"eta": 1.0, **settings}, run.theta, run.gradients, first_step)
    unit, given = _list_moves(run.theta, moved), _list_moves(run.theta, run.steps)
    finite = np.isfinite(given)
    if not finite.any() or not np.array_equal(finite, np.isfinite(unit)):
        return None
    unit, given = unit[finite], given[finite]
    eta = float(np.vdot(unit, given)) / max(float(np.vdot(unit, unit)), 1e-300)
    if run.held is not None:
        eta = float(np.sign(eta)) * float(run.held["eta"])
    rounding = 4e-16 * float(np.abs(run.theta).max() + np.abs(given).max())
    return eta if np.all(np.abs(given - eta * unit) <= _CLOSE * np.abs(given) + rounding) else None


def _fit_first(run: _Run, lines: Lines, settings: Mapping[str, float]) -> float | None:
    """The η of the first step, with which these lines give all steps; None if they do not."""
    unit = run_lines(lines, {"eta": 1.0, **settings}, run.theta, run.gradients[:1])[0] - run.theta
    if not (np.isfinite(unit).all() and unit.any()):
        return None
    given = run.steps[0] - run.theta
    eta = float(np.vdot(unit, given)) / float(np.vdot(unit, unit)) if run.held is None else float(run.held["eta"])
    steps = np.array(run.steps)
    found = np.array(run_lines(lines, {"eta": eta, **settings}, run.theta, run.gradients))
    return eta if steps.shape == found.shape and np.allclose(steps, found, rtol=_CLOSE, atol=1e-12) else None


def _write_rule(rule: Optimizer) -> str:
    return f"{rule.name} ({'; '.join(rule.formulas())})"


def _write_settings(settings: Mapping[str, float]) -> str:
    return ", ".join(
        f"{format_formula(name)} = {format_number(float(f'{value:.6g}'))}" for name, value in settings.items()
    )
