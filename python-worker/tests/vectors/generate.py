# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501
"""Writes frames.json. It packs frames by hand on purpose: vectors made by the codec would only prove that the
codec agrees with itself."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

TYPES = {
    "HELLO": 1, "WELCOME": 2, "CALL": 3, "RESULT": 4, "ERROR": 5, "ITEM": 6, "CREDIT": 7, "HOST_CALL": 8,
    "HOST_RESULT": 9, "PREPARE": 10, "VOTE": 11, "COMPLETED": 12, "CACHE": 13, "PING": 14, "PONG": 15,
    "BYE": 16, "ORDER": 32, "REPORT": 33, "LOG": 34,
}  # fmt: skip
LIMIT = 1 << 20


def header(
    magic: bytes = b"SP",
    version: int = 1,
    type_: int = 14,
    flags: int = 0,
    count: int = 0,
    request: int = 0,
    body: int = 0,
    attached: int = 0,
) -> bytes:
    return magic + struct.pack(">BBHHQII", version, type_, flags, count, request, body, attached)


def valid(
    name: str,
    type_: str,
    body: str | None = None,
    request: int = 0,
    attachments: tuple[bytes, ...] = (),
    flags: int = 0,
) -> dict[str, Any]:
    raw = (body or "").encode()
    total = sum(map(len, attachments))
    data = header(
        type_=TYPES[type_],
        flags=flags,
        count=len(attachments),
        request=request,
        body=len(raw),
        attached=total,
    )
    data += raw + b"".join(struct.pack(">I", len(a)) for a in attachments) + b"".join(attachments)
    return {
        "name": name, "hex": data.hex(), "type": type_, "flags": flags, "requestId": request, "body": body,
        "attachments": [a.hex() for a in attachments],
    }  # fmt: skip


def invalid(name: str, reason: str, data: bytes, limit: int = LIMIT) -> dict[str, Any]:
    return {"name": name, "hex": data.hex(), "maxMessageSize": limit, "reason": reason}


def valid_frames() -> list[dict[str, Any]]:
    call = '{"function":"hello.greet","arguments":{"name":"Ada"},"timeoutMillis":1500}'
    one = '{"$attachment":0}'
    frames = [
        valid("hello", "HELLO", '{"protocol":1,"worker":"default-3","pid":4711,"functions":[]}'),
        valid("welcome", "WELCOME", '{"protocol":1}'),
        valid("call", "CALL", call, 1),
        valid("result", "RESULT", '"Hello, Ada"', 1),
        valid("result null", "RESULT", "null", 2),
        valid("error", "ERROR", '{"code":"PYTHON_RAISED","message":"no"}', 3),
        valid("ping", "PING", None, 7),
        valid("pong", "PONG", None, 7),
        valid("bye", "BYE"),
        valid("order", "ORDER", '{"order":"ping"}', 9),
        valid("report", "REPORT", '{"report":"pong"}', 9),
        valid("log with one attachment", "LOG", '{"worker":"a","stream":"stdout"}', 0, (b"one\ntwo\n",)),
        valid("empty body with request id", "PREPARE", None, 12),
        valid("bytes only", "RESULT", one, 4, (bytes(range(256)),), 1),
        valid("zero-length attachment", "RESULT", one, 5, (b"",), 1),
        valid("two attachments", "CALL", '[{"$attachment":1},{"$attachment":0}]', 6, (b"\0\xff", b"SP"), 1),
        valid("three attachments, one empty", "RESULT", "[]", 8, (b"a", b"", b"ccc"), 0),
        valid("three empty attachments", "RESULT", None, 8, (b"", b"", b""), 0),
        valid("attachment without a body", "RESULT", None, 10, (b"x" * 300,), 0),
        valid(
            "call with a context of two attachments",
            "CALL",
            call,
            15,
            (b"\0\0\0\1" + b'{"session":{"id":"s_1"}}', b"content"),
            2,
        ),
        valid(
            "call with context, references and transaction", "CALL", one, 16, (b"\0\0\0\0{}", b"argument"), 7
        ),
        valid(
            "result with context, references and hooks",
            "RESULT",
            one,
            16,
            (b"\0\0\0\1{}", b"put", b"result"),
            11,
        ),
        valid("error with hooks", "ERROR", '{"code":"PYTHON_RAISED","message":"no"}', 17, (), 8),
        valid("vote", "VOTE", '{"commit":true}', 18),
        valid("completed", "COMPLETED", '{"committed":true,"timeoutMillis":1000}', 19),
        valid("request id 1", "CALL", "{}", 1),
        valid("request id 2^63", "CALL", "{}", 1 << 63),
        valid("request id 2^64-1", "CALL", "{}", (1 << 64) - 1),
        valid("UTF-8", "RESULT", '"Grüße, 世界 🐍 \u0301"', 11),
        valid("70 KiB body", "RESULT", '"' + "snake" * 14336 + '"', 13),
        valid("70 KiB body with attachments", "RESULT", '"' + "é" * 35840 + '"', 14, (b"x", b"y" * 70000), 0),
    ]
    named = {frame["type"] for frame in frames}
    return frames + [valid(t.lower().replace("_", " "), t, "{}", 1) for t in TYPES if t not in named]


def invalid_frames() -> list[dict[str, Any]]:
    return [
        invalid("wrong magic", "magic", header(magic=b"PS")),
        invalid("an HTTP request", "magic", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        invalid("printed text in the stream", "magic", b"hi\n" + header()),
        invalid("magic in lower case", "magic", header(magic=b"sp")),
        invalid("version 0", "version", header(version=0)),
        invalid("version 2", "version", header(version=2)),
        invalid("version 255", "version", header(version=255)),
        invalid("type 0", "type", header(type_=0)),
        invalid("type 17", "type", header(type_=17)),
        invalid("type 35", "type", header(type_=35)),
        invalid("type 255", "type", header(type_=255)),
        invalid("unknown flag", "flags", header(flags=16)),
        invalid("known and unknown flags", "flags", header(flags=0x8001)),
        invalid("body over the limit", "size", header(type_=4, body=LIMIT)),
        invalid("one byte over the limit", "size", header(type_=4, body=77), 100),
        invalid("largest sizes", "size", header(type_=4, count=0xFFFF, body=0xFFFFFFFF, attached=0xFFFFFFFF)),
        invalid("table over the limit", "size", header(type_=4, count=20), 100),
        invalid("attachments over the limit", "size", header(type_=4, count=1, attached=LIMIT)),
        invalid("attachment bytes without attachments", "attachments", header(type_=4, attached=5) + b"12345"),
        invalid("table sum too small", "attachments", header(type_=4, count=1, attached=5) + b"\0\0\0\4" + b"12345"),
        invalid("table sum too large", "attachments", header(type_=4, count=2, attached=2) + struct.pack(">II", 2, 1)
                + b"12"),
        invalid("table sum wraps around u32", "attachments",
                header(type_=4, count=2, attached=1) + struct.pack(">II", 0xFFFFFFFF, 2) + b"1"),
        invalid("large frame with a bad table", "attachments",
                header(type_=4, count=1, body=66000, attached=10) + b" " * 66000 + struct.pack(">I", 9)),
        invalid("magic is looked at before version", "magic", header(magic=b"XX", version=9, type_=99, flags=99)),
    ]  # fmt: skip


if __name__ == "__main__":
    target = Path(__file__).with_name("frames.json")
    vectors = {"valid": valid_frames(), "invalid": invalid_frames()}
    target.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
