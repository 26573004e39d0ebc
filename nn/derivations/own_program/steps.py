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
from .step_mistakes import DECAYS, FORMS, FROM_0, StepMistake, list_decays, list_step_mistakes
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
    """What was handed to the student's update and what it gave: θ, shape (n,), a gradient for each step, θ after it."""

    theta: "Floats"
    gradients: "Sequence[Floats]"
    steps: "Sequence[Floats]"

    def begin(self, count: int) -> "_Run":
        """Its first ``count`` steps."""
        return _Run(self.theta, self.gradients[:count], self.steps[:count])


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
        try:
            steps = _take_steps(update, theta, gradients)
        except ArithmeticError as error:
            steps = [np.full_like(theta, np.nan)]
            stopped: Exception | None = error
        else:
            stopped = None
        return _judge(rule, held, _Run(theta, gradients, steps), stopped)


def _make_inputs() -> "tuple[Floats, list[Floats]]":
    """θ, and a gradient for each step: of usual size, tiny ones that show ε, and signs that change."""
    draw = np.random.default_rng(7)
    size = np.array([1.0, 0.3, 2.0, 1e-3, 3e-6, 2e-8])
    return draw.normal(size=6), [draw.normal(size=6) * size for _ in range(STEPS)]


def _take_steps(update: Any, theta: "Floats", gradients: "Sequence[Floats]") -> "list[Floats]":
    """θ after each step, as the student's update has it."""
    is_object = hasattr(update, "step")
    if not is_object and not callable(update):
        raise TypeError(
            f"update must be a function update(theta, gradient, state), or an object with a method step, not "
            f"{quote(update)}"
        )
    found, state, now = [], None, theta.copy()
    for gradient in gradients:
        if is_object:
            given = now.copy()
            result = update.step(given, gradient.copy())
            result = given if result is None else result
        else:
            both = update(now.copy(), gradient.copy(), state)
            if not isinstance(both, tuple | list) or len(both) != 2:
                raise ValueError("update must return (theta, state)")
            result, state = both
        now = np.array(result, dtype=float)
        if now.shape != theta.shape:
            raise ValueError(f"update must return theta in the shape that it got, {theta.shape}, not {now.shape}")
        found.append(now)
    return found


def _judge(
    rule: Optimizer,
    held: Mapping[str, Any] | None,
    run: _Run,
    stopped: Exception | None,
) -> StepDiagnosis:
    infinite = next((i for i, step in enumerate(run.steps, start=1) if not np.isfinite(step).all()), None)
    if infinite is not None:
        what = f"raises {type(stopped).__name__}: {stopped}" if stopped else "gives numbers that are not finite"
        counts = any("**t" in formula for _, formula in rule.lines)
        hint = f"; {FROM_0}" if counts and infinite == 1 else ""
        slugs = ("step-counted-from-0",) if hint else ()
        return StepDiagnosis(False, {}, slugs, f"Step {infinite} {what}{hint}.", infinite)
    for settings in _list_settings(rule, held):
        eta = _fit(rule.lines, settings, held, run)
        if eta is not None and eta > 0:
            read = {"eta": eta, **settings}
            return StepDiagnosis(
                True, read, (), f"Right: {STEPS} steps agree with {_write_rule(rule)}, with {_write_settings(read)}."
            )
    every = list(_list_settings(rule, held))
    usual = [settings for settings in every if settings.get("epsilon") == rule.settings.get("epsilon")]
    rare = [settings for settings in every if settings not in usual]  # with which a scaled s can look like another one
    for form, settings in product(FORMS.get(rule.name, ()), every):
        eta = _fit(form.change(rule.lines), settings, held, run)
        if eta is not None and eta > 0:
            read = {"eta": eta, **settings}
            said = f"{STEPS} steps agree with {_write_rule(rule)}, but {form.says}"
            return StepDiagnosis(True, read, (), f"Right: {said} The settings: {_write_settings(read)}.")
    for some in (usual, rare):
        for mistake, settings in product(list_step_mistakes(rule.name), some):
            eta = _fit(mistake.change(rule.lines), settings, held, run, mistake.first_step)
            if eta is not None and (eta > 0) != (mistake.slug == "ascent"):
                return _describe(rule, mistake, {"eta": abs(eta), **settings}, run)
    for form, settings, lam in product(list_decays(rule.name), usual, DECAYS):
        with_decay = {**settings, "lam": lam}
        eta = _fit_first(form.change(rule.lines), with_decay, held, run)
        if eta is not None and eta > 0:
            read = {"eta": eta, **with_decay}
            if form.slug:
                text = f"{form.says} The settings: {_write_settings(read)}."
                return StepDiagnosis(False, read, (form.slug,), text, 1)
            said = f"{STEPS} steps agree with {_write_rule(rule)}, and {form.says}"
            return StepDiagnosis(True, read, (), f"Right: {said} The settings: {_write_settings(read)}.")
    first = _find_first_wrong(rule, held, run)
    return StepDiagnosis(
        False,
        {},
        (),
        f"Step {first} is wrong, and none of the common mistakes explains it; the rule is {_write_rule(rule)}.",
        first,
    )


