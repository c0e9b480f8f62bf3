# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading

import pytest

from serpentry._cache import DEFAULT_BYTES, VARIABLE, ContentCache

KIB = bytes(1024)


def test_news_of_hits_alone_must_wait_for_a_second() -> None:
    now = [10.0]
    cache = ContentCache(clock=lambda: now[0])
    assert cache.news(alone=True) is None
    cache.put("a", b"1")
    first = cache.news(alone=True)
    assert first == (0, cache.size)
    cache.get("a")
    now[0] += 0.9
    assert cache.news(alone=True) is None
    assert cache.news(alone=False) == (1, cache.size)
    assert cache.news(alone=False) is None
    cache.get("a")
    now[0] += 0.9
    assert cache.news(alone=True) is None
    now[0] += 0.2
    assert cache.news(alone=True) == (2, cache.size)
    cache.put("b", b"2")
    assert cache.news(alone=True) == (2, cache.size)


def test_the_least_recently_used_content_must_leave_first() -> None:
    cache = ContentCache(4 * 1300)
    for digest in "abcd":
        cache.put(digest, KIB)
    assert cache.get("a") is KIB
    cache.put("c", KIB)
    cache.put("e", KIB)
    cache.put("f", KIB)
    assert [digest for digest in "abcdef" if cache.get(digest)] == ["a", "c", "e", "f"]


def test_the_bound_must_hold_with_what_tiny_contents_cost() -> None:
    cache = ContentCache(100_000)
    for n in range(10_000):
        cache.put(str(n), b"%d" % n)
        assert cache.size <= 100_000
    assert sum(cache.get(str(n)) is not None for n in range(10_000)) < 400


def test_a_content_over_a_quarter_of_the_bound_must_not_be_kept() -> None:
    cache = ContentCache(5120)
    cache.put("a", KIB)
    cache.put("b", KIB + b"x")
    assert (cache.get("a"), cache.get("b")) == (KIB, None)


def test_a_bound_of_0_must_keep_nothing() -> None:
    cache = ContentCache(0)
    cache.put("a", b"")
    assert (cache.get("a"), cache.size) == (None, 0)


@pytest.mark.parametrize(("text", "bound"), [("", DEFAULT_BYTES), (" 5120 ", 5120), ("0", 0)])
def test_the_environment_must_set_the_bound(text: str, bound: int) -> None:
    cache = ContentCache.from_environment({VARIABLE: text})
    cache.put("fits", bytes(max(bound // 4 - 256, 0)))
    cache.put("does not fit", bytes(bound // 4 - 255 if bound else 0))
    assert (cache.get("fits") is not None) == (bound > 0)
    assert cache.get("does not fit") is None


@pytest.mark.parametrize("text", ["-1", "64M", "1.5", "٣", "nan"])
def test_a_bound_that_is_no_number_must_be_refused(text: str) -> None:
    with pytest.raises(ValueError, match=VARIABLE):
        ContentCache.from_environment({VARIABLE: text})


def test_threads_must_not_break_the_account() -> None:
    cache = ContentCache(50_000)

    def work(seed: int) -> None:
        for n in range(3_000):
            cache.put(str((n * seed) % 97), KIB)
            cache.get(str(n % 97))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 3, 5, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [str(n) for n in range(97) if cache.get(str(n))]
    assert cache.size == len(held) * 1280 <= 50_000
