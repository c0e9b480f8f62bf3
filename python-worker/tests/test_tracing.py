# SPDX-License-Identifier: Apache-2.0
"""The trace that a call brings along, in a real worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry import trace_context
from serpentry._wire import Frame, FrameType

Pools = Callable[..., Pool]

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
HEADERS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"}

MODULE = """
from serpentry import Module, trace_context

f = Module("f")

@f.call
def headers() -> dict[str, str]:
    return trace_context()

@f.call
def change_headers() -> dict[str, str]:
    trace_context().clear()
    return trace_context()

@f.call
async def headers_later() -> dict[str, str]:
    return trace_context()
"""

SPANS = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from serpentry import Module

f = Module("f")
tracer = TracerProvider().get_tracer("test")

def _parent() -> str | None:
    with tracer.start_as_current_span("here") as span:
        parent = span.parent
        return None if parent is None else f"{parent.trace_id:032x} {parent.span_id:016x}"

@f.call
def parent() -> str | None:
    return _parent()

@f.call
async def parent_later() -> str | None:
    return _parent()

@f.call
def fail() -> None:
    raise ValueError("not today")
"""


@pytest.fixture
def plain(pools: Pools, write_module: Callable[[str, str], Path]) -> Connection:
    return pools(write_module("plain", MODULE), modules=["plain"]).worker()


@pytest.fixture
def spans(pools: Pools, write_module: Callable[[str, str], Path]) -> Connection:
    return pools(write_module("spans", SPANS), modules=["spans"]).worker()


def answer(worker: Connection, function: str, trace: Any = HEADERS) -> Frame:
    request = worker.next_request()
    body = {"function": function, "timeoutMillis": 5000, "trace": trace, "arguments": {}}
    worker.send(Frame(FrameType.CALL, request, json.dumps(body).encode()))
    return worker.answer(request)


@pytest.mark.parametrize("function", ["f.headers", "f.headers_later", "f.change_headers"])
def test_a_function_must_know_the_headers_of_its_trace(plain: Connection, function: str) -> None:
    assert frame_json(answer(plain, function)) == HEADERS


def test_a_call_without_a_trace_must_have_no_headers(plain: Connection) -> None:
    answer(plain, "f.headers")
    assert plain.call("f.headers") == {}
    assert trace_context() == {}


@pytest.mark.parametrize("function", ["f.parent", "f.parent_later"])
def test_spans_must_be_children_of_the_callers(spans: Connection, function: str) -> None:
    assert frame_json(answer(spans, function)) == f"{TRACE} {PARENT}"


def test_the_trace_must_end_with_its_call(spans: Connection) -> None:
    assert answer(spans, "f.fail").type is FrameType.ERROR
    assert spans.call("f.parent") is None


@pytest.mark.parametrize("trace", ["text", [HEADERS], {"traceparent": 1}])
def test_what_is_no_trace_must_be_refused(plain: Connection, trace: Any) -> None:
    refusal = answer(plain, "f.headers", trace)
    assert refusal.type is FrameType.ERROR
    assert frame_json(refusal)["code"] == "INVALID_ARGUMENT"
    assert plain.call("f.headers") == {}
