# SPDX-License-Identifier: Apache-2.0
"""Language models of programs: their failures, their keys, and who sees a change of configuration."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest

from dspy_kit import KEY, KEY_VARIABLE, MODEL, Programs, Workers, text
from serpentry._wire import FrameType
from store import Store

ASK: dict[str, Any] = {"program_id": "qa", "inputs": {"question": "why?"}}
UNAUTHORIZED = {"status": 401, "body": {"error": {"message": f"the key {KEY} is unknown"}}}


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


# Failures


@pytest.mark.parametrize(
    ("answer", "context", "retryable"),
    [
        (UNAUTHORIZED, {"reason": "auth", "status": 401}, False),
        (
            {"status": 429, "headers": {"Retry-After": "7"}, "body": {"error": {"message": "later"}}},
            {"reason": "rate_limit", "status": 429, "retryAfter": 7.0},
            True,
        ),
        ({"status": 500, "body": {}}, {"reason": "server", "status": 500}, True),
        ({"status": 503, "body": "<html>no</html>"}, {"reason": "server", "status": 503}, True),
        ({"status": 404, "body": {}}, {"reason": "invalid_request", "status": 404}, False),
        ({"body": "{no json"}, {"reason": "provider", "status": 200}, False),
        ({"cut": True}, {"reason": "transport"}, True),
    ],
)
def test_a_failure_of_the_model_must_be_told(
    programs: Programs, answer: dict[str, Any], context: dict[str, Any], retryable: bool
) -> None:
    programs.create()
    programs.model.script(answer)
    error = programs.refused("execute_program", **ASK)
    assert (error["code"], error["type"]) == ("PYTHON_RAISED", "serpentry.dspy.LanguageModelError")
    assert error["context"] == {"program": "qa", "model": MODEL, **context}
    assert error["retryable"] is retryable
    assert len(programs.model.asked()) == 1
    assert programs.do("get_program_info", program_id="qa")["execution_count"] == 0


def test_a_model_that_hangs_must_be_given_up(programs: Programs) -> None:
    programs.create()
    programs.model.script({"hang": True})
    error = programs.refused("execute_program", options={"timeout": 0.2}, **ASK)
    assert error["type"] == "serpentry.dspy.LanguageModelError"
    assert (error["context"]["reason"], error["retryable"]) == ("timeout", True)


def test_a_model_that_hangs_must_be_given_up_before_the_calls_deadline(programs: Programs) -> None:
    """And not asked again, which would end no better."""
    programs.create()
    programs.configure(options={})
    programs.model.script(*[{"hang": True}] * 4)
    begun = time.monotonic()
    outcome = programs.caller.call("dspy.execute_program", dict(ASK), timeout_millis=3000)
    assert time.monotonic() - begun < 3
    assert outcome.value["type"] == "serpentry.dspy.LanguageModelError"
    assert (outcome.value["context"]["reason"], outcome.value["retryable"]) == ("timeout", True)
    assert len(programs.model.asked()) == 1


def test_a_request_must_have_a_timeout_that_ends_it_before_its_call(programs: Programs) -> None:
    programs.create()
    allowed = "result = sorted(key[3].read for c in models._clients.values() for key in c._engine_store)"
    longest = []
    for options, millis in (({}, 0), ({}, 120_000), ({}, 30_000), ({"timeout": 90}, 60_000), ({}, 3000)):
        programs.run("models._clients.clear()")
        programs.caller.call("dspy.execute_program", {**ASK, "options": options}, timeout_millis=millis)
        longest += programs.run(allowed)
    assert longest == [60, 60, 25, 50, 2]


def test_a_model_must_not_be_waited_for_beyond_the_calls_deadline(programs: Programs) -> None:
    programs.create()
    programs.configure(options={})
    programs.model.script({"status": 429, "headers": {"Retry-After": "60"}, "body": {}}, {})
    outcome = programs.caller.call("dspy.execute_program", dict(ASK), timeout_millis=30_000)
    assert outcome.value["context"]["retryAfter"] == 60
    assert len(programs.model.asked()) == 1


def test_a_model_that_is_not_there_must_be_told(programs: Programs) -> None:
    programs.create()
    programs.configure(base_url="http://127.0.0.1:1/v1")
    error = programs.refused("execute_program", **ASK)
    assert (error["context"]["reason"], error["retryable"]) == ("transport", True)


@pytest.mark.parametrize("answer", [{"text": "just so"}, {"body": {}}, text(other="x")])
def test_an_answer_in_another_form_must_be_told(programs: Programs, answer: dict[str, Any]) -> None:
    programs.create()
    programs.model.script(answer, answer)
    error = programs.refused("execute_program", **ASK)
    assert (error["code"], error["type"]) == ("PYTHON_RAISED", "serpentry.dspy.UnusableAnswer")
    assert error["context"] == {"program": "qa", "model": MODEL}
    assert error["retryable"] is True
    assert len(programs.model.asked()) == 2, "DSPy asks for JSON when its own form was not given"


def test_an_answer_of_another_type_must_be_told(programs: Programs) -> None:
    programs.create(signature="question -> answer: int")
    programs.model.script(text(answer="many"), text(answer="many"))
    assert programs.refused("execute_program", **ASK)["type"] == "serpentry.dspy.UnusableAnswer"


def test_dspy_must_try_again_unless_it_must_not(programs: Programs) -> None:
    programs.create()
    programs.configure(options={})
    busy = {"status": 429, "headers": {"Retry-After": "0"}, "body": {}}
    programs.model.script(busy, busy, {})
    assert programs.execute()["outputs"] == {"answer": "answer about why?"}
    assert len(programs.model.asked()) == 3
    programs.model.script(busy, {})
    programs.refused("execute_program", options={"num_retries": 0}, **ASK)
    assert len(programs.model.asked()) == 1


@pytest.mark.parametrize(
    ("how", "kind", "message", "context", "retryable"),
    [
        ("value", "serpentry.dspy.ProgramFailed", "ValueError: no {'a': 1}", {"program": "x"}, False),
        ("application", "serpentry.ApplicationError", "closed", {"until": 8}, True),
    ],
)
def test_a_program_that_raises_must_be_told(
    programs: Programs, how: str, kind: str, message: str, context: dict[str, Any], retryable: bool
) -> None:
    programs.create("x", None, program_type="programs:Failing", arguments={"how": how})
    error = programs.refused("execute_program", program_id="x", inputs={"a": 1})
    assert (error["code"], error["type"], error["message"]) == ("PYTHON_RAISED", kind, message)
    assert (error["context"], error["retryable"]) == (context, retryable)
    assert "programs.py" in error["traceback"]


# Configuration


def test_a_configuration_must_be_stored_without_its_key(programs: Programs) -> None:
    configured = programs.configure(options={"temperature": 0.5})
    assert configured == {
        "status": "configured",
        "scope": "global",
        "model": MODEL,
        "base_url": programs.model.base_url,
        "api_key_env": KEY_VARIABLE,
        "options": {"temperature": 0.5},
    }
    stored = programs.shared.value("dspy.lm")
    assert stored == {name: value for name, value in configured.items() if name not in ("status", "scope")}


def test_a_program_must_not_run_without_a_model(dspy_workers: Workers, model: Any) -> None:
    programs = Programs(dspy_workers.start(), Store(), Store("shared-default"), model)
    programs.create()
    error = programs.refused("execute_program", **ASK)
    assert error["code"] == "ILLEGAL_STATE"
    assert "dspy.configure_lm" in error["message"]


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"api_key_env": "DB_PASSWORD"}, "api_key_env"),
        ({"base_url": "file:///etc"}, "base_url"),
        ({"options": {"extra_headers": {}}}, "options.extra_headers"),
        ({"organization": "x"}, None),
    ],
)
def test_a_model_that_was_stored_otherwise_must_be_checked(
    programs: Programs, changes: dict[str, Any], argument: str | None
) -> None:
    """Whoever may write an entry of a session must not have any variable of the environment sent anywhere."""
    programs.create()
    programs.run("os.environ['DB_PASSWORD'] = 'correct-horse-battery'")
    values: dict[str, Any] = {"dspy.lm": {**programs.shared.value("dspy.lm"), **changes}}
    programs.store.entries |= Store(**values).entries
    error = programs.refused("execute_program", **ASK)
    assert error["code"] == "ILLEGAL_STATE"
    assert "dspy.lm" in error["message"]
    assert argument is None or argument in error["message"]
    assert programs.model.asked() == []


def test_the_model_of_the_session_must_win(programs: Programs) -> None:
    programs.create()
    programs.configure(model="openai/own", scope="session")
    programs.execute()
    assert programs.do("ping")["model"] == "openai/own"
    programs.do("reset_state")
    programs.create()
    programs.execute()
    assert [body["model"] for body in programs.model.asked()] == ["own", "small"]


def test_another_worker_must_use_what_one_was_told(programs: Programs, dspy_workers: Workers) -> None:
    programs.create()
    other = programs.beside(dspy_workers.start())
    other.execute()
    programs.configure(model="openai/large", options={"temperature": 0.75})
    other.execute()
    programs.execute()
    told = [(body["model"], body.get("temperature")) for body in programs.model.asked()]
    assert told == [("small", None), ("large", 0.75), ("large", 0.75)]


def test_a_new_key_must_be_used_from_the_next_call_on(programs: Programs) -> None:
    programs.create()
    programs.execute()
    programs.run(f"os.environ[{KEY_VARIABLE!r}] = 'another-key'")
    programs.execute()
    programs.run("os.environ['THIRD_API_KEY'] = 'third-key'")
    programs.configure(api_key_env="THIRD_API_KEY")
    programs.execute()
    keys = [request["key_sha256"] for request in programs.model.requests()]
    assert keys == [digest(KEY), digest("another-key"), digest("third-key")]


def test_a_key_that_is_not_set_must_be_told_without_its_name(programs: Programs) -> None:
    programs.create()
    error = programs.refused("configure_lm", model=MODEL, api_key_env="gsk_looks_like_a_name_API_KEY")
    assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"argument": "api_key_env"})
    assert "gsk_" not in str(error)
    programs.run(f"del os.environ[{KEY_VARIABLE!r}]")
    assert programs.refused("execute_program", **ASK)["code"] == "ILLEGAL_STATE"


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"api_key": "sk-literal"}, "api_key"),
        ({"api_key_env": "sk-literal"}, "api_key_env"),
        ({"api_key_env": "AWS_SECRET_ACCESS_KEY"}, "api_key_env"),
        ({"api_key_env": "PATH"}, "api_key_env"),
        ({"options": {"api_key": "sk-literal"}}, "options.api_key"),
        ({"options": {"extra_headers": {"X-Key": "sk-literal"}}}, "options.extra_headers"),
        ({"base_url": "http://me:sk-literal@localhost/v1"}, "base_url"),
        ({"base_url": "http://sk-literal@localhost/v1"}, "base_url"),
        ({"base_url": "http://localhost/v1?key=sk-literal"}, "base_url"),
        ({"base_url": "http://localhost/v1#sk-literal"}, "base_url"),
        ({"base_url": "sk-literal"}, "base_url"),
        ({"base_url": "http://[sk-literal/"}, "base_url"),
        ({"base_url": f"http://localhost/{KEY}"}, "model"),
        ({"model": f"openai/{KEY}"}, "model"),
        ({"model": ""}, "model"),
        ({"model": "openai/"}, "model"),
    ],
)
def test_a_literal_key_must_be_refused_and_not_repeated(
    programs: Programs, arguments: dict[str, Any], argument: str
) -> None:
    error = programs.refused("configure_lm", **{"model": MODEL, **arguments})
    assert (error["code"], error["context"]["argument"]) == ("INVALID_ARGUMENT", argument)
    assert "literal" not in str(error)
    assert KEY not in str(error)


@pytest.mark.parametrize("arguments", [{"model": f"openai/{KEY}"}, {"base_url": f"http://localhost/{KEY}"}])
@pytest.mark.parametrize("variable", [KEY_VARIABLE, "LISTED", None])
def test_a_literal_key_must_be_refused_by_a_worker_that_has_not_used_it(
    dspy_workers: Workers, model: Any, arguments: dict[str, Any], variable: str | None
) -> None:
    programs = Programs(dspy_workers.start(), Store(), Store("shared-default"), model)
    if variable == "LISTED":
        programs.run(f"os.environ['LISTED'] = os.environ.pop({KEY_VARIABLE!r})")
    error = programs.refused("configure_lm", **{"model": MODEL, "api_key_env": variable, **arguments})
    assert (error["code"], error["context"]["argument"]) == ("INVALID_ARGUMENT", "model")
    assert KEY not in str(error)


def test_another_secret_of_the_environment_must_be_masked_too(programs: Programs) -> None:
    password = "correct-horse-battery"
    programs.run(f"os.environ['DB_PASSWORD'] = {password!r}")
    programs.create()
    programs.model.script(text(answer=password))
    assert programs.execute()["outputs"] == {"answer": "***"}


def test_a_secret_must_be_masked_before_any_model_is_used(dspy_workers: Workers, model: Any) -> None:
    programs = Programs(dspy_workers.start(), Store(), Store("shared-default"), model)
    outcome = programs.caller.call("p.run", {"code": f"raise ValueError(os.environ[{KEY_VARIABLE!r}])"})
    assert outcome.value["message"] == "***"


def test_the_key_must_show_nowhere(programs: Programs, dspy_workers: Workers) -> None:
    """Not in what is answered or stored, and not in the worker's output, however often it is repeated."""
    said: list[bytes] = []

    def hear(command: str, arguments: dict[str, Any]) -> FrameType:
        frame = programs.caller.call(command, arguments).frame
        said.extend([bytes(frame.body), *map(bytes, frame.attachments)])
        return frame.type

    programs.create(program_type="chain_of_thought")
    echoes: list[dict[str, Any]] = [
        UNAUTHORIZED,
        {"status": 500, "body": f"no {KEY}"},
        {"body": f"{{{KEY}"},
        {"status": 400, "headers": {"X-Request-Id": KEY}, "body": {"error": {"message": "?", "code": KEY}}},
    ]
    for echo in echoes:
        programs.model.script(echo)
        assert hear("dspy.execute_program", ASK) is FrameType.ERROR
    unusable = {"text": f"it is {KEY}"}
    programs.model.script(unusable, unusable)
    assert hear("dspy.execute_program", ASK) is FrameType.ERROR
    programs.model.script(text(reasoning=KEY, answer=KEY))
    assert hear("dspy.execute_program", ASK) is FrameType.RESULT
    programs.model.script(text(reasoning=KEY, answer=KEY))
    example = {"inputs": {"question": "q"}, "outputs": {"answer": KEY}}
    compile_it = {"program_id": "qa", "trainset": [example]}
    assert hear("dspy.compile_program", compile_it) is FrameType.RESULT
    programs.model.script({"status": 500, "body": f"no {KEY}"}, text(reasoning=KEY, answer=KEY))
    tolerant = {**compile_it, "options": {"max_errors": 2}}
    assert hear("dspy.compile_program", {**tolerant, "trainset": [example, example]}) is FrameType.RESULT
    logged = (
        "log = logging.getLogger('dspy.deep.down')\n"
        "key = os.environ['SMALL_MODEL_API_KEY']\n"
        "log.error('it is %s', key)\n"
        "try: raise ValueError(key)\n"
        "except ValueError: log.exception('with a trace')\n"
        "logging.warning('to all: ' + key)"
    )
    assert hear("p.run", {"code": logged}) is FrameType.RESULT
    assert hear("p.run", {"code": f"raise ValueError(os.environ[{KEY_VARIABLE!r}])"}) is FrameType.ERROR
    everything = b"".join(said) + b"".join(c for part in programs.stored().values() for c in part.values())
    output = dspy_workers.output()
    assert KEY.encode() not in everything
    assert KEY.encode() not in output
    assert everything.count(b"***") >= 8
    for line in (b"it is ***", b"ValueError: ***", b"to all: ***", b"Failed to run or to evaluate"):
        assert line in output, output[-3000:]


