# SPDX-License-Identifier: Apache-2.0
"""Calls of one channel, one after the other or one inside another: read, run, answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from types import CoroutineType
from typing import Any

from serpentry import _context, _errors, _json
from serpentry._cache import ContentCache
from serpentry._calls import Catalogue, Function
from serpentry._channel import Channel
from serpentry._errors import CallCancelled, CallRefused, InvalidArgument, error_body, raised, refused
from serpentry._exchange import SESSION, SHARED
from serpentry._hooks import Hooks
from serpentry._link import Link
from serpentry._results import to_tree
from serpentry._running import Call, Leaving, Running, Slot
from serpentry._session import Session, SharedSession
from serpentry._tracing import carrier, traced
from serpentry._usage import USAGE
from serpentry._wire import (
    CONTEXT,
    HOOKS,
    REFERENCES,
    TRANSACTION,
    Buffer,
    Frame,
    FrameType,
    WireError,
    frame_size,
)

_INTERRUPTIONS = (CallCancelled, KeyboardInterrupt)


def error_frame(request_id: int, body: dict[str, Any]) -> Frame:
    return Frame(FrameType.ERROR, request_id, _json.dumps(body))


class Server:
    """Serves the channels of one worker; each of them on its own thread."""

    def __init__(
        self, catalogue: Catalogue, cache: ContentCache, running: Running, max_message_size: int
    ) -> None:
        self.catalogue = catalogue
        self.cache = cache
        self.running = running
        self.limit = max_message_size

    def serve(self, channel: Channel, slot: Slot) -> None:
        """Answer calls until BYE, the end of the stream, or until the worker must leave.

        Raises ``WireError`` when the server broke the protocol.
        """
        served = _ServedChannel(self, channel, slot)
        try:
            while served.answer_next():
                pass
        except (OSError, Leaving):
            return


class _ServedChannel:
    """One channel, for its thread."""

    def __init__(self, server: Server, channel: Channel, slot: Slot) -> None:
        self._catalogue = server.catalogue
        self._cache = server.cache
        self._running = server.running
        self._limit = server.limit
        self._channel = channel
        self._slot = slot
        self._hooks = slot.hooks = Hooks(slot)
        self._link = Link(channel, slot, server.running, server.limit, self._answer_call)

    def answer_next(self) -> bool:
        frame = self._channel.receive()
        if frame is None or frame.type is FrameType.BYE:
            return False
        if frame.type is FrameType.CALL:
            return self._answer_call(frame)
        if frame.type is FrameType.PREPARE:
            return self._answer(self._interruptible(frame, self._prepare, _vote_timeout))
        if frame.type is FrameType.COMPLETED:
            return self._answer(self._interruptible(frame, self._complete, _vote_timeout))
        if frame.type is FrameType.PING:
            self._channel.send(Frame(FrameType.PONG, frame.request_id))
        else:
            text = f"this worker does not serve {frame.type.name}"
            self._channel.send(error_frame(frame.request_id, error_body(_errors.INVALID_ARGUMENT, text)))
        return True

    def _answer_call(self, frame: Frame) -> bool:
        """Run a call and answer it; also for one that comes inside of another's host call."""
        answer = self._fitting(self._interruptible(frame, self._run, _timeout))
        if self._hooks:
            self._settle_hooks(answer)
        return self._answer(answer)

    def _answer(self, answer: Frame) -> bool:
        """False when the worker must leave now."""
        if self._running.forked:
            os._exit(0)
        torn = self._link.torn
        if torn is not None:
            raise torn if isinstance(torn, WireError) else ConnectionError("the channel is out of step")
        self._channel.send(answer)
        return self._running.rest(self._slot)

    def _interruptible(
        self, frame: Frame, run: Callable[[Frame], Frame], timeout: Callable[..., Frame]
    ) -> Frame:
        """The answer to a frame. An interruption may strike at any place before the slot is settled."""
        answer: Frame | None = None
        interruption: BaseException | None = None
        try:
            try:
                answer = run(frame)
            except _INTERRUPTIONS as error:
                interruption = error
            self._running.settle(self._slot)
        except _INTERRUPTIONS as error:
            interruption = error
            self._running.settle(self._slot)
        if answer is None or self._slot.cancelled:
            return timeout(frame.request_id, answer, interruption)
        return answer

    def _run(self, frame: Frame) -> Frame:
        call = self._running.begin(self._slot, frame.request_id)
        call.link = self._link
        try:
            if call.cancelled:
                raise CallCancelled("the call that this one is part of was cancelled")
            if frame.flags & (CONTEXT | TRANSACTION):
                self._enter(call, frame)
            read = self._catalogue.read_call(frame)
            function, arguments = read.function, read.arguments
            if read.timeout_millis:
                call.deadline = time.monotonic() + read.timeout_millis / 1000
            if function.session_parameters:
                function.add_sessions(arguments, call.session, call.shared)
            if read.trace is None:
                result = self._invoke(function, arguments)
            else:
                call.trace = carrier(read.trace)
                with traced(call.trace):
                    result = self._invoke(function, arguments)
            tree, attachments = to_tree(result)
            body = _json.dumps(tree)
            flags = REFERENCES if attachments else 0
            if call.session is not None or call.shared is not None or call.usage:
                flags, attachments = self._with_context(call, flags, attachments)
        except CallRefused as error:
            return error_frame(frame.request_id, refused(error))
        except BaseException as error:
            return error_frame(frame.request_id, self._raised(error))
        return Frame(FrameType.RESULT, frame.request_id, body, attachments, flags)

    def _invoke(self, function: Function, arguments: dict[str, Any]) -> Any:
        result = function.target(**arguments)
        return self._slot.await_result(result) if type(result) is CoroutineType else result

    def _with_context(self, call: Call, flags: int, attachments: list[Buffer]) -> tuple[int, list[Buffer]]:
        context: dict[str, Any] = {}
        contents: list[Buffer] = []
        for session in (call.session, call.shared):
            if session is not None:
                session.tell_changes(context, contents)
        if call.usage:
            context[USAGE] = call.usage
        news = self._cache.news(alone=not context)
        if news is not None:
            context["cache"] = news
        if not context:
            return flags, attachments
        return flags | CONTEXT, _context.join(context, contents, attachments)

    def _enter(self, call: Call, frame: Frame) -> None:
        """What a call has besides its arguments."""
        call.transaction = bool(frame.flags & TRANSACTION)
        if frame.flags & CONTEXT:
            fields, attachments = _context.split(frame)
            session, shared = fields.get(SESSION), fields.get(SHARED)
            if session is not None:
                call.session = Session(session, attachments, self._slot, call, self._cache)
            if shared is not None:
                call.shared = SharedSession(shared, attachments, self._slot, call, self._cache)

    def _fitting(self, answer: Frame) -> Frame:
        size = frame_size(answer.body, answer.attachments)
        if size <= self._limit:
            return answer
        what = "the result with the session's changes" if answer.flags & CONTEXT else "the result"
        text = f"{what} takes {size} bytes, maxMessageSize is {self._limit}"
        context = {"size": size, "limit": self._limit}
        return error_frame(answer.request_id, error_body(_errors.MESSAGE_TOO_LARGE, text, context=context))

    def _settle_hooks(self, answer: Frame) -> None:
        if answer.type is FrameType.ERROR and self._slot.call is not None:
            self._hooks.drop(self._slot.call)
        if self._hooks:
            answer.flags |= HOOKS

    def _prepare(self, frame: Frame) -> Frame:
        self._running.begin(self._slot, frame.request_id)
        try:
            self._hooks.prepare()
        except BaseException as error:
            return _vote(frame.request_id, self._raised(error))
        return _vote(frame.request_id)

    def _complete(self, frame: Frame) -> Frame:
        self._running.begin(self._slot, frame.request_id)
        done: list[str] = []
        try:
            error = self._hooks.complete(_committed(frame), done)
        except InvalidArgument as refusal:
            return error_frame(frame.request_id, refused(refusal))
        except BaseException as interruption:
            error = interruption
        return _vote(frame.request_id, None if error is None else self._raised(error), done)

    def _raised(self, error: BaseException) -> dict[str, Any]:
        return raised(error, _errors.CALL_TIMEOUT if self._slot.cancelled else _errors.PYTHON_RAISED)


