# SPDX-License-Identifier: Apache-2.0
"""``python -m serpentry ls`` and ``call``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import SOURCE, Pool

MODULES = str(Path(__file__).parent / "modules")


def serpentry(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(
        [sys.executable, "-m", "serpentry", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_ls_must_show_signatures_and_first_lines() -> None:
    lines = serpentry("ls", "functions", "--path", MODULES).stdout.splitlines()
    at = lines.index("f.echo(text: str) -> str")
    assert lines[at + 1] == "    Give the text back."
    assert "f.total(items: list[Item], extra: Decimal = ...) -> Decimal" in lines


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["functions.echo", '{"text": "ü"}'], '"ü"'),
        (["functions.pid"], None),
        (["functions.async_echo", '{"text": "a"}'], '"a"'),
        (["functions.total", '{"items": [{"name": "a", "price": 1.10}]}'], "1.10"),
    ],
)
def test_call_must_print_the_result_as_json(arguments: list[str], output: str | None) -> None:
    done = serpentry("call", *arguments, "--path", MODULES)
    assert done.returncode == 0, done.stderr
    assert output is None or done.stdout == output + "\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["functions.echo", '{"text": 1}'], "argument text: expected str, got int 1"),
        (["functions.ecko"], "near: f.echo"),
        (["functions.echo", "{"], "can not be read"),
        (["functions.fail", '{"text": "no"}'], "ValueError: no"),
        (["no_such_module.f"], "no_such_module"),
    ],
)
def test_call_must_tell_errors_on_stderr_with_status_1(arguments: list[str], words: str) -> None:
    done = serpentry("call", *arguments, "--path", MODULES)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


EXAMPLES = str(Path(__file__).parents[2] / "examples" / "python")


def test_call_must_keep_a_session_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    call = ["call", "counter.increment", "--path", EXAMPLES, "--session", str(file)]
    assert [serpentry(*call).stdout for _ in range(2)] == ["1\n", "2\n"]
    note = serpentry("call", "counter.note", '{"text": "ü"}', "--path", EXAMPLES, "--session", str(file))
    assert note.stdout == '["ü"]\n'
    assert json.loads(file.read_text("utf-8")) == {"count": 2, "history": ["ü"]}


def test_a_call_that_fails_must_leave_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    file.write_text('{"x": 1}')
    options = ["--path", MODULES, "--session", str(file)]
    lines = json.dumps({"code": "session['x'] = 2; raise ValueError"})
    assert serpentry("call", "sessions.run", lines, *options).returncode == 1
    assert file.read_text() == '{"x": 1}'
    code = (
        "session.increment('n', 3); session['y'] = [1]; session.save()\ndel session['x']; session['y'] += [2]"
    )
    done = serpentry("call", "sessions.run", json.dumps({"code": code}), *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(file.read_text()) == {"n": 3, "y": [1, 2]}


@pytest.mark.parametrize(
    ("arguments", "content", "words"),
    [
        (["counter.increment"], None, "counter.increment needs a session: add --session FILE.json"),
        (["counter.increment", "--session", "FILE"], "[]", "must hold a JSON object"),
        (["counter.increment", "--session", "FILE"], "{", "can not be read"),
    ],
)
def test_call_must_say_what_is_wrong_with_the_session(
    tmp_path: Path, arguments: list[str], content: str | None, words: str
) -> None:
    file = tmp_path / "session.json"
    if content is not None:
        file.write_text(content)
    named = [str(file) if argument == "FILE" else argument for argument in arguments]
    done = serpentry("call", *named, "--path", EXAMPLES)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_a_worker_must_serve_without_orjson(
    pools: Callable[..., Pool], write_module: Callable[[str, str], Path]
) -> None:
    hidden = write_module("orjson", "raise ImportError('hidden by a test')\n")
    path = os.pathsep.join([str(hidden), str(SOURCE)])
    worker = pools(environment={"PYTHONPATH": path}).worker()
    assert worker.call("f.same", value=[2**70, "ü", None, 1.5]) == [2**70, "ü", None, 1.5]
    assert worker.error("f.bad_result", kind="nan")["type"] == "serpentry.UnserializableResult"
