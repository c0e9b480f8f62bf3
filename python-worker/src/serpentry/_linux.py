# SPDX-License-Identifier: Apache-2.0
"""What Linux offers and Python's library does not wrap."""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import signal
import threading
from collections.abc import Iterable

_SET_DEATH_SIGNAL = 1
_SET_NAME = 15
_SET_CHILD_SUBREAPER = 36
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_LARGEST_FROM_HEAP = 32 * 1024 * 1024
_MOST_KEPT = 64 * 1024 * 1024

_DEATH_MILLIS = 500

_libc = ctypes.CDLL(None, use_errno=True)

NONCE_VARIABLE = "SERPENTRY_ZYGOTE"


def _prctl(option: int, value: int | bytes) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def die_with_parent(parent: int) -> bool:
    """SIGKILL this process when the thread that forked it ends. False when the parent is dead already."""
    _prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL))
    return os.getppid() == parent


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def name_process(name: str) -> None:
    """The short name in ``ps`` and ``top``."""
    _prctl(_SET_NAME, name.encode()[:15])


def keep_freed_memory() -> None:
    """Let glibc keep up to 64 MiB that were freed, and take blocks up to 32 MiB from what it keeps.

    By its own choice it gives the memory of each large payload back to the kernel, and the page faults of
    taking it anew cost three times the transport. Elsewhere than on glibc nothing happens.
    """
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST_FROM_HEAP)
        mallopt(_TRIM_THRESHOLD, _MOST_KEPT)


def die_on_activity(fileno: int) -> None:
    """Let the kernel end this process when anything happens on the socket, even inside of native code."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(fileno, fcntl.F_SETOWN, os.getpid())
    _set_async(fileno, True)


def live_on_activity(fileno: int) -> None:
    """Undo ``die_on_activity``."""
    _set_async(fileno, False)


def _set_async(fileno: int, on: bool) -> None:
    flags = fcntl.fcntl(fileno, fcntl.F_GETFL)
    fcntl.fcntl(fileno, fcntl.F_SETFL, flags | os.O_ASYNC if on else flags & ~os.O_ASYNC)


def has_hung_up(fileno: int) -> bool:
    """Whether the other end of this socket is closed."""
    poll = select.poll()
    poll.register(fileno, select.POLLRDHUP)
    return bool(poll.poll(0))


def other_thread() -> str | None:
    """The name of a thread besides the main thread, or None when the process may fork."""
    tasks = [task for task in os.listdir("/proc/self/task") if int(task) != os.getpid()]
    if not tasks:
        return None
    named = {thread.native_id: thread.name for thread in threading.enumerate()}
    return named.get(int(tasks[0])) or _text(f"/proc/self/task/{tasks[0]}/comm").strip() or tasks[0]


def sweep(nonces: Iterable[str]) -> int:
    """SIGKILL what is left of the zygotes with these nonces; never this process. Returns how many died.

    A descriptor of the process is taken before its environment is read, so the signal can not hit another
    one that got the same pid meanwhile.
    """
    marks = {f"{NONCE_VARIABLE}={nonce}".encode() for nonce in nonces if nonce}
    killed = 0
    for _ in range(10 if marks else 0):
        found = sum(_kill_marked(int(pid), marks) for pid in os.listdir("/proc") if pid.isdigit())
        killed += found
        if not found:
            break
    return killed


def _kill_marked(pid: int, marks: set[bytes]) -> bool:
    if pid == os.getpid():
        return False
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        with open(f"/proc/{pid}/environ", "rb") as environ:
            if marks.isdisjoint(environ.read().split(b"\0")):
                return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        death = select.poll()
        death.register(handle, select.POLLIN)
        death.poll(_DEATH_MILLIS)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
