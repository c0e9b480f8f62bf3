# SPDX-License-Identifier: Apache-2.0
"""Programs as DSPy runs them: prompts, tools, optimizers, changed code, and how workers come to have DSPy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import dspy
import pytest

from dspy_kit import KEY, MODEL, SIGNATURE, LanguageModel, Programs, Workers, text
from harness import SOURCE, Pool, frame_json
from serpentry._wire import Frame, FrameType
from store import Store, host_error, host_result

TYPED = {
    "inputs": [
        {"name": "question", "description": "what a client wants to know"},
        {"name": "facts", "type": "list[str]"},
    ],
    "outputs": [
        {"name": "price", "type": "float", "description": "in euros"},
        {"name": "kind", "type": "Literal['low', 'high']"},
    ],
    "instructions": "Be short.",
}
PLAIN = {"inputs": [{"name": "question"}], "outputs": [{"name": "answer"}]}
INPUTS = {"question": "how much?", "facts": ["one", "two"]}
THOUGHT = text(reasoning="so", generated_code="SUBMIT({'price': 2.5, 'kind': 'low'})")
ANSWERS = {
    "predict": [text(price=2.5, kind="low")],
    "chain_of_thought": [text(reasoning="so", price=2.5, kind="low")],
    "react": [
        text(next_thought="go", next_tool_name="p_double", next_tool_args='{"number": 21}'),
        text(next_thought="done", next_tool_name="finish", next_tool_args="{}"),
        text(reasoning="so", price=2.5, kind="low"),
    ],
    "program_of_thought": [THOUGHT, text(reasoning="so", price=2.5, kind="low")],
    "programs:Answer": [text(reasoning="so", price=2.5, kind="low"), text(price=2.5, kind="low")],
}


class Interpreter:
    """As in the workers."""

    def __init__(self) -> None:
        self.tools: dict[str, Any] = {}

    def start(self) -> None:
        """Nothing to start."""

    def execute(self, code: str, variables: dict[str, Any] | None = None) -> Any:
        submitted: list[Any] = []
        exec(code, {"SUBMIT": submitted.append})
        return submitted[0]

    def shutdown(self) -> None:
        """Nothing to stop."""


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def alone(model: LanguageModel, module: Any, **inputs: Any) -> Any:
    """What DSPy gives in this process, without anything of ours."""
    lm = dspy.LM(MODEL, base_url=model.base_url, api_key=KEY, cache=False, num_retries=0)
    with dspy.context(lm=lm, disable_history=True, interpreter_factory=Interpreter):
        return module(**inputs)


def typed_signature() -> Any:
    class Typed(dspy.Signature):  # type: ignore[misc]
        """Be short."""

        question: str = dspy.InputField(desc="what a client wants to know")
        facts: list[str] = dspy.InputField()
        price: float = dspy.OutputField(desc="in euros")
        kind: Any = dspy.OutputField()

    return Typed.with_updated_fields("kind", type_=Literal["low", "high"])


def of_dspy(kind: str) -> Any:
    signature = typed_signature()
    if kind == "react":
        return dspy.ReAct(signature, tools=[dspy.Tool(double, name="p_double")])
    if kind == "programs:Answer":
        first, second = dspy.ChainOfThought(signature), dspy.Predict(signature)

        def both(**inputs: Any) -> Any:
            first(**inputs)
            return second(**inputs)

        return both
    kinds = {"predict": dspy.Predict, "chain_of_thought": dspy.ChainOfThought}
    return {**kinds, "program_of_thought": dspy.ProgramOfThought}[kind](signature)


# Prompts


@pytest.mark.parametrize("kind", list(ANSWERS))
def test_the_model_must_be_asked_what_dspy_alone_asks(programs: Programs, kind: str) -> None:
    programs.model.script(*ANSWERS[kind])
    expected = alone(programs.model, of_dspy(kind), **INPUTS)
    asked_alone = programs.model.asked()
    tools = [{"function": "p.double"}] if kind == "react" else None
    programs.create("typed", TYPED, program_type=kind, tools=tools)

    programs.model.script(*ANSWERS[kind])
    answered = programs.do("execute_program", program_id="typed", inputs=INPUTS)

    assert programs.model.asked() == asked_alone
    assert len(asked_alone) == len(ANSWERS[kind])
    assert answered["outputs"] == {"price": 2.5, "kind": "low"}
    details = {name: value for name, value in expected.items() if name not in ("price", "kind")}
    assert answered["details"] == details


def test_instructions_must_be_in_the_prompt(programs: Programs) -> None:
    programs.create(instructions="Answer like a pirate.")
    programs.execute()
    module = dspy.Predict(dspy.Signature(SIGNATURE, "Answer like a pirate."))
    ours = programs.model.asked()
    alone(programs.model, module, question="why?")
    assert programs.model.asked() == ours
    assert "Answer like a pirate." in ours[0]["messages"][0]["content"]


# Tools


def use(tool: str, **arguments: Any) -> list[dict[str, Any]]:
    """The model uses a tool, then ends."""
    chosen = text(next_thought="t", next_tool_name=tool, next_tool_args=json.dumps(arguments))
    return [chosen, *ANSWERS["react"][1:2], text(reasoning="so", answer="42")]


def test_a_method_of_the_server_must_be_a_tool(programs: Programs) -> None:
    asked: list[Any] = []

    def lookup(frame: Frame, arguments: dict[str, Any]) -> Frame:
        asked.append(arguments)
        return host_result(frame, {"sum": 7})

    programs.caller.methods["claims.lookup"] = lookup
    tool = {"method": "claims.lookup", "description": "Finds a claim.", "arguments": {"policy": "string"}}
    programs.create(program_type="react", tools=[tool])
    programs.model.script(*use("claims_lookup", policy="4711"))
    answered = programs.execute()
    assert asked == [{"policy": "4711"}]
    assert answered["outputs"] == {"answer": "42"}
    assert answered["details"]["trajectory"]["observation_0"] == {"sum": 7}
    first, second, _ = programs.model.asked()
    assert "Finds a claim." in first["messages"][0]["content"]
    assert "'policy': {'type': 'string'}" in first["messages"][0]["content"]
    assert '{"sum": 7}' in second["messages"][-1]["content"]


def test_a_program_must_run_inside_of_another_and_each_tell_its_own_usage(programs: Programs) -> None:
    inner: list[Any] = []

    def ask(frame: Frame, arguments: dict[str, Any]) -> Frame:
        inner.append(programs.outcome("execute_program", program_id="inner", inputs=arguments))
        return host_result(frame, inner[0].value["outputs"])

    programs.caller.methods["ask"] = ask
    programs.create("inner")
    programs.create("outer", program_type="react", tools=[{"method": "ask"}])
    first, *rest = use("ask", question="deep?")
    programs.model.script(first, {}, *rest)
    inputs = {"question": "why?"}
    outer = programs.outcome("execute_program", program_id="outer", inputs=inputs)
    assert outer.value["details"]["trajectory"]["observation_0"] == {"answer": "answer about deep?"}
    assert [row[:2] for row in inner[0].usage] == [[MODEL, 1]]
    assert outer.usage is not None
    assert [row[:2] for row in outer.usage] == [[MODEL, 3]]
    assert programs.do("get_stats")["session"] == {"programs": 2, "executions": 2}


def test_a_tool_that_fails_must_be_told_to_the_model(programs: Programs) -> None:
    def refuse(frame: Frame, _: dict[str, Any]) -> Frame:
        return host_error(frame, "FORBIDDEN", "not for you")

    programs.caller.methods["secret"] = refuse
    tools = [{"function": "p.fails", "name": "broken"}, {"method": "secret"}]
    programs.create(program_type="react", tools=tools)
    for tool, arguments, expected in (
        ("broken", {"number": 3}, "ValueError: no double of 3"),
        ("secret", {}, "FORBIDDEN: not for you"),
        ("broken", {"number": "three"}, "Arg number is invalid"),
    ):
        programs.model.script(*use(tool, **arguments))
        answered = programs.execute()
        assert answered["outputs"] == {"answer": "42"}
        assert expected in answered["details"]["trajectory"]["observation_0"]


def test_a_tool_that_is_not_there_must_end_the_agent(programs: Programs) -> None:
    programs.create(program_type="react", tools=[{"function": "p.double"}])
    unknown = use("p_triple", number=1)[0]
    programs.model.script(unknown, unknown)
    arguments = {"program_id": "qa", "inputs": {"question": "why?"}}
    error = programs.refused("execute_program", **arguments)
    assert error["type"] == "serpentry.dspy.UnusableAnswer"


def test_an_agent_must_stop_after_its_rounds(programs: Programs) -> None:
    programs.create(program_type="react", tools=[{"function": "p.double"}], arguments={"max_iters": 2})
    again = use("p_double", number=1)[0]
    programs.model.script(again, again, text(reasoning="so", answer="42"))
    assert programs.execute()["outputs"] == {"answer": "42"}
    assert len(programs.model.asked()) == 3


def test_a_tool_that_is_gone_must_be_told(programs: Programs) -> None:
    programs.create(program_type="react", tools=[{"function": "p.double"}])
    stored = programs.store.value("dspy.program.qa")
    stored["tools"][0]["function"] = "p.gone"
    programs.do("delete_program", program_id="qa")
    put(programs, stored)
    error = programs.refused("execute_program", program_id="qa", inputs={"question": "?"})
    assert error["code"] == "ILLEGAL_STATE"
    assert "p.gone" in error["message"]


def put(programs: Programs, program: dict[str, Any]) -> None:
    """Store a program as something else than this module would."""
    values: dict[str, Any] = {f"dspy.program.{program['id']}": program}
    programs.store.entries.update(Store(**values).entries)


# Optimizers

TRAINSET = [
    {"inputs": {"question": f"q{number}"}, "outputs": {"answer": f"answer about q{number}"}}
    for number in range(4)
]


def test_demos_must_survive_in_the_store(programs: Programs, dspy_workers: Workers) -> None:
    programs.create(program_type="chain_of_thought")
    options = {"max_bootstrapped_demos": 2, "max_labeled_demos": 3}
    compiled = programs.do("compile_program", program_id="qa", trainset=TRAINSET, options=options)
    (used,) = compiled.pop("usage")
    assert compiled == {
        "program_id": "qa",
        "status": "compiled",
        "demos": 3,
        "measured": 2,
        "accepted": 2,
    }
    assert (used["model"], used["calls"], used["cost"]) == (MODEL, 2, None)
    info = programs.do("get_program_info", program_id="qa")
    assert {name: info["compiled"][name] for name in ("optimizer", "demos")} == {
        "optimizer": "BootstrapFewShot",
        "demos": 3,
    }
    (predictor,) = info["state"].values()
    assert [demo["question"] for demo in predictor["demos"]][:2] == ["q0", "q1"]
    assert predictor["demos"][0]["reasoning"] == "reasoning about q0"
    programs.model.asked()

    other = programs.beside(dspy_workers.start())
    other.execute()
    programs.execute()

    ours = programs.model.asked()
    module = dspy.ChainOfThought(SIGNATURE)
    for demo in predictor["demos"]:
        (predict,) = module.predictors()
        predict.demos.append(demo)
    alone(programs.model, module, question="why?")
    (expected,) = programs.model.asked()
    assert ours == [expected, expected]
    assert len(expected["messages"]) == 2 + 2 * 3


def test_demos_must_be_those_that_dspy_alone_finds(programs: Programs) -> None:
    programs.create()
    options = {"max_bootstrapped_demos": 1, "max_labeled_demos": 2}
    programs.do("compile_program", program_id="qa", trainset=TRAINSET, options=options)
    ours = programs.model.asked()
    examples = [dspy.Example(**e["inputs"], **e["outputs"]).with_inputs("question") for e in TRAINSET]
    optimizer = dspy.BootstrapFewShot(metric=lambda *_: True, **options)
    student = dspy.Predict(SIGNATURE)
    alone(programs.model, lambda: optimizer.compile(student, trainset=examples))
    assert programs.model.asked() == ours


def test_labeled_demos_must_need_no_model(programs: Programs) -> None:
    programs.create()
    compiled = programs.do(
        "compile_program", program_id="qa", trainset=TRAINSET, optimizer="LabeledFewShot", options={"k": 2}
    )
    assert (compiled["demos"], compiled["measured"], compiled["usage"]) == (2, 0, [])
    assert programs.model.asked() == []
    programs.execute()
    assert len(programs.model.asked()[0]["messages"]) == 2 + 2 * 2


def test_progress_must_be_seen_meanwhile_and_gone_at_the_end(
    programs: Programs, dspy_workers: Workers
) -> None:
    seen: list[Any] = []
    told: list[Any] = []
    other = programs.beside(dspy_workers.start())

    def progress() -> Any:
        (listed,) = other.do("list_programs")["programs"]
        info = other.do("get_program_info", program_id="qa")
        assert listed["progress"] == info["progress"]
        return info["progress"]

    apply = programs.shared.apply

    def watched(fields: dict[str, Any], contents: Any) -> None:
        apply(fields, contents)
        if "dspy.progress.qa" in programs.shared.entries:
            seen.append(programs.shared.value("dspy.progress.qa"))
            told.append(progress())

    programs.create(scope="global")
    thread_names = "result = [thread.name for thread in threading.enumerate()]"
    threads = programs.run(thread_names)
    programs.shared.apply = watched  # type: ignore[method-assign]
    arguments = {"program_id": "qa", "trainset": TRAINSET[:2], "metric": "programs:first_letter"}
    programs.model.script(text(answer="b"))
    compiled = programs.do("compile_program", **arguments)
    assert (compiled["measured"], compiled["accepted"]) == (2, 1)
    assert seen == [
        {"done": 0, "total": 2, "accepted": 0},
        {"done": 1, "total": 2, "accepted": 0},
        {"done": 2, "total": 2, "accepted": 1},
    ]
    assert told == seen
    assert progress() is None
    assert "dspy.progress.qa" not in programs.shared.entries
    assert programs.run("result = measured") == ["q0", "q1"]
    assert programs.run(thread_names) == threads


def test_a_failing_optimizer_must_leave_the_program_as_it_was(programs: Programs) -> None:
    programs.create()
    raising = [*TRAINSET[:1], {"inputs": {"question": "raise"}, "outputs": {"answer": "a"}}]
    by_metric = {"trainset": raising, "metric": "programs:first_letter"}
    for answers, arguments, kind in (
        ([{}, {"status": 401, "body": {}}], {"trainset": TRAINSET}, "serpentry.dspy.LanguageModelError"),
        ([{}, {"text": "x"}, {"text": "x"}], {"trainset": TRAINSET}, "serpentry.dspy.UnusableAnswer"),
        ([], by_metric, "serpentry.dspy.ProgramFailed"),
    ):
        programs.model.script(*answers)
        error = programs.refused("compile_program", program_id="qa", **arguments)
        assert error["type"] == kind
    assert programs.do("get_program_info", program_id="qa")["compiled"] is None


def test_failures_on_examples_may_be_allowed(programs: Programs) -> None:
    programs.create()
    programs.model.script({"status": 500, "body": {}})
    options = {"max_errors": 2}
    compiled = programs.do("compile_program", program_id="qa", trainset=TRAINSET, options=options)
    assert (compiled["measured"], compiled["accepted"]) == (3, 3)


def test_a_conflict_must_end_the_optimizer(programs: Programs) -> None:
    programs.create()
    answer, count = programs.caller.answer, [0]

    def conflicting(frame: Frame) -> Frame | None:
        if frame_json(frame)["operation"] == "save":
            count[0] += 1
            if count[0] == 2:
                context = {"session": "s_1", "entry": "dspy.progress.qa"}
                return host_error(frame, "SESSION_CONFLICT", "faster", retryable=True, context=context)
        return answer(frame)

    programs.caller.answer = conflicting  # type: ignore[method-assign]
    options = {"max_errors": 9}
    arguments = {"program_id": "qa", "trainset": TRAINSET, "options": options}
    outcome = programs.outcome("compile_program", **arguments)
    assert outcome.frame.type is FrameType.ERROR
    assert outcome.value["type"] == "serpentry.HostError"
    assert "SESSION_CONFLICT" in outcome.value["message"]
    assert outcome.value["retryable"] is True
    assert outcome.value["context"] == {"session": "s_1", "entry": "dspy.progress.qa"}
    assert programs.do("get_program_info", program_id="qa")["compiled"] is None


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"trainset": []}, "trainset"),
        ({"trainset": [{"inputs": {}, "outputs": {"answer": 1}}]}, "trainset[0].inputs.question"),
        ({"trainset": [TRAINSET[0], {"inputs": {"question": 1}, "outputs": {}}]}, "trainset[1].outputs"),
        ({"trainset": [{"inputs": {"question": 1}, "outputs": {"x": 1}}]}, "trainset[0].outputs.x"),
        ({"trainset": [{"inputs": {"question": 1}}]}, "trainset[0]"),
        ({"optimizer": "MIPROv2"}, "optimizer"),
        ({"metric": "os:getcwd"}, "metric"),
        ({"options": {"teacher": 1}}, "options.teacher"),
        ({"options": {"max_rounds": 0}}, "options.max_rounds"),
        ({"options": {"max_labeled_demos": -1}}, "options.max_labeled_demos"),
        ({"options": {"max_labeled_demos": "x"}}, "options.max_labeled_demos"),
        ({"optimizer": "LabeledFewShot", "options": {"max_rounds": 1}}, "options.max_rounds"),
    ],
)
def test_an_optimizer_that_can_not_run_must_be_refused(
    programs: Programs, arguments: dict[str, Any], argument: str
) -> None:
    programs.create()
    given = {"program_id": "qa", "trainset": TRAINSET, **arguments}
    programs.invalid(argument, "compile_program", **given)
    assert programs.caller.asked == []


# Changes of code

CODE = """
import dspy
from serpentry import dspy as programs


