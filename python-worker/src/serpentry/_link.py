# SPDX-License-Identifier: Apache-2.0
"""Host calls: the way from a running call back into the server, on the channel that the call came by.

Whoever has written waits and reads, so that neither side writes while the other does::

   HOST_CALL --> wait --CALL--> run it on this thread, answer --> wait --HOST_RESULT | ERROR--> done
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

from serpentry import _json
from serpentry._channel import Channel
from serpentry._errors import INTERNAL, MESSAGE_TOO_LARGE, CallCancelled, HostError, SerpentryError
from serpentry._running import Call, Running, Slot, calling
from serpentry._wire import Buffer, Frame, FrameType, WireError, frame_size

_ANSWERS = (FrameType.HOST_RESULT, FrameType.ERROR)


class Asked(Protocol):
    """Whoever answers the host calls of a call."""

    def ask(
        self, call: Call, body: bytes, attachments: Sequence[Buffer] = ..., flags: int = ..., /
    ) -> Frame: ...


class Link:
    """Host calls of one channel. For the channel's own thread, while it runs a call."""

    def __init__(
        self, channel: Channel, slot: Slot, running: Running, limit: int, nested: Callable[[Frame], object]
    ) -> None:
        self._channel = channel
        self._slot = slot
        self._running = running
        self._limit = limit
        self._nested = nested
        self._poll = select.poll()
        self._poll.register(channel.sock, select.POLLIN)
        self._poll.register(slot.wake, select.POLLIN)
        self.torn: BaseException | None = None
        """Why nothing more can be read from or written to the channel."""

    def ask(self, call: Call, body: bytes, attachments: Sequence[Buffer] = (), flags: int = 0) -> Frame:
        """Send a HOST_CALL of this call and wait for its HOST_RESULT; calls that come meanwhile are run.

        Raises ``HostError`` for an ERROR or a message over the limit, ``CallCancelled`` when the server does
        not wait for the call any more.
        """
        size = frame_size(body, attachments)
        if size > self._limit:
            raise HostError(
                MESSAGE_TOO_LARGE,
                f"the host call takes {size} bytes, maxMessageSize is {self._limit}",
                context={"size": size, "limit": self._limit},
            )
        self._running.ask(self._slot, call)
        try:
            answer = self._exchange(call, Frame(FrameType.HOST_CALL, call.request, body, attachments, flags))
        finally:
            self._running.resume(call)
        if answer.type is FrameType.ERROR:
            raise _host_error(answer)
        return answer

    def _exchange(self, call: Call, question: Frame) -> Frame:
        """Whatever ends this early leaves the channel out of step, except where no byte was on its way."""
        if self.torn is not None:
            self._give_up(call)
        try:
            self._channel.send(question)
            while True:
                self._wait(call)
                frame = self._channel.receive()
                if frame is None:
                    raise ConnectionError("the server closed the channel during a host call")
                if self._is_answer(call, frame):
                    return frame
        except CallCancelled:
            raise
        except BaseException as error:
            self.torn = self.torn or error
            self._give_up(call)

    def _wait(self, call: Call) -> None:
        """Until the server writes. Raises ``CallCancelled`` as soon as it no longer waits for the call."""
        while not self._channel.in_frame:
            if call.cancelled:
                raise CallCancelled("the server no longer waits for this call")
            for fileno, _ in self._poll.poll():
                if fileno != self._slot.wake:
                    return
                _drain(fileno)

    def _is_answer(self, call: Call, frame: Frame) -> bool:
        if frame.type is FrameType.CALL and frame.request_id > call.request:
            self._nested(frame)
            return False
        if frame.type is FrameType.PING:
            self._channel.send(Frame(FrameType.PONG, frame.request_id))
            return False
        if frame.type in _ANSWERS and frame.request_id >= call.request:
            # One with a greater id answers a nested call that was cancelled before it could read it.
            return frame.request_id == call.request
        raise WireError("type", f"{frame!r} came instead of the answer to the host call of {call.request}")

    def _give_up(self, call: Call) -> NoReturn:
        """The call can not be answered any more, whatever its function makes of that."""
        self._running.lose(call)
        raise CallCancelled("the connection to the server is broken") from self.torn


def _drain(fileno: int) -> None:
    try:
        os.eventfd_read(fileno)
    except BlockingIOError:
        pass


def _host_error(frame: Frame) -> HostError:
    try:
        return HostError.of(_json.loads(frame.body))
    except _json.NotJson as error:
        return HostError(INTERNAL, f"the server's error can not be read: {error}")


def host_call(what: str, body: dict[str, Any], attachments: Sequence[Buffer] = (), flags: int = 0) -> Frame:
    """A host call of the call that runs on this thread; as ``Link.ask``.

    ``SerpentryError`` says that ``what`` is not possible where no such call runs.
    """
    _, call = calling(what)
    if call.link is None:
        raise SerpentryError(f"{what} needs a server that waits for the call; there is none here")
    return call.link.ask(call, _json.dumps(body), attachments, flags)
