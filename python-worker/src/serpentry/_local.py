# SPDX-License-Identifier: Apache-2.0
"""A session in a JSON file, for functions that are tried out without a server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from serpentry import _json
from serpentry._entries import JSON
from serpentry._errors import HostError, SerpentryError
from serpentry._exchange import SESSION
from serpentry._running import Call
from serpentry._wire import Buffer, Frame, FrameType


class LocalSession:
    """The entries of a file that holds a JSON object."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._version = 1
        self._contents = {name: _json.dumps(value) for name, value in _object_of(self._path).items()}

    def described(self) -> tuple[dict[str, Any], list[Buffer]]:
        """The object ``session`` of a context, with all contents."""
        entries = [
            [name, self._version, JSON, len(content), hashlib.sha256(content).hexdigest(), index]
            for index, (name, content) in enumerate(sorted(self._contents.items()))
        ]
        contents: list[Buffer] = [content for _, content in sorted(self._contents.items())]
        fields = {"id": self._path.name, "kind": "file", "revision": self._version, "entries": entries}
        return fields, contents

    def apply(self, fields: dict[str, Any], contents: Sequence[Buffer]) -> None:
        """Make the changes that a call tells, and write the file. Raises ``SerpentryError`` for bytes."""
        for name, _, action, *rest in fields["changes"]:
            if action == "put":
                if rest[0] != JSON:
                    raise SerpentryError(f"the entry {name!r} is {rest[0]}; {self._path} can only hold JSON")
                self._contents[name] = bytes(contents[rest[2]])
            elif action == "remove":
                del self._contents[name]
            else:
                self._contents[name] = b"%d" % (int(self._contents.get(name, b"0")) + rest[0])
        self._version += 1
        values = {name: _json.loads(content) for name, content in sorted(self._contents.items())}
        self._path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class LocalLink:
    """In place of a call's link to a server: saves are made in files, methods of a server there are none."""

    def __init__(self, stores: Mapping[str, LocalSession]) -> None:
        self._stores = stores

    def ask(self, call: Call, body: bytes, attachments: Sequence[Buffer] = (), flags: int = 0) -> Frame:
        """In place of ``Link.ask``."""
        question = _json.loads(body)
        if question["service"] != SESSION:
            raise HostError("NOT_FOUND", f"there is no server to call {question.get('name')!r} in")
        store = self._stores[question.get("of", SESSION)]
        if question["operation"] == "save":
            store.apply(question["session"], attachments)
        fields, contents = store.described()
        return Frame(FrameType.HOST_RESULT, call.request, _json.dumps({"session": fields}), contents)


def _object_of(path: Path) -> dict[str, Any]:
    """What the file holds; nothing yet if it does not exist."""
    if not path.exists():
        return {}
    try:
        values = _json.loads(path.read_bytes())
    except _json.NotJson as error:
        raise SerpentryError(f"{path} can not be read: {error}") from None
    if type(values) is not dict:
        raise SerpentryError(f"{path} must hold a JSON object: name and value of each entry")
    return values
