# SPDX-License-Identifier: Apache-2.0
"""Functions that the tests call in real workers."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import os
import random
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from typing import Any

from serpentry import CallCancelled, Module, cancelled

f = Module("f")
state = {"calls": 0, "cancelled": 0}


@dataclasses.dataclass
class Item:
    name: str
    price: Decimal
    tags: list[str] = dataclasses.field(default_factory=list)


@f.call
def echo(text: str) -> str:
    """Give the text back.

    More words.
    """
    return text


@f.call(timeout=1.5, idempotent=True, name="same")
def anything(value: Any) -> Any:
    return value


@f.call
def total(items: list[Item], extra: Decimal = Decimal(0)) -> Decimal:
    return sum((item.price for item in items), extra)


@f.call
def join(parts: list[bytes]) -> bytes:
    return b"".join(parts)


@f.call
def kinds(values: list[Any], data: bytearray) -> list[str]:
    return [type(value).__name__ for value in values] + [type(data).__name__]


@f.call
def make_bytes(size: int) -> bytes:
    return b"x" * size


@f.call
def make_text(size: int) -> str:
    return "x" * size


@f.call
def bad_result(kind: str) -> Any:
    loop: list[Any] = []
    loop.append(loop)
    return {"a": [1, {"nan": float("nan"), "object": object(), "loop": loop}[kind]]}


@f.call
def fail(text: str) -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError(text) from error


@f.call
def leave(how: str) -> None:
    if how == "sys.exit":
        sys.exit(5)
    if how == "os._exit":
        os._exit(7)
    if how == "memory":
        raise MemoryError("no more")
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "cancel":
        raise CallCancelled
    os.kill(os.getpid(), getattr(signal, how))


@f.call
def recurse(depth: int) -> int:
    return recurse(depth + 1)


@f.call
async def async_echo(text: str) -> str:
    await asyncio.sleep(0)
    return text


@f.call
async def async_loop() -> int:
    return id(asyncio.get_running_loop())


@f.call
async def async_sleep() -> None:
    print("asleep", flush=True)
    await asyncio.sleep(1000)


@f.call
def sleep(seconds: float = 1000) -> None:
    print("asleep", flush=True)
    time.sleep(seconds)


@f.call
def wait_politely() -> str:
    """Ends by itself when it is cancelled."""
    print("waiting", flush=True)
    while not cancelled():
        time.sleep(0.001)
    return "stopped"


@f.call
def spin_in_python() -> None:
    print("spinning", flush=True)
    while True:
        pass


@f.call
def swallow(what: str) -> None:
    """Can not be cancelled by CANCEL, or by nothing short of SIGABRT."""
    until = time.monotonic() + 1000
    while time.monotonic() < until:
        try:
            print("swallowing", flush=True)
            while time.monotonic() < until:
                time.sleep(0.001)
        except CallCancelled:
            print("swallowed a cancellation", flush=True)
        except KeyboardInterrupt:
            if what != "everything":
                raise
            print("swallowed an interrupt", flush=True)


@f.call
def spin_in_native_code() -> int:
    print("spinning", flush=True)
    return sum(range(10**12))


@f.call
def spin_without_abort(how: str) -> int:
    if how == "ignored":
        signal.signal(signal.SIGABRT, signal.SIG_IGN)
    else:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGABRT])
    print("spinning", flush=True)
    return sum(range(10**12))


@f.call
def pid() -> int:
    return os.getpid()


@f.call
def count() -> int:
    state["calls"] += 1
    return state["calls"]


@f.call
def draw() -> list[Any]:
    drawn: list[Any] = [random.random()]
    if "numpy" in sys.modules:
        drawn.append(float(sys.modules["numpy"].random.random()))
    return drawn


@f.call
def process() -> dict[str, Any]:
    """What this process inherited."""
    return {
        "group": os.getpgrp(),
        "fds": {n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if exists(n)},
        "stdin": os.readlink("/proc/self/fd/0"),
        "terminate": str(signal.getsignal(signal.SIGTERM)),
        "child": str(signal.getsignal(signal.SIGCHLD)),
        "frozen": gc.get_freeze_count(),
        "threads": [t.name for t in threading.enumerate()],
        "omp": os.environ.get("OMP_NUM_THREADS"),
        "directory": os.getcwd(),
        "path": sys.path[:2],
        "modules": sorted(m for m in sys.modules if "." not in m),
        "pools": open("/proc/self/status").read().split("Threads:")[1].split()[0],
    }


def exists(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")


@f.call
def child(command: list[str], session: bool = False) -> int:
    """Start a process that outlives the call."""
    return subprocess.Popen(command, start_new_session=session, stdin=subprocess.DEVNULL).pid


@f.call
def child_with_sockets() -> int:
    """Start a process that inherits every socket of this worker."""
    fds = [int(n) for n in os.listdir("/proc/self/fd") if exists(n)]
    sockets = [n for n in fds if os.readlink(f"/proc/self/fd/{n}").startswith("socket")]
    return subprocess.Popen(["sleep", "1000"], pass_fds=sockets, start_new_session=True).pid


@f.call
def forked_children() -> list[int]:
    """Children by fork: one that returns from the function, one that must die by SIGTERM."""
    if os.fork() == 0:
        return [0]
    sleeper = os.fork()
    if sleeper == 0:
        time.sleep(1000)
    returned = os.wait()[1]
    os.kill(sleeper, signal.SIGTERM)
    return [returned, os.waitstatus_to_exitcode(os.waitpid(sleeper, 0)[1])]


@f.call
def say(text: str, how: str = "print") -> None:
    if how == "print":
        print(text)
    elif how == "stderr":
        print(text, file=sys.stderr)
    elif how == "os.write":
        os.write(1, text.encode() + b"\n")
    elif how == "child":
        subprocess.run(["echo", text], check=True)
    elif how == "close":
        os.close(1)


@f.call
def storm(megabytes: int) -> None:
    line = b"x" * 99 + b"\n"
    block = line * (1 << 14)
    for _ in range(megabytes * 1_000_000 // len(block)):
        os.write(1, block)


@f.call
def thread_name() -> str:
    return threading.current_thread().name


gate = threading.Event()


@f.call
def wait_at_gate() -> str:
    print("at the gate", flush=True)
    gate.wait(20)
    return "through"


@f.call
def open_gate() -> None:
    gate.set()
