# SPDX-License-Identifier: Apache-2.0
"""Functions with which the tests of the resource adapter provoke what can go wrong."""

import ctypes
import dataclasses
import datetime
import decimal
import enum
import faulthandler
import os
import signal
import subprocess
import sys
import time
from typing import Any

from serpentry import Module

probe = Module("probe")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Item:
    name: str
    price: decimal.Decimal
    due: datetime.date
    colour: Colour
    tags: list[str]
    note: str | None = None


@probe.call
def echo(value: Any) -> Any:
    return value


@probe.call
def exact(value: decimal.Decimal) -> decimal.Decimal:
    return value


@probe.call
def swap(item: Item) -> Item:
    return dataclasses.replace(item, name=item.name[::-1])


@probe.call
def bytes_of(data: bytes) -> bytes:
    return data


@probe.call
def pid() -> int:
    return os.getpid()


@probe.call
def add(left: int, right: int) -> int:
    return left + right


@probe.call
def fail(text: str) -> None:
    _inner(text)


def _inner(text: str) -> None:
    raise ValueError(text)


@probe.call
def sleep(seconds: float) -> None:
    time.sleep(seconds)


@probe.call
def sleep_and_touch(path: str, seconds: float) -> None:
    open(path, "w").close()
    time.sleep(seconds)


@probe.call
def wait_for(started: str, release: str) -> str:
    open(started, "w").close()
    while not os.path.exists(release):
        time.sleep(0.01)
    return "released"


@probe.call(timeout=0.4)
def hasty() -> None:
    """Declares a timeout of its own, which it passes."""
    time.sleep(60)


@probe.call
def loop() -> None:
    while True:
        pass


@probe.call
def stubborn(path: str) -> None:
    """Swallow every polite request to stop."""
    open(path, "w").close()
    while True:
        try:
            time.sleep(0.05)
        except BaseException:
            pass


@probe.call
def spin_natively(path: str) -> None:
    """Hold the interpreter lock in C code that looks at no signal."""
    open(path, "w").close()
    sum(range(10**15))


@probe.call
def block_abort(path: str) -> None:
    """Survive all but SIGKILL."""
    faulthandler.disable()
    signal.signal(signal.SIGABRT, signal.SIG_IGN)
    open(path, "w").close()
    sum(range(10**15))


@probe.call
def die(signal_number: int) -> None:
    os.kill(os.getpid(), signal_number)
    time.sleep(60)


@probe.call
def leave(status: int) -> None:
    os._exit(status)


@probe.call
def crash_natively() -> None:
    ctypes.string_at(0)


@probe.call
def grandchild(path: str) -> None:
    """Leave a child that keeps every descriptor open, then wait to be killed."""
    child = os.fork()
    if child == 0:
        os.setsid()
        time.sleep(120)
        os._exit(0)
    with open(path, "w") as file:
        file.write(str(child))
    time.sleep(120)


@probe.call
def shout(count: int) -> int:
    line = "x" * 99 + "\n"
    for _ in range(count):
        sys.stdout.write(line)
    return count


@probe.call
def noise() -> str:
    print("a print")
    os.write(1, b"a raw write\n")
    os.write(2, b"a raw write on stderr\n")
    subprocess.run(["sh", "-c", "echo from a child; echo from a child >&2"], check=True)
    return "quiet"


@probe.call
def close_stdout() -> str:
    os.close(1)
    return "closed"


@probe.call
def make(size: int) -> str:
    return "x" * size


_KEPT: list[bytearray] = []


@probe.call
def keep(size: int) -> None:
    """Take so many bytes of memory and never give them back."""
    _KEPT.append(bytearray(os.urandom(1024)) * (size // 1024))


@probe.call
def not_a_number() -> float:
    return float("nan")


@probe.call
def opaque() -> Any:
    return object()


@probe.call
def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@probe.call
def close_all_descriptors() -> None:
    os.closerange(3, 4096)


@probe.call
def environment(name: str) -> str | None:
    return os.environ.get(name)


_hoard = b""


@probe.call
def hoard(size: int) -> int:
    """Keeps so many bytes until the process ends."""
    global _hoard
    _hoard = b"\1" * size
    return len(_hoard)
