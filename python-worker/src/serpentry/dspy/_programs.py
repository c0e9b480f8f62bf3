# SPDX-License-Identifier: Apache-2.0
"""Programs: what is stored of one, and the ``dspy.Module`` that is made of it in a worker.

What a worker has made of a stored program is kept for its next calls only if running it can not change it,
which holds for DSPy's own modules. A class of the application is made anew each time.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import inspect
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import dspy

from serpentry.dspy import _models, _secrets, _tools
from serpentry.dspy._errors import illegal, invalid
from serpentry.dspy._signatures import Definition, Field
from serpentry.dspy._tools import Tool

_MOST_KEPT = 64

BUILT_IN: dict[str, Callable[..., dspy.Module]] = {
    "predict": dspy.Predict,
    "chain_of_thought": dspy.ChainOfThought,
    "react": dspy.ReAct,
    "program_of_thought": dspy.ProgramOfThought,
}
_STATE = frozenset({"demos", "fields", "lm", "signature", "traces", "train"})
"""What DSPy stores of a predictor."""
_ITERATING = ("react", "program_of_thought")


@dataclasses.dataclass(frozen=True)
class _Allowed:
    """A class of the application, with the digest of the code that was imported, if that can be read."""

    kind: type[dspy.Module]
    code: str | None


_ALLOWED: dict[str, _Allowed] = {}

_lock = threading.Lock()
_kept: OrderedDict[str, dspy.Module] = OrderedDict()


def allow(kind: type[dspy.Module]) -> type[dspy.Module]:
    """Let programs be of this class, by its name ``module:Class``. Raises ``TypeError`` for what is none."""
    if not (isinstance(kind, type) and issubclass(kind, dspy.Module)):
        raise TypeError(f"a program must be a subclass of dspy.Module, not {kind!r}")
    _ALLOWED[f"{kind.__module__}:{kind.__qualname__}"] = _Allowed(kind, _digest(kind))
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
        _check_type(kind)
        _check_arguments(kind, arguments)
        if tools and ((kind in BUILT_IN and kind != "react") or not _takes(_builder(kind), "tools")):
            raise invalid("tools", f"are not for {kind}")
        found = fingerprint(kind, tools)
        made = cls(program, kind, signature, arguments, tools, {}, found, created_at, expires_at)
        try:
            made.state = made.build().dump_state()
            made.state = json.loads(json.dumps(made.state))
        except Exception as error:
            raise invalid("arguments", f"{kind} can not be made: {type(error).__name__}: {error}") from None
        return made

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Program:
        """Of its own: what a program changes is not changed in the entry."""
        fields = copy.deepcopy(stored)
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
        """Made anew, without the stored state. Raises what the constructor raises."""
        builder = _builder(self.type)
        given: dict[str, Any] = copy.deepcopy(self.arguments)
        if self.signature is not None and (self.type in BUILT_IN or _takes(builder, "signature")):
            given["signature"] = self.signature.signature()
        if self.tools:
            given["tools"] = [_tools.built(tool) for tool in self.tools]
        elif self.type == "react":
            given["tools"] = []
        return builder(**given)

    def restored(self, *, accept_changed: bool = False) -> dspy.Module:
        """As it was stored. ``CallRefused`` if it can not be made here any more.

        Or if its code or DSPy is not what it was then, unless that is accepted.
        """
        if not _is_known(self.type):
            raise illegal(
                f"the program {self.id!r} is of the type {self.type}, which this pool's modules do not allow",
                program=self.id,
            )
        self._require_tools()
        self._require_unchanged(accept_changed)
        if self.type not in BUILT_IN:
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
        now = fingerprint(self.type, self.tools)
        return [name for name in sorted(now) if now[name] != self.fingerprint.get(name)]

    def input_names(self) -> list[str] | None:
        """The inputs it must get; None if it does not say."""
        return None if self.signature is None else [field.name for field in self.signature.inputs]

    def _require_tools(self) -> None:
        try:
            for tool in self.tools:
                _tools.built(tool)
        except ValueError as error:
            raise illegal(f"a tool of the program {self.id!r} is gone: {error}", program=self.id) from None

    def _require_unchanged(self, accept_changed: bool) -> None:
        changes = [] if accept_changed else self.changes()
        if changes:
            raise illegal(
                f"the program {self.id!r} was stored with another {' and '.join(changes)}; create it anew, "
                "or accept it as it is now by accept_changed",
                program=self.id,
                changed=changes,
            )

    def _with_state(self) -> dspy.Module:
        """Checked again: a session's entries come from imports too, and from whoever may write in it."""
        try:
            _check_arguments(self.type, self.arguments)
            made = self.build()
            _check_state(made, self.state, own_model=self.type not in BUILT_IN)
            made.load_state(self.state)
        except Exception as error:
            raise illegal(
                f"the program {self.id!r} can not be made of what is stored: {type(error).__name__}: {error}",
                program=self.id,
            ) from None
        return made


