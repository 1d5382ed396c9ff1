"""Days off: from days_off.csv and from the district's iCalendar file.

Rule of this file: every decision is kept with its label and source, the refused ones too, so that
a person can confirm the list (`brightline check`). An event says nothing formal about school being
out; only words do, and when words are mixed the day counts as a school day.

Sources: RFC 5545 3.6.1 (all-day DTEND is exclusive, a missing one means one day; floating times
have no zone); what public school feeds do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component

from pipelines.errors import Problem
from pipelines.roster.tables import read_days_off

MAX_BYTES = 20_000_000
MAX_DAYS = 120
"""A longer event is a mistake, not a holiday."""
MAX_REPEATS = 400
_HORIZON = timedelta(days=5 * 366)
_SIMPLE_RULE = frozenset({"FREQ", "COUNT", "UNTIL", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY"})
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

_NO_SCHOOL = re.compile(
    r"\bno (?:school|classes)\b(?! (?:bus|lunch|uniform|supplies|meal|dress))"
    r"|\bschools? (?:is |are |will be )?closed\b"
)
_PARTIAL = re.compile(
    r"\bearly (?:release|dismissal|out)\b|\b(?:late|delayed) (?:start|opening)\b"
    r"|\bhalf[ -]day\b|\b(?:teacher|staff) work ?days?\b|\bprofessional (?:development|learning)\b"
    r"|\basynchronous\b|\bremote (?:day|learning)\b"
)
_OUT = re.compile(r"\b(?:holidays?|breaks?|recess|closed)\b")
_AROUND = re.compile(
    r"\b(?:before|after|resumes?|returns?|back|reopens?|last day|first day|registration|lunch"
    r"|concert|party|program|assembly|fair|sale|shop|market|sing|tournament|camp|spirit|craft)\b"
)


@dataclass(frozen=True, slots=True)
class DayDecision:
    """One day, why it was looked at, and whether it is taken as a day off."""

    day: date
    label: str
    source: str  # "days_off.csv:3", "calendar.ics: event 12"
    is_off: bool = True


@dataclass(frozen=True)
class SchoolCalendar:
    """Every decision in order of days. With `problems` it is not fit for use."""

    decisions: tuple[DayDecision, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def days_off(self) -> frozenset[date]:
        """The days without contact hours."""
        return frozenset(decision.day for decision in self.decisions if decision.is_off)


def read_calendar(days_off: Path | None, calendar: Path | None, zone: str) -> SchoolCalendar:
    """Read days_off.csv and an .ics file, both optional; `zone` is the district's IANA zone.

    Raises nothing for bad files: look at `problems` of what comes back.
    """
    problems: list[Problem] = []
    decisions: list[DayDecision] = []
    if days_off:
        rows = read_days_off(days_off, problems)
        decisions += [DayDecision(row.day, row.label, row.source) for row in rows]
    if calendar:
        decisions += _read_ics(calendar, ZoneInfo(zone), problems)
    ordered = sorted(set(decisions), key=lambda one: (one.day, one.source, one.label))
    return SchoolCalendar(tuple(ordered), tuple(problems))


def is_day_off(text: str, *, is_all_day: bool) -> bool | None:
    """Judge an event by its words: day off, school day, or None when it says neither.

    "No school" decides wherever it stands. Holiday, break, recess and closed count for all-day
    events alone ("Holiday concert, 19:00"), and not beside words such as early release, teacher
    workday, "resumes after", concert.
    """
    words = " ".join(text.casefold().split())
    if _NO_SCHOOL.search(words):
        return True
    if _PARTIAL.search(words):
        return False
    if _OUT.search(words):
        return is_all_day and not _AROUND.search(words)
    return None


def plain_text(html: str) -> str:
    """Text of a DESCRIPTION that may hold HTML: tags become spaces, entities characters."""
    return unescape(re.sub(r"<[^<>]{0,2000}>", " ", html)).replace("\xa0", " ")


def _read_ics(path: Path, zone: ZoneInfo, problems: list[Problem]) -> Iterator[DayDecision]:
    try:
        raw = path.read_bytes()
    except OSError:
        problems.append(Problem(path.name, "cannot be read", "mend calendar in district.toml"))
        return
    if len(raw) > MAX_BYTES:
        problems.append(Problem(path.name, "is larger than 20 MB", "export one school year"))
        return
    try:
        calendars = Calendar.from_ical(raw, multiple=True)
        events = [event for one in calendars for event in one.walk("VEVENT")]
        has_calendar = any(one.name == "VCALENDAR" for one in calendars)
    except (ValueError, LookupError, TypeError, AttributeError):
        events, has_calendar = [], False
    if not has_calendar:
        remedy = "download the calendar again as iCalendar (.ics)"
        problems.append(Problem(path.name, "is not an iCalendar file", remedy))
    for number, event in enumerate(events, start=1):
        where = f"{path.name}: event {number}"
        try:
            yield from list(_decide(event, where, zone))  # a whole event or none of it
        except _UnusableError as error:
            problems.append(Problem(where, str(error), error.remedy))
        except (OverflowError, ValueError, LookupError, TypeError):
            remedy = "mend or delete the event"
            problems.append(Problem(where, "has a date or rule that cannot be read", remedy))


class _UnusableError(Exception):
    """An event that matters and cannot be used."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def _decide(event: Component, where: str, zone: ZoneInfo) -> Iterator[DayDecision]:
    """The days of one event that speaks of days off or shortened days."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    summary = plain_text(_text(event, "SUMMARY"))
    text = f"{summary} {plain_text(_text(event, 'DESCRIPTION'))}"
    is_off = is_day_off(text, is_all_day=True)
    if is_off is None:
        return
    start, end, is_all_day = _bounds(event, zone)
    is_off = is_day_off(text, is_all_day=is_all_day)
    length = (end - start).days
    if not 1 <= length <= MAX_DAYS:
        raise _UnusableError(f"lasts {length} days", f"an event may last 1 to {MAX_DAYS} days")
    label = " ".join(summary.split())
    for first in _starts(event, start, zone):
        for offset in range(length):
            yield DayDecision(first + timedelta(days=offset), label, where, bool(is_off))


def _text(event: Component, name: str) -> str:
    value = event.get(name, "")
    return " ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _bounds(event: Component, zone: ZoneInfo) -> tuple[date, date, bool]:
    """First day, day after the last, and whether the event is all-day, in the district's zone."""
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if start is None or (end is None and "DTEND" in event):
        raise _UnusableError("has no readable start or end", "mend or delete the event")
    is_all_day = not isinstance(start, datetime)
    first = _day(start, zone)
    if end is None:
        duration = getattr(event.get("DURATION"), "dt", None)
        if not isinstance(duration, timedelta):
            return first, first + timedelta(days=1), is_all_day
        end = _naive(start, zone) + duration
    last = _naive(end, zone)
    if last < _naive(start, zone):
        raise _UnusableError("ends before it starts", "mend or delete the event")
    is_midnight = last == datetime.combine(last, datetime.min.time())
    after = last.date() + timedelta(days=0 if is_midnight else 1)
    return first, max(after, first + timedelta(days=1)), is_all_day


