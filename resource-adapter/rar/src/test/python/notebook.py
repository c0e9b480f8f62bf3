# SPDX-License-Identifier: Apache-2.0
"""Functions for the tests of sessions, callbacks and hooks."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from serpentry import HostError, Module, Session, host, keep_on_commit, on_commit, on_prepare, on_rollback, trace_context
from serpentry._channel import Channel

notebook = Module("notebook")


@notebook.call
def append(session: Session, text: str) -> int:
    lines = session.setdefault("lines", [])
    lines.append(text)
    return len(lines)


@notebook.call(idempotent=True, uses=["lines"])
def append_again(session: Session, text: str) -> int:
    return append(session, text)


@notebook.call(idempotent=True)
def append_after_asking(session: Session, text: str, name: str) -> int:
    """Appends, and calls a method of the application with the session's id."""
    length = append(session, text)
    host.call(name, session=session.id)
    return length


@notebook.call
def read(session: Session, name: str) -> Any:
    return session.get(name)


@notebook.call
def names(session: Session) -> list[str]:
    return list(session)


@notebook.call
def write(session: Session, name: str, value: Any) -> None:
    session[name] = value


@notebook.call
def write_and_fail(session: Session, name: str, value: Any) -> None:
    session[name] = value
    raise ValueError("not today")


@notebook.call
def copy(session: Session, source: str, target: str) -> None:
    session[target] = session[source]


@notebook.call
def remove(session: Session, name: str) -> None:
    del session[name]


@notebook.call
def increment(session: Session, name: str, by: int = 1) -> None:
    session.increment(name, by)


@notebook.call
def save_then_fail(session: Session, name: str, value: Any) -> None:
    session[name] = value
    session.save()
    session[name] = "unsaved"
    raise ValueError("not today")


@notebook.call
def fill(session: Session, name: str, size: int) -> None:
    session[name] = os.urandom(size)


@notebook.call
def size(session: Session, name: str) -> int:
    return len(session[name])


@notebook.call
def append_slowly(session: Session, text: str, begun: str, proceed: str) -> int:
    """Reads, waits for the file ``proceed``, and writes."""
    length = append(session, text)
    Path(begun).touch()
    while not os.path.exists(proceed):
        time.sleep(0.005)
    return length


@notebook.call
def read_at_gate(session: Session, name: str, journal: str, begun: str, proceed: str) -> Any:
    """Changes an entry, waits for the file ``proceed``, and reads another; notes what the server refuses."""
    session["mark"] = "not kept"
    _wait(begun, proceed)
    try:
        return session[name]
    except HostError as error:
        _note(journal, f"{error.code} {str(error.retryable).lower()} {error.java_type}")
        raise


@notebook.call
def save_at_gate(session: Session, name: str, journal: str, begun: str, proceed: str) -> None:
    """As ``read_at_gate``, but saves what it has written in the entry."""
    session[name] = "not kept"
    _wait(begun, proceed)
    try:
        session.save()
    except HostError as error:
        _note(journal, f"{error.code} {str(error.retryable).lower()} {error.java_type}")
        raise


@notebook.call
def wait_at_gate(session: Session, begun: str, proceed: str) -> None:
    _wait(begun, proceed)


@notebook.call
def save_and_wait(session: Session, size: Any, begun: str, proceed: str) -> str:
    """Saves that many bytes, waits for the file ``proceed``, and tells what then is in an entry that somebody else writes."""
    session["bytes"] = os.urandom(int(size))
    session.save()
    _wait(begun, proceed)
    session.refresh()
    return f"{len(session['bytes'])} {session.get('note')}"


@notebook.call
def book(session: Session, source: str, n: int, hooks: bool = False) -> None:
    """Has the application write a row, and writes the same number in an entry of its own and counts it."""
    if hooks:
        on_prepare(os.getpid)
        on_commit(os.getpid)
    host.call("bookings.row", row={"source": source, "session": session.id, "n": n})
    session[f"n{n}"] = n
    session.increment("count")


@notebook.call
def die(session: Session, name: str, value: Any) -> None:
    session[name] = value
    os.kill(os.getpid(), signal.SIGKILL)


@notebook.call
def ask(name: str, arguments: dict[str, Any]) -> Any:
    return host.call(name, **arguments)


@notebook.call
def trace_headers(session: Session, question: str | None = None) -> dict[str, str]:
    """The headers of the call's trace; asks the application, if that is wanted, and changes the session."""
    if question is not None:
        host.call(question)
    session["asked"] = question
    return trace_context()


