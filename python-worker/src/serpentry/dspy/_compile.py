# SPDX-License-Identifier: Apache-2.0
"""``dspy.compile_program``: an optimizer run, whose progress can be watched from outside."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import dspy

from serpentry import HostError, Session, SharedSession
from serpentry._errors import InvalidArgument
from serpentry.dspy import _execution, _metrics, _models, _places
from serpentry.dspy._commands import commands
from serpentry.dspy._errors import invalid
from serpentry.dspy._places import PROGRESS, Place, Places, Scope, text_of
from serpentry.dspy._programs import Program

_log = logging.getLogger("serpentry.dspy")
_OPTIMIZERS = {
    "BootstrapFewShot": (
        dspy.BootstrapFewShot,
        {"max_bootstrapped_demos", "max_errors", "max_labeled_demos", "max_rounds"},
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

    ``metric`` is ``exact`` or ``module:function`` of one that the pool's modules register. ``options`` are
    the optimizer's; ``max_errors`` is by which failure on an example all fails, the first unless it is given.
    Outside of a transaction the entry ``dspy.progress.ID`` tells meanwhile how many examples were measured;
    it is removed at the end, and the program stays as it was if that is a failure.
    """
    place, program = Places.of(session, shared).require(program_id, scope)
    student = program.restored()
    examples = _examples(program, student, trainset)
    made, allowed = _known(optimizer)
    measured = _metrics.find(metric, [name for example in trainset for name in example.outputs])
    arguments = _checked(options or {}, allowed)
    model = _models.model_of(session, shared)
    progress = _Progress(place, program_id, len(examples), measured)
    if optimizer == "BootstrapFewShot":
        arguments = {"max_errors": 1, **arguments, "metric": progress.measure}
    with progress, _execution.running(program_id, model) as meter:
        compiled = made(**arguments).compile(student.deepcopy(), trainset=examples)
        progress.check()
    usage = meter.used()
    program.state = _plain_state(compiled)
    demos = sum(len(predictor.demos) for predictor in compiled.predictors())
    program.compiled = {"optimizer": optimizer, "at": text_of(_places.now_utc()), "demos": demos}
    place.replace(program)
    _execution.tell(usage)
    return {
        "program_id": program_id,
        "status": "compiled",
        "demos": demos,
        "measured": progress.done,
        "accepted": progress.accepted,
        "usage": [dataclasses.asdict(used) for used in usage],
    }


class _Progress:
    """Told to the store as it grows, so that others see it while the call runs; not beyond."""

    def __init__(self, place: Place, program: str, total: int, metric: _metrics.Metric) -> None:
        self._session = place.session
        self._name = PROGRESS + program
        self._total = total
        self._metric = metric
        self._lost: HostError | None = None
        self.done = 0
        self.accepted = 0

    def __enter__(self) -> _Progress:
        self._tell()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """After a failure it is removed at once: what the call has not saved is dropped."""
        del self._session[self._name]
        if isinstance(error, Exception) and self._lost is None:
            try:
                self._session.save()
            except HostError as second:
                _log.warning("The entry %s stays, as it can not be removed: %s", self._name, second)

    def measure(self, example: dspy.Example, prediction: dspy.Prediction, trace: Any = None) -> Any:
        value = self._metric(example, prediction, trace)
        self.done += 1
        self.accepted += bool(value)
        self._tell()
        return value

    def check(self) -> None:
        """Raises what saving raised: an optimizer takes it for a failure of the example."""
        if self._lost is not None:
            raise self._lost

    def _tell(self) -> None:
        self._session[self._name] = {"done": self.done, "total": self._total, "accepted": self.accepted}
        try:
            self._session.save()
        except HostError as error:
            self._lost = error
            raise


def _known(optimizer: str) -> tuple[Any, set[str]]:
    found = _OPTIMIZERS.get(optimizer)
    if found is None:
        raise invalid("optimizer", f"{optimizer[:200]!r} is none; there are {', '.join(_OPTIMIZERS)}")
    return found


def _checked(options: dict[str, Any], allowed: set[str]) -> dict[str, Any]:
    for name, value in options.items():
        if name not in allowed:
            raise invalid(f"options.{name}", f"is not an option; there are {', '.join(sorted(allowed))}")
        least = 1 if name in ("max_errors", "max_rounds") else 0
        if type(value) is not int or value < least:
            raise invalid(f"options.{name}", f"must be {least} or a greater integer")
    return dict(options)


def _examples(program: Program, module: dspy.Module, trainset: list[Example]) -> list[dspy.Example]:
    if not 0 < len(trainset) <= _MOST_EXAMPLES:
        raise invalid("trainset", f"must be 1 to {_MOST_EXAMPLES} examples, not {len(trainset)}")
    for index, example in enumerate(trainset):
        try:
            _execution.check_inputs(program, module, example.inputs)
        except InvalidArgument as error:
            raise invalid(f"trainset[{index}].{error.context['argument']}", str(error)) from None
        _check_outputs(program, example.outputs, f"trainset[{index}].outputs")
    return [dspy.Example(**e.inputs, **e.outputs).with_inputs(*e.inputs) for e in trainset]


def _check_outputs(program: Program, outputs: dict[str, Any], path: str) -> None:
    if not outputs:
        raise invalid(path, "must say what should come of the inputs")
    if program.signature is not None:
        known = [field.name for field in program.signature.outputs]
        for name in outputs:
            if name not in known:
                raise invalid(f"{path}.{name}", f"is no output; there are {', '.join(known)}")


def _plain_state(module: dspy.Module) -> dict[str, Any]:
    state = _execution.plain(module.dump_state())
    assert type(state) is dict
    return state
