# SPDX-License-Identifier: Apache-2.0
"""Keys of language models: read from the environment where they are used, and kept out of every text."""

from __future__ import annotations

import logging
import os
import threading

_MASK = "***"
_SHORTEST = 4
"""A shorter value would mask ordinary words."""

_lock = threading.Lock()
_known: set[str] = set()


def value_of(variable: str) -> str | None:
    """The secret in an environment variable; from now on it is masked in errors and logs."""
    value = os.environ.get(variable)
    if value and len(value) >= _SHORTEST:
        with _lock:
            _known.add(value)
    return value


def without(text: str) -> str:
    """The text without the secrets that were read in this process."""
    with _lock:
        known = sorted(_known, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, _MASK)
    return text


class _Masking(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        masked = without(text)
        if masked != text:
            record.msg, record.args = masked, ()
        if record.exc_info:
            record.exc_text = without(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def mask_logs(*loggers: str) -> None:
    """Mask secrets in what these loggers' handlers write."""
    for name in loggers:
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(_Masking())
