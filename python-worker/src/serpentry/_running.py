# SPDX-License-Identifier: Apache-2.0
"""What runs in this worker, and how a call is cancelled from outside of its thread.

Each calling thread has one slot. It is idle, or holds a call, which may hold another that the server sends
while it serves a host call of the first::

    (no call) --begin--> RUNNING --settle--> ANSWERING --rest--> (no call, or the outer one)
                         |     ^
                        ask  resume
                         v     |
                         ASKING --begin--> an inner call --rest--> ASKING

Only a RUNNING call is interrupted, by an exception at a place that nobody chose. An ASKING one reads and
writes the channel, which an exception would leave out of step: it is woken, and raises by itself. After that
the call's state can not be trusted: the worker leaves after its answer, and begins no other call.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from enum import Enum
from typing import TYPE_CHECKING, Any

from serpentry import _linux
from serpentry._errors import CallCancelled, SerpentryError

if TYPE_CHECKING:
    import asyncio

    from serpentry._hooks import Hooks
    from serpentry._link import Asked
    from serpentry._session import Session, SharedSession

_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


class State(Enum):
    """What a call does; see the module's diagram."""

    RUNNING = "running"
    ASKING = "asking"
    ANSWERING = "answering"


class Leaving(BaseException):
    """The worker must end instead of beginning a call. Never seen by a function."""


class Call:
    """One call, from its first byte to its answer. Written by its thread or under the lock of ``Running``."""

    __slots__ = (
        "cancelled",
        "coroutine",
        "deadline",
        "link",
        "outer",
        "request",
        "session",
        "shared",
        "state",
        "task",
        "trace",
        "transaction",
        "usage",
    )

    def __init__(self, request: int, outer: Call | None = None) -> None:
        self.request = request
        self.outer = outer
        """The call whose host call this one is part of."""
        self.state = State.RUNNING
        self.cancelled: bool = outer is not None and outer.cancelled
        self.deadline: float | None = None
        """When the server gives it up, by ``time.monotonic()``; None if it does not by itself."""
        self.link: Asked | None = None
        """Where host calls go; None where none are possible."""
        self.session: Session | None = None
        self.shared: SharedSession | None = None
        self.trace: dict[str, str] | None = None
        self.transaction = False
        self.usage: list[list[Any]] = []
        self.task: asyncio.Task[Any] | None = None
        self.coroutine: Coroutine[Any, Any, Any] | None = None


class Slot:
    """One calling thread and its calls. Written under the lock of ``Running``."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.thread = threading.get_ident()
        self.call: Call | None = None
        """The innermost call; None while the thread is idle."""
        self.hung_up = False
        self.hooks: Hooks | None = None
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._loops: list[asyncio.AbstractEventLoop] = []

    @property
    def cancelled(self) -> bool:
        return self.call is not None and self.call.cancelled

    def calls(self) -> Iterator[Call]:
        """From the innermost to the outermost."""
        call = self.call
        while call is not None:
            yield call
            call = call.outer

    def await_result(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on this thread's own loop, which lives as long as the thread.

        A nested call has another loop, as the one of its outer call stands still.
        """
        from serpentry import _loops

        call = self.call
        assert call is not None, "coroutines are run for calls"
        with _loops.idle_loop(self._loops) as loop:
            call.coroutine = coroutine
            call.task = loop.create_task(coroutine)
            try:
                return loop.run_until_complete(call.task)
            finally:
                call.task = call.coroutine = None

    def interrupt(self) -> None:
        """Raise in the calling thread: as ``CancelledError`` in a coroutine, else as ``CallCancelled``."""
        call = self.call
        if call is None:
            return
        if call.state is State.ASKING:
            os.eventfd_write(self.wake, 1)
        elif call.task is not None:
            call.task.get_loop().call_soon_threadsafe(call.task.cancel)
        elif call.state is State.RUNNING:
            _raise_in_thread(self.thread, CallCancelled)

    def close(self) -> None:
        os.close(self.wake)


_current: ContextVar[Slot | None] = ContextVar("serpentry_slot", default=None)
_only: Slot | None = None
_forked = False


def cancelled() -> bool:
    """Whether the server no longer waits for the running call. False outside of a call."""
    slot = _current.get() or _only
    return slot is not None and slot.cancelled


def current_call() -> Call | None:
    """The call that this thread, or in a worker of one thread any thread, is inside of."""
    slot = _current.get() or _only
    return None if slot is None else slot.call


def in_call() -> bool:
    """Whether there is a ``current_call``."""
    return current_call() is not None


def time_left() -> float | None:
    """Seconds until the server gives the ``current_call`` up; None without a call or a deadline."""
    call = current_call()
    if call is None or call.deadline is None:
        return None
    return max(call.deadline - time.monotonic(), 0.0)


