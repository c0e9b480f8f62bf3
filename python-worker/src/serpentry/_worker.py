# SPDX-License-Identifier: Apache-2.0
"""A worker process from its first instruction to its exit.

Exit status: 0 after BYE or the end of its channels, 3 when it could not start, 4 when the server broke the
protocol.
"""

from __future__ import annotations

import atexit
import dataclasses
import faulthandler
import importlib
import json
import os
import pkgutil
import platform
import resource
import select
import signal
import socket
import sys
import threading
import traceback
from io import TextIOWrapper
from typing import Any, NoReturn

from serpentry import _json, _linux
from serpentry._cache import ContentCache
from serpentry._calls import REGISTRY, Catalogue
from serpentry._channel import Channel
from serpentry._errors import WORKER_START_FAILED, raised
from serpentry._running import Running
from serpentry._serving import Server, error_frame
from serpentry._warming import warm_function
from serpentry._watchdog import Watchdog, kill_own_group
from serpentry._wire import VERSION, Frame, FrameType, WireError

START_FAILED = 3
PROTOCOL_BROKEN = 4
_EXIT_SECONDS = 5.0
_OUR_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_RESET_SIGNALS = (signal.SIGCHLD, signal.SIGIO, signal.SIGHUP)


@dataclasses.dataclass(frozen=True)
class WorkerPlan:
    """What the zygote tells a worker; descriptors are open in the worker under these numbers."""

    worker: str
    nonce: str
    generation: int
    start: str
    zygote_pid: int
    listener: int
    control: int
    dump: int
    module_path: list[str]
    modules: list[str]
    threads: int
    max_message_size: int

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text: str) -> WorkerPlan:
        return WorkerPlan(**json.loads(text))


def run_worker(plan: WorkerPlan) -> NoReturn:
    """Be the worker until the end of the process."""
    _become_worker(plan)
    worker = _Worker(plan)
    worker.start_watchdog()
    try:
        cache = ContentCache.from_environment(os.environ)
        catalogue = load_catalogue(plan.module_path, plan.modules)
        catalogue.add_own(warm_function(cache))
    except BaseException as error:
        worker.report_failure(error)
        leave(START_FAILED)
    try:
        worker.serve(catalogue, cache)
    except WireError as error:
        print(f"serpentry: the server broke the protocol ({error.reason}): {error}", file=sys.stderr)
        leave(PROTOCOL_BROKEN)
    except OSError:
        pass
    leave(0)


def load_catalogue(module_path: list[str], modules: list[str]) -> Catalogue:
    """Import the modules with ``module_path`` first on ``sys.path`` and compile what they registered."""
    put_on_path(module_path)
    importlib.invalidate_caches()
    for name in modules or discover(module_path):
        importlib.import_module(name)
    return Catalogue(REGISTRY.values())


def put_on_path(module_path: list[str]) -> None:
    """``module_path`` first and in its order; nothing happens where it is there already."""
    if sys.path[: len(module_path)] != module_path:
        sys.path[:0] = module_path


def discover(module_path: list[str]) -> list[str]:
    """Modules and packages at the top of the path, except names that begin with ``_`` or ``test``."""
    names = {found.name for found in pkgutil.iter_modules(module_path)}
    return sorted(name for name in names if not name.startswith(("_", "test")))


def leave(code: int) -> NoReturn:
    """End the process: exit hooks get some seconds, threads that still run are not waited for."""
    threading.Thread(target=_exit_late, args=(code,), name="serpentry-exit", daemon=True).start()
    atexit._run_exitfuncs()
    _flush()
    os._exit(code)


def _exit_late(code: int) -> None:
    threading.Event().wait(_EXIT_SECONDS)
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass


def _become_worker(plan: WorkerPlan) -> None:
    """Undo what a fork inherits, and make sure that the zygote's death is ours."""
    signal.set_wakeup_fd(-1)
    for number in _RESET_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if not _linux.die_with_parent(plan.zygote_pid):
        kill_own_group()
    if os.getpgrp() != os.getpid():
        os.setsid()
    _linux.name_process(plan.worker)
    _linux.keep_freed_memory()
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    faulthandler.enable(file=plan.dump, all_threads=True)
    sys.stdout = _line_stream(1)
    sys.stderr = _line_stream(2)
    _reseed()


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _OUR_SIGNALS)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OUR_SIGNALS)


