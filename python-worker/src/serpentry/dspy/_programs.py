# SPDX-License-Identifier: Apache-2.0
"""Programs: what is stored of one, and the ``dspy.Module`` that is made of it in a worker.

What a worker has made of a stored program is kept for its next calls only if running it can not change it, which
holds for DSPy's own modules. A class of the application is made anew each time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import dspy

from serpentry.dspy import _tools
from serpentry.dspy._errors import illegal, invalid
from serpentry.dspy._signatures import Definition, Field
from serpentry.dspy._tools import Tool

_MOST_KEPT = 64

_BUILT_IN: dict[str, Callable[..., dspy.Module]] = {
    "predict": dspy.Predict,
    "chain_of_thought": dspy.ChainOfThought,
    "react": dspy.ReAct,
    "program_of_thought": dspy.ProgramOfThought,
}
_ALLOWED: dict[str, type[dspy.Module]] = {}

_lock = threading.Lock()
_kept: OrderedDict[str, dspy.Module] = OrderedDict()


def allow(kind: type[dspy.Module]) -> type[dspy.Module]:
    """Let programs be of this class, by its name ``module:Class``. Raises ``TypeError`` for what is no module."""
    if not (isinstance(kind, type) and issubclass(kind, dspy.Module)):
        raise TypeError(f"a program must be a subclass of dspy.Module, not {kind!r}")
    _ALLOWED[f"{kind.__module__}:{kind.__qualname__}"] = kind
    return kind


@dataclasses.dataclass
class Program:
    """A program as it is stored."""

    id: str
    type: str
    signature: Definition | None
    arguments: dict[str, Any]
    """For the constructor, beside the signature and the tools."""
    tools: list[Tool]
    state: dict[str, Any]
    """What DSPy's ``dump_state`` gave: demos, instructions, and whatever an optimizer has found."""
    fingerprint: dict[str, Any]
    created_at: str
    expires_at: str | None = None
    compiled: dict[str, Any] | None = None
    """How it was compiled; None for one that was not."""

    @classmethod
    def new(
        cls,
        program: str,
        kind: str,
        signature: Definition | None,
        arguments: dict[str, Any],
        tools: list[Tool],
        created_at: str,
        expires_at: str | None,
    ) -> Program:
        """Raises ``InvalidArgument`` for what can not be made."""
        made = cls(program, kind, signature, arguments, tools, {}, fingerprint(kind), created_at, expires_at)
        made.state = json.loads(json.dumps(made.build().dump_state()))
        return made

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Program:
        fields = dict(stored)
        if fields["signature"] is not None:
            sides = ("inputs", "outputs")
            described = fields["signature"]
            described = {**described, **{side: [Field(**f) for f in described[side]] for side in sides}}
            fields["signature"] = Definition(**described)
        fields["tools"] = [Tool(**tool) for tool in fields["tools"]]
        return cls(**fields)

    def stored(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def build(self) -> dspy.Module:
        """Made anew, without the stored state. Raises ``InvalidArgument``."""
        builder = _builder(self.type)
        given: dict[str, Any] = dict(self.arguments)
        if self.signature is not None and (self.type in _BUILT_IN or _takes(builder, "signature")):
            given["signature"] = self.signature.signature()
        if self.tools:
            given["tools"] = [_tools.built(tool) for tool in self.tools]
        elif self.type == "react":
            given["tools"] = []
        try:
            return builder(**given)
        except Exception as error:
            raise invalid("arguments", f"{self.type} can not be made: {error}") from error

    def restored(self, *, accept_changed: bool = False) -> dspy.Module:
        """As it was stored. ``CallRefused`` if its code or DSPy is not what it was then, unless that is accepted."""
        self._require_unchanged(accept_changed)
        if self.type not in _BUILT_IN:
            return self._with_state()
        name = hashlib.sha256(json.dumps(self.stored(), sort_keys=True).encode()).hexdigest()
        with _lock:
            known = _kept.pop(name, None)
            if known is not None:
                _kept[name] = known
                return known
        made = self._with_state()
        with _lock:
            _kept[name] = made
            if len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        return made

    def changes(self) -> list[str]:
        """What is not as it was when the program was stored."""
        now = fingerprint(self.type)
        return [name for name in sorted(now) if now[name] != self.fingerprint.get(name)]

    def input_names(self) -> list[str] | None:
        """The inputs it must get; None if it does not say."""
        return None if self.signature is None else [field.name for field in self.signature.inputs]

    def _require_unchanged(self, accept_changed: bool) -> None:
        changes = [] if accept_changed else self.changes()
        if changes:
            raise illegal(
                f"the program {self.id!r} was stored with another {' and '.join(changes)}; create it anew, or accept "
                "it as it is now by accept_changed",
                program=self.id,
                changed=changes,
            )

    def _with_state(self) -> dspy.Module:
        made = self.build()
        try:
            made.load_state(self.state)
        except Exception as error:
            raise illegal(
                f"the stored state of the program {self.id!r} does not fit {self.type}: {error}",
                program=self.id,
            ) from error
        return made


def fingerprint(kind: str) -> dict[str, Any]:
    """What a stored state depends on: DSPy's version, and the code of an application's class."""
    found: dict[str, Any] = {"dspy": ".".join(dspy.__version__.split(".")[:2])}
    if kind not in _BUILT_IN:
        found["code"] = hashlib.sha256(_source(_builder(kind)).encode()).hexdigest()
    return found


def _source(kind: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):
        raise invalid(
            "program_type", "its source can not be read, so that a change could not be noticed"
        ) from None


def _builder(kind: str) -> Callable[..., dspy.Module]:
    builder = _BUILT_IN.get(kind) or _ALLOWED.get(kind)
    if builder is None:
        known = ", ".join([*_BUILT_IN, *sorted(_ALLOWED)])
        raise invalid("program_type", f"{kind[:200]!r} is none; there are {known}")
    return builder


def _takes(builder: Callable[..., Any], name: str) -> bool:
    parameters = inspect.signature(builder).parameters.values()
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)
