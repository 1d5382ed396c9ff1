"""Private numbers and addresses given in a text, and requests for somebody's.

Rule of this file: pure text in, spans out; whose a number is, and whether it is the district's, is
asked elsewhere. Only the first `EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals import addresses, phones
from rules.signals.private_ways import either
from rules.signals.whose_number import Whose, whose

EXAMINED = 8_000
MAX_OFFERS = 20
EMAIL, PHONE = "email", "phone"
_BEFORE, _AFTER = 48, 24  # characters around a handle that say whose it is
_FEW_WORDS = 7  # beside the handle itself, in a message that is an answer and nothing else


@dataclass(frozen=True, slots=True)
class Given:
    """A typed handle that stands in a text: half-open span; whether the words call it their own."""

    start: int
    end: int
    handle: str
    own: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for somebody's number or address: half-open span and kind of handle."""

    start: int
    end: int
    kind: str


_OWN = re.compile(
    r"(?i)\b(?:my|mine|me|m[ií]|m[ií]o|i['’]?m|i am|use|reach me|this is|here['’]?s|here is"
    r"|it['’]?s"
    r"|its|es|escr[ií]beme|m[aá]ndame\w*|ll[aá]mame|te?xt|try)\b"
)
_ELSES = re.compile(
    r"(?i)\b(?:mom|mum|mother|dad|father|parents?|guardian|step\w{3,6}|sister|brother|sis|bro"
    r"|grand\w+"
    r"|aunt|uncle|cousin|friend|boss|work|coach|rep|recruiter|office|store|shop|doctor|clinic"
    r"|college|university|admissions|mam[aá]|pap[aá]|hermana|hermano|abuel[oa]|t[ií][oa]|amig[oa]"
    r"|his|her|their|su)(?:['’]?s)?\b"
)

