# SPDX-License-Identifier: Apache-2.0
"""Python workers for Jakarta EE.

>>> from serpentry import Module
>>> hello = Module("hello")
>>> @hello.call
... def greet(name: str) -> str:
...     return f"Hello, {name}"
"""

from serpentry._calls import Module
from serpentry._errors import CallCancelled, RegistrationError, SerpentryError, UnserializableResult
from serpentry._running import cancelled

__version__ = "0.1.0"

__all__ = [
    "CallCancelled",
    "Module",
    "RegistrationError",
    "SerpentryError",
    "UnserializableResult",
    "cancelled",
]
