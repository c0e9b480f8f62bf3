# SPDX-License-Identifier: Apache-2.0
"""What language models a call has used, told to the server with its result."""

from __future__ import annotations

from serpentry._running import calling

USAGE = "usage"


def record_usage(
    model: str,
    calls: int = 1,
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    cost: float | None = None,
) -> None:
    """Say that this call has used a language model; the server counts it by model in its metrics.

    ``cost`` is in US dollars. What a call says that fails is not counted. Raises ``SerpentryError`` outside
    of a call.
    """
    _, call = calling("record_usage")
    call.usage.append([model, calls, prompt_tokens, completion_tokens, cost])
