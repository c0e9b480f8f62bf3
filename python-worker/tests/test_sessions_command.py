# SPDX-License-Identifier: Apache-2.0
"""``python -m serpentry sessions``, against a server that gives recorded answers."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from harness import SOURCE

PASSWORD = "correct horse"

CLAIM = {
    "id": "claim:17",
    "owner": "ada",
    "kind": "durable",
    "state": "active",
    "revision": 4,
    "operations": 3,
    "createdAt": "2026-01-02T03:04:05.678Z",
    "lastAccessedAt": "2026-01-02T03:05:00Z",
    "expiresAt": "2026-01-02T03:35:00.1Z",
    "idleTimeout": "PT30M",
    "metadata": {"branch": "north"},
    "entryCount": 1,
    "bytes": 2048,
}
DETAILS = {
    **CLAIM,
    "entries": [
        {
            "name": "history\x1b[31m",
            "mediaType": "application/json",
            "size": 19,
            "version": 12,
            "sha256": "91e4",
            "counter": False,
            "writtenAt": "2026-01-02T03:05:00Z",
            "writtenBy": "ada",
        }
    ],
    "readAt": "2026-01-02T03:06:00Z",
}
LONG = {**CLAIM, "id": "claim:1700000", "owner": "x", "bytes": 5, "revision": 12345}
STATISTICS = {
    "sessions": {"durable": 12, "temporary": 3},
    "entries": 40,
    "bytes": 81920,
    "overdue": 0,
    "quarantined": 0,
    "undelivered": 0,
    "oldest": "2026-01-02T03:04:05.678Z",
}


def step(kind: str, number: int, what: str, by: str, **data: Any) -> dict[str, Any]:
    at = f"2026-01-02T03:04:05.{number:03}Z"
    return {"id": f"{kind}-{number}", "at": at, "kind": kind, "what": what, "by": by, "data": data}


CREATED = step("audit", 1, "create", "ada", owner="ada")
SAVED = step(
    "revision",
    2,
    "saved",
    "ada",
    revision=2,
    changes=[
        {"name": "a", "version": 2, "removed": False},
        {"name": "b", "version": 1, "removed": True},
    ],
)
MOVED = step("event", 3, "session.moved", "node1", session="claim:17", worker="default-2")


def sse(number: int, what: str, session: str) -> str:
    data = step("event", number, what, "node1", session=session)
    document = {"id": number, "at": data["at"], "node": "node1", "type": what, "data": data["data"]}
    return f"event: {what}\nid: {number}\ndata: {json.dumps(document)}\n\n"


PROBLEM = {
    "type": "urn:serpentry:error:SESSION_NOT_FOUND",
    "title": "Session not found",
    "status": 404,
    "detail": "there is no session nope",
    "code": "SESSION_NOT_FOUND",
    "context": {"session": "nope"},
    "retryable": True,
}

ANSWERS: dict[str, tuple[int, Any]] = {
    "/api/v1/sessions": (200, {"items": [CLAIM, LONG], "next": "more"}),
    "/api/v1/sessions?cursor=more": (200, {"items": [{**CLAIM, "id": "last"}], "next": None}),
    "/api/v1/sessions?filter=kind%3Adurable&q=n+th&sort=id&limit=2": (200, {"items": [], "next": None}),
    "/api/v1/sessions/claim%3A17": (200, DETAILS),
    "/api/v1/sessions/a%2Fb": (200, DETAILS),
    "/api/v1/sessions/claim%3A17/events": (200, {"items": [CREATED, SAVED], "next": "m"}),
    "/api/v1/sessions/claim%3A17/events?cursor=m": (200, {"items": [MOVED], "next": None}),
    "/api/v1/sessions/statistics": (200, STATISTICS),
    "/api/v1/sessions/nope": (404, PROBLEM),
    "/api/v1/sessions/html": (200, "<html>"),
    "/api/v1/sessions/away": (302, "http://other.invalid/"),
    "/api/v1/events": (
        200,
        ": alive\nid: 2\n\n"
        + sse(3, "session.moved", "claim:17")
        + sse(4, "session.moved", "other")
        + 'event: gap\nid: 4\ndata: {"oldest": 5}\n\n'
        + sse(5, "session.ended", "claim:17")
        + sse(6, "session.moved", "claim:17"),
    ),
}


class Recorded(BaseHTTPRequestHandler):
    requests: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        path = self.path.removeprefix("/serpentry")
        self.requests.append((path, self.headers["Accept"]))
        expected = "Basic " + base64.b64encode(f"olga:{PASSWORD}".encode()).decode()
        if self.headers["Authorization"] != expected:
            self.answer(401, {"code": "FORBIDDEN", "detail": "sign in", "context": {}}, "")
            return
        status, answer = ANSWERS.get(path, (500, f"nothing is recorded for {path}"))
        self.answer(status, answer, answer if status == 302 else "")

    def answer(self, status: int, answer: Any, location: str) -> None:
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Recorded.requests = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorded) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/serpentry"
        server.shutdown()
        thread.join()


def sessions(*arguments: str, password: str | None = PASSWORD) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "TZ": "UTC", "COLUMNS": "100"}
    environment.pop("SERPENTRY_PASSWORD", None)
    if password is not None:
        environment["SERPENTRY_PASSWORD"] = password
    return subprocess.run(
        [sys.executable, "-m", "serpentry", "sessions", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def asked(url: str, *arguments: str) -> str:
    done = sessions(arguments[0], "--url", url, "--user", "olga", *arguments[1:])
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_list_must_be_a_table_with_aligned_columns(url: str) -> None:
    assert asked(url, "ls").splitlines() == [
        f"{row}  2026-01-02 03:05:00  2026-01-02 03:35:00"
        if "claim" in row
        else f"{row}  ACCESSED             EXPIRES"
        for row in (
            "ID             OWNER  KIND     STATE     REV  ENTRIES     SIZE",
            "claim:17       ada    durable  active      4        1  2.0 KiB",
            "claim:1700000  x      durable  active  12345        1      5 B",
        )
    ]


def test_all_must_follow_the_pages_and_json_must_be_one_document_in_a_line(url: str) -> None:
    documents = [json.loads(line) for line in asked(url, "ls", "--all", "--json").splitlines()]
    assert documents == [CLAIM, LONG, {**CLAIM, "id": "last"}]


def test_what_is_asked_for_must_be_sent(url: str) -> None:
    asked(url, "ls", "--filter", "kind:durable", "--q", "n th", "--sort", "id", "--limit", "2")
    path = "/api/v1/sessions?filter=kind%3Adurable&q=n+th&sort=id&limit=2"
    assert Recorded.requests == [(path, "application/json")]


def test_a_session_must_be_shown_without_what_a_terminal_would_obey(url: str) -> None:
    output = asked(url, "show", "claim:17")
    assert "\x1b" not in output
    lines = output.splitlines()
    assert "createdAt:      2026-01-02 03:04:05" in lines
    assert "bytes:          2.0 KiB" in lines
    assert "metadata:       branch = north" in lines
    assert lines[-2:] == [
        "ENTRY         MEDIA TYPE        SIZE  VERSION  WRITTEN              BY",
        "history?[31m  application/json  19 B       12  2026-01-02 03:05:00  ada",
    ]


def test_an_id_must_be_one_part_of_the_path(url: str) -> None:
    assert json.loads(asked(url, "show", "a/b", "--json")) == DETAILS


def test_a_trace_must_tell_step_by_step(url: str) -> None:
    assert asked(url, "trace", "claim:17", "--all").splitlines() == [
        "2026-01-02 03:04:05.001  audit     create          ada           owner=ada",
        "2026-01-02 03:04:05.002  revision  saved           ada           revision=2 +a@2 -b",
        "2026-01-02 03:04:05.003  event     session.moved   node1         worker=default-2",
    ]


def test_following_must_tell_each_step_once_and_end_with_the_session(url: str) -> None:
    steps = [json.loads(line) for line in asked(url, "trace", "claim:17", "--follow", "--json").splitlines()]
    assert [one["id"] for one in steps] == ["audit-1", "revision-2", "event-3", "event-5"]
    assert steps[-1] == step("event", 5, "session.ended", "node1", session="claim:17")
    assert Recorded.requests[0] == ("/api/v1/events", "text/event-stream")


def test_statistics_must_be_readable(url: str) -> None:
    lines = asked(url, "stats").splitlines()
    assert lines[:2] == ["durable sessions:   12", "temporary sessions: 3"]
    assert "bytes:              80.0 KiB" in lines
    assert "oldest:             2026-01-02 03:04:05" in lines
    assert json.loads(asked(url, "stats", "--json")) == STATISTICS


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["show", "nope"],
            "SESSION_NOT_FOUND (404): there is no session nope\n  session: nope\n  It may succeed",
        ),
        (["show", "html"], "the answer is not JSON; is --url that of Serpentry?"),
        (["show", "away"], "the server answered with status 302 and no problem document"),
        (["show", "unknown"], "the server answered with status 500 and no problem document"),
    ],
)
def test_a_problem_must_be_told_with_status_1(url: str, arguments: list[str], problem: str) -> None:
    done = sessions(*arguments, "--url", url, "--user", "olga")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(problem)
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_must_be_a_problem() -> None:
    done = sessions("stats", "--url", "http://127.0.0.1:1/serpentry")
    assert done.returncode == 1
    assert done.stderr.startswith("http://127.0.0.1:1/serpentry/api/v1 can not be reached: ")


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["show"], ["ls", "--password", "x"], ["ls", "--limit", "x"]]
)
def test_wrong_usage_must_be_status_2(arguments: list[str]) -> None:
    done = sessions(*arguments)
    assert done.returncode == 2
    assert "usage: serpentry sessions" in done.stderr


def test_the_password_must_come_from_a_file_before_the_environment(url: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\nsecond line\n")
    options = ["stats", "--url", url, "--user", "olga", "--json", "--password-file"]
    assert sessions(*options, str(file), password="wrong").returncode == 0
    missing = sessions(*options, str(tmp_path / "missing"))
    assert missing.returncode == 1
    assert missing.stderr.startswith("the password can not be read")


def test_without_a_password_and_a_terminal_it_must_say_what_to_do(url: str) -> None:
    done = sessions("stats", "--url", url, "--user", "olga", password=None)
    assert done.returncode == 1
    assert "SERPENTRY_PASSWORD" in done.stderr


def test_the_zygote_must_not_carry_an_http_client() -> None:
    probe = (
        "import sys, serpentry.__main__ as m\n"
        "try: m.main(['zygote'])\n"
        "except SystemExit: print('urllib.request' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, timeout=30
    )
    assert done.stdout.strip() == "False"
