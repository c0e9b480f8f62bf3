# SPDX-License-Identifier: Apache-2.0
"""Plays the server: starts a real zygote, gives orders, opens channels, calls functions."""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from serpentry._channel import Channel
from serpentry._wire import REFERENCES, Buffer, Frame, FrameType

SOURCE = Path(__file__).parent.parent / "src"
DEADLINE = 20.0
LADDER = ["bye", "cancel", "interrupt", "abort", "kill"]


class Timeout(AssertionError):
    """Something that a test waits for did not happen in time."""


class Peer:
    """A connection seen from the server; reads never wait longer than the deadline."""

    def __init__(self, sock: socket.socket, limit: int = 1 << 28) -> None:
        self.sock = sock
        sock.settimeout(DEADLINE)
        self._channel = Channel(sock, limit)
        self._requests = 0

    def receive(self) -> Frame | None:
        try:
            return self._channel.receive()
        except TimeoutError as error:
            raise Timeout("no frame came") from error
        except ConnectionResetError:
            return None

    def frame(self) -> Frame:
        frame = self.receive()
        assert frame is not None, "the connection ended"
        return frame

    def send(self, frame: Frame) -> None:
        self._channel.send(frame)

    def next_request(self) -> int:
        self._requests += 1
        return self._requests

    def close(self) -> None:
        self.sock.close()


class Connection(Peer):
    """One channel to one worker."""

    hello: dict[str, Any]

    def greet(self) -> Connection:
        frame = self.frame()
        assert frame.type is FrameType.HELLO, frame_json(frame)
        self.hello = frame_json(frame)
        self.send(Frame(FrameType.WELCOME, 0, b'{"protocol":1}'))
        return self

    def begin(
        self, function: str, arguments: dict[str, Any] | None = None, attachments: Sequence[Buffer] = ()
    ) -> int:
        request = self.next_request()
        body = {"function": function, "arguments": arguments or {}, "timeoutMillis": 0}
        flags = REFERENCES if attachments else 0
        self.send(Frame(FrameType.CALL, request, json.dumps(body).encode(), attachments, flags))
        return request

    def answer(self, request: int) -> Frame:
        frame = self.frame()
        assert frame.request_id == request
        return frame

    def call(self, function: str, **arguments: Any) -> Any:
        """The result; fails on an ERROR."""
        frame = self.answer(self.begin(function, arguments))
        assert frame.type is FrameType.RESULT, frame_json(frame)
        return frame_json(frame)

    def error(self, function: str, **arguments: Any) -> dict[str, Any]:
        frame = self.answer(self.begin(function, arguments))
        assert frame.type is FrameType.ERROR, frame
        return dict(frame_json(frame))


def frame_json(frame: Frame) -> Any:
    return json.loads(bytes(frame.body)) if frame.body else None