def _describe(
    rule: Optimizer,
    mistake: StepMistake,
    settings: Mapping[str, float],
    run: _Run,
) -> StepDiagnosis:
    right = run_lines(rule.lines, settings, run.theta, run.gradients)
    wrong = [not np.allclose(a, z, rtol=0, atol=1e-12) for a, z in zip(run.steps, right, strict=False)]
    first = wrong.index(True) + 1 if True in wrong else None
    line = next(
        (f"{format_formula(left)} ← {format_formula(formula)}" for left, formula in rule.lines if left == mistake.line),
        "",
    )
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
    words = {word: getattr(np, word) for word in WORDS}
    state: dict[str, Any] = {left: np.zeros_like(theta) for left, _ in lines}
    state["w"], found = theta, []
    for t, gradient in enumerate(gradients, start=first_step):
        names = {**words, **settings, **state, "g": gradient, "t": np.float64(t)}
        for left, formula in lines:
            names[left] = evaluate_formula(formula, names)
        state = {left: names[left] for left in state}
        found.append(np.array(state["w"]))
    return found


def _fit(
    lines: Lines,
    settings: Mapping[str, float],
    held: Mapping[str, Any] | None,
    run: _Run,
    first_step: int = 1,
) -> float | None:
    """The η with which these lines give the steps; None if none does, and where a step is not finite."""
    moved = run_lines(lines, {"eta": 1.0, **settings}, run.theta, run.gradients, first_step)
    unit = np.diff([run.theta, *moved], axis=0)
    given = np.diff([run.theta, *run.steps], axis=0)
    if given.shape != unit.shape or not np.isfinite(given).all() or not np.isfinite(unit).all():
        return None
    eta = float(np.vdot(unit, given)) / max(float(np.vdot(unit, unit)), 1e-300)
    if held is not None:
        eta = float(np.sign(eta)) * float(held["eta"])
    rounding = 4e-16 * float(np.abs(run.theta).max() + np.abs(given).max())
    return eta if np.all(np.abs(given - eta * unit) <= _CLOSE * np.abs(given) + rounding) else None


def _fit_first(
    lines: Lines,
    settings: Mapping[str, float],
    held: Mapping[str, Any] | None,
    run: _Run,
) -> float | None:
    """The η of the first step, with which these lines give all steps; None if they do not."""
    unit = run_lines(lines, {"eta": 1.0, **settings}, run.theta, run.gradients[:1])[0] - run.theta
    if not (np.isfinite(unit).all() and unit.any()):
        return None
    given = run.steps[0] - run.theta
    eta = float(np.vdot(unit, given)) / float(np.vdot(unit, unit)) if held is None else float(held["eta"])
    steps = np.array(run.steps)
    found = np.array(run_lines(lines, {"eta": eta, **settings}, run.theta, run.gradients))
    return eta if steps.shape == found.shape and np.allclose(steps, found, rtol=_CLOSE, atol=1e-12) else None


def _find_first_wrong(
    rule: Optimizer,
    held: Mapping[str, Any] | None,
    run: _Run,
) -> int:
    """The number of the first step that no settings give together with those before it."""
    for count in range(1, len(run.steps) + 1):
        if not any(
            _fit(rule.lines, settings, held, run.begin(count))
            for settings in _list_settings(rule, held)
        ):
            return count
    return len(run.steps)


def _write_rule(rule: Optimizer) -> str:
    return f"{rule.name} ({'; '.join(rule.formulas())})"


def _write_settings(settings: Mapping[str, float]) -> str:
    return ", ".join(
        f"{format_formula(name)} = {format_number(float(f'{value:.6g}'))}" for name, value in settings.items()
    )
