"""Social-media handles given in a text, and requests for somebody's.

Rule of this file: pure text in, spans out. A handle counts when a network is named with it
("my snap is mara.r", "add me @mara on insta") or an add/follow verb stands before an @name.
A network's name that is an everyday word (ig, snap, signal, steam) needs more than a name alone.
Only the first `EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals.networks import bound_pattern, by_spoken, spoken_pattern

EXAMINED = 20_000
MAX_HANDLES = 100

_NET = f"{spoken_pattern(ambiguous=False)}|{spoken_pattern(ambiguous=True)}"
_VERB = (
    "add|follow|dm|friend|hmu|hit me up|hit up|subscribe to|subscribe|snap|message|msg|find me"
    "|agr[eé]game|agrega|s[ií]gueme|sigue|b[uú]scame|a[ñn][aá]deme"
)

_YOUR = r"(?:your|you'?re|ur|yr|yo|ya|tu|su)"
_ACCOUNT_NAMES = (
    "user ?names?|users?|handles?|gamer ?tags?|tags?|ids?|names?|@|acc(?:oun)?ts?|usuario|cuenta"
)
_SHORT_NET = "gt|dc|gram|tele"
_SHORT_GAME = "epic|switch|cod|2k|ea|fort|riot"

HINT: str = (
    rf"(?i)\b(?:{_NET})\b|\b(?:{_VERB})\b[^@＠]*[@＠]"
    rf"|\b{_YOUR} (?:{_SHORT_NET}|{_SHORT_GAME}|user|handle|@|tag\b|usuario)"
    r"|\b(?:wh?at'?s|what is|and|but) (?:yours|urs)\b"
    rf"|\bgt\b|\b(?:my|mi) (?:{bound_pattern()})\b"
)
"""A network's name, or an add/follow verb with an at-sign somewhere after it."""

