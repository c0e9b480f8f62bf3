# SPDX-License-Identifier: Apache-2.0
"""What workers print: whole lines, bounded, never in the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from harness import Connection, Pool
from serpentry._wire import Frame, FrameType

Pools = Callable[..., Pool]


@pytest.mark.parametrize("how", ["print", "os.write", "child"])
def test_output_must_arrive_in_lines_with_the_worker_and_the_stream(
    pool: Pool, worker: Connection, how: str
) -> None:
    worker.call("f.say", text="one\nzwei ü", how=how)
    pool.wait_for_output("one\nzwei ü\n".encode())
    assert {(name, stream) for name, stream, _ in pool.logs} == {("w-1", "stdout")}
    assert all(text.endswith(b"\n") for _, _, text in pool.logs)


def test_stderr_must_arrive_and_its_end_be_in_the_report_of_death(pool: Pool, worker: Connection) -> None:
    worker.call("f.say", text="careful", how="stderr")
    pool.wait_for_output(b"careful\n", "stderr")
    worker.begin("f.leave", {"how": "SIGKILL"})
    assert pool.report("exited")["stderr"] == "careful\n"


def test_a_closed_stdout_must_not_disturb_the_channel(worker: Connection) -> None:
    worker.call("f.say", text="", how="close")
    assert worker.error("f.say", text="x")["type"] == "OSError"
    assert worker.call("f.echo", text="alive") == "alive"


def test_a_last_line_without_an_end_must_not_be_lost(pool: Pool, worker: Connection) -> None:
    worker.begin("f.same", {"value": 1})
    worker.frame()
    worker.call("f.say", text="unfinished", how="os.write")
    worker.close()
    pool.report("exited")
    assert b"unfinished" in pool.output()


def test_a_storm_of_output_must_be_bounded_and_say_what_it_lost(pool: Pool, worker: Connection) -> None:
    worker.call("f.storm", megabytes=100)
    worker.close()
    pool.report("exited")
    received = len(pool.output())
    assert 500_000 < received < 20_000_000
    assert received + dropped(pool) == written(100)


def dropped(pool: Pool) -> int:
    return sum(int(count) for count in re.findall(rb"serpentry: (\d+) bytes", pool.output("stderr")))


def written(megabytes: int) -> int:
    """The bytes of a storm, which come in blocks."""
    return megabytes * 1_000_000 // (100 << 14) * (100 << 14)


def test_a_server_that_does_not_read_must_not_stop_workers_nor_lose_reports(pools: Pools) -> None:
    pool = pools(logBytesPerSecond=1 << 30)
    workers = [pool.worker("one"), pool.worker("two")]
    for worker in workers:
        worker.call("f.storm", megabytes=30)
        worker.call("f.storm", megabytes=30)
    for worker in workers:
        worker.send(Frame(FrameType.BYE))
    for name in ("one", "two"):
        assert pool.report("exited", worker=name)["exitCode"] == 0
    received = len(pool.output())
    assert received < 60_000_000
    assert received + dropped(pool) == 4 * written(30)
