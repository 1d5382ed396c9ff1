"""Times as exports spell them, read as columns: UTC instants and the basis of their zone.

Shapes read: ISO 8601 with zone or without, up to nine fraction digits; `YYYY-MM-DD HH:MM:SS UTC`;
RFC 2822. A time without a zone is taken in the district's zone and marked assumed; anything
else comes back null for the caller to quarantine.
"""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.message import ZoneBasis

UTC_MICROS = pa.timestamp("us", "UTC")

_ISO_ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$"
_ISO_UTC_WORD = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})? ?(UTC|GMT)$"
_ISO_BARE = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$"
_ZONE_NAMES = {"UTC", "GMT", "Z"}


def parse_times(texts: pa.Array, zone: str) -> tuple[pa.Array, pa.Array]:
    """(n,) strings -> (n,) timestamp[us, UTC] with null where unreadable, (n,) `ZoneBasis`."""
    texts = pc.utf8_trim_whitespace(texts.fill_null(""))
    explicit = pa.repeat(pa.scalar(ZoneBasis.EXPLICIT.value), len(texts))
    whole = _cast(texts, UTC_MICROS)
    if whole is not None:
        return whole, explicit
    zoned = pc.match_substring_regex(texts, _ISO_ZONED)
    worded = pc.match_substring_regex(texts, _ISO_UTC_WORD)
    bare = pc.match_substring_regex(texts, _ISO_BARE)
    instants = pa.nulls(len(texts), UTC_MICROS)
    instants = _fill(instants, zoned, texts, lambda part: _zoned(_micros(part)))
    instants = _fill(
        instants,
        worded,
        texts,
        lambda part: _zoned(_micros(pc.replace_substring_regex(part, " ?(UTC|GMT)$", "Z"))),
    )
    instants = _fill(instants, bare, texts, lambda part: _local(_micros(part), zone))
    rest = pc.and_(pc.is_null(instants), pc.not_equal(texts, ""))
    instants = _fill(instants, rest, texts, _mail_dates)
    basis = pc.if_else(bare, ZoneBasis.ASSUMED.value, explicit)
    return instants, basis


def _micros(texts: pa.Array) -> pa.Array:
    """Cut fractions to six digits, which is all that a microsecond column takes."""
    return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1")


def _cast(texts: pa.Array, to: pa.DataType) -> pa.Array | None:
    try:
        return texts.cast(to)
    except pa.ArrowInvalid:
        return None


def _each(texts: pa.Array, to: pa.DataType) -> pa.Array:
    """Cast the column, or value by value over its distinct texts when one is unreadable."""
    whole = _cast(texts, to)
    if whole is not None:
        return whole
    encoded = texts.dictionary_encode()
    values = [_cast(encoded.dictionary.slice(i, 1), to) for i in range(len(encoded.dictionary))]
    known = pa.array([value[0].as_py() if value else None for value in values], to)
    return known.take(encoded.indices)


def _zoned(texts: pa.Array) -> pa.Array:
    return _each(texts, UTC_MICROS)


def _local(texts: pa.Array, zone: str) -> pa.Array:
    wall = _each(texts, pa.timestamp("us"))
    local = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="latest")
    return local.cast(UTC_MICROS)


def _mail_dates(texts: pa.Array) -> pa.Array:
    """RFC 2822 dates over the distinct texts; one without a zone stays null."""
    encoded = texts.dictionary_encode()
    known = [mail_date(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(known, UTC_MICROS).take(encoded.indices)


def mail_date(text: str) -> datetime | None:
    """One RFC 2822 date with a zone as a UTC instant, or None."""
    try:
        when = parsedate_to_datetime(text)
        return when.astimezone(timezone.utc) if when.tzinfo else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _fill(instants: pa.Array, mask: pa.Array, texts: pa.Array, parse: object) -> pa.Array:
    if not pc.any(mask).as_py():
        return instants
    parsed = parse(texts.filter(mask))  # type: ignore[operator]
    return pc.replace_with_mask(instants, mask, parsed)
