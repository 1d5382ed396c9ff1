"""Contact hours: whether a wall-clock time is off-hours, for one message and for a column.

Rule of this file: pure time arithmetic. No file, no calendar, no clock of the machine; the scalar
and the column functions must always agree (a property test holds them together).

Time zones come from Python's `zoneinfo`, not from Arrow: on Linux, Arrow (checked with 25.0.1)
reads /usr/share/zoneinfo alone, heeds neither TZDIR nor the `tzdata` package, and fails on a slim
machine. `zoneinfo` falls back to `tzdata`, so every machine gives the same wall clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS = {"weekdays": WEEKDAYS[:5], "weekends": WEEKDAYS[5:]}
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = (1, 9998)  # what datetime can hold, with room for an offset

Span = tuple[time, time]
"""Start (included) and end (excluded). An end of 00:00 is midnight at the end of the day."""


@dataclass(frozen=True)
class ContactHours:
    """When staff may write to students, in the district's wall-clock time.

    `by_weekday` has seven entries, Monday first; None is a day without contact hours.
    """

    by_weekday: tuple[Span | None, ...]
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what is not a week of spans.

        Raises:
            ValueError: not seven entries, or an end that is not after its start.
        """
        if len(self.by_weekday) != len(WEEKDAYS):
            raise ValueError("contact hours need seven entries, Monday first")
        for day, span in zip(WEEKDAYS, self.by_weekday, strict=True):
            if span and not _start(span) < _end(span):
                raise ValueError(f"{day}: the end must be later than the start")

    def is_off_hours(self, local: datetime) -> bool:
        """Whether a naive wall-clock time is outside contact hours or on a day off.

        Raises:
            ValueError: `local` carries a zone, so it may not be the district's wall clock.
        """
        if local.tzinfo is not None:
            raise ValueError("give the district's wall clock without a zone")
        span = self.by_weekday[local.weekday()]
        if span is None or local.date() in self.days_off:
            return True
        return not _start(span) <= _since_midnight(local.time()) < _end(span)

    def off_hours_column(self, local: pa.Array) -> pa.Array:
        """The same as `is_off_hours` for a column of timestamp[us] without a zone.

        Gives a boolean column of the same length; an unknown (null) time stays null.

        Raises:
            ValueError: the column is of another type.
        """
        if local.type != pa.timestamp("us"):
            raise ValueError(f"give timestamp[us] without a zone, not {local.type}")
        starts = pa.array([_start(s) if s else 0 for s in self.by_weekday], pa.int64())
        ends = pa.array([_end(s) if s else 0 for s in self.by_weekday], pa.int64())
        weekday = pc.day_of_week(local)
        midnight = pc.floor_temporal(local, unit="day")
        clock = pc.subtract(local, midnight).cast(pa.int64())
        inside = pc.and_(
            pc.greater_equal(clock, pc.take(starts, weekday)),
            pc.less(clock, pc.take(ends, weekday)),
        )
        days = pa.array(sorted(self.days_off), pa.date32())
        is_day_off = pc.is_in(midnight.cast(pa.date32()), value_set=days)
        return pc.or_(pc.invert(inside), is_day_off)


def parse_hours(
    settings: Mapping[str, str], days_off: frozenset[date] = frozenset()
) -> ContactHours:
    """Read contact hours such as {"weekdays": "07:00-18:00", "saturday": "off"}.

    Keys are weekdays, weekends and monday to sunday; a day's own key goes before its group's. A day
    that no key names has no contact hours.

    Raises:
        ValueError: an unknown key or value, with what to write instead; all mistakes at once.
    """
    spans: dict[str, Span | None] = {}
    mistakes: list[str] = []
    for key in sorted(settings, key=lambda key: key not in _GROUPS):  # groups first
        days = _GROUPS.get(key) or ((key,) if key in WEEKDAYS else ())
        if not days:
            mistakes.append(f"{key}: unknown day; use weekdays, weekends or monday to sunday")
        try:
            spans.update(dict.fromkeys(days, _parse_span(settings[key])))
        except ValueError as error:
            mistakes.append(f"{key}: {error}")
    if not mistakes and not any(spans.values()):
        mistakes.append('no day has contact hours; set for example weekdays = "07:00-18:00"')
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return ContactHours(tuple(spans.get(day) for day in WEEKDAYS), days_off)


def local_column(sent_at: pa.Array, zone: str) -> pa.Array:
    """Turn UTC instants into the wall clock of a zone, daylight saving included.

    `sent_at` is timestamp[us, UTC], `zone` an IANA name; gives timestamp[us] without a zone, of the
    same length, null where `sent_at` is null.

    Raises:
        ValueError: the zone is unknown, or the column is of another type.
    """
    if sent_at.type != pa.timestamp("us", "UTC"):
        raise ValueError(f"give timestamp[us, tz=UTC], not {sent_at.type}")
    years = sorted({year for year in pc.unique(pc.year(sent_at)).to_pylist() if year is not None})
    starts: list[int] = []
    shifts: list[int] = []
    for year in years:
        for start, shift in _offsets(zone, min(max(year, _YEARS[0]), _YEARS[1])):
            starts.append(start)
            shifts.append(shift)
    instants = sent_at.cast(pa.int64())
    if not starts:
        _zone(zone)
        return instants.cast(pa.timestamp("us"))
    # Years apart leave gaps between their last and first change, but no instant falls into one.
    places = np.searchsorted(
        np.asarray(starts), pc.fill_null(instants, 0).to_numpy(zero_copy_only=False), side="right"
    )
    shift_column = pa.array(np.asarray(shifts)[np.maximum(places - 1, 0)], pa.int64())
    return pc.add(instants, shift_column).cast(pa.timestamp("us"))


@lru_cache(maxsize=4096)
def _offsets(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """(instant from which it holds, offset) in microseconds, for one UTC year of a zone."""
    info = _zone(zone)
    start = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    found = [(_micros(start - _EPOCH), _offset(info, start))]
    while start < end:
        stop = min(start + timedelta(days=1), end)
        if _offset(info, stop) != found[-1][1]:
            change = _first_change(info, start, stop)
            found.append((_micros(change - _EPOCH), _offset(info, change)))
        start = stop
    return tuple(found)


def _first_change(info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the offset of `before` no longer holds."""
    old = _offset(info, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(info, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, instant: datetime) -> int:
    return _micros(instant.astimezone(info).utcoffset() or timedelta())


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"unknown time zone {name!r}; use an IANA name such as America/Denver"
        ) from error


def _micros(span: timedelta) -> int:
    return span // _MICROSECOND


def _since_midnight(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _start(span: Span) -> int:
    return _since_midnight(span[0])


def _end(span: Span) -> int:
    return _since_midnight(span[1]) or 24 * 3600 * 1_000_000


def _parse_span(setting: str) -> Span | None:
    text = str(setting)  # TOML has times and booleans of its own
    if text.strip().lower() == "off":
        return None
    match = _SPAN.fullmatch(text.strip())
    if not match:
        raise ValueError('hours look like "07:00-18:00" (24-hour clock), or "off"')
    h1, m1, h2, m2 = (int(part) for part in match.groups())
    if (h2, m2) == (24, 0):
        h2 = 0
    elif (h2, m2) <= (h1, m1):
        raise ValueError("the end must be later than the start")
    try:
        return time(h1, m1), time(h2, m2)
    except ValueError as error:
        raise ValueError("hours run from 00:00 to 24:00, minutes from 00 to 59") from error
