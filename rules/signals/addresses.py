"""E-mail addresses in a text, plain or with the @ and the dots in words.

Rule of this file: pure text in, spans out. Every candidate is validated by email-validator and
its suffix looked up in the bundled public suffix list; neither asks the network. The reserved
suffixes .example and .test count, so that invented text can be checked. Only the first
`EXAMINED` characters and `MAX_SIGNS` at-signs are looked at, a bounded stretch around each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from email_validator import EmailNotValidError, validate_email

from rules.signals.links import registered_domain
from rules.signals.memory import remembered
from rules.signals.networks import MAIL_PROVIDERS

EXAMINED = 20_000
MAX_SIGNS = 200

_SPACE = "[ \\t\\r\\n\u00a0]"
_DOT = (
    rf"(?:\.|{_SPACE}?[\[({{]{_SPACE}?(?:\.|dot|punto){_SPACE}?[\])}}]{_SPACE}?"
    rf"|{_SPACE}(?:dot|punto){_SPACE})"
)
_AT = (
    rf"(?P<mark>{_SPACE}?[@＠]{_SPACE}?)"
    rf"|(?P<boxed>{_SPACE}?[\[({{<]{_SPACE}?(?:at|arroba|@){_SPACE}?[\])}}>]{_SPACE}?)"
    rf"|(?P<said>{_SPACE}(?:at|arroba){_SPACE})"
)

HINT: str = rf"(?i)(?:{_AT.replace('?P<', '?P<h_')})[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}_\-]*{_DOT}"
"""An at-sign, plain or in words, one label, and a dot, plain or in words."""

_SIGN = re.compile(rf"(?i){_AT}")
_LOCAL = re.compile(
    rf"(?i)(?:\"[^\"\s]{{1,62}}\"|(?:[\w.!#$%&'*+/=?^`{{|}}~\-]{{1,64}}"
    rf"{_SPACE}(?:dot|punto|underscore|dash|guion){_SPACE}){{0,2}}[\w.!#$%&'*+/=?^`{{|}}~\-]{{1,64}})\Z"
)
_DOMAIN = re.compile(rf"(?i)(?P<labels>[^\W_][\w\-]{{0,62}}(?:{_DOT}[^\W_][\w\-]{{0,62}}){{1,5}})")
_ANY_DOT = re.compile(rf"(?i){_DOT}")
_WORD_SIGNS = (
    (re.compile(rf"(?i){_SPACE}(?:dot|punto){_SPACE}"), "."),
    (re.compile(rf"(?i){_SPACE}underscore{_SPACE}"), "_"),
    (re.compile(rf"(?i){_SPACE}(?:dash|guion){_SPACE}"), "-"),
)
_NO_NAME = frozenset(
    "look looking looked check checking find found see seen visit us me it them him her you page "
    "site website meet available here more info read watch shop order online now today tomorrow "
    "sign signup register click go login work works working is are was be and or out up posted "
    "listed online store form link document video only mail email mensaje correo escribe".split()
)
_IN_URL = re.compile(r"://\S*\Z")
_LOOKS_NAMED = re.compile(r"[\w\-]+[._+\d][\w\-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """An address found: half-open span, the address it means, plain or obfuscated."""

    start: int
    end: int
    address: str
    spelled: str


def _local(before: str, *, plain: bool) -> tuple[str, int] | None:
    """The name before the sign and how far back it begins."""
    match = _LOCAL.search(before)
    if match is None:
        return None
    written = match[0]
    if plain and not written.startswith('"'):
        written = re.split(r"\s", written)[-1]
    bare = written if written.startswith('"') else written.lstrip(".'*/=|~{`!#$%&?^-}+")
    name = bare
    for pattern, sign in _WORD_SIGNS:
        name = pattern.sub(sign, name)
    return (name, len(bare)) if name else None


def _domain(after: str) -> tuple[str, int, bool] | None:
    """The longest domain with a public suffix, where it ends, and whether dots are hidden."""
    match = _DOMAIN.match(after)
    if match is None:
        return None
    dots = list(_ANY_DOT.finditer(match["labels"]))
    ends = [*(dot.start() for dot in dots[1:]), match.end("labels")]
    for end in reversed(ends):
        written = after[:end].rstrip("-_")
        host = _ANY_DOT.sub(".", written).lower()
        if registered_domain(host):
            return host, len(written), _ANY_DOT.sub("", written) != written.replace(".", "")
    return None


def _credible(sign: re.Match[str], name: str, host: str, *, dots_hidden: bool) -> bool:
    """Whether a sign in words or with spaces around stands in an address, not in a sentence."""
    if sign["boxed"]:
        return True
    if sign["mark"] and (sign[0].strip() == sign[0] or sign[0][:1] in "@＠"):
        return True
    if name.lower() in _NO_NAME:
        return False
    shouted = sign[0].strip() in {"AT", "ARROBA"} and not name.isupper()
    named = _LOOKS_NAMED.fullmatch(name) is not None
    return dots_hidden or shouted or named or host in MAIL_PROVIDERS


def _validated(address: str) -> str | None:
    """As email-validator spells it, in lower case; None when it is not valid."""
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, allow_quoted_local=True
        )
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def _read(text: str, sign: re.Match[str]) -> Address | None:
    start, end = sign.span()
    local = _local(text[max(0, start - 90) : start], plain=bool(sign["mark"]))
    domain = _domain(text[end : end + 260])
    if local is None or domain is None:
        return None
    name, back = local
    host, ahead, dots_hidden = domain
    first, last = start - back, end + ahead
    if _IN_URL.search(text[max(0, first - 80) : start]):
        return None
    if text[first - 1 : first] in {"@", "＠"} or text[last : last + 1] in {"@", "＠"}:
        return None
    if not _credible(sign, name, host, dots_hidden=dots_hidden):
        return None
    address = _validated(f"{name}@{host}")
    if address is None:
        return None
    plain = sign[0] == "@" and not dots_hidden
    return Address(first, last, address, "plain" if plain else "obfuscated")


@remembered
def find(text: str) -> tuple[Address, ...]:
    """Every address in the text's first `EXAMINED` characters, in order, none overlapping."""
    text = text[:EXAMINED]
    found: list[Address] = []
    for sign in islice(_SIGN.finditer(text), MAX_SIGNS):
        address = _read(text, sign)
        if address and (not found or address.start >= found[-1].end):
            found.append(address)
    return tuple(found)
