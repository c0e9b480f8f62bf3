# SPDX-License-Identifier: Apache-2.0
"""The zygote's loop: it starts, watches, ends and reaps the workers of one pool. One thread only."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from serpentry import _linux
from serpentry._control import Control, ServerGone
from serpentry._ladder import Ladder, Rung, StopOrder
from serpentry._launch import LONGEST_SOCKET_PATH, Child, ZygoteConfig
from serpentry._logs import WorkerLog
from serpentry._wire import Frame, FrameType
from serpentry._worker import WorkerPlan

_TICK_SECONDS = 1.0
_READ_SIZE = 64 * 1024
_DRAIN_LIMIT = 1024 * 1024
_LAST_REAP_SECONDS = 2.0
_LONGEST_LOOK_SECONDS = 60
_SIGNALS = {Rung.INTERRUPT: signal.SIGINT, Rung.ABORT: signal.SIGABRT}


class _Refused(Exception):
    """An order can not be carried out."""


class Zygote:
    """Supervisor of one pool's workers."""

    def __init__(self, config: ZygoteConfig, control: Control, start: str) -> None:
        self._config = config
        self._control = control
        self._start = start
        self._children: dict[str, Child] = {}
        self._started = 0
        self._plan: WorkerPlan | None = None
        self._parent = os.getppid()
        self._selector = selectors.DefaultSelector()
        self._wakeup, self._wakeup_write = socket.socketpair()
        self._orders: dict[str, Callable[[int, dict[str, Any]], None]] = {
            "start": self._order_start,
            "stop": self._order_stop,
            "look": self._order_look,
            "ping": self._order_ping,
        }

    def run(self) -> WorkerPlan | None:
        """Serve until the server is gone; then None. In a forked worker it returns that worker's plan."""
        self._prepare()
        try:
            while self._plan is None:
                self._turn()
        except ServerGone:
            self._end_everything()
        return self._plan

    def _prepare(self) -> None:
        for end in (self._wakeup, self._wakeup_write):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup_write.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._wakeup, selectors.EVENT_READ, self._woken)
        self._selector.register(self._control.sock, selectors.EVENT_READ, self._hear_server)

    def _turn(self) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._control.backlog else 0)
        if self._selector.get_key(self._control.sock).events != events:
            self._selector.modify(self._control.sock, events, self._hear_server)
        for key, _ in self._selector.select(self._patience()):
            key.data()
            if self._plan is not None:
                return
        self._reap()
        self._climb()
        self._send_notices()
        self._control.flush()
        self._check_parent()

    def _patience(self) -> float:
        now = time.monotonic()
        due = [c.ladder.next_at for c in self._children.values() if c.ladder and c.ladder.next_at is not None]
        return max(0.0, min([_TICK_SECONDS, *(at - now for at in due)]))

    def _woken(self) -> None:
        try:
            while self._wakeup.recv(4096):
                pass
        except BlockingIOError:
            pass

    def _check_parent(self) -> None:
        """A copy of the control socket's other end may outlive the server, its pid does not."""
        if self._parent == self._config.server_pid and os.getppid() != self._parent:
            raise ServerGone("the server's process is gone")

    # Orders

    def _hear_server(self) -> None:
        for frame in self._control.orders():
            self._obey(frame)
            if self._plan is not None:
                return

    def _obey(self, frame: Frame) -> None:
        try:
            if frame.type is not FrameType.ORDER:
                raise _Refused(f"the zygote takes orders, not {frame.type.name}")
            fields = json.loads(bytes(frame.body))
            order = self._orders.get(str(fields.get("order"))) if isinstance(fields, dict) else None
            if order is None:
                raise _Refused(f"no such order: {str(fields)[:200]}")
            order(frame.request_id, fields)
        except (_Refused, ValueError, OSError) as error:
            self._control.report("refused", frame.request_id, message=str(error))

    def _order_ping(self, request: int, _: dict[str, Any]) -> None:
        self._control.report("pong", request)

    def _order_start(self, request: int, fields: dict[str, Any]) -> None:
        name, nonce = fields.get("worker"), fields.get("nonce")
        if type(name) is not str or not name or type(nonce) is not str:
            raise _Refused("'start' needs the texts 'worker' and 'nonce'")
        if name in self._children:
            raise _Refused(f"worker {name!r} is alive")
        child = self._new_child(name)
        try:
            child.listen()
            in_parent = self._launch(child, nonce)
        except OSError as error:
            child.discard()
            raise _Refused(f"worker {name!r} can not be started: {error}") from error
        if in_parent:
            self._adopt(child)
            self._control.report("started", request, worker=name, pid=child.pid, socket=child.path)

    def _new_child(self, name: str) -> Child:
        self._started += 1
        path = os.path.join(self._config.directory, f"w{self._started}.sock")
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
            raise _Refused(f"the socket's path {path!r} is longer than {LONGEST_SOCKET_PATH} bytes")
        return Child(name, path, WorkerLog(self._config.log_rate, time.monotonic()))

    def _launch(self, child: Child, nonce: str) -> bool:
        """True in the zygote, False in a forked worker."""
        if self._start == "spawn" or _linux.other_thread() is not None:
            child.spawn(child.plan(self._config, nonce, "spawn"))
            return True
        plan = child.plan(self._config, nonce, "fork")
        if child.fork():
            return True
        self._abandon()
        child.take_over()
        self._plan = plan
        return False

    def _adopt(self, child: Child) -> None:
        child.close_far_ends()
        self._children[child.name] = child
        self._selector.register(child.control, selectors.EVENT_READ, lambda: self._hear_worker(child))
        for stream, fileno in child.outputs.items():
            self._register_output(child, stream, fileno)

    def _register_output(self, child: Child, stream: str, fileno: int) -> None:
        self._selector.register(fileno, selectors.EVENT_READ, lambda: self._read_output(child, stream))

    def _abandon(self) -> None:
        """In a forked worker: close what belongs to the zygote and to the other workers."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._control.sock.close()
        self._wakeup.close()
        self._wakeup_write.close()
        for child in self._children.values():
            child.close()

    def _order_stop(self, request: int, fields: dict[str, Any]) -> None:
        child = self._children.get(str(fields.get("worker")))
        if child is None:
            raise _Refused(f"no worker {fields.get('worker')!r} is alive")
        order = StopOrder.from_fields(fields)
        now = time.monotonic()
        if child.ladder is None:
            child.ladder = Ladder(order, now)
        else:
            child.ladder.join(order, now)
        self._control.report("stopping", request, worker=child.name)

    def _order_look(self, request: int, fields: dict[str, Any]) -> None:
        """The worker answers by itself, as late as it likes."""
        child = self._children.get(str(fields.get("worker")))
        seconds = fields.get("seconds")
        if child is None:
            raise _Refused(f"no worker {fields.get('worker')!r} is alive")
        if (
            type(seconds) is not int and type(seconds) is not float
        ) or not 0 <= seconds <= _LONGEST_LOOK_SECONDS:
            raise _Refused(f"'look' needs 'seconds' from 0 to {_LONGEST_LOOK_SECONDS}")
        child.tell({"look": request, "seconds": seconds})

    # The ladder

    def _climb(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            rung = child.ladder.climb(now) if child.ladder else None
            if child.ladder and rung is not None:
                self._take(child, rung, child.ladder.request)

    def _take(self, child: Child, rung: Rung, request: int) -> None:
        self._control.report("rung", worker=child.name, rung=rung.word)
        if rung is Rung.BYE:
            child.tell({"bye": True})
        elif rung is Rung.CANCEL:
            child.tell({"cancel": request})
        elif rung is Rung.KILL:
            child.kill_group()
        else:
            os.kill(child.pid, _SIGNALS[rung])

    # What workers say

    def _hear_worker(self, child: Child) -> None:
        try:
            data = child.control.recv(2 * _READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(child.control)
            return
        message = json.loads(data)
        if "look" in message:
            self._control.report("looked", message["look"], worker=child.name, text=message["text"])
        else:
            self._control.report("stack", worker=child.name, **message)

    def _read_output(self, child: Child, stream: str) -> bool:
        """One read; False when there is nothing to read now or ever."""
        fileno = child.outputs[stream]
        try:
            data = os.read(fileno, _READ_SIZE)
        except BlockingIOError:
            return False
        if not data:
            self._forget(fileno)
            return False
        self._log(child, stream, child.log.feed(stream, data, time.monotonic()))
        return True

    def _log(self, child: Child, stream: str, lines: bytes) -> None:
        if lines and not self._control.log(child.name, stream, lines):
            child.log.dropped(len(lines))

    def _send_notices(self) -> None:
        for child in self._children.values():
            self._notice(child)

    def _notice(self, child: Child) -> None:
        if not self._control.full and child.log.notice_due(time.monotonic()):
            self._log(child, "stderr", child.log.notice())

    def _forget(self, fileobj: Any) -> None:
        try:
            self._selector.unregister(fileobj)
        except KeyError:
            pass

    # Death

    def _reap(self) -> None:
        by_pid = {child.pid: child for child in self._children.values()}
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            child = by_pid.get(found.si_pid)
            if child is not None:
                child.kill_group()
            _, status = os.waitpid(found.si_pid, 0)
            if child is not None:
                self._bury(child, os.waitstatus_to_exitcode(status))

    def _bury(self, child: Child, code: int) -> None:
        now = time.monotonic()
        self._drain(child)
        for stream, fileno in child.outputs.items():
            self._log(child, stream, child.log.finish(stream, now))
            self._forget(fileno)
        notice = child.log.notice()
        if notice:
            self._control.last_log(child.name, "stderr", notice)
        self._forget(child.control)
        number = -code if code < 0 else None
        self._control.report(
            "exited",
            worker=child.name,
            pid=child.pid,
            exitCode=code if number is None else None,
            signal=number,
            signalName=_signal_name(number),
            stderr=child.log.stderr_tail.decode("utf-8", "replace"),
            dump=child.dump(),
        )
        del self._children[child.name]
        child.close()
        child.remove_socket()

    def _drain(self, child: Child) -> None:
        """What the worker wrote before it died, its last stack report included."""
        if child.control in self._selector.get_map():
            self._hear_worker(child)
        for stream in child.outputs:
            for _ in range(_DRAIN_LIMIT // _READ_SIZE):
                if not self._read_output(child, stream):
                    break

    def _end_everything(self) -> None:
        """The server is gone: no worker, no descendant and no file of ours may stay."""
        for child in self._children.values():
            child.kill_group()
        _linux.sweep([self._config.nonce])
        deadline = time.monotonic() + _LAST_REAP_SECONDS
        while _reap_one() and time.monotonic() < deadline:
            pass
        shutil.rmtree(self._config.directory, ignore_errors=True)


def _reap_one() -> bool:
    """Wait a little for any child; False when there are none."""
    try:
        pid, _ = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    if pid == 0:
        time.sleep(0.002)
    return True


def _signal_name(number: int | None) -> str | None:
    if number is None:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
