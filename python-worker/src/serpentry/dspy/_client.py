# SPDX-License-Identifier: Apache-2.0
"""The client of a language model: DSPy's own, which also tells what each of its answers has cost."""

from __future__ import annotations

import bisect
import time
from collections import defaultdict
from typing import Any

import dspy

from serpentry._running import time_left
from serpentry.dspy._errors import timed_out

Prices = defaultdict[str, list[Any]]
"""By model, the price in US dollars of each answer, None where DSPy knows none."""

_PRICES = "serpentry_prices"
"""In DSPy's settings, which its own threads inherit."""
_USABLE = 0.9
"""The part of what is left of a call that a request may take: the answer takes time too."""
_STEPS = (
    0.1,
    0.25,
    0.5,
    1,
    2,
    3,
    4,
    5,
    7,
    10,
    15,
    20,
    25,
    30,
    40,
    50,
    60,
    75,
    90,
    120,
    180,
    240,
    300,
    600,
    1800,
)
"""Timeouts in seconds. DSPy has connections of their own for each, so they must be few."""
_LONGEST_PAUSE = 60.0


def noting(prices: Prices) -> dict[str, Any]:
    """Settings of DSPy with which clients note their prices there."""
    return {_PRICES: prices}


class Client(dspy.LM):  # type: ignore[misc]
    """DSPy's client of a language model, for use within calls of the server.

    A request ends before its call, which otherwise would cost the worker. So it is repeated here and not by
    DSPy: as DSPy does, but not after a timeout, as the next request would end no better, and not if the pause
    before it outlasts the call.

    DSPy tells the price of an answer only to its history, and keeps that as long as the process lives. So the
    history is on for the length of a request, and what comes there is not kept.
    """

    def __call__(self, prompt: Any = None, *, messages: Any = None, **options: Any) -> Any:
        attempt = 0
        while True:
            once = self.copy(num_retries=0, **self._shortened())
            try:
                with dspy.context(disable_history=False):
                    return dspy.LM.__call__(once, prompt, messages=messages, **options)
            except dspy.LMError as error:
                pause = _pause(error, attempt)
                if attempt >= self.num_retries or not _is_worth_another(error, pause):
                    raise
            attempt += 1
            time.sleep(pause)

    async def acall(self, prompt: Any = None, *, messages: Any = None, **options: Any) -> Any:
        once = self.copy(**self._shortened())
        with dspy.context(disable_history=False):
            return await dspy.LM.acall(once, prompt, messages=messages, **options)

    def update_history(self, entry: dict[str, Any]) -> None:
        prices = dspy.settings.get(_PRICES)
        if prices is not None:
            prices[entry["model"]].append(entry["cost"])

    def _shortened(self) -> dict[str, float]:
        """The timeout for what is left of the call, if it is too long for that."""
        timeout, left = self.kwargs.get("timeout"), time_left()
        if left is None or not isinstance(timeout, (int, float)) or timeout <= left * _USABLE:
            return {}
        return {"timeout": _STEPS[max(bisect.bisect(_STEPS, left * _USABLE) - 1, 0)]}


def _is_worth_another(error: dspy.LMError, pause: float) -> bool:
    left = time_left()
    in_time = left is None or pause < left * _USABLE
    return in_time and dspy.is_retryable_lm_error(error) and not timed_out(error)


def _pause(error: dspy.LMError, attempt: int) -> float:
    """As long as the provider says, otherwise twice as long each time."""
    told = error.retry_after
    return float(told) if told is not None else min(2.0**attempt, _LONGEST_PAUSE)
