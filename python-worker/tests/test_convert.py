# SPDX-License-Identifier: Apache-2.0
"""Arguments: type hints against JSON values."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path, PurePath
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union
from uuid import UUID

import pytest

from serpentry import _json
from serpentry._convert import Compiler, mentions_decimal
from serpentry._errors import RegistrationError
from serpentry._hints import hint_text
from serpentry._scalars import Mismatch

T = TypeVar("T")
UserId = NewType("UserId", int)


class Color(Enum):
    RED = "#f00"
    BLUE = "#00f"


class Level(IntEnum):
    LOW = 1


@dataclasses.dataclass
class Item:
    name: str
    price: float = 0.0
    parts: list[Item] = dataclasses.field(default_factory=list)
    hidden: int = dataclasses.field(default=7, init=False)


@dataclasses.dataclass(frozen=True)
class Positive:
    value: int

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError("must be over 0")


@dataclasses.dataclass
class Box(Generic[T]):
    content: T


class Point(NamedTuple):
    x: int
    y: int = 0


class Movie(TypedDict):
    title: str
    year: int


class Loose(TypedDict, total=False):
    title: str


@dataclasses.dataclass
class Priced:
    price: Decimal
    label: str = ""


USED_BY_VECTORS = (date, time, timedelta, Path, PurePath, UUID, NamedTuple)
NAMES = {**vars(typing), **globals()}
VALUES = json.loads((Path(__file__).parent / "vectors" / "values.json").read_text("utf-8"))


def convert(hint: Any, value: Any, *, thorough: bool = False) -> Any:
    converter = Compiler(thorough=thorough).converter(hint)
    return value if converter is None else converter(value)


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["name"]) for v in VALUES])
def test_a_value_must_convert_as_the_vector_says(vector: dict[str, Any]) -> None:
    hint = eval(vector["hint"], dict(NAMES))
    value = _json.loads(vector["json"].encode(), exact=mentions_decimal(hint))
    if "result" in vector:
        assert repr(convert(hint, value)) == vector["result"]
    else:
        with pytest.raises(Mismatch) as caught:
            convert(hint, value)
        assert caught.value.path_text("v") + ": " + str(caught.value) == vector["error"]


def test_a_class_may_hold_itself() -> None:
    tree = convert(Item, {"name": "a", "parts": [{"name": "b", "price": 2}]})
    assert tree == Item("a", 0.0, [Item("b", 2.0)])
    assert type(tree.parts[0].price) is float


def test_an_error_deep_inside_must_name_the_whole_path() -> None:
    value = {"k": [{"name": "a"}, {"name": "b", "parts": [{"name": 1}]}]}
    with pytest.raises(Mismatch) as caught:
        convert(dict[str, list[Item]], value)
    assert caught.value.path_text("items") == "items['k'][1].parts[0].name"


def test_a_long_value_must_be_shortened_in_the_message() -> None:
    with pytest.raises(Mismatch) as caught:
        convert(int, "x" * 10_000)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("hint", [bytes, Optional[bytes], Union[bytes, str], Any])
def test_bytes_must_be_bytes_whatever_they_were_received_into(hint: Any) -> None:
    for data in (b"ab", bytearray(b"ab")):
        assert convert(hint, data, thorough=True) == b"ab"
        assert type(convert(hint, data, thorough=True)) is bytes


def test_large_bytes_must_not_be_copied_for_bytearray_and_memoryview() -> None:
    data = bytearray(b"ab")
    assert convert(bytearray, data) is data
    assert convert(memoryview, data).obj is data
    assert type(convert(bytearray, b"ab")) is bytearray


def test_a_text_must_not_pass_for_bytes() -> None:
    with pytest.raises(Mismatch, match="expected bytes, got str"):
        convert(bytes, "YWI=")


def test_an_untyped_position_must_hold_no_decimals_of_an_exact_text() -> None:
    value = convert(Any, {"a": [Decimal("0.5"), 3, Decimal("1E+2")]}, thorough=True)
    assert value == {"a": [0.5, 3, 100.0]}
    assert [type(v) for v in value["a"]] == [float, int, float]


def test_a_zone_in_brackets_must_keep_the_instant() -> None:
    moment = convert(datetime, "2024-10-27T02:30:00+01:00[Europe/Berlin]")
    assert moment.astimezone(timezone.utc) == datetime(2024, 10, 27, 1, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "hint", [complex, type, Iterable[complex], dict[float, int], object.__class__, Ellipsis]
)
def test_a_type_without_json_form_must_be_refused_when_the_worker_starts(hint: Any) -> None:
    with pytest.raises(RegistrationError, match="can not be read from JSON"):
        Compiler().converter(hint)


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (Decimal, True),
        (Optional[Decimal], True),
        (dict[str, list[Priced]], True),
        (Annotated[list[Decimal], "x"], True),
        (Item, False),
        (Literal["Decimal"], False),
        (Any, False),
    ],
)
def test_a_decimal_must_be_found_anywhere_in_a_hint(hint: Any, expected: bool) -> None:
    assert mentions_decimal(hint) is expected


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (str, "str"),
        (Optional[int], "int | None"),
        (int | None, "int | None"),
        (list[Item], "list[Item]"),
        (dict[str, tuple[int, ...]], "dict[str, tuple[int, ...]]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Annotated[int, "big"], "int"),
        (Any, "Any"),
        (None, "None"),
        (Sequence[Mapping[str, Any]], "Sequence[Mapping[str, Any]]"),
    ],
)
def test_a_hint_must_be_shown_as_a_person_writes_it(hint: Any, text: str) -> None:
    assert hint_text(hint) == text
