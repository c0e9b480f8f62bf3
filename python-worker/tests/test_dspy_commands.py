# SPDX-License-Identifier: Apache-2.0
"""The functions dspy.*: their arguments, results, scopes and refusals, in real workers."""

from __future__ import annotations

import json
import os
import re
import time
from typing import Any

import pytest

from dspy_kit import KEY_VARIABLE, MODEL, SIGNATURE, Programs, Workers
from store import Stored

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PLAIN = {"inputs": [("question", "str")], "outputs": [("answer", "str")]}


def signature(**sides: list[tuple[str, str]]) -> dict[str, Any]:
    fields = {side: [{"name": n, "type": t, "description": None} for n, t in sides[side]] for side in sides}
    return {**fields, "instructions": None}


# What is there


def test_the_catalogue_must_have_all_commands(programs: Programs) -> None:
    functions = {entry["name"]: entry for entry in programs.worker.hello["functions"]}
    commands = {name.removeprefix("dspy.") for name in functions if name.startswith("dspy.")}
    session_only = {"cleanup_session", "get_session_data", "update_session_data"}
    assert commands == session_only | {
        *("ping", "configure_lm", "create_program", "execute_program", "compile_program", "list_programs"),
        *("get_program_info", "delete_program", "get_stats", "reset_state", "cleanup"),
    }
    assert {name for name in commands if not functions[f"dspy.{name}"]["shared"]} == session_only
    assert functions["dspy.compile_program"]["timeoutMillis"] == 3_600_000
    repeatable = {name for name in commands if functions[f"dspy.{name}"]["idempotent"]}
    assert repeatable == {
        *("ping", "list_programs", "get_program_info", "get_stats", "cleanup", "get_session_data"),
    }


def test_ping_must_tell_who_answers(programs: Programs) -> None:
    told = programs.do("ping")
    assert (told["status"], told["session"], told["model"]) == ("ok", "s_1", MODEL)
    assert told["pid"] == programs.worker.hello["pid"]
    assert told["dspy"].startswith("3.4.")
    assert told["uptime_seconds"] >= 0
    assert TIMESTAMP.fullmatch(told["timestamp"])
    programs.caller.store = None
    assert programs.do("ping")["session"] is None


# Programs


def test_a_program_must_be_stored_and_told(programs: Programs) -> None:
    created = programs.create()
    assert created == {
        "program_id": "qa",
        "status": "created",
        "scope": "session",
        "program_type": "predict",
        "signature": signature(**PLAIN),
        "created_at": created["created_at"],
        "expires_at": None,
    }
    assert TIMESTAMP.fullmatch(created["created_at"])
    assert list(programs.store.entries) == ["dspy.program.qa"]
    info = programs.do("get_program_info", program_id="qa")
    assert info["state"]["demos"] == []
    assert info == {
        "id": "qa",
        **{
            name: created[name] for name in ("scope", "program_type", "signature", "created_at", "expires_at")
        },
        "execution_count": 0,
        "last_executed": None,
        "progress": None,
        "arguments": {},
        "tools": [],
        "state": info["state"],
        "fingerprint": {"dspy": "3.4"},
        "compiled": None,
        "changed": [],
    }


def test_an_execution_must_answer_and_be_counted(programs: Programs) -> None:
    programs.create(signature="question -> answer, price: float", program_type="chain_of_thought")
    programs.store.clock = 1_763_000_000_123
    outcome = programs.outcome("execute_program", program_id="qa", inputs={"question": "why?"})
    assert outcome.changes == [["dspy.executions.qa", -1, "increment", 1]]
    assert outcome.shared is None
    (used,) = outcome.value["usage"]
    assert outcome.value == {
        "program_id": "qa",
        "scope": "session",
        "outputs": {"answer": "answer about why?", "price": 4.0},
        "details": {"reasoning": "reasoning about why?"},
        "usage": [used],
    }
    programs.execute()
    info = programs.do("get_program_info", program_id="qa")
    assert (info["execution_count"], info["last_executed"]) == (2, "2025-11-13T02:13:20.123Z")


