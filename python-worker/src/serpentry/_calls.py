# SPDX-License-Identifier: Apache-2.0
"""Functions that the server may call: registration, signatures, dispatch."""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import types
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, Union, get_args, get_origin, overload

from serpentry import _json
from serpentry._convert import Compiler, mentions_decimal
from serpentry._entries import check_name
from serpentry._errors import ILLEGAL_STATE, UNKNOWN_FUNCTION, CallRefused, InvalidArgument, RegistrationError
from serpentry._hints import first_line, hint_text, plain_hint, resolved_hints
from serpentry._results import REFERENCE
from serpentry._scalars import Converter, Mismatch
from serpentry._session import Session, SharedSession
from serpentry._wire import REFERENCES, Buffer, Frame

F = TypeVar("F", bound=Callable[..., Any])

RESERVED = "serpentry"
"""The module whose functions are the worker's own."""

_MOST_NEAR = 20
_HOLDING = (dict, list)
_UNNAMED: dict[Any, str] = {
    inspect.Parameter.POSITIONAL_ONLY: "is positional-only",
    inspect.Parameter.VAR_POSITIONAL: "is *variable",
    inspect.Parameter.VAR_KEYWORD: "is **variable",
}


@dataclasses.dataclass(frozen=True)
class Registration:
    """A function under its name, as it was registered; its hints are not looked at yet."""

    module: Module
    name: str
    function: Callable[..., Any]
    timeout: float | None
    idempotent: bool
    uses: tuple[str, ...]

    @property
    def timeout_millis(self) -> int | None:
        return None if self.timeout is None else round(self.timeout * 1000)

    def replaceable_by(self, other: Registration) -> bool:
        """Whether ``other`` is this function again, because its Python module was imported again."""
        return (
            self.module is not other.module
            and self.function.__module__ == other.function.__module__
            and self.function.__qualname__ == other.function.__qualname__
        )


REGISTRY: dict[str, Registration] = {}


class Module:
    """A named group of functions that the server may call.

    >>> qa = Module("qa")
    >>> @qa.call(timeout=30, idempotent=True)
    ... def ask(question: str) -> str:
    ...     return question.upper()

    registers ``qa.ask``. The decorator returns the function unchanged.
    """

    def __init__(self, name: str) -> None:
        if not all(part.isidentifier() for part in name.split(".")):
            raise RegistrationError(f"a module's name must be dotted identifiers, not {name!r}")
        if name == RESERVED:
            raise RegistrationError(f"the module {RESERVED!r} is the worker's own; choose another name")
        self.name = name

    @classmethod
    def reserved(cls) -> Module:
        """The module of the worker's own functions."""
        module = cls.__new__(cls)
        module.name = RESERVED
        return module

    @overload
    def call(self, function: F) -> F: ...
    @overload
    def call(
        self,
        *,
        name: str | None = None,
        timeout: float | None = None,
        idempotent: bool = False,
        uses: Sequence[str] = (),
    ) -> Callable[[F], F]: ...
    def call(
        self,
        function: F | None = None,
        *,
        name: str | None = None,
        timeout: float | None = None,
        idempotent: bool = False,
        uses: Sequence[str] = (),
    ) -> F | Callable[[F], F]:
        """Register a function, plain or ``async``.

        ``timeout`` in seconds is the deadline for callers that give none. ``idempotent`` says that running
        it twice does no harm, so that a call may be repeated when its worker dies. ``uses`` names the entries
        of its session that it reads, so that they come with the call.
        """

        def register(target: F) -> F:
            local_name = name or target.__name__
            used = self._checked_uses(local_name, uses)
            full_name = f"{self.name}.{local_name}"
            self._register(Registration(self, full_name, target, timeout, idempotent, used), local_name)
            return target

        return register if function is None else register(function)

    def _register(self, new: Registration, name: str) -> None:
        if not name.isidentifier():
            raise RegistrationError(f"a function's name must be an identifier, not {name!r}")
        if new.timeout is not None and not new.timeout > 0:
            raise RegistrationError(f"the timeout of {new.name} must be over 0 seconds, not {new.timeout}")
        old = REGISTRY.get(new.name)
        if old is not None and not old.replaceable_by(new):
            raise RegistrationError(
                f"{new.name} is registered twice: by {_origin(old.function)} and by {_origin(new.function)}; "
                "give one of them another name with @module.call(name=...)"
            )
        REGISTRY[new.name] = new

    def _checked_uses(self, name: str, uses: Sequence[str]) -> tuple[str, ...]:
        if isinstance(uses, str):
            raise RegistrationError(f"the uses of {self.name}.{name} must be a list: [{uses!r}]")
        try:
            return tuple(check_name(entry) for entry in uses)
        except ValueError as error:
            raise RegistrationError(f"the uses of {self.name}.{name}: {error}") from None