class Base(dspy.Module):
    def __init__(self, signature):
        super().__init__()
        self.step = dspy.Predict(signature)


@programs.allow
class Mine(Base):
    def forward(self, **inputs):
        return self.step(**inputs)  # 1
"""


def test_changed_code_must_be_noticed(
    pools: Callable[..., Pool], write_module: Callable[[str, str], Path], programs: Programs
) -> None:
    config: dict[str, Any] = {"modules": ["mine"], "environment": {"SMALL_MODEL_API_KEY": KEY}}
    inputs = {"question": "why?"}
    path = write_module("mine", CODE)
    before = programs.beside(pools(path, **config).worker())
    before.create("mine", program_type="mine:Mine")
    before.do("execute_program", program_id="mine", inputs=inputs)
    write_module("mine", CODE.replace("# 1", "# 2 "))
    assert before.do("get_program_info", program_id="mine")["changed"] == [], "it runs what it imported"
    for changed in (CODE.replace("# 1", "# 2 "), CODE.replace("super()", "super() ")):
        write_module("mine", changed)
        after = programs.beside(pools(path, **config).worker())
        assert after.do("get_program_info", program_id="mine")["changed"] == ["code"]
        error = after.refused("execute_program", program_id="mine", inputs=inputs)
        assert (error["code"], error["context"]) == (
            "ILLEGAL_STATE",
            {"program": "mine", "changed": ["code"]},
        )
        accepted = after.do("execute_program", program_id="mine", inputs=inputs, accept_changed=True)
        assert accepted["outputs"] == {"answer": "answer about why?"}


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("double.__doc__ = 'Half of it.'", ["tools"]),
        ("double.__annotations__['number'] = str", ["tools"]),
        ("double.__defaults__ = (7,)", ["tools"]),
        ("double.__code__ = (lambda number: 7).__code__", []),
    ],
)
def test_a_changed_tool_must_be_noticed(
    programs: Programs, dspy_workers: Workers, line: str, changed: list[str]
) -> None:
    programs.create(program_type="react", tools=[{"function": "p.double"}])
    assert programs.do("get_program_info", program_id="qa")["changed"] == []
    other = programs.beside(dspy_workers.start())
    other.run(f"import programs; double = programs.double; {line}")
    assert other.do("get_program_info", program_id="qa")["changed"] == changed
    if changed:
        error = other.refused("execute_program", program_id="qa", inputs={"question": "why?"})
        assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"program": "qa", "changed": changed})
    programs.model.script(*use("p_double", number=1))
    assert other.execute(accept_changed=bool(changed))["outputs"] == {"answer": "42"}


def test_a_program_that_changes_what_it_was_given_must_stay_as_it_is(programs: Programs) -> None:
    changing = {"program_type": "programs:Changing", "arguments": {"seen": ["first"]}}
    programs.create("x", None, **changing)
    stored = programs.store.value("dspy.program.x")
    assert stored["arguments"] == {"seen": ["first"]}
    asked = {"program_id": "x", "inputs": {"question": "why?"}}
    outcome = programs.outcome("execute_program", **asked)
    assert outcome.value["outputs"] == {"seen": ["first", "made", "why?"]}
    assert outcome.changes == [["dspy.executions.x", -1, "increment", 1]]
    assert programs.store.value("dspy.program.x") == stored


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": {**PLAIN, "inputs": [{"name": "question", "type": "this.s"}]}},
        {"signature": {**PLAIN, "inputs": [{"name": "lm", "type": "str"}]}},
        {"signature": {**PLAIN, "outputs": [{"name": "a: this.s, b", "type": "str"}]}},
        {"arguments": {"api_base": "http://127.0.0.1:1/"}},
        {"type": "react", "arguments": {"interpreter": "x"}},
        {"state": {"config": {"api_base": "http://127.0.0.1:1/"}}},
        {"state": {"lm": {"model": "openai/x", "api_base": "http://127.0.0.1:1/"}}},
    ],
)
def test_a_program_that_was_stored_otherwise_must_be_checked(
    programs: Programs, changes: dict[str, Any]
) -> None:
    """Whoever may write an entry of a session must not have modules imported or requests diverted."""
    programs.create()
    stored = programs.store.value("dspy.program.qa")
    programs.do("delete_program", program_id="qa")
    state = {**stored["state"], **changes.get("state", {})}
    put(programs, {**stored, **changes, "state": state})
    error = programs.refused("execute_program", program_id="qa", inputs={"question": "?"})
    assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"program": "qa"})
    assert programs.run("import sys; result = 'this' in sys.modules") is False
    assert programs.do("list_programs")["total_count"] == 1


def test_a_class_that_is_gone_must_be_told(programs: Programs) -> None:
    programs.create()
    stored = programs.store.value("dspy.program.qa")
    stored["type"], stored["fingerprint"]["code"] = "mine:Gone", "0" * 64
    put(programs, stored)
    assert programs.do("get_program_info", program_id="qa")["changed"] == ["code"]
    assert programs.do("list_programs")["total_count"] == 1
    for accept in (False, True):
        arguments = {"inputs": {"question": "?"}, "accept_changed": accept}
        error = programs.refused("execute_program", program_id="qa", **arguments)
        assert (error["code"], error["context"]) == ("ILLEGAL_STATE", {"program": "qa"})


def test_another_dspy_must_be_noticed(programs: Programs) -> None:
    programs.create()
    programs.run("dspy.__version__ = '9.1.0'")
    assert programs.do("get_program_info", program_id="qa")["changed"] == ["dspy"]
    arguments: dict[str, Any] = {"program_id": "qa", "inputs": {"question": "why?"}}
    error = programs.refused("execute_program", **arguments)
    assert error["context"] == {"program": "qa", "changed": ["dspy"]}
    trainset = {"program_id": "qa", "trainset": TRAINSET}
    assert programs.refused("compile_program", **trainset)["code"] == "ILLEGAL_STATE"
    programs.do("execute_program", **arguments, accept_changed=True)
    programs.run("dspy.__version__ = '3.4.99'")
    assert programs.do("get_program_info", program_id="qa")["changed"] == []


def test_only_a_module_of_dspy_must_be_allowed() -> None:
    code = (
        "from serpentry import dspy as programs\n"
        "try: programs.allow(dict)\n"
        "except TypeError as error: print(error)"
    )
    assert "must be a subclass of dspy.Module" in python(code)


# How workers come to have DSPy


def python(code: str, *options: str) -> str:
    """What lines print in an interpreter of their own."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        env={"PYTHONPATH": str(SOURCE), "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_dspy_must_be_loaded_before_workers_are_forked(dspy_pool: Pool, programs: Programs) -> None:
    assert (dspy_pool.ready["start"], dspy_pool.ready["startReason"]) == ("fork", None)
    assert programs.worker.hello["start"] == "fork"


