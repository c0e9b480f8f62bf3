# SPDX-License-Identifier: Apache-2.0
"""Calls of one channel, one after the other: read, run, answer."""

from __future__ import annotations

import os
from types import CoroutineType
from typing import Any

from serpentry import _errors, _json
from serpentry._calls import Catalogue
from serpentry._channel import Channel
from serpentry._errors import CallCancelled, CallRefused, error_body, raised, refused
from serpentry._results import to_tree
from serpentry._running import Leaving, Running, Slot
from serpentry._wire import REFERENCES, Frame, FrameType, frame_size

_INTERRUPTIONS = (CallCancelled, KeyboardInterrupt)


def error_frame(request_id: int, body: dict[str, Any]) -> Frame:
    return Frame(FrameType.ERROR, request_id, _json.dumps(body))


class Server:
    """Serves the channels of one worker; each of them on its own thread."""

    def __init__(self, catalogue: Catalogue, running: Running, max_message_size: int) -> None:
        self._catalogue = catalogue
        self._running = running
        self._limit = max_message_size

    def serve(self, channel: Channel, slot: Slot) -> None:
        """Answer calls until BYE, the end of the stream, or until the worker must leave.

        Raises ``WireError`` when the server broke the protocol.
        """
        try:
            while self._answer_next(channel, slot):
                pass
        except (OSError, Leaving):
            return

    def _answer_next(self, channel: Channel, slot: Slot) -> bool:
        frame = channel.receive()
        if frame is None or frame.type is FrameType.BYE:
            return False
        if frame.type is FrameType.CALL:
            answer = self._fitting(self._call(slot, frame))
            if self._running.forked:
                os._exit(0)
            channel.send(answer)
            return self._running.rest(slot)
        if frame.type is FrameType.PING:
            channel.send(Frame(FrameType.PONG, frame.request_id))
        else:
            text = f"this worker does not serve {frame.type.name}"
            channel.send(error_frame(frame.request_id, error_body(_errors.INVALID_ARGUMENT, text)))
        return True

    def _call(self, slot: Slot, frame: Frame) -> Frame:
        """The answer to one call. An interruption may strike at any place before the slot is settled."""
        answer: Frame | None = None
        interruption: BaseException | None = None
        try:
            try:
                answer = self._run(slot, frame)
            except _INTERRUPTIONS as error:
                interruption = error
            self._running.settle(slot)
        except _INTERRUPTIONS as error:
            interruption = error
            self._running.settle(slot)
        if answer is None or slot.cancelled:
            return _timeout(frame.request_id, answer, interruption)
        return answer

    def _run(self, slot: Slot, frame: Frame) -> Frame:
        self._running.begin(slot, frame.request_id)
        try:
            function, arguments = self._catalogue.read_call(frame)
            result = function.target(**arguments)
            if type(result) is CoroutineType:
                result = slot.await_result(result)
            tree, attachments = to_tree(result)
            body = _json.dumps(tree)
        except CallRefused as error:
            return error_frame(frame.request_id, refused(error))
        except BaseException as error:
            if slot.cancelled:
                return error_frame(frame.request_id, raised(error, _errors.CALL_TIMEOUT))
            return error_frame(frame.request_id, raised(error))
        return Frame(FrameType.RESULT, frame.request_id, body, attachments, REFERENCES if attachments else 0)

    def _fitting(self, answer: Frame) -> Frame:
        size = frame_size(answer.body, answer.attachments)
        if size <= self._limit:
            return answer
        text = f"the result takes {size} bytes, maxMessageSize is {self._limit}"
        context = {"size": size, "limit": self._limit}
        return error_frame(answer.request_id, error_body(_errors.MESSAGE_TOO_LARGE, text, context=context))


def _timeout(request_id: int, answer: Frame | None, interruption: BaseException | None) -> Frame:
    if answer is not None and answer.type is FrameType.ERROR:
        return answer
    if interruption is not None:
        return error_frame(request_id, raised(interruption, _errors.CALL_TIMEOUT))
    text = "the call was cancelled; its function returned nevertheless"
    return error_frame(request_id, error_body(_errors.CALL_TIMEOUT, text))
