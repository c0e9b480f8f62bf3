# SPDX-License-Identifier: Apache-2.0
"""JSON text, with orjson and without it: the same values and the same refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from serpentry import _json
from serpentry._json import NotJson, dumps, loads

PAD = " " * 2000


@pytest.fixture(params=["orjson", "standard library"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "orjson":
        pytest.importorskip("orjson")
    else:
        monkeypatch.setattr(_json, "_orjson_dumps", None)
        monkeypatch.setattr(_json, "_orjson_loads", None)


VALUES: list[Any] = [
    None, True, 0, -1, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**40, 1.5, 1e300, 5e-324, 0.1, "", "a",
    "ü 世界 🐍", "\x00\x1f\"\\/", "\ud800", "a\udfffb", [], {}, [1, [2, [3]]], {"a": {"": [None, False]}},
    {"big": 2**70, "surrogate": "\ud83d", "text": "é"}, {"\udcff": 1},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("pad", ["", PAD], ids=["small", "large"])
def test_a_value_must_come_back_exactly(value: Any, pad: str) -> None:
    text = dumps(value)
    text.decode("utf-8")
    back = loads(pad.encode() + text)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("pad", ["", PAD], ids=["small", "large"])
@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", "NaN", "[Infinity]", "-Infinity", "1e400", "[-1e999]", "'a'", "[1] 2", "01", '"\n"',
     "\ufeff1", "nul", "[" * 100_000, "1" * 5000],
    ids=range(16),
)  # fmt: skip
def test_what_is_not_json_must_be_refused(text: str, pad: str) -> None:
    with pytest.raises(NotJson):
        loads(pad.encode() + text.encode())


@pytest.mark.parametrize("pad", [b"", PAD.encode()], ids=["small", "large"])
def test_bytes_that_are_not_utf8_must_be_refused(pad: bytes) -> None:
    for data in (b'"\xff"', '"a"'.encode("utf-16"), b'"\xed\xa0\x80"'):
        with pytest.raises(NotJson):
            loads(pad + data)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_must_be_read(kind: Any) -> None:
    assert loads(kind(b'{"a":1}')) == {"a": 1}
    assert loads(kind(PAD.encode() + b'{"a":1}')) == {"a": 1}


def test_exact_numbers_must_keep_every_digit() -> None:
    value = loads(b"[1.10, 1e2, 12345678901234567890123.5, 7, 1E400, -0.0]", exact=True)
    assert [str(v) for v in value] == ["1.10", "1E+2", "12345678901234567890123.5", "7", "1E+400", "-0.0"]
    assert [type(v) for v in value] == [Decimal, Decimal, Decimal, int, Decimal, Decimal]
    with pytest.raises(NotJson):
        loads(b"[NaN]", exact=True)


def test_long_runs_of_digits_in_large_texts_must_stay_integers() -> None:
    for digits in (17, 18, 19, 20, 25):
        number = int("9" * digits)
        assert loads(PAD.encode() + str(number).encode()) == number


DECIMALS: list[tuple[Any, str]] = [
    (Decimal("1.10"), "1.10"),
    (Decimal("1E+30"), "1E+30"),
    (Decimal("-0.000"), "-0.000"),
    ({"a": [Decimal("0.1"), 2**70, None, True, 1.5, "ü\ud800"], "b": {}, "c": []},
     '{"a":[0.1,1180591620717411303424,null,true,1.5,"\\u00fc\\ud800"],"b":{},"c":[]}'),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "text"), DECIMALS, ids=range(len(DECIMALS)))
def test_decimals_must_be_written_as_numbers_with_every_digit(tree: Any, text: str) -> None:
    assert dumps(tree).decode() == text
    json.loads(text)


def test_the_text_must_hold_no_spaces() -> None:
    for tree in ({"a": [1, 2], "b": {}}, {"a": [1, 2**70], "b": {}}, {"a": [1, Decimal(2)], "b": {}}):
        assert b" " not in dumps(tree)
