"""What somebody wrote in a message: without quoted replies, forwarded blocks and signatures.

Rule of this file: characters only. Line by line over the first `EXAMINED` characters, every
pattern anchored and bounded, so that a hostile body costs no more than a long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

EXAMINED = 20_000
KEPT = 4_000
_HEADER_LINES = 3  # a reply header wrapped over more lines is not looked for
_BLOCK_LINES = 10  # the longest signature
_SHORT = 70

_QUOTED = re.compile(r"\s{0,8}(?:>|\|\s)")
_WROTE = re.compile(
    r"\s{0,4}(?:on|el|le|am|op)?\s?.{4,300}?"
    r"\b(?:wrote|writes|said|escribi[oó]|a écrit|schrieb|написал\S{0,3})\s?:\s{0,4}$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:on|el|le|am|op)\s|\d|[^<]{0,80}<[^>]{0,80}@", re.IGNORECASE)
_DATED = re.compile(r"\d{1,4}[-/. :]\d{1,2}|\b(?:19|20)\d\d\b|@", re.IGNORECASE)
_CUT = re.compile(
    r"\s{0,4}(?:-{2,}\s?(?:original message|reply message|mensaje original|mensaje reenviado"
    r"|forwarded message|forwarded by\b.{0,80})\s?-{0,}|begin forwarded message:)",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s{0,4}[*_]{0,2}(?:from|de)[*_]{0,2}\s?:[*_]{0,2}\s", re.IGNORECASE)
_SENT = re.compile(
    r"\s{0,4}[*_]{0,2}(?:sent|date|enviado(?: el)?|fecha|to|para|subject|asunto)[*_]{0,2}\s?:",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s{0,4}[_=*-]{10,}\s{0,4}$")
_SIGNATURE = re.compile(r"\s{0,2}(?:--|—|__|-- )\s{0,2}$")
_DEVICE = re.compile(
    r"\s{0,4}(?:sent (?:from|via|with|using)|via mobile|get outlook for|enviado (?:desde|con)"
    r"|obtener outlook|mandado desde|envoyé de)\b.{0,80}$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s{0,4}(?:many |muchas )?(?:thanks|thank you|thx|best|regards|sincerely|respectfully|cheers"
    r"|warmly|cordially|yours|saludos|gracias|atentamente|cordialmente|un abrazo|love|take care)"
    r"(?: again| so much| much| regards| wishes| you| truly| cordiales)?\s?[,.!]?\s{0,4}$",
    re.IGNORECASE,
)
_CARD = re.compile(  # a line of a visiting card
    r"\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}|\S{1,60}@\S{1,60}\.\w{2,}|https?://|www\.|\bext\.?\s?\d"
    r"|^\s{0,4}(?:t|f|p|m|o|c|tel|cell|phone|office|fax|skype)[.:]\s?\S"
    r"|\b(?:teacher|coach|principal|counsell?or|director|coordinator|secretary|registrar|advisor"
    r"|librarian|specialist|nurse|department|dept|instructor|superintendent|maestr[ao]|profesor"
    r"|profesora|directora|(?:high|middle|elementary) school|school district|she/her|he/him"
    r"|pronouns|office hours|room \d+|manager|engineer|assistant|p\.?o\.? box)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\s{0,4}[-~—]{0,2}\s?(?:(?:mr|mrs|ms|miss|dr|coach|sr|sra|señora?|profe)\.?\s)?"
    r"[^\W\d_][\w.'’-]{0,24}(?:\s[^\W\d_][\w.'’-]{0,24}){0,3}\s?,?\s{0,4}$",
    re.IGNORECASE,
)

_REPLY = re.compile(r"^(?:\s*(?:re|fwd?|rv|aw)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


def clean(text: str) -> str:
    """Strip quoted replies and signatures; at most `KEPT` characters come back."""
    text = _REPLY.sub("", text[:EXAMINED])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own = list(_unquoted(lines))
    while own and not own[-1].strip():
        own.pop()
    return "\n".join(_unsigned(own)).strip()[:KEPT].rstrip()


def _unquoted(lines: Sequence[str]) -> Iterator[str]:
    """The lines outside quotes and replies; stops where the rest is somebody else's."""
    place = 0
    while place < len(lines):
        line = lines[place]
        header = _header_length(lines, place)
        if header:
            place += header
            if not _quote_follows(lines, place):
                return
            continue
        if _CUT.match(line) or _outlook(lines, place):
            return
        if not _QUOTED.match(line) and not _DEVICE.match(line):
            yield line
        place += 1


def _header_length(lines: Sequence[str], place: int) -> int:
    """How many lines "On ... wrote:" takes here; 0 when there is none."""
    if not _OPENS.match(lines[place].lstrip("> ")):
        return 0
    joined = ""
    for length, line in enumerate(lines[place : place + _HEADER_LINES], start=1):
        if length > 1 and not line.strip():
            return 0
        joined += " " + line.strip(" >\t")[:200]
        if joined.endswith(":") and _DATED.search(joined) and _WROTE.match(joined):
            return length
    return 0


def _quote_follows(lines: Sequence[str], place: int) -> bool:
    for line in lines[place : place + 4]:
        if line.strip():
            return _QUOTED.match(line) is not None
    return False


def _outlook(lines: Sequence[str], place: int) -> bool:
    """A From:/Sent: block, with or without a ruled line above it."""
    if _RULE.match(lines[place]) and place + 1 < len(lines):
        place += 1
    if not _FROM.match(lines[place]):
        return False
    return sum(_SENT.match(line) is not None for line in lines[place + 1 : place + 6]) >= 2


def _unsigned(lines: list[str]) -> list[str]:
    """The lines without the signature at their end."""
    for place, line in enumerate(lines):
        if place and (_SIGNATURE.match(line) or _RULE.match(line)):
            below = [line for line in lines[place + 1 :] if line.strip()]
            if len(below) <= _BLOCK_LINES and all(len(line) <= _SHORT for line in below):
                return lines[:place]
    start = max(0, len(lines) - _BLOCK_LINES - 1)
    for place in range(max(start, 1), len(lines)):
        below = [line for line in lines[place + 1 :] if line.strip()]
        if _CLOSING.match(lines[place]) and all(len(line) <= _SHORT for line in below):
            return lines[:place]
    return lines[: _card_start(lines)]


def _card_start(lines: Sequence[str]) -> int:
    """Where a visiting card without a closing begins: a name, then lines of a card."""
    place = len(lines)
    cards = 0
    while place > 1 and len(lines) - place < _BLOCK_LINES:
        line = lines[place - 1]
        if line.strip() and len(line) <= _SHORT and _CARD.search(line) and not _spoken(line):
            cards += 1
        elif line.strip() and not (cards and _NAME.match(line)):
            break
        place -= 1
    named = any(_NAME.match(line) for line in lines[place : place + 2])
    return place if cards >= (1 if named else 2) else len(lines)


def _spoken(line: str) -> bool:
    """Whether a line reads as a sentence rather than as a card."""
    return line.rstrip().endswith((".", "?", "!")) and len(line.split()) > 4