def fingerprint(kind: str, tools: list[Tool]) -> dict[str, Any]:
    """What a stored state depends on: DSPy, an application's class, what a model is told of its tools."""
    found: dict[str, Any] = {"dspy": ".".join(dspy.__version__.split(".")[:2])}
    if kind not in BUILT_IN:
        allowed = _ALLOWED.get(kind)
        found["code"] = None if allowed is None else allowed.code
    if tools:
        found["tools"] = _tools.digest(tools)
    return found


def _digest(kind: type[dspy.Module]) -> str | None:
    """Of the class and those it is made of, but for DSPy's own; taken when they are imported."""
    digest = hashlib.sha256()
    try:
        for part in kind.__mro__:
            if part.__module__.partition(".")[0] not in ("builtins", "dspy"):
                digest.update(inspect.getsource(part).encode())
    except (OSError, TypeError):
        return None
    return digest.hexdigest()


def _is_known(kind: str) -> bool:
    return kind in BUILT_IN or kind in _ALLOWED


def _check_type(kind: str) -> None:
    if not _is_known(kind):
        known = ", ".join([*BUILT_IN, *sorted(_ALLOWED)])
        raise invalid("program_type", f"{kind[:200]!r} is none; there are {known}")
    if kind in _ALLOWED and _ALLOWED[kind].code is None:
        raise invalid("program_type", "its source can not be read, so that a change could not be noticed")


def _check_arguments(kind: str, arguments: dict[str, Any]) -> None:
    """DSPy's own programs must not be told another place to send requests to, nor any program a secret."""
    if kind in _ITERATING:
        for name, value in arguments.items():
            if name != "max_iters":
                raise invalid(f"arguments.{name}", f"is not an argument of {kind}; there is max_iters")
            if type(value) is not int or value < 1:
                raise invalid(f"arguments.{name}", "must be 1 or a greater integer")
    elif kind in BUILT_IN:
        _models.check_options("arguments", arguments, _models.OF_ONE_REQUEST)
    for name in _names(arguments):
        if _secrets.looks_secret(name):
            raise invalid("arguments", f"must not hold a secret ({name[:100]}): they are stored")


def _check_state(made: dspy.Module, state: dict[str, Any], *, own_model: bool) -> None:
    """DSPy would set whatever attribute is named there, such as where requests are sent to."""
    predictors = [(name, part) for name, part in made.named_parameters() if isinstance(part, dspy.Predict)]
    for name, part in predictors:
        stored = state if part is made else state[name]
        unknown = set(stored) - _STATE
        if unknown or (stored.get("lm") and not own_model):
            told = ", ".join(sorted(unknown)) or "a language model of its own"
            raise ValueError(f"its state must not have {told}")


def _names(value: Any) -> Iterator[str]:
    """Of all fields, also of objects inside."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _names(part)
    elif isinstance(value, list):
        for part in value:
            yield from _names(part)


def _builder(kind: str) -> Callable[..., dspy.Module]:
    return BUILT_IN[kind] if kind in BUILT_IN else _ALLOWED[kind].kind


def _takes(builder: Callable[..., Any], name: str) -> bool:
    parameters = inspect.signature(builder.__init__).parameters.values()
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)
