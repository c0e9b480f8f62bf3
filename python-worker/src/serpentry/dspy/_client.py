# SPDX-License-Identifier: Apache-2.0
"""The client of a language model: DSPy's own, which also tells what each of its answers has cost."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import dspy

Prices = defaultdict[str, list[Any]]
"""By model, the price in US dollars of each answer, None where DSPy knows none."""

_PRICES = "serpentry_prices"
"""In DSPy's settings, which its own threads inherit."""


def noting(prices: Prices) -> dict[str, Any]:
    """Settings of DSPy with which clients note their prices there."""
    return {_PRICES: prices}


class Client(dspy.LM):  # type: ignore[misc]
    """DSPy's client of a language model.

    DSPy tells the price of an answer only to its history, and keeps that as long as the process lives. So
    the history is on for the length of a request, and what comes there is not kept.
    """

    def __call__(self, prompt: Any = None, *, messages: Any = None, **options: Any) -> Any:
        with dspy.context(disable_history=False):
            return super().__call__(prompt, messages=messages, **options)

    async def acall(self, prompt: Any = None, *, messages: Any = None, **options: Any) -> Any:
        with dspy.context(disable_history=False):
            return await super().acall(prompt, messages=messages, **options)

    def update_history(self, entry: dict[str, Any]) -> None:
        prices = dspy.settings.get(_PRICES)
        if prices is not None:
            prices[entry["model"]].append(entry["cost"])
