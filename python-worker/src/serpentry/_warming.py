# SPDX-License-Identifier: Apache-2.0
"""``serpentry.warm``: contents that the server hands over before the calls that will need them.

The server asks for it when it moves sessions to this worker. What is answered is what the worker really has:
each content's SHA-256 is taken here, from the bytes that the cache holds.
"""

from __future__ import annotations

import hashlib

from serpentry._cache import ContentCache
from serpentry._calls import RESERVED, Module, Registration


def warm_function(cache: ContentCache) -> Registration:
    """The function for a worker with that cache; it is not among those that the worker tells the server."""

    def warm(digests: list[str], contents: list[bytes]) -> list[str]:
        """Keep the contents, then tell which of the digests the cache lacks.

        A content that is too large for the cache, or was pushed out by another one, is lacking.
        """
        for content in contents:
            cache.put(hashlib.sha256(content).hexdigest(), content)
        return [digest for digest in digests if not _holds(cache, digest)]

    return Registration(
        module=Module.reserved(),
        name=f"{RESERVED}.warm",
        function=warm,
        timeout=None,
        idempotent=True,
        uses=(),
    )


def _holds(cache: ContentCache, digest: str) -> bool:
    content = cache.peek(digest)
    return content is not None and hashlib.sha256(content).hexdigest() == digest
