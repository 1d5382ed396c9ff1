"""Reading ahead: the same items, in order, and the same error, from a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ahead import ahead


def running() -> list[str]:
    """Names of threads that read ahead."""
    return [one.name for one in threading.enumerate() if one.name == "read-ahead"]


@given(st.lists(st.one_of(st.none(), st.integers(), st.booleans())), st.integers(1, 4))
def test_the_items_come_in_order(items: list[object], depth: int) -> None:
    """None and False are items like others."""
    assert list(ahead(items, depth)) == items
    assert running() == []


def test_an_exception_that_is_an_item_is_an_item() -> None:
    """It is not raised."""
    items = [ValueError("an item"), 1]

    assert list(ahead(items)) == items


@pytest.mark.parametrize("kind", [ValueError, KeyError, SystemExit])
def test_an_error_is_raised_where_the_items_are_used(kind: type[BaseException]) -> None:
    """After the items that came before it: an export cut short must not look whole."""
    error = kind("unreadable")

    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise error

    reading = ahead(items())

    assert [next(reading), next(reading)] == [1, 2]
    with pytest.raises(kind) as caught:
        next(reading)
    assert caught.value is error
    assert running() == []


def test_it_reads_no_further_than_it_may() -> None:
    """`depth` items wait, one more is in hand: memory stays flat."""
    taken: list[int] = []
    reached = threading.Event()

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            if number == 4:
                reached.set()
            yield number

    reading = ahead(items(), depth=3)
    assert next(reading) == 0
    assert reached.wait(10)
    reading.close()  # type: ignore[attr-defined]

    assert taken == [0, 1, 2, 3, 4]


def test_a_consumer_that_leaves_stops_the_thread() -> None:
    """Also in the middle of an endless export."""

    def endless() -> Iterator[int]:
        while True:
            yield 0

    reading = ahead(endless())
    next(reading)
    assert running() == ["read-ahead"]
    reading.close()  # type: ignore[attr-defined]

    assert running() == []


def test_items_are_made_while_earlier_ones_are_used() -> None:
    """In another thread than the consumer's."""
    makers = list(ahead(threading.current_thread() for _ in range(3)))

    assert threading.current_thread() not in makers
