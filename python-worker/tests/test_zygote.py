# SPDX-License-Identifier: Apache-2.0
"""The zygote itself: preloading, falling back to spawn, surviving what comes from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import Connection, Pool, until

Pools = Callable[..., Pool]
Writer = Callable[[str, str], Path]

THREAD = """
import threading
threading.Thread(target=threading.Event().wait, name='eager', daemon=True).start()
"""


def environment(directory: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(directory), str(Path(__file__).parent.parent / "src")])}


def test_ready_must_say_who_the_zygote_is(pool: Pool) -> None:
    ready = pool.ready
    assert ready["pid"] == pool.process.pid
    assert (ready["nonce"], ready["generation"]) == (pool.nonce, 1)
    assert (ready["start"], ready["startReason"]) == ("fork", None)


def test_preloaded_modules_must_be_in_the_worker_before_it_imports(pools: Pools) -> None:
    worker = pools(preload=["wave"]).worker()
    assert "wave" in worker.call("f.process")["modules"]


def test_spawned_workers_must_not_preload(pools: Pools) -> None:
    pool = pools(preload=["wave"], start="spawn")
    assert (pool.ready["start"], pool.ready["startReason"]) == ("spawn", None)
    assert "wave" not in pool.worker().call("f.process")["modules"]


def test_a_preload_that_starts_a_thread_must_turn_to_spawn_and_be_named(
    pools: Pools, write_module: Writer
) -> None:
    directory = write_module("eager_module", THREAD)
    pool = pools(preload=["wave", "eager_module"], environment=environment(directory))
    assert pool.ready["pid"] == pool.process.pid
    assert pool.ready["start"] == "spawn"
    assert pool.ready["startReason"] == "preload of 'eager_module' started a thread (eager)"
    worker = pool.worker()
    assert worker.hello["start"] == "spawn"
    assert worker.call("f.echo", text="hi") == "hi"


def test_a_thread_that_appears_later_must_make_that_worker_spawn(pools: Pools, write_module: Writer) -> None:
    late = (
        "import signal, threading\n"
        "def start(*_):\n"
        "    threading.Thread(target=threading.Event().wait, name='late', daemon=True).start()\n"
        "signal.signal(signal.SIGUSR1, start)\n"
    )
    pool = pools(preload=["late_module"], environment=environment(write_module("late_module", late)))
    assert pool.worker("one").hello["start"] == "fork"
    os.kill(pool.ready["pid"], signal.SIGUSR1)
    until(lambda: len(os.listdir(f"/proc/{pool.ready['pid']}/task")) == 2, "the late thread")
    assert pool.worker("two").hello["start"] == "spawn"


def test_numpy_must_be_preloaded_without_threads(pools: Pools) -> None:
    pytest.importorskip("numpy")
    pool = pools(preload=["numpy", "numpy.linalg"])
    assert pool.ready["start"] == "fork"
    assert "numpy" in pool.worker().call("f.process")["modules"]


def test_a_preload_that_does_not_import_must_be_reported(pools: Pools) -> None:
    pool = pools(preload=["no_such_module"], wait_ready=False)
    failed = pool.report("failed")
    assert failed["type"] == "ModuleNotFoundError"
    assert "no_such_module" in failed["message"]
    assert "no_such_module" in failed["traceback"]
    assert pool.process.wait(5) == 3


@pytest.mark.parametrize("code", ["import time; time.sleep(1000)", "sum(range(10**12))"])
def test_the_zygote_must_die_with_the_server_while_it_preloads(
    pools: Pools, write_module: Writer, code: str
) -> None:
    directory = write_module("slow_module", f"open('preloading', 'w').close()\n{code}\n")
    pool = pools(preload=["slow_module"], environment=environment(directory), wait_ready=False)
    until((pool.home / "preloading").exists, "the preload to begin")
    pool.control.close()
    assert pool.process.wait(3) == -signal.SIGIO


def test_orders_that_wait_must_not_hurt_a_zygote_that_preloaded(pools: Pools) -> None:
    pool = pools(preload=["wave"])
    requests = [pool.order("ping") for _ in range(100)]
    for request in requests:
        pool.report("pong", request_id=request)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_for_the_whole_service_must_not_end_the_zygote(pool: Pool, number: signal.Signals) -> None:
    os.kill(pool.ready["pid"], number)
    assert pool.worker().call("f.echo", text="hi") == "hi"


def test_the_zygote_must_lead_its_own_session(pool: Pool) -> None:
    assert os.getsid(pool.ready["pid"]) == pool.ready["pid"]


def test_a_socket_path_that_is_too_long_must_be_refused(pools: Pools, tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 90)
    pool = pools(directory=str(directory))
    request = pool.order("start", worker="w-1", nonce="n")
    assert "longer than 104 bytes" in pool.report("refused", request_id=request)["message"]


def test_a_directory_that_vanished_must_be_refused(pool: Pool) -> None:
    os.rmdir(pool.config["directory"])
    request = pool.order("start", worker="w-1", nonce="n")
    assert "can not be started" in pool.report("refused", request_id=request)["message"]
    assert pool.process.poll() is None


def test_fifty_workers_must_start_and_end_without_leaving_descriptors(pool: Pool) -> None:
    fds = f"/proc/{pool.ready['pid']}/fd"
    pool.worker("warm").close()
    pool.report("exited")
    before = len(os.listdir(fds))
    for round_ in range(5):
        workers: list[Connection] = [pool.worker(f"w-{round_}-{n}") for n in range(10)]
        for worker in workers:
            worker.close()
        for _ in workers:
            assert pool.report("exited")["exitCode"] == 0
    assert len(os.listdir(fds)) == before
    assert os.listdir(pool.config["directory"]) == []
