# SPDX-License-Identifier: Apache-2.0
"""What an optimizer measures answers by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dspy

from serpentry.dspy._errors import invalid

Metric = Callable[..., Any]

_REGISTERED: dict[str, Metric] = {}


def metric(function: Metric) -> Metric:
    """Register a function ``(example, prediction, trace=None) -> bool | float`` as ``module:function``."""
    _REGISTERED[f"{function.__module__}:{function.__qualname__}"] = function
    return function


def find(name: str, outputs: list[str]) -> Metric:
    """A registered metric, or ``exact``: all outputs of the example are the prediction's.

    Raises ``InvalidArgument`` for another name.
    """
    if name == "exact":
        return _exact(outputs)
    found = _REGISTERED.get(name)
    if found is None:
        known = ", ".join(["exact", *sorted(_REGISTERED)])
        raise invalid("metric", f"{name[:200]!r} is none; there are {known}")
    return found


def _exact(outputs: list[str]) -> Metric:
    def same(example: dspy.Example, prediction: dspy.Prediction, trace: Any = None) -> bool:
        return all(example.get(name) == prediction.get(name) for name in outputs if name in example)

    return same