def test_scopes_must_be_kept_apart(programs: Programs) -> None:
    programs.create("both", instructions="mine")
    programs.create("both", scope="global", instructions="everybody's")
    programs.create("shared", scope="global")
    assert programs.do("execute_program", program_id="both", inputs={"question": "?"})["scope"] == "session"
    assert programs.execute("both", scope="global")["scope"] == "global"
    assert programs.execute("shared")["scope"] == "global"
    listed = programs.do("list_programs")
    assert [(p["scope"], p["id"], p["execution_count"]) for p in listed["programs"]] == [
        ("session", "both", 1),
        ("global", "both", 1),
        ("global", "shared", 1),
    ]
    assert listed["total_count"] == 3
    assert programs.do("list_programs", scope="session")["total_count"] == 1
    assert programs.do("list_programs", scope="global")["total_count"] == 2
    both = [programs.do("get_program_info", program_id="both", scope=s) for s in ("session", "global")]
    assert [info["signature"]["instructions"] for info in both] == ["mine", "everybody's"]
    stats = programs.do("get_stats")
    assert stats["session"] == {"programs": 1, "executions": 1}
    assert stats["global"] == {"programs": 2, "executions": 2}
    assert stats["worker"]["pid"] == programs.worker.hello["pid"]
    assert stats["worker"]["peak_memory_bytes"] > 1 << 20
    assert programs.do("delete_program", program_id="both")["status"] == "deleted"
    assert programs.execute("both")["scope"] == "global"
    programs.do("delete_program", program_id="both", scope="global")
    assert {name for name in programs.shared.entries if name.endswith("both")} == set()


def test_the_list_must_be_fetched_at_once(programs: Programs, dspy_workers: Workers) -> None:
    for number in range(4):
        programs.create(f"p{number}")
        programs.execute(f"p{number}")
    other = programs.beside(dspy_workers.start())
    assert other.do("list_programs")["total_count"] == 4
    (fetched,) = other.caller.asked
    assert len(fetched["names"]) == 8


@pytest.fixture(params=["none", "temporary"])
def anonymous(request: pytest.FixtureRequest, programs: Programs) -> Programs:
    """Calls without a session, or with one of their own that ends with each, as anonymous calls have."""
    if request.param == "none":
        programs.caller.store = None
    else:
        programs.store.kind = "temporary"
    return programs


def test_a_call_without_a_session_must_see_what_is_global(anonymous: Programs) -> None:
    anonymous.create("shared", scope="global")
    assert anonymous.execute("shared")["scope"] == "global"
    assert anonymous.do("list_programs")["total_count"] == 1
    assert "session" not in anonymous.do("get_stats")
    assert anonymous.do("ping")["session"] is None


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("create_program", {"id": "x", "signature": SIGNATURE}),
        ("list_programs", {"scope": "session"}),
        ("execute_program", {"program_id": "x", "inputs": {}, "scope": "session"}),
        ("delete_program", {"program_id": "x"}),
        ("compile_program", {"program_id": "x", "trainset": [], "scope": "session"}),
        ("reset_state", {}),
        ("configure_lm", {"model": MODEL, "scope": "session"}),
        ("cleanup_session", {}),
        ("update_session_data", {"key": "a", "value": 1}),
    ],
)
def test_a_call_without_a_session_must_not_seem_to_change_one(
    anonymous: Programs, command: str, arguments: dict[str, Any]
) -> None:
    error = anonymous.refused(command, **arguments)
    assert (error["code"], error["retryable"]) == ("ILLEGAL_STATE", False)


@pytest.mark.parametrize("scope", [None, "session", "global"])
@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("execute_program", {"inputs": {}}),
        ("get_program_info", {}),
        ("delete_program", {}),
        ("compile_program", {"trainset": []}),
    ],
)
def test_a_program_that_is_not_there_must_be_told(
    programs: Programs, command: str, more: dict[str, Any], scope: str | None
) -> None:
    if scope is None and command == "delete_program":
        scope = "session"
    error = programs.refused(command, program_id="none", scope=scope, **more)
    assert (error["code"], error["context"]) == ("NOT_FOUND", {"program": "none"})
    assert "'none'" in error["message"]