def test_a_key_that_the_provider_takes_by_itself_must_be_masked_too(programs: Programs) -> None:
    programs.create()
    own = "sk-own-key-of-the-provider"
    programs.run(f"os.environ['OPENAI_API_KEY'] = {own!r}")
    programs.configure(api_key_env=None)
    programs.model.script({"status": 401, "body": {"error": {"message": f"no {own}"}}})
    error = programs.refused("execute_program", **ASK)
    assert error["message"].startswith(f"[{MODEL}] no ***")
    assert own not in str(error)


def test_a_key_that_is_an_ordinary_word_must_mask_nothing(programs: Programs) -> None:
    programs.run("os.environ['LISTED'] = 'none'")
    programs.configure(api_key_env="LISTED")
    programs.create()
    programs.model.script(text(answer="none of it"))
    assert programs.execute()["outputs"] == {"answer": "none of it"}


def test_a_server_of_ones_own_must_not_get_the_key_of_the_models_provider(programs: Programs) -> None:
    programs.run("os.environ['OPENAI_API_KEY'] = 'sk-of-the-real-provider'")
    programs.configure(api_key_env=None)
    programs.create()
    programs.execute()
    assert [request["key_sha256"] for request in programs.model.requests()] == [digest("none")]


# Usage


def test_usage_must_be_told_with_the_result(programs: Programs) -> None:
    programs.create(program_type="programs:Answer")
    outcome = programs.outcome("execute_program", **ASK)
    (used,) = outcome.value["usage"]
    assert outcome.usage == [[MODEL, 2, used["prompt_tokens"], used["completion_tokens"], None]]
    assert used["prompt_tokens"] > used["completion_tokens"] > 0
    words = [len(part["content"].split()) for body in programs.model.asked() for part in body["messages"]]
    assert used == {
        "model": MODEL,
        "calls": 2,
        "prompt_tokens": sum(words),
        "completion_tokens": used["completion_tokens"],
        "cost": None,
    }


