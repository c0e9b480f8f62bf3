# SPDX-License-Identifier: Apache-2.0
"""Calls from Python back into the server.

>>> from serpentry import host
>>> @claims.call
... def decide(number: str) -> str:
...     claim = host.call("claims.lookup", number=number)
...     return "paid" if claim["sum"] < 1000 else "to be looked at"
"""

from __future__ import annotations

from typing import Any

from serpentry import _json
from serpentry._calls import resolve_references
from serpentry._errors import INTERNAL, HostError, InvalidArgument
from serpentry._link import host_call
from serpentry._results import to_tree
from serpentry._scalars import to_anything
from serpentry._wire import REFERENCES, Frame

__all__ = ["HostError", "call"]


def call(name: str, /, **arguments: Any) -> Any:
    """Call a method that the server offers, and wait for its result: a JSON value, or ``bytes`` in one.

    It runs in the transaction and the security context of the Java caller, who waits for this function.
    Keyword arguments are the method's parameters. In an ``async`` function too it blocks the thread, and so
    every task of its loop.

    Raises ``HostError`` for what the method threw, or if the arguments are over the limit of a message;
    ``UnserializableResult`` for an argument without a JSON form; ``SerpentryError`` outside of a call and in
    threads other than the call's.
    """
    tree, attachments = to_tree(arguments, "arguments")
    question = {"service": "method", "name": name, "arguments": tree}
    return _result(host_call("host.call", question, attachments, REFERENCES if attachments else 0))


def _result(frame: Frame) -> Any:
    try:
        result = _json.loads(frame.body)
        if frame.flags & REFERENCES:
            return to_anything(resolve_references(result, frame.attachments, "result"))
    except (_json.NotJson, InvalidArgument) as error:
        raise HostError(INTERNAL, f"the server's answer can not be read: {error}") from None
    return result
