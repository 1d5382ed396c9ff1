"""School hours, breaks and permissions: what counts on a day, and every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from pipelines.errors import Problem
from pipelines.roster.oneroster import Roster, read_oneroster
from pipelines.roster.school_time import SchoolTime, read_school_time
from pipelines.roster.tables import TablePaths
from rules.model import Break, Exemption
from rules.signals.hours import parse_hours

BREAKS = "staff_id,days,from,to,kind,valid_from,valid_to\n"
PERMISSIONS = "staff_id,domain,approved_by,reason,valid_from,valid_to\n"
TUESDAY, WEDNESDAY, SATURDAY = date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 21)
HOURS = parse_hours(
    {"weekdays": "08:00-15:30", "wednesday": "08:00-14:00"}, frozenset({date(2026, 11, 26)})
)


@pytest.fixture
def roster(roster_files: dict[str, str], write_roster: Callable[..., Path]) -> Roster:
    """The invented district's roster."""
    return read_oneroster(write_roster(roster_files))


Made = Callable[..., tuple[SchoolTime, list[Problem]]]


@pytest.fixture
def made(roster: Roster, tmp_path: Path) -> Made:
    """Read tables of these rows."""

    def read(breaks: str = "", permissions: str = "") -> tuple[SchoolTime, list[Problem]]:
        paths = {"breaks": BREAKS + breaks, "web_permissions": PERMISSIONS + permissions}
        for name, text in paths.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        problems: list[Problem] = []
        tables = TablePaths(**{name: tmp_path / f"{name}.csv" for name in paths})
        return read_school_time(tables, HOURS, roster, problems), problems

    return read


@pytest.mark.parametrize(
    ("on", "hours"),
    [
        (TUESDAY, (time(8), time(15, 30))),
        (WEDNESDAY, (time(8), time(14))),
        (SATURDAY, None),
        (date(2026, 11, 26), None),  # a day off
    ],
)
def test_school_hours_are_by_weekday_and_heed_days_off(
    on: date, hours: tuple[time, time] | None
) -> None:
    assert SchoolTime(HOURS).hours_on(on) == hours
    assert SchoolTime().hours_on(on) is None


def test_breaks_are_of_all_or_of_one_by_weekday_and_date(made: Made) -> None:
    found, problems = made(
        ",weekdays,12:00,12:30,lunch,,\n"
        "T100,tue;Thursday,9:05,09:50,Preparation,2026-08-20,2026-11-17\n"
        't100,"Wed, sat",13:00,13:30,break,,\n'
    )
    lunch = Break(time(12), time(12, 30), "lunch")
    free = Break(time(9, 5), time(9, 50), "preparation")
    late = Break(time(13), time(13, 30), "break")
    assert problems == []
    assert found.breaks_of("T100", TUESDAY) == (free, lunch)
    assert found.breaks_of("T100", WEDNESDAY) == (lunch, late)
    assert found.breaks_of("T100", SATURDAY) == (late,)
    assert found.breaks_of("T100", date(2026, 11, 24)) == (lunch,)
    assert found.breaks_of("T200", TUESDAY) == (lunch,)


def test_permissions_are_by_person_network_and_date(made: Made) -> None:
    found, problems = made(
        permissions="T100,instagram.com,B,school page,2026-08-01,2026-11-17\n"
        "T200,https://www.twitter.com/,B,scores,,\n"
        ",facebook.com,B,page,,\n"
        "T300,,B,crisis team,,\n"
        ",,B,flood,2026-11-21,2026-11-21\n"
    )
    assert problems == []

    def row(person: str, domain: str, on: date = TUESDAY) -> int:
        one = found.permission(person, domain, on)
        assert one is None or one.kind == "approval"
        return int(one.source.partition(":")[2]) if one else 0

    assert found.permission("T100", "instagram.com", TUESDAY) == Exemption(
        "approval", "web_permissions.csv:2"
    )
    assert (row("t100", "ig.me"), row("T100", "tiktok.com")) == (2, 0)
    assert row("T100", "instagram.com", WEDNESDAY) == 0
    assert (row("T200", "x.com"), row("T200", "instagram.com")) == (3, 0)
    assert (row("T400", "fb.com"), row("T300", "tiktok.com")) == (4, 5)
    assert row("T400", "tiktok.com", SATURDAY) == 6


@pytest.mark.parametrize(
    ("breaks", "permissions", "told"),
    [
        ("T999,monday,12:00,12:30,lunch,,\n", "", "breaks.csv:2: column staff_id: nobody"),
        ("ST27,monday,12:00,12:30,lunch,,\n", "", "column staff_id: this person is not staff"),
        (",someday,12:00,12:30,lunch,,\n", "", "breaks.csv:2: column days: unknown day"),
        (",,12:00,12:30,lunch,,\n", "", "breaks.csv:2: column days: is empty"),
        (",monday,noon,12:30,lunch,,\n", "", "breaks.csv:2: column from: not a time"),
        (",monday,12:00,24:30,lunch,,\n", "", "breaks.csv:2: column to: not a time"),
        (",monday,12:30,12:30,lunch,,\n", "", "breaks.csv:2: column to: is not after from"),
        (",monday,12:00,12:30,nap,,\n", "", "breaks.csv:2: column kind: unknown word"),
        (",monday,12:00,12:30,lunch,2027,\n", "", "breaks.csv:2: column valid_from: not a date"),
        ("", "T100,x.com,,scores,,\n", "web_permissions.csv:2: column approved_by: is empty"),
        ("", "T100,x.com,B,,,\n", "web_permissions.csv:2: column reason: is empty"),
        ("", "T100,example.org,B,page,,\n", "column domain: no social network that is known"),
        ("", "T100,not a site,B,page,,\n", "column domain: no social network that is known"),
        ("", "T100,x.com/larks,B,page,,\n", "column domain: a page, which a web log does not"),
        ("", ",,B,everything,,\n", "web_permissions.csv:2: column valid_to: everything is open"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_row_is_not_used(
    made: Made, breaks: str, permissions: str, told: str
) -> None:
    found, problems = made(breaks, permissions)
    assert any(told in str(one) for one in problems), problems
    assert all(one.remedy for one in problems)
    assert (found.breaks, found.permissions) == ((), ())


def test_rows_of_people_who_have_left_are_a_notice(made: Made) -> None:
    found, problems = made("T999,monday,12:00,12:30,lunch,,2026-06-30\n")
    assert problems == []
    assert [str(one) for one in found.notices] == [
        "breaks.csv: 1 rows are of people who are not on the roster any more"
    ]


def test_every_row_is_in_the_fingerprint(made: Made) -> None:
    found, _ = made(",weekdays,12:00,12:30,lunch,,\n", "T100,x.com,B,scores,,\n")
    assert len(list(found.lines())) == 2
    assert list(SchoolTime(HOURS).lines()) == []