class Pool:
    """A zygote and what it reports. Used with ``with``; kills everything at the end."""

    def __init__(self, modules_dir: Path, **config: Any) -> None:
        self.modules_dir = modules_dir
        self.home = Path(tempfile.mkdtemp(prefix="sp-"))
        self.nonce = secrets.token_hex(16)
        self.logs: list[tuple[str, str, bytes]] = []
        self.held: list[dict[str, Any]] = []
        self._environment = config.pop("environment", {})
        self._wait_ready = config.pop("wait_ready", True)
        self.config = self._configuration(config)

    def _configuration(self, extra: dict[str, Any]) -> dict[str, Any]:
        return {
            "protocol": 1,
            "pool": "default",
            "generation": 1,
            "nonce": self.nonce,
            "control": str(self.home / "control.sock"),
            "directory": str(self.home / "p1"),
            "workingDirectory": str(self.home),
            "modulePath": [str(self.modules_dir)],
            "modules": ["functions"],
            "preload": [],
            "start": "fork",
            "threadsPerWorker": 1,
            "maxMessageSize": 1 << 27,
            "serverPid": os.getpid(),
            "logBytesPerSecond": 1 << 20,
            "sweep": [],
            **extra,
        }

    def __enter__(self) -> Pool:
        os.mkdir(self.config["directory"], 0o700)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.config["control"])
        listener.listen()
        listener.settimeout(DEADLINE)
        path = self.home / "config.json"
        path.write_text(json.dumps(self.config))
        environment = {**os.environ, "SERPENTRY_ZYGOTE": self.nonce, "PYTHONPATH": str(SOURCE)}
        environment.update(self._environment)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "serpentry", "zygote", str(path)],
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        sock, _ = listener.accept()
        listener.close()
        self.control = Peer(sock)
        if self._wait_ready:
            self.ready = self.report("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self.control.close()
        try:
            self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            shutil.rmtree(self.home, ignore_errors=True)

    def order(self, order: str, **fields: Any) -> int:
        request = self.control.next_request()
        body = json.dumps({"order": order, **fields}).encode()
        self.control.send(Frame(FrameType.ORDER, request, body))
        return request

    def report(self, name: str, **expected: Any) -> dict[str, Any]:
        """The next report of this kind, also if it came before; others are kept for later."""
        wanted = {"report": name, **expected}
        for held in self.held:
            if all(held.get(key) == value for key, value in wanted.items()):
                self.held.remove(held)
                return held
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            report = self.next_report()
            if report is None:
                continue
            if all(report.get(key) == value for key, value in wanted.items()):
                return report
            self.held.append(report)
        raise Timeout(f"no report {wanted}, but {self.held}")

    def next_report(self) -> dict[str, Any] | None:
        """The next report; None when the frame was output of a worker, which goes to ``logs``."""
        frame = self.control.frame()
        fields = frame_json(frame)
        if frame.type is FrameType.LOG:
            self.logs.append((fields["worker"], fields["stream"], bytes(frame.attachments[0])))
            return None
        assert frame.type is FrameType.REPORT
        return {**fields, "request_id": frame.request_id}

    def started(self, worker: str = "w-1") -> dict[str, Any]:
        request = self.order("start", worker=worker, nonce="n-" + worker)
        return self.report("started", request_id=request)

    def connect(self, socket_path: str) -> Connection:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(socket_path)
        return Connection(sock)

    def worker(self, worker: str = "w-1") -> Connection:
        """A live worker's channel."""
        return self.connect(self.started(worker)["socket"]).greet()

    def stop(
        self, ladder: list[str], *, worker: str = "w-1", request: int = 0, cancel: int = 300, kill: int = 300
    ) -> None:
        order = self.order(
            "stop",
            worker=worker,
            request=request,
            ladder=ladder,
            cancelGraceMillis=cancel,
            killGraceMillis=kill,
        )
        self.report("stopping", request_id=order)

    def rungs(self) -> list[str]:
        """The rungs that were reported so far."""
        return [held["rung"] for held in self.held if held["report"] == "rung"]

    def output(self, stream: str = "stdout") -> bytes:
        return b"".join(text for _, name, text in self.logs if name == stream)

    def wait_for_output(self, text: bytes, stream: str = "stdout") -> None:
        until = time.monotonic() + DEADLINE
        while text not in self.output(stream):
            assert time.monotonic() < until, self.logs[-5:]
            report = self.next_report()
            if report is not None:
                self.held.append(report)


def until(condition: Callable[[], bool], what: str, deadline: float = DEADLINE) -> None:
    """Wait for something that sends no event, as the death of a process that is not our child."""
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            raise Timeout(what)
        select.select([], [], [], 0.005)


def process_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return process_fields(pid)[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until_asleep(pid: int) -> None:
    """Wait until the main thread is inside of a system call that blocks."""
    until(lambda: process_fields(pid)[0] == "S", f"{pid} does not sleep")


def until_busy(pid: int) -> None:
    """Wait until the process has used some more processor time."""
    begin = int(process_fields(pid)[11])
    until(lambda: int(process_fields(pid)[11]) > begin + 5, f"{pid} is not busy")


def until_dead(*pids: int, deadline: float = DEADLINE) -> None:
    until(lambda: not any(map(alive, pids)), f"one of {pids} is still alive", deadline)
