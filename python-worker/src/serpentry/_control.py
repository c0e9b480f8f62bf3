# SPDX-License-Identifier: Apache-2.0
"""The zygote's connection to the server: never blocks, never loses a report."""

from __future__ import annotations

import json
import socket
from typing import Any

from serpentry._channel import skip_sent
from serpentry._wire import Buffer, Frame, FrameDecoder, FrameType, WireError, encode

LOG_BACKLOG = 1024 * 1024
_MOST_BUFFERS = 64


class ServerGone(Exception):
    """The control socket ended, or nothing on it can be trusted any more."""


class Control:
    """Orders come in, reports and logs go out."""

    def __init__(self, sock: socket.socket, max_message_size: int) -> None:
        sock.setblocking(False)
        self.sock = sock
        self._decoder = FrameDecoder(max_message_size)
        self._waiting: list[Buffer] = []
        self._waiting_bytes = 0

    @property
    def backlog(self) -> int:
        """Bytes that wait for the server to read."""
        return self._waiting_bytes

    @property
    def full(self) -> bool:
        """Whether so much waits that lines are dropped."""
        return self._waiting_bytes > LOG_BACKLOG

    def report(self, report: str, request_id: int = 0, **fields: Any) -> None:
        body = json.dumps({"report": report, **fields}).encode("ascii")
        self._put(Frame(FrameType.REPORT, request_id, body))

    def log(self, worker: str, stream: str, lines: bytes) -> bool:
        """False when the lines were dropped, because the server does not read."""
        if self.full:
            return False
        self.last_log(worker, stream, lines)
        return True

    def last_log(self, worker: str, stream: str, lines: bytes) -> None:
        """A few lines that are kept for the server as a report is, however long it does not read."""
        body = json.dumps({"worker": worker, "stream": stream}).encode("ascii")
        self._put(Frame(FrameType.LOG, 0, body, [lines]))

    def orders(self) -> list[Frame]:
        """The orders that have arrived. Raises ``ServerGone``."""
        try:
            count = self.sock.recv_into(self._decoder.writable())
        except (BlockingIOError, InterruptedError):
            return []
        except OSError as error:
            raise ServerGone(str(error)) from None
        if count == 0:
            raise ServerGone("end of file")
        try:
            self._decoder.received(count)
            return list(iter(self._decoder.next_frame, None))
        except WireError as error:
            raise ServerGone(f"the server broke the protocol: {error}") from None

    def flush(self) -> None:
        """Send what the socket takes. Raises ``ServerGone``."""
        while self._waiting:
            try:
                sent = self.sock.sendmsg(self._waiting[:_MOST_BUFFERS])
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                raise ServerGone(str(error)) from None
            self._waiting_bytes -= sent
            skip_sent(self._waiting, sent)

    def _put(self, frame: Frame) -> None:
        buffers = encode(frame)
        self._waiting += buffers
        self._waiting_bytes += sum(map(len, buffers))
