# SPDX-License-Identifier: Apache-2.0
"""One entry of a session as a call sees it: what is stored, what the function made of it, what changed.

::

            read                      (an object or list that was read is compared with its content)
   STORED ---------> READ
      |  \\------------------ assign --------> ASSIGNED --+
      |   \\---- increment --> (adds up)                   +---> at the end of the call: a put, a remove,
      +-------- remove ----------------------> REMOVED  --+     an increment, or no change
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from serpentry import _json
from serpentry._errors import ENTRY_CORRUPT, HostError
from serpentry._results import to_plain_tree
from serpentry._typed import Reader
from serpentry._wire import Buffer

JSON = "application/json"
BINARY = "application/octet-stream"
LONGEST_NAME = 255

UNREAD: Any = object()
"""In place of a value that nobody asked for yet."""
_NEVER_CHANGE_INSIDE = frozenset({str, int, float, bool, type(None), bytes})


@dataclasses.dataclass(frozen=True)
class EntryInfo:
    """What the store holds of an entry; unsaved changes do not show."""

    version: int
    media_type: str
    size: int
    written_at: float | None = None
    """When this version was written, in seconds since 1970."""


@dataclasses.dataclass(frozen=True)
class Put:
    """New content for an entry."""

    media_type: str
    content: bytes
    digest: str


def check_name(name: Any) -> str:
    """The name of an entry that is to be written. Raises ``ValueError``."""
    if type(name) is not str or not 0 < len(name) <= LONGEST_NAME:
        shown = repr(name)
        raise ValueError(
            f"the name of an entry must be a str of 1 to {LONGEST_NAME} characters, not {shown[:60]}"
            + (f"... ({len(name)} characters)" if type(name) is str and len(shown) > 60 else "")
        )
    return name


class Entry:
    """An entry that is stored, or was written in this call."""

    __slots__ = (
        "assigned",
        "by",
        "content",
        "digest",
        "media_type",
        "name",
        "reader",
        "removed",
        "size",
        "stored_type",
        "value",
        "version",
        "written_millis",
    )

    def __init__(
        self,
        name: str,
        version: int = 0,
        media_type: str = JSON,
        size: int = 0,
        digest: str = "",
        written_millis: int | None = None,
    ) -> None:
        self.name = name
        self.written_millis = written_millis
        """When the version that the call began with was written."""
        self.version = version
        """The version that a change is based on; 0 where nothing is stored."""
        self.stored_type = self.media_type = media_type
        self.size = size
        self.digest = digest
        self.content: bytes | None = None
        """The stored bytes, once they are here."""
        self.value: Any = UNREAD
        self.reader: Reader | None = None
        """What made the value of the content; None for plain JSON."""
        self.by = 0
        """Increments that are not saved."""
        self.assigned = False
        self.removed = False

    @property
    def exists(self) -> bool:
        return not self.removed and (self.version > 0 or self.assigned or self.by != 0)

    @property
    def stands_as_stored(self) -> bool:
        """Whether reading it looks at the store, not at what this call wrote."""
        return not self.removed and not self.assigned

    @property
    def lies_unread(self) -> bool:
        """Whether the store holds a content that a read would give and that no read gave yet."""
        return self.version > 0 and self.stands_as_stored and self.value is UNREAD

    @property
    def label(self) -> str:
        return f"session[{self.name!r}]"

    def arrive(self, version: int, media_type: str, digest: str, content: bytes) -> None:
        """The stored content is here, of the version that the store has by now."""
        self.version, self.digest, self.content, self.size = version, digest, content, len(content)
        self.stored_type = media_type
        if not self.assigned:
            self.media_type = media_type

    def vanish(self) -> None:
        """The store has no such entry any more."""
        self.arrive(0, JSON, "", b"")
        self.content = None

    def decode(self) -> None:
        """Make the value of the stored content. Raises ``HostError`` where it is not what it should be."""
        content = b"0" if self.content is None else self.content
        if self.stored_type != JSON:
            self.value = content
            return
        try:
            self.value = _json.loads(content)
        except _json.NotJson as error:
            raise HostError(
                ENTRY_CORRUPT, f"the entry {self.name!r} is no JSON: {error}", context={"entry": self.name}
            ) from None

    def current(self) -> Any:
        """The value with what was added to it. It must have been read or assigned."""
        return self.value + self.by if self.by else self.value

    def assign(self, value: Any, media_type: str | None) -> None:
        """Raises ``TypeError`` or ``UnserializableResult`` for what can not be an entry."""
        self.media_type, self.value = _storable(value, media_type, self.label)
        self.reader = None
        self.assigned, self.removed, self.by = True, False, 0

    def remove(self) -> None:
        self.value, self.reader = UNREAD, None
        self.assigned, self.removed, self.by = False, True, 0

    def increment(self, by: int) -> None:
        """Raises ``TypeError`` where the value is known to be no int."""
        if type(by) is not int:
            raise TypeError(f"a counter is incremented by an int, not by {by!r}")
        if self.removed:
            self.assign(by, None)
            return
        if self.value is not UNREAD and type(self.value) is not int:
            raise TypeError(f"{self.label} is no counter but a {type(self.value).__name__}")
        if self.assigned:
            self.value += by
        else:
            self.by += by

    def typed(self, hint: Any, reader: Reader) -> Any:
        """The value as the reader makes it, which takes the place of what was read before."""
        if self.reader is reader or type(self.value) is hint:
            return self.current()
        if self.by or self.media_type != JSON:
            return reader.convert(self.current(), self.label)
        value = reader.parse(self._current_content(), self.label)
        self.value, self.reader = value, reader
        return value

    def put(self) -> Put | None:
        """What is to be stored; None if the content is what the store holds, but for its formatting."""
        inside = self.value is not UNREAD and type(self.value) not in _NEVER_CHANGE_INSIDE
        if self.removed or not (self.assigned or inside):
            return None
        content = self._dump()
        if self._is_stored(content):
            return None
        digest = hashlib.sha256(content).hexdigest()
        if digest == self.digest and self.media_type == self.stored_type:
            return None
        return Put(self.media_type, content, digest)

    def saved(self, put: Put) -> None:
        """This was stored: what is changed from now on is compared with it."""
        self.content, self.digest, self.stored_type = put.content, put.digest, put.media_type
        self.version = self.version or 1
        self.assigned = False

    def take_over(self, seen: Entry) -> None:
        """Go on with the value that the function holds, now that it is what is stored."""
        self.content, self.value, self.reader = seen.content, seen.value, seen.reader

    def _dump(self) -> bytes:
        if self.media_type != JSON:
            return bytes(self.value)
        return _json.dumps(to_plain_tree(self.value, self.label))

    def _current_content(self) -> bytes:
        content = self._dump()
        stored = self.content
        return stored if stored is not None and self._is_stored(content) else content

    def _is_stored(self, content: bytes) -> bool:
        """Java may have written the same JSON in other words."""
        if self.content is None or self.media_type != self.stored_type:
            return False
        if content == self.content:
            return True
        if self.media_type != JSON:
            return False
        stored = self.reader.parse(self.content, self.label) if self.reader else _json.loads(self.content)
        return _json.dumps(to_plain_tree(stored, self.label)) == content


def _storable(value: Any, media_type: str | None, label: str) -> tuple[str, Any]:
    """The media type and the value to keep until the end of the call."""
    if isinstance(value, memoryview):
        value = bytes(value)
    raw = isinstance(value, (bytes, bytearray))
    if media_type is None:
        media_type = BINARY if raw else JSON
    if media_type == JSON:
        return JSON, _parsed(value, label) if raw else _checked(value, label)
    if isinstance(value, str) and media_type.startswith("text/"):
        return media_type, value.encode()
    if not raw:
        raise TypeError(f"{label}: content of the type {media_type} must be bytes, not {value!r:.60}")
    return media_type, value


def _parsed(text: Buffer, label: str) -> Any:
    try:
        return _json.loads(text)
    except _json.NotJson as error:
        raise ValueError(f"{label}: these bytes are no {JSON}: {error}") from None


def _checked(value: Any, label: str) -> Any:
    """Looked at here, where the line that is wrong can be told."""
    if type(value) not in _NEVER_CHANGE_INSIDE or type(value) is float:
        to_plain_tree(value, label)
    return value
