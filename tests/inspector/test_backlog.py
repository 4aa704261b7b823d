"""Batches: numbered, bounded, the newest first, and nothing told twice or lost."""

from __future__ import annotations

import json
from typing import Any

from nbflask.inspector.backlog import MAX_BATCH_BYTES, MAX_DETAILS_BYTES, Backlog

Row = dict[str, Any]


def build(sizes: dict[int, int] | None = None, details: dict[int, int] | None = None) -> Backlog:
    """Give a backlog over exchanges of these ids, whose rows and details have such sizes."""

    def tell(number: int, sizes: dict[int, int]) -> Row | None:
        return {"id": number, "text": "x" * sizes[number]} if number in sizes else None

    sizes = {1: 10, 2: 10, 3: 10} if sizes is None else sizes
    return Backlog(lambda each: tell(each, sizes), lambda each: tell(each, details or {}))


def ids(rows: list[Row]) -> list[int]:
    return [each["id"] for each in rows]


def test_an_exchange_that_changed_twice_is_told_of_once() -> None:
    backlog = build()
    backlog.add(changed=[1])
    backlog.add(changed=[1, 2])
    batch = backlog.take()
    assert (batch["kind"], batch["seq"], batch["reset"], batch["evicted"]) == (
        "batch",
        1,
        False,
        [],
    )
    assert ids(batch["rows"]) == [1, 2]
    assert not backlog


def test_batches_are_numbered_in_their_order() -> None:
    backlog = build()
    assert [backlog.take()["seq"] for _ in range(3)] == [1, 2, 3]


def test_what_is_gone_is_told_as_gone_and_has_no_row() -> None:
    backlog = build()
    backlog.add(changed=[1, 2])
    backlog.add(evicted=[1])
    batch = backlog.take()
    assert (ids(batch["rows"]), batch["evicted"]) == ([2], [1])


def test_one_that_vanishes_before_its_batch_is_made_is_passed_over() -> None:
    backlog = build({2: 10})
    backlog.add(changed=[1, 2])
    assert ids(backlog.take()["rows"]) == [2]


def test_a_reset_tells_everything_anew() -> None:
    backlog = build()
    backlog.add(changed=[3], evicted=[9])
    backlog.reset([1, 2, 3])
    batch = backlog.take()
    assert (batch["reset"], ids(batch["rows"]), batch["evicted"]) == (True, [1, 2, 3], [])
    assert backlog.take()["reset"] is False


def test_a_batch_is_bounded_and_the_newest_go_first() -> None:
    backlog = build(dict.fromkeys(range(1, 11), MAX_BATCH_BYTES // 4))
    backlog.reset(range(1, 11))
    batches = []
    while backlog:
        batches.append(backlog.take())
    assert [ids(each["rows"]) for each in batches] == [[8, 9, 10], [5, 6, 7], [2, 3, 4], [1]]
    assert [each["reset"] for each in batches] == [True, False, False, False]
    assert max(len(json.dumps(each)) for each in batches) <= MAX_BATCH_BYTES


def test_a_row_that_is_larger_than_a_batch_is_sent_alone() -> None:
    backlog = build({1: 10, 2: MAX_BATCH_BYTES})
    backlog.add(changed=[1, 2])
    assert ids(backlog.take()["rows"]) == [2]
    assert ids(backlog.take()["rows"]) == [1]


def test_small_details_come_with_their_rows() -> None:
    backlog = build(details={1: 100, 2: MAX_DETAILS_BYTES + 1})
    backlog.add(changed=[1, 2, 3])
    assert ids(backlog.take()["details"]) == [1]


def test_a_touch_asks_for_a_batch_without_rows() -> None:
    backlog = build()
    assert not backlog
    backlog.touch()
    assert backlog
    assert backlog.take()["rows"] == []
    assert not backlog
