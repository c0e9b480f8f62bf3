# SPDX-License-Identifier: Apache-2.0
"""The functions ``dspy.*``."""

from __future__ import annotations

import dataclasses
import os
import resource
import time
from datetime import datetime, timedelta
from typing import Any, Literal

import dspy

from serpentry import Module, Session, SharedSession
from serpentry._entries import JSON, LONGEST_NAME
from serpentry.dspy import _execution, _models, _places, _signatures, _tools
from serpentry.dspy._errors import invalid
from serpentry.dspy._places import Place, Places, Scope, checked_id, text_of
from serpentry.dspy._programs import BUILT_IN, Program
from serpentry.dspy._signatures import Definition
from serpentry.dspy._tools import Tool

commands = Module("dspy")

_OWN = "dspy."
_LONGEST_LIFETIME = 10 * 365 * 24 * 3600.0
_begun = time.monotonic()


@commands.call(idempotent=True)
def ping(shared: SharedSession, session: Session | None = None) -> dict[str, Any]:
    """Who answers, with which DSPy, and which language model a program would use here."""
    session = _places.lasting(session)
    model = next(
        (
            place[_models.ENTRY]["model"]
            for place in (session, shared)
            if place is not None and _models.ENTRY in place
        ),
        None,
    )
    return {
        "status": "ok",
        "timestamp": text_of(_places.now_utc()),
        "dspy": dspy.__version__,
        "pid": os.getpid(),
        "uptime_seconds": round(time.monotonic() - _begun, 3),
        "session": session.id if session is not None else None,
        "model": model,
    }


@commands.call
def configure_lm(
    model: str,
    shared: SharedSession,
    session: Session | None = None,
    base_url: str | None = None,
    api_key_env: str | None = None,
    options: dict[str, Any] | None = None,
    scope: Scope = "global",
) -> dict[str, Any]:
    """Store which language model programs use: of the whole pool, or of this session.

    ``model`` is named as DSPy does (``openai/gpt-4o-mini``). The key itself is never stored: ``api_key_env``
    names the environment variable of the workers that holds it. ``options`` are those of ``dspy.LM``
    (``temperature``, ``max_tokens``, ``num_retries``, ``timeout`` in seconds, ...). Each worker uses it from
    its next call on.
    """
    described = _models.checked(model, base_url, api_key_env, options or {})
    described.client()
    Places.of(session, shared).at(scope).session[_models.ENTRY] = described.stored()
    return {"status": "configured", "scope": scope, **described.stored()}


@commands.call
def create_program(
    id: str,  # noqa: A002 - the command's name for it
    shared: SharedSession,
    session: Session | None = None,
    signature: str | Definition | None = None,
    program_type: str = "predict",
    instructions: str | None = None,
    arguments: dict[str, Any] | None = None,
    tools: list[Tool] | None = None,
    scope: Scope = "session",
    lifetime_seconds: float | None = None,
) -> dict[str, Any]:
    """Store a program.

    ``program_type`` is ``predict``, ``chain_of_thought``, ``react``, ``program_of_thought``, or
    ``module:Class`` of a class that the pool's modules allow. ``arguments`` are for its constructor
    (``max_iters`` of ``react``). Only a global program can have a lifetime.
    """
    checked_id(id, "id")
    if lifetime_seconds is not None and scope != "global":
        raise invalid("lifetime_seconds", "is for global programs; others end with their session")
    described = None
    if signature is not None:
        described = _signatures.definition(signature, instructions)
    elif program_type in BUILT_IN:
        raise invalid("signature", f"is missing; {program_type} needs one")
    now = _places.now_utc()
    program = Program.new(
        id,
        program_type,
        described,
        arguments or {},
        _tools.checked(tools or []),
        text_of(now),
        _expiry(now, lifetime_seconds),
    )
    Places.of(session, shared).at(scope).add(program)
    return {"program_id": id, "status": "created", "scope": scope, **_described(program)}


@commands.call
def execute_program(
    program_id: str,
    shared: SharedSession,
    inputs: dict[str, Any],
    session: Session | None = None,
    scope: Scope | None = None,
    options: dict[str, Any] | None = None,
    accept_changed: bool = False,
) -> dict[str, Any]:
    """Run a program of the session, or a global one of that id if the session has none.

    ``options`` are those of ``dspy.LM`` for this call alone. A program whose class or whose DSPy is not what
    it was when it was stored is refused, unless ``accept_changed``.
    """
    place, program = Places.of(session, shared).require(program_id, scope)
    model = _models.model_of(session, shared).with_options(options or {})
    answer = _execution.run(program, model, inputs, accept_changed=accept_changed)
    place.count_execution(program_id)
    _execution.tell(answer.usage)
    return {"program_id": program_id, "scope": place.scope, **dataclasses.asdict(answer)}


@commands.call(idempotent=True)
def list_programs(
    shared: SharedSession, session: Session | None = None, scope: Scope | None = None
) -> dict[str, Any]:
    """The programs of the session and the global ones, or of one scope; each with its counts."""
    places = Places.of(session, shared).chosen(scope)
    found = [_info(place, program) for place in places for program in place.programs()]
    return {"programs": found, "total_count": len(found)}


