# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from serpentry import UnserializableResult
from serpentry._context import join, split
from serpentry._errors import InvalidArgument
from serpentry._wire import CONTEXT, Buffer, Frame, FrameType


def call(attachments: list[Buffer]) -> Frame:
    return Frame(FrameType.CALL, 1, b"{}", attachments, CONTEXT)


def test_a_block_must_be_told_apart_from_the_attachments_of_the_body() -> None:
    frame = call([b"\0\0\0\2" + '{"a":"ü"}'.encode(), b"one", b"two", b"body"])
    assert split(frame) == ({"a": "ü"}, [b"one", b"two"])
    assert frame.attachments == [b"body"]


def test_what_was_joined_must_split_into_the_same() -> None:
    frame = call(join({"session": {"id": "s"}}, [b"x"], [b"", b"y"]))
    assert split(frame) == ({"session": {"id": "s"}}, [b"x"])
    assert frame.attachments == [b"", b"y"]


@pytest.mark.parametrize(
    ("attachments", "words"),
    [
        ([], "it has none"),
        ([b"\0\0\0"], "it has none"),
        ([b"\0\0\0\1{}"], "counts 1 attachments, 0 follow"),
        ([b"\xff\xff\xff\xff{}", b"x"], "counts 4294967295"),
        ([b"\0\0\0\0"], "can not be read"),
        ([b"\0\0\0\0{"], "can not be read"),
        ([b"\0\0\0\0[]"], "no JSON object"),
    ],
)
def test_a_block_that_is_none_must_be_refused(attachments: list[Buffer], words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        split(call(attachments))


def test_more_attachments_than_a_frame_carries_must_be_refused() -> None:
    assert len(join({}, [b""] * 30_000, [b""] * 35_534)) == 65_535
    with pytest.raises(UnserializableResult, match="65536 attachments"):
        join({}, [b""] * 30_000, [b""] * 35_535)
