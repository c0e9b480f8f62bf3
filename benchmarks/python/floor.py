# SPDX-License-Identifier: Apache-2.0
"""The Python side of the floors: echoes without a protocol, or with nothing of it but a header.

``floor.py SOCKET`` listens there, prints ``ready`` and serves each connection in a process of its own, until
its standard input ends. A connection begins with one byte for the mode and eight for the payload's size.
"""

import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable

OPENING = struct.Struct(">BQ")
HEADER = struct.Struct(">QQQ")
"""24 bytes, as the product's header; only the last number, the payload's length, is read."""

GREEDY = 64 * 1024
JOINED = 16 * 1024


def bare(sock: socket.socket, size: int) -> None:
    """Both sides know the size; one buffer is used again and again."""
    view = memoryview(bytearray(size))
    while True:
        got = sock.recv_into(view)
        if not got:
            return
        while got < size:
            got += sock.recv_into(view[got:])
        sock.sendall(view)


def framed(sock: socket.socket, size: int) -> None:
    """A greedy read into a kept buffer, an exact one for the rest of a large payload into another."""
    kept = bytearray(size)
    serve_frames(sock, lambda _: kept)


def owned(sock: socket.socket, size: int) -> None:
    """As framed, but each large payload gets memory of its own."""
    serve_frames(sock, bytearray)


def serve_frames(sock: socket.socket, memory: Callable[[int], bytearray]) -> None:
    view = memoryview(bytearray(GREEDY))
    while True:
        end = sock.recv_into(view)
        if not end:
            return
        while end < HEADER.size:
            end += sock.recv_into(view[end:])
        kind, request, length = HEADER.unpack_from(view)
        total = HEADER.size + length
        if total <= GREEDY:
            while end < total:
                end += sock.recv_into(view[end:])
            payload = view[HEADER.size : total]
        else:
            payload = memoryview(memory(length))
            got = end - HEADER.size
            payload[:got] = view[HEADER.size : end]
            while got < length:
                got += sock.recv_into(payload[got:])
        answer(sock, HEADER.pack(kind, request, length), payload)


def answer(sock: socket.socket, header: bytes, payload: memoryview) -> None:
    if len(payload) <= JOINED:
        sock.sendall(header + payload)
        return
    sent = sock.sendmsg([header, payload])
    sock.sendall(payload[sent - len(header) :])


MODES = {0: bare, 1: framed, 2: owned}


def serve(sock: socket.socket) -> None:
    mode, size = OPENING.unpack(sock.recv(OPENING.size, socket.MSG_WAITALL))
    MODES[mode](sock, size)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("ready", flush=True)
        while select.select([listener, sys.stdin], [], [])[0] == [listener]:
            sock, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                serve(sock)
                os._exit(0)
            sock.close()


if __name__ == "__main__":
    main()