@commands.call(idempotent=True)
def get_program_info(
    program_id: str, shared: SharedSession, session: Session | None = None, scope: Scope | None = None
) -> dict[str, Any]:
    """One program: its definition, counts, demos, and whether its code has changed since it was stored."""
    place, program = Places.of(session, shared).require(program_id, scope)
    stored = program.stored()
    more = {name: stored[name] for name in ("arguments", "tools", "state", "fingerprint", "compiled")}
    return {**_info(place, program), **more, "changed": program.changes()}


@commands.call
def delete_program(
    program_id: str, shared: SharedSession, session: Session | None = None, scope: Scope = "session"
) -> dict[str, Any]:
    """Remove a program and its counts."""
    place, _ = Places.of(session, shared).require(program_id, scope)
    place.remove(program_id)
    return {"program_id": program_id, "status": "deleted", "scope": scope}


@commands.call(idempotent=True)
def get_stats(shared: SharedSession, session: Session | None = None) -> dict[str, Any]:
    """How many programs and executions there are, and what this worker uses."""
    places = Places.of(session, shared)
    counts: dict[str, Any] = {}
    for place in places.chosen(None):
        executions = [place.executions(program.id) for program in place.programs()]
        counts[place.scope] = {"programs": len(executions), "executions": sum(executions)}
    return {
        **counts,
        "dspy": dspy.__version__,
        "worker": {
            "pid": os.getpid(),
            "uptime_seconds": round(time.monotonic() - _begun, 3),
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        },
    }


@commands.call
def reset_state(
    shared: SharedSession, session: Session | None = None, scope: Scope = "session"
) -> dict[str, Any]:
    """Remove all programs of a scope, and its language model."""
    place = Places.of(session, shared).at(scope)
    return {"status": "reset", "scope": scope, "programs_cleared": _clear(place)}


@commands.call(idempotent=True)
def cleanup(shared: SharedSession, session: Session | None = None) -> dict[str, Any]:
    """Remove global programs whose lifetime is over, which until then are not shown either.

    And what calls have left, here and in the session: counts of programs that were deleted meanwhile, and
    progress of an optimizer that has told nothing for an hour.
    """
    removed = Place("global", shared).remove_expired()
    orphans = sum(place.remove_orphans() for place in Places.of(session, shared).chosen(None))
    return {"status": "cleaned", "programs_removed": len(removed), "orphans_removed": orphans}


@commands.call
def cleanup_session(session: Session) -> dict[str, Any]:
    """Remove what this module has stored in the session; other entries stay."""
    _require_lasting(session)
    return {
        "status": "cleaned",
        "session_id": session.id,
        "programs_removed": _clear(Place("session", session)),
    }


@commands.call(idempotent=True)
def get_session_data(session: Session, keys: list[str] | None = None) -> dict[str, Any]:
    """The session's own JSON entries, all or those that are named; programs are not among them."""
    wanted = list(session) if keys is None else keys
    names = [
        name
        for name in wanted
        if name in session and not name.startswith(_OWN) and session.info(name).media_type == JSON
    ]
    session.prefetch(*names)
    data = {name: session[name] for name in names}
    return {"session_id": session.id, "data": data, "revision": session.revision}


@commands.call
def update_session_data(
    session: Session, key: str, operation: Literal["put", "remove", "increment"] = "put", value: Any = None
) -> dict[str, Any]:
    """Change one of the session's own entries."""
    _require_lasting(session)
    if key.startswith(_OWN):
        raise invalid("key", f"must not begin with {_OWN!r}: that is where programs are")
    if not 0 < len(key) <= LONGEST_NAME:
        raise invalid("key", f"must have 1 to {LONGEST_NAME} characters")
    if operation == "put":
        session[key] = value
    elif operation == "remove":
        if key in session:
            del session[key]
    else:
        if type(value) not in (int, type(None)):
            raise invalid("value", f"must be an integer to increment by, not {type(value).__name__}")
        session.increment(key, 1 if value is None else value)
    return {"session_id": session.id, "status": "updated", "key": key, "operation": operation}


def _require_lasting(session: Session) -> None:
    if _places.lasting(session) is None:
        raise _places.no_session("make it in one that lasts")


def _expiry(now: datetime, lifetime_seconds: float | None) -> str | None:
    if lifetime_seconds is None:
        return None
    if not 0 < lifetime_seconds <= _LONGEST_LIFETIME:
        raise invalid("lifetime_seconds", f"must be over 0 and at most {_LONGEST_LIFETIME:.0f}")
    return text_of(now + timedelta(seconds=lifetime_seconds))


def _described(program: Program) -> dict[str, Any]:
    stored = program.stored()
    names = ("signature", "created_at", "expires_at")
    return {"program_type": program.type, **{name: stored[name] for name in names}}


def _info(place: Place, program: Program) -> dict[str, Any]:
    return {
        "id": program.id,
        "scope": place.scope,
        **_described(program),
        "execution_count": place.executions(program.id),
        "last_executed": place.last_executed(program.id),
        "progress": place.progress(program.id),
    }


def _clear(place: Place) -> int:
    names = [name for name in place.session if name.startswith(_OWN)]
    ids = place.ids()
    for name in names:
        del place.session[name]
    return len(ids)
