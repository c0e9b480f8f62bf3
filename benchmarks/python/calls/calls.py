# SPDX-License-Identifier: Apache-2.0
"""The functions of the benchmark of calls in sessions, and the same without one."""

from serpentry import Module, Session

calls = Module("calls")


@calls.call
def echo(number: int) -> int:
    return number


@calls.call
def measure(payload: bytes) -> int:
    return len(payload)


@calls.call
def echo_in_session(session: Session, number: int) -> int:
    return number


@calls.call(uses=["state"])
def peek(session: Session) -> int:
    return len(session["state"])


@calls.call(uses=["state"], idempotent=True)
def change(session: Session, number: int) -> int:
    session["state"] = number.to_bytes(8, "big") + session["state"][8:]
    return number
