# SPDX-License-Identifier: Apache-2.0
"""What runs in a worker, without a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serpentry import _running
from serpentry._running import Leaving, Running


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running(2)
    yield running
    for slot in running.slots():
        running.close(slot)
    _running._current.set(None)


class TestLose:
    def test_a_worker_that_has_lost_a_call_must_begin_no_other_on_any_channel(self, running: Running) -> None:
        one, two = running.open(1001), running.open(1002)
        call = running.begin(one, 1)

        running.lose(call)

        assert call.cancelled
        with pytest.raises(Leaving):
            running.begin(two, 1)

    def test_a_call_that_runs_elsewhere_must_go_on(self, running: Running) -> None:
        one, two = running.open(1001), running.open(1002)
        other = running.begin(two, 1)

        running.lose(running.begin(one, 1))

        assert not other.cancelled
        assert running.rest(one)
        assert not running.rest(two)
