# SPDX-License-Identifier: Apache-2.0
"""Converters for values that hold no other values."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path, PosixPath, PurePath, PurePosixPath
from typing import Any
from uuid import UUID

from serpentry import _iso
from serpentry._errors import class_name

Converter = Callable[[Any], Any]

_EXACT_INT_LIMIT = 2**53
_SHOWN = 60


class Mismatch(Exception):
    """A value does not fit. The path grows while the exception travels outwards.

    ``expected`` is the text of a type, or with ``because`` a whole sentence.
    """

    def __init__(self, expected: str, value: Any = None, *, because: bool = False) -> None:
        super().__init__(expected)
        self.expected = expected
        self.because = because
        self.path: list[str] = []
        self._value = value

    def inside(self, segment: str) -> Mismatch:
        self.path.append(segment)
        return self

    def path_text(self, root: str) -> str:
        return root + "".join(reversed(self.path))

    def __str__(self) -> str:
        return self.expected if self.because else f"expected {self.expected}, got {shown(self._value)}"


def shown(value: Any) -> str:
    """A JSON value with its type, short enough for a message."""
    if value is None:
        return "null"
    if type(value) in (dict, list):
        kind = "object" if type(value) is dict else "array"
        return f"an {kind} of {len(value)}"
    if type(value) in (bytes, bytearray):
        return f"{len(value)} bytes"
    text = repr(value) if type(value) is str else str(value).lower() if type(value) is bool else str(value)
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN - 20]}...{text[-10:]}"
    return f"{class_name(type(value)).rpartition('.')[2]} {text}"


def to_none(value: Any) -> None:
    if value is not None:
        raise Mismatch("None", value)


def to_str(value: Any) -> str:
    if type(value) is str:
        return value
    raise Mismatch("str", value)


def to_bool(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise Mismatch("bool", value)


def to_int(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT_INT_LIMIT:
        return int(value)
    if type(value) is Decimal and value.adjusted() < 4300 and value == value.to_integral_value():
        return int(value)
    raise Mismatch("int", value)


def to_float(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) in (int, Decimal):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise Mismatch("float", value)


def to_decimal(value: Any) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) is int:
        return Decimal(value)
    raise Mismatch("Decimal", value)


def to_bytes(value: Any) -> bytes:
    if type(value) is bytes:
        return value
    if type(value) is bytearray:
        return bytes(value)
    raise Mismatch("bytes", value)


def to_bytearray(value: Any) -> bytearray:
    if type(value) is bytearray:
        return value
    if type(value) is bytes:
        return bytearray(value)
    raise Mismatch("bytearray", value)


def to_memoryview(value: Any) -> memoryview:
    if type(value) in (bytes, bytearray):
        return memoryview(value)
    raise Mismatch("memoryview", value)


def int_key(value: str) -> int:
    """A key of a JSON object where the hint says ``dict[int, ...]``."""
    digits = value[1:] if value[:1] == "-" else value
    if digits.isascii() and digits.isdigit() and len(digits) <= 4300:
        return int(value)
    raise Mismatch("int", value)


def to_anything(value: Any) -> Any:
    """What an untyped position gets: no ``Decimal`` of an exact text, no ``bytearray`` of a large frame."""
    kind = type(value)
    if kind is Decimal:
        return to_float(value)
    if kind is bytearray:
        return bytes(value)
    if kind is list:
        return [to_anything(item) for item in value]
    if kind is dict:
        return {key: to_anything(item) for key, item in value.items()}
    return value


def _parsed(name: str, parse: Callable[[str], Any]) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is str:
            try:
                return parse(value)
            except (ValueError, OverflowError):
                pass
        raise Mismatch(name, value)

    return convert


def _uuid(text: str) -> UUID:
    if len(text) != 36:
        raise ValueError(text)
    return UUID(text)


def _path(cls: type[PurePath]) -> Converter:
    def convert(value: Any) -> PurePath:
        if type(value) is str and "\0" not in value:
            return cls(value)
        raise Mismatch(cls.__name__, value)

    return convert


CONVERTERS: dict[Any, Converter] = {
    str: to_str,
    bool: to_bool,
    int: to_int,
    float: to_float,
    Decimal: to_decimal,
    bytes: to_bytes,
    bytearray: to_bytearray,
    memoryview: to_memoryview,
    datetime: _parsed("datetime", _iso.parse_datetime),
    date: _parsed("date", _iso.parse_date),
    time: _parsed("time", _iso.parse_time),
    timedelta: _parsed("timedelta", _iso.parse_duration),
    UUID: _parsed("UUID", _uuid),
    **{cls: _path(cls) for cls in (Path, PurePath, PosixPath, PurePosixPath)},
}

KEYS = (UUID, date, datetime)
"""Besides ``str``, ``int`` and enums: types that a key of a dict may have."""
