# SPDX-License-Identifier: Apache-2.0
"""What an application adds to the programs of DSPy, for the tests of that."""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime
from typing import Any

import dspy

import serpentry
from serpentry import Module, Session, record_usage
from serpentry import dspy as programs
from serpentry.dspy import _models, _places, _programs, _secrets

p = Module("p")
measured: list[Any] = []


class Interpreter:
    """Runs the code of a program of thought right here: DSPy's own needs Deno, and Deno a network."""

    def __init__(self) -> None:
        self.tools: dict[str, Any] = {}

    def start(self) -> None:
        """Nothing to start."""

    def execute(self, code: str, variables: dict[str, Any] | None = None) -> Any:
        submitted: list[Any] = []
        exec(code, {"SUBMIT": submitted.append, **(variables or {})})
        return submitted[0]

    def shutdown(self) -> None:
        """Nothing to stop."""


dspy.configure(interpreter_factory=Interpreter)


@programs.allow
class Answer(dspy.Module):  # type: ignore[misc]
    """Thinks first, then answers in another step."""

    def __init__(self, signature: Any) -> None:
        super().__init__()
        self.first = dspy.ChainOfThought(signature)
        self.second = dspy.Predict(signature)

    def forward(self, **inputs: Any) -> Any:
        self.first(**inputs)
        return self.second(**inputs)


@programs.allow
class TwoModels(dspy.Module):  # type: ignore[misc]
    """Asks another model too. Has no signature from outside."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self.model = model
        self.step = dspy.Predict("question -> answer")

    def forward(self, question: str, again: bool = False) -> Any:
        answer = self.step(question=question)
        other = dspy.settings.lm.copy(model=self.model)
        for _ in range(2 if again else 1):
            self.step(question=answer.answer, lm=other)
        return answer


@programs.allow
class Failing(dspy.Module):  # type: ignore[misc]
    def __init__(self, how: str = "value") -> None:
        super().__init__()
        self.how = how

    def forward(self, **inputs: Any) -> Any:
        if self.how == "application":
            raise serpentry.ApplicationError("closed", context={"until": 8}, retryable=True)
        if self.how == "host":
            return serpentry.host.call("open", **inputs)
        if self.how == "list":
            return [1, inputs]
        raise ValueError(f"no {inputs}")


@programs.allow
class Changing(dspy.Module):  # type: ignore[misc]
    """Keeps a list that it was given, and adds to it."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self.seen = seen
        seen.append("made")

    def forward(self, question: str) -> Any:
        self.seen.append(question)
        return dspy.Prediction(seen=list(self.seen))


@programs.metric
def first_letter(example: Any, prediction: Any, trace: Any = None) -> bool:
    measured.append(example.question)
    if example.question == "raise":
        raise KeyError("metric")
    return bool(prediction.answer[:1] == example.answer[:1])


@p.call
def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


@p.call
def fails(number: int) -> int:
    """Never works."""
    raise ValueError(f"no double of {number}")


@p.call
def with_session(session: Session | None, number: int) -> int:
    return number


@p.call
async def later(number: int) -> int:
    return number


NAMES = {
    "datetime": datetime,
    "dspy": dspy,
    "logging": logging,
    "measured": measured,
    "models": _models,
    "os": os,
    "places": _places,
    "programs": _programs,
    "record_usage": record_usage,
    "secrets": _secrets,
    "threading": threading,
}


@p.call
def run(code: str) -> Any:
    """Execute the test's own lines; the result is what they assign to ``result``."""
    names = {**NAMES, "result": None}
    exec(code, names)
    return names["result"]
