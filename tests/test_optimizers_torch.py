"""The reference numbers of the optimizers are those of PyTorch, if it is installed."""

import json

import numpy as np
from torch_steps import FILE, steps


def test_the_reference_is_what_pytorch_says_today() -> None:
    kept, now = json.loads(FILE.read_text(encoding="utf-8")), steps()
    for kind, numbers in (("optimizers", "path"), ("schedules", "rates")):
        assert kept[kind].keys() == now[kind].keys()
        for key, case in kept[kind].items():
            np.testing.assert_allclose(now[kind][key][numbers], case[numbers], rtol=1e-12, atol=1e-12)
