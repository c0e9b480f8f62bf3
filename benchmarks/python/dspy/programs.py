# SPDX-License-Identifier: Apache-2.0
"""DSPy programs: what a call of one costs beside the same call in a bare process, and how fast a worker is.

``.venv/bin/python benchmarks/python/dspy/programs.py [ROUNDS]`` prints a Markdown table. The language model
is that of examples/dspy, in a process of its own; workers are real ones, the server's half is played by the
kit of the tests.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "python-worker" / "src"), str(ROOT / "python-worker" / "tests")]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import dspy  # noqa: E402
from harness import Connection, Pool  # noqa: E402
from store import Caller, Store  # noqa: E402

_MODULES = ROOT / "examples" / "dspy" / "modules"
_QUESTION = "What is a resource adapter?"
_CALLS = 40
_STARTS = 5


@contextmanager
def language_model() -> Iterator[str]:
    script = str(ROOT / "examples" / "dspy" / "lm_server.py")
    command = [sys.executable, script, "--port", "0", "--while-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().split()[-1]
        process.stdin.close()


def program_on(worker: Connection, base_url: str) -> Callable[[], Any]:
    """Creates a program through this worker; what is returned executes it there."""
    caller = Caller(worker, Store(), Store("shared-default"))
    model = {"model": "openai/by-rule", "base_url": base_url}
    assert caller.call("dspy.configure_lm", model).value["status"] == "configured"
    program = {"id": "qa", "signature": "question -> answer"}
    assert caller.call("dspy.create_program", program).value["status"] == "created"

    def execute() -> Any:
        arguments = {"program_id": "qa", "inputs": {"question": _QUESTION}}
        return caller.call("dspy.execute_program", arguments).value["outputs"]["answer"]

    return execute


def bare_on(base_url: str) -> Callable[[], Any]:
    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
    lm = dspy.LM("openai/by-rule", base_url=base_url, api_key="none", cache=False)
    program = dspy.Predict("question -> answer")

    def execute() -> Any:
        with dspy.context(lm=lm, disable_history=True):
            return program(question=_QUESTION).answer

    return execute


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def overhead(rounds: int, worker: Connection, base_url: str) -> tuple[float, float, float]:
    """Medians in milliseconds of a bare call and of one in a worker, and of their ratios; taken in turns."""
    bare, ours = bare_on(base_url), program_on(worker, base_url)
    assert bare() == ours()
    pairs = []
    for _ in range(rounds):
        times = [(seconds(bare), seconds(ours)) for _ in range(_CALLS)]
        pairs.append((statistics.median(t for t, _ in times), statistics.median(t for _, t in times)))
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    return statistics.median(b for b, _ in pairs) * 1e3, statistics.median(o for _, o in pairs) * 1e3, ratio


def first_answer(pool: Pool, base_url: str) -> float:
    """The median time in milliseconds from the order for a worker to the result of its first program."""
    times = []
    for number in range(_STARTS):
        begun = time.perf_counter()
        program_on(pool.worker(f"w-{number + 10}"), base_url)()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3


def proportional_kib(worker: Connection) -> int:
    """The proportional set size of the worker's process."""
    lines = Path(f"/proc/{worker.hello['pid']}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main(rounds: int) -> None:
    config: dict[str, Any] = {"modules": ["questions"]}
    with language_model() as base_url, Pool(_MODULES, preload=["serpentry.dspy"], **config) as forked:
        worker = forked.worker("w-1")
        bare, ours, ratio = overhead(rounds, worker, base_url)
        warm = first_answer(forked, base_url)
        memory = proportional_kib(worker)
        with Pool(_MODULES, start="spawn", **config) as spawned:
            cold = first_answer(spawned, base_url)
            cold_worker = spawned.worker("w-1")
            program_on(cold_worker, base_url)()
            cold_memory = proportional_kib(cold_worker)
    print(f"DSPy {dspy.__version__}, {rounds} rounds of {_CALLS} calls, load {os.getloadavg()[0]:.1f}\n")
    rows = [
        ("one call, ms", "`dspy.Predict` alone", bare, "`execute_program`", ours, ratio),
        ("from the order for a worker to its first result, ms", "spawned", cold, "forked", warm, warm / cold),
        (
            "PSS of a worker, MiB",
            "spawned",
            cold_memory / 1024,
            "forked",
            memory / 1024,
            memory / cold_memory,
        ),
    ]
    print("| | beside | | here | | ratio |")
    print("|---|---|---:|---|---:|---:|")
    for what, beside, theirs, here, value, quotient in rows:
        print(f"| {what} | {beside} | {theirs:.2f} | {here} | {value:.2f} | {quotient:.3f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
