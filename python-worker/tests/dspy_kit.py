# SPDX-License-Identifier: Apache-2.0
"""Calls the functions of ``serpentry.dspy`` in real workers, with a language model that is played here."""

from __future__ import annotations

import importlib.util
import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from harness import Connection, Pool
from serpentry._wire import FrameType
from store import Caller, Outcome, Store

KEY = "sk-the-key-of-the-tests-0815"
KEY_VARIABLE = "SMALL_MODEL_API_KEY"
MODEL = "openai/small"
SIGNATURE = "question -> answer"


def lm_server() -> ModuleType:
    """The server of examples/dspy."""
    path = Path(__file__).parents[2] / "examples" / "dspy" / "lm_server.py"
    spec = importlib.util.spec_from_file_location("lm_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class LanguageModel:
    """What the workers ask. Used with ``with``."""

    def __init__(self) -> None:
        self._server = lm_server().Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.base_url: str = self._server.base_url

    def __enter__(self) -> LanguageModel:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.state.released.set()
        self._server.shutdown()
        self._server.server_close()

    def script(self, *answers: dict[str, Any]) -> None:
        """What to answer next; an empty one is an answer by rule, as are those after the last."""
        self._server.state.script(list(answers))

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the requests since this was called last."""
        return [request["body"] for request in self.requests()]

    def requests(self) -> list[dict[str, Any]]:
        requests: list[dict[str, Any]] = self._server.state.requests()
        self._server.state.forget()
        return requests


def text(**fields: Any) -> dict[str, Any]:
    """An answer with these output fields."""
    parts = [f"[[ ## {name} ## ]]\n{value}" for name, value in fields.items()]
    return {"text": "\n\n".join([*parts, "[[ ## completed ## ]]"])}


class Programs:
    """One worker, one session and the pool's shared one."""

    def __init__(self, worker: Connection, store: Store | None, shared: Store, model: LanguageModel) -> None:
        self.worker = worker
        self.caller = Caller(worker, store, shared)
        self.shared = shared
        self.model = model

    @property
    def store(self) -> Store:
        assert self.caller.store is not None
        return self.caller.store

    def outcome(self, command: str, **arguments: Any) -> Outcome:
        return self.caller.call(f"dspy.{command}", arguments)

    def do(self, command: str, **arguments: Any) -> Any:
        """The result; fails on an ERROR."""
        outcome = self.outcome(command, **arguments)
        assert outcome.frame.type is FrameType.RESULT, outcome.value
        return outcome.value

    def refused(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of the ERROR, after which nothing must have changed."""
        before = self.stored()
        outcome = self.outcome(command, **arguments)
        assert outcome.frame.type is FrameType.ERROR, outcome.value
        assert (outcome.session, outcome.shared, outcome.usage) == (None, None, None)
        assert self.stored() == before
        return dict(outcome.value)

    def invalid(self, argument: str, command: str, **arguments: Any) -> str:
        """The message of a refusal that names the argument."""
        error = self.refused(command, **arguments)
        assert (error["code"], error["context"].get("argument")) == ("INVALID_ARGUMENT", argument), error
        assert error["retryable"] is False
        return str(error["message"])

    def stored(self) -> dict[str, dict[str, bytes]]:
        """The contents of all entries."""
        stores = {"session": self.caller.store, "shared": self.caller.shared}
        return {
            name: {entry: stored.content for entry, stored in store.entries.items()}
            for name, store in stores.items()
            if store is not None
        }

    def configure(self, **arguments: Any) -> Any:
        given = {
            "model": MODEL,
            "base_url": self.model.base_url,
            "api_key_env": KEY_VARIABLE,
            "options": {"num_retries": 0},
            **arguments,
        }
        return self.do("configure_lm", **given)

    def create(self, program: str = "qa", signature: Any = SIGNATURE, **arguments: Any) -> Any:
        return self.do("create_program", id=program, signature=signature, **arguments)

    def execute(self, program: str = "qa", question: str = "why?", **arguments: Any) -> Any:
        return self.do("execute_program", program_id=program, inputs={"question": question}, **arguments)

    def run(self, code: str) -> Any:
        """Execute lines in the worker."""
        return self.worker.call("p.run", code=code)

    def beside(self, worker: Connection) -> Programs:
        """The same sessions through another worker."""
        return Programs(worker, self.caller.store, self.shared, self.model)


class Workers:
    """Workers of one pool that has DSPy loaded, so that each is forked in no time."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._numbers = itertools.count(1)
        self._live: dict[str, Connection] = {}

    def start(self) -> Connection:
        name = f"w-{next(self._numbers)}"
        connection = self._live[name] = self.pool.worker(name)
        return connection

    def end_all(self) -> None:
        for name in self._live:
            self.pool.stop(["kill"], worker=name)
            self.pool.report("exited", worker=name)
        self._live.clear()

    def output(self) -> bytes:
        """All that the workers have written; they are ended for that, so that nothing is on its way."""
        self.end_all()
        return self.pool.output("stdout") + self.pool.output("stderr")


Start = Callable[[], Programs]
