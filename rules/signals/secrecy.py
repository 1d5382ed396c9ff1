"""Requests to hide a conversation: "don't tell your mom", "just between us", "delete these".

Rule of this file: pure text in, spans out. A request counts with a private channel named near it,
or on a private channel when it speaks of parents or of the messages themselves. Only the first
`EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rules.signals.elsewhere import EXAMINED, MAX_POINTERS, Kind, Pointer
from rules.signals.private_ways import NAMED, either, is_taken_back

_FAR = 220  # characters between the request and the private channel named
_AROUND = 80  # characters in which a surprise or a game explains the request

_GROWN_UP = (
    r"(?:mom|mum|momma|mama|mommy|mother|dad|daddy|father|parents?|folks|family|guardians?"
    r"|grandm\w+"
    r"|grandpa|rents|mam[aá]|pap[aá]s?|padres|familia)"
)
_SOMEBODY = (
    r"(?:any ?one|any ?body|any1|nobody|no ?one|a soul|(?:your |ur )?friends|people|the others"
    r"|nadie"
    r"|the (?:office|principal|school|counselor|other (?:teachers|coaches))|admin|mr\.? \w+"
    r"|mrs\.? \w+"
    r"|ms\.? \w+|coach \w+)"
)
_TELL = (
    r"\b(?:do ?n['’]?t|don t|do not|no need to|never|better not|can['’]?t|cannot|not) (?:ever "
    r"|go |u |you "
    r"|even |you dare"
    r" |be )?(?:tell(?:ing)?|show(?:ing)?|mention(?: \w+){0,3} to|say (?:\w+ ){1,3}?to|let) "
    r"(?:(?:this|it|that|these|them) to )?(?:(?:your|ur|yr|the) )?"
)
_DIGAS = r"\bno (?:le|les|se lo|se los|lo) (?:digas|cuentes|ense[nñ]es|muestres)(?: \w+){0,3}? a "
_FROM_PARENTS = re.compile(
    "(?i)"
    + either(
        rf"{_TELL}{_GROWN_UP}\b",
        rf"{_DIGAS}(?:tus?|la|el|los) {_GROWN_UP}\b",
        rf"\ba tus? {_GROWN_UP} ni (?:una palabra|pio)\b",
        rf"\bque no (?:se enteren?|lo sepan?|vean?) (?:tus?|la|el) {_GROWN_UP}\b",
        rf"\b(?:your|ur) {_GROWN_UP} (?:can['’]?t|cannot|doesn['’]?t (?:have|need) to|don['’]?t"
        rf" (?:have|need) to"
        r"|shouldn['’]?t|must not) (?:know|find out|see|hear)\b",
    )
)
_MESSAGES = re.compile(
    r"(?i)\b(?:delete|deleting|erase|clear|wipe|trash|borr[ae]\w*|b[oó]rra\w*|elim[ií]na\w*)"
    r" (?:out |all of |all |todos? )?"
    + either(
        r"(?:this|these|those|our|the|any|your|ur|my|all|estos?|los|el|la|nuestr\w+)"
        r" (?:whole |old |last )?(?:te?xts?|msgs?|messages?|convos?|conversations?|chats?"
        r"|threads?|mensajes?"
        r"|conversaci[oó]n)\b(?! ?(?:box|book|field))",
        r"(?:this|these|those|esto|estos)\b(?= ?(?:[.,!?;:)\n]|$|when|after|once|before|ok\b|k\b"
        r"|pls|please"
        r"|too|and|so|from|right|now|asap|later|cuando|despu[eé]s))",
        r"(?:your |ur |the )?(?:conversation|chat|text|call|message|phone) (?:history|log)\b",
        r"(?P<it>them|it)\b",
    )
    + r"|\bb[oó]rra(?:lo|los)\b|\bborra lo que\b"
)
_FROM_OTHERS = re.compile(
    "(?i)"
    + either(
        rf"{_TELL}{_SOMEBODY}\b",
        rf"{_DIGAS}nadie\b",
        r"\b(?:just )?between (?:us|you and me|u and me|you n me|u n me|the two of us)\b",
        r"\bour (?:little |own )?secret\b|\btell (?:no ?one|no ?body)\b",
        rf"\b(?:make sure|so) (?:that )?(?:no ?body|no ?one|(?:your|ur) {_GROWN_UP})"
        rf" (?:doesn['’]?t |does not |can['’]?t )?"
        r"(?:sees?|reads?|finds?|knows?|hears?)\b",
        rf"\bwithout (?:any ?one|any ?body|people|(?:your|ur) {_GROWN_UP})(?: \w+){{0,3}}?"
        rf" (?:seeing|knowing|reading"
        r"|finding|watching)\b",
        r"\bkeep (?:\w+ ){1,2}(?:a )?(?:secret|private|quiet|to yourself|between|on the (?:dl"
        r"|low|down ?low))\b",
        r"\b(?:no ?body|no ?one) (?:else )?(?:needs|has|gotta|should) (?:to )?know\b",
        r"\bentre (?:nosotros|t[uú] y yo)\b|\bnuestro secreto\b|\bnadie (?:tiene|necesita)"
        r" (?:que )?saber",
    )
)
_HARMLESS = re.compile(
    r"(?i)\b(?:surprise|sorpresa|party|fiesta|gift|regalo|birthday|cumplea\w+|mother['’]?s day"
    r"|father['’]?s day"
    r"|valentine\w*|prank|answers?|spoil\w*|ending|the plot)\b"
)
_WHAT_IT_IS = re.compile(r"(?i)\b(?:te?xts?|messages?|msgs?|chats?|convo|this|these|mensajes?)\b")
_NOT_ASKED = re.compile(
    r"(?i)\b(?:i|we|they|he|she|didn['’]?t|did|would|will|i['’]ll|i['’]d)(?: \w+)? \Z"
)
HINT_PRIVATE = "(?i)" + either(
    "delet|eras|wipe|trash|borr|b[oó]rra|elim[ií]n|clear (?:out|all|th|our|any|your|ur|my)",
    "(?:your|ur|yr|tus?|la|el|los|tell|telling|show|showing|let|to) (?:the )?(?:mom|mum|mam"
    "|mother|dad|father"
    "|parent|folks|family|guardian|grand|rents|pap|padres|familia)",
)
"""Necessary for `find` where no private channel is named."""
_NAMED = re.compile(f"(?i){NAMED}")


def find(text: str, *, on_private: bool = False) -> tuple[Pointer, ...]:
    """Every request to hide what is said, in order.

    `on_private`: the text itself travels on a private channel, so that it need not name one.
    """
    text = text[:EXAMINED]
    found = [
        *_requests(_FROM_PARENTS, Kind.HIDE, text, on_private),
        *_requests(_FROM_OTHERS, Kind.HIDE, text, False),
        *_requests(_MESSAGES, Kind.DELETE, text, on_private),
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))[:MAX_POINTERS]


def _requests(
    pattern: re.Pattern[str], kind: Kind, text: str, on_private: bool
) -> Iterator[Pointer]:
    for match in islice(pattern.finditer(text), MAX_POINTERS):
        start, end = match.span()
        around = text[max(0, start - _AROUND) : end + _AROUND]
        if kind is Kind.HIDE and _HARMLESS.search(around):
            continue
        before = text[max(0, start - _AROUND) : start]
        if match.groupdict().get("it") and not _WHAT_IT_IS.search(before):
            continue
        if _NOT_ASKED.search(text[max(0, start - 24) : start]) or is_taken_back(text, start, end):
            continue
        if on_private or _NAMED.search(text, max(0, start - _FAR), end + _FAR):
            yield Pointer(start, end, kind)