def test_usage_must_be_told_by_model(programs: Programs) -> None:
    arguments = {"model": "openai/other"}
    programs.create("two", None, program_type="programs:TwoModels", arguments=arguments)
    inputs = {"question": "why?", "again": True}
    outcome = programs.outcome("execute_program", program_id="two", inputs=inputs)
    assert outcome.usage is not None
    assert [(row[0], row[1], row[4]) for row in outcome.usage] == [
        ("openai/other", 2, None),
        (MODEL, 1, None),
    ]
    assert [used["model"] for used in outcome.value["usage"]] == ["openai/other", MODEL]


PRICED = "openai/gpt-4o-mini"


def test_usage_must_have_the_price_that_dspy_knows(programs: Programs) -> None:
    programs.configure(model=PRICED)
    programs.create(program_type="programs:Answer")
    outcome = programs.outcome("execute_program", **ASK)
    (used,) = outcome.value["usage"]
    price = 0.15e-6 * used["prompt_tokens"] + 0.6e-6 * used["completion_tokens"]
    assert used["calls"] == 2
    assert used["cost"] == pytest.approx(price)
    assert outcome.usage == [[PRICED, 2, used["prompt_tokens"], used["completion_tokens"], used["cost"]]]


def test_a_price_must_be_that_of_each_model_or_none(programs: Programs) -> None:
    arguments = {"model": PRICED}
    programs.create("two", None, program_type="programs:TwoModels", arguments=arguments)
    outcome = programs.outcome("execute_program", program_id="two", inputs={"question": "why?"})
    costs = {used["model"]: used["cost"] for used in outcome.value["usage"]}
    assert costs[MODEL] is None
    assert costs[PRICED] > 0


