# SPDX-License-Identifier: Apache-2.0
"""JSON text to Python values and back, exact where fast libraries are not.

orjson is used when it is installed and only where it gives what the standard library gives: it reads
integers over 64 bits as floats, refuses lone surrogates, and writes NaN as null. So ``loads`` gives it no
text with a long run of digits, and ``dumps`` expects a tree that was walked before (``_results``) and holds
finite numbers only. Whatever it refuses goes to the standard library.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any

from serpentry._wire import Buffer

_orjson_dumps: Callable[[Any], bytes] | None
_orjson_loads: Callable[[Any], Any] | None
try:
    import orjson

    _orjson_dumps = orjson.dumps
    _orjson_loads = orjson.loads
except ImportError:
    _orjson_dumps = _orjson_loads = None

_LONG_RUN = b"0" * 19
_DIGITS = bytes(0x30 if 0x30 <= b <= 0x39 else 0x20 for b in range(256))


class NotJson(ValueError):
    """The text is not JSON as this protocol allows it."""


def _refuse_constant(name: str) -> Any:
    raise NotJson(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise NotJson(f"the number {text[:40]} does not fit a float")
    return value


_decode = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant).decode
_decode_exact = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant).decode
_encode = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(allow_nan=False, ensure_ascii=True, separators=(",", ":")).encode


def loads(data: Buffer, *, exact: bool = False, small: bool = False) -> Any:
    """Parse one JSON text; with ``exact`` each number with a fraction or exponent is a ``Decimal``.

    ``small`` says that no integer in it is over 64 bits, which is not looked for then. Raises ``NotJson``.
    """
    if _orjson_loads is not None and not exact and (small or not _has_long_number(data)):
        try:
            return _orjson_loads(data)
        except ValueError:
            pass
    try:
        return (_decode_exact if exact else _decode)(str(data, "utf-8"))
    except NotJson:
        raise
    except RecursionError:
        raise NotJson("the JSON text is nested too deeply") from None
    except (ValueError, ArithmeticError) as error:
        raise NotJson(str(error)) from None


def _has_long_number(data: Buffer) -> bool:
    text = data if type(data) is bytes else bytes(data)
    return _LONG_RUN in text.translate(_DIGITS)


def dumps(tree: Any) -> bytes:
    """Write a tree of dict, list, tuple, str, int, float, Decimal, bool and None.

    Numbers must be finite. Raises ``ValueError`` for what has no JSON form.
    """
    if _orjson_dumps is not None:
        try:
            return _orjson_dumps(tree)
        except TypeError:
            pass
    try:
        return _encode(tree).encode("utf-8")
    except UnicodeEncodeError:
        return _encode_ascii(tree).encode("ascii")
    except TypeError:
        return "".join(_exact(tree)).encode("ascii")


def _exact(value: Any) -> list[str]:
    """The slow writer, for trees that hold a Decimal."""
    parts: list[str] = []
    _write(value, parts.append)
    return parts


def _write(value: Any, write: Callable[[str], None]) -> None:
    if type(value) is Decimal:
        write(str(value))
    elif type(value) is dict:
        separator = "{"
        for key, item in value.items():
            write(f"{separator}{encode_basestring_ascii(key)}:")
            _write(item, write)
            separator = ","
        write("}" if value else "{}")
    elif type(value) in (list, tuple):
        separator = "["
        for item in value:
            write(separator)
            _write(item, write)
            separator = ","
        write("]" if value else "[]")
    else:
        write(_encode_ascii(value))