_HANDLE = r"(?P<handle>(?:[@＠$] ?)?(?<![\w.])[A-Za-z0-9_][\w.\-]{1,31}(?:#\d{4})?)(?![\w@/＠]|:/)"
_NETWORK = rf"(?P<net>(?ia:\b(?:{_NET})\b))"
_NAMED = r"handle|user ?name|user|name|id|tag|acc(?:oun)?t|@|page|profile|usuario|cuenta|nombre"
_IS = r"[ ]?(?::|=|-+>?|→|—|–)[ ]?|[ ](?:is|es|at|it'?s)[ ]"
_NET_FIRST = re.compile(
    rf"(?i)(?P<mine>\b(?:my|mi|our|his|her|our class|the)[ ])?(?<![\w.@]){_NETWORK}(?!\.\w)"
    rf"(?P<me>[ ](?:me|us))?(?P<named>[ ](?:{_NAMED}))?"
    rf"(?P<link>'s[ ]|(?:{_IS}){{1,2}}|[ ](?=[@＠$\w])){_HANDLE}"
)
_NET_LAST = re.compile(
    rf"(?i)\b(?P<verb>(?:add|follow|find|message|msg|dm|friend|hmu|hit up|hit me up|snap"
    r"|subscribe to|agr[eé]game|agrega|s[ií]gueme|sigue|b[uú]scame|a[ñn][aá]deme|i'?m|it'?s|soy"
    r"|look up|look for|search for|search up|search|busca|as|like|by|at|user ?name|handle|como"
    r"|is|es|@)\b|(?=[@＠]))(?P<me>[ ](?:me|us))?"
    rf"(?:[ ](?:at|as|como|is))?[ :]{{0,2}}{_HANDLE}"
    rf"[ ](?:on|over on|in|via|en|por)[ ](?:my |mi )?{_NETWORK}"
)
_NAME_ON = re.compile(
    rf"(?i)\b(?:(?P<mine>my|mi)[ ])?(?:{_NAMED})[ ](?:on|for|en|de)[ ]{_NETWORK}"
    rf"(?:{_IS}){{1,2}}{_HANDLE}"
)
_CONTACT_ON = re.compile(
    r"(?i)\b(?:(?P<me>(?:me|up|estoy|b[uú]scame|agr[eé]game|s[ií]gueme|i'?m|am)[ ](?:over[ ])?"
    rf"(?:on|in|en)|my|mi)|on|en)[ ]{_NETWORK}[ ]?[,:;(.!–—-]{{0,2}}[ ]?"
    r"(?P<link>(?:\b(?:it'?s|i'?m|i[ ]am|as|como|at|user ?name|user|usuario|name|handle|is|es|under"
    rf"|soy|me[ ]llamo)\b[ :]{{0,2}}){{0,3}}){_HANDLE}"
)
_BOUND_MY = re.compile(
    rf"(?i)\b(?:(?:my|mi)[ ](?P<net>(?ia:{bound_pattern()}))(?:[ ](?:{_NAMED}))?|gt)"
    rf"(?P<me>)(?P<link>)(?:{_IS}){{1,2}}{_HANDLE}"
)
_MY_USER = re.compile(
    rf"(?i){_NETWORK}(?P<me>(?:[ ]me)?\b)[^\n.!?]{{0,60}}?[ ,;:!(–—-](?P<link>"
    rf"my[ ](?:{_NAMED})[ ](?:is|es)|it'?s|i'?m|i[ ]am|soy|user|username)[ :]{{1,2}}{_HANDLE}"
)
_THEN_MY = re.compile(
    rf"(?i)(?<![\w.@/]){_HANDLE}[ ](?:is|es)[ ](?:my|mi)[ ](?:\w{{2,8}}[ ])?{_NETWORK}"
)
_PERSON_ON = re.compile(
    r"(?i)\b(?:i'?m|i[ ]am|soy|under|it'?s|as|look[ ]up|search(?:[ ](?:for|up))?|como|find|add"
    r"|follow)[ ]"
    rf"(?P<handle>[\w.\-]{{2,24}}(?:[ ][\w.\-]{{1,24}})?)[ ](?:over[ ])?(?:on|in|en)[ ]{_NETWORK}"
)
_SIGNED = r"(?P<handle>[@＠][A-Za-z0-9_][\w.\-]{1,31})(?![\w@/])"
_AFTER_VERB = re.compile(
    rf"(?<![\w@#])(?ia:(?:{_VERB})\b)(?:[ :,\-]{{1,3}}(?:me|us|my|him|her|at|on|en|as|page|account"
    rf"|now|please|pls|back|de|a|private|personal|new|other|main|real|{_NET})\b){{0,4}}"
    rf"[ :,\-]{{0,3}}{_SIGNED}"
)
_ANY_SIGNED = re.compile(rf"(?<![\w.@/]){_SIGNED}")
_CLEAR = rf"(?ia:(?<![\w.@/])(?:{spoken_pattern(ambiguous=False)}|ig|fb|snap)\b(?!\.\w))"
_MY_NET = re.compile(
    rf"(?i:\b(?:my|mi)\s(?:\w{{2,10}}\s)?)({_CLEAR})[^\n.!?]{{0,80}}\Z"
    rf"|({_CLEAR})[^\n.!?]{{0,60}}\b(?i:it'?s|i'?m|soy|es|handle is|name is)\s\Z"
)
_NET_BEFORE = re.compile(_CLEAR)
_NET_AFTER = re.compile(rf"\s?(?:[-(,|]|(?i:on|en|in|is my|es mi))\s?(?:my |mi )?({_CLEAR})")
_FOR_CONTACT = re.compile(r"(?i)\b(?:me|us|add|follow|find)[ ](?:on|en|in)[ ]\Z")

_WORDS = {
    "LEAD": r"\b(?:(?:wh?at|wut|which|who)(?:'?s|[ ]is|[ ]are|[ ]was|z)?|drop|give|gimme|send|shoot"
    r"|tell|text|type|put|share|get|have|need|want|grab|remember|forgot|lost|missed|slide|toss|dm"
    r"|msg|message"
    r"|spill|trade|cu[aá]l[ ]es|p[aá]same|p[aá]sa|dame|m[aá]ndame|env[ií]ame|comp[aá]rteme|dime"
    r"|me[ ](?:das|pasas|mandas|compartes|dices))[ ](?:me[ ]|us[ ]|to[ ]me[ ])?"
    rf"(?:{_YOUR}[ ](?:number|cell|phone|digits)[ ](?:or|and|y|o)[ ])?",
    "YOUR": _YOUR,
    "YOU": r"(?:you|u|ya|ye|you guys|y'?all|you all|anyone|anybody)",
    "NAMES": rf"(?:{_ACCOUNT_NAMES})",
    "SHORT": rf"(?:{_SHORT_NET}|(?:{_SHORT_GAME})(?=[ ](?:{_ACCOUNT_NAMES})\b))",
    "ENDS": rf"(?=[ ]*(?:\Z|[^\w\s'’]|\n|(?:{_ACCOUNT_NAMES}|info|code|so|then|and|or|if|pls|please"
    r"|plz|btw|by|lol|haha|too|again|rn|now|bro|yet|real|gotta|here|below|i|i'll|ill|first|y|para"
    r"|for"
    rf"|porfa|por|in[ ](?:the[ ]chat|my[ ]phone|here|case)|(?:on|for)[ ](?:{_NET}))\b))",
    "PRESENT": r"(?=[ ]*(?:\Z|[?!,.\n;:)]|[^\w\s'’]|(?:or|lol|haha|btw|by|too|so|yet|acc(?:oun)?t"
    r"|at all|rn|still|i|i'll|ill|o|mrs?|ms|miss|coach|profe|sir|ma'?am)\b))(?=[^\n.!]{0,60}\?"
    r"|(?:[ ](?:mrs?|ms|miss|coach|profe|sir|ma'?am)\b[^\n.!?]{0,20})?[ ]*(?:\Z|\n))",
    "NET": rf"(?P<net>(?ia:\b(?:{_NET})\b))",
}
"""What the patterns below are written with."""


