# SPDX-License-Identifier: Apache-2.0
"""Signatures of programs, as text (``question -> answer: float``) or as an object with typed fields."""

from __future__ import annotations

import ast
import dataclasses
import keyword

import dspy

from serpentry._errors import InvalidArgument
from serpentry.dspy._errors import invalid

_TYPES = frozenset(
    {"str", "int", "float", "bool", "list", "dict", "tuple", "set", "bytes", "Any", "None", "NoneType"}
    | {"Optional", "Union", "Literal", "List", "Dict", "Tuple"}
)
"""Names that a field's type may be made of. DSPy would import a module of any other name."""
_DSPY_TYPES = frozenset({"Image", "Audio", "History", "Code", "File"})
_KNOWN = ", ".join(sorted(_TYPES) + sorted(f"dspy.{name}" for name in _DSPY_TYPES))
_MOST_FIELDS = 100
_LONGEST_NAME = 100
_LONGEST_TYPE = 500
_LONGEST_TEXT = 20_000

SETTINGS = frozenset(
    {"config", "demos", "interpreter", "lm", "max_iters", "new_signature", "prediction", "self", "signature"}
)
"""Names that DSPy's modules take as settings of the call, above all where to send it, and not as inputs."""


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
        """As DSPy's class. Raises ``InvalidArgument``, and whatever DSPy and Pydantic raise."""
        _check_sides(self)
        text = f"{_listed(self.inputs)} -> {_listed(self.outputs)}"
        signature: type[dspy.Signature]
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
    try:
        described.signature()
    except InvalidArgument:
        raise
    except Exception as error:
        raise invalid("signature", f"DSPy can not make it: {type(error).__name__}: {error}") from None
    return described


def _check_sides(described: Definition) -> None:
    for kind, fields in (("inputs", described.inputs), ("outputs", described.outputs)):
        if not 0 < len(fields) <= _MOST_FIELDS:
            raise invalid(f"signature.{kind}", f"must be 1 to {_MOST_FIELDS} fields, not {len(fields)}")
    seen: set[str] = set()
    for field in (*described.inputs, *described.outputs):
        _check(field)
        if field.name in seen:
            raise invalid(f"signature.{field.name}", "is there twice")
        seen.add(field.name)
    for field in described.inputs:
        if field.name in SETTINGS:
            raise invalid(f"signature.{field.name}", "can not be an input: to DSPy it is a setting")


def _listed(fields: list[Field]) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in fields)


def _parsed(text: str) -> Definition:
    sides = text.split("->")
    if len(sides) != 2 or len(text) > _LONGEST_TEXT:
        raise invalid(
            "signature", f"must be 'inputs -> outputs', such as 'question -> answer', not {text[:200]!r}"
        )
    inputs, outputs = (_fields(side.strip()) for side in sides)
    return Definition(inputs, outputs)


def _fields(side: str) -> list[Field]:
    if not side:
        return []
    arguments = _arguments(side)
    others = (
        arguments.posonlyargs,
        arguments.kwonlyargs,
        arguments.defaults,
        arguments.vararg,
        arguments.kwarg,
    )
    if any(others):
        raise invalid("signature", f"{side[:200]!r} must be names with types, nothing else")
    return [
        Field(argument.arg, ast.unparse(argument.annotation) if argument.annotation else "str")
        for argument in arguments.args
    ]


def _arguments(side: str) -> ast.arguments:
    """The side read as the parameters of a function, which must end where the side ends."""
    source = f"def f({side}): pass"
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise invalid("signature", f"{side[:200]!r} is no list of fields: {error}") from None
    function = statements[0]
    if (
        not isinstance(function, ast.FunctionDef)
        or ast.get_source_segment(source, function) != source
        or len(function.body) != 1
        or not isinstance(function.body[0], ast.Pass)
    ):
        raise invalid("signature", f"{side[:200]!r} must be names with types, nothing else")
    return function.args


def _check(field: Field) -> None:
    name = field.name
    usable = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    if not usable or len(name) > _LONGEST_NAME:
        raise invalid(
            "signature", f"{name[:100]!r} can not be the name of a field: use letters, digits and _"
        )
    if len(field.type) > _LONGEST_TYPE:
        raise invalid(f"signature.{name}", f"its type has over {_LONGEST_TYPE} characters")
    try:
        expression = ast.parse(field.type, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise invalid(f"signature.{name}", f"{field.type[:100]!r} is no type") from None
    if not _is_type(expression):
        raise invalid(f"signature.{name}", f"{field.type[:100]!r} is no known type; one is made of {_KNOWN}")


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _TYPES
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "dspy" and node.attr in _DSPY_TYPES
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and _is_type(node.left) and _is_type(node.right)
    if not isinstance(node, ast.Subscript):
        return False
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    fits = _is_choice if isinstance(node.value, ast.Name) and node.value.id == "Literal" else _is_type
    return _is_type(node.value) and all(map(fits, parts))


def _is_choice(node: ast.expr) -> bool:
    """What ``Literal`` may list."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, int, bool, type(None)))