def test_an_optimizer_must_tell_its_price(programs: Programs) -> None:
    programs.configure(model=PRICED)
    programs.create()
    trainset = [{"inputs": {"question": "q"}, "outputs": {"answer": "answer about q"}}]
    compiled = programs.do("compile_program", program_id="qa", trainset=trainset)
    (used,) = compiled["usage"]
    assert used["cost"] > 0


def test_usage_must_be_told_by_a_function_without_a_session(programs: Programs) -> None:
    programs.caller.store = programs.caller.shared = None
    code = "record_usage('m', 2, 30, 4, 0.5); record_usage('n')"
    outcome = programs.caller.call("p.run", {"code": code})
    assert outcome.frame.type is FrameType.RESULT
    assert outcome.usage == [["m", 2, 30, 4, 0.5], ["n", 1, 0, 0, None]]


# Memory


def test_nothing_must_be_kept_of_a_call(programs: Programs) -> None:
    programs.create()
    programs.create("cot", program_type="chain_of_thought")
    counts = (
        "from dspy.clients.base_lm import GLOBAL_HISTORY\n"
        "result = [len(GLOBAL_HISTORY), len(models._clients), len(programs._kept),"
        " sum(len(c.history) for c in models._clients.values()),"
        " sum(len(m.history) for m in programs._kept.values()),"
        " sum(len(c._engine_store) for c in models._clients.values()), threading.active_count(),"
        " len(dspy.settings.trace)]"
    )
    programs.execute()
    programs.execute("cot")
    before = programs.run(counts)
    for number in range(5):
        programs.execute(question=str(number))
        programs.execute("cot", question=str(number))
    assert programs.run(counts) == before
    assert before[:1] + before[3:5] == [0, 0, 0]
    for number in range(40):
        programs.execute(options={"timeout": 5 + number / 8})
    after = programs.run(counts)
    assert after[1] <= 32
    assert after[5] <= 32
    programs.run("programs._MOST_KEPT = 2")
    for number in range(4):
        programs.create(f"p{number}")
        programs.execute(f"p{number}")
    assert programs.run(counts)[2] <= 3
