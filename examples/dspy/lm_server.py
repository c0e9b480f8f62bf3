# SPDX-License-Identifier: Apache-2.0
"""A language model that needs no network: speaks OpenAI's chat API, and answers by rule.

``python lm_server.py [--port 8901]``. It fills each output field that a DSPy prompt asks for: numbers for
numeric fields, otherwise a text made of the last input. For tests, ``POST /control`` takes
``{"answers": [...]}``: what to answer next, each ``{"status", "headers", "body", "text", "hang", "cut"}``,
where ``{}`` is an answer by rule; ``GET /requests`` gives all that was asked, and ``DELETE /requests``
forgets it. Secrets that were sent are only told by their SHA-256.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import re
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_FIELD = re.compile(r"\[\[ ## (\w+) ## \]\]\n(.*?)(?=\n\[\[ ## |\n\nRespond with|\Z)", re.DOTALL)
_ASKED = re.compile(r"`\[\[ ## (\w+) ## \]\]`(?: \(must be formatted as a valid Python ([^)]*)\))?")


class State:
    """What was asked, and what is to be answered next. Safe from all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[dict[str, Any]] = []
        self._answers: collections.deque[dict[str, Any]] = collections.deque()
        self.released = threading.Event()

    def note(self, request: dict[str, Any]) -> dict[str, Any] | None:
        with self._lock:
            self._requests.append(request)
            return self._answers.popleft() if self._answers else None

    def requests(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._requests)

    def script(self, answers: list[dict[str, Any]]) -> None:
        with self._lock:
            self._answers = collections.deque(answers)

    def forget(self) -> None:
        with self._lock:
            self._requests.clear()
            self._answers.clear()


def reply(messages: list[dict[str, Any]]) -> str:
    """What the model says: each output field that the last message asks for, in DSPy's form."""
    last = _text(messages[-1])
    asked = _ASKED.findall(last)
    if not asked:
        return f"You said: {last}"
    given = [value.strip() for _, value in _FIELD.findall(last)]
    topic = given[-1] if given else last
    fields = [
        f"[[ ## {name} ## ]]\n{_value(name, kind, topic)}" for name, kind in asked if name != "completed"
    ]
    return "\n\n".join([*fields, "[[ ## completed ## ]]"])


def _value(name: str, kind: str, topic: str) -> str:
    if kind.startswith(("int", "float")):
        return str(len(topic))
    if kind == "bool":
        return "True"
    if name == "next_tool_args":
        return "{}"
    if kind.startswith(("list", "dict")):
        return json.dumps([topic] if kind.startswith("list") else {"topic": topic})
    if name == "next_tool_name":
        return "finish"
    return f"{name} about {topic}"


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        if self.path == "/requests":
            self._send(200, self.server.state.requests())
        elif self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": "small", "object": "model"}]})
        else:
            self._send(404, {"error": {"message": f"there is no {self.path}"}})

    def do_DELETE(self) -> None:
        self.server.state.forget()
        self._send(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        if self.path == "/control":
            self.server.state.script(body["answers"])
            self._send(200, {})
        elif self.path.endswith("/chat/completions"):
            self._complete(body)
        else:
            self._send(404, {"error": {"message": f"there is no {self.path}"}})

    def _complete(self, body: dict[str, Any]) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        told = {"body": body, "key_sha256": hashlib.sha256(key.encode()).hexdigest()}
        answer = self.server.state.note(told) or {}
        if answer.get("hang"):
            self.server.state.released.wait()
        if answer.get("cut"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if "status" in answer or "body" in answer:
            self._send(answer.get("status", 200), answer.get("body", {}), answer.get("headers", {}))
            return
        text = answer.get("text") or reply(body["messages"])
        asked = sum(len(_text(message).split()) for message in body["messages"])
        used = len(text.split())
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": asked, "completion_tokens": used, "total_tokens": asked + used}
        shown = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": body["model"]}
        self._send(200, {**shown, "choices": [choice], "usage": usage})

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        try:
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True  # the client did not wait for the answer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that is overridden
        """Nothing: what was asked is told by ``/requests``."""


class Server(ThreadingHTTPServer):
    """The model's server; port 0 chooses a free one."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = State()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8901, help="0: a free one")
    parser.add_argument("--while-stdin", action="store_true", help="end when the standard input does")
    options = parser.parse_args()
    server = Server(options.port)
    print(f"A language model at {server.base_url}", flush=True)
    if options.while_stdin:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
    else:
        server.serve_forever()


if __name__ == "__main__":
    main()
