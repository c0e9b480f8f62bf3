# SPDX-License-Identifier: Apache-2.0
"""Functions that the tests call with sessions, host calls and transactions."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Optional

import serpentry
from serpentry import (
    Module,
    Session,
    SharedSession,
    current_session,
    host,
    keep_on_commit,
    on_commit,
    on_prepare,
    on_rollback,
)

s = Module("s")
log: list[str] = []
kept: dict[str, Any] = {}
gates = [threading.Event(), threading.Event()]


@dataclasses.dataclass
class Turn:
    text: str
    cost: Decimal = Decimal(0)


@dataclasses.dataclass
class ChatHistory:
    turns: list[Turn] = dataclasses.field(default_factory=list)


def elsewhere(function: Callable[[], Any]) -> str:
    """What the function raises in another thread."""
    raised: list[str] = []

    def run() -> None:
        try:
            function()
        except Exception as error:
            raised.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=run, name="elsewhere")
    thread.start()
    thread.join()
    return raised[0] if raised else ""


def veto(text: str) -> None:
    log.append(text)
    raise ValueError(text)


async def log_later(text: str) -> None:
    await asyncio.sleep(0)
    log.append(text)


NAMES = {
    "ChatHistory": ChatHistory,
    "Turn": Turn,
    "Decimal": Decimal,
    "current_session": current_session,
    "elsewhere": elsewhere,
    "host": host,
    "kept": kept,
    "log": log,
    "log_later": log_later,
    "keep_on_commit": keep_on_commit,
    "on_commit": on_commit,
    "on_prepare": on_prepare,
    "on_rollback": on_rollback,
    "os": os,
    "serpentry": serpentry,
    "veto": veto,
}


@s.call
def run(code: str, data: Any = None, session: Session | None = None) -> Any:
    """Execute the test's own lines; the result is what they assign to ``result``."""
    names = {**NAMES, "session": session, "data": data, "result": None}
    exec(code, names)
    return names["result"]


@s.call
def run_shared(code: str, shared: SharedSession, session: Session | None = None) -> Any:
    """The same with the pool's shared session."""
    names = {**NAMES, "session": session, "shared": shared, "result": None}
    exec(code, names)
    return names["result"]


@s.call
def may_share(shared: SharedSession | None) -> bool:
    return shared is not None


@s.call
async def run_async(code: str) -> Any:
    await asyncio.sleep(0)
    names = {**NAMES, "result": None}
    exec(code, names)
    await asyncio.sleep(0)
    return names["result"]


@s.call(uses=["history", "count"])
def needs(session: Session) -> str:
    return session.id


@s.call
def may_need(other: Optional[Session], text: str = "") -> bool:  # noqa: UP045 - what a hint may look like
    return other is not None


@s.call
def spin() -> None:
    print("spinning", flush=True)
    while True:
        pass


@s.call
def meet(session: Session, name: str) -> list[Any]:
    """Two calls of two threads, each inside of its own session at the same time."""
    mine, other = gates if name == "one" else reversed(gates)
    session["name"] = name
    mine.set()
    other.wait(20)
    return [session.id, session["name"], current_session() is session, session["who"]]