def test_a_pool_must_need_no_module_but_this_one_and_may_have_threads(
    pools: Callable[..., Pool], programs: Programs
) -> None:
    environment = {"SMALL_MODEL_API_KEY": KEY}
    pool = pools(modules=["serpentry.dspy"], threadsPerWorker=2, environment=environment)
    started = pool.started()
    both = [programs.beside(pool.connect(started["socket"]).greet()) for _ in range(2)]
    programs.create()
    requests = [
        one.caller.begin("dspy.execute_program", {"program_id": "qa", "inputs": {"question": question}})
        for one, question in zip(both, ("one?", "two?"), strict=True)
    ]
    outcomes = [one.caller.finish(request) for one, request in zip(both, requests, strict=True)]
    answers = [outcome.value["outputs"]["answer"] for outcome in outcomes]
    assert answers == ["answer about one?", "answer about two?"]
    usage = [outcome.usage and [row[:2] for row in outcome.usage] for outcome in outcomes]
    assert usage == [[[MODEL, 1]]] * 2
    assert programs.do("get_program_info", program_id="qa")["execution_count"] == 2


def test_the_import_must_start_no_thread_and_ask_no_network() -> None:
    code = (
        "import os, socket, sys\n"
        "def refuse(*_): raise AssertionError('the import uses the network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import serpentry.dspy\n"
        "print(len(os.listdir('/proc/self/task')), 'litellm' in sys.modules,"
        " os.environ['LITELLM_LOCAL_MODEL_COST_MAP'])"
    )
    assert python(code).split() == ["1", "False", "True"]


def test_the_package_must_do_without_dspy() -> None:
    code = (
        "import sys\n"
        "sys.modules['dspy'] = None\n"
        "import serpentry, serpentry._worker\n"
        "try: import serpentry.dspy\n"
        "except ImportError as error: print(error)"
    )
    assert python(code).strip() == 'serpentry.dspy needs DSPy: pip install "serpentry[dspy]"'


def test_caches_of_dspy_must_be_off(programs: Programs) -> None:
    programs.create()
    programs.execute()
    programs.execute()
    assert len(programs.model.asked()) == 2
    told = programs.run("result = [dspy.cache.enable_disk_cache, dspy.cache.enable_memory_cache]")
    assert told == [False, False]
