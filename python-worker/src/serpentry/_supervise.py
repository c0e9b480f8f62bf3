# SPDX-License-Identifier: Apache-2.0
"""From ``python -m serpentry zygote CONFIG.json`` to the zygote's loop: connect, sweep, preload, report."""

from __future__ import annotations

import gc
import importlib
import os
import platform
import signal
import socket
import sys
from typing import Any

from serpentry import _linux
from serpentry._control import Control
from serpentry._errors import class_name, safe_text, traceback_text
from serpentry._launch import ZygoteConfig, own_command
from serpentry._worker import put_on_path, run_worker
from serpentry._zygote import Zygote

PRELOAD_FAILED = 3
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class PreloadStartedThread(Exception):
    """The process can not fork any more; the text says which preload is to blame."""


def run_zygote(config_path: str, control_fd: int | None = None, reason: str | None = None) -> int:
    """The exit status of the zygote. ``control_fd`` and ``reason`` come with a re-exec into spawn mode."""
    config = ZygoteConfig.from_file(config_path)
    _detach_from_terminal()
    os.chdir(config.working_directory)
    for variable in _ONE_THREAD:
        os.environ.setdefault(variable, "1")
    _linux.adopt_orphans()
    _linux.name_process(f"zygote {config.pool}")
    sock = _connect(config.control) if control_fd is None else socket.socket(fileno=control_fd)
    sock.set_inheritable(False)
    _linux.sweep(config.sweep)
    start = "fork" if config.start == "fork" and reason is None else "spawn"
    if start == "fork":
        status = _preload_or_exec(config, config_path, sock)
        if status is not None:
            return status
    control = Control(sock, config.max_message_size)
    _report_ready(control, config, start, reason)
    plan = Zygote(config, control, start).run()
    if plan is not None:
        run_worker(plan)
    return 0


def _detach_from_terminal() -> None:
    """Ctrl-C and a stop of the whole service reach the server first, which then ends us."""
    try:
        os.setsid()
    except OSError:
        pass
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)


def _connect(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    return sock


def _preload_or_exec(config: ZygoteConfig, config_path: str, sock: socket.socket) -> int | None:
    """None when the zygote may fork workers, else its exit status. A re-exec does not return."""
    _linux.die_on_activity(sock.fileno())
    if _linux.has_hung_up(sock.fileno()):
        return 0
    try:
        preload(config)
    except PreloadStartedThread as error:
        _linux.live_on_activity(sock.fileno())
        sock.set_inheritable(True)
        command = own_command("zygote", config_path, "--control", str(sock.fileno()), "--spawn", str(error))
        os.execv(command[0], command)
    except BaseException as error:
        _linux.live_on_activity(sock.fileno())
        _report_failure(sock, config, error)
        return PRELOAD_FAILED
    _linux.live_on_activity(sock.fileno())
    gc.collect()
    gc.freeze()
    return None


def preload(config: ZygoteConfig) -> None:
    """Import once what every worker needs. Raises what an import raises, and ``PreloadStartedThread``."""
    put_on_path(config.module_path)
    importlib.import_module("asyncio")
    for name in config.preload:
        importlib.import_module(name)
        thread = _linux.other_thread()
        if thread is not None:
            raise PreloadStartedThread(f"preload of {name!r} started a thread ({thread})")


def _report_ready(control: Control, config: ZygoteConfig, start: str, reason: str | None) -> None:
    control.report(
        "ready",
        pid=os.getpid(),
        generation=config.generation,
        nonce=config.nonce,
        python=platform.python_version(),
        executable=sys.executable,
        start=start,
        startReason=reason,
    )


def _report_failure(sock: socket.socket, config: ZygoteConfig, error: BaseException) -> None:
    fields: dict[str, Any] = {
        "type": class_name(type(error)),
        "message": safe_text(error),
        "traceback": traceback_text(error),
    }
    control = Control(sock, config.max_message_size)
    control.report("failed", **fields)
    sock.setblocking(True)
    control.flush()
