# SPDX-License-Identifier: Apache-2.0
"""``dspy.compile_program``: an optimizer run, whose progress can be watched from outside."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from typing import Any

import dspy

from serpentry import Session, SharedSession
from serpentry._usage import record_usage
from serpentry.dspy import _execution, _metrics, _models
from serpentry.dspy._commands import commands
from serpentry.dspy._errors import invalid, told
from serpentry.dspy._places import Place, Places, Scope, text_of
from serpentry.dspy._programs import Program

_PROGRESS = "dspy.progress."
_OPTIMIZERS = {
    "BootstrapFewShot": (
        dspy.BootstrapFewShot,
        {"max_bootstrapped_demos", "max_labeled_demos", "max_rounds"},
    ),
    "LabeledFewShot": (dspy.LabeledFewShot, {"k"}),
}
_MOST_EXAMPLES = 10_000


@dataclasses.dataclass
class Example:
    """What is asked, and what should come of it."""

    inputs: dict[str, Any]
    outputs: dict[str, Any]


@commands.call(timeout=3600)
def compile_program(
    program_id: str,
    shared: SharedSession,
    trainset: list[Example],
    session: Session | None = None,
    scope: Scope | None = None,
    optimizer: str = "BootstrapFewShot",
    metric: str = "exact",
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Let an optimizer find demos for a program, and store it so.

    ``metric`` is ``exact`` or ``module:function`` of one that the pool's modules register. ``options`` are the
    optimizer's. Outside of a transaction the entry ``dspy.progress.ID`` tells meanwhile how many examples were
    measured; it is removed at the end.
    """
    place, program = Places.of(session, shared).require(program_id, scope)
    student = program.restored()
    examples = _examples(program, student, trainset)
    made, allowed = _known(optimizer)
    measured = _metrics.find(metric, [name for example in trainset for name in example.outputs])
    progress = _Progress(place, program_id, len(examples), measured)
    arguments = _checked(options or {}, allowed)
    if optimizer == "BootstrapFewShot":
        arguments["metric"] = progress.measure
    model = _models.model_of(session, shared)
    progress.begin()
    with (
        dspy.context(lm=model.client(), disable_history=True),
        dspy.track_usage() as tracker,
        told(program_id),
    ):
        compiled = made(**arguments).compile(student.deepcopy(), trainset=examples)
    progress.end()
    usage = _execution.used(tracker)
    program.state = _plain_state(compiled)
    demos = sum(len(predictor.demos) for predictor in compiled.predictors())
    program.compiled = {"optimizer": optimizer, "at": text_of(datetime.now(timezone.utc)), "demos": demos}
    place.replace(program)
    for used in usage:
        record_usage(used.model, used.calls, used.prompt_tokens, used.completion_tokens, used.cost)
    return {
        "program_id": program_id,
        "status": "compiled",
        "demos": demos,
        "measured": progress.done,
        "accepted": progress.accepted,
        "usage": [dataclasses.asdict(used) for used in usage],
    }


class _Progress:
    """Told to the store as it grows, so that others see it while the call runs."""

    def __init__(self, place: Place, program: str, total: int, metric: _metrics.Metric) -> None:
        self._session = place.session
        self._name = _PROGRESS + program
        self._total = total
        self._metric = metric
        self.done = 0
        self.accepted = 0

    def begin(self) -> None:
        self._tell()

    def measure(self, example: dspy.Example, prediction: dspy.Prediction, trace: Any = None) -> Any:
        value = self._metric(example, prediction, trace)
        self.done += 1
        self.accepted += bool(value)
        self._tell()
        return value

    def end(self) -> None:
        self._session.pop(self._name, None)

    def _tell(self) -> None:
        self._session[self._name] = {"done": self.done, "total": self._total, "accepted": self.accepted}
        self._session.save()


def _known(optimizer: str) -> tuple[Any, set[str]]:
    found = _OPTIMIZERS.get(optimizer)
    if found is None:
        raise invalid("optimizer", f"{optimizer[:200]!r} is none; there are {', '.join(_OPTIMIZERS)}")
    return found


def _checked(options: dict[str, Any], allowed: set[str]) -> dict[str, Any]:
    for name, value in options.items():
        if name not in allowed:
            raise invalid(f"options.{name}", f"is not an option; there are {', '.join(sorted(allowed))}")
        if type(value) is not int or value < 0:
            raise invalid(f"options.{name}", "must be 0 or a greater integer")
    return dict(options)


def _examples(program: Program, module: dspy.Module, trainset: list[Example]) -> list[dspy.Example]:
    if not 0 < len(trainset) <= _MOST_EXAMPLES:
        raise invalid("trainset", f"must be 1 to {_MOST_EXAMPLES} examples, not {len(trainset)}")
    for example in trainset:
        _execution.check_inputs(program, module, example.inputs)
    return [dspy.Example(**e.inputs, **e.outputs).with_inputs(*e.inputs) for e in trainset]


def _plain_state(module: dspy.Module) -> dict[str, Any]:
    state = _execution.plain(module.dump_state())
    assert type(state) is dict
    return state
