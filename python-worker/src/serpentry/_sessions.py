# SPDX-License-Identifier: Apache-2.0
"""``serpentry sessions ls|show|trace|stats``: a server's sessions at a terminal."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from serpentry._rest import Problem, Rest, ServerEvent, segment

_PASSWORD = "SERPENTRY_PASSWORD"
_URL = "http://localhost:8080/serpentry"
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_KIBI = 1024
_ENDED = "session.ended"

Printed = dict[str, Any]


def run_sessions(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="serpentry sessions", description=__doc__)
    commands = parser.add_subparsers(dest="subcommand", required=True)
    listing = _command(commands.add_parser("ls", help="list sessions", allow_abbrev=False), _ls)
    listing.add_argument("--filter", metavar="NAME:VALUE,…", help="owner, kind, state")
    listing.add_argument("--q", metavar="TEXT", help="a part of the id, the owner or a metadata value")
    listing.add_argument("--sort", help="createdAt, -createdAt (unless given), id or -id")
    _add_pages(listing)
    show = _command(
        commands.add_parser("show", help="show one session and its entries", allow_abbrev=False), _show
    )
    show.add_argument("id")
    trace = _command(
        commands.add_parser(
            "trace", help="tell a session's life, also of one that has ended", allow_abbrev=False
        ),
        _trace,
    )
    trace.add_argument("id")
    trace.add_argument("--follow", action="store_true", help="go on with its events until it ends")
    _add_pages(trace)
    _command(commands.add_parser("stats", help="what the store holds", allow_abbrev=False), _stats)

    options = parser.parse_args(arguments)
    return int(options.run(options))


def _command(
    parser: argparse.ArgumentParser, run: Callable[[Rest, argparse.Namespace], None]
) -> argparse.ArgumentParser:
    parser.add_argument("--url", default=_URL, help=f"of the server ({_URL})")
    parser.add_argument("--user", default="admin", help="who asks (admin)")
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help=f"its first line; else {_PASSWORD} in the environment, else a prompt",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one document in a line")
    parser.set_defaults(run=lambda options: _run(run, options))
    return parser


def _add_pages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, help="how many at most, 1 to 500 (100 unless given)")
    parser.add_argument("--all", action="store_true", help="page after page")


def _run(run: Callable[[Rest, argparse.Namespace], None], options: argparse.Namespace) -> int:
    """Exit status 0, or 1 after a problem, which stderr tells."""
    try:
        run(Rest(options.url, options.user, _password(options)), options)
        sys.stdout.flush()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever reads has seen enough. What is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


def _password(options: argparse.Namespace) -> str:
    if options.password_file:
        try:
            return Path(options.password_file).read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
        except (OSError, ValueError) as failure:
            raise Problem(f"the password can not be read: {failure}") from failure
    from_environment = os.environ.get(_PASSWORD)
    if from_environment is not None:
        return from_environment
    try:
        return getpass.getpass(f"Password of {options.user}: ")
    except EOFError as failure:
        raise Problem(f"no password; set {_PASSWORD} or give --password-file") from failure


# ---- commands


def _ls(rest: Rest, options: argparse.Namespace) -> None:
    query = _given({"filter": options.filter, "q": options.q, "sort": options.sort, "limit": options.limit})
    sessions = rest.items("/sessions", query, options.all)
    if options.json:
        _print_json(sessions)
        return
    _print_table(
        ("ID", "OWNER", "KIND", "STATE", "REV", "ENTRIES", "SIZE", "ACCESSED", "EXPIRES"), map(_row, sessions)
    )


def _row(session: Printed) -> tuple[str, ...]:
    return (
        session["id"],
        session["owner"],
        session["kind"],
        session["state"],
        str(session["revision"]),
        str(session["entryCount"]),
        _size(session["bytes"]),
        _time(session["lastAccessedAt"]),
        _time(session["expiresAt"]),
    )


def _show(rest: Rest, options: argparse.Namespace) -> None:
    session = rest.get(f"/sessions/{segment(options.id)}")
    if options.json:
        _print_json([session])
        return
    for name, value in session.items():
        if name not in ("entries", "metadata"):
            print(f"{name + ':':<16}{_value(name, value)}")
    for key, value in session["metadata"].items():
        print(f"{'metadata:':<16}{key} = {value}")
    print()
    _print_table(
        ("ENTRY", "MEDIA TYPE", "SIZE", "VERSION", "WRITTEN", "BY"),
        (
            (
                entry["name"],
                entry["mediaType"],
                _size(entry["size"]),
                str(entry["version"]),
                _time(entry["writtenAt"]),
                entry["writtenBy"],
            )
            for entry in session["entries"]
        ),
    )


def _trace(rest: Rest, options: argparse.Namespace) -> None:
    # The stream begins before the trace is read, so that nothing falls between the two.
    events = rest.events() if options.follow else iter(())
    seen: set[str] = set()
    ended = False
    show = _print_step_json if options.json else _print_step
    path, query = f"/sessions/{segment(options.id)}/events", _given({"limit": options.limit})
    for step in rest.items(path, query, options.follow or options.all):
        seen.add(step["id"])
        ended = step["what"] == _ENDED
        show(step)
    if options.follow and not ended:
        _follow(events, options.id, seen, show)


def _follow(
    events: Iterator[ServerEvent], session: str, seen: set[str], show: Callable[[Printed], None]
) -> None:
    sys.stdout.flush()
    for event in events:
        if event.type == "gap":
            continue
        step = _step(event.data)
        if step["data"].get("session") != session or step["id"] in seen:
            continue
        show(step)
        sys.stdout.flush()
        if step["what"] == _ENDED:
            return
    raise Problem("the server has ended the stream")


def _step(event: Printed) -> Printed:
    return {
        "id": f"event-{event['id']}",
        "at": event["at"],
        "kind": "event",
        "what": event["type"],
        "by": event["node"],
        "data": event["data"],
    }


def _stats(rest: Rest, options: argparse.Namespace) -> None:
    statistics = rest.get("/sessions/statistics")
    if options.json:
        _print_json([statistics])
        return
    for kind, count in statistics["sessions"].items():
        print(f"{kind + ' sessions:':<20}{count}")
    for name, value in statistics.items():
        if name != "sessions":
            print(f"{name + ':':<20}{_value(name, value)}")


# ---- text


def _given(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}


def _print_json(documents: Iterable[Printed]) -> None:
    for document in documents:
        print(json.dumps(document, ensure_ascii=False))


def _print_step_json(step: Printed) -> None:
    _print_json([step])


def _print_step(step: Printed) -> None:
    time, what, by = _time(step["at"], millis=True), _clean(step["what"]), _clean(step["by"])
    print(f"{time}  {step['kind']:<8}  {what:<14}  {by:<12}  {_data(step)}".rstrip())


def _data(step: Printed) -> str:
    data = dict(step["data"])
    changes = data.pop("changes", [])
    data.pop("session", None)
    parts = [f"{name}={_plain(value)}" for name, value in data.items()]
    parts += [f"-{c['name']}" if c["removed"] else f"+{c['name']}@{c['version']}" for c in changes]
    return " ".join(parts)


def _plain(value: Any) -> str:
    return _clean(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _clean(text: str) -> str:
    """Nothing that a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _value(name: str, value: Any) -> str:
    if name.endswith("At") or name == "oldest":
        return _time(value)
    if name == "bytes":
        return _size(value)
    return _plain(value)


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as the widest of them; numbers to the right."""
    table = [list(head)] + [[_clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    right = [name in ("REV", "ENTRIES", "SIZE", "VERSION") for name in head]
    for row in table:
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _time(instant: str, millis: bool = False) -> str:
    """An instant in the terminal's own time zone."""
    text = instant.replace("Z", "+00:00")
    head, dot, rest = text.partition(".")
    if dot:
        digits, sign, zone = rest.partition("+")
        text = f"{head}.{digits[:6].ljust(6, '0')}{sign}{zone}"
    local = datetime.fromisoformat(text).astimezone()
    return local.isoformat(" ", "milliseconds" if millis else "seconds")[: 23 if millis else 19]


def _size(count: int) -> str:
    size = float(count)
    for unit in _UNITS[:-1]:
        if size < _KIBI:
            return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= _KIBI
    return f"{size:.1f} {_UNITS[-1]}"