def _line_stream(fileno: int) -> TextIOWrapper:
    """A new stream, as the inherited one remembers what the zygote's descriptor was (a file, a terminal)."""
    return open(fileno, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _reseed() -> None:
    """Forked workers must not draw the same numbers; Python's own generator is reseeded by ``os.fork``."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


class _Worker:
    """The channels of one worker process."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan
        self._running = Running(plan.threads)
        self._listener = socket.socket(fileno=plan.listener)
        control = socket.socket(fileno=plan.control)
        for fileno in (plan.listener, plan.control, plan.dump):
            os.set_inheritable(fileno, False)
        self._watchdog = Watchdog(control, self._running, leave, alone=plan.threads == 1)
        self._accepted = 0

    def start_watchdog(self) -> None:
        signal.signal(signal.SIGINT, self._on_interrupt)
        signal.signal(signal.SIGTERM, self._on_terminate)
        os.register_at_fork(
            before=_hold_signals, after_in_parent=_release_signals, after_in_child=self._on_forked
        )
        self._watchdog.start()

    def _on_forked(self) -> None:
        """In a process that a function forked, say by ``multiprocessing``: signals are its own business.

        They are held during the fork: one that came before this would find our handler and be lost.
        """
        self._running.note_fork()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _release_signals()

    def _on_interrupt(self, *_: Any) -> None:
        if self._running.interrupt_all():
            raise KeyboardInterrupt("the call was interrupted")
        self._on_terminate()

    def _on_terminate(self, *_: Any) -> None:
        """Finish what runs and leave, as BYE would have it."""
        if self._running.leave_when_idle():
            leave(0)

    def report_failure(self, error: BaseException) -> None:
        """Tell the server, which waits for HELLO, why there will be none."""
        traceback.print_exception(type(error), error, error.__traceback__)
        _flush()
        try:
            channel = self._accept()
            channel.send(error_frame(0, raised(error, WORKER_START_FAILED)))
        except OSError:
            pass

    def serve(self, catalogue: Catalogue, cache: ContentCache) -> None:
        """Serve until there is no channel left. ``WireError`` when the server broke the protocol."""
        server = Server(catalogue, cache, self._running, self._plan.max_message_size)
        if self._plan.threads == 1:
            channel = self._accept()
            self._listener.close()
            self._serve_channel(server, catalogue, channel, True)
            return
        while True:
            channel = self._accept()
            name = f"serpentry-channel-{self._accepted}"
            arguments = (server, catalogue, channel, self._accepted == 1)
            threading.Thread(target=self._serve_thread, args=arguments, name=name, daemon=True).start()

    def _accept(self) -> Channel:
        sock, _ = self._listener.accept()
        self._accepted += 1
        return Channel(sock, self._plan.max_message_size)

    def _serve_thread(self, server: Server, catalogue: Catalogue, channel: Channel, first: bool) -> None:
        try:
            self._serve_channel(server, catalogue, channel, first)
        except WireError as error:
            print(f"serpentry: the server broke the protocol ({error.reason}): {error}", file=sys.stderr)
        except OSError:
            pass
        last = self._running.empty() and not self._connection_waits()
        if (last or self._running.leaving) and self._running.leave_when_idle():
            leave(0)

    def _serve_channel(self, server: Server, catalogue: Catalogue, channel: Channel, first: bool) -> None:
        slot = self._running.open(channel.sock.fileno())
        try:
            self._greet(channel, catalogue if first else None)
            self._watchdog.watch(channel.sock)
            server.serve(channel, slot)
        finally:
            self._watchdog.forget(channel.sock)
            self._running.close(slot)
            channel.sock.close()

    def _connection_waits(self) -> bool:
        return bool(select.select([self._listener], [], [], 0)[0])

    def _greet(self, channel: Channel, catalogue: Catalogue | None) -> None:
        plan = self._plan
        hello = {
            "protocol": VERSION,
            "worker": plan.worker,
            "pid": os.getpid(),
            "generation": plan.generation,
            "nonce": plan.nonce,
            "start": plan.start,
            "python": platform.python_version(),
            "functions": catalogue.entries() if catalogue else [],
        }
        channel.send(Frame(FrameType.HELLO, 0, _json.dumps(hello)))
        welcome = channel.receive()
        if welcome is None:
            raise ConnectionError("the server closed the channel instead of WELCOME")
        if welcome.type is not FrameType.WELCOME or _json.loads(welcome.body).get("protocol") != VERSION:
            raise WireError("version", f"expected WELCOME of protocol {VERSION}, got {welcome!r}")
