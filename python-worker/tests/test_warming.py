# SPDX-License-Identifier: Apache-2.0
"""What the server hands a worker ahead of a session's next call, in real workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry import Module, RegistrationError
from serpentry._cache import ContentCache
from serpentry._warming import warm_function

Pools = Callable[..., Pool]

ONE, TWO = b'"one"', b'"two"'


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def pool(pools: Pools) -> Pool:
    return pools(modules=["functions", "sessions"])


def warm(worker: Connection, digests: list[str], *contents: bytes) -> Any:
    arguments = {"digests": digests, "contents": [{"$attachment": i} for i in range(len(contents))]}
    return frame_json(worker.answer(worker.begin("serpentry.warm", arguments, contents)))


def test_what_was_handed_over_must_be_there_for_the_next_call(worker: Connection) -> None:
    assert warm(worker, [digest(ONE), digest(TWO)], ONE) == [digest(TWO)]
    assert warm(worker, [digest(ONE), digest(TWO)], TWO) == []


def test_a_digest_must_be_taken_from_the_bytes_that_are_there() -> None:
    cache = ContentCache()
    cache.put(digest(ONE), TWO)
    assert warm_function(cache).function([digest(ONE)], []) == [digest(ONE)]


def test_what_is_too_large_must_be_told_as_lacking() -> None:
    large = bytes(1000)
    assert warm_function(ContentCache(1000)).function([digest(large)], [large]) == [digest(large)]


def test_looking_must_count_as_no_use() -> None:
    cache = ContentCache()
    assert warm_function(cache).function([digest(ONE)], [ONE]) == []
    assert cache.news(alone=False) == (0, cache.size)


def test_the_workers_own_functions_must_not_be_told(worker: Connection) -> None:
    assert not [entry for entry in worker.hello["functions"] if entry["name"].startswith("serpentry")]


def test_nobody_else_may_have_a_module_of_that_name() -> None:
    with pytest.raises(RegistrationError, match="the worker's own"):
        Module("serpentry")
