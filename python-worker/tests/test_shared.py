# SPDX-License-Identifier: Apache-2.0
"""Functions with the pool's shared session, and exceptions that tell more than a text, in real workers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import SOURCE, Connection, Pool
from serpentry._wire import FrameType
from store import Caller, Store

Pools = Callable[..., Pool]


@pytest.fixture
def pool(pools: Pools) -> Pool:
    return pools(modules=["functions", "sessions"])


@pytest.fixture
def caller(worker: Connection) -> Caller:
    return Caller(worker, Store(mine=[1]), Store("shared-default", model={"name": "small"}, hits=2))


def run(caller: Caller, code: str) -> Any:
    outcome = caller.call("s.run_shared", {"code": code})
    assert outcome.frame.type is FrameType.RESULT, outcome.value
    return outcome.value


def shared_of(caller: Caller) -> Store:
    assert caller.shared is not None
    return caller.shared


def test_the_catalogue_must_say_who_shares(worker: Connection) -> None:
    functions = {entry["name"]: entry for entry in worker.hello["functions"]}
    assert functions["s.run_shared"]["shared"] is True
    assert functions["s.may_share"]["shared"] is True
    assert functions["s.run"]["shared"] is False
    assert [p["name"] for p in functions["s.run_shared"]["parameters"]] == ["code"]


def test_both_sessions_must_be_read_and_changed_in_one_call(caller: Caller) -> None:
    code = """
session['mine'] += [shared['hits']]
session['bytes'] = b'one'
shared['model']['name'] = 'large'
shared['bytes'] = b'another'
shared.increment('hits', 3)
result = [session.id, shared.id]
"""
    assert run(caller, code) == ["s_1", "shared-default"]
    assert caller.store is not None
    assert (caller.store.value("mine"), caller.store.value("bytes")) == ([1, 2], b"one")
    shared = shared_of(caller)
    assert (shared.value("model"), shared.value("hits"), shared.value("bytes")) == (
        {"name": "large"},
        5,
        b"another",
    )


def test_questions_must_say_which_session_they_are_about(caller: Caller) -> None:
    code = "shared['x'] = session['mine']; shared.save(); shared.refresh(); result = shared['x']"
    assert run(caller, code) == [1]
    assert [(q["operation"], q.get("of")) for q in caller.asked] == [
        ("fetch", None),
        ("save", "shared"),
        ("refresh", "shared"),
    ]


def test_a_call_that_fails_must_change_neither(caller: Caller) -> None:
    code = "session['mine'] = 0; shared['hits'] = 0; raise ValueError('no')"
    outcome = caller.call("s.run_shared", {"code": code})
    assert outcome.frame.type is FrameType.ERROR
    assert (outcome.session, outcome.shared) == (None, None)
    assert shared_of(caller).value("hits") == 2


def test_a_call_without_it_must_be_refused_only_where_it_is_needed(worker: Connection) -> None:
    error = worker.error("s.run_shared", code="")
    assert error["code"] == "ILLEGAL_STATE"
    assert "SharedSession | None" in error["message"]
    assert worker.call("s.may_share") is False


def test_an_entry_must_tell_when_it_was_written(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = shared_of(caller)
    rows, row_of = shared.described, shared._row

    def described(*inline: Any) -> tuple[dict[str, Any], list[bytes]]:
        fields, contents = rows(*inline)
        fields["entries"] = [[*row_of(name, entry), 1500] for name, entry in shared.entries.items()]
        return fields, contents

    monkeypatch.setattr(shared, "described", described)
    code = "result = [shared.info('hits').written_at, session.info('mine').written_at]"
    assert run(caller, code) == [1.5, None]


def test_an_application_error_must_tell_its_context(caller: Caller) -> None:
    code = (
        "raise serpentry.ApplicationError('busy', retryable=True, "
        "context={'seconds': 3, 'odd': {1}, 'deep': {'a': [None]}})"
    )
    error = caller.fail(code)
    assert (error["code"], error["type"], error["message"]) == (
        "PYTHON_RAISED",
        "serpentry.ApplicationError",
        "busy",
    )
    assert error["retryable"] is True
    assert error["context"] == {"seconds": 3, "odd": "{1}", "deep": {"a": [None]}}


def test_the_context_of_an_error_must_never_get_in_its_way(caller: Caller) -> None:
    error = caller.fail("e = serpentry.ApplicationError('busy'); e.context = 5; raise e")
    assert (error["message"], error["retryable"]) == ("busy", False)
    assert "can not be told" in error["context"]["context"]


def test_a_developer_must_be_able_to_share_by_a_file(tmp_path: Path) -> None:
    modules = str(Path(__file__).parent / "modules")
    mine, shared = tmp_path / "mine.json", tmp_path / "shared.json"
    lines = json.dumps({"code": "session['a'] = 1; shared['b'] = 2; shared.save(); result = shared['b']"})
    command = [sys.executable, "-m", "serpentry", "call", "sessions.run_shared", lines, "--path", modules]
    environment = {"PYTHONPATH": str(SOURCE)}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert "add --shared FILE.json" in refused.stderr

    done = subprocess.run(
        [*command, "--session", str(mine), "--shared", str(shared)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.stdout == "2\n", done.stderr
    assert (json.loads(mine.read_text()), json.loads(shared.read_text())) == ({"a": 1}, {"b": 2})
