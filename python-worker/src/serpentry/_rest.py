# SPDX-License-Identifier: Apache-2.0
"""A small client of the REST interface, of the standard library alone."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

_TIMEOUT_SECONDS = 60.0
# The server says something every 15 seconds.
_SILENCE_SECONDS = 45.0
_MOST_BYTES = 64 << 20


class Problem(Exception):
    """What the server has refused, or why it could not be asked; the text is for a person."""


@dataclass(frozen=True)
class ServerEvent:
    """One event of a stream."""

    id: str
    type: str
    data: dict[str, Any]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The password goes to the server that was named, and to no other."""

    def redirect_request(self, *arguments: Any, **more: Any) -> None:
        return None


class Rest:
    """Asks one server as one user."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._base = url.rstrip("/") + "/api/v1"
        secret = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {secret}"}
        self._opener = urllib.request.build_opener(_NoRedirect())

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The document at that path; raises Problem."""
        with self._open(path, query or {}, {"Accept": "application/json"}, _TIMEOUT_SECONDS) as answer:
            return _document(_read(answer))

    def items(self, path: str, query: Mapping[str, str], everything: bool) -> Iterator[dict[str, Any]]:
        """The items of a list: one page, or page after page."""
        following = dict(query)
        while True:
            page = self.get(path, following)
            yield from page["items"]
            if not everything or page["next"] is None:
                return
            following["cursor"] = page["next"]

    def events(self) -> Iterator[ServerEvent]:
        """What happens from now on, until the server ends the stream; raises Problem if it falls silent."""
        return _events(self._open("/events", {}, {"Accept": "text/event-stream"}, _SILENCE_SECONDS))

    def _open(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> IO[bytes]:
        parameters = urllib.parse.urlencode(query)
        url = self._base + path + (f"?{parameters}" if parameters else "")
        request = urllib.request.Request(url, headers={**self._headers, **headers})
        try:
            answer: IO[bytes] = self._opener.open(request, timeout=timeout)
            return answer
        except urllib.error.HTTPError as refused:
            with refused:
                raise Problem(_refusal(refused.code, refused.read(_MOST_BYTES))) from None
        except (OSError, ValueError) as failure:
            reason = getattr(failure, "reason", failure)
            raise Problem(f"{self._base} can not be reached: {reason}") from failure


def segment(text: str) -> str:
    """A text as one part of a path."""
    return urllib.parse.quote(text, safe="")


def _read(answer: IO[bytes]) -> bytes:
    try:
        return answer.read(_MOST_BYTES)
    except OSError as failure:
        raise Problem(f"the answer broke off: {failure}") from failure


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as failure:
        raise Problem("the answer is not JSON; is --url that of Serpentry?") from failure
    if not isinstance(document, dict):
        raise Problem("the answer is not a JSON object; is --url that of Serpentry?")
    return document


def _refusal(status: int, body: bytes) -> str:
    """A problem document as lines of text."""
    try:
        problem = json.loads(body)
        lines = [f"{problem['code']} ({status}): {problem['detail']}"]
    except (ValueError, KeyError, TypeError):
        return (
            f"the server answered with status {status} and no problem document; is --url that of Serpentry?"
        )
    for name, value in problem.get("context", {}).items():
        lines.append(f"  {name}: {value}")
    if problem.get("retryable"):
        lines.append("  It may succeed when it is tried again.")
    return "\n".join(lines)


def _events(answer: IO[bytes]) -> Iterator[ServerEvent]:
    identity, kind = "", ""
    data: list[str] = []
    try:
        with answer:
            for raw in answer:
                line = raw.decode("utf-8").rstrip("\r\n")
                name, _, value = line.partition(": ")
                if name == "id":
                    identity = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    data.append(value)
                elif not line and data:
                    yield ServerEvent(identity, kind, json.loads("\n".join(data)))
                    data = []
    except (OSError, ValueError) as failure:
        raise Problem(f"the stream broke off after event {identity or 0}: {failure}") from failure
