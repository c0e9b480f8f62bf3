# SPDX-License-Identifier: Apache-2.0
"""Reading type hints: unwrapping, the fields of classes, and how a hint is shown."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from serpentry._errors import RegistrationError

_WRAPPERS = ("Required", "NotRequired", "ReadOnly", "Final")


def plain_hint(hint: Any) -> Any:
    """The hint without ``Annotated``, ``NewType``, ``type X = ...``, ``Required`` and the like."""
    while True:
        origin = get_origin(hint)
        if origin is Annotated or getattr(origin, "_name", None) in _WRAPPERS:
            hint = get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif isinstance(hint, dataclasses.InitVar):
            hint = hint.type
        else:
            return hint


def resolved_hints(target: Any, what: str) -> dict[str, Any]:
    """``typing.get_type_hints`` with a ``RegistrationError`` that says what could not be resolved."""
    try:
        return typing.get_type_hints(target, include_extras=True)
    except Exception as error:
        raise RegistrationError(
            f"the type hints of {what} can not be resolved: {type(error).__name__}: {error}; "
            "a name used in a hint must be importable in its module at run time, "
            "not only under 'if TYPE_CHECKING'"
        ) from error


def field_hints(hint: Any, cls: Any) -> dict[str, tuple[Any, bool]]:
    """The fields that a JSON object for ``cls`` may have: name to hint and whether it is required."""
    hints = resolved_hints(cls, hint_text(cls))
    bound = dict(zip(getattr(cls, "__parameters__", ()), get_args(hint), strict=False))

    def bind(field: Any) -> Any:
        return bound.get(field, field) if isinstance(field, TypeVar) else field

    if dataclasses.is_dataclass(cls):
        return {name: (bind(hints[name]), required) for name, required in _init_fields(cls)}
    if typing.is_typeddict(cls):
        required_keys = _required_keys(cls, hints)
        return {name: (bind(field), name in required_keys) for name, field in hints.items()}
    defaults = cls._field_defaults
    return {name: (bind(hints.get(name, Any)), name not in defaults) for name in cls._fields}


def _init_fields(cls: Any) -> list[tuple[str, bool]]:
    parameters = inspect.signature(cls).parameters
    hints = typing.get_type_hints(cls)
    return [(name, p.default is p.empty) for name, p in parameters.items() if name in hints]


def _required_keys(cls: Any, hints: dict[str, Any]) -> set[str]:
    """``__required_keys__`` misses ``NotRequired`` under ``from __future__ import annotations``."""
    required = set(cls.__required_keys__)
    for name, hint in hints.items():
        wrapper = getattr(get_origin(hint), "_name", None)
        if wrapper == "NotRequired":
            required.discard(name)
        elif wrapper == "Required":
            required.add(name)
    return required


def hint_text(hint: Any) -> str:
    """A hint as a person would write it: ``list[Item]``, ``int | None``."""
    if hint is inspect.Parameter.empty or hint is Any:
        return "Any"
    if hint is None or hint is type(None):
        return "None"
    if hint is Ellipsis:
        return "..."
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return hint_text(arguments[0])
    if origin is Union or origin is types.UnionType:
        return " | ".join(map(hint_text, arguments))
    if origin is Literal:
        return f"Literal[{', '.join(str(a) if isinstance(a, Enum) else repr(a) for a in arguments)}]"
    if origin is not None and arguments:
        return f"{hint_text(origin)}[{', '.join(map(hint_text, arguments))}]"
    name = getattr(hint, "__qualname__", None) or getattr(hint, "__name__", None) or str(hint)
    return str(name).rpartition("<locals>.")[2]


def first_line(function: Callable[..., Any]) -> str:
    """The first line of the docstring, or an empty text."""
    lines = (inspect.getdoc(function) or "").strip().splitlines()
    return lines[0] if lines else ""
