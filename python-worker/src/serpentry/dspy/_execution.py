# SPDX-License-Identifier: Apache-2.0
"""Running a program: its inputs checked, its outputs as JSON, what the model used."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import dspy
from pydantic import BaseModel

from serpentry._usage import record_usage
from serpentry.dspy import _secrets
from serpentry.dspy._client import Prices, noting
from serpentry.dspy._errors import invalid, told
from serpentry.dspy._models import Model
from serpentry.dspy._programs import Program
from serpentry.dspy._signatures import SETTINGS


@dataclasses.dataclass
class Usage:
    """What one language model used."""

    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None
    """In US dollars, if DSPy knows the price of each of these calls."""


@dataclasses.dataclass
class Answer:
    """What a program gave."""

    outputs: dict[str, Any]
    details: dict[str, Any]
    """What is not an output of the signature: the reasoning, the trajectory of an agent."""
    usage: list[Usage]


def run(program: Program, model: Model, inputs: dict[str, Any], *, accept_changed: bool) -> Answer:
    """Raises ``CallRefused`` for what does not fit, and what ``told`` raises."""
    module = program.restored(accept_changed=accept_changed)
    check_inputs(program, module, inputs)
    with running(program.id, model) as meter:
        prediction = module(**inputs)
    outputs, details = _split(program, prediction)
    return Answer(outputs, details, meter.used())


class Meter:
    """What a program has used of language models."""

    def __init__(self, tracker: Any, prices: Prices) -> None:
        self._tracker = tracker
        self._prices = prices

    def used(self) -> list[Usage]:
        """By model, in the order of their names."""
        totals = self._tracker.get_total_tokens()
        return [self._of(model, totals[model]) for model in sorted(totals)]

    def _of(self, model: str, total: dict[str, Any]) -> Usage:
        prompt = total.get("prompt_tokens") or total.get("input_tokens") or 0
        completion = total.get("completion_tokens") or total.get("output_tokens") or 0
        calls = len(self._tracker.usage_data[model])
        prices = self._prices[model]
        known = len(prices) == calls and None not in prices
        return Usage(model, calls, int(prompt), int(completion), float(sum(prices)) if known else None)


@contextmanager
def running(program: str, model: Model) -> Iterator[Meter]:
    """DSPy as a program finds it, with its meter. Raises what ``client`` and ``told`` raise.

    Nothing stays: DSPy would keep what each step was asked and has answered, as long as the process lives.
    What a call inside of this one uses, as a tool may make one, is not this one's.
    """
    client = model.client()
    prices = Prices(list)
    with (
        dspy.context(lm=client, disable_history=True, trace=None, usage_tracker=None, **noting(prices)),
        dspy.track_usage() as tracker,
        told(program, model.model),
    ):
        yield Meter(tracker, prices)


def check_inputs(program: Program, module: dspy.Module, inputs: dict[str, Any]) -> None:
    """Raises ``InvalidArgument`` for an input that is missing or unknown: DSPy would go on without it."""
    names = needed = program.input_names()
    takes_all = False
    if names is None or needed is None:
        parameters = inspect.signature(module.forward).parameters.values()
        takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        names = [p.name for p in named]
        needed = [p.name for p in named if p.default is p.empty]
    for name in needed:
        if name not in inputs:
            raise invalid(
                f"inputs.{name}", f"is missing; the program {program.id!r} needs {', '.join(needed)}"
            )
    for name in inputs:
        if name not in names and (name in SETTINGS or not takes_all):
            known = ", ".join(names) or "any but " + ", ".join(sorted(SETTINGS))
            raise invalid(f"inputs.{name}", f"is unknown; the program {program.id!r} takes {known}")


def _split(program: Program, prediction: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(prediction, dspy.Example):
        return {"result": plain(prediction)}, {}
    values = {name: plain(value) for name, value in prediction.items()}
    if program.signature is None:
        return values, {}
    named = [field.name for field in program.signature.outputs]
    outputs = {name: values[name] for name in named if name in values}
    return outputs, {name: value for name, value in values.items() if name not in outputs}


def plain(value: Any) -> Any:
    """Pydantic's and DSPy's values as JSON, without secrets: models repeat what they see."""
    if isinstance(value, str):
        return _secrets.without(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dspy.Example):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in value]
    return value


def tell(usage: Iterable[Usage]) -> None:
    """Have the server count what the running call has used."""
    for used_one in usage:
        record_usage(**dataclasses.asdict(used_one))