def test_an_id_must_be_free_and_plain(programs: Programs) -> None:
    programs.create()
    error = programs.refused("create_program", id="qa", signature=SIGNATURE)
    assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"program": "qa", "scope": "session"})
    programs.create(scope="global")
    for bad in ("", "a b", "a/b", "x" * 201, "\n"):
        programs.invalid("id", "create_program", id=bad, signature=SIGNATURE)
        programs.invalid("program_id", "get_program_info", program_id=bad)


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ("", "signature"),
        ("question", "signature"),
        ("a -> b -> c", "signature"),
        (" -> answer", "signature.inputs"),
        ("question -> ", "signature.outputs"),
        ("question, question -> answer", "signature.question"),
        ("question -> question", "signature.question"),
        ("2nd -> answer", "signature"),
        ("class -> answer", "signature"),
        ("_private -> answer", "signature"),
        ("*question -> answer", "signature"),
        ("question = 1 -> answer", "signature"),
        ("question): import os\ndef g(x -> answer", "signature"),
        ("question): pass # -> answer", "signature"),
        ("question\0 -> answer", "signature"),
        ("x" * 101 + " -> answer", "signature"),
        ("question: os.system -> answer", "signature.question"),
        ("question: os -> answer", "signature.question"),
        ("question: antigravity -> answer", "signature.question"),
        ("question: list[os.system] -> answer", "signature.question"),
        ("question: __import__('os') -> answer", "signature.question"),
        ("question: dspy.settings -> answer", "signature.question"),
        ("question: 'os.system' -> answer", "signature.question"),
        ("question: 5 -> answer", "signature.question"),
        ("question: int[str] -> answer", "signature"),
        ("question -> answer: Literal[os]", "signature.answer"),
        ("config -> answer", "signature.config"),
        ("question, lm -> answer", "signature.lm"),
        ("question -> model_config", "signature"),
        (f"question: {'list[' * 60}int{']' * 60}, b: {'list[' * 120}int{']' * 120} -> a", "signature.b"),
        (f"question: {'(' * 300}int{')' * 300} -> answer", "signature"),
    ],
)
def test_a_signature_that_can_not_be_must_be_refused(programs: Programs, given: str, argument: str) -> None:
    programs.invalid(argument, "create_program", id="x", signature=given)


@pytest.mark.parametrize(
    ("inputs", "outputs", "argument"),
    [
        ([], [{"name": "a"}], "signature.inputs"),
        ([{"name": "q"}], [], "signature.outputs"),
        ([{"name": "q"}, {"name": "q"}], [{"name": "a"}], "signature.q"),
        ([{"name": "q"}], [{"name": "q"}], "signature.q"),
        ([{"name": "q q"}], [{"name": "a"}], "signature"),
        ([{"name": "q: os.system"}], [{"name": "a"}], "signature"),
        ([{"name": "q", "type": "os.system"}], [{"name": "a"}], "signature.q"),
        ([{"name": "q", "type": "str, x: os"}], [{"name": "a"}], "signature.q"),
        ([{"name": "q", "type": ""}], [{"name": "a"}], "signature.q"),
        ([{"name": "q", "type": "str -> int"}], [{"name": "a"}], "signature.q"),
        ([{"name": "signature"}], [{"name": "a"}], "signature.signature"),
        ([{"name": f"q{i}"} for i in range(101)], [{"name": "a"}], "signature.inputs"),
    ],
)
def test_a_definition_that_can_not_be_must_be_refused(
    programs: Programs, inputs: list[Any], outputs: list[Any], argument: str
) -> None:
    given = {"inputs": inputs, "outputs": outputs}
    programs.invalid(argument, "create_program", id="x", signature=given)
    assert programs.run("import sys; result = 'antigravity' in sys.modules") is False


