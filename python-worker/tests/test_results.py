# SPDX-License-Identifier: Apache-2.0
"""Results: Python values to JSON trees and attachments."""

from __future__ import annotations

import array
import dataclasses
import math
from collections import Counter, OrderedDict, UserDict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from serpentry import UnserializableResult
from serpentry._json import dumps
from serpentry._results import to_tree

ID = UUID(int=1)


class Color(Enum):
    RED = "#f00"


class Level(IntEnum):
    LOW = 1


class Text(str):
    pass


@dataclasses.dataclass
class Item:
    name: str
    when: Any = None


class Point(NamedTuple):
    x: int
    y: Any


PAIRS: list[tuple[Any, str]] = [
    (None, "null"), (True, "true"), ("a", '"a"'), (5, "5"), (2**70, str(2**70)), (0.5, "0.5"),
    (Text("a"), '"a"'), (Decimal("1.10"), "1.10"), (Color.RED, '"RED"'), (Level.LOW, '"LOW"'),
    (ID, f'"{ID}"'),
    (PurePosixPath("/a"), '"/a"'),
    (datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc), '"2024-01-02T03:04:05+00:00"'),
    (date(2024, 1, 2), '"2024-01-02"'), (time(1, 2), '"01:02:00"'),
    (timedelta(hours=1, minutes=30), '"PT1H30M"'), (timedelta(0), '"PT0S"'),
    (timedelta(days=-1, seconds=1), '"PT-23H-59M-59S"'), (timedelta(microseconds=-1500000), '"PT-1.5S"'),
    (timedelta(days=2, microseconds=1), '"PT48H0.000001S"'),
    (Item("a", date(2024, 1, 2)), '{"name":"a","when":"2024-01-02"}'),
    (Point(1, [Level.LOW]), '{"x":1,"y":["LOW"]}'),
    ([1, "a", None, [True]], '[1,"a",null,[true]]'), ((1, 2), "[1,2]"), ({3}, "[3]"),
    (frozenset(["a"]), '["a"]'),
    ([0.5, 1.5], "[0.5,1.5]"),
    ({"a": 1}.keys(), '["a"]'), (OrderedDict(a=1), '{"a":1}'), (Counter("a"), '{"a":1}'),
    (UserDict(a=1), '{"a":1}'), (MappingProxyType({"a": 1}), '{"a":1}'),
    ({1: "a", Color.RED: "b", ID: "c", date(2024, 1, 2): "d", Text("t"): "e"},
     f'{{"1":"a","RED":"b","{ID}":"c","2024-01-02":"d","t":"e"}}'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), PAIRS, ids=range(len(PAIRS)))
def test_a_result_must_have_the_documented_form(value: Any, text: str) -> None:
    for wrapped, expected in ((value, text), ([value], f"[{text}]"), ({"k": (value,)}, f'{{"k":[{text}]}}')):
        tree, attachments = to_tree(wrapped)
        assert dumps(tree).decode() == expected
        assert attachments == []


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def knot() -> Any:
    loop: dict[str, Any] = {}
    loop["a"] = [loop]
    return loop


REFUSED: list[tuple[Any, str]] = [
    (math.nan, "result: nan is not a JSON number"),
    ([1.0, math.inf], "result[1]: inf is not"),
    ([1, [0.5, -math.inf]], "result[1][1]: -inf"),
    ({"a": {"b": math.nan}}, "result['a']['b']: nan"),
    ((Decimal("NaN"),), "result[0]: Decimal NaN"),
    (Item("a", object()), "result.when: a object has no JSON form"),
    (Point(1, 1j), "result.y: a complex has"),
    ([print], "result[0]: a builtin_function_or_method"),
    (deque([1]), "result: a collections.deque has"),
    ((n for n in "a"), "result: a generator has"),
    (int, "result: a type has"),
    (Item, "result: a type has"),
    ({(1, 2): 3}, "result['(1, 2)']: a key must be"),
    ({True: 1}, "not a bool"),
    ({None: 1}, "not a NoneType"),
    ({1: "a", "1": "b"}, "two keys have the text '1'"),
    (10**4300, "an int of more than 4300 digits"),
    (deep(201), "nested more than 200 levels deep"),
    (knot(), "contains itself"),
    ({"b": b"x", "ref": {"$attachment": 0}}, "'$attachment' is reserved"),
]


@pytest.mark.parametrize(("value", "words"), REFUSED, ids=range(len(REFUSED)))
def test_a_result_without_json_form_must_be_refused_with_its_path(value: Any, words: str) -> None:
    with pytest.raises(UnserializableResult) as caught:
        to_tree(value)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


def test_200_levels_must_pass() -> None:
    assert dumps(to_tree(deep(200))[0]) == b"[" * 200 + b"1" + b"]" * 200


def test_the_same_object_twice_must_not_pass_for_a_cycle() -> None:
    shared = [1]
    assert to_tree([shared, {"a": shared}])[0] == [[1], {"a": [1]}]


@pytest.mark.parametrize(
    "value",
    [b"ab", bytearray(b"ab"), memoryview(b"ab"), array.array("B", b"ab"), memoryview(b"a.b.")[::2]],
    ids=["bytes", "bytearray", "memoryview", "array", "strided"],
)
def test_bytes_must_become_a_reference(value: Any) -> None:
    tree, (attachment,) = to_tree(value)
    assert dumps(tree) == b'{"$attachment":0}'
    assert bytes(attachment) == b"ab"
    assert len(attachment) == 2


def test_attachments_must_be_numbered_in_the_order_of_the_walk() -> None:
    tree, attachments = to_tree({"a": b"1", "b": [b"2", {"c": array.array("H", [3])}]})
    assert tree == {"a": {"$attachment": 0}, "b": [{"$attachment": 1}, {"c": {"$attachment": 2}}]}
    assert [bytes(a) for a in attachments] == [b"1", b"2", array.array("H", [3]).tobytes()]


def test_a_key_like_a_reference_must_be_data_in_a_result_without_bytes() -> None:
    assert to_tree({"$attachment": 0}) == ({"$attachment": 0}, [])


def test_more_bytes_than_a_frame_can_count_must_be_refused() -> None:
    assert len(to_tree([b""] * 65535)[1]) == 65535
    with pytest.raises(UnserializableResult, match="more than 65535"):
        to_tree([b""] * 65536)


def test_a_result_must_not_change_the_value() -> None:
    value = {"a": [Item("x"), (1,)], "b": {1: 2}}
    to_tree(value)
    assert value == {"a": [Item("x"), (1,)], "b": {1: 2}}


def test_numpy_scalars_must_be_numbers_and_arrays_bytes() -> None:
    numpy = pytest.importorskip("numpy")
    tree, attachments = to_tree([numpy.int64(3), numpy.float32(0.5), numpy.bool_(True), numpy.float64(2)])
    assert dumps(tree) == b"[3,0.5,true,2.0]"
    assert attachments == []
    matrix = numpy.arange(6, dtype="<i4").reshape(2, 3)
    for shaped in (matrix, numpy.asfortranarray(matrix), matrix[:, ::2]):
        _, (attachment,) = to_tree(shaped)
        assert bytes(attachment) == shaped.tobytes()
    with pytest.raises(UnserializableResult, match="nan is not"):
        to_tree(numpy.float64("nan"))
    with pytest.raises(UnserializableResult, match=r"numpy\.ndarray has no"):
        to_tree(numpy.array([object()]))