def _origin(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
    return f"{function.__module__}.{function.__qualname__}{where}"


class Function:
    """A registered function with its hints compiled. Raises ``RegistrationError`` when they do not fit."""

    def __init__(self, registration: Registration) -> None:
        function = registration.function
        self.name = registration.name
        self.target = function
        self.is_coroutine = inspect.iscoroutinefunction(function)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise RegistrationError(
                f"{self.name} is a generator; return a list, streams are not supported yet"
            )
        hints = resolved_hints(function, self.name)
        parameters = dict(inspect.signature(function).parameters)
        self.session_parameters = _session_parameters(parameters, hints)
        """The parameters that take the call's session or the shared one, and whether there must be one."""
        self.shares = any(kind is SharedSession for kind, _ in self.session_parameters.values())
        for name in self.session_parameters:
            del parameters[name]
        self.exact = any(mentions_decimal(hints.get(name, Any)) for name in parameters)
        self._converters = self._compile(parameters.values(), hints, thorough=False)
        self._thorough = self._compile(parameters.values(), hints, thorough=True)
        self._required = [n for n, p in parameters.items() if p.default is p.empty]
        self._count = len(self._required)
        self._doc = first_line(function)
        self._returns = hint_text(hints.get("return", Any))
        self._types = {name: hint_text(hints.get(name, Any)) for name in parameters}
        self._registration = registration

    def catalogue_entry(self) -> dict[str, Any]:
        """What HELLO says about this function."""
        return {
            "name": self.name,
            "doc": self._doc,
            "idempotent": self._registration.idempotent,
            "timeoutMillis": self._registration.timeout_millis,
            "uses": list(self._registration.uses),
            "shared": self.shares,
            "returns": self._returns,
            "parameters": [
                {"name": name, "type": text, "required": name in self._required}
                for name, text in self._types.items()
            ],
        }

    def convert(self, arguments: dict[str, Any], *, thorough: bool = False) -> dict[str, Any]:
        """The arguments as the function wants them; ``InvalidArgument`` names the one that does not fit."""
        converted = {}
        converters = self._thorough if thorough else self._converters
        name = ""
        try:
            for name, value in arguments.items():
                converter = converters[name]
                converted[name] = value if converter is None else converter(value)
        except KeyError:
            if name in converters:
                raise
            known = ", ".join(converters) or "none"
            raise InvalidArgument(f"{self.name} has no parameter {name!r}; it has: {known}", name) from None
        except Mismatch as mismatch:
            path = mismatch.path_text(name)
            raise InvalidArgument(f"{self.name}: argument {path}: {mismatch}", path) from None
        if len(converted) < self._count or self._missing(converted):
            missing = self._missing(converted)
            raise InvalidArgument(f"{self.name}: the argument {missing!r} is missing", missing)
        return converted

    def add_sessions(
        self, arguments: dict[str, Any], session: Session | None, shared: SharedSession | None
    ) -> None:
        """Raises ``CallRefused`` when the function needs a session and there is none."""
        for name, (kind, required) in self.session_parameters.items():
            given = shared if kind is SharedSession else session
            if given is None and required:
                raise CallRefused(
                    ILLEGAL_STATE,
                    f"{self.name} needs a session for its parameter {name!r}, and this call has none; "
                    f"call it with one, or declare the parameter as {kind.__name__} | None",
                )
            arguments[name] = given

    def _missing(self, converted: dict[str, Any]) -> str | None:
        for name in self._required:
            if name not in converted:
                return name
        return None

    def _compile(
        self, parameters: Iterable[inspect.Parameter], hints: dict[str, Any], *, thorough: bool
    ) -> dict[str, Converter | None]:
        compiler = Compiler(thorough=thorough)
        converters: dict[str, Converter | None] = {}
        for parameter in parameters:
            unnamed = _UNNAMED.get(parameter.kind)
            if unnamed:
                raise RegistrationError(
                    f"{self.name}: parameter {parameter.name!r} {unnamed}; arguments are named"
                )
            try:
                converters[parameter.name] = compiler.converter(hints.get(parameter.name, Any))
            except RegistrationError as error:
                raise RegistrationError(f"{self.name}: parameter {parameter.name!r}: {error}") from None
        return converters


def _session_parameters(
    parameters: dict[str, inspect.Parameter], hints: dict[str, Any]
) -> dict[str, tuple[type[Session], bool]]:
    found: dict[str, tuple[type[Session], bool]] = {}
    for name in parameters:
        hint = plain_hint(hints.get(name, Any))
        optional = get_origin(hint) in (Union, types.UnionType)
        for kind in (Session, SharedSession):
            if hint is kind or (optional and set(get_args(hint)) == {kind, type(None)}):
                found[name] = (kind, not optional)
    return found


@dataclasses.dataclass
class ReadCall:
    """A CALL, read."""

    function: Function
    arguments: dict[str, Any]
    trace: Any
    timeout_millis: int
    """What was left of the call's deadline when it was sent; 0 for none."""


class Catalogue:
    """The compiled functions of one worker."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self._functions = {r.name: Function(r) for r in registrations}
        self._own: dict[str, Function] = {}

    def add_own(self, registration: Registration) -> None:
        """A function that only the server itself calls: it is found, and not told."""
        self._own[registration.name] = Function(registration)

    def entries(self) -> list[dict[str, Any]]:
        return [self._functions[name].catalogue_entry() for name in sorted(self._functions)]

    def find(self, name: str) -> Function:
        """Raises ``CallRefused`` with names that are near."""
        function = self._functions.get(name) or self._own.get(name)
        if function is None:
            near = difflib.get_close_matches(name, self._functions, n=_MOST_NEAR, cutoff=0.5)
            known = near or sorted(self._functions)[:_MOST_NEAR]
            label = "near" if near else "registered"
            raise CallRefused(
                UNKNOWN_FUNCTION,
                f"no function {name[:200]!r} is registered; {label}: {', '.join(known) or 'none'}",
                {"known": known},
            )
        return function

    def read_call(self, frame: Frame) -> ReadCall:
        """What a CALL asks for, its arguments converted. Raises ``CallRefused``."""
        call = self._parts(frame.body, exact=False)
        if call.function.exact:
            call = self._parts(frame.body, exact=True)
        function, arguments = call.function, call.arguments
        if frame.flags & REFERENCES:
            for name, value in arguments.items():
                if type(value) in _HOLDING:
                    arguments[name] = resolve_references(value, frame.attachments, name)
            call.arguments = function.convert(arguments, thorough=True)
        else:
            call.arguments = function.convert(arguments, thorough=function.exact)
        return call

    def _parts(self, body: Buffer, *, exact: bool) -> ReadCall:
        try:
            call = _json.loads(body, exact=exact)
        except _json.NotJson as error:
            raise InvalidArgument(f"the call's body can not be read: {error}") from None
        if type(call) is not dict:
            raise InvalidArgument("the call's body is no JSON object")
        name, arguments = call.get("function"), call.get("arguments", {})
        if type(name) is not str or type(arguments) is not dict:
            raise InvalidArgument("a call needs a text 'function' and an object 'arguments'")
        millis = call.get("timeoutMillis")
        return ReadCall(self.find(name), arguments, call.get("trace"), millis if type(millis) is int else 0)


def resolve_references(value: Any, attachments: Any, path: str = "") -> Any:
    """The JSON value with each reference replaced by its attachment. Raises ``InvalidArgument``."""
    if type(value) is list:
        return [resolve_references(item, attachments, f"{path}[{i}]") for i, item in enumerate(value)]
    if type(value) is not dict:
        return value
    if REFERENCE not in value:
        dot = "." if path else ""
        return {
            key: resolve_references(item, attachments, f"{path}{dot}{key}") for key, item in value.items()
        }
    index = value[REFERENCE]
    if len(value) != 1 or type(index) not in (int, Decimal) or not 0 <= index < len(attachments):
        raise InvalidArgument(f"argument {path}: no attachment has the reference {str(value)[:80]}", path)
    return attachments[int(index)]