def _pattern(text: str) -> re.Pattern[str]:
    for word, meaning in _WORDS.items():
        text = text.replace(word, meaning)
    return re.compile(f"(?i){text}")


_ASKS = (
    _pattern(r"LEADYOUR[ ](?:(?:real|other|main|new|personal|own)[ ])?NETENDS"),
    _pattern(r"LEADYOUR[ ](?P<net>(?ia:SHORT))ENDS"),
    _pattern(r"LEADYOUR[ ]NAMES[ ](?:on|for|in|over on|en|de)[ ]NET"),
    _pattern(
        r"(?:\A|[\n,.!?;:]|\b(?:and|or|y|so|ok|yo|hey|pls|please)\b)[ ]{0,2}YOUR[ ]"
        r"(?:NAMES[ ](?:on|for|in|en|de)[ ])?NET(?:[ ]NAMES)?[ ]?\?"
    ),
    _pattern(
        r"\b(?:what|who|how|c[oó]mo)(?:'?s|[ ](?:is|are|r|do|can|should))?[ ]"
        r"(?:name[ ](?:do[ ]|are[ ])?|else[ ])?(?:(?:YOU|i|it)[ ]|te[ ]|est[aá]s|apareces)"
        r"(?:go[ ]by|called|listed|under|find[ ](?:you|u)|add[ ](?:you|u)|use|named|llamas"
        r"|encuentro|busco|agrego)?[ ]?(?:as[ ])?(?:on|in|en)[ ]NET"
    ),
    _pattern(
        r"\b(?:can'?t|couldn'?t|can[ ]i|could[ ]i|trying[ ]to|tried[ ]to)[ ](?:seem[ ]to[ ])?"
        r"find[ ](?:YOU|YOUR[ ](?:name|acc(?:oun)?t|profile|page))[ ]on[ ]NET"
    ),
)
_ASKS_ANY = _pattern(
    r"\b(?:wh?at(?:'?s|[ ]is)|and|but)[ ](?:yours|urs)\b"
    r"|(?:LEADYOUR[ ]|\bYOUR[ ])(?:user ?names?|users?|handle|@|tag"
    r"|gamer ?tag|usuario)(?=[ ]*(?:\Z|[?!.,\n]|[^\w\s'’]|(?:on|so|then|and|or|again|pls|please"
    r"|lol|i'?ll|ill|i)\b))"
)
_PRESENCE = (
    _pattern(
        r"\b(?:do|does)[ ]YOU[ ](?:(?:still|even|also|guys|kids|girls)[ ]){0,2}"
        r"(?:have|got|use|do|play|be[ ]on)[ ](?:(?:an?|any|your[ ]own|the)[ ])?NETPRESENT"
    ),
    _pattern(
        r"\b(?:YOU[ ](?:(?:guys|still|ever)[ ])?(?:got|have|has|use|on)|(?:are|r)[ ]YOU[ ]"
        r"(?:(?:guys|still|ever|even|also)[ ])?on)[ ](?:(?:an?|any)[ ])?NETPRESENT"
    ),
    _pattern(r"(?:\A|[\n,.!?][ ]?)(?:got|have|use|on)[ ](?:an?[ ]|any[ ])?NETPRESENT"),
    _pattern(r"\b(?:tienes?|ten[eé]s|usas|est[aá]s[ ]en)[ ](?:un[ ]|una[ ])?NETPRESENT"),
)

