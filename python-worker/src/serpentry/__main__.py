# SPDX-License-Identifier: Apache-2.0
"""``python -m serpentry``: ``zygote`` and ``worker`` for the server, ``ls`` and ``call`` for developers,
``sessions`` for operators."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["sessions"]:
        # Not declared below: the zygote, and so each worker, would carry an HTTP client.
        from serpentry._sessions import run_sessions

        return run_sessions(given[1:])
    parser = argparse.ArgumentParser(prog="python -m serpentry", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_zygote(commands.add_parser("zygote", help="(the server) supervise the workers of one pool"))
    _add_worker(commands.add_parser("worker", help="(the zygote) be a worker"))
    _add_ls(commands.add_parser("ls", help="list the functions that a Python module registers"))
    _add_call(commands.add_parser("call", help="call a function as the server would"))
    commands.add_parser("sessions", help="look at the sessions of a server")
    options = parser.parse_args(given)
    return int(options.run(options))


def _add_zygote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", metavar="CONFIG.json")
    parser.add_argument("--control", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--spawn", help=argparse.SUPPRESS)
    parser.set_defaults(run=_zygote)


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="JSON")
    parser.set_defaults(run=_worker)


def _add_ls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module")
    parser.add_argument("--path", default=os.getcwd(), help="directory of the module")
    parser.set_defaults(run=_ls)


def _add_call(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("function", metavar="MODULE.FUNCTION")
    parser.add_argument("arguments", metavar="JSON-ARGUMENTS", nargs="?", default="{}")
    parser.add_argument("--path", default=os.getcwd(), help="directory of the module")
    parser.add_argument("--session", metavar="FILE.json", help="entries of a session; written on success")
    parser.add_argument("--shared", metavar="FILE.json", help="the same for the pool's shared session")
    parser.set_defaults(run=_call)


def _zygote(options: argparse.Namespace) -> int:
    from serpentry._supervise import run_zygote

    return run_zygote(options.config, options.control, options.spawn)


def _worker(options: argparse.Namespace) -> int:
    from serpentry._worker import WorkerPlan, run_worker

    run_worker(WorkerPlan.from_json(options.plan))


def _ls(options: argparse.Namespace) -> int:
    from serpentry._developer import list_functions

    return list_functions(options.module, options.path)


def _call(options: argparse.Namespace) -> int:
    from serpentry._developer import call_function

    return call_function(options.function, options.arguments, options.path, options.session, options.shared)


if __name__ == "__main__":
    sys.exit(main())
