# SPDX-License-Identifier: Apache-2.0
"""Contents of session entries that this worker has seen, by their SHA-256.

A content never changes, so nothing that happens to a session makes the cache wrong: there is no invalidation.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

VARIABLE = "SERPENTRY_CACHE_BYTES"
DEFAULT_BYTES = 64 * 1024 * 1024

_LARGEST_PART = 4
_NEWS_INTERVAL = 1.0
"""In seconds: news alone make an answer a message that the server has to read, so that they wait."""
_OVERHEAD = 256
"""What a content takes besides its bytes: without it, millions of tiny ones would fit any bound."""


class ContentCache:
    """Immutable bytes by digest, the least recently used leave first. Safe from each thread.

    ``limit`` bounds the bytes, with what Python takes to hold each content; 0 keeps nothing. A content over a
    quarter of it is not kept, for it would push out too many others.
    """

    def __init__(self, limit: int = DEFAULT_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0
        self._hits = 0
        self._told = (0, 0)
        self._told_at = -_NEWS_INTERVAL

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ContentCache:
        """With the bound that ``SERPENTRY_CACHE_BYTES`` sets. ``ValueError`` if it is no such number."""
        text = environment.get(VARIABLE, "").strip()
        if not text:
            return cls()
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{VARIABLE} must be a number of bytes, 0 for no cache, not {text[:40]!r}")
        return cls(int(text))

    @property
    def size(self) -> int:
        """How many bytes count towards the bound now."""
        return self._bytes

    def news(self, alone: bool) -> tuple[int, int] | None:
        """How many contents were found since the start, and ``size``; None if both are as last told.

        If they would be told ``alone``, also None within a second after the last time, unless contents
        came or went.
        """
        with self._lock:
            now = (self._hits, self._bytes)
            if now == self._told:
                return None
            at = self._clock()
            if alone and now[1] == self._told[1] and at - self._told_at < _NEWS_INTERVAL:
                return None
            self._told, self._told_at = now, at
            return now

    def get(self, digest: str) -> bytes | None:
        with self._lock:
            content = self._contents.get(digest)
            if content is not None:
                self._contents.move_to_end(digest)
                self._hits += 1
            return content

    def peek(self, digest: str) -> bytes | None:
        """As ``get``, for somebody who only looks whether it is there: that counts as no use of it."""
        with self._lock:
            return self._contents.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        """Keep a content; the caller answers for the digest being its own."""
        if _cost(content) * _LARGEST_PART > self._limit:
            return
        with self._lock:
            if digest in self._contents:
                self._contents.move_to_end(digest)
                return
            self._contents[digest] = content
            self._bytes += _cost(content)
            while self._bytes > self._limit:
                _, evicted = self._contents.popitem(last=False)
                self._bytes -= _cost(evicted)


def _cost(content: bytes) -> int:
    return len(content) + _OVERHEAD