def test_a_type_of_many_kinds_must_be_taken(programs: Programs) -> None:
    types = ["int", "list[str]", "dict[str, float]", "Optional[int]", "str | None", "Literal['a b', 2]"]
    types += ["dspy.Image", "bool", "tuple[int, str]", "Union[str, int]", "Any", "list[dict[str, Any]]"]
    fields = ", ".join(f"f{number}: {kind}" for number, kind in enumerate(types))
    created = programs.create(signature=f"question -> {fields}")
    assert [field["type"] for field in created["signature"]["outputs"]] == types


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"program_type": "os:system"}, "program_type"),
        ({"program_type": "programs:Answers"}, "program_type"),
        ({"program_type": ""}, "program_type"),
        ({"signature": None}, "signature"),
        ({"signature": 5}, "signature"),
        ({"scope": "all"}, "scope"),
        ({"lifetime_seconds": 60}, "lifetime_seconds"),
        ({"lifetime_seconds": 0, "scope": "global"}, "lifetime_seconds"),
        ({"lifetime_seconds": -1, "scope": "global"}, "lifetime_seconds"),
        ({"lifetime_seconds": 1e12, "scope": "global"}, "lifetime_seconds"),
        ({"arguments": {"api_base": "http://elsewhere/"}}, "arguments.api_base"),
        ({"arguments": {"temperature": "hot"}}, "arguments.temperature"),
        ({"arguments": {"max_tokens": 0}}, "arguments.max_tokens"),
        ({"arguments": {"max_iters": 3}}, "arguments.max_iters"),
        ({"program_type": "react", "arguments": {"max_iters": 0}}, "arguments.max_iters"),
        ({"program_type": "react", "arguments": {"tools": []}}, "arguments.tools"),
        ({"program_type": "program_of_thought", "arguments": {"interpreter_factory": 1}}, None),
        ({"program_type": "programs:Answer", "arguments": {"colour": "red"}}, "arguments"),
        ({"program_type": "programs:TwoModels", "arguments": {"model": {"api_key": "k"}}}, "arguments"),
        ({"tools": [{"function": "p.double"}]}, "tools"),
        ({"program_type": "programs:Answer", "tools": [{"function": "p.double"}]}, "tools"),
        ({"program_type": "react", "tools": [{}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "p.double", "method": "m"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "p.none"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "p.with_session"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "dspy.ping"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "p.later"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"method": "finish"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"method": "a-b"}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"method": "m"}, {"method": "m"}]}, "tools[1]"),
        ({"program_type": "react", "tools": [{"method": "m", "arguments": {"a": 1}}]}, "tools[0]"),
        ({"program_type": "react", "tools": [{"function": "p.double", "arguments": {}}]}, "tools[0]"),
    ],
)
def test_a_program_that_can_not_be_must_be_refused(
    programs: Programs, arguments: dict[str, Any], argument: str | None
) -> None:
    given = {"id": "x", "signature": SIGNATURE, **arguments}
    programs.invalid(argument or "arguments.interpreter_factory", "create_program", **given)


def test_inputs_must_be_those_of_the_signature(programs: Programs) -> None:
    programs.create(signature="question, context: list[str] -> answer")
    execute: dict[str, Any] = {"program_id": "qa"}
    both = {"question": "why?", "context": []}
    programs.invalid("inputs.context", "execute_program", inputs={"question": "why?"}, **execute)
    programs.invalid("inputs.more", "execute_program", inputs={**both, "more": 1}, **execute)
    programs.invalid("inputs.config", "execute_program", inputs={**both, "config": {}}, **execute)
    programs.invalid("inputs", "execute_program", inputs=[], **execute)
    assert programs.model.asked() == []


def test_inputs_of_a_class_without_a_signature_must_be_those_of_its_forward(programs: Programs) -> None:
    arguments = {"model": "openai/other"}
    programs.create("two", None, program_type="programs:TwoModels", arguments=arguments)
    programs.invalid("inputs.question", "execute_program", program_id="two", inputs={"again": True})
    more = {"question": "?", "more": 1}
    programs.invalid("inputs.more", "execute_program", program_id="two", inputs=more)
    programs.create("any", None, program_type="programs:Failing", arguments={"how": "list"})
    lm = {"lm": "http://elsewhere"}
    programs.invalid("inputs.lm", "execute_program", program_id="any", inputs=lm)
    answered = programs.do("execute_program", program_id="any", inputs={"a": 1})
    assert (answered["outputs"], answered["details"]) == ({"result": [1, {"a": 1}]}, {})


def test_a_class_without_a_signature_must_have_its_inputs_checked_by_a_given_one(programs: Programs) -> None:
    list_it: dict[str, Any] = {"program_type": "programs:Failing", "arguments": {"how": "list"}}
    programs.create("any", "number: int -> result", **list_it)
    programs.invalid("inputs.more", "execute_program", program_id="any", inputs={"number": 1, "more": 1})
    answered = programs.do("execute_program", program_id="any", inputs={"number": 1})
    assert answered["outputs"] == {"result": [1, {"number": 1}]}


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"colour": "red"}, "options.colour"),
        ({"temperature": "hot"}, "options.temperature"),
        ({"temperature": True}, "options.temperature"),
        ({"num_retries": -1}, "options.num_retries"),
        ({"timeout": 0}, "options.timeout"),
        ({"n": 0}, "options.n"),
        ({"model_type": "wheel"}, "options.model_type"),
        ({"stop": [1]}, "options.stop"),
        ({"reasoning_effort": "x" * 21}, "options.reasoning_effort"),
        ({"api_base": "http://elsewhere"}, "options.api_base"),
    ],
)
def test_an_option_that_can_not_be_must_be_refused(
    programs: Programs, options: dict[str, Any], argument: str
) -> None:
    programs.create()
    programs.invalid(argument, "configure_lm", model=MODEL, options=options)
    inputs = {"question": "why?"}
    programs.invalid(argument, "execute_program", program_id="qa", inputs=inputs, options=options)
    assert programs.model.asked() == []