def _moment(event: Component, name: str) -> date | datetime | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _naive(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """The wall clock of the district; floating times are already that."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, datetime.min.time())
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _day(moment: date | datetime, zone: ZoneInfo) -> date:
    return _naive(moment, zone).date()


def _starts(event: Component, first: date, zone: ZoneInfo) -> Iterator[date]:
    """The first day of every repetition; only simple, ending rules are expanded."""
    rule = event.get("RRULE")
    if rule is None and not {"RDATE", "RECURRENCE-ID"} & set(event):
        yield first
        return
    remedy = "list the days in days_off.csv and delete the event"
    if not isinstance(rule, dict) or {"RDATE", "RECURRENCE-ID"} & set(event):
        raise _UnusableError("repeats in a way that is not read", remedy)
    parts: dict[str, list[Any]] = {key.upper(): list(value) for key, value in rule.items()}
    is_simple = set(parts) <= _SIMPLE_RULE and set(map(str, parts["FREQ"])) <= _FREQUENCIES
    if not is_simple or not {"COUNT", "UNTIL"} & set(parts):
        raise _UnusableError("repeats without an end or in a way that is not read", remedy)
    count = int(parts.pop("COUNT", [MAX_REPEATS + 1])[0])
    until = min(_day(parts.pop("UNTIL", [date.max])[0], zone), first + _HORIZON)
    text = ";".join(f"{key}={','.join(map(str, value))}" for key, value in parts.items())
    stop = f"{text};UNTIL={until:%Y%m%d}T235959"
    try:
        repeats = rrulestr(stop, dtstart=datetime.combine(first, datetime.min.time()))
        days = [one.date() for one in islice(repeats, min(count, MAX_REPEATS + 1))]
    except (ValueError, TypeError) as error:
        raise _UnusableError("repeats in a way that is not read", remedy) from error
    if len(days) > MAX_REPEATS:
        raise _UnusableError(f"repeats more than {MAX_REPEATS} times", remedy)
    left_out = _exceptions(event, zone)
    yield from (day for day in days if day not in left_out)


def _exceptions(event: Component, zone: ZoneInfo) -> set[date]:
    """Days of EXDATE, which may stand on one line or several."""
    value = event.get("EXDATE", [])
    lists = value if isinstance(value, list) else [value]
    return {
        _day(one.dt, zone)
        for each in lists
        for one in getattr(each, "dts", ())
        if isinstance(one.dt, date)
    }
