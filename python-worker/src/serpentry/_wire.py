# SPDX-License-Identifier: Apache-2.0
"""The wire protocol without any I/O: bytes in, frames out, and back.

::

   0      2     3      4       6             8                16            20                 24
   +------+-----+------+-------+-------------+----------------+-------------+------------------+
   | "SP" | ver | type | flags | attachments | request id u64 | body length | attachment bytes |   big endian
   +------+-----+------+-------+-------------+----------------+-------------+------------------+
   | body (JSON, UTF-8) | attachment lengths (u32 each) | attachments (raw bytes)              |
   +--------------------+-------------------------------+--------------------------------------+

A frame that fits the decoder's buffer is cut out of it; a larger one is received straight into one
``bytearray`` for the body and one for each attachment, without a copy.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import TypeAlias

MAGIC = b"SP"
VERSION = 1
REFERENCES = 1
"""Flag: the body holds references to attachments."""
CONTEXT = 2
"""Flag: the first attachments are a context block (``_context``)."""
TRANSACTION = 4
"""Flag of CALL: the call belongs to a transaction."""
HOOKS = 8
"""Flag of RESULT and ERROR: the worker holds hooks of the transaction."""

HEADER_SIZE = 24
MAX_ATTACHMENTS = 0xFFFF

_HEADER = struct.Struct(">2sBBHHQII")
_LENGTH = struct.Struct(">I")
_KNOWN_FLAGS = REFERENCES | CONTEXT | TRANSACTION | HOOKS
_BUFFER_SIZE = 64 * 1024
_JOIN_LIMIT = 16 * 1024

Buffer: TypeAlias = bytes | bytearray | memoryview


class FrameType(IntEnum):
    """What a frame is; the numbers are the protocol's."""

    HELLO = 1
    WELCOME = 2
    CALL = 3
    RESULT = 4
    ERROR = 5
    ITEM = 6
    CREDIT = 7
    HOST_CALL = 8
    HOST_RESULT = 9
    PREPARE = 10
    VOTE = 11
    COMPLETED = 12
    CACHE = 13
    PING = 14
    PONG = 15
    BYE = 16
    ORDER = 32
    REPORT = 33
    LOG = 34


_TYPES: dict[int, FrameType] = {int(t): t for t in FrameType}