def test_options_must_reach_the_model_for_one_call(programs: Programs) -> None:
    programs.configure(options={"num_retries": 0, "temperature": 0.5, "max_tokens": 7})
    programs.create()
    programs.execute(options={"temperature": 0.25})
    programs.execute()
    asked = programs.model.asked()
    assert [body["temperature"] for body in asked] == [0.25, 0.5]
    assert {body.get("max_tokens") or body["max_completion_tokens"] for body in asked} == {7}


# Clearing


def test_a_reset_must_clear_one_scope(programs: Programs) -> None:
    programs.store.entries["mine"] = Stored(1, "application/json", b"1")
    for scope in ("session", "global"):
        programs.create(scope=scope)
        programs.execute(scope=scope)
        programs.configure(scope=scope)
    assert programs.do("reset_state") == {"status": "reset", "scope": "session", "programs_cleared": 1}
    assert list(programs.store.entries) == ["mine"]
    assert programs.execute()["scope"] == "global"
    assert programs.do("reset_state", scope="global")["programs_cleared"] == 1
    assert programs.shared.entries == {}
    assert programs.refused("execute_program", program_id="qa", inputs={})["code"] == "NOT_FOUND"


def test_a_session_must_be_cleaned_of_programs_alone(programs: Programs) -> None:
    programs.store.entries["mine"] = Stored(1, "application/json", b"1")
    programs.create()
    programs.execute()
    cleaned = programs.do("cleanup_session")
    assert cleaned == {"status": "cleaned", "session_id": "s_1", "programs_removed": 1}
    assert list(programs.store.entries) == ["mine"]


def test_a_program_must_begin_without_counts_of_one_before(programs: Programs) -> None:
    programs.store.entries["dspy.executions.qa"] = Stored(1, "application/json", b"7")
    programs.create()
    assert programs.do("get_program_info", program_id="qa")["execution_count"] == 0


# The lifetime of global programs


def later(programs: Programs, seconds: int) -> None:
    """Set the worker's clock ahead of when the test began."""
    programs.run(
        "from datetime import timedelta, timezone\n"
        "places.began = getattr(places, 'began', None) or datetime.now(timezone.utc)\n"
        f"places.now_utc = lambda: places.began + timedelta(seconds={seconds})"
    )


def test_an_expired_program_must_be_as_gone(programs: Programs) -> None:
    later(programs, 0)
    programs.create("short", scope="global", lifetime_seconds=60)
    programs.create("long", scope="global", lifetime_seconds=3600)
    programs.create("ever", scope="global")
    later(programs, 59)
    assert programs.do("list_programs")["total_count"] == 3
    assert programs.do("cleanup")["programs_removed"] == 0
    programs.execute("short")
    later(programs, 61)
    assert [p["id"] for p in programs.do("list_programs")["programs"]] == ["ever", "long"]
    assert programs.do("get_stats")["global"] == {"programs": 2, "executions": 0}
    for command in ("get_program_info", "delete_program"):
        assert programs.refused(command, program_id="short", scope="global")["code"] == "NOT_FOUND"
    assert "dspy.program.short" in programs.shared.entries
    cleaned = {"status": "cleaned", "programs_removed": 1, "orphans_removed": 0}
    assert programs.do("cleanup") == cleaned
    assert not [name for name in programs.shared.entries if name.endswith("short")]


def test_the_id_of_an_expired_program_must_be_free(programs: Programs) -> None:
    later(programs, 0)
    programs.create("short", scope="global", lifetime_seconds=60)
    programs.execute("short")
    later(programs, 61)
    programs.create("short", scope="global", instructions="anew")
    info = programs.do("get_program_info", program_id="short")
    assert (info["execution_count"], info["signature"]["instructions"]) == (0, "anew")


