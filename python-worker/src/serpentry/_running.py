# SPDX-License-Identifier: Apache-2.0
"""What runs in this worker, and how a call is cancelled from outside of its thread.

Each calling thread has one slot::

    IDLE --begin--> RUNNING --settle--> ANSWERING --rest--> IDLE

Only a RUNNING call is interrupted. A cancelled call's thread was interrupted at a place that nobody chose, so
its state can not be trusted: the worker leaves after its answer, and begins no other call.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Coroutine
from contextvars import ContextVar
from enum import Enum
from typing import TYPE_CHECKING, Any

from serpentry._errors import CallCancelled

if TYPE_CHECKING:
    import asyncio

_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


class State(Enum):
    """What a slot does; see the module's diagram."""

    IDLE = "idle"
    RUNNING = "running"
    ANSWERING = "answering"


class Leaving(BaseException):
    """The worker must end instead of beginning a call. Never seen by a function."""


class Slot:
    """One calling thread and its call. Written under the lock of ``Running``."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.thread = threading.get_ident()
        self.state = State.IDLE
        self.request = 0
        self.cancelled = False
        self.hung_up = False
        self.task: asyncio.Task[Any] | None = None
        self.coroutine: Coroutine[Any, Any, Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def await_result(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on this thread's own loop, which lives as long as the thread."""
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        self.coroutine = coroutine
        self.task = self._loop.create_task(coroutine)
        try:
            return self._loop.run_until_complete(self.task)
        finally:
            self.task = self.coroutine = None

    def interrupt(self) -> None:
        """Raise in the calling thread: as ``CancelledError`` in a coroutine, else as ``CallCancelled``."""
        task = self.task
        if task is not None:
            task.get_loop().call_soon_threadsafe(task.cancel)
        else:
            _raise_in_thread(self.thread, CallCancelled)


_current: ContextVar[Slot | None] = ContextVar("serpentry_slot", default=None)
_only: Slot | None = None


def cancelled() -> bool:
    """Whether the server no longer waits for the running call. False outside of a call."""
    slot = _current.get() or _only
    return slot is not None and slot.cancelled


class Running:
    """All slots of this worker. Safe from each thread and from signal handlers."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.RLock()
        self._slots: dict[int, Slot] = {}
        self.leaving = False
        self.forked = False
        """Whether this process is a child that a function forked: its call is not ours to answer."""

    def open(self, fileno: int) -> Slot:
        """A slot for the calling thread and the channel with this descriptor."""
        global _only
        slot = Slot(fileno)
        _current.set(slot)
        if self._threads == 1:
            _only = slot
        with self._lock:
            self._slots[fileno] = slot
        return slot

    def close(self, slot: Slot) -> None:
        """Forget the slot, before its descriptor is closed."""
        with self._lock:
            del self._slots[slot.fileno]

    def empty(self) -> bool:
        """Whether no channel is open."""
        with self._lock:
            return not self._slots

    def begin(self, slot: Slot, request: int) -> None:
        """Raises ``Leaving`` when the call must not begin."""
        with self._lock:
            if slot.hung_up or self.leaving:
                raise Leaving
            slot.request = request
            slot.cancelled = False
            slot.state = State.RUNNING

    def settle(self, slot: Slot) -> None:
        """From here on the call is not interrupted any more."""
        with self._lock:
            slot.state = State.ANSWERING

    def rest(self, slot: Slot) -> bool:
        """The answer was sent. False when the worker must leave now."""
        with self._lock:
            slot.state = State.IDLE
            if slot.cancelled:
                self.leaving = True
            return not (self.leaving and self._all_idle())

    def running_slot(self, request: int) -> Slot | None:
        with self._lock:
            for slot in self._slots.values():
                if slot.state is State.RUNNING and slot.request == request:
                    return slot
        return None

    def cancel(self, slot: Slot, request: int) -> None:
        """Interrupt the call in the slot, unless it has ended."""
        with self._lock:
            self.leaving = True
            if slot.state is State.RUNNING and slot.request == request:
                slot.cancelled = True
                slot.interrupt()

    def hung_up(self, fileno: int) -> Slot | None:
        """The server closed this channel; the slot if a call is running in it."""
        with self._lock:
            slot = self._slots.get(fileno)
            if slot is None:
                return None
            slot.hung_up = True
            return slot if slot.state is State.RUNNING else None

    def leave_when_idle(self) -> bool:
        """Begin no other call; True when none is running now, so that the worker can leave at once."""
        with self._lock:
            self.leaving = True
            return self._all_idle()

    def interrupt_all(self) -> bool:
        """SIGINT arrived in the main thread: True when the call that runs *there* must be interrupted."""
        here = False
        with self._lock:
            for slot in self._slots.values():
                if slot.state is State.RUNNING:
                    slot.cancelled = True
                    if slot.thread == threading.get_ident():
                        here = True
                    else:
                        slot.interrupt()
        return here

    def _all_idle(self) -> bool:
        return all(slot.state is State.IDLE for slot in self._slots.values())
