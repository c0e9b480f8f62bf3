# SPDX-License-Identifier: Apache-2.0
"""Exceptions of this package, and how any exception becomes the body of an ERROR frame."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

PYTHON_RAISED = "PYTHON_RAISED"
UNKNOWN_FUNCTION = "UNKNOWN_FUNCTION"
INVALID_ARGUMENT = "INVALID_ARGUMENT"
MESSAGE_TOO_LARGE = "MESSAGE_TOO_LARGE"
CALL_TIMEOUT = "CALL_TIMEOUT"
ILLEGAL_STATE = "ILLEGAL_STATE"
ENTRY_CORRUPT = "ENTRY_CORRUPT"
INTERNAL = "INTERNAL"
WORKER_START_FAILED = "WORKER_START_FAILED"

MESSAGE_LIMIT = 8 * 1024
TRACEBACK_LIMIT = 64 * 1024
FRAMES_LIMIT = 200

Mask = Callable[[str], str]
_masks: list[Mask] = []

_OWN_DIRECTORY = os.path.dirname(os.path.abspath(__file__)) + os.sep


class SerpentryError(Exception):
    """Base of what this package raises."""


class RegistrationError(SerpentryError):
    """A function can not be offered to the server: its name or its signature does not fit."""


class CallRefused(SerpentryError):
    """A call that ends before the function runs. ``code`` and ``context`` go to the caller."""

    def __init__(self, code: str, message: str, context: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.context = dict(context or {})


class InvalidArgument(CallRefused):
    """An argument does not fit; ``path`` names it (``items[3].price``)."""

    def __init__(self, message: str, path: str | None = None) -> None:
        super().__init__(INVALID_ARGUMENT, message, {"argument": path} if path else None)


class UnserializableResult(SerpentryError):
    """A function's result has no JSON form; the message names the path."""


