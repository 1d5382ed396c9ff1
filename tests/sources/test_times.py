"""Times are read alike whatever stands beside them, and as a slow scalar reading would."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.message import ZoneBasis
from pipelines.sources.times import EARLIEST, LATEST, parse_times

ZONE = "America/Denver"
ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d(?::\d\d(?::\d\d)?)?)(\.\d{1,9})?"
    r"( ?UTC| ?GMT|Z|[+-]\d\d(?::?\d\d)?)?"
)


def read(*texts: str | None, zone: str = ZONE) -> list[tuple[datetime | None, str]]:
    instants, basis = parse_times(pa.array(texts, pa.string()), zone)
    return list(zip(instants.to_pylist(), basis.to_pylist(), strict=True))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def slowly(text: str) -> datetime | None:
    """One time by the standard library alone."""
    found = ISO.fullmatch(text.strip())
    if not found:
        return by_mail(text)
    day, clock, fraction, zone = found.groups()
    if (fraction and clock.count(":") < 2) or (zone is None and ":" not in clock):
        return None
    try:
        when = datetime.fromisoformat(
            f"{day}T{clock}{(fraction or '')[:7].ljust(7, '0') if fraction else ''}"
        )
        if zone is None:
            return from_wall(when)
        digits = re.sub(r"\D", "", zone).ljust(4, "0")
        if int(digits[:2]) > 23 or int(digits[2:]) > 59:
            return None
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        when = (when + offset if zone.startswith("-") else when - offset).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return when if EARLIEST <= when <= LATEST else None


def by_mail(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if when.tzinfo:
        return when.astimezone(UTC)
    return when.replace(tzinfo=UTC) if text.rstrip().endswith("-0000") else from_wall(when)


def from_wall(when: datetime) -> datetime:
    """Wall clock of the zone: first of two in the autumn, end of the gap in the spring."""
    zone = ZoneInfo(ZONE)
    instant = when.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == when:
        return instant
    low, high = (
        when.replace(tzinfo=UTC) - timedelta(days=1),
        when.replace(tzinfo=UTC) + timedelta(days=1),
    )
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(microseconds=1):  # the moment the clocks changed
        middle = low + (high - low) / 2
        low, high = (
            (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
        )
    return high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-14T12:02:11Z", utc(2025, 1, 14, 12, 2, 11)),
        ("2025-01-14T12:02:11.5Z", utc(2025, 1, 14, 12, 2, 11, 500_000)),
        ("2025-01-14T12:02:11+00:00", utc(2025, 1, 14, 12, 2, 11)),
        ("2025-01-14T12:02:11+0530", utc(2025, 1, 14, 6, 32, 11)),
        ("2025-01-14T12:02:11-07", utc(2025, 1, 14, 19, 2, 11)),
        ("2025-01-14 12:02:11 UTC", utc(2025, 1, 14, 12, 2, 11)),
        ("Tue, 14 Jan 2025 12:02:11 +0000", utc(2025, 1, 14, 12, 2, 11)),
        ("Tue, 14 Jan 2025 05:02:11 -0700 (MST)", utc(2025, 1, 14, 12, 2, 11)),
        ("14 Jan 2025 12:02 GMT", utc(2025, 1, 14, 12, 2)),
        ("Tue, 14 Jan 2025 12:02:11 -0000", utc(2025, 1, 14, 12, 2, 11)),
        ("Tue, 14 Jan 25 07:02:11 EST", utc(2025, 1, 14, 12, 2, 11)),  # obsolete, still seen
        ("2025-01-14T12:02:11.1234567Z", utc(2025, 1, 14, 12, 2, 11, 123_456)),
        ("2025-01-14T12:02:11.12345678+00:00", utc(2025, 1, 14, 12, 2, 11, 123_456)),
        ("2025-01-14T12:02:11.123456789Z", utc(2025, 1, 14, 12, 2, 11, 123_456)),
        ("  2025-01-14T12:02:11Z \n", utc(2025, 1, 14, 12, 2, 11)),
    ],
)
def test_spellings_with_a_zone(text, expected):
    assert read(text) == [(expected, "explicit")]
    assert read("nonsense", text)[1] == (expected, "explicit")


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01T06:00:00",
        "2025-07-01 06:00",
        "2025-07-01 06:00:00.0000000",
        "Tue, 1 Jul 2025 06:00:00",
    ],
)
def test_without_a_zone_the_districts_is_assumed(text):
    assert read(text) == [(utc(2025, 7, 1, 12), "assumed")]
    assert read(text, zone="America/New_York") == [(utc(2025, 7, 1, 10), "assumed")]


def test_gap_and_fold_of_the_clocks():
    spring, autumn = "2025-03-09T02:30:00", "2025-11-02T01:30:00"
    assert read(spring, autumn) == [
        (utc(2025, 3, 9, 9), "assumed"),  # the gap ends at 03:00 MDT
        (utc(2025, 11, 2, 7, 30), "assumed"),  # the first 01:30, still MDT
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", None, "x", "1/14/25 5:02 AM", "2025-01-14", "2025-02-30 10:00"),
        *("2025-02-30T10:00:00Z", "2025-01-14T12:02:11+25:00", "2025-01-14T12:02:11.1234567890Z"),
        *("Tue, 31 Feb 2025 10:00:00 +0000", "9999-12-31T23:59:59-12:00"),
        *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00"),
    ],
)
def test_unreadable_is_null_and_hurts_no_neighbour(text):
    good = "2025-01-14T12:02:11Z"
    assert [when for when, _ in read(good, text, good)] == [
        utc(2025, 1, 14, 12, 2, 11),
        None,
        utc(2025, 1, 14, 12, 2, 11),
    ]


def test_nothing():
    assert read() == []


zones = st.sampled_from(["Z", "+00:00", "-0700", "+05", "+2500", "+0099", " UTC", " GMT", "z"])
fractions = st.sampled_from(
    ["", ".5", ".123", ".123456", ".1234567", ".999999999", ".1234567890", "."]
)
lately = st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31))
"""Arrow knows no daylight saving time after 2037, so a wall clock is tried up to then."""


def iso_text(when: datetime, sep: str, cut: int, fraction: str, zone: str = "") -> str:
    return when.isoformat(sep, "seconds")[:cut] + fraction + zone


shapes = (st.sampled_from(["T", " ", "t"]), st.sampled_from([10, 13, 16, 19]), fractions)
iso = st.builds(iso_text, st.datetimes(datetime(1, 1, 1)), *shapes, zones) | st.builds(
    iso_text, lately, *shapes
)
mail = st.builds(
    lambda when, shape, zone: f"{when:{shape}}{zone}",
    lately,
    st.sampled_from(["%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%a %d %b %Y %H:%M:%S"]),
    st.sampled_from(["", " +0000", " -0000", " -0700", " GMT", " UT", " +0530 (IST)", " EST"]),
)


@given(st.lists(st.one_of(iso, mail), max_size=8))
def test_equals_a_slow_scalar_reading(texts):
    assert [when for when, _ in read(*texts)] == [slowly(text) for text in texts]


@given(st.lists(st.one_of(iso, mail, st.text(max_size=40)), min_size=1, max_size=8))
def test_neighbours_change_nothing(texts):
    assert read(*texts) == [read(text)[0] for text in texts]


def test_a_declared_zone_is_that_of_times_without_one():
    texts = pa.array(
        ["2025-01-14 05:02:11", "2025-01-14T12:02:11Z", "Tue, 14 Jan 2025 12:02:11 +0000"]
    )
    instants, basis = parse_times(texts, "America/Denver", ZoneBasis.DECLARED)
    assert len(set(instants.to_pylist())) == 1
    assert basis.to_pylist() == ["declared", "explicit", "explicit"]
    assert parse_times(texts[1:2], "America/Denver", ZoneBasis.DECLARED)[1].to_pylist() == [
        "explicit"
    ]
