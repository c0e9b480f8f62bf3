# SPDX-License-Identifier: Apache-2.0
"""A blocking connection that carries frames."""

from __future__ import annotations

import socket

from serpentry._wire import Buffer, Frame, FrameDecoder, encode

_MOST_BUFFERS = 512


class Channel:
    """One connection to the server, used by one thread."""

    def __init__(self, sock: socket.socket, max_message_size: int) -> None:
        self.sock = sock
        self._decoder = FrameDecoder(max_message_size)

    @property
    def in_frame(self) -> bool:
        """Whether a part of the next frame is here already."""
        return self._decoder.in_frame

    def receive(self) -> Frame | None:
        """Wait for the next frame; None at the end of the stream.

        Raises ``WireError`` when the peer broke the protocol, ``ConnectionError`` when the stream ended
        inside a frame.
        """
        decoder = self._decoder
        while True:
            frame = decoder.next_frame()
            if frame is not None:
                return frame
            count = self.sock.recv_into(decoder.writable())
            if count == 0:
                if decoder.in_frame:
                    raise ConnectionError("the connection ended inside a frame")
                return None
            decoder.received(count)

    def send(self, frame: Frame) -> None:
        """Write the whole frame; ``OSError`` when the peer is gone."""
        buffers = encode(frame)
        if len(buffers) == 1:
            self.sock.sendall(buffers[0])
        else:
            _send_gathered(self.sock, buffers)


def _send_gathered(sock: socket.socket, buffers: list[Buffer]) -> None:
    while buffers:
        sent = sock.sendmsg(buffers[:_MOST_BUFFERS])
        skip_sent(buffers, sent)


def skip_sent(buffers: list[Buffer], sent: int) -> None:
    """Remove the first ``sent`` bytes from ``buffers``."""
    whole = 0
    while whole < len(buffers) and sent >= len(buffers[whole]):
        sent -= len(buffers[whole])
        whole += 1
    del buffers[:whole]
    if sent:
        buffers[0] = memoryview(buffers[0])[sent:]
