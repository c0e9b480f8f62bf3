# SPDX-License-Identifier: Apache-2.0
"""Tools that a program's model may use: registered Python functions, and methods of the server."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import dspy

from serpentry import host
from serpentry._calls import REGISTRY
from serpentry._hints import resolved_hints
from serpentry._session import Session, SharedSession
from serpentry.dspy._errors import invalid


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


def checked(tools: list[Tool]) -> list[Tool]:
    """Raises ``InvalidArgument`` for a tool that can not be used, by its index."""
    for index, tool in enumerate(tools):
        if (tool.function is None) == (tool.method is None):
            raise invalid(f"tools[{index}]", "needs a 'function' or a 'method', and not both")
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
        name=tool.name or _plain(method),
        desc=tool.description or f"Calls {method}.",
        args=schemas,
        arg_types=dict.fromkeys(schemas, Any),
    )


def _of_function(tool: Tool, name: str) -> dspy.Tool:
    registration = REGISTRY.get(name)
    if registration is None:
        raise ValueError(f"no function {name[:200]!r} is registered")
    function = registration.function
    hints = resolved_hints(function, name)
    if any(hint in (Session, SharedSession) for hint in hints.values()):
        raise ValueError(f"{name} takes a session, which a model can not give")
    return dspy.Tool(function, name=tool.name or _plain(name), desc=tool.description or function.__doc__)


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


def _plain(name: str) -> str:
    return name.replace(".", "_")