def _committed(frame: Frame) -> bool:
    try:
        body = _json.loads(frame.body)
    except _json.NotJson as error:
        raise InvalidArgument(f"the body of COMPLETED can not be read: {error}") from None
    committed = body.get("committed") if type(body) is dict else None
    if type(committed) is not bool:
        raise InvalidArgument("COMPLETED needs 'committed', true or false")
    return committed


def _vote(request_id: int, error: dict[str, Any] | None = None, done: Sequence[str] = ()) -> Frame:
    body: dict[str, Any] = {"commit": True} if error is None else {"commit": False, "error": error}
    if done:
        body["done"] = list(done)
    return Frame(FrameType.VOTE, request_id, _json.dumps(body))


def _timeout(request_id: int, answer: Frame | None, interruption: BaseException | None) -> Frame:
    if answer is not None and answer.type is FrameType.ERROR:
        return answer
    if interruption is not None:
        return error_frame(request_id, raised(interruption, _errors.CALL_TIMEOUT))
    text = "the call was cancelled; its function returned nevertheless"
    return error_frame(request_id, error_body(_errors.CALL_TIMEOUT, text))


def _vote_timeout(request_id: int, answer: Frame | None, interruption: BaseException | None) -> Frame:
    body = {} if answer is None else _json.loads(answer.body)
    if answer is not None and not body.get("commit"):
        return answer
    done = body.get("done", ())
    if interruption is not None:
        return _vote(request_id, raised(interruption, _errors.CALL_TIMEOUT), done)
    text = "the transaction's hooks were cancelled; they returned nevertheless"
    return _vote(request_id, error_body(_errors.CALL_TIMEOUT, text), done)
