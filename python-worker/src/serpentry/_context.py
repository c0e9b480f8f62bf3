# SPDX-License-Identifier: Apache-2.0
"""The context block of a frame: what is neither an argument nor a result.

::

   attachment 0                             the next n          the rest
   +---------+------------------------+     +-------------+     +------------------------+
   | n (u32) | JSON object (UTF-8)    |     | the block's |     | the body's attachments |   big endian
   +---------+------------------------+     +-------------+     +------------------------+
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from serpentry import _json
from serpentry._errors import InvalidArgument, UnserializableResult
from serpentry._wire import MAX_ATTACHMENTS, Buffer, Frame

_COUNT = struct.Struct(">I")


def split(frame: Frame) -> tuple[dict[str, Any], Sequence[Buffer]]:
    """Take the context block off a frame with the flag CONTEXT: its object and its attachments.

    The frame keeps the attachments of its body. Raises ``InvalidArgument``.
    """
    attachments = frame.attachments
    if not attachments or len(attachments[0]) < _COUNT.size:
        raise InvalidArgument("the frame's flags announce a context block, but it has none")
    (count,) = _COUNT.unpack_from(attachments[0])
    if count >= len(attachments):
        raise InvalidArgument(
            f"the context block counts {count} attachments, {len(attachments) - 1} follow it"
        )
    try:
        fields = _json.loads(memoryview(attachments[0])[_COUNT.size :], small=True)
    except _json.NotJson as error:
        raise InvalidArgument(f"the context block can not be read: {error}") from None
    if type(fields) is not dict:
        raise InvalidArgument("the context block is no JSON object")
    frame.attachments = attachments[1 + count :]
    return fields, attachments[1 : 1 + count]


def join(fields: dict[str, Any], block: Sequence[Buffer], body: Sequence[Buffer]) -> list[Buffer]:
    """All attachments of a frame with a context block, whose own come before those of the body."""
    count = 1 + len(block) + len(body)
    if count > MAX_ATTACHMENTS:
        raise UnserializableResult(
            f"the result and its context have {count} attachments; a frame carries {MAX_ATTACHMENTS}"
        )
    return [_COUNT.pack(len(block)) + _json.dumps(fields), *block, *body]
