# SPDX-License-Identifier: Apache-2.0
"""Functions that a call leaves behind to be run when its transaction ends.

They stay with the channel, in the order of their registration, until the server sends COMPLETED. PREPARE runs
those of ``on_prepare``, any of which may veto; none runs twice.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from enum import Enum
from types import CoroutineType
from typing import Any, NamedTuple

from serpentry import _json
from serpentry._errors import INTERNAL, HostError, SerpentryError
from serpentry._link import host_call
from serpentry._running import Call, Slot, calling


class Moment(Enum):
    """When a hook runs."""

    PREPARE = "on_prepare"
    COMMIT = "on_commit"
    ROLLBACK = "on_rollback"


class _Hook(NamedTuple):
    call: Call
    moment: Moment
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    kept: str | None = None
    """The id of the server's note that this hook has not run yet."""


class Hooks:
    """The hooks of one channel; used by its thread only."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._hooks: list[_Hook] = []

    def __bool__(self) -> bool:
        return bool(self._hooks)

    def add(self, hook: _Hook) -> None:
        self._hooks.append(hook)

    def drop(self, call: Call) -> None:
        """The call failed: its hooks belong to what did not happen."""
        self._hooks = [hook for hook in self._hooks if hook.call is not call]

    def prepare(self) -> None:
        """Run the ``on_prepare`` hooks; the first that raises is a veto, and the rest do not run."""
        for hook in self._take(Moment.PREPARE):
            self._run(hook)

    def complete(self, committed: bool, done: list[str]) -> BaseException | None:
        """Run the ``on_commit`` or ``on_rollback`` hooks, all of them, and forget the rest.

        Each error goes to stderr; the first is returned. If the server gives up, the rest do not run.
        ``done`` gets the ids of the notes whose hooks have returned.
        """
        hooks = self._take(Moment.COMMIT if committed else Moment.ROLLBACK)
        self._hooks = []
        first: BaseException | None = None
        for hook in hooks:
            try:
                self._run(hook)
                if hook.kept is not None:
                    done.append(hook.kept)
            except BaseException as error:
                if self._slot.cancelled:
                    raise
                _tell(hook, error)
                first = first or error
        return first

    def _take(self, moment: Moment) -> list[_Hook]:
        taken = [hook for hook in self._hooks if hook.moment is moment]
        self._hooks = [hook for hook in self._hooks if hook.moment is not moment]
        return taken

    def _run(self, hook: _Hook) -> None:
        result = hook.function(*hook.arguments, **hook.keywords)
        if type(result) is CoroutineType:
            self._slot.await_result(result)


def _tell(hook: _Hook, error: BaseException) -> None:
    try:
        name = getattr(hook.function, "__qualname__", repr(hook.function))
        print(f"serpentry: the {hook.moment.value} hook {name} raised:", file=sys.stderr)
        traceback.print_exception(type(error), error, error.__traceback__)
    except Exception:
        pass


def on_prepare(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Run the function before the transaction commits; what it raises rolls the transaction back.

    Only within a call that belongs to a transaction, on the call's thread (otherwise ``SerpentryError``); so
    for the other two. The hook is forgotten if this call fails. It runs at most once, may be ``async``, and
    has no session and no host calls.
    """
    _register(Moment.PREPARE, function, arguments, keywords)


def on_commit(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Run the function when the transaction was committed; what it raises is logged and changes nothing."""
    _register(Moment.COMMIT, function, arguments, keywords)


def keep_on_commit(description: str, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """As ``on_commit``, and the server notes in the transaction what is to be done after it.

    The note is committed with the transaction and removed when the function has returned. One that is left
    (the worker or the server was lost in between, or the function raised) is listed by the server: nobody
    runs the function again. ``description`` is for whoever reads that list, up to 500 characters. The call
    must have a session that is durable; ``HostError`` otherwise.
    """
    hooks, call = _checked("keep_on_commit", function)
    frame = host_call(
        "keep_on_commit", {"service": "session", "operation": "keep", "description": description}
    )
    hooks.add(_Hook(call, Moment.COMMIT, function, arguments, keywords, _note_of(frame.body)))


def _note_of(body: Any) -> str:
    try:
        note = _json.loads(body)["note"]
    except (_json.NotJson, LookupError, TypeError) as error:
        raise HostError(INTERNAL, f"the server's answer can not be read: {error!r}") from None
    return str(note)


def on_rollback(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Run the function when the transaction was rolled back; what it raises is logged and changes nothing."""
    _register(Moment.ROLLBACK, function, arguments, keywords)


def _register(
    moment: Moment, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    hooks, call = _checked(moment.value, function)
    hooks.add(_Hook(call, moment, function, arguments, keywords))


def _checked(what: str, function: Any) -> tuple[Hooks, Call]:
    slot, call = calling(what)
    if not call.transaction or slot.hooks is None:
        raise SerpentryError(
            f"{what} needs a transaction, and this call belongs to none; "
            "let the Java caller begin one (@Transactional), or do the work now"
        )
    if not callable(function):
        raise TypeError(f"{what} needs a function, not {function!r}; its arguments follow it")
    return slot.hooks, call
