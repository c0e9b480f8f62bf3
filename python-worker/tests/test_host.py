# SPDX-License-Identifier: Apache-2.0
"""Host calls of real workers, answered by the test; nested calls inside of them; cancels at any time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness import LADDER, Connection, Pool, frame_json, until_asleep
from serpentry._wire import REFERENCES, Frame, FrameType
from store import Caller, Store, host_error, host_result

Pools = Callable[..., Pool]
ASKS = "result = host.call('m.ask', n=1)"


@pytest.fixture
def pool(pools: Pools) -> Pool:
    return pools(modules=["functions", "sessions"])


@pytest.fixture
def caller(worker: Connection) -> Caller:
    return Caller(worker)


def begin(worker: Connection, code: str, function: str = "s.run") -> int:
    """Begin a call whose lines ask the host; returns when the question is here."""
    request = worker.begin(function, {"code": code})
    question = worker.answer(request)
    assert question.type is FrameType.HOST_CALL
    return request


class TestMethods:
    """``host.call``."""

    def test_a_host_call_must_carry_its_arguments_and_bring_the_result(self, caller: Caller) -> None:
        asked: list[Any] = []

        def lookup(frame: Frame, arguments: dict[str, Any]) -> Frame:
            asked.append((frame.request_id, frame.flags, frame_json(frame)))
            return host_result(frame, {"sum": 1.5, "policy": arguments["policy"]})

        caller.methods["claims.lookup"] = lookup
        outcome = caller.run("result = host.call('claims.lookup', policy='x', name='n')")
        assert outcome.value == {"sum": 1.5, "policy": "x"}
        body = {
            "service": "method",
            "name": "claims.lookup",
            "arguments": {"policy": "x", "name": "n"},
        }
        assert asked == [(1, 0, body)]

    def test_bytes_must_travel_by_reference_both_ways(self, caller: Caller) -> None:
        def swap(frame: Frame, arguments: dict[str, Any]) -> Frame:
            assert arguments == {"parts": [{"$attachment": 0}, {"$attachment": 1}]}
            assert frame.flags == REFERENCES
            one, two = map(bytes, frame.attachments)
            return host_result(frame, {"a": {"$attachment": 1}, "b": {"$attachment": 0}}, [one, two])

        caller.methods["swap"] = swap
        code = "r = host.call('swap', parts=[b'1' * 100000, b'2']); result = [type(r['b']).__name__, r['a']]"
        outcome = caller.run(code)
        assert outcome.value == ["bytes", {"$attachment": 0}]
        assert bytes(outcome.frame.attachments[0]) == b"2"

    def test_an_async_function_must_be_able_to_ask(self, caller: Caller) -> None:
        caller.methods["m.ask"] = lambda frame, _: host_result(frame, "yes")
        assert caller.call("s.run_async", {"code": ASKS}).value == "yes"

    def test_an_error_must_be_raised_with_all_that_the_server_said(self, caller: Caller) -> None:
        caller.methods["m.ask"] = lambda frame, _: host_error(
            frame,
            "PRECONDITION_FAILED",
            "no",
            type="a.B",
            retryable=True,
            context={"k": 1},
            traceback="at a.B",
        )
        code = (
            "try: host.call('m.ask')\n"
            "except serpentry.HostError as e:\n"
            "  result = [e.code, e.context, e.retryable, e.java_type, e.stack, str(e)]"
        )
        expected = ["PRECONDITION_FAILED", {"k": 1}, True, "a.B", "at a.B", "PRECONDITION_FAILED: no"]
        assert caller.run(code).value == expected
        error = caller.fail("host.call('m.ask')")
        assert (error["code"], error["type"]) == ("PYTHON_RAISED", "serpentry.HostError")

    def test_a_question_over_the_limit_must_not_be_sent(self, pools: Pools) -> None:
        caller = Caller(pools(modules=["sessions"], maxMessageSize=10_000).worker())
        caller.methods["m.ask"] = lambda frame, _: host_result(frame, "in step")
        code = (
            "try: host.call('m.ask', x='x' * 20_000)\n"
            "except serpentry.HostError as e: result = [e.code, e.context['limit'], host.call('m.ask')]"
        )
        assert caller.run(code).value == ["MESSAGE_TOO_LARGE", 10_000, "in step"]
        assert len(caller.asked) == 1

    def test_an_argument_without_json_form_must_be_named(self, caller: Caller) -> None:
        error = caller.fail("host.call('m.ask', x=[object()])")
        assert error["type"] == "serpentry.UnserializableResult"
        assert error["message"].startswith("arguments['x'][0]")

    @pytest.mark.parametrize("body", [b"{", b'{"a":{"$attachment":7}}'])
    def test_an_answer_that_can_not_be_read_must_be_a_host_error(self, caller: Caller, body: bytes) -> None:
        caller.methods["m.ask"] = lambda frame, _: Frame(
            FrameType.HOST_RESULT, frame.request_id, body, [b""], REFERENCES
        )
        assert caller.fail(ASKS)["type"] == "serpentry.HostError"
        assert caller.run("result = 1").value == 1

    def test_only_the_thread_of_a_call_must_be_able_to_ask(self, caller: Caller) -> None:
        code = (
            "import threading\n"
            "result = elsewhere(lambda: host.call('m.ask'))\n"
            "kept['later'] = lambda: host.call('m.ask')\n"
            "kept['go'], kept['said'] = threading.Event(), []\n"
            "def late():\n"
            "  kept['go'].wait(20)\n"
            "  kept['said'].append(elsewhere(kept['later']))\n"
            "kept['late'] = threading.Thread(target=late); kept['late'].start()"
        )
        assert "is for the thread that the call runs on, not for 'elsewhere'" in caller.run(code).value
        code = "kept['go'].set(); kept['late'].join(); result = kept['said']"
        assert "'elsewhere'" in caller.run(code).value[0]
        assert caller.asked == []

    def test_a_child_that_a_function_forked_must_not_ask(self, caller: Caller) -> None:
        code = (
            "pid = os.fork()\n"
            "if pid == 0:\n"
            "  try: host.call('m.ask')\n"
            "  except serpentry.SerpentryError: os._exit(7)\n"
            "  os._exit(8)\n"
            "result = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
        )
        assert caller.run(code).value == 7
        assert caller.asked == []

    def test_64_mib_must_pass_both_ways(self, pools: Pools) -> None:
        caller = Caller(pools(modules=["sessions"], maxMessageSize=80 << 20).worker())
        caller.methods["echo"] = lambda frame, _: host_result(
            frame, {"$attachment": 0}, [bytes(frame.attachments[0])]
        )
        code = "x = b'x' * (64 << 20); result = host.call('echo', data=x) == x"
        assert caller.run(code).value is True


class TestNested:
    """Calls that the server sends before it answers."""

    def test_a_nested_call_must_run_on_the_same_thread_and_be_answered_first(self, caller: Caller) -> None:
        code = (
            "import threading; result = [kept.setdefault('t', threading.get_ident()) == threading.get_ident()"
        )

        def ask(frame: Frame, _: Any) -> Frame:
            nested = caller.call("s.run", {"code": code + "]"})
            assert nested.frame.request_id > frame.request_id
            return host_result(frame, nested.value)

        caller.methods["m.ask"] = ask
        assert caller.run(code + ", host.call('m.ask')]").value == [True, [True]]

    @pytest.mark.parametrize("function", ["s.run", "s.run_async"])
    def test_calls_must_nest_eight_deep(self, caller: Caller, function: str) -> None:
        depth = 0

        def ask(frame: Frame, _: Any) -> Frame:
            nonlocal depth
            depth += 1
            code = ASKS if depth < 8 else "result = 0"
            return host_result(frame, caller.call(function, {"code": code}).value + 1)

        caller.methods["m.ask"] = ask
        assert caller.call(function, {"code": ASKS}).value == 8
        assert caller.call("s.run_async", {"code": "result = 'still'"}).value == "still"

    def test_a_nested_error_must_not_touch_the_outer_call(self, caller: Caller) -> None:
        def ask(frame: Frame, _: Any) -> Frame:
            error = caller.call("s.run", {"code": "raise KeyError('inner')"}).value
            return host_error(frame, error["code"], error["message"], type=error["type"])

        caller.methods["m.ask"] = ask
        code = "try: host.call('m.ask')\nexcept serpentry.HostError as e: result = e.java_type"
        assert caller.run(code).value == "KeyError"

    def test_a_nested_call_must_have_a_session_of_its_own_or_none(self, caller: Caller) -> None:
        outer, inner = Store("s_outer", x=1), Store("s_inner", x=2)

        def ask(frame: Frame, arguments: dict[str, Any]) -> Frame:
            caller.store = inner if arguments["n"] else None
            code = "s = current_session(); result = s and s.id"
            if caller.store:
                code += "\nsession['x'] = session['x'] + 10"
            nested = caller.call("s.run", {"code": code})
            caller.store = outer
            return host_result(frame, nested.value)

        caller.methods["m.ask"] = ask
        caller.store = outer
        code = "result = [host.call('m.ask', n=1), host.call('m.ask', n=0), session['x']]; session['x'] = 5"
        assert caller.run(code).value == ["s_inner", None, 1]
        assert (inner.value("x"), outer.value("x")) == (12, 5)

    def test_the_outer_session_must_be_of_no_use_in_a_nested_call(self, caller: Caller) -> None:
        def ask(frame: Frame, _: Any) -> Frame:
            caller.store, outer = None, caller.store
            error = caller.fail("kept['s']['x']")
            caller.store = outer
            return host_result(frame, error["message"])

        caller.methods["m.ask"] = ask
        caller.store = Store(x=1)
        code = "kept['s'] = session; result = [host.call('m.ask'), session['x']]"
        message, value = caller.run(code).value
        assert "outside of its call" in message
        assert value == 1

    def test_a_ping_between_must_be_answered(self, caller: Caller) -> None:
        def ask(frame: Frame, _: Any) -> Frame:
            caller.worker.send(Frame(FrameType.PING, 99))
            assert caller.worker.frame().type is FrameType.PONG
            return host_result(frame, 1)

        caller.methods["m.ask"] = ask
        assert caller.run(ASKS).value == 1

    @pytest.mark.parametrize(("kind", "request_offset"), [(FrameType.CREDIT, 0), (FrameType.HOST_RESULT, -1)])
    def test_any_other_frame_must_end_the_worker(
        self, pool: Pool, worker: Connection, kind: FrameType, request_offset: int
    ) -> None:
        worker.call("f.pid")
        request = begin(worker, f"try:\n  {ASKS}\nexcept BaseException: pass")
        worker.send(Frame(kind, request + request_offset, b"{}"))
        exited = pool.report("exited")
        assert exited["exitCode"] == 4
        assert "broke the protocol (type)" in exited["stderr"]


class TestCancel:
    """Calls that are given up while they ask."""

    @pytest.mark.parametrize("function", ["s.run", "s.run_async"])
    def test_cancel_must_end_a_call_that_waits_for_the_host(
        self, pool: Pool, worker: Connection, function: str
    ) -> None:
        request = begin(worker, ASKS, function)
        pool.stop(["cancel", "kill"], request=request, cancel=10_000)
        assert "<string>" in pool.report("stack")["stack"]
        error = frame_json(worker.answer(request))
        assert (error["code"], error["type"]) == ("CALL_TIMEOUT", "serpentry.CallCancelled")
        assert pool.report("exited")["exitCode"] == 0
        assert pool.rungs() == ["cancel"]

    def test_an_interrupt_must_end_a_call_that_waits_for_the_host(
        self, pool: Pool, worker: Connection
    ) -> None:
        request = begin(worker, ASKS)
        until_asleep(worker.hello["pid"])
        pool.stop(["interrupt", "kill"], kill=10_000)
        assert frame_json(worker.answer(request))["code"] == "CALL_TIMEOUT"
        assert pool.report("exited")["exitCode"] == 0
        assert pool.rungs() == ["interrupt"]

    def test_a_cancelled_call_must_not_ask_again(self, pool: Pool, worker: Connection) -> None:
        code = (
            "for _ in range(3):\n"
            "  try: host.call('m.ask')\n"
            "  except BaseException as e: name = type(e).__name__\n"
            "raise ValueError(name)"
        )
        request = begin(worker, code)
        pool.stop(["cancel", "kill"], request=request, cancel=10_000)
        answer = worker.answer(request)
        assert answer.type is FrameType.ERROR
        error = frame_json(answer)
        assert (error["code"], error["message"]) == ("CALL_TIMEOUT", "CallCancelled")
        assert pool.report("exited")["exitCode"] == 0

    def test_a_cancelled_call_must_change_nothing_even_if_it_returns(
        self, pool: Pool, caller: Caller
    ) -> None:
        caller.store = Store(x=[1])
        code = (
            "session['x'].append(2); on_commit(log.append, 'no')\n"
            "try: host.call('m.ask')\n"
            "except BaseException: result = 'swallowed'"
        )
        request = caller.begin("s.run", {"code": code}, inline=["x"], transaction=True)
        assert caller.worker.answer(request).type is FrameType.HOST_CALL
        pool.stop(["cancel", "kill"], request=request, cancel=10_000)
        answer = caller.worker.answer(request)
        assert (answer.type, answer.flags, frame_json(answer)["code"]) == (FrameType.ERROR, 0, "CALL_TIMEOUT")
        assert pool.report("exited")["exitCode"] == 0

    def test_cancel_of_a_nested_call_must_let_the_outer_one_go_on(
        self, pool: Pool, worker: Connection
    ) -> None:
        outer = begin(worker, "host_says = host.call('m.ask'); result = [host_says, host.call('m.ask')]")
        inner = worker.begin("s.spin")
        pool.wait_for_output(b"spinning")
        pool.stop(["cancel"], request=inner, cancel=10_000)
        assert frame_json(worker.answer(inner))["code"] == "CALL_TIMEOUT"
        until_asleep(worker.hello["pid"])
        worker.send(Frame(FrameType.HOST_RESULT, outer, b"1"))
        again = worker.answer(outer)
        assert again.type is FrameType.HOST_CALL
        worker.send(Frame(FrameType.HOST_RESULT, outer, b"2"))
        assert frame_json(worker.answer(outer)) == [1, 2]
        assert pool.report("exited")["exitCode"] == 0

    def test_a_late_answer_to_a_nested_call_must_be_passed_over(self, pool: Pool, worker: Connection) -> None:
        outer = begin(worker, ASKS)
        inner = begin(worker, ASKS)
        pool.stop(["cancel"], request=inner, cancel=10_000)
        assert frame_json(worker.answer(inner))["code"] == "CALL_TIMEOUT"
        until_asleep(worker.hello["pid"])
        worker.send(Frame(FrameType.HOST_RESULT, inner, b'"late"'))
        worker.send(Frame(FrameType.HOST_RESULT, outer, b'"mine"'))
        assert frame_json(worker.answer(outer)) == "mine"

    def test_cancel_of_the_outer_call_must_end_both(self, pool: Pool, worker: Connection) -> None:
        outer = begin(worker, ASKS)
        inner = worker.begin("s.spin")
        pool.wait_for_output(b"spinning")
        pool.stop(["cancel", "kill"], request=outer, cancel=10_000)
        assert [frame["function"] for frame in pool.report("stack")["frames"]][-1] == "spin"
        assert frame_json(worker.answer(inner))["code"] == "CALL_TIMEOUT"
        assert frame_json(worker.answer(outer))["code"] == "CALL_TIMEOUT"
        assert pool.report("exited")["exitCode"] == 0

    def test_bye_must_let_a_call_finish_with_its_nested_calls(self, pool: Pool, worker: Connection) -> None:
        outer = begin(worker, ASKS)
        pool.stop(["bye"], kill=10_000)
        pool.report("rung", rung="bye")
        inner = worker.begin("f.echo", {"text": "inner"})
        assert frame_json(worker.answer(inner)) == "inner"
        worker.send(Frame(FrameType.HOST_RESULT, outer, b"3"))
        assert frame_json(worker.answer(outer)) == 3
        assert pool.report("exited")["exitCode"] == 0

    def test_a_channel_that_hangs_up_must_end_its_call_and_no_other(self, pools: Pools) -> None:
        pool = pools(modules=["sessions"], threadsPerWorker=2)
        path = pool.started()["socket"]
        one, two = pool.connect(path).greet(), pool.connect(path).greet()
        two.next_request()
        waiting = begin(two, ASKS)
        begin(one, ASKS)
        one.close()
        two.send(Frame(FrameType.HOST_RESULT, waiting, b'"fine"'))
        assert frame_json(two.answer(waiting)) == "fine"
        assert pool.report("exited")["exitCode"] == 0

    def test_the_whole_ladder_must_not_be_needed(self, pool: Pool, worker: Connection) -> None:
        code = "try: host.call('m.ask')\nfinally: print('cleaned up', flush=True)"
        request = begin(worker, code)
        pool.stop(LADDER[1:], request=request, cancel=10_000, kill=10_000)
        pool.wait_for_output(b"cleaned up")
        assert frame_json(worker.answer(request))["code"] == "CALL_TIMEOUT"
        assert json.dumps(pool.rungs()) == '["cancel"]'