@notebook.call
def ask_and_catch(name: str, arguments: dict[str, Any]) -> str:
    try:
        return f"answered {host.call(name, **arguments)}"
    except HostError as error:
        return str(error)


@notebook.call
def ask_for_the_stack(name: str, arguments: dict[str, Any]) -> str:
    """What Python knows of the Java exception: its class and its stack trace."""
    try:
        host.call(name, **arguments)
    except HostError as error:
        return f"{error.java_type}\n{error.stack}"
    return ""


@notebook.call
def echo_through(name: str, data: bytes) -> int:
    """Sends bytes to a method that returns them."""
    answer = host.call(name, data=data)
    return len(answer) if answer == data else -1


def _note(path: str, line: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _fail(what: str) -> None:
    raise ValueError(what)


@notebook.call
def hook(journal: str, veto: bool = False, commit_fails: bool = False) -> None:
    """Registers one hook of each kind; each notes its name in the journal."""
    on_prepare(_note, journal, "prepare")
    if veto:
        on_prepare(_fail, "vetoed")
    if commit_fails:
        on_commit(_fail, "after commit")
    on_commit(_note, journal, "commit")
    on_rollback(_note, journal, "rollback")


@notebook.call
def hook_until(journal: str, begun: str, proceed: str) -> None:
    """Registers a hook after the commit that takes until there is the file ``proceed``."""
    on_commit(_wait, begun, proceed)
    on_commit(_note, journal, "commit")


def _wait(begun: str, proceed: str) -> None:
    Path(begun).touch()
    while not os.path.exists(proceed):
        time.sleep(0.005)


@notebook.call
def note(journal: str, line: str) -> None:
    _note(journal, line)


@notebook.call
def hook_to_die(journal: str) -> None:
    """Registers hooks, the first of which kills the worker."""
    on_prepare(os.kill, os.getpid(), signal.SIGKILL)
    on_commit(_note, journal, "commit")
    on_rollback(_note, journal, "rollback")


@notebook.call
def hook_to_die_after_it(journal: str) -> None:
    """Registers hooks, the first of which after the commit kills the worker."""
    on_prepare(_note, journal, "prepare")
    on_commit(os.kill, os.getpid(), signal.SIGKILL)
    on_commit(_note, journal, "commit")
    on_rollback(_note, journal, "rollback")


@notebook.call
def keep(session: Session, description: str) -> None:
    """Registers a hook that is to be noted, and returns."""
    keep_on_commit(description, os.getpid)


@notebook.call
def keep_and_fail(session: Session, description: str) -> None:
    """Registers two hooks that are to be noted, the first of which raises."""
    keep_on_commit(description, _fail, "after commit")
    keep_on_commit("done", os.getpid)


@notebook.call
def keep_until(session: Session, description: str, begun: str, proceed: str) -> None:
    """Registers a hook that is to be noted and takes until there is the file ``proceed``."""
    keep_on_commit(description, _wait, begun, proceed)


@notebook.call
def keep_after(session: Session, description: str, begun: str, proceed: str) -> None:
    """As ``keep_until``, but it is the hook before the commit that takes so long."""
    on_prepare(_wait, begun, proceed)
    keep_on_commit(description, os.getpid)


@notebook.call
def hook_to_hang(journal: str) -> None:
    on_prepare(time.sleep, 600)
    on_commit(_note, journal, "commit")
    on_rollback(_note, journal, "rollback")


@notebook.call
def hook_to_hang_after_it(journal: str) -> None:
    """Registers hooks, the first of which after the commit hangs."""
    on_prepare(_note, journal, "prepare")
    on_commit(time.sleep, 600)
    on_commit(_note, journal, "commit")


@notebook.call
def sizes(session: Session) -> dict[str, int]:
    """Reads every entry, one after the other."""
    return {name: len(session[name]) for name in session}


@notebook.call(uses=["lines"])
def count_lines(session: Session) -> int:
    return len(session["lines"])


_plain_receive = Channel.receive
_received: list[str] = []


@notebook.call
def watch_frames() -> None:
    """From now on this worker notes each frame that the server sends it."""

    def receive(channel: Channel) -> Any:
        frame = _plain_receive(channel)
        if frame is not None:
            _received.append(frame.type.name)
        return frame

    Channel.receive = receive  # type: ignore[method-assign]


@notebook.call
def watched_frames() -> list[str]:
    """The types of those frames, the one of this call too; ends the watch."""
    Channel.receive = _plain_receive  # type: ignore[method-assign]
    taken = list(_received)
    _received.clear()
    return taken
