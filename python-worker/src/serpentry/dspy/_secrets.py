# SPDX-License-Identifier: Apache-2.0
"""Keys of language models: read from the environment where they are used, and kept out of every text."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from typing import Any

from serpentry._errors import mask_errors

LISTED = "SERPENTRY_DSPY_KEY_VARIABLES"
_MASK = "***"
_SHORTEST = 8
"""A shorter value is no key, as ``none`` for a model that needs none, and would mask ordinary words."""

_LOOKS_SECRET = re.compile(
    r"(?:key|secret|password|passwd|credentials?|authorization|token)\Z", re.IGNORECASE
)

_lock = threading.Lock()
_known: frozenset[str] = frozenset()


def value_of(variable: str) -> str | None:
    """The secret in an environment variable; from now on it is masked in errors, logs and results."""
    value = os.environ.get(variable)
    if value:
        _learn(value)
    return value


def listed() -> list[str]:
    """The variables that the pool allows as keys whatever their names are."""
    return os.environ.get(LISTED, "").replace(" ", "").split(",")


def learn_environment() -> None:
    """Know what the environment's variables hold that are listed, or whose names say that they are secrets.

    A provider's own (``OPENAI_API_KEY``) is used by DSPy without anyone naming it.
    """
    keys = listed()
    for name, value in os.environ.items():
        if looks_secret(name) or name in keys:
            _learn(value)


def looks_secret(name: str) -> bool:
    """Whether what has this name is a secret: ``api_key``, ``OPENAI_API_KEY``, ``password``."""
    return _LOOKS_SECRET.search(name) is not None


def without(text: str) -> str:
    """The text without the secrets that were read in this process."""
    for secret in sorted((secret for secret in _known if secret in text), key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def mask_everywhere() -> None:
    """Mask secrets in all errors that leave this worker, and in all log records made from now on."""
    learn_environment()
    mask_errors(without)
    logging.setLogRecordFactory(_masking(logging.getLogRecordFactory()))


def _learn(value: str) -> None:
    global _known
    if len(value) >= _SHORTEST and value not in _known:
        with _lock:
            _known |= {value}


def _masking(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if _known:
            _mask(record)
        return record

    return masked


def _mask(record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except Exception:
        return  # the handler formats it too, and tells that it can not
    if without(text) != text:
        record.msg, record.args = without(text), ()
    if record.exc_info and record.exc_info[0] is not None:
        text = logging.Formatter().formatException(record.exc_info)
        if without(text) != text:
            record.exc_text, record.exc_info = without(text), None