@pytest.mark.parametrize("scope", ["session", "global"])
def test_what_a_call_left_that_ended_too_late_must_be_cleaned(programs: Programs, scope: str) -> None:
    """A count of a program that was deleted meanwhile, and progress of an optimizer that was ended."""
    store = programs.store if scope == "session" else programs.shared
    later(programs, 0)
    for program in ("runs", "hung"):
        programs.create(program, scope=scope)
    told = json.dumps({"done": 1, "total": 4, "accepted": 1}).encode()
    now = round(time.time() * 1000)
    left = {
        "dspy.executions.gone": Stored(1, "application/json", b"7", now),
        "dspy.progress.gone": Stored(1, "application/json", told, now),
        "dspy.progress.hung": Stored(1, "application/json", told, now - 1_800_000),
    }
    kept = {
        **store.entries,
        "dspy.executions.runs": Stored(1, "application/json", b"7", now - 1_800_000),
        "dspy.progress.runs": Stored(1, "application/json", told, now),
        "mine": Stored(1, "application/json", b"7"),
    }
    store.entries = {**kept, **left}
    later(programs, 2000)
    infos = {p["id"]: p["progress"] for p in programs.do("list_programs")["programs"]}
    assert infos == {"runs": {"done": 1, "total": 4, "accepted": 1}, "hung": None}
    assert programs.do("cleanup") == {"status": "cleaned", "programs_removed": 0, "orphans_removed": 3}
    assert store.entries == kept
    assert programs.do("cleanup")["orphans_removed"] == 0


def test_there_must_not_be_too_many_global_programs(programs: Programs) -> None:
    programs.run("os.environ['SERPENTRY_DSPY_MAX_GLOBAL_PROGRAMS'] = '2'")
    later(programs, 0)
    programs.create("one", scope="global", lifetime_seconds=60)
    programs.create("two", scope="global")
    create: dict[str, Any] = {"id": "three", "signature": SIGNATURE, "scope": "global"}
    error = programs.refused("create_program", **create)
    assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"limit": 2})
    programs.create("three")
    later(programs, 61)
    programs.do("create_program", **create)
    assert "dspy.program.one" not in programs.shared.entries
    programs.run("os.environ['SERPENTRY_DSPY_MAX_GLOBAL_PROGRAMS'] = 'many'")
    create["id"] = "four"
    assert programs.refused("create_program", **create)["code"] == "ILLEGAL_STATE"


def test_all_global_programs_must_fit_into_their_session(programs: Programs) -> None:
    """With their counters, of which a session has a thousand entries unless it is configured."""
    programs.create("p0", scope="global")
    stored = programs.shared.entries["dspy.program.p0"]
    for number in range(1, 400):
        programs.shared.entries[f"dspy.program.p{number}"] = stored
    create: dict[str, Any] = {"id": "more", "signature": SIGNATURE, "scope": "global"}
    assert programs.refused("create_program", **create)["context"] == {"limit": 400}
    del programs.shared.entries["dspy.program.p399"]
    programs.do("create_program", **create)


# The session's own data


def test_data_of_the_session_must_be_read_and_changed(programs: Programs) -> None:
    programs.store.entries["picture"] = Stored(1, "image/png", os.urandom(8))
    programs.create()
    programs.do("update_session_data", key="list", value=[1])
    assert programs.do("update_session_data", key="hits", operation="increment") == {
        "session_id": "s_1",
        "status": "updated",
        "key": "hits",
        "operation": "increment",
    }
    programs.do("update_session_data", key="hits", operation="increment", value=4)
    programs.do("update_session_data", key="none", operation="remove")
    got = programs.do("get_session_data")
    assert (got["session_id"], got["data"]) == ("s_1", {"list": [1], "hits": 5})
    assert got["revision"] == programs.store.revision
    named = programs.do("get_session_data", keys=["hits", "none", "picture", "dspy.program.qa"])
    assert named["data"] == {"hits": 5}
    programs.do("update_session_data", key="list", operation="remove")
    assert programs.do("get_session_data")["data"] == {"hits": 5}


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"key": "dspy.program.x", "value": {}}, "key"),
        ({"key": ""}, "key"),
        ({"key": "x" * 256}, "key"),
        ({"key": "a", "operation": "drop"}, "operation"),
        ({"key": "a", "operation": "increment", "value": "1"}, "value"),
        ({"key": "a", "operation": "increment", "value": True}, "value"),
    ],
)
def test_a_change_of_data_that_can_not_be_must_be_refused(
    programs: Programs, arguments: dict[str, Any], argument: str
) -> None:
    programs.invalid(argument, "update_session_data", **arguments)


def test_the_key_of_the_tests_must_not_be_here() -> None:
    assert KEY_VARIABLE not in os.environ, "the workers of these tests get it, this process must not have it"
