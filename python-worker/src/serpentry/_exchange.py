# SPDX-License-Identifier: Apache-2.0
"""What a session and the server tell each other: lists of entries one way, changes the other.

::

   entry   [name, version, media type, size, sha256, index of the content | null, milliseconds since 1970]
   change  [name, version, "put", media type, sha256, index of the content]
           [name, version, "remove"]
           [name, -1, "increment", by]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from serpentry import _json
from serpentry._cache import ContentCache
from serpentry._entries import Entry, Put
from serpentry._errors import ENTRY_CORRUPT, INTERNAL, HostError, UnserializableResult
from serpentry._link import host_call
from serpentry._wire import Buffer

SESSION = "session"
SHARED = "shared"


def ask(
    of: str, operation: str, attachments: Sequence[Buffer] = (), **fields: Any
) -> tuple[Any, Sequence[Buffer]]:
    """One question about the call's session or the shared one: the answer and its attachments.

    Raises ``HostError``.
    """
    question = {"service": SESSION, "operation": operation, **fields}
    if of != SESSION:
        question["of"] = of
    frame = host_call(f"session.{operation}", question, attachments)
    try:
        return _json.loads(frame.body), frame.attachments
    except _json.NotJson as error:
        raise HostError(INTERNAL, f"the server's answer can not be read: {error}") from None


class EntryList:
    """The entries of a session. One is made of its row when it is first touched: most are never."""

    def __init__(self, rows: Any, attachments: Sequence[Buffer], cache: ContentCache) -> None:
        """Raises ``LookupError``, ``TypeError`` or ``ValueError`` for rows that are none."""
        self._rows: dict[str, Any] = {}
        self._touched: dict[str, Entry] = {}
        for row in rows:
            name, _, _, _, digest, index, *_ = row
            self._rows[name] = row
            if index is not None:
                entry = self._touch(row)
                entry.content = content = bytes(attachments[index])
                cache.put(digest, content)

    def get(self, name: str) -> Entry | None:
        """The entry of this name, also one that was removed in this call."""
        entry = self._touched.get(name)
        if entry is None and name in self._rows:
            return self._touch(self._rows[name])
        return entry

    def put(self, entry: Entry) -> None:
        self._touched[entry.name] = entry

    def names(self) -> list[str]:
        """Of those that exist, as the function sees it."""
        touched = self._touched
        names = [name for name in self._rows if name not in touched or touched[name].exists]
        return names + [name for name, entry in touched.items() if name not in self._rows and entry.exists]

    @property
    def untouched(self) -> bool:
        """Whether none can have changed."""
        return not self._touched

    def touched(self) -> list[Entry]:
        """Those that may have changed, by name."""
        return [entry for _, entry in sorted(self._touched.items())]

    def _touch(self, row: Any) -> Entry:
        name, version, media_type, size, digest, _, *written_at = row
        entry = Entry(name, version, media_type, size, digest, *written_at)
        self._touched[name] = entry
        return entry


def fetch(of: str, entries: Sequence[Entry], cache: ContentCache) -> None:
    """Bring the contents of the entries, in the versions that the store has by now.

    Those that it has no more cease to exist. Raises ``HostError``, also for what does not have its digest.
    """
    answer, attachments = ask(of, "fetch", names=[entry.name for entry in entries])
    try:
        rows = {row[0]: row for row in answer["entries"]}
        for entry in entries:
            row = rows.get(entry.name)
            if row is None:
                entry.vanish()
            else:
                _, version, media_type, _, digest, index, *_ = row
                content = bytes(attachments[index])
                _check_digest(entry.name, content, digest)
                entry.arrive(version, media_type, digest, content)
                cache.put(digest, content)
    except (LookupError, TypeError, ValueError) as error:
        raise HostError(INTERNAL, f"the server's entries can not be read: {error!r}") from None


def _check_digest(name: str, content: bytes, digest: str) -> None:
    if hashlib.sha256(content).hexdigest() != digest:
        raise HostError(
            ENTRY_CORRUPT,
            f"what arrived as the content of the entry {name!r} does not have its digest",
            context={"entry": name},
        )


def new_contents(entries: Iterable[Entry], cache: ContentCache) -> dict[str, Put]:
    """What is to be stored, by entry; in the cache from now on, as the next call will ask for it.

    Raises ``UnserializableResult``.
    """
    puts = {}
    for entry in entries:
        try:
            put = entry.put()
        except TypeError as error:
            raise UnserializableResult(str(error)) from None
        if put is not None:
            puts[entry.name] = put
            cache.put(put.digest, put.content)
    return puts


def changes_of(entries: Iterable[Entry], puts: dict[str, Put], contents: list[Buffer]) -> list[list[Any]]:
    """The changes to the entries, whose new contents are appended to those of the message."""
    changes: list[list[Any]] = []
    for entry in entries:
        put = puts.get(entry.name)
        if put is not None:
            changes.append([entry.name, entry.version, "put", put.media_type, put.digest, len(contents)])
            contents.append(put.content)
        elif entry.removed and entry.version:
            changes.append([entry.name, entry.version, "remove"])
        elif entry.by:
            changes.append([entry.name, -1, "increment", entry.by])
    return changes
