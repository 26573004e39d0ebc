"""Steps of PyTorch's own optimizers and schedulers, as numbers: ``python tests/torch_steps.py`` writes them.

Every method goes down the same bowl-and-valley f(u, v) = ½(3u² + uv + 0.5v²) + cos(u)·v for 25 steps, in float64.
``tests/test_optimizers.py`` holds ours to the numbers in ``torch_steps.json``, and to PyTorch itself where it is installed.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

START = (1.5, -2.0)
STEPS = 25
FILE = Path(__file__).with_suffix(".json")

OPTIMIZERS: dict[str, tuple[str, dict[str, float], Callable[..., Any], dict[str, float | bool]]] = {
    # our name, our settings, PyTorch's class, its settings
    "gradient_descent": ("gradient_descent", {"eta": 0.1}, torch.optim.SGD, {"lr": 0.1}),
    "momentum": ("momentum", {"eta": 0.02, "beta": 0.8}, torch.optim.SGD, {"lr": 0.02, "momentum": 0.8}),
    "nesterov": ("nesterov", {"eta": 0.02, "beta": 0.8}, torch.optim.SGD, {"lr": 0.02, "momentum": 0.8, "nesterov": True}),
    "adagrad": ("adagrad", {"eta": 0.3}, torch.optim.Adagrad, {"lr": 0.3}),
    "rmsprop": ("rmsprop", {"eta": 0.05, "rho": 0.9}, torch.optim.RMSprop, {"lr": 0.05, "alpha": 0.9}),
    "rmsprop, defaults": ("rmsprop", {}, torch.optim.RMSprop, {}),
    "adam": ("adam", {"eta": 0.2, "beta1": 0.7, "beta2": 0.95}, torch.optim.Adam, {"lr": 0.2, "betas": (0.7, 0.95)}),  # type: ignore[dict-item]
    "adam, defaults": ("adam", {"eta": 0.001}, torch.optim.Adam, {}),
}
SCHEDULES: dict[str, tuple[str, dict[str, float], Callable[..., Any], dict[str, Any]]] = {
    "step": ("step", {"eta": 0.5, "gamma": 0.3, "every": 4}, torch.optim.lr_scheduler.StepLR, {"step_size": 4, "gamma": 0.3}),
    "exponential": ("exponential", {"eta": 0.5, "gamma": 0.9}, torch.optim.lr_scheduler.ExponentialLR, {"gamma": 0.9}),
    "inverse_time": ("inverse_time", {"eta": 0.5, "decay": 0.2}, torch.optim.lr_scheduler.LambdaLR,
                     {"lr_lambda": lambda epoch: 1 / (1 + 0.2 * epoch)}),
    "cosine": ("cosine", {"eta": 0.5, "epochs": 25, "minimum": 0.01}, torch.optim.lr_scheduler.CosineAnnealingLR,
               {"T_max": 25, "eta_min": 0.01}),
}


def path(make: Callable[..., Any], settings: dict[str, Any]) -> list[list[float]]:
    """The parameters after each step."""
    u, v = (torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START)
    optimizer = make([u, v], **settings)
    found = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (0.5 * (3 * u * u + u * v + 0.5 * v * v) + torch.cos(u) * v).backward()
        optimizer.step()
        found.append([u.item(), v.item()])
    return found


def rates(make: Callable[..., Any], settings: dict[str, Any]) -> list[float]:
    """The learning rate in each of the first epochs."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = make(optimizer, **settings)
    found = []
    for _ in range(STEPS):
        found.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return found


def steps() -> dict[str, Any]:
    """All numbers, with our names and settings."""
    return {
        "torch": torch.__version__, "start": START,
        "optimizers": {key: {"name": name, "settings": ours, "path": path(make, theirs)}
                       for key, (name, ours, make, theirs) in OPTIMIZERS.items()},
        "schedules": {key: {"name": name, "settings": ours, "rates": rates(make, theirs)}
                      for key, (name, ours, make, theirs) in SCHEDULES.items()},
    }


if __name__ == "__main__":
    numbers = steps()
    lines = {kind: ",\n  ".join(f"{json.dumps(key)}: {json.dumps(case)}" for key, case in numbers[kind].items())
             for kind in ("optimizers", "schedules")}
    FILE.write_text(f'{{"torch": "{numbers["torch"]}", "start": {json.dumps(START)},\n'
                    f' "optimizers": {{\n  {lines["optimizers"]}}},\n "schedules": {{\n  {lines["schedules"]}}}}}\n',
                    encoding="utf-8")
