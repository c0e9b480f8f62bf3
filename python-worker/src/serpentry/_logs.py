# SPDX-License-Identifier: Apache-2.0
"""A worker's output in whole lines and within its budget, without any I/O."""

from __future__ import annotations

LINE_LIMIT = 8 * 1024
TAIL_LIMIT = 8 * 1024
BURST = 1024 * 1024


class LineCutter:
    """Bytes in, whole lines out. A line over ``LINE_LIMIT`` is cut into several."""

    def __init__(self) -> None:
        self._partial = b""

    def feed(self, data: bytes) -> bytes:
        text = self._partial + data
        end = text.rfind(b"\n") + 1
        whole, self._partial = text[:end], text[end:]
        if len(self._partial) >= LINE_LIMIT:
            end = len(self._partial) - len(self._partial) % LINE_LIMIT
            whole += self._partial[:end] + b"\n"
            self._partial = self._partial[end:]
        return _with_short_lines(whole)

    def finish(self) -> bytes:
        """The last line, which has no end."""
        rest, self._partial = self._partial, b""
        return rest + b"\n" if rest else b""


def _with_short_lines(text: bytes) -> bytes:
    if len(text) <= LINE_LIMIT:
        return text
    lines = text.split(b"\n")
    if max(map(len, lines)) <= LINE_LIMIT:
        return text
    pieces: list[bytes] = []
    for line in lines[:-1]:
        pieces += [line[at : at + LINE_LIMIT] for at in range(0, len(line), LINE_LIMIT)] or [b""]
    return b"\n".join(pieces) + b"\n"


class Budget:
    """A token bucket of bytes, which starts full."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def left(self, now: float) -> int:
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return int(self._left)

    def spend(self, count: int) -> None:
        self._left -= count


class WorkerLog:
    """The two output streams of one worker."""

    def __init__(self, rate: float, now: float) -> None:
        self._budget = Budget(rate, BURST, now)
        self._cutters = {"stdout": LineCutter(), "stderr": LineCutter()}
        self._dropped = 0
        self._tail = b""

    @property
    def stderr_tail(self) -> bytes:
        return self._tail

    def feed(self, stream: str, data: bytes, now: float) -> bytes:
        """The lines that may be sent now; what is over the budget is counted and forgotten."""
        if stream == "stderr":
            self._tail = (self._tail + data)[-TAIL_LIMIT:]
        return self._afford(self._cutters[stream].feed(data), now)

    def finish(self, stream: str, now: float) -> bytes:
        """What is left when the stream ends."""
        return self._afford(self._cutters[stream].finish(), now)

    def dropped(self, count: int) -> None:
        """Lines were lost behind this log, because the server does not read."""
        self._dropped += count

    def notice_due(self, now: float) -> bool:
        """Whether bytes were dropped and the budget has room again."""
        return self._dropped > 0 and self._budget.left(now) > LINE_LIMIT

    def notice(self) -> bytes:
        """A line about what was dropped since the last notice, or nothing."""
        if not self._dropped:
            return b""
        text = f"serpentry: {self._dropped} bytes of this worker's output were dropped\n"
        self._dropped = 0
        return text.encode()

    def _afford(self, lines: bytes, now: float) -> bytes:
        left = self._budget.left(now)
        if len(lines) > left:
            end = lines.rfind(b"\n", 0, max(left, 0)) + 1
            self._dropped += len(lines) - end
            lines = lines[:end]
        self._budget.spend(len(lines))
        return lines
