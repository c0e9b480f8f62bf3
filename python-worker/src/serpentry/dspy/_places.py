# SPDX-License-Identifier: Apache-2.0
"""Where programs are kept: in the call's session, or in the pool's shared one.

::

   dspy.program.ID       the program, an object
   dspy.executions.ID    how often it was executed, a counter: calls at the same time do not conflict
   dspy.progress.ID      how far its optimizer is, while that runs
"""

from __future__ import annotations

import dataclasses
import os
import re
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from serpentry._errors import CallRefused
from serpentry._session import Session
from serpentry.dspy._errors import illegal, invalid, not_found
from serpentry.dspy._programs import Program

Scope = Literal["session", "global"]

_PROGRAM = "dspy.program."
_EXECUTIONS = "dspy.executions."
PROGRESS = "dspy.progress."
_PREFIXES = (_PROGRAM, _EXECUTIONS, PROGRESS)
_SILENT = timedelta(hours=1)
"""An optimizer that tells nothing for so long was ended, by its deadline or with its worker."""
_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_TEMPORARY = "temporary"
_MOST_GLOBAL = "SERPENTRY_DSPY_MAX_GLOBAL_PROGRAMS"


@dataclasses.dataclass(frozen=True)
class Place:
    """The programs of one scope."""

    scope: Scope
    session: Session

    def ids(self) -> list[str]:
        """Of all programs that have not expired."""
        now = text_of(now_utc())
        return [program for program in self._stored_ids() if not self._expired(program, now)]

    def programs(self) -> list[Program]:
        """All that have not expired, fetched with their counts at once."""
        ids = self._stored_ids()
        self.session.prefetch(*[prefix + program for program in ids for prefix in _PREFIXES])
        return [program for program in map(self.find, ids) if program is not None]

    def find(self, program: str) -> Program | None:
        name = _PROGRAM + program
        if name not in self.session or self._expired(program, text_of(now_utc())):
            return None
        return Program.load(self.session[name])

    def add(self, program: Program) -> None:
        """``CallRefused`` if there is one of this id, or too many."""
        if self.find(program.id) is not None:
            raise illegal(f"the program {program.id!r} exists already", program=program.id, scope=self.scope)
        if self.scope == "global":
            self.remove_expired()
            most = most_global()
            if len(self.ids()) >= most:
                raise illegal(
                    f"there are {most} global programs already, and more are not allowed ({_MOST_GLOBAL})",
                    limit=most,
                )
        self.remove(program.id)
        self.replace(program)

    def replace(self, program: Program) -> None:
        self.session[_PROGRAM + program.id] = program.stored()

    def remove(self, program: str) -> None:
        """Also counts that a call left which ran while the program was removed before."""
        self._delete([prefix + program for prefix in _PREFIXES])

    def remove_expired(self) -> list[str]:
        """The programs that were removed."""
        now = text_of(now_utc())
        expired = [program for program in self._stored_ids() if self._expired(program, now)]
        for program in expired:
            self.remove(program)
        return expired

    def remove_orphans(self) -> int:
        """Counts that were made while their program was removed, progress of optimizers that were ended."""
        orphans = [name for name in self.session if self._is_orphan(name)]
        self._delete(orphans)
        return len(orphans)

    def count_execution(self, program: str) -> None:
        self.session.increment(_EXECUTIONS + program)

    def executions(self, program: str) -> int:
        count: int = self.session.get(_EXECUTIONS + program, 0)
        return count

    def last_executed(self, program: str) -> str | None:
        """When the counter was last written."""
        name = _EXECUTIONS + program
        written_at = self._written_at(name) if name in self.session else None
        return None if written_at is None else text_of(written_at)

    def progress(self, program: str) -> dict[str, Any] | None:
        """How far its optimizer is; None if none runs."""
        name = PROGRESS + program
        if name not in self.session or self._is_silent(name):
            return None
        told: dict[str, Any] = self.session[name]
        return told

    def _delete(self, names: list[str]) -> None:
        for name in names:
            if name in self.session:
                del self.session[name]

    def _is_orphan(self, name: str) -> bool:
        for prefix in (_EXECUTIONS, PROGRESS):
            if name.startswith(prefix):
                gone = _PROGRAM + name[len(prefix) :] not in self.session
                return gone or (prefix == PROGRESS and self._is_silent(name))
        return False

    def _is_silent(self, progress: str) -> bool:
        written_at = self._written_at(progress)
        return written_at is not None and written_at + _SILENT < now_utc()

    def _written_at(self, name: str) -> datetime | None:
        seconds = self.session.info(name).written_at
        return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)

    def _stored_ids(self) -> list[str]:
        names = [name for name in self.session if name.startswith(_PROGRAM)]
        if self.scope == "global":
            self.session.prefetch(*names)
        return [name[len(_PROGRAM) :] for name in names]

    def _expired(self, program: str, now: str) -> bool:
        if self.scope == "session":
            return False
        expires_at = self.session[_PROGRAM + program].get("expires_at")
        return expires_at is not None and expires_at <= now


@dataclasses.dataclass(frozen=True)
class Places:
    """The scopes that a call can reach."""

    session: Place | None
    shared: Place

    @classmethod
    def of(cls, session: Session | None, shared: Session) -> Places:
        """A session that ends with its call is as none: what is stored there would be gone at once."""
        session = lasting(session)
        return cls(None if session is None else Place("session", session), Place("global", shared))

    def at(self, scope: Scope) -> Place:
        """``CallRefused`` if the call has no session."""
        if scope == "global":
            return self.shared
        if self.session is None:
            raise no_session("make it in one, or use the scope 'global'")
        return self.session

    def chosen(self, scope: Scope | None) -> list[Place]:
        """The scope that was asked for, or all: the session before what is global."""
        if scope is not None:
            return [self.at(scope)]
        return [place for place in (self.session, self.shared) if place is not None]

    def require(self, program: str, scope: Scope | None) -> tuple[Place, Program]:
        """``CallRefused`` if there is no such program."""
        for place in self.chosen(scope):
            found = place.find(checked_id(program))
            if found is not None:
                return place, found
        raise not_found(
            program, "this session and among the global ones" if scope is None else f"scope {scope}"
        )


def lasting(session: Session | None) -> Session | None:
    """None for a temporary session, such as the one that a call has which was made without any."""
    return None if session is None or session.kind == _TEMPORARY else session


def no_session(advice: str) -> CallRefused:
    return illegal(f"this call has no session, or a temporary one; {advice}")


def checked_id(program: str, argument: str = "program_id") -> str:
    if not _ID.fullmatch(program):
        raise invalid(argument, "must be 1 to 200 letters, digits, '.', '_', ':' and '-'")
    return program


def most_global() -> int:
    """How many global programs there may be. ``CallRefused`` if the environment gives no number."""
    text = os.environ.get(_MOST_GLOBAL, "400")
    if not (text.isascii() and text.isdigit()):
        raise illegal(f"{_MOST_GLOBAL} in the pool's environment must be a number, not {text[:40]!r}")
    return int(text)


def text_of(moment: datetime) -> str:
    """RFC 3339, in UTC, with milliseconds: such texts are in the order of time."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_utc() -> datetime:
    return datetime.now(timezone.utc)
