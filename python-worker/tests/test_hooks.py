# SPDX-License-Identifier: Apache-2.0
"""Functions that run when a transaction ends, in real workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry._wire import HOOKS, Frame, FrameType
from store import Caller, Outcome, Store, host_result

Pools = Callable[..., Pool]
ALL = (
    "on_commit(log.append, 'c1'); on_prepare(log.append, 'p1'); on_rollback(log.append, 'r1')\n"
    "on_prepare(log_later, text='p2'); on_commit(log_later, 'c2'); on_rollback(log.append, 'r2')"
)


@pytest.fixture
def pool(pools: Pools) -> Pool:
    return pools(modules=["functions", "sessions"])


@pytest.fixture
def caller(worker: Connection) -> Caller:
    return Caller(worker)


def register(caller: Caller, code: str) -> Outcome:
    outcome = caller.run(code, transaction=True)
    assert outcome.frame.flags & HOOKS
    return outcome


def vote(caller: Caller, kind: FrameType, body: bytes) -> dict[str, Any]:
    request = caller.worker.next_request()
    caller.worker.send(Frame(kind, request, body))
    frame = caller.worker.answer(request)
    assert frame.type is FrameType.VOTE, frame_json(frame)
    return dict(frame_json(frame))


def prepare(caller: Caller) -> dict[str, Any]:
    return vote(caller, FrameType.PREPARE, b'{"timeoutMillis":0}')


def complete(caller: Caller, committed: bool = True) -> dict[str, Any]:
    text = "true" if committed else "false"
    return vote(caller, FrameType.COMPLETED, b'{"committed":%s,"timeoutMillis":0}' % text.encode())


def log(caller: Caller) -> Any:
    outcome = caller.run("result = log")
    assert not outcome.frame.flags & HOOKS
    return outcome.value


def test_hooks_must_run_in_order_each_at_its_time_and_once(caller: Caller) -> None:
    register(caller, ALL)
    assert prepare(caller) == {"commit": True}
    assert prepare(caller) == {"commit": True}
    register(caller, "result = list(log)")
    assert complete(caller) == {"commit": True}
    assert complete(caller, committed=False) == {"commit": True}
    assert log(caller) == ["p1", "p2", "c1", "c2"]


def test_a_rollback_must_run_its_hooks_and_no_others(caller: Caller) -> None:
    register(caller, ALL)
    assert complete(caller, committed=False) == {"commit": True}
    assert log(caller) == ["r1", "r2"]


def test_a_veto_must_carry_the_error_and_end_the_preparation(caller: Caller) -> None:
    code = "on_prepare(veto, 'no'); on_prepare(log.append, 'not reached'); on_rollback(log.append, 'undone')"
    register(caller, code)
    answer = prepare(caller)
    assert answer["commit"] is False
    assert (answer["error"]["code"], answer["error"]["type"]) == ("PYTHON_RAISED", "ValueError")
    assert [frame["function"] for frame in answer["error"]["frames"]] == ["veto"]
    complete(caller, committed=False)
    assert log(caller) == ["no", "undone"]


def test_an_error_after_the_commit_must_be_told_and_not_stop_the_others(pool: Pool, caller: Caller) -> None:
    register(caller, "on_commit(veto, 'first'); on_commit(veto, 'second'); on_commit(log.append, 'last')")
    answer = complete(caller)
    assert (answer["commit"], answer["error"]["message"]) == (False, "first")
    assert log(caller) == ["first", "second", "last"]
    pool.wait_for_output(b"ValueError: second", "stderr")
    assert b"the on_commit hook veto raised" in pool.output("stderr")


def test_hooks_of_a_call_that_failed_must_be_dropped_and_earlier_ones_stay(caller: Caller) -> None:
    register(caller, "on_commit(log.append, 'earlier')")
    outcome = caller.call(
        "s.run", {"code": "on_commit(log.append, 'dropped'); raise ValueError"}, transaction=True
    )
    assert outcome.frame.type is FrameType.ERROR
    assert outcome.frame.flags & HOOKS
    complete(caller)
    assert log(caller) == ["earlier"]


def test_an_error_must_have_no_flag_when_its_hooks_were_the_only_ones(caller: Caller) -> None:
    code = "on_commit(log.append, 'dropped'); result = object()"
    outcome = caller.call("s.run", {"code": code}, transaction=True)
    assert (outcome.frame.type, outcome.frame.flags) == (FrameType.ERROR, 0)


def test_a_result_over_the_limit_must_drop_the_hooks_of_its_call(pools: Pools) -> None:
    caller = Caller(pools(modules=["sessions"], maxMessageSize=10_000).worker())
    code = "on_commit(log.append, 'dropped'); result = 'x' * 20_000"
    outcome = caller.call("s.run", {"code": code}, transaction=True)
    assert (outcome.value["code"], outcome.frame.flags) == ("MESSAGE_TOO_LARGE", 0)


def test_hooks_of_nested_calls_must_keep_the_order_of_registration(caller: Caller) -> None:
    def ask(frame: Frame, arguments: dict[str, Any]) -> Frame:
        code = f"on_commit(log.append, 'inner'); {arguments['then']}"
        nested = caller.call("s.run", {"code": code}, transaction=True)
        assert nested.frame.flags & HOOKS
        return host_result(frame, None)

    caller.methods["m.ask"] = ask
    register(
        caller,
        "on_commit(log.append, 'before'); host.call('m.ask', then='raise KeyError')\n"
        "host.call('m.ask', then='pass'); on_commit(log.append, 'after')",
    )
    complete(caller)
    assert log(caller) == ["before", "inner", "after"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("on_commit(print)", "on_commit needs a transaction"),
        ("on_prepare(print)", "on_prepare needs a transaction"),
        ("raise serpentry.SerpentryError(elsewhere(lambda: on_rollback(print)))", "'elsewhere'"),
    ],
)
def test_hooks_must_need_a_transaction_and_the_calls_thread(caller: Caller, code: str, words: str) -> None:
    error = caller.fail(code)
    assert error["type"] == "serpentry.SerpentryError"
    assert words in error["message"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("on_prepare(host.call, 'm.ask')", "host.call needs a server that waits for the call"),
        ("on_prepare(on_commit, print)", "needs a transaction"),
        ("on_prepare(print('called at once'))", "needs a function, not None"),
    ],
)
def test_what_a_hook_can_not_do_must_be_said(caller: Caller, code: str, words: str) -> None:
    outcome = caller.call("s.run", {"code": code}, transaction=True)
    failed = outcome.frame.type is FrameType.ERROR
    assert words in (outcome.value if failed else prepare(caller)["error"])["message"]


@pytest.mark.parametrize("kind", [FrameType.PREPARE, FrameType.COMPLETED])
def test_hooks_must_be_cancelled_like_calls(pool: Pool, caller: Caller, kind: FrameType) -> None:
    name = "on_prepare" if kind is FrameType.PREPARE else "on_commit"
    register(caller, f"from sessions import spin; {name}(spin); {name}(print, 'not reached')")
    request = caller.worker.next_request()
    caller.worker.send(Frame(kind, request, b'{"committed":true}'))
    pool.wait_for_output(b"spinning")
    pool.stop(["cancel", "kill"], request=request, cancel=10_000)
    answer = frame_json(caller.worker.answer(request))
    assert (answer["commit"], answer["error"]["code"]) == (False, "CALL_TIMEOUT")
    assert pool.report("exited")["exitCode"] == 0
    assert b"not reached" not in pool.output()


@pytest.mark.parametrize("how", ["sys.exit(1)", "raise KeyboardInterrupt"])
def test_what_a_hook_raises_itself_must_not_end_the_worker(caller: Caller, how: str) -> None:
    code = f"def hook():\n  import sys\n  {how}\n"
    register(caller, code + "on_commit(hook); on_commit(log.append, 'next')")
    assert complete(caller)["error"]["code"] == "PYTHON_RAISED"
    assert log(caller) == ["next"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"committed":"yes"}'])
def test_an_outcome_that_is_none_must_be_refused(caller: Caller, body: bytes) -> None:
    caller.worker.send(Frame(FrameType.COMPLETED, 9, body))
    assert frame_json(caller.worker.answer(9))["code"] == "INVALID_ARGUMENT"


def test_hooks_of_two_channels_must_not_mix(pools: Pools) -> None:
    pool = pools(modules=["sessions"], threadsPerWorker=2)
    path = pool.started()["socket"]
    one, two = Caller(pool.connect(path).greet()), Caller(pool.connect(path).greet())
    register(one, "on_commit(log.append, 'one')")
    register(two, "on_commit(log.append, 'two')")
    complete(one)
    assert log(one) == ["one"]
    complete(two, committed=False)
    assert log(two) == ["one"]


@pytest.fixture
def noting(worker: Connection) -> Caller:
    """Of a session, with a server that notes hooks."""
    return Caller(worker, Store())


def test_a_hook_that_is_kept_must_be_told_when_it_has_returned(noting: Caller) -> None:
    code = (
        "keep_on_commit('first', log.append, 'c1'); keep_on_commit('second', veto, 'no')\n"
        "on_commit(log.append, 'c2'); keep_on_commit('third', log.append, 'c3')"
    )
    register(noting, code)
    assert [question["description"] for question in noting.asked] == ["first", "second", "third"]
    assert prepare(noting) == {"commit": True}
    answer = complete(noting)
    assert (answer["commit"], answer["done"]) == (False, ["note-1", "note-3"])
    assert log(noting) == ["c1", "no", "c2", "c3"]


def test_a_rollback_must_tell_of_no_hook_that_was_to_be_kept(noting: Caller) -> None:
    register(noting, "keep_on_commit('first', log.append, 'c1')")
    assert complete(noting, committed=False) == {"commit": True}
    assert log(noting) == []
