# SPDX-License-Identifier: Apache-2.0
"""Starting worker processes, by fork or by exec, and the zygote's end of each."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
from typing import Any

from serpentry._ladder import Ladder
from serpentry._logs import WorkerLog
from serpentry._worker import WorkerPlan

LONGEST_SOCKET_PATH = 104
DUMP_LIMIT = 32 * 1024
_BACKLOG = 64


@dataclasses.dataclass(frozen=True)
class ZygoteConfig:
    """What the server wrote into CONFIG.json."""

    pool: str
    generation: int
    nonce: str
    control: str
    directory: str
    working_directory: str
    module_path: list[str]
    modules: list[str]
    preload: list[str]
    start: str
    threads: int
    max_message_size: int
    server_pid: int
    log_rate: float
    sweep: list[str]

    @staticmethod
    def from_file(path: str) -> ZygoteConfig:
        """Raises ``OSError``, ``ValueError`` or ``KeyError``."""
        with open(path, encoding="utf-8") as file:
            fields: dict[str, Any] = json.load(file)
        if fields["protocol"] != 1:
            raise ValueError(f"this zygote speaks protocol 1, the server {fields['protocol']}")
        base = fields.get("workingDirectory") or os.getcwd()
        return ZygoteConfig(
            pool=fields["pool"],
            generation=fields["generation"],
            nonce=fields["nonce"],
            control=fields["control"],
            directory=fields["directory"],
            working_directory=base,
            module_path=[os.path.join(base, entry) for entry in fields.get("modulePath") or []],
            modules=fields.get("modules") or [],
            preload=fields.get("preload") or [],
            start=fields.get("start") or "fork",
            threads=fields.get("threadsPerWorker") or 1,
            max_message_size=fields["maxMessageSize"],
            server_pid=fields.get("serverPid") or 0,
            log_rate=fields.get("logBytesPerSecond") or 1024 * 1024,
            sweep=fields.get("sweep") or [],
        )


class Child:
    """A living worker as the zygote sees it. Owns its end of each descriptor."""

    def __init__(self, name: str, path: str, log: WorkerLog) -> None:
        self.name = name
        self.path = path
        self.log = log
        self.pid = 0
        self.ladder: Ladder | None = None
        self._dump = os.memfd_create(f"serpentry-dump-{name}")
        self.control, self._far_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.setblocking(False)
        self.outputs: dict[str, int] = {}
        self._far_outputs: dict[str, int] = {}
        for stream in ("stdout", "stderr"):
            self.outputs[stream], self._far_outputs[stream] = os.pipe()
            os.set_blocking(self.outputs[stream], False)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def listen(self) -> None:
        self._listener.bind(self.path)
        self._listener.listen(_BACKLOG)

    def plan(self, config: ZygoteConfig, nonce: str, start: str) -> WorkerPlan:
        return WorkerPlan(
            worker=self.name,
            nonce=nonce,
            generation=config.generation,
            start=start,
            zygote_pid=os.getpid(),
            listener=self._listener.fileno(),
            control=self._far_control.fileno(),
            dump=self._dump,
            module_path=config.module_path,
            modules=config.modules,
            threads=config.threads,
            max_message_size=config.max_message_size,
        )

    def fork(self) -> bool:
        """True in the parent, False in the new worker. Raises ``OSError``."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            return False
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass
        self.pid = pid
        return True

    def take_over(self) -> None:
        """In the new worker: its standard streams in place, the zygote's ends closed."""
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(self._far_outputs["stdout"], 1)
        os.dup2(self._far_outputs["stderr"], 2)
        for fileno in (*self._far_outputs.values(), *self.outputs.values()):
            os.close(fileno)
        self.control.close()
        self._listener.detach()
        self._far_control.detach()

    def spawn(self, plan: WorkerPlan) -> None:
        """Start the worker by exec. Raises ``OSError``."""
        process = subprocess.Popen(
            own_command("worker", plan.to_json()),
            stdin=subprocess.DEVNULL,
            stdout=self._far_outputs["stdout"],
            stderr=self._far_outputs["stderr"],
            pass_fds=(plan.listener, plan.control, plan.dump),
            start_new_session=True,
        )
        self.pid = process.pid
        process.returncode = 0  # the zygote reaps by itself, Popen must not warn about it

    def close_far_ends(self) -> None:
        """After the start: what only the worker holds from now on."""
        for fileno in self._far_outputs.values():
            os.close(fileno)
        self._far_control.close()
        self._listener.close()

    def close(self) -> None:
        for fileno in self.outputs.values():
            os.close(fileno)
        os.close(self._dump)
        self.control.close()

    def discard(self) -> None:
        """Undo a start that failed."""
        self.close_far_ends()
        self.close()
        self.remove_socket()

    def remove_socket(self) -> None:
        try:
            os.unlink(self.path)
        except OSError:
            pass

    def tell(self, message: dict[str, Any]) -> None:
        """A message for the worker's watchdog; lost when the worker does not read, as a later rung helps."""
        try:
            self.control.send(json.dumps(message).encode())
        except OSError:
            pass

    def kill_group(self) -> None:
        for kill in (os.killpg, os.kill):
            try:
                kill(self.pid, signal.SIGKILL)
            except OSError:
                pass

    def dump(self) -> str:
        """What faulthandler wrote."""
        return os.pread(self._dump, DUMP_LIMIT, 0).decode("utf-8", "replace")


def own_command(*arguments: str) -> list[str]:
    """The command line that starts this package again, with the interpreter's own options."""
    options = sys.orig_argv[1:]
    options = options[: options.index("-m")] if "-m" in options else []
    return [sys.executable, *options, "-m", "serpentry", *arguments]
