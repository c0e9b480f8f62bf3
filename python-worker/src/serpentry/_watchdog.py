# SPDX-License-Identifier: Apache-2.0
"""The worker's second thread: hears the zygote and notices when somebody is gone.

The zygote's messages are JSON datagrams on a socket pair: ``{"cancel": request}``, ``{"bye": true}``,
``{"look": number, "seconds"}``; the worker sends ``{"request", "stack", "frames"}``,
``{"look", "text"}``. End of file there means that the zygote is dead.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from serpentry._errors import TRACEBACK_LIMIT, cut_middle, ends, frame_entry, own_file
from serpentry._running import Running, Slot
from serpentry._sampling import profile, stacks

_LARGEST_MESSAGE = 64 * 1024
_STACK_LIMIT = TRACEBACK_LIMIT // 2


class Watchdog:
    """Acts on the zygote's orders and on hang-ups, also while a call runs."""

    def __init__(
        self, control: socket.socket, running: Running, leave: Callable[[int], Any], *, alone: bool
    ) -> None:
        self._control = control
        self._running = running
        self._leave = leave
        self._alone = alone
        self._epoll = select.epoll()
        self._epoll.register(control.fileno(), select.EPOLLIN)

    def start(self) -> None:
        threading.Thread(target=self._run, name="serpentry-watchdog", daemon=True).start()

    def watch(self, channel: socket.socket) -> None:
        """Notice when the server closes this channel."""
        self._epoll.register(channel.fileno(), select.EPOLLRDHUP | select.EPOLLONESHOT)

    def forget(self, channel: socket.socket) -> None:
        """Must be called before the channel is closed."""
        try:
            self._epoll.unregister(channel.fileno())
        except (OSError, ValueError):
            pass

    def _run(self) -> None:
        while True:
            for fileno, _ in self._epoll.poll():
                if fileno == self._control.fileno():
                    self._hear()
                else:
                    self._hung_up(fileno)

    def _hear(self) -> None:
        try:
            data = self._control.recv(_LARGEST_MESSAGE)
        except OSError:
            data = b""
        if not data:
            kill_own_group()
        message = json.loads(data)
        if "cancel" in message:
            self._cancel(message["cancel"])
        elif "look" in message:
            arguments = (message["look"], message["seconds"])
            threading.Thread(target=self._look, args=arguments, name="serpentry-look", daemon=True).start()
        elif self._running.leave_when_idle():
            self._leave(0)

    def _cancel(self, request: int) -> None:
        slot = self._running.running_slot(request)
        if slot is not None:
            self._report_stack(slot, request)
            self._running.cancel(slot, request)
        elif self._running.leave_when_idle():
            self._leave(0)

    def _report_stack(self, slot: Slot, request: int) -> None:
        text, frames = stack_of(slot)
        report = json.dumps({"request": request, "stack": text, "frames": frames}).encode()
        if len(report) > _LARGEST_MESSAGE:
            report = json.dumps({"request": request, "stack": text[-8192:], "frames": []}).encode()
        self._send(report)

    def _look(self, number: int, seconds: float) -> None:
        text = profile(self._running, seconds) if seconds else stacks(self._running)
        self._send(json.dumps({"look": number, "text": text}, ensure_ascii=False).encode("utf-8", "replace"))

    def _send(self, report: bytes) -> None:
        try:
            self._control.send(report, socket.MSG_DONTWAIT)
        except OSError:
            pass

    def _hung_up(self, fileno: int) -> None:
        """Nobody will read the answer: a call that runs is only a cost, and may run for ever."""
        slot = self._running.hung_up(fileno)
        if slot is None:
            return
        if self._alone:
            kill_own_group()
        self._running.cancel_all(slot)


def kill_own_group() -> None:
    """Does not return. The group is the worker's own, so its children go with it."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def stack_of(slot: Slot) -> tuple[str, list[dict[str, Any]]]:
    """What the slot's thread executes, without the worker's own frames and those that lead to them."""
    visited: list[tuple[CodeType, int, FrameType]] = []
    frame = sys._current_frames().get(slot.thread)
    while frame is not None:
        visited.append((frame.f_code, frame.f_lineno, frame))
        frame = frame.f_back
    visited.reverse()
    call = slot.call
    visited += _awaiting(call and call.coroutine)
    calls = itertools.dropwhile(lambda entry: not own_file(entry[0].co_filename), visited)
    kept = [(code, line, f) for code, line, f in calls if not own_file(code.co_filename)]
    summary = traceback.StackSummary.from_list(
        [traceback.FrameSummary(code.co_filename, line, code.co_name) for code, line, _ in kept]
    )
    frames = [frame_entry(code.co_filename, line, code.co_name, f.f_globals) for code, line, f in kept]
    return cut_middle("".join(summary.format()), _STACK_LIMIT), ends(frames)


def _awaiting(coroutine: Any) -> list[tuple[CodeType, int, FrameType]]:
    """Where a suspended coroutine waits: it has no frame on the thread's stack."""
    found = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None and not getattr(coroutine, "cr_running", True):
            found.append((frame.f_code, frame.f_lineno, frame))
        coroutine = getattr(coroutine, "cr_await", None)
    return found
