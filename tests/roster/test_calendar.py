"""Days off: by words, in the district's zone, every decision shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.roster.calendar import is_day_off, plain_text, read_calendar

ZONE = "America/Denver"


def ics(tmp_path: Path, *events: str) -> Path:
    """Write a calendar of events, each given as its lines."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    path = tmp_path / "calendar.ics"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}END:VCALENDAR\n"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    return path


def days_of(tmp_path: Path, *events: str) -> list[str]:
    """Days off of the events, as text."""
    calendar = read_calendar(None, ics(tmp_path, *events), ZONE)
    assert calendar.problems == ()
    return [day.isoformat() for day in sorted(calendar.days_off)]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Thanksgiving Break", True),
        ("Labor Day Holiday", True),
        ("Winter recess", True),
        ("School closed", True),
        ("Teacher Workday. No School for students", True),
        ("Early release; no school Friday", True),
        # stays a school day
        ("Teacher Workday", False),
        ("Early Release", False),
        ("Late Start", False),
        ("Half-day before Winter Break", False),
        ("Classes resume after Spring Break", False),
        ("Holiday Concert", False),
        ("Registration closed", False),
        # says neither
        ("Breakfast with Books", None),
        ("Spirit Week", None),
        ("There is no school bus on route 7", None),
    ],
)
def test_words_decide(text: str, verdict: bool | None) -> None:
    """No school decides alone; other words only when nothing speaks for a school day."""
    assert is_day_off(text, is_all_day=True) is verdict


def test_a_timed_event_is_a_day_off_only_when_it_says_no_school() -> None:
    """A holiday party at seven closes no school."""
    assert is_day_off("Holiday get-together", is_all_day=False) is False
    assert is_day_off("No school", is_all_day=False) is True


def test_html_is_read_as_text() -> None:
    """Tags and entities do not hide words."""
    assert "No School" in plain_text("<p><b>No</b>&nbsp;School</p>").replace("  ", " ")


def test_the_end_of_an_all_day_event_is_excluded(tmp_path: Path) -> None:
    """DTEND names the day after; without one it is one day."""
    found = days_of(
        tmp_path,
        "DTSTART;VALUE=DATE:20251126\nDTEND;VALUE=DATE:20251129\nSUMMARY:Thanksgiving Break ",
        "DTSTART;VALUE=DATE:20251111\nSUMMARY:Veterans Day - No School",
        "DTSTART;VALUE=DATE:20251212\nDTEND;VALUE=DATE:20251212\nSUMMARY:No School",
        "DTSTART;VALUE=DATE:20251215\nDURATION:P2D\nSUMMARY:No School",
    )

    assert found == [
        *("2025-11-11", "2025-11-26", "2025-11-27", "2025-11-28"),
        *("2025-12-12", "2025-12-15", "2025-12-16"),
    ]


def test_no_school_may_stand_in_the_description_alone(tmp_path: Path) -> None:
    """SUMMARY says workday, DESCRIPTION says no school."""
    found = days_of(
        tmp_path,
        "DTSTART;VALUE=DATE:20251117\nSUMMARY:Teacher Workday \n"
        "DESCRIPTION:<p>Learning.</p><p>No School for stu\n dents.</p>",
    )

    assert found == ["2025-11-17"]


def test_times_are_those_of_the_district(tmp_path: Path) -> None:
    """Floating times are local, UTC times are turned; midnight ends the day before."""
    found = days_of(
        tmp_path,
        "DTSTART:20251105T000000\nDTEND:20251106T000000\nSUMMARY:No school",
        "DTSTART:20251108T040000Z\nDTEND:20251108T050000Z\nSUMMARY:No school",  # Friday evening
    )

    assert found == ["2025-11-05", "2025-11-07"]


def test_every_decision_is_shown_with_its_source(tmp_path: Path) -> None:
    """Days off and shortened days are listed; noise and cancelled events are not."""
    path = ics(
        tmp_path,
        "DTSTART:20251125T130000\nDTEND:20251125T153000\nSUMMARY:Early Release",
        "DTSTART;VALUE=DATE:20251103\nSUMMARY:Spirit Week",
        "DTSTART;VALUE=DATE:20251104\nSUMMARY:No school\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20251111\nSUMMARY:No  School ",
    )
    table = tmp_path / "days_off.csv"
    table.write_text("date,label\n2025-11-11,Veterans Day\n", encoding="utf-8")
    calendar = read_calendar(table, path, ZONE)

    assert [(str(d.day), d.label, d.source, d.is_off) for d in calendar.decisions] == [
        ("2025-11-11", "No School", "calendar.ics: event 4", True),
        ("2025-11-11", "Veterans Day", "days_off.csv:2", True),
        ("2025-11-25", "Early Release", "calendar.ics: event 1", False),
    ]
    assert calendar.days_off == {date(2025, 11, 11)}


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", ["2025-11-03", "2025-11-10", "2025-11-17"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20251110", ["2025-11-03", "2025-11-10"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20251111T065900Z", ["2025-11-03", "2025-11-10"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20251104", ["2025-11-03", "2025-11-05"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=2", ["2025-11-03", "2025-11-05"]),
    ],
)
def test_simple_repetitions_are_expanded(rule: str, days: list[str], tmp_path: Path) -> None:
    """Count, until and exceptions are kept to."""
    event = f"DTSTART;VALUE=DATE:20251103\nSUMMARY:No school\n{rule}"

    assert days_of(tmp_path, event) == days


