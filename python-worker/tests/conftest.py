# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from dspy_kit import KEY, KEY_VARIABLE, LanguageModel, Programs, Workers
from harness import Connection, Pool
from store import Store

MODULES = Path(__file__).parent / "modules"


@pytest.fixture
def pools() -> Iterator[Callable[..., Pool]]:
    """Starts pools with any configuration and ends them after the test."""
    with ExitStack() as stack:
        yield lambda modules_dir=MODULES, **config: stack.enter_context(Pool(modules_dir, **config))


@pytest.fixture
def pool(pools: Callable[..., Pool]) -> Pool:
    return pools()


@pytest.fixture
def worker(pool: Pool) -> Connection:
    return pool.worker()


@pytest.fixture
def write_module(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes one Python module and returns its directory."""

    def write(name: str, text: str) -> Path:
        (tmp_path / f"{name}.py").write_text(text)
        return tmp_path

    return write


@pytest.fixture(scope="session")
def dspy_pool() -> Iterator[Pool]:
    """A pool that has DSPy loaded before it forks; its workers have the key of the language model."""
    environment = {
        KEY_VARIABLE: KEY,
        "OPENBLAS_NUM_THREADS": "1",
        "SERPENTRY_DSPY_KEY_VARIABLES": "LISTED, OTHER",
    }
    config: dict[str, Any] = {"modules": ["programs"], "preload": ["serpentry.dspy"]}
    with Pool(MODULES, environment=environment, **config) as pool:
        yield pool


@pytest.fixture
def dspy_workers(dspy_pool: Pool) -> Iterator[Workers]:
    workers = Workers(dspy_pool)
    yield workers
    workers.end_all()


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with LanguageModel() as model:
        yield model


@pytest.fixture
def programs(dspy_workers: Workers, model: LanguageModel) -> Programs:
    """A worker with an empty session and an empty shared one, and the model configured for all."""
    programs = Programs(dspy_workers.start(), Store(), Store("shared-default"), model)
    programs.configure()
    return programs


def pytest_make_parametrize_id(val: Any) -> str | None:
    return val if isinstance(val, str) and len(val) < 40 else None