_NOT_THAT = (
    r"(?!(?:mom|mum|dad|parent|mother|father|guardian|grand|student|school|district|id\b|jersey"
    r"|locker"
    r"|lunch|room|seat|bus|account|pin|order|confirm|license|plate|score|lucky|favou?rite|group"
    r"|team"
    r"|badge|page|problem|question|part|race|bib|lane|class)\w*['’]?s? )"
)
_WORDS = rf"(?:{_NOT_THAT}[\w-]+ ){{0,2}}?"
_NUMBER = either(
    r"(?:cell|phone|mobile|home|personal|private|own|whats ?app)?(?: ?phone)? ?"
    r"(?:numbers?|num|nr|no\.|#|digits)(?!\w)",
    r"cell(?: ?phone)?\b|mobile\b|celular\b|cel\b|n[uú]mero\b(?! de (?:lista|estudiante))"
    r"|tel[eé]fono\b",
)
_MAIL = r"(?:e-?mail|gmail|g-?mail|hotmail|yahoo|icloud)\b(?: (?:address|account|addy))?"
_PRIVATE_MAIL = either(
    rf"(?:personal|private|home|other|own|non-?school|outside|regular|second) (?:{_MAIL}|account"
    r"|address|inbox|one)\b",
    r"gmail\b|hotmail\b|yahoo\b|icloud\b",
)
_WHAT = r"\bwh?at(?:['’]?s| is| are| was)? (?:your|ur|yr|yo)"
_GIVE = (
    r"\b(?:give|send|gimme|shoot|drop|tell|share|message|text|leave|need|want|get|have|grab|dm"
    r"|write)"
    r"(?: me| us)?(?: down)? (?:your|ur|yr)"
)
_ANOTHER = r"(?:an?|another|any|any other|some other|a different|ur own|your own)"
_HAVE = r"\b(?:do (?:you|u|ya) have|(?:you|u) have|(?:have |have you |u |you )?got|is there)"
_DAME = (
    r"\b(?:cu[aá]l es|me das|me pasas|p[aá]same|d[aá]me|m[aá]ndame|dime|env[ií]ame|me puedes"
    r" (?:dar|pasar)"
    r"|tienes|comp[aá]rteme)(?: (?:tu|un|otro|alg[uú]n(?: otro)?))?"
)
_NOT_ON = (
    r"(?! (?:on|for|in|from) (?:the|your|our) (?:jersey|bib|roster|list|sheet|test|back|poster))"
)
_ASKS_NUMBER = re.compile(
    "(?i)"
    + either(
        rf"{_WHAT} {_WORDS}(?:{_NUMBER}|phone\b(?= ?(?:\?|$))){_NOT_ON}",
        rf"{_GIVE} {_WORDS}{_NUMBER}{_NOT_ON}",
        rf"{_HAVE} {_ANOTHER} (?:[\w-]+ )?{_NUMBER}(?= ?(?:\?|$|i\b|we\b|to\b|where\b|for\b"
        rf"|that\b))",
        r"\b(?:what|which|best|a|good) (?:number|cell|num) (?:can|should|do|could|to|for|would)"
        r" (?:i|we|text|call|reach|use|get|you|be)\b",
        rf"{_DAME} (?:cel(?:ular)?|n[uú]mero|tel[eé]fono|m[oó]vil)\b(?! de (?:lista|estudiante"
        rf"|tu))",
    )
)
_ASKS_MAIL = re.compile(
    "(?i)"
    + either(
        rf"{_WHAT} (?:{_WORDS}{_MAIL}|{_PRIVATE_MAIL})(?! (?:password|about|say|say(?:ing)?))",
        rf"{_GIVE} (?:{_PRIVATE_MAIL}|e-?mail address|e-?mail(?= ?(?:[.,?!;]|$|and\b|so\b)))",
        rf"{_HAVE} {_ANOTHER} (?:{_PRIVATE_MAIL}|(?:e-?mail|address|inbox|account)\b"
        r"(?! (?:for|from|with) (?:the )?(?:school|canvas|library|gizmos|quizlet)))",
        r"\b(?:an?|another|some other) (?:(?:personal|private|home|non-?school|different"
        r"|outside) )?"
        r"(?:e-?mail|address|account|inbox)(?: address)? (?:i|we) (?:can|could|should|may)"
        r" (?:send|use|write"
        r"|mail|e-?mail|reach|share)",
        r"\b(?:what|which|where|is there somewhere else|somewhere else) (?:e-?mail |address"
        r" )?(?:can|could"
        r"|should|do) (?:i|we) (?:send|e-?mail|mail) (?:it|this|that|them|you)\b[^.?!\n]{0,30}"
        r"\b(?:not school|outside|home|personal|instead)\b",
        rf"{_DAME} (?:correo|e-?mail|gmail|mail|cuenta)\b(?! (?:de la |de )?(?:escuela|escolar))",
    )
)
HINTS = (
    phones.HINT,
    addresses.HINT,
    "(?i)(?:your|ur|yr|yo|tu|an?|another|any|other|own|un|otro|best|which|what) (?:[a-z-]+ ){0,2}"
    r"(?:cell|phone|mobile|home|personal|private|whats ?app|number|num|nr|no\.|#|digits|cel|n[uú]m"
    r"|tel[eé]f|m[oó]vil|e-?mail|g-?mail|hotmail|yahoo|icloud|addr|acc|inbox|correo|mail|cuenta"
    r"|other)"
    r"|(?:home|personal|outside|not school|instead) ?(?:$|[^a-z])|(?:cu[aá]l es|das|pas[ae]s?"
    r"|p[aá]same|d[aá]me|m[aá]ndame|dime|env[ií]ame|dar|pasar|tienes|comp[aá]rteme)"
    " (?:cel|n[uú]m|tel|m[oó]v|corr|mail)",
)
"""One of them is necessary for `given` or `asked`."""


def given(text: str, region: str = "US", *, local_area: str | None = None) -> tuple[Given, ...]:
    """Every number and address in the text's first `EXAMINED` characters, in order."""
    text = text[:EXAMINED]
    spans = [
        (one.start, one.end, f"{PHONE}:{one.e164}")
        for one in phones.find(text, region, local_area=local_area)
        if one.e164 and one.kind != "tollfree"
        if whose(text[: one.start], text[one.end :]) is not Whose.PUBLIC
    ]
    spans += [(one.start, one.end, f"{EMAIL}:{one.address}") for one in addresses.find(text)]
    return tuple(
        Given(start, end, handle, _is_own(text, start, end))
        for start, end, handle in sorted(spans)[:MAX_OFFERS]
    )


def _is_own(text: str, start: int, end: int) -> bool:
    """Whether the words around call a handle the writer's own, or the text is nothing else."""
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    clause = re.split(r"[.!?\n]", before)[-1]
    if _ELSES.search(clause) or _ELSES.search(re.split(r"[.!?\n]", after)[0]):
        return False
    if _OWN.search(clause) or re.match(r"(?i)\W{0,3}(?:is )?(?:mine|me\b)", after):
        return True
    return len((text[:start] + text[end:]).split()) <= _FEW_WORDS


def asked(text: str) -> tuple[Asked, ...]:
    """Every request for a private number or address, in order."""
    return tuple(sorted(_asked(text[:EXAMINED]), key=lambda one: (one.start, one.kind)))


def _asked(text: str) -> Iterator[Asked]:
    for kind, pattern in ((PHONE, _ASKS_NUMBER), (EMAIL, _ASKS_MAIL)):
        for match in islice(pattern.finditer(text), MAX_OFFERS):
            yield Asked(*match.span(), kind)