@pytest.mark.parametrize(
    "lines",
    [
        "DTSTART;VALUE=DATE:20251103\nRRULE:FREQ=WEEKLY",  # no end
        "DTSTART;VALUE=DATE:20251103\nRRULE:FREQ=SECONDLY;COUNT=3",
        "DTSTART;VALUE=DATE:20251103\nRRULE:FREQ=DAILY;BYSETPOS=1;BYDAY=MO;COUNT=2",
        "DTSTART;VALUE=DATE:20251103\nRRULE:FREQ=DAILY;COUNT=5000",
        "DTSTART;VALUE=DATE:20251103\nRDATE;VALUE=DATE:20251105",
        "DTSTART;VALUE=DATE:20251103\nDTEND;VALUE=DATE:20351103",
        "DTSTART;VALUE=DATE:20251103\nDTEND;VALUE=DATE:20251101",
        "DTSTART;VALUE=DATE:99991231",
        "DTSTART;VALUE=DATE:2025aa03",
        "DESCRIPTION:when",
    ],
)
def test_an_event_that_matters_and_cannot_be_read_is_a_problem(lines: str, tmp_path: Path) -> None:
    """It is told with its number and gives no day, never half of them."""
    path = ics(tmp_path, f"SUMMARY:No school\n{lines}")
    calendar = read_calendar(None, path, ZONE)

    assert [problem.where for problem in calendar.problems] == ["calendar.ics: event 1"]
    assert calendar.problems[0].remedy
    assert calendar.decisions == ()


def test_a_repetition_that_never_meets_ends(tmp_path: Path) -> None:
    """The thirtieth of February does not stall the night."""
    event = (
        "DTSTART;VALUE=DATE:20251103\nSUMMARY:No school\n"
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"
    )

    assert days_of(tmp_path, event) == []


def test_noise_that_cannot_be_read_does_not_matter(tmp_path: Path) -> None:
    """A dance that repeats for ever is nobody's problem."""
    assert days_of(tmp_path, "DTSTART:20251103T190000\nSUMMARY:Dance\nRRULE:FREQ=WEEKLY") == []


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>Sign in</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:No school\r\n"],
)
def test_a_malformed_calendar_is_a_problem(data: bytes, tmp_path: Path) -> None:
    """An empty file, a login page or half a download is told, not taken as no days off."""
    path = tmp_path / "calendar.ics"
    path.write_bytes(data)

    assert [p.what for p in read_calendar(None, path, ZONE).problems] == [
        "is not an iCalendar file"
    ]


def test_missing_files_are_problems(tmp_path: Path) -> None:
    """A configured file must be there."""
    calendar = read_calendar(tmp_path / "days_off.csv", tmp_path / "calendar.ics", ZONE)

    assert [p.where for p in calendar.problems] == ["days_off.csv", "calendar.ics"]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "DTSTART;VALUE=DATE:20251103",
                    "DTSTART:20251103T250000",
                    "DTSTART;TZID=Nowhere/None:20251103T120000",
                    "DTEND:00010101T000000Z",
                    "DTSTART:99991231T235959Z",
                    "DURATION:-P1D",
                    "DURATION:P9999999D",
                    "RRULE:FREQ=DAILY;COUNT=2",
                    "RRULE:FREQ=DAILY;COUNT=x",
                    "RRULE:COUNT=2",
                    "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z",
                    "RRULE:FREQ=WEEKLY;INTERVAL=0;COUNT=3",
                    "EXDATE:x",
                    "BEGIN:VEVENT",
                    "END:VEVENT",
                ]
            ),
            st.text(max_size=20),
        ),
        max_size=6,
    )
)
def test_hostile_calendars_never_raise(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    """Any lines give decisions and problems, not a stack trace."""
    event = "SUMMARY:No school\n" + "\n".join(lines)
    calendar = read_calendar(None, ics(tmp_path_factory.mktemp("ics"), event), ZONE)

    assert len(calendar.decisions) + len(calendar.problems) <= 120 * 400
