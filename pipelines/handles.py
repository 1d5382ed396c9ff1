"""One spelling for every e-mail address, phone number and log-in name.

Rule of this file: it is the only place that decides when two spellings are the same handle.
Plain functions over strings, and one helper that applies them to the distinct values of a column.

Sources: RFC 5321 2.4 (domains are case-insensitive); Google's help pages on `+` addresses and on
dots (dots are ignored for gmail.com, and count in Workspace domains);
phone numbers by Google's libphonenumber through `phonenumbers`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
import pyarrow as pa

from pipelines.message import handle
from rules.signals.links import registered_domain

CONSUMER_GMAIL = "gmail.com"
_GMAIL_NAMES = frozenset({CONSUMER_GMAIL, "googlemail.com"})
_EXTENSION = re.compile(r"[\s,;]*(?:;?ext=|ext(?:ension|n)?\.?|x|#)[\s.:]{0,3}\d{1,7}\s*$")
_SCHEME = re.compile(r"^(?:whatsapp|tel|sms|mms):", re.ASCII)
_PLAIN_LENGTH = 64  # no spelling of a number with its extension is longer
_LONGEST_ACCOUNT = 254
_NOBODY = frozenset({"", "-", "anonymous", "unauthenticated", "guest", "unknown", "(null)", "none"})
_NO_NAME = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\S*\s[\s\S]*", re.ASCII)  # a machine; words


def in_domains(domain: str, domains: Iterable[str]) -> bool:
    """Whether a lower-case domain is one of `domains` or below one of them."""
    return _in_domains(domain, tuple(domains))


@lru_cache(maxsize=65536)
def _in_domains(domain: str, domains: tuple[str, ...]) -> bool:
    return any(domain == one or domain.endswith("." + one) for one in domains)


def canonical_email(address: str, school_domains: Iterable[str]) -> str:
    """Spell an address so that equal mailboxes are equal strings.

    Lower case throughout; `+tag` goes for the district's domains (and those below) and consumer
    Gmail; dots go for consumer Gmail alone, never for a school domain. Text without `@` is only
    trimmed and lower-cased. Calling it twice changes nothing more.
    """
    text = address.strip().lower()
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    while domain != (domain := domain.rstrip(".").rstrip()):
        pass  # a root dot, and blanks before it
    schools = tuple(school_domains)
    is_school = in_domains(domain, schools)
    is_gmail = domain in _GMAIL_NAMES and not is_school
    if is_gmail:
        domain = CONSUMER_GMAIL
    if is_school or is_gmail:
        kept = local.partition("+")[0]
        if is_gmail:
            kept = kept.replace(".", "").strip()
        local = kept or local
    return f"{local}@{domain}"


_E164_NANP = re.compile(r"\+1[2-9]\d{9}", re.ASCII)


@lru_cache(maxsize=1 << 17)
def canonical_phone(text: str, region: str) -> str | None:
    """Spell a phone number as E.164, or None when the text is not one dialable number.

    `region` is an ISO 3166 code such as "US" for numbers without a country code. A `whatsapp:`,
    `tel:` or `sms:` scheme and an extension are cut off. Short codes, seven-digit local numbers and
    alphanumeric senders give None: they do not name one line.
    """
    if _E164_NANP.fullmatch(text):
        return text  # what gateways write, and always possible
    plain = "".join(c for c in text if unicodedata.category(c) != "Cf").strip().lower()
    if len(plain) > _PLAIN_LENGTH:
        return None
    plain = _EXTENSION.sub("", _SCHEME.sub("", plain)).strip()
    if not plain or any(c.isalpha() for c in plain):
        return None
    number = _possible(plain, region)
    if number is None and plain.isdecimal():  # gateways leave out the "+" of foreign numbers
        foreign = _possible("+" + plain, region)
        number = foreign if foreign and phonenumbers.is_valid_number(foreign) else None
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _possible(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    return number if reason == phonenumbers.ValidationResult.IS_POSSIBLE else None


def short_code(text: str) -> str | None:
    """Give the digits of a text-message short code (five or six digits), else None."""
    digits = text.strip().replace("-", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in (5, 6) else None


def map_distinct(column: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Apply a function to the distinct values of a (n,) string column; nulls stay null."""
    encoded = column.dictionary_encode()
    changed = pa.array([change(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def phone_handle(text: str, region: str) -> str:
    """Typed handle of a number; short codes and sender names keep their own spelling."""
    return handle("phone", canonical_phone(text, region) or text.strip())


@lru_cache(maxsize=1 << 16)
def account_handle(text: str) -> str | None:
    """Typed handle of the account that a log names, or None where it names nobody.

    `DOMAIN\\name`, and `name@REALM` where the realm is no public domain (`AD.LOCAL`), are the
    log-in name alone: `user:name`; `name@school.org` is an address. Percent signs are decoded, as
    proxies write `DOMAIN%5Cname`.
    """
    if len(text) > _LONGEST_ACCOUNT:
        return None
    name = unquote(text).strip().strip('"').strip().lower().rpartition("\\")[2]
    local, at, realm = name.rpartition("@")
    if at and local and registered_domain(realm):
        return handle("email", name)
    name = local if at else name
    return None if name in _NOBODY or _NO_NAME.fullmatch(name) else handle("user", name)
