# SPDX-License-Identifier: Apache-2.0
"""One real worker behind a real zygote, and the calls it answers."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry._wire import REFERENCES, Frame, FrameType

Pools = Callable[..., Pool]
HEAD = "from __future__ import annotations\nfrom serpentry import Module\nf = Module('f')\n@f.call\n"


def test_hello_must_say_who_the_worker_is(pool: Pool) -> None:
    started = pool.started("default-3")
    hello = pool.connect(started["socket"]).greet().hello
    assert hello["pid"] == started["pid"]
    del hello["functions"], hello["pid"]
    assert hello == {
        "protocol": 1,
        "worker": "default-3",
        "generation": 1,
        "nonce": "n-default-3",
        "start": "fork",
        "python": pool.ready["python"],
    }


def test_hello_must_carry_the_catalogue(worker: Connection) -> None:
    functions = {entry["name"]: entry for entry in worker.hello["functions"]}
    assert functions["f.echo"] == {
        "name": "f.echo",
        "doc": "Give the text back.",
        "idempotent": False,
        "timeoutMillis": None,
        "uses": [],
        "shared": False,
        "returns": "str",
        "parameters": [{"name": "text", "type": "str", "required": True}],
    }
    same = functions["f.same"]
    assert (same["idempotent"], same["timeoutMillis"]) == (True, 1500)
    assert functions["f.total"]["parameters"] == [
        {"name": "items", "type": "list[Item]", "required": True},
        {"name": "extra", "type": "Decimal", "required": False},
    ]


def test_many_calls_must_be_answered_in_order(worker: Connection) -> None:
    assert [worker.call("f.echo", text=str(n)) for n in range(500)] == [str(n) for n in range(500)]
    assert [worker.call("f.count") for _ in range(3)] == [1, 2, 3]


def test_a_ping_must_be_answered_with_its_request_id(worker: Connection) -> None:
    worker.send(Frame(FrameType.PING, 77))
    frame = worker.frame()
    assert (frame.type, frame.request_id, frame.body) == (FrameType.PONG, 77, b"")


@pytest.mark.parametrize("kind", [FrameType.CREDIT, FrameType.VOTE, FrameType.CACHE, FrameType.HELLO])
def test_a_frame_that_is_not_served_must_be_answered_and_the_channel_stay_usable(
    worker: Connection, kind: FrameType
) -> None:
    worker.send(Frame(kind, 5, b"{}"))
    frame = worker.answer(5)
    assert frame_json(frame)["code"] == "INVALID_ARGUMENT"
    assert worker.call("f.echo", text="still here") == "still here"


def test_bye_must_end_the_worker_with_status_0(pool: Pool, worker: Connection) -> None:
    worker.send(Frame(FrameType.BYE))
    assert pool.report("exited")["exitCode"] == 0


def test_the_end_of_the_channel_must_end_the_worker_with_status_0(pool: Pool, worker: Connection) -> None:
    worker.close()
    assert pool.report("exited")["exitCode"] == 0


def test_a_broken_frame_must_end_the_worker_and_say_why(pool: Pool, worker: Connection) -> None:
    worker.sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    exited = pool.report("exited")
    assert exited["exitCode"] == 4
    assert "broke the protocol (magic)" in exited["stderr"]


def test_an_unknown_function_must_be_refused_with_near_names(worker: Connection) -> None:
    error = worker.error("f.ecko")
    assert error["code"] == "UNKNOWN_FUNCTION"
    assert error["context"]["known"][0] == "f.echo"


@pytest.mark.parametrize(
    ("function", "arguments", "argument"),
    [
        ("f.echo", {"text": 3}, "text"),
        ("f.echo", {}, "text"),
        ("f.echo", {"text": "a", "loud": True}, "loud"),
        ("f.total", {"items": [{"name": "a", "price": 1}, {"name": "b", "price": "2"}]}, "items[1].price"),
    ],
)
def test_an_argument_that_does_not_fit_must_be_named(
    worker: Connection, function: str, arguments: dict[str, Any], argument: str
) -> None:
    error = worker.answer(worker.begin(function, arguments))
    fields = frame_json(error)
    assert (fields["code"], fields["context"]) == ("INVALID_ARGUMENT", {"argument": argument})
    assert argument in fields["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"function":1}', b'{"function":"f.echo","arguments":[]}', b"\xff\xfe"],
)
def test_a_body_that_is_no_call_must_be_refused(worker: Connection, body: bytes) -> None:
    worker.send(Frame(FrameType.CALL, 9, body))
    assert frame_json(worker.answer(9))["code"] == "INVALID_ARGUMENT"
    assert worker.call("f.echo", text="x") == "x"


def test_decimals_must_keep_every_digit_both_ways(worker: Connection) -> None:
    price = "123456789.123456789012345670"
    body = f'{{"function":"f.total","arguments":{{"items":[{{"name":"a","price":{price}}}]}}}}'
    worker.send(Frame(FrameType.CALL, 1, body.encode()))
    assert worker.answer(1).body == price.encode()


def test_bytes_must_travel_as_attachments(worker: Connection) -> None:
    parts = {"parts": [{"$attachment": 1}, {"$attachment": 0}, {"$attachment": 2}]}
    large = bytes(range(256)) * 1024
    frame = worker.answer(worker.begin("f.join", parts, [b"a", b"", large]))
    assert (frame.body, frame.flags) == (b'{"$attachment":0}', REFERENCES)
    assert bytes(frame.attachments[0]) == b"a" + large


def test_untyped_bytes_must_be_bytes_and_a_bytearray_hint_one(worker: Connection) -> None:
    arguments = {"values": [{"$attachment": 0}], "data": {"$attachment": 1}}
    for size in (10, 100_000):
        frame = worker.answer(worker.begin("f.kinds", arguments, [b"a" * size, b"b" * size]))
        assert frame_json(frame) == ["bytes", "bytearray"]


def test_a_reference_without_the_flag_must_be_ordinary_data(worker: Connection) -> None:
    assert worker.call("f.same", value={"$attachment": 0}) == {"$attachment": 0}


def test_a_reference_to_nothing_must_be_refused_with_its_path(worker: Connection) -> None:
    request = worker.begin("f.join", {"parts": [{"$attachment": 0}, {"$attachment": 5}]}, [b"a"])
    error = frame_json(worker.answer(request))
    assert (error["code"], error["context"]) == ("INVALID_ARGUMENT", {"argument": "parts[1]"})


def test_an_exception_must_arrive_with_its_cause_and_without_our_frames(worker: Connection) -> None:
    error = worker.error("f.fail", text="no such claim")
    assert (error["code"], error["type"], error["message"]) == (
        "PYTHON_RAISED",
        "ValueError",
        "no such claim",
    )
    assert [frame["function"] for frame in error["frames"]] == ["fail"]
    assert error["frames"][0]["module"] == "functions"
    assert error["frames"][0]["file"].endswith("functions.py")
    assert "KeyError: 'inner'" in error["traceback"]
    assert "direct cause" in error["traceback"]
    assert "_serving" not in error["traceback"]


@pytest.mark.parametrize(
    ("how", "type_name", "retryable"),
    [
        ("sys.exit", "SystemExit", False),
        ("memory", "MemoryError", True),
        ("interrupt", "KeyboardInterrupt", False),
        ("cancel", "serpentry.CallCancelled", False),
    ],
)
def test_what_a_function_raises_itself_must_not_end_the_worker(
    worker: Connection, how: str, type_name: str, retryable: bool
) -> None:
    error = worker.error("f.leave", how=how)
    assert (error["code"], error["type"], error["retryable"]) == ("PYTHON_RAISED", type_name, retryable)
    assert worker.call("f.count") == 1


def test_endless_recursion_must_be_an_error_like_any_other(worker: Connection) -> None:
    error = worker.error("f.recurse", depth=0)
    assert (error["code"], error["type"]) == ("PYTHON_RAISED", "RecursionError")
    assert len(error["frames"]) <= 200
    assert worker.call("f.echo", text="alive") == "alive"


@pytest.mark.parametrize(
    ("kind", "words"), [("nan", "nan is not"), ("object", "a object has no"), ("loop", "contains itself")]
)
def test_a_result_without_json_form_must_name_its_path(worker: Connection, kind: str, words: str) -> None:
    error = worker.error("f.bad_result", kind=kind)
    assert (error["code"], error["type"]) == ("PYTHON_RAISED", "serpentry.UnserializableResult")
    assert error["message"].startswith("result['a'][1]")
    assert words in error["message"]


@pytest.mark.parametrize("function", ["f.make_bytes", "f.make_text"])
def test_a_result_over_the_limit_must_be_an_error_and_the_channel_stay_in_step(
    pools: Pools, function: str
) -> None:
    worker = pools(maxMessageSize=100_000).worker()
    error = worker.error(function, size=200_000)
    assert error["code"] == "MESSAGE_TOO_LARGE"
    assert error["context"]["limit"] == 100_000
    assert error["context"]["size"] > 200_000
    assert len(worker.call("f.make_text", size=90_000)) == 90_000


def test_large_messages_must_pass_in_both_directions(worker: Connection) -> None:
    text = "é" * 5_000_000
    assert worker.call("f.echo", text=text) == text


def test_coroutines_must_run_on_one_loop_that_stays(worker: Connection) -> None:
    assert worker.call("f.async_echo", text="hi") == "hi"
    assert worker.call("f.async_loop") == worker.call("f.async_loop")


def test_a_child_that_a_function_forks_must_not_answer_for_it(worker: Connection) -> None:
    assert worker.call("f.forked_children") == [0, -15]
    assert worker.call("f.echo", text="in step") == "in step"


def test_a_second_connection_to_a_process_worker_must_be_refused(pool: Pool) -> None:
    path = pool.started()["socket"]
    pool.connect(path).greet()
    with pytest.raises(OSError, match=r"refused|No such file"):
        pool.connect(path)


def test_a_module_that_does_not_import_must_be_told_on_the_channel(
    pools: Pools, write_module: Callable[[str, str], Path]
) -> None:
    pool = pools(write_module("broken", "import no_such_module_here\n"), modules=["broken"])
    frame = pool.connect(pool.started()["socket"]).frame()
    error = frame_json(frame)
    assert frame.type is FrameType.ERROR
    assert (error["code"], error["type"]) == ("WORKER_START_FAILED", "ModuleNotFoundError")
    assert "broken.py" in error["traceback"]
    exited = pool.report("exited")
    assert exited["exitCode"] == 3
    assert "no_such_module_here" in exited["stderr"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def a(x: 'Missing'): ...", "f.a can not be resolved"),
        ("def a(x: complex): ...", "parameter 'x': the type complex can not be read"),
        ("def a(*x): ...", "'x' is *variable"),
        ("def a(x, /): ...", "positional-only"),
        ("def a():\n  yield 1", "f.a is a generator"),
        ("def a(): ...\n@f.call\ndef a(): ...", "f.a is registered twice"),
    ],
)
def test_a_function_that_can_not_be_offered_must_stop_the_start(
    pools: Pools, write_module: Callable[[str, str], Path], text: str, words: str
) -> None:
    source = f"{HEAD}{text}\n"
    pool = pools(write_module("wrong", source), modules=["wrong"])
    error = frame_json(pool.connect(pool.started()["socket"]).frame())
    assert error["code"] == "WORKER_START_FAILED"
    assert words in error["message"]


def test_without_a_list_every_public_module_of_the_path_must_be_imported(
    pools: Pools, tmp_path: Path
) -> None:
    source = "from serpentry import Module\nm = Module(__name__)\n@m.call\ndef go(): ...\n"
    for name in ("alpha", "_hidden", "test_alpha", "tests"):
        (tmp_path / f"{name}.py").write_text(source)
    (tmp_path / "beta").mkdir()
    (tmp_path / "beta" / "__init__.py").write_text(source)
    worker = pools(tmp_path, modules=[]).worker()
    assert [entry["name"] for entry in worker.hello["functions"]] == ["alpha.go", "beta.go"]


def test_the_module_path_must_come_first_and_in_its_order(pools: Pools, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.py").write_text(
            f"from serpentry import Module\n@Module('m').call\ndef where(): return {name!r}\n"
        )
    path = [str(tmp_path / "two"), str(tmp_path / "one")]
    assert pools(modulePath=path, modules=["same"]).worker().call("m.where") == "two"


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_worker_must_be_set_apart_from_its_zygote(pools: Pools, start: str) -> None:
    pool = pools(start=start)
    pool.worker("w-1")
    worker = pool.worker("w-2")
    found = worker.call("f.process")
    pid = worker.hello["pid"]
    assert worker.hello["start"] == start
    assert found["group"] == pid
    assert found["stdin"] == "/dev/null"
    assert found["child"] == str(signal.SIG_DFL)
    assert found["omp"] == "1"
    assert found["directory"] == str(pool.home)
    assert found["path"][0] == str(pool.modules_dir)
    assert found["frozen"] > 1000 or start == "spawn"
    sockets = [target for target in found["fds"].values() if target.startswith("socket:")]
    assert len(sockets) == 2, found["fds"]
    assert len([t for t in found["fds"].values() if "memfd" in t]) == 1, found["fds"]
    assert len([t for t in found["fds"].values() if t.startswith("pipe:")]) == 2, found["fds"]
    assert len([t for t in found["fds"].values() if "eventpoll" in t]) == 1, found["fds"]


@pytest.mark.parametrize("preload", [[], ["numpy.random"]])
def test_forked_workers_must_not_draw_the_same_random_numbers(pools: Pools, preload: list[str]) -> None:
    if preload:
        pytest.importorskip("numpy")
    pool = pools(preload=preload)
    assert pool.ready["start"] == "fork"
    drawn = [pool.worker(name).call("f.draw") for name in ("a", "b")]
    assert len(drawn[0]) == 1 + len(preload)
    assert not set(drawn[0]) & set(drawn[1])


def test_json_null_for_timeout_must_not_matter(worker: Connection) -> None:
    worker.send(Frame(FrameType.CALL, 1, json.dumps({"function": "f.pid", "timeoutMillis": None}).encode()))
    assert frame_json(worker.answer(1)) == worker.hello["pid"]


def test_sigterm_must_let_the_running_call_finish(pool: Pool, worker: Connection) -> None:
    request = worker.begin("f.sleep", {"seconds": 0.2})
    pool.wait_for_output(b"asleep")
    os.kill(worker.hello["pid"], signal.SIGTERM)
    assert worker.answer(request).type is FrameType.RESULT
    assert pool.report("exited")["exitCode"] == 0
