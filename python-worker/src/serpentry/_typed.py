# SPDX-License-Identifier: Apache-2.0
"""Session entries as typed values: compiled readers for hints, and the names that classes stand for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, get_origin

from serpentry import _json
from serpentry._convert import Compiler, mentions_decimal
from serpentry._errors import SerpentryError
from serpentry._hints import hint_text
from serpentry._scalars import Mismatch

_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MOST_READERS = 1024


class Reader:
    """Reads values of one hint. Raises ``RegistrationError`` for a hint that has no JSON form."""

    def __init__(self, hint: Any) -> None:
        self._exact = mentions_decimal(hint)
        self._converter = Compiler(thorough=self._exact).converter(hint)
        self._text = hint_text(hint)

    def parse(self, content: bytes, what: str) -> Any:
        """From JSON text, with every digit where the hint asks for that."""
        return self.convert(_json.loads(content, exact=self._exact), what)

    def convert(self, value: Any, what: str) -> Any:
        """From a JSON value or bytes. ``SerpentryError`` names the path of what does not fit."""
        if self._converter is None:
            return value
        try:
            return self._converter(value)
        except Mismatch as mismatch:
            raise SerpentryError(
                f"{mismatch.path_text(what)} does not fit {self._text}: {mismatch}"
            ) from None


_cached = lru_cache(_MOST_READERS)(Reader)


def reader(hint: Any) -> Reader:
    """The reader for a hint; the same object for the same hint, if the hint can be hashed."""
    try:
        return _cached(hint)
    except TypeError:
        return Reader(hint)


def entry_name(hint: Any) -> str:
    """The entry that a class stands for: ``chat_history`` for ``ChatHistory``."""
    if not isinstance(hint, type) or get_origin(hint) is not None:
        raise TypeError(f"get_as needs the entry's name, as {hint_text(hint)} is not a plain class")
    return _WORD_BEGINS.sub("_", hint.__name__).lower()
