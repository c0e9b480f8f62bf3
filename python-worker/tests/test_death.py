# SPDX-License-Identifier: Apache-2.0
"""Whoever dies, nobody stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import Connection, Pool, alive, until, until_busy, until_dead
from serpentry import _linux

Pools = Callable[..., Pool]
SPINS = pytest.mark.parametrize(
    ("function", "said"),
    [
        ("", b""),
        ("f.sleep", b"asleep"),
        ("f.spin_in_python", b"spinning"),
        ("f.spin_in_native_code", b"spinning"),
    ],
    ids=["idle", "sleeping", "spinning in Python", "spinning in native code"],
)


@pytest.fixture
def victims() -> Iterator[list[int]]:
    """Pids that must not survive the test, whatever happens in it."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def busy(pool: Pool, function: str, said: bytes, name: str = "w-1") -> Connection:
    worker = pool.worker(name)
    if function:
        worker.begin(function)
        pool.wait_for_output(said)
    if said == b"spinning":
        until_busy(worker.hello["pid"])
    return worker


@pytest.mark.parametrize("start", ["fork", "spawn"])
@SPINS
def test_a_worker_must_die_with_its_zygote(pools: Pools, start: str, function: str, said: bytes) -> None:
    pool = pools(start=start)
    worker = busy(pool, function, said)
    os.kill(pool.ready["pid"], signal.SIGKILL)
    until_dead(worker.hello["pid"], deadline=3)


@pytest.mark.parametrize("start", ["fork", "spawn"])
@SPINS
def test_everything_must_die_when_the_server_is_gone(
    pools: Pools, start: str, function: str, said: bytes
) -> None:
    pool = pools(start=start)
    worker = busy(pool, function, said)
    pool.control.close()
    until_dead(worker.hello["pid"], pool.ready["pid"], deadline=3)
    assert pool.process.wait(3) == 0
    assert not os.path.exists(pool.config["directory"])


def test_a_worker_must_die_when_the_server_closes_the_channel_of_a_running_call(pool: Pool) -> None:
    worker = busy(pool, "f.sleep", b"asleep")
    worker.close()
    assert pool.report("exited")["signalName"] == "SIGKILL"


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_killed_worker_must_be_reported_with_its_signal(pool: Pool, name: str) -> None:
    started = pool.started()
    worker = pool.connect(started["socket"]).greet()
    worker.begin("f.leave", {"how": name})
    exited = pool.report("exited")
    number = signal.Signals[name].value
    assert (exited["pid"], exited["exitCode"]) == (started["pid"], None)
    assert (exited["signal"], exited["signalName"]) == (number, name)
    assert ("in leave" in exited["dump"]) == (name != "SIGKILL")
    assert worker.receive() is None
    assert not os.path.exists(started["socket"])


def test_an_exit_that_passes_by_the_interpreter_must_be_reported_with_its_status(pool: Pool) -> None:
    worker = pool.worker()
    worker.begin("f.leave", {"how": "os._exit"})
    assert pool.report("exited")["exitCode"] == 7


def test_a_name_must_be_free_again_after_its_worker_died(pool: Pool) -> None:
    first = pool.worker()
    first.close()
    pool.report("exited")
    assert pool.worker().call("f.count") == 1


def test_a_death_must_not_touch_the_other_workers(pool: Pool) -> None:
    one, two = pool.worker("one"), pool.worker("two")
    os.kill(one.hello["pid"], signal.SIGKILL)
    pool.report("exited", worker="one")
    assert two.call("f.echo", text="alive") == "alive"


def test_children_of_a_worker_must_die_with_it(pool: Pool, victims: list[int]) -> None:
    worker = pool.worker()
    victims.append(worker.call("f.child", command=["sleep", "1000"]))
    os.kill(worker.hello["pid"], signal.SIGKILL)
    pool.report("exited")
    until_dead(*victims)


def test_a_grandchild_that_holds_the_sockets_must_not_hide_the_death(pool: Pool, victims: list[int]) -> None:
    worker = pool.worker()
    victims.append(worker.call("f.child_with_sockets"))
    os.kill(worker.hello["pid"], signal.SIGKILL)
    assert pool.report("exited")["signalName"] == "SIGKILL"
    assert alive(victims[0])


def test_a_grandchild_in_its_own_session_must_die_with_the_server(pool: Pool, victims: list[int]) -> None:
    worker = pool.worker()
    victims.append(worker.call("f.child", command=["sleep", "1000"], session=True))
    pool.control.close()
    until_dead(*victims)


def test_an_orphan_must_be_reaped_by_the_zygote(pool: Pool) -> None:
    worker = pool.worker()
    command = [sys.executable, "-c", "import os; print(os.getpid(), flush=True); os.fork() and os._exit(0)"]
    worker.call("f.child", command=command, session=True)
    zygote = pool.ready["pid"]
    until(lambda: not zombies_of(zygote), "the zygote leaves zombies")


def zombies_of(parent: int) -> list[int]:
    text = subprocess.run(
        ["ps", "-o", "pid=,stat=", "--ppid", str(parent)], capture_output=True, text=True
    ).stdout
    return [int(line.split()[0]) for line in text.splitlines() if line.split()[1].startswith("Z")]


def test_a_new_zygote_must_sweep_what_a_dead_one_left(pools: Pools, victims: list[int]) -> None:
    first = pools()
    worker = first.worker()
    victims.append(worker.call("f.child", command=["sleep", "1000"], session=True))
    first.process.kill()
    until_dead(worker.hello["pid"], first.ready["pid"])
    assert alive(victims[0])
    pools(sweep=[first.nonce])
    until_dead(*victims)


def test_a_sweep_must_spare_itself_and_processes_that_only_look_alike(victims: list[int]) -> None:
    variable = _linux.NONCE_VARIABLE
    for environment in ({variable: "abcdef"}, {variable: "abc", "A": "b"}, {"X": f"{variable}=abc"}):
        victims.append(subprocess.Popen(["sleep", "1000"], env={**os.environ, **environment}).pid)
    until(lambda: all(b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in victims), "exec")
    assert _linux.sweep(["abc", ""]) == 1
    until_dead(victims[1])
    assert alive(victims[0])
    assert alive(victims[2])


def test_a_worker_must_die_when_the_zygote_died_before_it_was_ready(pools: Pools) -> None:
    pool = pools(start="spawn")
    pid = pool.started()["pid"]
    os.kill(pool.ready["pid"], signal.SIGKILL)
    until_dead(pid, deadline=3)
