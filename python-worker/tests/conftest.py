# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness import Connection, Pool

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


def pytest_make_parametrize_id(val: Any) -> str | None:
    return val if isinstance(val, str) and len(val) < 40 else None
