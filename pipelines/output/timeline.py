"""The picture of a case: days across, hours of the day down, flagged messages on it.

Rule of this file: arithmetic only. It places marks; the page draws them, so nothing here is
markup. Across is a share of the width in percent, down is pixels, and so the picture keeps its
letters readable at every width.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.signals.hours import ContactHours

HOUR = 7.0
"""Pixels of an hour; a day is 24 of them high."""
HEIGHT = 24 * HOUR
LONGEST = 26
"""Weeks shown without a break; over a longer time, weeks without a message are left out."""
_LABELS = 6
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_CLOSE = 40 / 60  # hours: marks nearer than this on one day stand side by side
_LANES = (0.0, 0.17, -0.17, 0.34, -0.34)  # shares of a day's column


@dataclass(frozen=True, slots=True)
class Moment:
    """A message to place, at the district's wall clock."""

    at: datetime
    channel: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A placed message: `x` in percent of the width, `y` in pixels from midnight."""

    x: float
    y: float
    moment: Moment


@dataclass(frozen=True, slots=True)
class Shade:
    """Contact hours of one day or of equal days in a row; `x` and `width` in percent."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label and the line it stands at, in percent across or pixels down."""

    at: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """Everything the page draws."""

    days: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    breaks: tuple[float, ...]
    shades: tuple[Shade, ...]
    marks: tuple[Mark, ...]
    description: str
    height: float = HEIGHT

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels on the picture, for its legend."""
        return tuple(sorted({mark.moment.channel for mark in self.marks}))

    @property
    def has_others(self) -> bool:
        """Whether messages that were not flagged stand on it."""
        return any(not mark.moment.flagged for mark in self.marks)


def draw_timeline(moments: Iterable[Moment], hours: ContactHours) -> Timeline:
    """Place messages by day and hour, whole weeks from Monday to Sunday.

    Raises:
        ValueError: no moment at all.
    """
    ordered = sorted(moments, key=lambda one: (one.flagged, one.at, one.channel))
    if not ordered:
        raise ValueError("a timeline needs at least one message")
    mondays = _weeks({one.at.date() for one in ordered})
    columns = {
        monday + number * _DAY: 7 * week + number
        for week, monday in enumerate(mondays)
        for number in range(7)
    }
    return Timeline(
        days=_day_ticks(mondays),
        hours=tuple(Tick(hour * HOUR, f"{hour:02d}:00") for hour in range(0, 25, 6)),
        breaks=tuple(
            _across(7 * week, len(columns))
            for week, monday in enumerate(mondays)
            if week and monday - mondays[week - 1] > _WEEK
        ),
        shades=_shades(columns, hours),
        marks=_marks(ordered, columns),
        description=_describe(ordered, hours),
    )


def _weeks(days: set[date]) -> list[date]:
    """Mondays of the weeks to show, in order."""
    used = sorted({day - day.weekday() * _DAY for day in days})
    weeks = (used[-1] - used[0]) // _WEEK + 1
    return used if weeks > LONGEST else [used[0] + number * _WEEK for number in range(weeks)]


def _across(column: float, columns: int) -> float:
    return round(100 * column / columns, 3)


def _marks(ordered: Sequence[Moment], columns: dict[date, int]) -> tuple[Mark, ...]:
    """Marks at the middle of their day's column; near ones side by side, flagged on top."""
    taken: dict[tuple[date, bool], list[float]] = {}
    marks = []
    for one in ordered:
        hour = one.at.hour + one.at.minute / 60
        before = taken.setdefault((one.at.date(), one.flagged), [])
        near = sum(1 for other in before if hour - other < _CLOSE)
        before.append(hour)
        middle = columns[one.at.date()] + 0.5 + _LANES[near % len(_LANES)]
        marks.append(Mark(_across(middle, len(columns)), round(hour * HOUR, 1), one))
    return tuple(marks)


def _shades(columns: dict[date, int], hours: ContactHours) -> tuple[Shade, ...]:
    """One area for each run of days with the same contact hours."""
    runs: list[tuple[int, int, float, float]] = []
    for day, column in columns.items():
        span = None if day in hours.days_off else hours.by_weekday[day.weekday()]
        if span is None:
            continue
        start = span[0].hour + span[0].minute / 60
        end = span[1].hour + span[1].minute / 60 or 24.0
        if runs and runs[-1][1:] == (column, start, end):
            runs[-1] = (runs[-1][0], column + 1, start, end)
        else:
            runs.append((column, column + 1, start, end))
    return tuple(
        Shade(
            _across(first, len(columns)),
            round(start * HOUR, 1),
            _across(after - first, len(columns)),
            round((end - start) * HOUR, 1),
        )
        for first, after, start, end in runs
    )


def _day_ticks(mondays: Sequence[date]) -> tuple[Tick, ...]:
    if len(mondays) == 1:
        days = [mondays[0] + number * _DAY for number in range(7)]
        return tuple(Tick(_across(n, 7), f"{day:%a} {day.day}") for n, day in enumerate(days))
    form = "%b" if mondays[0].year == mondays[-1].year else "%b %Y"
    step = math.ceil(len(mondays) / _LABELS)
    return tuple(
        Tick(_across(week, len(mondays)), f"{mondays[week].day} {mondays[week].strftime(form)}")
        for week in range(0, len(mondays), step)
    )


def _describe(ordered: Sequence[Moment], hours: ContactHours) -> str:
    """The picture in words, for those who do not see it."""
    flagged = [one for one in ordered if one.flagged]
    outside = sum(hours.is_off_hours(one.at) for one in flagged)
    days = sorted({one.at.date() for one in flagged or ordered})
    return (
        f"{len(flagged)} flagged and {len(ordered) - len(flagged)} other messages; flagged on "
        f"{len(days)} day(s) from {days[0]:%d %b %Y} to {days[-1]:%d %b %Y}; "
        f"{outside} of the flagged outside contact hours."
    )
