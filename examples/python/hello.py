# SPDX-License-Identifier: Apache-2.0
"""The first example: functions a Java EE application can call."""

import time

from serpentry import Module

hello = Module("hello")


@hello.call(idempotent=True)
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}!"


@hello.call
def sleep(seconds: float) -> float:
    """Do nothing for a while, and say for how long."""
    time.sleep(seconds)
    return seconds
