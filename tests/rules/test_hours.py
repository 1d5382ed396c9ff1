"""Contact hours: the column functions say what the scalar ones say, on every machine."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.signals.hours import ContactHours, local_column, parse_hours

WEEK = parse_hours(
    {"weekdays": "07:00-18:00", "friday": "07:00-16:00", "saturday": "off"},
    frozenset({date(2026, 11, 26)}),
)
SPRING_GAP = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)  # Denver: 01:59:59 is followed by 03:00
AUTUMN_FOLD = datetime(2025, 11, 2, 8, 0, tzinfo=UTC)  # Denver: 01:59:59 is followed by 01:00
ZONES = ("America/Denver", "America/Phoenix", "Pacific/Honolulu", "America/New_York", "UTC")
instants = st.datetimes(
    min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)
near_changes = st.builds(
    lambda night, seconds: night + timedelta(seconds=seconds),
    st.sampled_from([SPRING_GAP, AUTUMN_FOLD]),
    st.integers(-7200, 7200),
)


@pytest.mark.parametrize(
    ("local", "is_off"),
    [
        (datetime(2026, 11, 18, 7, 0), False),  # the first minute is contact time
        (datetime(2026, 11, 18, 6, 59, 59, 999999), True),
        (datetime(2026, 11, 18, 17, 59, 59, 999999), False),
        (datetime(2026, 11, 18, 18, 0), True),  # the last is not
        (datetime(2026, 11, 20, 16, 0), True),  # Friday ends earlier
        (datetime(2026, 11, 21, 12, 0), True),  # Saturday is off
        (datetime(2026, 11, 22, 12, 0), True),  # Sunday was not set
        (datetime(2026, 11, 26, 12, 0), True),  # a day off
        (datetime(2026, 11, 25, 12, 0), False),  # the day before it
    ],
)
def test_hours_include_the_start_and_exclude_the_end(local: datetime, is_off: bool) -> None:
    """Start included, end excluded, days off and unset days wholly off; column and scalar agree."""
    column = WEEK.off_hours_column(pa.array([local], pa.timestamp("us")))

    assert (WEEK.is_off_hours(local), column.to_pylist()) == (is_off, [is_off])


def test_a_span_may_end_at_midnight() -> None:
    """24:00 is the end of the day, so a whole day of contact hours has no gap."""
    hours = parse_hours({"weekdays": "00:00-24:00"})
    last = datetime(2026, 11, 18, 23, 59, 59, 999999)

    assert not hours.is_off_hours(last)
    assert hours.off_hours_column(pa.array([last], pa.timestamp("us"))).to_pylist() == [False]


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"wekdays": "07:00-18:00"}, "use weekdays, weekends or monday to sunday"),
        ({"weekdays": "7am-6pm"}, "07:00-18:00"),
        ({"weekdays": "18:00-07:00"}, "later than the start"),
        ({"weekdays": "07:00-25:00"}, "00:00 to 24:00"),
        ({"weekdays": "07:61-18:00"}, "minutes from 00 to 59"),
        ({"weekdays": "off"}, "no day has contact hours"),
        ({}, "no day has contact hours"),
    ],
)
def test_wrong_hours_are_refused_with_advice(settings: dict[str, str], advice: str) -> None:
    """A mistake in [hours] says what to write instead."""
    with pytest.raises(ValueError, match=advice):
        parse_hours(settings)


def test_all_mistakes_are_told_at_once() -> None:
    """Two wrong keys give one error that names both."""
    with pytest.raises(ValueError, match=r"(?=.*mnday)(?=.*friday)"):
        parse_hours({"mnday": "07:00-18:00", "friday": "early"})


def test_contact_hours_are_a_week_of_forward_spans() -> None:
    """Six days or a backward span cannot be made."""
    with pytest.raises(ValueError, match="seven"):
        ContactHours((None,) * 6)
    with pytest.raises(ValueError, match="monday"):
        ContactHours(((time(9), time(8)), *(None,) * 6))


def test_a_zoned_time_is_refused() -> None:
    """An aware time may be of another zone, so neither function takes it."""
    with pytest.raises(ValueError, match="without a zone"):
        WEEK.is_off_hours(SPRING_GAP)
    with pytest.raises(ValueError, match="without a zone"):
        WEEK.off_hours_column(pa.array([SPRING_GAP], pa.timestamp("us", "UTC")))


def test_unknown_times_stay_unknown() -> None:
    """A null time is neither in nor out of hours, and keeps its place."""
    instant = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)
    local = local_column(pa.array([None, instant], pa.timestamp("us", "UTC")), "America/Denver")

    assert local.to_pylist() == [None, datetime(2026, 11, 18, 12, 0)]
    assert WEEK.off_hours_column(local).to_pylist() == [None, False]


@pytest.mark.parametrize("column", [[], [None]])
def test_columns_without_a_time_are_fine(column: list[None]) -> None:
    """An empty or all-null batch comes back with its length and types."""
    local = local_column(pa.array(column, pa.timestamp("us", "UTC")), "America/Denver")

    assert (local.type, len(local)) == (pa.timestamp("us"), len(column))
    assert WEEK.off_hours_column(local).type == pa.bool_()


def test_an_unknown_zone_is_told_even_for_an_empty_column() -> None:
    """A misspelt zone fails on the first batch, not on the first message."""
    with pytest.raises(ValueError, match="IANA"):
        local_column(pa.array([], pa.timestamp("us", "UTC")), "America/Denvr")


def test_a_column_that_is_not_utc_is_refused() -> None:
    """A naive column is not silently taken for UTC."""
    with pytest.raises(ValueError, match="tz=UTC"):
        local_column(pa.array([], pa.timestamp("us")), "America/Denver")


@pytest.mark.parametrize(
    ("instant", "wall"),
    [
        (SPRING_GAP - timedelta(microseconds=1), datetime(2026, 3, 8, 1, 59, 59, 999999)),
        (SPRING_GAP, datetime(2026, 3, 8, 3, 0)),
        (AUTUMN_FOLD - timedelta(microseconds=1), datetime(2025, 11, 2, 1, 59, 59, 999999)),
        (AUTUMN_FOLD, datetime(2025, 11, 2, 1, 0)),
    ],
)
def test_both_clock_changes_fall_on_the_microsecond(instant: datetime, wall: datetime) -> None:
    """In spring an hour is skipped, in autumn one comes twice."""
    column = pa.array([instant], pa.timestamp("us", "UTC"))

    assert local_column(column, "America/Denver").to_pylist() == [wall]


def test_no_zone_files_are_needed_on_the_machine() -> None:
    """Without system zone files the tzdata package answers."""
    column = pa.array([SPRING_GAP], pa.timestamp("us", "UTC"))
    try:
        zoneinfo.reset_tzpath(to=())
        ZoneInfo.clear_cache()
        wall = local_column(column, "America/Boise")  # no other test has this zone in memory
    finally:
        zoneinfo.reset_tzpath()

    assert wall.to_pylist() == [datetime(2026, 3, 8, 3, 0)]


@given(st.lists(st.one_of(st.none(), instants, near_changes)), st.sampled_from(ZONES))
@example([SPRING_GAP, None, AUTUMN_FOLD], "America/Denver")
def test_the_wall_clock_is_that_of_zoneinfo(times: list[datetime | None], zone: str) -> None:
    """For any instants, in any order and years apart, the column is what Python says."""
    expected = [at and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) for at in times]

    assert local_column(pa.array(times, pa.timestamp("us", "UTC")), zone).to_pylist() == expected


@st.composite
def contact_hours(draw: st.DrawFn) -> ContactHours:
    """Any week, any spans, any days off near the times drawn."""
    span = st.none() | st.tuples(st.times(), st.times()).filter(
        lambda pair: pair[0] < pair[1] or pair[1] == time(0) != pair[0]
    )
    days = st.frozensets(st.dates(date(2025, 10, 30), date(2025, 11, 9)), max_size=4)
    return ContactHours(tuple(draw(st.tuples(*[span] * 7))), draw(days))


@given(
    contact_hours(),
    st.lists(
        st.one_of(
            st.none(), st.datetimes(datetime(2025, 10, 30), datetime(2025, 11, 9)), st.datetimes()
        )
    ),
)
def test_the_column_says_what_the_scalar_says(
    hours: ContactHours, times: list[datetime | None]
) -> None:
    """Off-hours as a column and one by one are the same, also at the edges of spans."""
    edges: list[datetime | None] = [
        datetime.combine(date(2025, 11, 3 + day), edge)
        for day, span in enumerate(hours.by_weekday)
        for edge in span or ()
    ]
    local = times + edges
    expected = [None if at is None else hours.is_off_hours(at) for at in local]

    assert hours.off_hours_column(pa.array(local, pa.timestamp("us"))).to_pylist() == expected
