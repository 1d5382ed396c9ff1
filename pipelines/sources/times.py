"""Times as exports spell them, read as columns: UTC instants and the basis of their zone.

Shapes read: ISO 8601 with zone or without, up to nine fraction digits; `YYYY-MM-DD HH:MM:SS UTC`;
RFC 2822. A time without a zone is taken in the zone declared for the export, else in the
district's and marked assumed; anything else comes back null for the caller to quarantine. A time
is read the same whatever its neighbours in the column are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.message import ZoneBasis

UTC_MICROS = pa.timestamp("us", "UTC")
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""Instants that every time zone can show as a date; others are unreadable."""

_CLOCK = r"\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?"
_ISO_ZONED = rf"^\d{{4}}-\d\d-\d\d[T ]{_CLOCK}(Z|[+-]\d\d(:?\d\d)?)$"
_ISO_UTC_WORD = rf"^\d{{4}}-\d\d-\d\d[T ]{_CLOCK} ?(UTC|GMT)$"
_ISO_BARE = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAIL = (  # RFC 2822, section 3.3; obsolete spellings are left to the standard library
    r"^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?"
    rf"(?P<day>\d{{1,2}}) +(?P<month>{'|'.join(_MONTHS)}) +(?P<year>\d{{4}}) +"
    r"(?P<clock>\d\d:\d\d(?::\d\d)?)(?: +(?P<zone>[+-]\d{4}|GMT|UTC|UT|Z))?(?: +\([^()]*\))?$"
)


def parse_times(
    texts: pa.Array, zone: str, basis: ZoneBasis = ZoneBasis.ASSUMED
) -> tuple[pa.Array, pa.Array]:
    """(n,) strings -> (n,) timestamp[us, UTC] with null where unreadable, (n,) `ZoneBasis`.

    `zone` and `basis` are those of times that carry none.
    """
    texts = pc.utf8_trim_whitespace(texts.fill_null(""))
    instants = _cast(texts, UTC_MICROS)
    if instants is not None:
        return in_range(instants), _basis(pa.repeat(pa.scalar(False), len(texts)), basis)
    spelled, texts = texts, _mail_as_iso(texts)
    instants = pa.nulls(len(texts), UTC_MICROS)
    bare = pc.match_substring_regex(texts, _ISO_BARE)
    for mask, parse in (
        (pc.match_substring_regex(texts, _ISO_ZONED), _zoned),
        (pc.match_substring_regex(texts, _ISO_UTC_WORD), _worded),
        (bare, lambda part: _local(part, zone)),
    ):
        instants = _fill(instants, mask, texts, parse)
    rest = pc.and_(pc.is_null(instants), pc.not_equal(texts, ""))
    return in_range(_fill(instants, rest, spelled, _mail_dates)), _basis(bare, basis)


def _basis(bare: pa.Array, basis: ZoneBasis) -> pa.Array:
    return pc.if_else(bare, basis.value, ZoneBasis.EXPLICIT.value)


def _mail_as_iso(texts: pa.Array) -> pa.Array:
    """RFC 2822 dates respelled as ISO 8601; `-0000`, UTC of an unknown place, is UTC."""
    parts = pc.extract_regex(texts, _MAIL)
    if parts.null_count == len(parts):
        return texts
    day, month, year, clock, zone = (pc.struct_field(parts, place) for place in range(5))
    month = pc.fill_null(pc.index_in(month, pa.array(_MONTHS)), 0)
    date = pc.binary_join_element_wise(
        year,
        pc.utf8_lpad(pc.add(month, 1).cast(pa.string()), 2, "0"),
        pc.utf8_lpad(day, 2, "0"),
        "-",
    )
    zone = pc.replace_substring_regex(zone, "[A-Z]+", "Z")
    iso = pc.binary_join_element_wise(date, "T", clock, zone, "")
    return pc.if_else(parts.is_valid(), iso, texts)


def in_range(instants: pa.Array) -> pa.Array:
    """The instants that every time zone can show, and null for the others."""
    low, high = (pa.scalar(end, UTC_MICROS) for end in (EARLIEST, LATEST))
    far = pc.or_(pc.less(instants, low), pc.greater(instants, high))
    return pc.if_else(far, pa.scalar(None, UTC_MICROS), instants)


def _cast(texts: pa.Array, to: pa.DataType) -> pa.Array | None:
    try:
        return texts.cast(to)
    except pa.ArrowInvalid:
        return None


def _each(texts: pa.Array, to: pa.DataType) -> pa.Array:
    """Cast the column, by halves where one is unreadable, so that one bad value costs little."""
    whole = _cast(texts, to)
    if whole is not None:
        return whole
    if len(texts) == 1:
        return pa.nulls(1, to)
    half = len(texts) // 2
    return pa.concat_arrays([_each(texts[:half], to), _each(texts[half:], to)])


def _zoned(texts: pa.Array) -> pa.Array:
    return _each(_micros(texts), UTC_MICROS)


def _worded(texts: pa.Array) -> pa.Array:
    return _zoned(pc.replace_substring_regex(texts, " ?(UTC|GMT)$", "Z"))


def _local(texts: pa.Array, zone: str) -> pa.Array:
    """Wall clock of a zone: the first of two in the autumn, the end of the gap in the spring."""
    wall = _each(_micros(texts), pa.timestamp("us"))
    local = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="latest")
    return local.cast(UTC_MICROS)


def _micros(texts: pa.Array) -> pa.Array:
    """Cut fractions to six digits, which is all that a microsecond column takes."""
    return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1")


def _mail_dates(texts: pa.Array) -> pa.Array:
    """Obsolete mail dates over the distinct texts; one without a zone stays null."""
    encoded = texts.dictionary_encode()
    known = [mail_date(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(known, UTC_MICROS).take(encoded.indices)


def mail_date(text: str) -> datetime | None:
    """One RFC 2822 date with a zone as a UTC instant, or None."""
    try:
        when = parsedate_to_datetime(text)
        return when.astimezone(UTC) if when.tzinfo else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _fill(
    instants: pa.Array, mask: pa.Array, texts: pa.Array, parse: Callable[[pa.Array], pa.Array]
) -> pa.Array:
    if not pc.any(mask).as_py():
        return instants
    return pc.replace_with_mask(instants, mask, parse(texts.filter(mask)))