_NEEDS_SHAPE = frozenset(("signal", "steam", "threads", "disc", "tt", "wa", "sc", "tg"))
_NO_HANDLE = frozenset(
    "the a an and or but if so to of in on at as is it its it's was were be been are am do does "
    "did not no yes my your our his her their me you we us they them he she i this that these "
    "those there here what when where who why how all any some more most other very too just now "
    "then than also only even still back out off up down over again private public broken gone "
    "dead down new old hacked deleted blocked banned disabled working fun good great bad better "
    "best cool full open closed boring weird funny crazy dumb ok okay fine same different like "
    "love hate want need know think see look use using used post posts posted posting page pages "
    "account accounts story stories photo photos picture pictures video videos live app apps for "
    "from with without about by into after before because page time today tonight tomorrow "
    "everyone everybody someone nobody people friends friend team class school students parents "
    "kids message messages call calls chat chats group groups lol lmao haha please pls thanks "
    "thx really probably maybe always never will can could would should might must has have had "
    "having going getting doing down safety marketing addiction culture trends trend challenge "
    "handle username name user id tag profile money link below above bio streak streaks filter "
    "filters emoji el la los las un una unos unas de del y o en con por para que es no si mi tu "
    "su privado privada nuevo nueva mas muy aqui alli ahora luego hoy".split()
)
_TIME = re.compile(r"(?i)\d{1,2}(?:[:.]\d\d)?(?:am|pm|a|p|ish|th|st|nd|rd)?")


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle found: half-open span of the handle, without its @, and its network or None."""

    start: int
    end: int
    handle: str
    network: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A handle asked for ("what's your snap"): half-open span and network.

    `presence` is true where only presence on the network is asked for ("do you have snap?").
    """

    start: int
    end: int
    network: str
    presence: bool = False


def is_plain_word(name: str) -> bool:
    """Whether this is an everyday word that stands behind "my snap is" as no name."""
    return name.lower() in _NO_HANDLE


def _network(written: str) -> tuple[str, bool]:
    """A spoken name's network and whether it is an everyday word."""
    found, unsure = by_spoken()[written.lower().replace(" ", "")]
    return found.name, unsure


def _trim(match: re.Match[str], network: str | None) -> Handle | None:
    """The handle without @ and final punctuation; None for times, numbers and bare domains."""
    written = match["handle"]
    bare = written.lstrip("@＠$ ").rstrip(".-")
    start = match.start("handle") + len(written) - len(written.lstrip("@＠$ "))
    if len(bare) < 2 or _TIME.fullmatch(bare) or not re.search(r"[^\W\d]", bare):
        return None
    if re.search(r"(?i)\.(?:com|org|net|edu|gov|io|tv|gg|example|test)$", bare):
        return None
    return Handle(start, start + len(bare), bare, network)


def _shaped(handle: Handle) -> bool:
    """Whether a name looks made up for a network: a digit, a dot, an underscore, a #, a capital."""
    return re.search(r"[\d._#]|[a-z][A-Z]", handle.handle) is not None


def _stated(match: re.Match[str], handle: Handle) -> bool:
    """Whether "network - link - name" states a handle; the plainer the name, the more it needs."""
    net = match["net"].lower()
    unsure = _network(net)[1]
    link = match["link"].strip().lower()
    signed = match["handle"][0] in "@＠$"
    mine = (match["mine"] or "").strip().lower() in {"my", "mi"}
    if signed:
        return not unsure or bool(link) or mine or net in {"ig", "snap", "fb"}
    if handle.handle.lower() in _NO_HANDLE:
        return False
    shaped = _shaped(handle)
    if net in _NEEDS_SHAPE:
        return shaped and bool(link or mine)
    before = match.string[max(0, match.start() - 16) : match.start()]
    contact = bool(match["me"]) or _FOR_CONTACT.search(before) is not None
    named = (match["named"] or "").strip().lower() not in {"", "page", "profile"}
    if shaped:
        return mine or contact or named or (bool(link) and link != "at")
    if link[:1] in {":", "="}:
        alone = not before.strip() or before.endswith(("\n", ", ", ". ", "/", "| "))
        return mine or contact or alone
    return (mine and bool(link)) or (named and bool(link))


