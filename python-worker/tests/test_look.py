# SPDX-License-Identifier: Apache-2.0
"""A look at what a worker does, while it goes on doing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry._sampling import TEXT_LIMIT, _cut

Pools = Callable[..., Pool]

DEEP = """
import time
from serpentry import Module

f = Module("f")

@f.call
def outer(seconds: float) -> str:
    return inner(seconds)

def inner(seconds: float) -> str:
    print("inside", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"
"""


@pytest.fixture
def deep(pools: Pools, write_module: Callable[[str, str], Path]) -> Pool:
    return pools(write_module("deep", DEEP), modules=["deep"])


def begin(pool: Pool, worker: Connection, seconds: float) -> int:
    request = worker.begin("f.outer", {"seconds": seconds})
    pool.wait_for_output(b"inside")
    return request


def look(pool: Pool, seconds: Any = 0, worker: str = "w-1") -> str:
    request = pool.order("look", worker=worker, seconds=seconds)
    report = pool.report("looked", request_id=request)
    assert report["worker"] == worker
    return str(report["text"])


def test_a_look_must_show_the_stacks_and_disturb_nothing(deep: Pool) -> None:
    worker = deep.worker()
    request = begin(deep, worker, 3)
    text = look(deep)
    assert f"Thread MainThread, in call {request}:" in text
    assert text.index("in outer") < text.index("in inner")
    assert "serpentry-watchdog" in text
    assert frame_json(worker.answer(request)) == "done"


def test_a_worker_that_rests_must_say_so(deep: Pool) -> None:
    _worker = deep.worker()
    assert "Thread MainThread, idle:" in look(deep)


def test_a_profile_must_tell_where_the_time_goes(deep: Pool) -> None:
    worker = deep.worker()
    request = begin(deep, worker, 3)
    lines = look(deep, 0.2).splitlines()
    stack, count = lines[0].rsplit(" ", 1)
    assert [frame.rsplit(":", 1)[0] for frame in stack.split(";")] == ["deep.outer", "deep.inner"]
    assert int(count) > 0
    assert frame_json(worker.answer(request)) == "done"


def test_a_profile_without_calls_must_be_empty(deep: Pool) -> None:
    _worker = deep.worker()
    assert look(deep, 0.05) == ""


@pytest.mark.parametrize("seconds", [-1, 61, "1", None, True])
def test_a_duration_that_is_none_must_be_refused(deep: Pool, seconds: Any) -> None:
    _worker = deep.worker()
    request = deep.order("look", worker="w-1", seconds=seconds)
    assert "'seconds' from 0 to 60" in deep.report("refused", request_id=request)["message"]


def test_a_worker_that_is_not_there_must_be_refused(deep: Pool) -> None:
    request = deep.order("look", worker="w-9", seconds=0)
    assert "no worker 'w-9'" in deep.report("refused", request_id=request)["message"]


def test_the_rarest_stacks_must_go_first_when_there_are_too_many() -> None:
    text = _cut([f"{'x' * 1000}{n} 1" for n in range(100)])
    assert len(text) <= TEXT_LIMIT + 100
    assert text.splitlines()[0].startswith("xxx")
    assert text.splitlines()[-1] == f"... and {100 - len(text.splitlines()) + 1} more stacks"