class HostError(SerpentryError):
    """What the server answered to a host call instead of a result.

    ``code`` is one of the server's codes (``SESSION_CONFLICT``), ``context`` its details, ``retryable``
    whether the same may succeed later. ``java_type`` is the class of the Java exception and ``stack`` its
    text; both are empty where there was none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        context: Mapping[str, Any] | None = None,
        retryable: bool = False,
        java_type: str = "",
        stack: str = "",
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.context = dict(context or {})
        self.retryable = retryable
        self.java_type = java_type
        self.stack = stack

    @classmethod
    def of(cls, body: Any) -> HostError:
        """From the body of an ERROR frame."""
        fields = body if type(body) is dict else {}
        context = fields.get("context")
        return cls(
            str(fields.get("code") or INTERNAL),
            str(fields.get("message") or ""),
            context=context if type(context) is dict else None,
            retryable=fields.get("retryable") is True,
            java_type=str(fields.get("type") or ""),
            stack=str(fields.get("traceback") or ""),
        )


class ApplicationError(Exception):
    """Base for exceptions that tell the Java caller more than a text.

    ``context`` is an object of JSON values that say what it is about, ``retryable`` whether the same call may
    succeed later. Both reach ``PythonException`` in Java, and clients of the REST interface.
    """

    def __init__(
        self, message: str, *, context: Mapping[str, Any] | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.context = dict(context or {})
        self.retryable = retryable


class CallCancelled(BaseException):
    """Raised inside a call that the server no longer waits for.

    Not an ``Exception``, so that ``except Exception`` does not swallow it. Clean up and let it pass.
    """


for _public in (
    SerpentryError,
    RegistrationError,
    UnserializableResult,
    HostError,
    ApplicationError,
    CallCancelled,
):
    _public.__module__ = "serpentry"


def cut_middle(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` bytes of UTF-8, the middle replaced by a note of how much is missing."""
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text
    keep = max((limit - 64) // 2, 0)
    head = data[:keep].decode("utf-8", "ignore")
    tail = data[len(data) - keep :].decode("utf-8", "ignore")
    return f"{head}\n... {len(data) - 2 * keep} bytes cut ...\n{tail}"


def mask_errors(mask: Mask) -> None:
    """Have all texts of errors that leave this worker go through ``mask``, which takes secrets out."""
    _masks.append(mask)


def _masked(value: Any) -> Any:
    """Texts without secrets, also inside of a JSON value."""
    if not _masks:
        return value
    if isinstance(value, str):
        for mask in _masks:
            value = mask(value)
        return value
    if isinstance(value, dict):
        return {_masked(key): _masked(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(part) for part in value]
    return value


def class_name(cls: type) -> str:
    """The qualified name of a class, without ``builtins.``."""
    module = getattr(cls, "__module__", None)
    name = str(getattr(cls, "__qualname__", cls.__name__))
    return name if module in (None, "builtins") else f"{module}.{name}"


def own_file(filename: str) -> bool:
    """Whether a stack frame of this file belongs to the worker itself."""
    return filename.startswith(_OWN_DIRECTORY)


def error_body(
    code: str,
    message: str,
    *,
    type_name: str = "",
    retryable: bool = False,
    context: Mapping[str, Any] | None = None,
    traceback_text: str = "",
    frames: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The body of an ERROR frame, each text within its limit."""
    return {
        "code": code,
        "type": type_name,
        "message": cut_middle(_masked(message), MESSAGE_LIMIT),
        "retryable": retryable,
        "context": _masked(dict(context or {})),
        "traceback": cut_middle(_masked(traceback_text), TRACEBACK_LIMIT),
        "frames": frames or [],
    }


def raised(error: BaseException, code: str = PYTHON_RAISED) -> dict[str, Any]:
    """The body for an exception of the application. Never raises, whatever the exception does."""
    told = error if isinstance(error, (ApplicationError, HostError)) else None
    return error_body(
        code,
        safe_text(error),
        type_name=class_name(type(error)),
        retryable=told.retryable if told else isinstance(error, MemoryError),
        context=_json_object(told.context) if told else None,
        traceback_text=traceback_text(error),
        frames=stack_frames(error.__traceback__),
    )


def _json_object(context: Any) -> dict[str, Any]:
    """The context of an error; what has no JSON form is told as text."""
    try:
        return {str(key): _json_value(value) for key, value in dict(context).items()}
    except Exception as error:
        return {"context": f"<can not be told: {type(error).__name__}>"}


def _json_value(value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return cut_middle(str(value), MESSAGE_LIMIT)
    return value


def refused(error: CallRefused) -> dict[str, Any]:
    """The body for a call that did not reach its function."""
    return error_body(error.code, str(error), context=error.context)


def safe_text(error: BaseException) -> str:
    """``str(error)``, or a note when even that raises."""
    try:
        return str(error)
    except BaseException as second:
        return f"<the text of this {type(error).__name__} raised {type(second).__name__}>"


def traceback_text(error: BaseException) -> str:
    """The traceback with its causes, without the worker's own frames."""
    try:
        summary = traceback.TracebackException(type(error), error, error.__traceback__, limit=-FRAMES_LIMIT)
        _drop_own_frames(summary, set())
        return "".join(summary.format())
    except BaseException as second:
        return f"{_own_frames_only(error)}<its causes could not be written: {type(second).__name__}>\n"


def _own_frames_only(error: BaseException) -> str:
    """The frames of the error itself, for one whose chain of causes is too long to be written."""
    try:
        return "".join(traceback.format_tb(error.__traceback__, limit=-FRAMES_LIMIT))
    except BaseException as second:
        return f"<the traceback could not be written: {type(second).__name__}>\n"


def _drop_own_frames(summary: traceback.TracebackException | None, seen: set[int]) -> None:
    if summary is None or id(summary) in seen:
        return
    seen.add(id(summary))
    summary.stack[:] = [frame for frame in summary.stack if not own_file(frame.filename)]
    _drop_own_frames(summary.__cause__, seen)
    _drop_own_frames(summary.__context__, seen)
    for member in getattr(summary, "exceptions", None) or ():
        _drop_own_frames(member, seen)


def stack_frames(tb: TracebackType | None) -> list[dict[str, Any]]:
    """The frames of a traceback from the outermost to the innermost; of a very deep one both ends."""
    frames = []
    while tb is not None:
        code = tb.tb_frame.f_code
        if not own_file(code.co_filename):
            frames.append(frame_entry(code.co_filename, tb.tb_lineno, code.co_name, tb.tb_frame.f_globals))
        tb = tb.tb_next
    return ends(frames)


def frame_entry(file: str, line: int | None, function: str, namespace: Mapping[str, Any]) -> dict[str, Any]:
    module = namespace.get("__name__")
    return {"file": file, "line": line or 0, "function": function, "module": str(module or "")}


def ends(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most ``FRAMES_LIMIT`` frames: the outermost and innermost halves."""
    half = FRAMES_LIMIT // 2
    return frames if len(frames) <= FRAMES_LIMIT else frames[:half] + frames[-half:]
