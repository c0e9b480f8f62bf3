# SPDX-License-Identifier: Apache-2.0
"""Tools that a program's model may use: registered Python functions, and methods of the server."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Any

import dspy

from serpentry import host
from serpentry._calls import REGISTRY, Function
from serpentry._errors import RegistrationError
from serpentry.dspy._errors import invalid

_FINISH = "finish"
"""The tool by which DSPy's agents end."""


@dataclasses.dataclass
class Tool:
    """One tool: a ``function`` (``claims.lookup``, as Java would call it) or a ``method`` of the server.

    ``arguments`` gives the JSON schema of each argument of a method, or just its type's name (``string``); a
    function's are known by its hints.
    """

    function: str | None = None
    method: str | None = None
    name: str | None = None
    description: str | None = None
    arguments: dict[str, Any] | None = None

    @property
    def shown_name(self) -> str:
        """How the model calls it."""
        return self.name or (self.function or self.method or "").replace(".", "_")


def checked(tools: list[Tool]) -> list[Tool]:
    """Raises ``InvalidArgument`` for a tool that can not be used, by its index."""
    seen = {_FINISH}
    for index, tool in enumerate(tools):
        if (tool.function is None) == (tool.method is None):
            raise invalid(f"tools[{index}]", "needs a 'function' or a 'method', and not both")
        name = tool.shown_name
        if not name.isidentifier() or name in seen:
            why = "is taken" if name in seen else "is no identifier"
            raise invalid(f"tools[{index}]", f"its name {name[:100]!r} {why}; give it another 'name'")
        seen.add(name)
        try:
            built(tool)
        except ValueError as error:
            raise invalid(f"tools[{index}]", str(error)) from None
    return tools


def built(tool: Tool) -> dspy.Tool:
    """As DSPy wants it. Raises ``ValueError``."""
    if tool.function is not None:
        return _of_function(tool, tool.function)
    method = tool.method or ""
    schemas = {name: _schema(schema) for name, schema in (tool.arguments or {}).items()}
    return dspy.Tool(
        _calling(method),
        name=tool.shown_name,
        desc=tool.description or f"Calls {method}.",
        args=schemas,
        arg_types=dict.fromkeys(schemas, Any),
    )


def digest(tools: list[Tool]) -> str | None:
    """Of what a model is told of them, which an agent's state holds; None if one can not be used any more."""
    try:
        told = [[made.name, made.desc, made.args] for made in map(built, tools)]
    except ValueError:
        return None
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _of_function(tool: Tool, name: str) -> dspy.Tool:
    registration = REGISTRY.get(name)
    if registration is None:
        raise ValueError(f"no function {name[:200]!r} is registered")
    if tool.arguments is not None:
        raise ValueError(f"'arguments' are for a method; those of {name} are known by its hints")
    try:
        function = Function(registration)
    except RegistrationError as error:
        raise ValueError(str(error)) from None
    if function.session_parameters:
        raise ValueError(f"{name} takes a session, which a model can not give")
    if function.is_coroutine:
        raise ValueError(f"{name} is async, which tools can not be")
    desc = tool.description or function.target.__doc__
    return dspy.Tool(function.target, name=tool.shown_name, desc=desc)


def _calling(method: str) -> Callable[..., Any]:
    def call(**arguments: Any) -> Any:
        return host.call(method, **arguments)

    return call


def _schema(given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        return {"type": given}
    if isinstance(given, dict):
        return given
    raise ValueError("'arguments' must give each argument's type or JSON schema")
