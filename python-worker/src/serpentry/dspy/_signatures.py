# SPDX-License-Identifier: Apache-2.0
"""Signatures of programs, as text (``question -> answer: float``) or as an object with typed fields."""

from __future__ import annotations

import ast
import dataclasses
import keyword
from typing import Any

import dspy

from serpentry.dspy._errors import invalid

_TYPES = frozenset(
    (
        "str int float bool list dict tuple set bytes Any None NoneType Optional Union Literal List Dict Tuple"
    ).split()
)
"""Names that a field's type may be made of. DSPy would import a module of any other name."""
_DSPY_TYPES = frozenset(("Image", "Audio", "History", "Code", "File"))
_MOST_FIELDS = 100


@dataclasses.dataclass
class Field:
    """A field of a signature. ``type`` is a Python type expression, such as ``list[str]``."""

    name: str
    type: str = "str"
    description: str | None = None


@dataclasses.dataclass
class Definition:
    """A signature with typed fields."""

    inputs: list[Field]
    outputs: list[Field]
    instructions: str | None = None

    def signature(self) -> type[dspy.Signature]:
        """As DSPy's class. Raises ``InvalidArgument`` that names the field."""
        text = f"{_listed(self.inputs)} -> {_listed(self.outputs)}"
        signature = dspy.Signature(text, self.instructions) if self.instructions else dspy.Signature(text)
        for field in (*self.inputs, *self.outputs):
            if field.description:
                signature = signature.with_updated_fields(field.name, desc=field.description)
        return signature


def definition(given: str | Definition, instructions: str | None = None) -> Definition:
    """The definition of a signature given either way. Raises ``InvalidArgument`` that names the field."""
    described = _parsed(given) if isinstance(given, str) else given
    if instructions is not None:
        described = dataclasses.replace(described, instructions=instructions)
    for kind, fields in (("inputs", described.inputs), ("outputs", described.outputs)):
        if not 0 < len(fields) <= _MOST_FIELDS:
            raise invalid(f"signature.{kind}", f"must be 1 to {_MOST_FIELDS} fields, not {len(fields)}")
    seen: set[str] = set()
    for field in (*described.inputs, *described.outputs):
        _check(field)
        if field.name in seen:
            raise invalid(f"signature.{field.name}", "is there twice")
        seen.add(field.name)
    try:
        described.signature()
    except (ValueError, TypeError, SyntaxError) as error:
        raise invalid("signature", str(error)) from None
    return described


def _listed(fields: list[Field]) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in fields)


def _parsed(text: str) -> Definition:
    sides = text.split("->")
    if len(sides) != 2:
        raise invalid(
            "signature", f"must be 'inputs -> outputs', such as 'question -> answer', not {text[:200]!r}"
        )
    inputs, outputs = (_fields(side) for side in sides)
    return Definition(inputs, outputs)


def _fields(side: str) -> list[Field]:
    if not side.strip():
        return []
    try:
        arguments = ast.parse(f"def f({side.strip()}): pass").body[0].args  # type: ignore[attr-defined]
    except SyntaxError as error:
        raise invalid("signature", f"{side.strip()[:200]!r} is no list of fields: {error.msg}") from None
    others = (
        arguments.posonlyargs,
        arguments.kwonlyargs,
        arguments.defaults,
        arguments.vararg,
        arguments.kwarg,
    )
    if any(others):
        raise invalid("signature", f"{side.strip()[:200]!r} must be names with types, nothing else")
    return [
        Field(argument.arg, ast.unparse(argument.annotation) if argument.annotation else "str")
        for argument in arguments.args
    ]


def _check(field: Field) -> None:
    name = field.name
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or len(name) > 100:
        raise invalid(
            "signature", f"{name[:100]!r} can not be the name of a field: use letters, digits and _"
        )
    try:
        expression = ast.parse(field.type, mode="eval").body
    except SyntaxError:
        raise invalid(f"signature.{name}", f"{field.type[:100]!r} is no type") from None
    _check_type(name, expression)


def _check_type(field: str, node: ast.expr) -> None:
    if isinstance(node, ast.Name) and node.id in _TYPES:
        return
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "dspy":
        if node.attr in _DSPY_TYPES:
            return
    elif isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (str, int, bool))):
        return
    elif isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in (node.value, *inner):
            _check_type(field, part)
        return
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        _check_type(field, node.left)
        _check_type(field, node.right)
        return
    known = ", ".join(sorted(_TYPES))
    raise invalid(f"signature.{field}", f"{ast.unparse(node)[:100]} is no known type; there are {known}")
