# SPDX-License-Identifier: Apache-2.0
"""Functions that keep something in a session: how often they were called, and with what."""

from serpentry import Module, Session

counter = Module("counter")


@counter.call(uses=["count"])
def increment(session: Session, by: int = 1) -> int:
    """Add to the session's count and tell it."""
    session["count"] = session.get("count", 0) + by
    return int(session["count"])


@counter.call(uses=["history"])
def note(session: Session, text: str) -> list[str]:
    """Add a line to the session's history and tell all of it."""
    history: list[str] = session.setdefault("history", [])
    history.append(text)
    return history
