# SPDX-License-Identifier: Apache-2.0
"""Ending workers by the ladder: each rung against code that only that rung can end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness import LADDER, Connection, Pool, frame_json, until_asleep, until_busy

Pools = Callable[..., Pool]


def begin(pool: Pool, worker: Connection, function: str, said: bytes, **arguments: object) -> int:
    """Start a call and wait until its function says that it runs."""
    request = worker.begin(function, arguments)
    pool.wait_for_output(said)
    return request


def test_bye_must_end_an_idle_worker_at_once(pool: Pool, worker: Connection) -> None:
    pool.stop(LADDER, kill=10_000)
    assert pool.report("exited")["exitCode"] == 0
    assert pool.rungs() == ["bye"]
    assert worker.receive() is None


def test_bye_must_let_a_running_call_finish(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.sleep", b"asleep", seconds=0.3)
    pool.stop(["bye"])
    assert frame_json(worker.answer(request)) is None
    assert pool.report("exited")["exitCode"] == 0


def test_cancel_must_end_a_loop_in_python_and_report_its_stack(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.spin_in_python", b"spinning")
    pool.stop(["cancel", "kill"], request=request, cancel=10_000)
    stack = pool.report("stack")
    assert (stack["worker"], stack["request"]) == ("w-1", request)
    assert [frame["function"] for frame in stack["frames"]] == ["spin_in_python"]
    assert "spin_in_python" in stack["stack"]
    assert "_serving" not in stack["stack"]
    error = frame_json(worker.answer(request))
    assert (error["code"], error["type"]) == ("CALL_TIMEOUT", "serpentry.CallCancelled")
    assert pool.report("exited")["exitCode"] == 0
    assert pool.rungs() == ["cancel"]


def test_cancel_must_be_seen_by_a_function_that_asks(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.wait_politely", b"waiting")
    pool.stop(["cancel", "kill"], request=request, cancel=10_000)
    assert frame_json(worker.answer(request))["code"] == "CALL_TIMEOUT"
    assert pool.report("exited")["exitCode"] == 0


def test_cancel_must_end_a_coroutine_that_waits(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.async_sleep", b"asleep")
    pool.stop(["cancel", "kill"], request=request, cancel=10_000)
    assert "async_sleep" in [frame["function"] for frame in pool.report("stack")["frames"]]
    error = frame_json(worker.answer(request))
    assert (error["code"], error["type"]) == ("CALL_TIMEOUT", "asyncio.exceptions.CancelledError")
    assert pool.report("exited")["exitCode"] == 0


def test_cancel_of_a_call_that_has_ended_must_end_the_idle_worker(pool: Pool, worker: Connection) -> None:
    worker.call("f.echo", text="x")
    pool.stop(["cancel", "kill"], request=1, cancel=10_000)
    assert pool.report("exited")["exitCode"] == 0
    assert pool.rungs() == ["cancel"]


def test_interrupt_must_end_a_sleep_that_cancel_does_not_reach(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.sleep", b"asleep")
    until_asleep(worker.hello["pid"])
    pool.stop(LADDER[1:], request=request, cancel=100, kill=10_000)
    error = frame_json(worker.answer(request))
    assert error["code"] == "CALL_TIMEOUT"
    assert [frame["function"] for frame in error["frames"]] == ["sleep"]
    assert pool.report("exited")["exitCode"] == 0
    assert pool.rungs() == ["cancel", "interrupt"]


def test_interrupt_must_end_a_function_that_swallows_cancellations(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.swallow", b"swallowing", what="cancel")
    pool.stop(LADDER[1:], request=request, cancel=200, kill=10_000)
    pool.wait_for_output(b"swallowed a cancellation")
    assert frame_json(worker.answer(request))["code"] == "CALL_TIMEOUT"
    assert pool.report("exited")["exitCode"] == 0
    assert pool.rungs() == ["cancel", "interrupt"]


def test_an_interrupt_without_a_cancel_must_end_the_call_and_then_the_worker(
    pool: Pool, worker: Connection
) -> None:
    request = begin(pool, worker, "f.sleep", b"asleep")
    until_asleep(worker.hello["pid"])
    pool.stop(["interrupt"])
    error = frame_json(worker.answer(request))
    assert (error["code"], error["type"]) == ("CALL_TIMEOUT", "KeyboardInterrupt")
    assert pool.report("exited")["exitCode"] == 0


def test_interrupt_must_end_an_idle_worker(pool: Pool, worker: Connection) -> None:
    pool.stop(["interrupt"])
    assert pool.report("exited")["exitCode"] == 0


def test_abort_must_end_a_function_that_swallows_everything(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.swallow", b"swallowing", what="everything")
    pool.stop(LADDER, request=request, cancel=200, kill=200)
    exited = pool.report("exited")
    assert (exited["exitCode"], exited["signal"], exited["signalName"]) == (None, 6, "SIGABRT")
    assert "in swallow" in exited["dump"]
    assert pool.rungs() == LADDER[:4]
    assert worker.receive() is None


def test_abort_must_end_native_code_that_holds_the_interpreter_lock(pool: Pool, worker: Connection) -> None:
    request = begin(pool, worker, "f.spin_in_native_code", b"spinning")
    until_busy(worker.hello["pid"])
    pool.stop(LADDER[1:], request=request, cancel=100, kill=100)
    exited = pool.report("exited")
    assert exited["signalName"] == "SIGABRT"
    assert "Fatal Python error: Aborted" in exited["dump"]
    assert "in spin_in_native_code" in exited["dump"]


def test_abort_must_reach_a_worker_whose_calling_thread_blocks_it(pool: Pool, worker: Connection) -> None:
    begin(pool, worker, "f.spin_without_abort", b"spinning", how="blocked")
    until_busy(worker.hello["pid"])
    pool.stop(["abort", "kill"], kill=10_000)
    exited = pool.report("exited")
    assert exited["signalName"] == "SIGABRT"
    assert "in spin_without_abort" in exited["dump"]


def test_kill_must_end_a_worker_that_ignores_abort(pool: Pool, worker: Connection) -> None:
    begin(pool, worker, "f.spin_without_abort", b"spinning", how="ignored")
    until_busy(worker.hello["pid"])
    pool.stop(LADDER[1:], request=1, cancel=100, kill=100)
    exited = pool.report("exited")
    assert (exited["exitCode"], exited["signalName"]) == (None, "SIGKILL")
    assert pool.rungs() == LADDER[1:]


def test_a_second_stop_must_move_to_its_later_rung(pool: Pool, worker: Connection) -> None:
    begin(pool, worker, "f.swallow", b"swallowing", what="everything")
    pool.stop(LADDER, kill=60_000)
    pool.stop(["kill"], kill=60_000)
    assert pool.report("exited")["signalName"] == "SIGKILL"
    assert pool.rungs() == ["bye", "kill"]


def test_a_call_that_comes_after_bye_must_not_begin(pool: Pool, worker: Connection) -> None:
    first = begin(pool, worker, "f.sleep", b"asleep", seconds=2)
    pool.stop(["bye"])
    pool.report("rung", rung="bye")
    # The worker hears one message after the other: with this one it has heard that it is to leave.
    pool.report("looked", request_id=pool.order("look", worker="w-1", seconds=0))
    worker.begin("f.echo", {"text": "too late"})
    worker.answer(first)
    assert worker.receive() is None
    assert pool.report("exited")["exitCode"] == 0


def test_stop_must_end_a_worker_that_nobody_connected_to(pool: Pool) -> None:
    pool.started()
    pool.stop(LADDER, kill=10_000)
    assert pool.report("exited")["exitCode"] == 0


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_stop_must_end_a_worker_that_is_still_starting(pools: Pools, start: str) -> None:
    pool = pools(start=start)
    pool.started()
    pool.stop(["kill"])
    assert pool.report("exited")["signalName"] == "SIGKILL"


def test_orders_that_can_not_be_carried_out_must_be_refused(pool: Pool, worker: Connection) -> None:
    assert worker.hello
    orders: list[tuple[str, dict[str, object], str]] = [
        ("stop", {"worker": "nobody", "ladder": ["kill"]}, "no worker 'nobody'"),
        ("stop", {"worker": "w-1", "ladder": []}, "'ladder' must list"),
        ("stop", {"worker": "w-1", "ladder": ["kill", "bye"]}, "out of order"),
        ("stop", {"worker": "w-1", "ladder": ["bye"], "killGraceMillis": "soon"}, "'killGraceMillis'"),
        ("start", {"worker": "w-1", "nonce": "n"}, "is alive"),
        ("start", {"worker": "w-2"}, "needs the texts"),
        ("dance", {}, "no such order"),
    ]
    for order, fields, words in orders:
        request = pool.order(order, **fields)
        assert words in pool.report("refused", request_id=request)["message"]
    request = pool.order("ping")
    pool.report("pong", request_id=request)


class TestThreads:
    """The thread profile: several channels of one worker."""

    def test_channels_must_run_side_by_side(self, pools: Pools) -> None:
        pool = pools(threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        assert len(one.hello["functions"]) > 10
        assert two.hello["functions"] == []
        request = begin(pool, one, "f.wait_at_gate", b"at the gate")
        two.call("f.open_gate")
        assert frame_json(one.answer(request)) == "through"
        assert one.call("f.thread_name") != two.call("f.thread_name")
        assert one.call("f.async_loop") != two.call("f.async_loop")

    def test_a_cancelled_call_must_let_its_sibling_finish_and_then_end_the_worker(self, pools: Pools) -> None:
        pool = pools(threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        two.call("f.echo", text="so that request ids differ")
        waiting = begin(pool, two, "f.sleep", b"asleep", seconds=1.0)
        spinning = begin(pool, one, "f.spin_in_python", b"spinning")
        pool.stop(["cancel"], request=spinning)
        assert frame_json(one.answer(spinning))["code"] == "CALL_TIMEOUT"
        assert frame_json(two.answer(waiting)) is None
        assert pool.report("exited")["exitCode"] == 0

    def test_no_channel_must_begin_a_call_in_a_worker_that_is_leaving(self, pools: Pools) -> None:
        pool = pools(threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        waiting = begin(pool, one, "f.sleep", b"asleep", seconds=2)
        pool.stop(["bye"])
        pool.report("rung", rung="bye")
        # The worker hears one message after the other: with this one it has heard that it is to leave.
        pool.report("looked", request_id=pool.order("look", worker="w-1", seconds=0))
        two.begin("f.echo", {"text": "too late"})
        assert two.receive() is None
        assert frame_json(one.answer(waiting)) is None
        assert pool.report("exited")["exitCode"] == 0

    def test_the_last_channel_must_take_the_worker_with_it(self, pools: Pools) -> None:
        pool = pools(threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        one.close()
        assert two.call("f.echo", text="alive") == "alive"
        two.close()
        assert pool.report("exited")["exitCode"] == 0

    def test_a_channel_that_hangs_up_must_end_its_own_call_only(self, pools: Pools) -> None:
        pool = pools(threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        waiting = begin(pool, two, "f.sleep", b"asleep", seconds=0.5)
        begin(pool, one, "f.spin_in_python", b"spinning")
        one.close()
        assert frame_json(two.answer(waiting)) is None
        assert pool.report("exited")["exitCode"] == 0
