# SPDX-License-Identifier: Apache-2.0
"""The ladder on a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest

from serpentry._ladder import Ladder, Rung, StopOrder

ALL = ["bye", "cancel", "interrupt", "abort", "kill"]


def order(words: list[str], *, request: int = 7, cancel: float = 2000, kill: float = 1000) -> StopOrder:
    return StopOrder.from_fields(
        {"ladder": words, "request": request, "cancelGraceMillis": cancel, "killGraceMillis": kill}
    )


def walk(ladder: Ladder, *times: float) -> list[str]:
    taken = [(time, ladder.climb(time)) for time in times]
    return [f"{rung.word}@{time:g}" for time, rung in taken if rung is not None]


def test_each_rung_must_be_given_its_grace() -> None:
    ladder = Ladder(order(ALL), 10)
    assert walk(ladder, 10, 10.9, 11, 12.9, 13, 13.9, 14, 15, 99) == [
        "bye@10", "cancel@11", "interrupt@13", "abort@14", "kill@15",
    ]  # fmt: skip
    assert ladder.next_at is None


def test_rungs_that_are_not_ordered_must_not_be_taken() -> None:
    ladder = Ladder(order(["cancel", "kill"]), 0)
    assert walk(ladder, 0, 1.9, 2, 50) == ["cancel@0", "kill@2"]


def test_the_next_time_must_be_known() -> None:
    ladder = Ladder(order(["bye", "kill"]), 5)
    assert ladder.next_at == 5
    ladder.climb(5)
    assert ladder.next_at == 6
    ladder.climb(6)
    assert ladder.next_at is None


def test_a_second_order_must_jump_to_its_later_rung() -> None:
    ladder = Ladder(order(ALL), 0)
    walk(ladder, 0)
    ladder.join(order(["abort", "kill"]), 0.5)
    assert walk(ladder, 0.5, 1, 1.5) == ["abort@0.5", "kill@1.5"]


def test_a_second_order_must_not_take_rungs_again_nor_slow_the_first() -> None:
    ladder = Ladder(order(ALL), 0)
    walk(ladder, 0, 1, 3)
    ladder.join(order(ALL, cancel=60_000, kill=60_000), 3.5)
    assert walk(ladder, 3.5, 4, 5) == ["abort@4", "kill@5"]


def test_a_second_order_must_hurry_the_first() -> None:
    ladder = Ladder(order(ALL, kill=60_000), 0)
    walk(ladder, 0)
    ladder.join(order(ALL, kill=1000), 10)
    assert walk(ladder, 10, 11, 13) == ["cancel@11", "interrupt@13"]


def test_a_second_order_must_go_on_where_the_first_ended() -> None:
    ladder = Ladder(order(["bye"]), 0)
    walk(ladder, 0)
    assert ladder.next_at is None
    ladder.join(order(["bye", "kill"]), 5)
    assert walk(ladder, 5, 6) == ["kill@6"]


def test_a_second_order_of_nothing_new_must_change_nothing() -> None:
    ladder = Ladder(order(["kill"]), 0)
    walk(ladder, 0)
    ladder.join(order(["bye"]), 1)
    assert ladder.next_at is None
    assert ladder.current is Rung.KILL


def test_the_request_must_be_the_first_that_is_named() -> None:
    ladder = Ladder(order(["bye"], request=0), 0)
    ladder.join(order(["cancel"], request=9), 0)
    ladder.join(order(["kill"], request=10), 0)
    assert ladder.request == 9


@pytest.mark.parametrize("first", range(5))
@pytest.mark.parametrize("second", range(5))
@pytest.mark.parametrize("at", [0, 0.5, 1, 2.5, 4])
def test_no_second_order_must_ever_delay_the_kill(first: int, second: int, at: float) -> None:
    def killed_at(join: bool) -> float:
        ladder = Ladder(order(ALL[first:]), 0)
        for step in range(200):
            now = step / 10
            if join and now == at:
                ladder.join(order(ALL[second:], cancel=9000, kill=9000), now)
            if ladder.climb(now) is Rung.KILL:
                return now
        return 99

    assert killed_at(True) <= killed_at(False) < 99


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ladder": "kill"},
        {"ladder": []},
        {"ladder": ["jump"]},
        {"ladder": ["kill", "kill"]},
        {"ladder": ["abort", "bye"]},
        {"ladder": ["kill"], "request": "1"},
        {"ladder": ["kill"], "cancelGraceMillis": -1},
        {"ladder": ["kill"], "killGraceMillis": None},
    ],
)
def test_an_order_that_makes_no_sense_must_be_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|out of order"):
        StopOrder.from_fields(fields)
