# SPDX-License-Identifier: Apache-2.0
"""Plays the server's half of sessions and host calls towards one real worker."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

from harness import Connection, frame_json
from serpentry._wire import CONTEXT, REFERENCES, TRANSACTION, Buffer, Frame, FrameType

JSON = "application/json"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclasses.dataclass
class Stored:
    """One entry in the store."""

    version: int
    media_type: str
    content: bytes
    written_at: int | None = None


class Store:
    """One session. Contents go along with a call only if ``inline`` names them."""

    def __init__(self, session: str = "s_1", **values: Any) -> None:
        self.id = session
        self.kind = "durable"
        self.revision = 1
        self.clock: int | None = None
        """When entries are written, in milliseconds since 1970; None if the rows do not tell it."""
        self.entries: dict[str, Stored] = {}
        for name, value in values.items():
            raw = isinstance(value, bytes)
            content = value if raw else json.dumps(value).encode()
            self.entries[name] = Stored(1, "application/octet-stream" if raw else JSON, content)

    def value(self, name: str) -> Any:
        entry = self.entries[name]
        return json.loads(entry.content) if entry.media_type == JSON else entry.content

    def described(self, inline: Sequence[str] = ()) -> tuple[dict[str, Any], list[bytes]]:
        rows: list[Any] = []
        contents: list[bytes] = []
        for name, entry in sorted(self.entries.items()):
            row = self._row(name, entry)
            if name in inline:
                row[5] = len(contents)
                contents.append(entry.content)
            rows.append(row)
        metadata = {"language": "en"}
        fields = {"id": self.id, "owner": "ada", "kind": self.kind, "revision": self.revision}
        return {**fields, "metadata": metadata, "entries": rows}, contents

    def fetched(self, names: Sequence[str]) -> tuple[dict[str, Any], list[bytes]]:
        rows: list[Any] = []
        contents: list[bytes] = []
        for name in names:
            if name in self.entries:
                row = self._row(name, self.entries[name])
                row[5] = len(contents)
                contents.append(self.entries[name].content)
                rows.append(row)
        return {"entries": rows}, contents

    def apply(self, fields: dict[str, Any], contents: Sequence[Buffer]) -> None:
        assert fields["id"] == self.id
        for name, version, action, *rest in fields["changes"]:
            known = self.entries[name].version if name in self.entries else 0
            assert version in (known, -1), f"{name} is at {known}, the change is based on {version}"
            if action == "remove":
                del self.entries[name]
            elif action == "put":
                content = bytes(contents[rest[2]])
                assert sha256(content) == rest[1]
                self.entries[name] = Stored(known + 1, rest[0], content, self.clock)
            else:
                number = int(self.entries[name].content if known else b"0") + rest[0]
                self.entries[name] = Stored(known + 1, JSON, b"%d" % number, self.clock)
            self.revision += 1

    def _row(self, name: str, entry: Stored) -> list[Any]:
        row = [name, entry.version, entry.media_type, len(entry.content), sha256(entry.content), None]
        return row if entry.written_at is None else [*row, entry.written_at]


def context_block(fields: dict[str, Any], contents: Sequence[bytes] = ()) -> list[bytes]:
    return [struct.pack(">I", len(contents)) + json.dumps(fields).encode(), *contents]


@dataclasses.dataclass
class Outcome:
    """The answer to a call, taken apart."""

    frame: Frame
    value: Any
    session: dict[str, Any] | None
    contents: Sequence[Buffer]
    shared: dict[str, Any] | None
    cache: list[int] | None
    usage: list[list[Any]] | None

    @property
    def changes(self) -> list[list[Any]]:
        """What the RESULT says was changed, without digests and attachments."""
        changes = self.session["changes"] if self.session else []
        return [change[:4] if change[2] != "put" else change[:3] for change in changes]


def taken_apart(frame: Frame) -> Outcome:
    attachments = list(frame.attachments)
    if not frame.flags & CONTEXT:
        return Outcome(frame, frame_json(frame), None, [], None, None, None)
    block = bytes(attachments[0])
    (count,) = struct.unpack(">I", block[:4])
    context = json.loads(block[4:])
    contents = attachments[1 : 1 + count]
    told = [context.get(name) for name in ("shared", "cache", "usage")]
    return Outcome(frame, frame_json(frame), context.get("session"), contents, *told)


class Caller:
    """Calls functions of one worker as the server would: with a session, serving their host calls."""

    def __init__(self, worker: Connection, store: Store | None = None, shared: Store | None = None) -> None:
        self.worker = worker
        self.store = store
        self.shared = shared
        self.asked: list[dict[str, Any]] = []
        self.methods: dict[str, Callable[[Frame, dict[str, Any]], Frame | None]] = {}
        self.limit = 1 << 28

    def begin(
        self,
        function: str,
        arguments: dict[str, Any],
        *,
        inline: Sequence[str] = (),
        reads: bool = False,
        transaction: bool = False,
        data: bytes | None = None,
        timeout_millis: int = 0,
    ) -> int:
        request = self.worker.next_request()
        flags = TRANSACTION if transaction else 0
        attachments: list[bytes] = []
        context: dict[str, Any] = {}
        contents: list[bytes] = []
        if self.store is not None:
            context["session"], contents = self.store.described(inline)
            if reads:
                context["session"]["reads"] = True
        if self.shared is not None:
            context["shared"], _ = self.shared.described()
        if context:
            attachments = context_block(context, contents)
            flags |= CONTEXT
        if data is not None:
            attachments.append(data)
            arguments["data"] = {"$attachment": 0}
            flags |= REFERENCES
        body = {"function": function, "arguments": arguments, "timeoutMillis": timeout_millis}
        self.worker.send(Frame(FrameType.CALL, request, json.dumps(body).encode(), attachments, flags))
        return request

    def finish(self, request: int) -> Outcome:
        """Serve host calls until the answer; what a RESULT changed is stored."""
        while True:
            frame = self.worker.frame()
            assert frame.request_id == request, frame
            if frame.type is not FrameType.HOST_CALL:
                break
            answer = self.answer(frame)
            if answer is not None:
                self.worker.send(answer)
        outcome = taken_apart(frame)
        if outcome.session is not None and self.store is not None:
            self.store.apply(outcome.session, outcome.contents)
        if outcome.shared is not None and self.shared is not None:
            self.shared.apply(outcome.shared, outcome.contents)
        return outcome

    def answer(self, frame: Frame) -> Frame | None:
        question = frame_json(frame)
        self.asked.append(question)
        if question["service"] == "method":
            return self.methods[question["name"]](frame, question["arguments"])
        store = {"session": self.store, "shared": self.shared}[question.get("of", "session")]
        assert store is not None
        contents: list[bytes]
        if question["operation"] == "fetch":
            fields, contents = store.fetched(question["names"])
        elif question["operation"] == "keep":
            return host_result(frame, {"note": f"note-{len(self.asked)}"})
        else:
            if question["operation"] == "save":
                store.apply(question["session"], frame.attachments)
            described, contents = store.described()
            fields = {"session": described}
        return Frame(FrameType.HOST_RESULT, frame.request_id, json.dumps(fields).encode(), contents)

    def call(self, function: str, arguments: dict[str, Any] | None = None, **how: Any) -> Outcome:
        return self.finish(self.begin(function, arguments or {}, **how))

    def run(self, code: str, **how: Any) -> Outcome:
        """Execute lines in the worker; they must succeed."""
        outcome = self.call("s.run", {"code": code}, **how)
        assert outcome.frame.type is FrameType.RESULT, outcome.value
        return outcome

    def fail(self, code: str, **how: Any) -> dict[str, Any]:
        """Execute lines in the worker; the body of the ERROR that they end with."""
        outcome = self.call("s.run", {"code": code}, **how)
        assert outcome.frame.type is FrameType.ERROR, outcome
        assert outcome.session is None
        return dict(outcome.value)


def host_result(frame: Frame, value: Any, attachments: Sequence[bytes] = ()) -> Frame:
    flags = REFERENCES if attachments else 0
    return Frame(FrameType.HOST_RESULT, frame.request_id, json.dumps(value).encode(), attachments, flags)


def host_error(frame: Frame, code: str, message: str, **fields: Any) -> Frame:
    body = {"code": code, "message": message, **fields}
    return Frame(FrameType.ERROR, frame.request_id, json.dumps(body).encode())
