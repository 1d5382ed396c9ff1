"""Facts for and against: each is said when it is so, and not otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from pipelines.circumstances import facts_against, facts_for, has_grown, is_late
from pipelines.history import Histories, History
from pipelines.message import Message
from rules.examples import JO, OAK, RIVER, ExampleDistrict, message
from rules.model import Conversation, Evidence, Label, Match
from tests.factories import purpose

MATCH = Match((Evidence("because"),), (JO,), 0.9)
FIRST = datetime(2025, 10, 1, 15)


def history(**changes: object) -> History:
    """An ordinary history."""
    return replace(History(8, 4, 0, FIRST, recent=1.0, before=1.0), **changes)  # type: ignore[arg-type]


class Known(Histories):
    """Histories that hold one pair."""

    def __init__(self, one: History) -> None:
        super().__init__()
        self.one = one

    def of(self, staff: object, student: object) -> History | None:
        return self.one if (staff, student) == (RIVER, JO) else None


def told(one: Message, known: Histories, before: tuple[Message, ...] = ()) -> tuple[str, str]:
    """Facts for and against a message, each as one text."""
    thread = (*before, one)
    around = Conversation(thread, len(before), ExampleDistrict(), purpose(Label.PERSONAL))
    pro = facts_for(one, around, (RIVER,), (JO,), known)
    con = facts_against(one, around, (RIVER,), MATCH, (JO,), known)
    return "; ".join(pro), "; ".join(con)


NIGHT = message("2025-10-14T22:30", "still up")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"first": datetime(2025, 10, 12, 9)},
            "first private message in this log is of 12",
        ),
        ({"late": 4}, "4 of the 8 private messages between them were sent between 22:00 and 5:00"),
        ({"before": 1.0, "recent": 6.0}, "grew from 1.0 to 6.0 a week"),
        ({"by_staff": 7}, "the staff member wrote 7 of the 8 private messages"),
    ],
)
def test_what_the_log_shows_of_two_people_is_said(change: dict[str, object], sentence: str) -> None:
    assert sentence in told(NIGHT, Known(history(**change)))[0]
    assert sentence not in told(NIGHT, Known(history()))[0]
    assert sentence not in told(NIGHT, Histories())[0]


def test_a_student_who_writes_most_is_said() -> None:
    assert "the student wrote 7 of the 8" in told(NIGHT, Known(history(by_staff=1)))[1]
    assert "the student wrote" not in told(NIGHT, Known(history()))[1]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("are you there?", "own question"), ("thx", "own message"), (None, "")],
)
def test_an_answer_is_told_from_a_first_message(asked: str | None, sentence: str) -> None:
    before = (message("2025-10-14T22:10", asked, sender=JO, to=(RIVER,), key="q"),) if asked else ()
    pro, con = told(NIGHT, Histories(), before)
    assert ("answers the student's " + sentence in con) == bool(asked)
    assert ("the first message of the thread" in pro) == (not asked)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Lockdown lifted, call home", "lockdown"),
        ("la ambulancia ya llegó", "ambulancia"),
        ("call 988 any time", "988"),
        ("room 911b is open", ""),
        ("the play is urgently fun", "urgently"),
        ("see you", ""),
    ],
)
def test_emergency_words_are_said(text: str, named: str) -> None:
    con = told(message("2025-10-14T22:30", text), Histories())[1]
    assert (f'emergency ("{named}")' in con) == bool(named)


def test_company_and_audience_are_said() -> None:
    assert "second adult" in told(message("2025-10-14T22:30", "hi", to=(JO, OAK)), Histories())[1]
    assert "24 students" in told(message("2025-10-14T22:30", "hi", audience=24), Histories())[1]


@pytest.mark.parametrize(
    ("at", "late"), [("21:59", False), ("22:00", True), ("04:59", True), ("05:00", False)]
)
def test_late_is_a_matter_of_the_clock(at: str, late: bool) -> None:
    assert is_late(message(f"2025-10-14T{at}")) is late


@pytest.mark.parametrize(
    ("before", "recent", "grown"),
    [(0.0, 9.0, False), (1.0, 2.9, False), (1.0, 3.0, True), (4.0, 11.0, False), (4.0, 12.0, True)],
)
def test_growth_needs_a_time_before(before: float, recent: float, grown: bool) -> None:
    assert has_grown(history(before=before, recent=recent)) is grown
