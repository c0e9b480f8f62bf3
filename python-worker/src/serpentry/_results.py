# SPDX-License-Identifier: Apache-2.0
"""A function's result to a tree that JSON can carry, raw bytes to attachments."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from serpentry import _iso
from serpentry._errors import UnserializableResult, class_name
from serpentry._wire import MAX_ATTACHMENTS, Buffer

REFERENCE = "$attachment"
"""The key of an object that stands for raw bytes."""

MAX_DEPTH = 200

_PLAIN = frozenset({str, int, bool, type(None)})
_SCALARS = _PLAIN | {float}
_MAX_INT = 10**4300
_Path = tuple[Any, ...]


class _Unfit(Exception):
    """Why a value has no JSON form; the path grows while the exception travels outwards."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.path: list[str] = []


class _BytesInside(_Unfit):
    """A value that may hold no bytes holds some."""


def to_tree(value: Any, root: str = "result") -> tuple[Any, list[Buffer]]:
    """The value's JSON tree and the attachments it refers to.

    Raises ``UnserializableResult`` that names the path, from ``root`` on, of what has no JSON form.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value, []
    if kind is bytes:
        return {REFERENCE: 0}, [value]
    writer = _Writer()
    try:
        tree = writer.convert(value)
        writer.check_reserved_key()
    except _Unfit as unfit:
        raise UnserializableResult(f"{_path_text(root, unfit.path)}: {unfit}") from None
    return tree, writer.attachments


def to_plain_tree(value: Any, root: str) -> Any:
    """The JSON tree of a value without bytes.

    Raises ``TypeError`` for bytes inside, ``UnserializableResult`` for what has no JSON form at all; both
    name the path from ``root`` on.
    """
    try:
        return _PlainWriter().convert(value)
    except _BytesInside as unfit:
        raise TypeError(f"{_path_text(root, unfit.path)}: {unfit}") from None
    except _Unfit as unfit:
        raise UnserializableResult(f"{_path_text(root, unfit.path)}: {unfit}") from None


def _path_text(root: str, path: list[str]) -> str:
    parts = path[::-1]
    if len(parts) > 12:
        parts = parts[:6] + ["..."] + parts[-5:]
    return root + "".join(parts)


class _Writer:
    """One walk over one result."""

    def __init__(self) -> None:
        self.attachments: list[Buffer] = []
        self._above: list[Any] = []
        self._reserved: _Unfit | None = None

    def convert(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value if kind is not int else _check_int(value)
        scalar = _SCALAR_CONVERSIONS.get(kind)
        if scalar is not None:
            return scalar(value)
        container = _CONTAINERS.get(kind)
        if container is None:
            return self._by_ancestry(value)
        return self._inside(container, value)

    def check_reserved_key(self) -> None:
        """A message with attachments must not hold an object that looks like a reference by chance."""
        if self._reserved is not None and self.attachments:
            raise self._reserved

    def _inside(self, container: Callable[[_Writer, Any], Any], value: Any) -> Any:
        above = self._above
        if len(above) >= MAX_DEPTH:
            if any(value is outer for outer in above):
                raise _Unfit(f"this {class_name(type(value))} contains itself")
            raise _Unfit(f"the result is nested more than {MAX_DEPTH} levels deep")
        above.append(value)
        tree = container(self, value)
        above.pop()
        return tree

    def _by_ancestry(self, value: Any) -> Any:
        """For types that are not listed themselves: subclasses, dataclasses, protocols."""
        if isinstance(value, Enum):
            return value.name
        if hasattr(type(value), "_fields") and isinstance(value, tuple):
            return self._inside(_Writer.named_tuple, value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._inside(_Writer.dataclass, value)
        for base, scalar in _SCALAR_BASES:
            if isinstance(value, base):
                return scalar(value)
        for base, container in _CONTAINER_BASES:
            if isinstance(value, base):
                return self._inside(container, value)
        return self._foreign(value)

    def _foreign(self, value: Any) -> Any:
        if _is_numpy_scalar(value):
            return self.convert(value.item())
        flat = _flat_bytes(value)
        if flat is None:
            raise _Unfit(f"a {class_name(type(value))} has no JSON form")
        return self._attach(flat)

    def _attach(self, data: Buffer) -> dict[str, int]:
        if len(self.attachments) >= MAX_ATTACHMENTS:
            raise _Unfit(f"more than {MAX_ATTACHMENTS} byte strings in one result")
        self.attachments.append(data)
        return {REFERENCE: len(self.attachments) - 1}

    def items(self, values: Iterable[Any]) -> list[Any]:
        listed = values if type(values) is list else list(values)
        kinds = set(map(type, listed))
        if kinds <= _PLAIN and int not in kinds:
            return listed
        if kinds == {float} and all(map(math.isfinite, listed)):
            return listed
        tree = []
        try:
            for item in listed:
                tree.append(self.convert(item))
        except _Unfit as unfit:
            unfit.path.append(f"[{len(tree)}]")
            raise
        return tree

    def mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        key: Any = None
        try:
            for key, item in value.items():
                name = key if type(key) is str else _key_text(key)
                if name in tree:
                    raise _Unfit(f"two keys have the text {name!r}")
                tree[name] = self.convert(item)
                if name == REFERENCE and self._reserved is None:
                    self._note_reserved()
        except _Unfit as unfit:
            unfit.path.append(f"[{str(key)[:60]!r}]")
            raise
        return tree

    def dataclass(self, value: Any) -> dict[str, Any]:
        return self._fields(value, [field.name for field in dataclasses.fields(value)])

    def named_tuple(self, value: Any) -> dict[str, Any]:
        return self._fields(value, value._fields)

    def _fields(self, value: Any, names: Sequence[str]) -> dict[str, Any]:
        tree = {}
        name = ""
        try:
            for name in names:
                tree[name] = self.convert(getattr(value, name))
        except _Unfit as unfit:
            unfit.path.append(f".{name}")
            raise
        return tree

    def raw(self, value: Any) -> dict[str, int]:
        return self._attach(value)

    def _note_reserved(self) -> None:
        self._reserved = _Unfit(f"the key {REFERENCE!r} is reserved in a result that holds bytes")


class _PlainWriter(_Writer):
    """A walk over a value whose bytes would have nowhere to go."""

    def _attach(self, data: Buffer) -> dict[str, int]:
        raise _BytesInside(f"JSON can not hold bytes ({len(data)} here); store them as an entry of their own")


def _flat_bytes(value: Any) -> Buffer | None:
    """The bytes of an object with a buffer, without a copy where they lie in a row; None if it has none."""
    try:
        view = memoryview(value)
    except (TypeError, ValueError):
        return None
    if view.format == "O" or getattr(getattr(value, "dtype", None), "hasobject", False):
        return None
    try:
        return view.cast("B") if view.c_contiguous else view.tobytes()
    except (TypeError, ValueError):
        return view.tobytes()


def _is_numpy_scalar(value: Any) -> bool:
    return type(value).__module__ == "numpy" and hasattr(value, "item") and not hasattr(value, "__len__")


def _check_int(value: int) -> int:
    if -_MAX_INT < value < _MAX_INT:
        return value
    raise _Unfit("an int of more than 4300 digits")


def _check_float(value: float) -> float:
    if math.isfinite(value):
        return value
    raise _Unfit(f"{value} is not a JSON number")


def _check_decimal(value: Decimal) -> Decimal:
    if value.is_finite():
        return Decimal(value)
    raise _Unfit(f"Decimal {value} is not a JSON number")


def _key_text(key: Any) -> str:
    if isinstance(key, Enum):
        return key.name
    if isinstance(key, str):
        return str.__str__(key)
    if type(key) is int or isinstance(key, UUID):
        return str(key)
    if isinstance(key, date):
        return key.isoformat()
    raise _Unfit(f"a key must be a str, Enum, int, UUID or date, not a {class_name(type(key))}")


_Scalar = Callable[[Any], Any]
_Container = Callable[[_Writer, Any], Any]

_SCALAR_CONVERSIONS: dict[type, _Scalar] = {
    float: _check_float,
    Decimal: _check_decimal,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _iso.format_duration,
    UUID: str,
}
_SCALAR_BASES: tuple[tuple[type, _Scalar], ...] = (
    (str, str.__str__),
    (int, lambda value: _check_int(int(value))),
    (float, lambda value: _check_float(float(value))),
    (Decimal, _check_decimal),
    (datetime, datetime.isoformat),
    (date, date.isoformat),
    (time, time.isoformat),
    (timedelta, _iso.format_duration),
    (UUID, str),
    (PurePath, str),
)
_CONTAINERS: dict[type, _Container] = {
    list: _Writer.items,
    tuple: _Writer.items,
    set: _Writer.items,
    frozenset: _Writer.items,
    dict: _Writer.mapping,
    bytes: _Writer.raw,
    bytearray: _Writer.raw,
}
_CONTAINER_BASES: tuple[tuple[type, _Container], ...] = (
    (Mapping, _Writer.mapping),
    ((bytes), _Writer.raw),
    ((bytearray), _Writer.raw),
    (list, _Writer.items),
    (tuple, _Writer.items),
    (Set, _Writer.items),
)
