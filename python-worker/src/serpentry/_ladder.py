# SPDX-License-Identifier: Apache-2.0
"""The steps by which a worker is ended, without any I/O and with the clock passed in.

::

    bye --killGrace--> cancel --cancelGrace--> interrupt --killGrace--> abort --killGrace--> kill

An order names which of them to take. The worker's death ends the ladder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any


class Rung(IntEnum):
    """A step; later ones are harder."""

    BYE = 0
    CANCEL = 1
    INTERRUPT = 2
    ABORT = 3
    KILL = 4

    @property
    def word(self) -> str:
        return self.name.lower()


_BY_WORD = {rung.word: rung for rung in Rung}


@dataclass(frozen=True)
class StopOrder:
    """Which rungs to take; graces in seconds."""

    rungs: tuple[Rung, ...]
    request: int
    cancel_grace: float
    kill_grace: float

    @staticmethod
    def from_fields(fields: Mapping[str, Any]) -> StopOrder:
        """Raises ``ValueError`` that names the bad field."""
        words = fields.get("ladder")
        if not isinstance(words, list) or not words or any(word not in _BY_WORD for word in words):
            raise ValueError(f"'ladder' must list some of {', '.join(_BY_WORD)}, not {words!r}")
        rungs = tuple(_BY_WORD[word] for word in words)
        if any(first >= second for first, second in pairwise(rungs)):
            raise ValueError(f"'ladder' is out of order: {words!r}")
        request = fields.get("request") or 0
        if type(request) is not int:
            raise ValueError(f"'request' must be a number, not {request!r}")
        return StopOrder(
            rungs, request, _seconds(fields, "cancelGraceMillis"), _seconds(fields, "killGraceMillis")
        )


def _seconds(fields: Mapping[str, Any], name: str) -> float:
    millis = fields.get(name, 0)
    if type(millis) not in (int, float) or millis < 0:
        raise ValueError(f"{name!r} must be a number of milliseconds, not {millis!r}")
    return float(millis) / 1000


class Ladder:
    """One worker's way to its end. ``next_at`` is when ``climb`` has something to do, or None."""

    def __init__(self, order: StopOrder, now: float) -> None:
        self.request = order.request
        self.current: Rung | None = None
        self.next_at: float | None = now
        self._ahead = list(order.rungs)
        self._cancel_grace = order.cancel_grace
        self._kill_grace = order.kill_grace

    def climb(self, now: float) -> Rung | None:
        """The rung to take now, or None when its time has not come or none is left."""
        if self.next_at is None or now < self.next_at:
            return None
        rung = self._ahead.pop(0)
        self.current = rung
        self.next_at = now + self._grace(rung) if self._ahead else None
        return rung

    def join(self, order: StopOrder, now: float) -> None:
        """A second order never slows the first: the later rung, all rungs of both, the shorter graces."""
        self.request = self.request or order.request
        self._cancel_grace = min(self._cancel_grace, order.cancel_grace)
        self._kill_grace = min(self._kill_grace, order.kill_grace)
        first = order.rungs[0]
        jumps = self.current is None or first > self.current
        lowest = first if jumps else (self.current or first) + 1
        self._ahead = sorted(rung for rung in {*self._ahead, *order.rungs} if rung >= lowest)
        if not self._ahead:
            self.next_at = None
        elif jumps or self.current is None:
            self.next_at = now
        else:
            soonest = now + self._grace(self.current)
            self.next_at = soonest if self.next_at is None else min(self.next_at, soonest)

    def _grace(self, rung: Rung) -> float:
        return self._cancel_grace if rung is Rung.CANCEL else self._kill_grace