def calling(what: str) -> tuple[Slot, Call]:
    """The slot and the call of this thread. ``SerpentryError`` says that ``what`` needs one."""
    slot = _current.get() or _only
    if slot is None or slot.call is None:
        raise SerpentryError(f"{what} needs a call of the server's, and none is running here")
    if slot.thread != threading.get_ident():
        raise SerpentryError(
            f"{what} is for the thread that the call runs on, not for {threading.current_thread().name!r}; "
            "do it there and hand over what comes of it"
        )
    if _forked:
        raise SerpentryError(f"{what} is not for processes that a function has forked")
    return slot, slot.call


class Running:
    """All slots of this worker. Safe from each thread and from signal handlers."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.RLock()
        self._slots: dict[int, Slot] = {}
        self.leaving = False

    @property
    def forked(self) -> bool:
        """Whether this process is a child that a function forked: its call is not ours to answer."""
        return _forked

    def note_fork(self) -> None:
        global _forked
        _forked = True

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
            slot.close()

    def empty(self) -> bool:
        """Whether no channel is open."""
        with self._lock:
            return not self._slots

    def slots(self) -> list[Slot]:
        with self._lock:
            return list(self._slots.values())

    def begin(self, slot: Slot, request: int) -> Call:
        """Raises ``Leaving`` when the call must not begin. An inner call is part of one that may finish."""
        with self._lock:
            outer = slot.call
            if outer is None and (slot.hung_up or self.leaving):
                raise Leaving
            slot.call = call = Call(request, outer)
            return call

    def ask(self, slot: Slot, call: Call) -> None:
        """The call begins to use the channel. Raises ``CallCancelled`` instead when it was given up."""
        with self._lock:
            if call.cancelled:
                raise CallCancelled("the server no longer waits for this call")
            call.state = State.ASKING

    def resume(self, call: Call) -> None:
        """The call leaves the channel alone again. Raises ``CallCancelled`` when it was given up."""
        with self._lock:
            call.state = State.RUNNING
            if call.cancelled:
                raise CallCancelled("the server no longer waits for this call")

    def settle(self, slot: Slot) -> None:
        """From here on the innermost call is not interrupted any more."""
        with self._lock:
            if slot.call is not None:
                slot.call.state = State.ANSWERING

    def rest(self, slot: Slot) -> bool:
        """The answer was sent. False when the worker must leave now."""
        with self._lock:
            call = slot.call
            if call is not None:
                slot.call = call.outer
                if call.cancelled:
                    self.leaving = True
            return not (self.leaving and self._all_idle())

    def running_slot(self, request: int) -> Slot | None:
        """Where the call with this request id can be interrupted."""
        with self._lock:
            for slot in self._slots.values():
                if self._open_call(slot, request) is not None:
                    return slot
        return None

    def cancel(self, slot: Slot, request: int) -> None:
        """Interrupt the call and those inside it, unless it has ended."""
        with self._lock:
            self.leaving = True
            call = self._open_call(slot, request)
            if call is not None:
                self._give_up(slot, call)

    def cancel_all(self, slot: Slot) -> None:
        """Interrupt what runs in the slot."""
        with self._lock:
            self.leaving = True
            for call in slot.calls():
                if call.outer is None:
                    self._give_up(slot, call)

    def lose(self, call: Call) -> None:
        """The call can not be answered: its channel is gone, whoever else has seen that by now."""
        with self._lock:
            self.leaving = True
            call.cancelled = True

    def hung_up(self, fileno: int) -> Slot | None:
        """The slot if the server has closed its channel and a call is running in it.

        By now the channel that hung up may be gone, and its number be another's.
        """
        with self._lock:
            slot = self._slots.get(fileno)
            if slot is None or not _linux.has_hung_up(fileno):
                return None
            slot.hung_up = True
            return slot if any(call.state is not State.ANSWERING for call in slot.calls()) else None

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
                innermost = slot.call
                if innermost is None:
                    continue
                for call in slot.calls():
                    call.cancelled |= call.state is not State.ANSWERING
                if innermost.state is State.RUNNING and slot.thread == threading.get_ident():
                    here = True
                else:
                    slot.interrupt()
        return here

    def _open_call(self, slot: Slot, request: int) -> Call | None:
        for call in slot.calls():
            if call.request == request and call.state is not State.ANSWERING:
                return call
        return None

    def _give_up(self, slot: Slot, outermost: Call) -> None:
        for call in slot.calls():
            call.cancelled |= call.state is not State.ANSWERING
            if call is outermost:
                break
        slot.interrupt()

    def _all_idle(self) -> bool:
        return all(slot.call is None for slot in self._slots.values())
