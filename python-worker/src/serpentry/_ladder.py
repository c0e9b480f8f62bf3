# SPDX-License-Identifier: Apache-2.0
"""The steps by which a worker is ended, without any I/O and with the clock passed in.

::

    bye --killGrace--> cancel --cancelGrace--> interrupt --killGrace--> abort --killGrace--> kill

An order names which of them to take. The worker's death ends the ladder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    """One worker's way to its end: the rungs of all orders, each at its own time.

    ``next_at`` is when ``climb`` has something to do, or None.
    """

    def __init__(self, order: StopOrder, now: float) -> None:
        self.request = 0
        self.current: Rung | None = None
        self._ahead: list[tuple[float, Rung]] = []
        self._lowest = Rung.BYE
        self.join(order, now)

    @property
    def next_at(self) -> float | None:
        return self._ahead[0][0] if self._ahead else None

    def climb(self, now: float) -> Rung | None:
        """The rung to take now, or None when its time has not come or none is left."""
        if not self._ahead or now < self._ahead[0][0]:
            return None
        taken = self._ahead[0][1]
        self.current = taken
        self._keep(lambda rung: rung > taken)
        return taken

    def join(self, order: StopOrder, now: float) -> None:
        """Another order: it can bring each rung forward, never put one off.

        The first rung of every order is due at once, so lower ones are not taken any more.
        """
        self.request = self.request or order.request
        self._lowest = max(self._lowest, order.rungs[0])
        for rung in order.rungs:
            self._ahead.append((now, rung))
            now += order.cancel_grace if rung is Rung.CANCEL else order.kill_grace
        self._ahead.sort()
        self._keep(lambda rung: rung >= self._lowest and (self.current is None or rung > self.current))

    def _keep(self, wanted: Callable[[Rung], bool]) -> None:
        self._ahead = [(at, rung) for at, rung in self._ahead if wanted(rung)]
