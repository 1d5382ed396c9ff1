"""Histories: numbers between two people, from columns, whatever the batches they came in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from pipelines.contacts import contacts_of
from pipelines.history import Histories, histories
from pipelines.resolve import Resolver
from rules.examples import JO, KAI, OAK, RIVER
from tests.factories import HOURS, NOON, ZONE, batch, directory, row

TEACHER, STUDENT = "email:t1@school.example", "email:s1@students.school.example"
OTHERS = [f"email:s{n}@students.school.example" for n in (2, 9)]


def counted(*rows_: dict[str, object], pieces: int = 1) -> Histories:
    """Histories of rows, in one table or in several."""
    resolver = Resolver(directory(), HOURS, ZONE)
    tables = [
        pa.Table.from_batches([contacts_of(resolver.resolve(batch(*rows_[n::pieces])), ())])
        for n in range(pieces)
    ]
    return histories(tables, directory())


def said(days: float, *, back: bool = False, to: list[str] | None = None) -> dict[str, object]:
    """A message so many days after noon of the first day; back: the student's."""
    at = NOON + timedelta(days=days)
    if back:
        return row(STUDENT, [TEACHER], sent_at=at, native_id=f"{days} back")
    return row(TEACHER, to or [STUDENT], sent_at=at, native_id=f"{days}")


@pytest.mark.parametrize("pieces", [1, 3])
def test_both_directions_nights_and_the_first_are_counted(pieces: int) -> None:
    rows_ = [said(0), said(1, back=True), said(2), said(2.45), said(3, back=True), said(4.7)]
    found = counted(*rows_, pieces=pieces).of(RIVER, JO)
    assert found is not None
    assert (found.messages, found.by_staff) == (6, 4)
    assert found.late == 2  # noon and 0.45 or 0.7 of a day: 22:48 and 4:48
    assert found.first == datetime(2025, 10, 14, 12)


def test_what_went_to_many_is_not_private() -> None:
    many = [STUDENT, *OTHERS, "email:new@students.school.example"]
    assert counted(said(0, to=many)).of(RIVER, JO) is None
    assert counted(said(0, to=[STUDENT, *OTHERS])).of(RIVER, JO) is not None


def test_strangers_have_no_history() -> None:
    found = counted(said(0))
    assert found.of(OAK, JO) is None
    assert found.of(RIVER, KAI) is None
    assert Histories().of(RIVER, JO) is None


def test_growth_is_the_last_two_weeks_beside_the_weeks_before() -> None:
    slow = [said(7 * week) for week in range(4)]
    fast = [said(28 + n / 2) for n in range(20)]
    found = counted(*slow, *fast).of(RIVER, JO)
    assert found is not None
    assert (found.before, found.recent) == (1.0, 10.0)
    young = counted(*fast).of(RIVER, JO)
    assert young is not None
    assert young.before == 0.0
