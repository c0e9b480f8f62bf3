# SPDX-License-Identifier: Apache-2.0
"""How exceptions are told to the server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from serpentry import _errors, _json
from serpentry._errors import HostError, cut_middle, raised


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Custom(ValueError):
    pass


class Liar(Exception):
    @property
    def __notes__(self) -> Any:
        raise SystemExit(9)


def caught(error: BaseException) -> dict[str, Any]:
    try:
        raise error
    except BaseException as same:
        return raised(same)


def test_a_type_must_be_named_with_its_module_unless_it_is_built_in() -> None:
    assert caught(ValueError("x"))["type"] == "ValueError"
    assert caught(Custom("x"))["type"] == "test_errors.Custom"
    assert caught(json.JSONDecodeError("m", "d", 0))["type"] == "json.decoder.JSONDecodeError"


@pytest.mark.parametrize(
    "error", [Mute(), Liar(), KeyError("\ud800"), Exception(*range(999)), BaseException()]
)
def test_whatever_an_exception_does_its_body_must_be_made(error: BaseException) -> None:
    body = caught(error)
    assert body["code"] == "PYTHON_RAISED"
    assert json.loads(_json.dumps(body)) == body


def test_an_exception_without_a_text_must_say_so() -> None:
    assert caught(Mute())["message"] == "<the text of this Mute raised RuntimeError>"


def test_what_the_server_answered_must_be_told_as_it_was() -> None:
    body = caught(HostError("SESSION_CONFLICT", "faster", retryable=True, context={"entry": "a"}))
    assert (body["retryable"], body["context"]) == (True, {"entry": "a"})
    body = caught(HostError("FORBIDDEN", "no"))
    assert (body["retryable"], body["context"]) == (False, {})


def test_only_a_lack_of_memory_must_be_retryable() -> None:
    assert caught(MemoryError())["retryable"] is True
    assert caught(OSError())["retryable"] is False


def test_texts_must_stay_within_their_limits() -> None:
    body = caught(ValueError("ä" * 1_000_000))
    assert len(body["message"].encode()) <= _errors.MESSAGE_LIMIT
    assert len(body["traceback"].encode()) <= _errors.TRACEBACK_LIMIT
    assert "bytes cut" in body["message"]


def test_causes_and_contexts_must_be_in_the_traceback() -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            try:
                raise ValueError("second") from first
            except ValueError:
                raise TypeError("third")  # noqa: B904 - the context is what is tested
    except TypeError as error:
        text = raised(error)["traceback"]
    assert text.index("KeyError: 'first'") < text.index("ValueError: second") < text.index("TypeError: third")


def test_causes_that_go_in_a_circle_must_end() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert "ValueError: one" in caught(one)["traceback"]


def test_frames_must_go_from_the_outermost_to_the_innermost() -> None:
    def inner() -> None:
        raise ValueError("x")

    try:
        inner()
    except ValueError as error:
        frames = raised(error)["frames"]
    assert [frame["function"] for frame in frames][1:] == ["inner"]
    assert {frame["module"] for frame in frames} == {"test_errors"}
    assert all(frame["line"] > 0 and frame["file"].endswith("test_errors.py") for frame in frames)


@pytest.mark.parametrize(
    "text", ["", "x", "x" * 100, "ü" * 50, "x" * 101, "ü" * 51, "🐍" * 1000, "\ud800" * 99]
)
def test_cutting_must_keep_both_ends_within_the_limit(text: str) -> None:
    cut = cut_middle(text, 100)
    size = len(text.encode("utf-8", "surrogatepass"))
    assert (cut == text) == (size <= 100)
    assert len(cut.encode("utf-8", "surrogatepass")) <= 100


def test_a_chain_of_causes_that_is_too_long_must_still_show_the_frames_of_the_error() -> None:
    error: BaseException = ValueError("first")
    for number in range(5000):
        following = ValueError(str(number))
        following.__cause__ = error
        error = following
    try:
        raise error
    except ValueError as caught:
        text = _errors.traceback_text(caught)

    assert "raise error" in text
    assert "its causes could not be written" in text
