# SPDX-License-Identifier: Apache-2.0
"""The language model of examples/dspy, started as its users start it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

SERVER = Path(__file__).parents[2] / "examples" / "dspy" / "lm_server.py"
QUESTION = {"model": "small", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
def root() -> Iterator[str]:
    command = [sys.executable, str(SERVER), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1].removesuffix("/v1")
        process.kill()


def ask(url: str, body: Any = None, method: str | None = None, key: str = "") -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Authorization": f"Bearer {key}"}, method=method)
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_the_model_must_answer_by_rule_and_tell_what_it_was_asked(root: str) -> None:
    status, answer = ask(f"{root}/v1/chat/completions", QUESTION, key="k")
    assert status == 200
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "You said: hello"}
    assert answer["usage"] == {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4}
    told = {"body": QUESTION, "key_sha256": hashlib.sha256(b"k").hexdigest()}
    assert ask(f"{root}/requests") == (200, [told])
    assert ask(f"{root}/requests", method="DELETE") == (200, {})
    assert ask(f"{root}/requests") == (200, [])
    assert ask(f"{root}/v1/models")[1]["data"][0]["id"] == "small"
    assert ask(f"{root}/other")[0] == 404


def test_the_model_must_answer_as_it_is_told(root: str) -> None:
    answers = [{"status": 503, "body": {"error": "no"}}, {"text": "so"}]
    assert ask(f"{root}/control", {"answers": answers}) == (200, {})
    assert ask(f"{root}/v1/chat/completions", QUESTION) == (503, {"error": "no"})
    assert ask(f"{root}/v1/chat/completions", QUESTION)[1]["choices"][0]["message"]["content"] == "so"
