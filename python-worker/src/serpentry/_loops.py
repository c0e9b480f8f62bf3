# SPDX-License-Identifier: Apache-2.0
"""Event loops of a calling thread. Imported with the first coroutine, as asyncio takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def idle_loop(loops: list[asyncio.AbstractEventLoop]) -> Iterator[asyncio.AbstractEventLoop]:
    """One of the loops that does not run, a new one if need be, made ready to run on this thread."""
    for loop in loops:
        if not loop.is_running():
            break
    else:
        loop = asyncio.new_event_loop()
        loops.append(loop)
    if len(loops) == 1:
        asyncio.set_event_loop(loop)
        yield loop
        return
    with _no_running_loop():
        yield loop


@contextmanager
def _no_running_loop() -> Iterator[None]:
    """asyncio allows one running loop in a thread; that of the outer call is hidden for a while."""
    outer = asyncio._get_running_loop()
    if outer is None:
        yield
        return
    task = asyncio.current_task(outer)
    if task is not None:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if task is not None:
            asyncio.tasks._enter_task(outer, task)
