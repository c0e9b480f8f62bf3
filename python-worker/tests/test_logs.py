# SPDX-License-Identifier: Apache-2.0
"""Lines and budgets, on a clock that the test moves."""

from __future__ import annotations

import random

from serpentry._logs import BURST, LINE_LIMIT, TAIL_LIMIT, LineCutter, WorkerLog


def test_only_whole_lines_must_come_out() -> None:
    cutter = LineCutter()
    assert cutter.feed(b"one\ntw") == b"one\n"
    assert cutter.feed(b"o") == b""
    assert cutter.feed(b"\n\nthree") == b"two\n\n"
    assert cutter.finish() == b"three\n"
    assert cutter.finish() == b""


def test_a_line_over_the_limit_must_be_cut_into_several() -> None:
    for chunk in (1000, LINE_LIMIT, 3 * LINE_LIMIT + 5, 10 * LINE_LIMIT):
        text = b"x" * (3 * LINE_LIMIT + 5) + b"\nshort\n"
        cutter = LineCutter()
        out = b"".join(cutter.feed(text[at : at + chunk]) for at in range(0, len(text), chunk))
        assert max(map(len, out.split(b"\n"))) == LINE_LIMIT
        assert out.replace(b"\n", b"") == text.replace(b"\n", b"")
        assert out.endswith(b"x\nshort\n")


def test_lines_in_any_chunks_must_come_out_the_same() -> None:
    generator = random.Random(1)
    text = b"".join(bytes([97 + n % 26]) * generator.randrange(200) + b"\n" for n in range(500))
    for _ in range(20):
        cutter, out, at = LineCutter(), b"", 0
        while at < len(text):
            size = generator.randrange(1, 3000)
            out += cutter.feed(text[at : at + size])
            at += size
        assert out == text


def test_output_over_the_budget_must_be_dropped_in_whole_lines_and_counted() -> None:
    log = WorkerLog(1000, 0)
    line = b"y" * 99 + b"\n"
    sent = log.feed("stdout", line * 20_000, 0)
    assert BURST - 100 < len(sent) <= BURST
    assert len(sent) % 100 == 0
    assert log.feed("stdout", line, 0) == b""
    lost = 20_001 * 100 - len(sent)
    assert log.notice() == f"serpentry: {lost} bytes of this worker's output were dropped\n".encode()
    assert log.notice() == b""


def test_the_budget_must_fill_up_again_and_then_the_notice_be_due() -> None:
    log = WorkerLog(100_000, 0)
    log.feed("stdout", b"z\n" * BURST, 0)
    assert not log.notice_due(0.01)
    assert log.notice_due(1)
    log.notice()
    assert not log.notice_due(2)
    assert log.feed("stdout", b"a\n", 1) == b"a\n"


def test_the_budget_must_not_grow_beyond_the_burst() -> None:
    log = WorkerLog(1 << 20, 0)
    assert len(log.feed("stdout", b"z\n" * BURST, 1000)) == BURST


def test_the_end_of_stderr_must_be_kept_even_when_it_is_dropped() -> None:
    log = WorkerLog(1, 0)
    for n in range(300_000 // 10):
        log.feed("stderr", f"{n:09}\n".encode(), 0)
    assert len(log.stderr_tail) == TAIL_LIMIT
    assert log.stderr_tail.endswith(b"000029999\n")