class WireError(Exception):
    """The peer broke the protocol; the connection can only be closed.

    ``reason`` is one of ``magic``, ``version``, ``type``, ``flags``, ``size``, ``attachments``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Frame:
    """One message. ``body`` is JSON text or empty; attachments are raw bytes."""

    __slots__ = ("attachments", "body", "flags", "request_id", "type")

    def __init__(
        self,
        type: FrameType,  # noqa: A002 - the protocol's own word
        request_id: int = 0,
        body: Buffer = b"",
        attachments: Sequence[Buffer] = (),
        flags: int = 0,
    ) -> None:
        self.type = type
        self.request_id = request_id
        self.body = body
        self.attachments = attachments
        self.flags = flags

    def __repr__(self) -> str:
        return (
            f"Frame({self.type.name}, request_id={self.request_id}, flags={self.flags}, "
            f"body={len(self.body)} bytes, attachments={[len(a) for a in self.attachments]})"
        )


def frame_size(body: Buffer, attachments: Sequence[Buffer]) -> int:
    """The size that both sides compare with ``maxMessageSize``."""
    size = HEADER_SIZE + len(body)
    for attachment in attachments:
        size += 4 + len(attachment)
    return size


def encode(frame: Frame) -> list[Buffer]:
    """The frame as buffers for one gathered write; small ones are a single buffer.

    Attachments must be flat byte buffers (``len`` is their size in bytes).
    """
    body = frame.body
    attachments = frame.attachments
    if not attachments:
        header = _HEADER.pack(MAGIC, VERSION, frame.type, frame.flags, 0, frame.request_id, len(body), 0)
        return [header + body] if len(body) <= _JOIN_LIMIT else [header, body]
    lengths = [len(a) for a in attachments]
    total = sum(lengths)
    header = _HEADER.pack(
        MAGIC, VERSION, frame.type, frame.flags, len(lengths), frame.request_id, len(body), total
    )
    table = _LENGTH.pack(total) if len(lengths) == 1 else struct.pack(f">{len(lengths)}I", *lengths)
    if len(body) + total <= _JOIN_LIMIT:
        return [b"".join((header, body, table, *attachments))]
    head: list[Buffer] = [header + body + table] if len(body) <= _JOIN_LIMIT else [header, body, table]
    return head + [a for a in attachments if len(a)]


class _Header:
    """A header that was looked at and found good."""

    __slots__ = ("attachment_bytes", "attachments", "body", "flags", "request_id", "rest", "type")

    def __init__(self, fields: tuple[bytes, int, int, int, int, int, int, int], limit: int) -> None:
        magic, version, kind, flags, self.attachments, self.request_id, body, attachment_bytes = fields
        if magic != MAGIC:
            raise WireError("magic", f"expected a frame that starts with {MAGIC!r}, got {magic!r}")
        if version != VERSION:
            raise WireError("version", f"expected protocol version {VERSION}, got {version}")
        if kind not in _TYPES:
            raise WireError("type", f"no frame has the type {kind}")
        if flags & ~_KNOWN_FLAGS:
            raise WireError("flags", f"unknown flags 0x{flags:04x}")
        rest = body + 4 * self.attachments + attachment_bytes
        """How many bytes of the frame follow the header."""
        if HEADER_SIZE + rest > limit:
            raise WireError("size", f"a frame of {body} + {attachment_bytes} bytes is over the limit {limit}")
        if attachment_bytes and not self.attachments:
            raise WireError("attachments", f"{attachment_bytes} attachment bytes without attachments")
        self.type = _TYPES[kind]
        self.flags = flags
        self.body = body
        self.attachment_bytes = attachment_bytes
        self.rest = rest

    def lengths(self, table: Buffer) -> tuple[int, ...]:
        lengths: tuple[int, ...]
        if self.attachments == 1:
            lengths = _LENGTH.unpack(table)
        else:
            lengths = struct.unpack(f">{self.attachments}I", table)
        if sum(lengths) != self.attachment_bytes:
            raise WireError(
                "attachments",
                f"the attachment lengths add up to {sum(lengths)}, the header says {self.attachment_bytes}",
            )
        return lengths


class _LargeFrame:
    """A frame on its way into its own buffers: the body, then the table, then each attachment."""

    def __init__(self, header: _Header) -> None:
        self._header = header
        self._body = bytearray(header.body)
        self._table = bytearray(4 * header.attachments)
        self._attachments: list[bytearray] | None = None
        self._pending = [memoryview(self._body), memoryview(self._table)]
        self._advance()

    def target(self) -> memoryview | None:
        """Where the next bytes belong; None once the frame is complete."""
        return self._pending[0] if self._pending else None

    def received(self, count: int) -> None:
        self._pending[0] = self._pending[0][count:]
        self._advance()

    def feed(self, data: memoryview) -> int:
        """Take what belongs to this frame from ``data``; returns how many bytes that was."""
        taken = 0
        while self._pending and taken < len(data):
            count = min(len(self._pending[0]), len(data) - taken)
            self._pending[0][:count] = data[taken : taken + count]
            taken += count
            self.received(count)
        return taken

    def frame(self) -> Frame:
        header = self._header
        return Frame(header.type, header.request_id, self._body, self._attachments or (), header.flags)

    def _advance(self) -> None:
        while self._pending and not len(self._pending[0]):
            self._pending.pop(0)
        if not self._pending and self._attachments is None:
            self._attachments = [bytearray(n) for n in self._header.lengths(self._table)]
            self._pending = [memoryview(a) for a in self._attachments if len(a)]


class FrameDecoder:
    """Turns a stream of bytes into frames.

    Fill ``writable()`` (say by ``recv_into``), tell ``received(n)``, then take ``next_frame()`` until it is
    None. ``WireError`` from any of them is final.
    """

    def __init__(self, max_message_size: int) -> None:
        self._limit = max_message_size
        self._view = memoryview(bytearray(_BUFFER_SIZE))
        self._start = 0
        self._end = 0
        self._header: _Header | None = None
        self._large: _LargeFrame | None = None

    @property
    def in_frame(self) -> bool:
        """Whether an end of file now would cut a frame in two."""
        return self._large is not None or self._header is not None or self._end > self._start

    def writable(self) -> memoryview:
        """Where the next bytes must be put; never empty."""
        if self._large is not None:
            target = self._large.target()
            if target is not None:
                return target
        if self._end == 0:
            return self._view
        if self._end == len(self._view):
            self._compact()
        return self._view[self._end :]

    def received(self, count: int) -> None:
        """Note that ``count`` bytes were written to the start of what ``writable()`` gave."""
        if self._large is not None and self._large.target() is not None:
            self._large.received(count)
        else:
            self._end += count

    def next_frame(self) -> Frame | None:
        """The next complete frame, or None when more bytes are needed."""
        if self._large is not None:
            return self._finish_large()
        header = self._header
        if header is None:
            if self._end - self._start < HEADER_SIZE:
                return None
            header = _Header(_HEADER.unpack_from(self._view, self._start), self._limit)
            self._start += HEADER_SIZE
        rest = header.rest
        if self._end - self._start >= rest:
            self._header = None
            return self._cut(header, rest)
        if HEADER_SIZE + rest > _BUFFER_SIZE:
            self._header = None
            return self._begin_large(header)
        self._header = header
        if self._start + rest > _BUFFER_SIZE:
            self._compact()
        return None

    def _cut(self, header: _Header, rest: int) -> Frame:
        view = self._view
        table = self._start + header.body
        body = view[self._start : table].tobytes()
        attachments: list[bytes] = []
        if header.attachments:
            at = table + 4 * header.attachments
            for length in header.lengths(view[table:at]):
                attachments.append(view[at : at + length].tobytes())
                at += length
        self._start += rest
        if self._start == self._end:
            self._start = self._end = 0
        return Frame(header.type, header.request_id, body, attachments, header.flags)

    def _begin_large(self, header: _Header) -> Frame | None:
        self._large = _LargeFrame(header)
        self._large.feed(self._view[self._start : self._end])
        self._start = self._end = 0
        return self._finish_large()

    def _finish_large(self) -> Frame | None:
        large = self._large
        if large is None or large.target() is not None:
            return None
        self._large = None
        return large.frame()

    def _compact(self) -> None:
        held = self._end - self._start
        self._view[:held] = self._view[self._start : self._end]
        self._start, self._end = 0, held
