# SPDX-License-Identifier: Apache-2.0
"""The session of a call: named entries that the server keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any

from serpentry import _exchange, _typed
from serpentry._cache import ContentCache
from serpentry._entries import UNREAD, Entry, EntryInfo, Put, check_name
from serpentry._errors import INTERNAL, HostError, InvalidArgument, SerpentryError
from serpentry._exchange import SESSION, SHARED, EntryList
from serpentry._running import Call, Slot, calling, in_call
from serpentry._wire import Buffer

_ABSENT: Any = object()


class Session(MutableMapping[str, Any]):
    """The entries of one session, for the call that has it and the thread that runs this call.

    A function gets it by a parameter with the hint ``Session``, or ``Session | None`` if it can do without.
    Entries are fetched when they are first read. What a call changed, also inside of lists and objects that
    it read, is stored when it succeeds, and only then. Bytes are stored as they are, all else as JSON.

    Each use raises ``SerpentryError`` after the call has ended, and in other threads. Reading may raise
    ``HostError``.
    """

    of = SESSION
    """How the protocol calls it."""

    __slots__ = (
        "_cache",
        "_call",
        "_entries",
        "_reads",
        "_slot",
        "_tells_reads",
        "id",
        "kind",
        "metadata",
        "owner",
        "revision",
    )

    def __init__(
        self, fields: Any, attachments: Sequence[Buffer], slot: Slot, call: Call, cache: ContentCache
    ) -> None:
        """From the object ``session`` of a context. Raises ``InvalidArgument``."""
        self._slot = slot
        self._call = call
        self._cache = cache
        self._reads: dict[str, int] = {}
        self._describe(fields, attachments)
        self._tells_reads: bool = fields.get("reads") is True

    # Reading

    def __getitem__(self, name: str) -> Any:
        entry = self._looked_at(name)
        if entry is None:
            raise KeyError(name)
        return self._read(entry).current()

    def __contains__(self, name: object) -> bool:
        return self._looked_at(name) is not None

    def __iter__(self) -> Iterator[str]:
        self._check()
        return iter(self._entries.names())

    def __len__(self) -> int:
        self._check()
        return len(self._entries.names())

    def __repr__(self) -> str:
        return f"<Session {self.id}, revision {self.revision}>"

    def prefetch(self, *names: str) -> None:
        """Fetch the contents of several entries at once, those of them that exist and are not here yet."""
        self._check()
        wanted = [entry for entry in map(self._entries.get, dict.fromkeys(names)) if entry is not None]
        missing = [entry for entry in wanted if entry.lies_unread and not self._has_content(entry)]
        if missing:
            self._fetch(missing)

    def info(self, name: str) -> EntryInfo:
        """What the store holds of an entry, without fetching it; ``KeyError`` if it holds none."""
        self._check()
        entry = self._entries.get(name)
        if entry is None or not entry.version:
            raise KeyError(name)
        millis = entry.written_millis
        written_at = None if millis is None else millis / 1000
        return EntryInfo(entry.version, entry.stored_type, entry.size, written_at)

    def get_as(self, hint: Any, name: str | None = None, default: Any = _ABSENT) -> Any:
        """An entry as a typed value (a dataclass, ``list[Item]``), by the rules for arguments.

        ``name`` is by default the class's, in lower case with underscores. Changes inside of the value are
        stored like those of any other; it takes the place of what was read of the entry before. Where there
        is no entry, a callable ``default`` makes one, any other is returned, and without one there is a
        ``KeyError``. ``SerpentryError`` if the entry does not fit the hint.
        """
        name = _typed.entry_name(hint) if name is None else name
        reader = _typed.reader(hint)
        entry = self._looked_at(name)
        if entry is not None:
            return self._read(entry).typed(hint, reader)
        if default is _ABSENT:
            raise KeyError(name)
        if not callable(default):
            return default
        self[name] = value = default()
        return value

    # Writing

    def __setitem__(self, name: str, value: Any) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        self._check()
        entry = self._entries.get(name)
        if entry is None or not entry.exists:
            raise KeyError(name)
        entry.remove()

    def set(self, name: str, value: Any, *, media_type: str | None = None) -> None:
        """Store a value when the call succeeds.

        Without ``media_type`` bytes are ``application/octet-stream`` and everything else is JSON. Content of
        another type is given as bytes, ``text/...`` also as a str. Raises ``TypeError`` for bytes inside of a
        JSON value, ``UnserializableResult`` for what has no JSON form, ``ValueError`` for a name that is
        empty or too long.
        """
        self._check()
        entry = self._entries.get(check_name(name)) or Entry(name)
        entry.assign(value, media_type)
        self._entries.put(entry)

    def clear(self) -> None:
        for name in self:
            del self[name]

    def increment(self, name: str, by: int = 1) -> None:
        """Add to a counter, which begins at 0. Calls that do so at the same time do not conflict.

        A counter is read as an int. Assigning to its entry makes it a plain value.
        """
        self._check()
        entry = self._entries.get(check_name(name)) or Entry(name)
        entry.increment(by)
        self._entries.put(entry)

    def save(self) -> None:
        """Store what was changed so far, now: it stays if the call fails later (not if its transaction does).

        Raises ``HostError``, with the code ``SESSION_CONFLICT`` if another call was faster; then nothing is
        stored and nothing here has changed.
        """
        self._check()
        seen = self._entries.touched()
        puts = _exchange.new_contents(seen, self._cache)
        contents: list[Buffer] = []
        fields = self._changes(puts, contents)
        self._answered(*_exchange.ask(self.of, "save", contents, session=fields))
        for entry in seen:
            self._go_on(entry, puts.get(entry.name))

    def refresh(self) -> None:
        """Read the session anew. Drops unsaved changes and everything that was read."""
        self._check()
        self._answered(*_exchange.ask(self.of, "refresh"))
        self._reads = {}

    # The worker's side

    def tell_changes(self, context: dict[str, Any], contents: list[Buffer]) -> None:
        """Put what the call has changed into the context of its RESULT, if there is anything to tell.

        Raises ``UnserializableResult`` for an entry that can not be stored.
        """
        if self._entries.untouched and not self._tells_reads:
            return
        fields = self._changes(_exchange.new_contents(self._entries.touched(), self._cache), contents)
        if fields["changes"] or self._tells_reads:
            context[self.of] = fields

    def _check(self) -> None:
        if self._slot.call is not self._call or threading.get_ident() != self._slot.thread:
            self._refuse()

    def _refuse(self) -> None:
        if threading.get_ident() != self._slot.thread:
            raise SerpentryError(
                f"the session {self.id} belongs to the thread that its call runs on, "
                f"not to {threading.current_thread().name!r}; read there what this one needs"
            )
        raise SerpentryError(
            f"the session {self.id} was used outside of its call; each call gets a Session of its own"
        )

    def _looked_at(self, name: object) -> Entry | None:
        """The entry, if there is one; that it was looked at is noted either way."""
        self._check()
        entry = self._entries.get(name)  # type: ignore[arg-type]
        if entry is None:
            if type(name) is str:
                self._reads.setdefault(name, 0)
            return None
        if entry.stands_as_stored:
            self._reads.setdefault(entry.name, entry.version)
        return entry if entry.exists else None

    def _read(self, entry: Entry) -> Entry:
        if entry.value is UNREAD:
            if entry.version and not self._has_content(entry):
                self._fetch([entry])
                if not entry.exists:
                    raise KeyError(entry.name)
            entry.decode()
        return entry

    def _has_content(self, entry: Entry) -> bool:
        if entry.content is None:
            entry.content = self._cache.get(entry.digest)
        return entry.content is not None

    def _fetch(self, entries: list[Entry]) -> None:
        """What was looked at without its content was looked at in the version that comes now."""
        before = [(entry, entry.version) for entry in entries]
        _exchange.fetch(self.of, entries, self._cache)
        for entry, version in before:
            if entry.version and self._reads.get(entry.name) == version:
                self._reads[entry.name] = entry.version

    def _describe(self, fields: Any, attachments: Sequence[Buffer]) -> None:
        """Be the session that the server describes. Raises ``InvalidArgument``."""
        try:
            entries = EntryList(fields["entries"], attachments, self._cache)
            self.id: str = fields["id"]
            self.owner: str | None = fields.get("owner")
            self.kind: str = fields.get("kind", "")
            self.revision: int = fields.get("revision", 0)
            self.metadata: Mapping[str, Any] = MappingProxyType(fields.get("metadata") or {})
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise InvalidArgument(f"the session's description can not be read: {error!r}") from None
        self._entries = entries

    def _answered(self, answer: Any, attachments: Sequence[Buffer]) -> None:
        try:
            self._describe(answer[SESSION], attachments)
        except (LookupError, TypeError, InvalidArgument) as error:
            raise HostError(INTERNAL, f"the server's answer can not be used: {error}") from None

    def _changes(self, puts: dict[str, Put], contents: list[Buffer]) -> dict[str, Any]:
        """The object ``session`` of a RESULT's context; the contents that it counts are appended."""
        changes = _exchange.changes_of(self._entries.touched(), puts, contents)
        fields: dict[str, Any] = {"id": self.id, "changes": changes}
        if self._tells_reads:
            fields["reads"] = self._reads
        return fields

    def _go_on(self, seen: Entry, put: Put | None) -> None:
        """After a save: what the function holds of an entry stays the entry's value.

        If the store has something else by now, the old version stays too, so that a change will conflict
        instead of undoing what another call has stored.
        """
        name = seen.name
        stored = self._entries.get(name)
        if seen.by or seen.removed or seen.value is UNREAD:
            if name in self._reads and (seen.by or seen.removed):
                self._reads[name] = stored.version if stored else 0
            return
        if put is not None:
            seen.saved(put)
        if stored is None or stored.digest != seen.digest:
            self._entries.put(seen)
            return
        stored.take_over(seen)
        if name in self._reads:
            self._reads[name] = stored.version


class SharedSession(Session):
    """The session that all calls of a pool share, whoever makes them.

    A function gets it by a parameter with this hint. It holds what belongs to the pool and not to one of its
    users; whoever may call the function reads and changes it. Conflicts, increments and transactions are
    those of any session.
    """

    of = SHARED

    __slots__ = ()


def current_session() -> Session | None:
    """The session of the call that runs on this thread; None if it has none, or if no call runs.

    Raises ``SerpentryError`` in a thread that a function started.
    """
    if not in_call():
        return None
    _, call = calling("current_session")
    return call.session
