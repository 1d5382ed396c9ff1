"""Spelling handles one way: what a phone number or address looks like after reading.

Rule of this file: pure functions over one value, and one helper that applies them to the
distinct values of a column.
"""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
import pyarrow as pa

from pipelines.message import handle

CONSUMER_GMAIL = frozenset({"gmail.com", "googlemail.com"})


def map_distinct(column: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Apply a function to the distinct values of a (n,) string column; nulls stay null."""
    encoded = column.dictionary_encode()
    changed = pa.array([change(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def canonical_phone(text: str, region: str) -> str | None:
    """E.164 of a number as people and systems write it; None for short codes and names."""
    text = text.strip()
    for prefix in ("whatsapp:", "tel:", "sms:"):
        text = text.removeprefix(prefix)
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < 7 or len(text) > 40:
        return None
    if not text.startswith("+") and len(digits) > 10 and region in ("US", "CA"):
        text = "+" + digits
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_handle(text: str, region: str) -> str:
    """Typed handle of a number; short codes and sender names keep their own spelling."""
    return handle("phone", canonical_phone(text, region) or text.strip())
