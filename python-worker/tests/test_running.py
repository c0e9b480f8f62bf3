# SPDX-License-Identifier: Apache-2.0
"""What runs in a worker, without a worker."""

from __future__ import annotations

import socket
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


class TestHungUp:
    def test_a_channel_that_got_the_number_of_one_that_hung_up_must_stay(self, running: Running) -> None:
        near, far = socket.socketpair()
        with near, far:
            slot = running.open(near.fileno())
            running.begin(slot, 1)

            assert running.hung_up(near.fileno()) is None
            assert not slot.hung_up

            far.close()

            assert running.hung_up(near.fileno()) is slot
            running.close(slot)
