# SPDX-License-Identifier: Apache-2.0
"""What the threads of this worker execute, for somebody who wants to know why it is slow."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from types import FrameType

from serpentry._errors import cut_middle, own_file
from serpentry._running import Running, Slot

TEXT_LIMIT = 48 * 1024
_PERIOD_SECONDS = 0.01


def stacks(running: Running) -> str:
    """The stack of each thread but the one that asks, the innermost frame last."""
    calling = {slot.thread: slot for slot in running.slots()}
    parts = []
    for ident, frame in sys._current_frames().items():
        if ident != threading.get_ident():
            parts.append(f"{_title(ident, calling.get(ident))}\n{''.join(traceback.format_stack(frame))}")
    return cut_middle("\n".join(parts), TEXT_LIMIT)


def _title(ident: int, slot: Slot | None) -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    call = None if slot is None else slot.call
    state = "" if slot is None else ", idle" if call is None else f", in call {call.request}"
    return f"Thread {names.get(ident, 'of native code')}{state}:"


def profile(running: Running, seconds: float) -> str:
    """Where calls were, looked at every 10 ms: ``outer;inner count`` for each stack, the most frequent first.

    A call that waits counts like one that computes. Empty when no call ran.
    """
    seen: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frames = sys._current_frames()
        for slot in running.slots():
            frame = frames.get(slot.thread)
            if slot.call is not None and frame is not None:
                seen[_collapsed(frame)] += 1
        del frames
        time.sleep(_PERIOD_SECONDS)
    return _cut([f"{stack} {count}" for stack, count in seen.most_common() if stack])


def _collapsed(innermost: FrameType | None) -> str:
    """Without the worker's own frames and those that lead to them."""
    names = []
    while innermost is not None:
        code = innermost.f_code
        if not own_file(code.co_filename):
            module = innermost.f_globals.get("__name__", "?")
            names.append(f"{module}.{code.co_name}:{innermost.f_lineno}".replace(";", ","))
        elif names:
            break
        innermost = innermost.f_back
    return ";".join(reversed(names))


def _cut(lines: list[str]) -> str:
    text: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > TEXT_LIMIT:
            text.append(f"... and {len(lines) - len(text)} more stacks")
            break
        text.append(line)
    return "".join(line + "\n" for line in text)
