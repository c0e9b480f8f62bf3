# SPDX-License-Identifier: Apache-2.0
"""The trace that a call belongs to, as headers of W3C Trace Context."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serpentry._errors import InvalidArgument
from serpentry._running import current_call

_OPENTELEMETRY = "opentelemetry"


def trace_context() -> dict[str, str]:
    """The headers by which a request made in this call belongs to the caller's trace.

    ``traceparent`` and perhaps ``tracestate`` and ``baggage``, to be sent along as they are, say by an HTTP
    client. Empty outside of a call, and when the server traces nothing. Any thread may ask.

    Where OpenTelemetry's API is imported there is no need for it: the caller's span is its current one.
    """
    call = current_call()
    return {} if call is None or call.trace is None else dict(call.trace)


def carrier(value: Any) -> dict[str, str]:
    """What a CALL has in ``trace``. Raises ``InvalidArgument``."""
    if type(value) is not dict or not all(type(text) is str for text in value.values()):
        raise InvalidArgument("a call's 'trace' must be an object with texts")
    return value


@contextmanager
def traced(headers: dict[str, str]) -> Iterator[None]:
    """Make the caller's span the current one of OpenTelemetry's API, if anybody has imported that."""
    if _OPENTELEMETRY not in sys.modules:
        yield
        return
    from opentelemetry import context, propagate

    token = context.attach(propagate.extract(headers))
    try:
        yield
    finally:
        context.detach(token)