def _net_first(text: str) -> Iterator[Handle]:
    for match in _NET_FIRST.finditer(text):
        handle = _trim(match, _network(match["net"])[0])
        if handle and _stated(match, handle):
            yield handle


def _net_last(text: str) -> Iterator[Handle]:
    for match in _NET_LAST.finditer(text):
        handle = _trim(match, _network(match["net"])[0])
        if handle is None:
            continue
        plain = handle.handle.lower() not in _NO_HANDLE
        if match["handle"][0] in "@＠" or (plain and (_shaped(handle) or match["me"])):
            yield handle


def _name_on(text: str) -> Iterator[Handle]:
    for match in _NAME_ON.finditer(text):
        handle = _trim(match, _network(match["net"])[0])
        if (
            handle
            and handle.handle.lower() not in _NO_HANDLE
            and (match["mine"] or _shaped(handle))
        ):
            yield handle


def _for_contact(text: str) -> Iterator[Handle]:
    """A made-up name behind "add me on snap," or before "is my insta"."""
    for pattern in (_CONTACT_ON, _BOUND_MY, _THEN_MY, _MY_USER):
        for match in pattern.finditer(text):
            net = match["net"] or "gt"
            handle = _trim(match, _network(net)[0])
            if handle and handle.handle.lower() not in _NO_HANDLE:
                made_up = _shaped(handle) or match["handle"][0] in "@＠"
                plain = pattern is _CONTACT_ON and match["me"] and match["link"]
                if made_up or plain or pattern is _THEN_MY:
                    yield handle


def _signed(text: str) -> Iterator[Handle]:
    """An @name after an add/follow verb, or close to a network's name."""
    for match in _AFTER_VERB.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        handle = _trim(match, _near(text, match))
        if handle and not re.search(r"(?i)\b(?:don'?t|do not|never|not)[ ]\Z", before):
            yield handle
    for match in _ANY_SIGNED.finditer(text):
        network = _near(text, match)
        handle = _trim(match, network) if network else None
        if handle:
            yield handle


def _near(text: str, match: re.Match[str]) -> str | None:
    """The network named within 24 characters before an @name in its line, or joined to it."""
    start, end = match.span("handle")
    before = [*_NET_BEFORE.finditer(text, max(0, start - 24), start)]
    if not before and (mine := _MY_NET.search(text, max(0, start - 100), start)):
        return _network(mine[1] or mine[2])[0]
    if before and "\n" not in text[before[-1].end() : start]:
        return _network(before[-1][0])[0]
    after = _NET_AFTER.match(text, end)
    return _network(after[1])[0] if after else None


def find(text: str) -> tuple[Handle, ...]:
    """Every handle given in the text's first `EXAMINED` characters, in order, none overlapping."""
    text = text[:EXAMINED]
    found: list[Handle] = []
    covered = bytearray(len(text))
    for source in (_name_on, _net_first, _net_last, _for_contact, _signed):
        for handle in source(text):
            if len(found) >= MAX_HANDLES:
                break
            if not any(covered[handle.start : handle.end]):
                covered[handle.start : handle.end] = b"\1" * (handle.end - handle.start)
                found.append(handle)
    return tuple(sorted(found, key=lambda handle: handle.start))


def people_on(text: str) -> tuple[Handle, ...]:
    """Whoever is said to be on a network by name ("I'm Mara River on Facebook"): mostly nobody's
    handle, so whoever asks must know the name."""
    return tuple(
        Handle(*match.span("handle"), match["handle"], _network(match["net"])[0])
        for match in islice(_PERSON_ON.finditer(text[:EXAMINED]), MAX_HANDLES)
    )


def asked(text: str) -> tuple[Request, ...]:
    """Every request for a handle or presence on a network; `HINT` is necessary here too."""
    text = text[:EXAMINED]
    found: list[Request] = []
    for patterns in (_ASKS, _PRESENCE):
        for match in (one for pattern in patterns for one in pattern.finditer(text)):
            start, end = match.span()
            if len(found) < MAX_HANDLES and all(end <= r.start or r.end <= start for r in found):
                found.append(Request(start, end, _network(match["net"])[0], patterns is _PRESENCE))
    return tuple(sorted(found, key=lambda request: request.start))


def asks_any(text: str) -> tuple[int, int] | None:
    """The span of "what's your username", which names no network."""
    found = _ASKS_ANY.search(text[:EXAMINED])
    return found.span() if found else None
