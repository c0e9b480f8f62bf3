# SPDX-License-Identifier: Apache-2.0
"""``ls`` and ``call``: a module's functions at a developer's prompt, by the same rules as in a worker."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from typing import Any

from serpentry import _json
from serpentry._cache import ContentCache
from serpentry._calls import REGISTRY
from serpentry._errors import SerpentryError
from serpentry._exchange import SESSION, SHARED
from serpentry._local import LocalLink, LocalSession
from serpentry._results import to_tree
from serpentry._running import Call, Running
from serpentry._session import Session, SharedSession
from serpentry._wire import Buffer, Frame, FrameType
from serpentry._worker import load_catalogue

_NO_CHANNEL = -1


def list_functions(module: str, path: str) -> int:
    """Print the signature and the first docstring line of each function; returns the exit status."""
    try:
        catalogue = load_catalogue([os.path.abspath(path)], [module])
    except Exception:
        traceback.print_exc()
        return 1
    for entry in catalogue.entries():
        print(_signature(entry))
        if entry["doc"]:
            print(f"    {entry['doc']}")
    return 0


def _signature(entry: dict[str, Any]) -> str:
    parameters = ", ".join(
        f"{p['name']}: {p['type']}{'' if p['required'] else ' = ...'}" for p in entry["parameters"]
    )
    return f"{entry['name']}({parameters}) -> {entry['returns']}"


def call_function(
    name: str, arguments: str, path: str, session: str | None = None, shared: str | None = None
) -> int:
    """Print the function's result as JSON; errors go to stderr with status 1.

    ``session`` names a file with the entries of the session that the function gets, written if it succeeds;
    ``shared`` one with those of the pool's shared session.
    """
    files = {SESSION: session, SHARED: shared}
    try:
        print(_called(name, arguments, path, {of: file for of, file in files.items() if file is not None}))
    except SerpentryError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _called(name: str, arguments: str, path: str, files: dict[str, str]) -> str:
    module, _, _ = name.rpartition(".")
    catalogue = load_catalogue([os.path.abspath(path)], [module] if module else [])
    body = b'{"function": %s, "arguments": %s}' % (_json.dumps(_registered(name)), arguments.encode())
    read = catalogue.read_call(Frame(FrameType.CALL, 1, body))
    function, converted = read.function, read.arguments
    for kind, required in function.session_parameters.values():
        if required and kind.of not in files:
            raise SerpentryError(f"{function.name} needs a session: add --{kind.of} FILE.json")
    running = Running(threads=1)
    slot = running.open(_NO_CHANNEL)
    call = running.begin(slot, 1)
    stores = {of: LocalSession(file) for of, file in files.items()}
    call.link = LocalLink(stores)
    cache = ContentCache()
    if SESSION in stores:
        call.session = Session(*stores[SESSION].described(), slot, call, cache)
    if SHARED in stores:
        call.shared = SharedSession(*stores[SHARED].described(), slot, call, cache)
    function.add_sessions(converted, call.session, call.shared)
    result = function.target(**converted)
    if inspect.iscoroutine(result):
        result = slot.await_result(result)
    tree, attachments = to_tree(result)
    _store(call, stores)
    if attachments:
        print(f"the result refers to {len(attachments)} attachments", file=sys.stderr)
    return _json.dumps(tree).decode()


def _store(call: Call, stores: dict[str, LocalSession]) -> None:
    context: dict[str, Any] = {}
    contents: list[Buffer] = []
    for session in (call.session, call.shared):
        if session is not None:
            session.tell_changes(context, contents)
    for of, fields in context.items():
        stores[of].apply(fields, contents)


def _registered(name: str) -> str:
    """The registered name, where ``MODULE`` of the command line is the Python module's name."""
    module, _, function = name.rpartition(".")
    for registration in REGISTRY.values():
        if registration.function.__module__ == module and registration.name.rpartition(".")[2] == function:
            return registration.name
    return name
