# SPDX-License-Identifier: Apache-2.0
"""Python workers for Jakarta EE.

>>> from serpentry import Module
>>> hello = Module("hello")
>>> @hello.call
... def greet(name: str) -> str:
...     return f"Hello, {name}"
"""

from serpentry import host
from serpentry._calls import Module
from serpentry._entries import EntryInfo
from serpentry._errors import (
    ApplicationError,
    CallCancelled,
    HostError,
    RegistrationError,
    SerpentryError,
    UnserializableResult,
)
from serpentry._hooks import keep_on_commit, on_commit, on_prepare, on_rollback
from serpentry._running import cancelled
from serpentry._session import Session, SharedSession, current_session
from serpentry._tracing import trace_context
from serpentry._usage import record_usage

__version__ = "0.1.0"

__all__ = [
    "ApplicationError",
    "CallCancelled",
    "EntryInfo",
    "HostError",
    "Module",
    "RegistrationError",
    "SerpentryError",
    "Session",
    "SharedSession",
    "UnserializableResult",
    "cancelled",
    "current_session",
    "host",
    "keep_on_commit",
    "on_commit",
    "on_prepare",
    "on_rollback",
    "record_usage",
    "trace_context",
]
