"""Words that send somebody off the district's channels to a private one.

Rule of this file: pure text in, spans out; it knows no people and no district, but for what its
caller covered (see `private_ways.cover`). Only the first `EXAMINED` characters are read; every
repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from rules.signals.leaving import BLAMED, CHANNEL, DISLIKES, HERE, LEAVES, LOGISTICS, MY, TASK
from rules.signals.memory import remembered
from rules.signals.private_ways import (
    APP,
    APP_ME,
    BY_TEXT,
    CLEAR_APP,
    DISTRICT,
    DISTRICT_WAY,
    DISTRICTS,
    NAMED,
    OFFERED,
    ON,
    OWN,
    PRIVATE,
    REST,
    TEXT_ME,
    THING,
    TOLD,
    either,
    is_taken_back,
)

EXAMINED = 8_000
MAX_POINTERS = 20
_FAR = 220  # characters between the wish to leave and the private channel named
_BESIDE = 25  # characters around a preference that say whose it is


class Kind(StrEnum):
    """What words that point elsewhere say."""

    INSTEAD = "asks to use a private channel instead of the district's"
    LEAVE = "asks to leave the district's channel and names a private one"
    PREFER = "states a preference for a private channel"
    APP = "names an app as the place to talk"
    HIDE = "asks to keep it from others, with a private channel named"
    DELETE = "asks to delete what was said, with a private channel named"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Words that point elsewhere: half-open span and what they say."""

    start: int
    end: int
    kind: Kind


# -- a preference --------------------------------------------------------------------------

_BETTER = (
    r"(?:better|easier|faster|quicker|simpler|safer|nicer|more (?:private|chill|comfortable|fun)"
    r"|mejor"
    r"|m[aá]s (?:f[aá]cil|r[aá]pido|privado))"
)
_MUCH = "(?:way |much |so much |a lot |just |usually |always |a |mucho |your |ur |the )?"
_TEXTS = (
    r"(?<!the )(?<!this )(?<!that )(?<!your )(?<!\ba )\b(?:te?xts?|texting|txting)\b"
    r"(?! ?(?:book|box|file|version|\d))"
)
_WAY = either(TOLD, BY_TEXT, r"\b(?:to|we|if we) te?xt\b", _TEXTS, OWN)
_PREFERS = re.compile(
    "(?i)"
    + either(
        r"(?<!['’]d )(?<!\byou )(?<!\bu )(?<!\bfeel )(?<!feeling )(?<!\bget )(?<!getting )"
        rf"\b{_BETTER}\b(?! than| luck| at| day){REST}{{0,30}}?(?P<way>{TOLD}|{BY_TEXT}"
        rf"|\b(?:texting|txting)\b"
        rf"|\b(?:to|we|if we) te?xt\b|\b{ON} {APP}|{OWN})",
        r"\b(?:(?:i|we)(?:['’]?d| would)? (?:much |really )?(?:rather|prefer|like better)"
        r"|prefiero|prefer[ií]a)\b"
        rf"(?:(?!than\b){REST}){{0,30}}?(?P<way2>{_WAY})",
        rf"(?P<way3>{_WAY}){REST}{{0,30}}?(?:\b(?:is|are|works|would be|es|gets?)|['’]s|,|:) "
        rf"(?:it['’]?s |is |i see that |i get that )?{_MUCH}(?:{_BETTER}|best|best bet|f[aá]cil"
        rf"|r[aá]pido)\b",
        rf"(?P<way4>{_WAY})[^\n]{{0,12}}?[.?!)] ?(?:it['’]?s |is )?{_MUCH}{_BETTER} (?:than|to"
        rf"|for|there)\b",
        r"\b(?:best|easiest|fastest|quickest|better) (?:way|place) (?:to|for) (?:\w+ ){0,2}?"
        rf"(?:reach|get|contact|talk|find|catch)\b{REST}{{0,40}}?(?P<way5>{BY_TEXT}|{_TEXTS}"
        rf"|{OWN})",
    )
)
_OURS = re.compile(
    rf"(?i){PRIVATE}|\b(?:i|i['’]?(?:m|ll|d)|me|my|mine|we|us|our|mi|yo|nos|escr[ií]beme"
    rf"|m[aá]ndame)\b"
    rf"|\bthan (?:this|here|e-?mail|{DISTRICTS})|\bto (?:talk|chat)\b|\btbh\b|\bhonestly\b"
)
_NOT_OURS = re.compile(
    r"(?i)\bfor (?:your|his|her|their)\b|\b(?:essay|case study|debate|topic|argue\w*|prompt|poll"
    r"|survey)\b"
    r"|\bif you['’]?d (?:rather|prefer)"
)

# -- instead, and the way there ------------------------------------------------------------

_INSTEAD = r"\binst(?:ea|ae|e|a)d\b"
_TO_HERE = rf"(?:{HERE}|this\b|e-?mail\w*|messag\w+|writing|posting|{DISTRICT})"
_NOW_ON = r"\b(?:from now on|from here on(?: out)?|going forward|in future|de ahora en adelante)"
_JUST = r"(?:just |pls |please |could you |can you |maybe |u can |you can |you should )?"
_WE_GO = either(
    r"\b(?:move|switch|take|shift|bring|continue|carry on|keep|finish|sigamos|seguimos|pasemos"
    r"|p[aá]sate"
    r"|pas[eé]monos|mov[aá]monos|cambi[eé]monos)\b(?! on (?:to|from)\b)",
    r"\b(?:let['’]?s|we (?:can|could|should)|v[aá]monos|vamos a) (?:just )?(?:go|get|hop|jump)\b",
)
_ENDS = (
    r"(?= ?(?:[.,;:!?)\n]|$|so\b|ok\b|and\b|if\b|when\b|please|pls|instead|for\b|from\b|tonight"
    r"|now\b|later|it['’]?s|i\b|ill\b))"
)
_INSTEADS = re.compile(
    "(?i)"
    + either(
        rf"(?P<way>{TOLD}|{OWN}[^.!?\n]{{0,30}}?\bthere)(?P<gap>{REST}{{0,60}}?){_INSTEAD}"
        rf"(?: of (?:\w+ ){{0,3}}?{_TO_HERE}|(?! of\b))",
        rf"{_INSTEAD},? (?:of (?:\w+ ){{0,3}}?{_TO_HERE},? )?{_JUST}(?P<way2>{TOLD})",
        rf"(?P<way3>{TOLD})(?P<gap3>{REST}{{0,40}}?)(?:\brather than|\bin place of|\bover|,?"
        rf" (?:and )?not"
        rf"|\ben (?:vez|lugar) de|\by no) (?:(?:by|on|through|via|the|my|your|ur|por|en|el|un) )"
        rf"{{0,3}}(?:{DISTRICTS}|this one|that one|e-?mail(?:ing)?\b|correo\b|here\b|aqu[ií])",
        rf"(?P<way4>\b{ON} {APP}|{BY_TEXT}|\btexting|{OWN}) inst(?:ea|ae|e|a)d\b(?! of\b)",
        rf"(?P<way5>{TOLD})(?P<gap5>{REST}{{0,40}}?){_NOW_ON}|{_NOW_ON},?"
        rf" {REST}{{0,30}}?(?P<way6>{TOLD})",
        rf"\b(?:mejor|better yet),? {REST}{{0,12}}?(?P<way7>{TOLD})|\bmejor por (?P<way8>{APP}"
        rf"|texto|mensaje)",
        rf"{_WE_GO}{REST}{{0,30}}?\b(?:{ON}|al?(?= (?:whats|insta|texto|mensaj|telegram|mi\b))) "
        rf"(?:my |our |mi |el |la )?(?P<way9>(?:te?xts?|texting|txt|sms|texto)\b{_ENDS}|{APP}"
        rf"|{THING})",
        rf"\b(?:use|usa|write to|text|try) this (?:number|phone|e-?mail|address"
        rf"|one)\b{REST}{{0,30}}?"
        rf"(?:\binstead\b|{_NOW_ON}|\bnot (?:the|my|your) {DISTRICTS})",
        rf"\b(?:te?xt|call|write|message)(?: me)? here\b{REST}{{0,30}}?(?:\binstead\b|{_NOW_ON})",
    )
)

# -- an app as the place to talk -----------------------------------------------------------

_ME = r"(?: (?:me|us|with me|to me|conmigo|with us|at me|a m[ií]))"
_TALK = r"(?:talk|chat|te?xt|txt|message|msg|write|dm|call|reach|hit|ping|contact|hang|holla|speak)"
_WE_TALK = (
    r"(?:(?:talk|chat|te?xt|txt|message|msg|dm|call|hang(?: out)?|speak)(?!ed|s\b)|habl\w+|chate\w+"
    r"|escrib\w+|textear\w*)"
)
_APPS = re.compile(
    "(?i)"
    + either(
        rf"\b{_TALK}(?: (?:up|out|to|a ?hold of|hold of|back))?{_ME}(?: (?!if\b)\w+){{0,4}}?"
        rf" (?:{ON}|up on) (?:my |the )?{APP}",
        r"\b(?:find|get|catch|send|tell) (?:me|us)(?: (?:a message|a msg|an? dm|it|about it"
        r"|later|more|there|tonight"
        rf"|everything)){{0,2}} {ON} (?:my |the )?{APP}",
        rf"\b(?:let['’]?s|we (?:can|could|should)) use {APP}",
        rf"\b(?:come|jump|hop) (?:to|on|onto|over to) {APP}",
        r"\b(?:let['’]?s|we (?:can|could|should)|wanna) (?:just )?(?:facetime|whats ?app"
        r"|snap(?:chat)?|discord)\b",
        rf"\bhmu (?:\w+ ){{0,3}}?(?:on|over|via) (?:my |the )?{APP}",
        r"\b(?:let['’]?s|we|wanna|want to|come|vamos a|podemos|mejor|nos)"
        r" (?:(?:can|could|should|will|just|both|all|maybe|always) ){0,3}"
        rf"{_WE_TALK}(?: (?!about\b)\w+){{0,4}}? {ON} (?:my |the |el )?{APP}",
        r"\b(?:escr[ií]beme|h[aá]blame|m[aá]ndame|b[uú]scame|ll[aá]mame|cont[aá]ctame|hablamos"
        r"|platicamos"
        rf"|chateamos)(?: \w+){{0,4}}? (?:por|en|al?|on) (?:mi |el )?{APP}",
        APP_ME,
        rf"\b(?:i['’]?m|i['’]?ll be|i am) (?:always |usually |mostly |basically |also )?on"
        rf" {APP}{REST}{{0,40}}?"
        r"\b(?:talk|chat|message|msg|hmu|reach|hit me|dm|find me)\b",
        rf"\bi['’]?m (?:always|usually|mostly|basically|all day) on {APP}",
        rf"\b(?:use|try|usa|get) {APP}{REST}{{0,15}}?\b(?:to|for|para|so we can) (?:talk|chat"
        rf"|message|reach"
        r"|te?xt|hablar|escrib\w+)",
        rf"{CLEAR_APP}{REST}{{0,40}}?\b{either(_WE_TALK, 'write me', 'message me')}{REST}{{0,15}}?"
        r"\b(?:there|ah[ií]|all[ií])\b",
    )
)

_OFFERED = re.compile(f"(?i){OFFERED}")
_ANY_WAY = re.compile(f"(?i)(?<![a-z])(?:te?xt|txt|sms|{NAMED})")  # words, so that it is quick
_PLAIN_TEXT = re.compile(rf"(?i)\A(?:{TEXT_ME}|{BY_TEXT}|{_TEXTS}|\b(?:to|we|if we) te?xt)\Z")
_WISH = re.compile(
    r"(?i)\b(?:rather|prefer|prefiero|better|easier|faster|quicker|simpler|safer|nicer|smoother"
    r"|sooner"
    r"|straighter|happier|freer|best (?:way|place|bet|number|spot|shot)|(?:is|works|be) best"
    r"|more (?:private(?:ly)?|chill|comfortable|fun|relaxed|personal|natural|open|honest|freely)"
    r"|less (?:stiff|formal|awkward|public|official|weird|slow|clunky)|privately|in private"
    r"|off the record|one[- ]on[- ]one|just (?:us|the two of us|you and me)|between (?:us|you"
    r" and me)"
    r"|from (?:now|here|then) on|going forward|hereafter|in future|somewhere (?:else|other|more"
    r"|private)"
    r"|i actually (?:check|read|see)|my real|be yourself|(?:different|other|another) app|my own"
    r" time"
    r"|off the clock|mejor|m[aá]s (?:f[aá]cil|r[aá]pido"
    r"|privado|c[oó]modo)"
    r"|en privado|a solas|al privado|de ahora en adelante)\b"
)
_BACK = re.compile(
    r"(?i)\b(?:use|using|check|answer|write|message|e-?mail|send|post|put|submit|upload|find me"
    r"|reach me"
    r"|usa|escr[ií]be\w*|m[aá]nda\w*|contesta)\b(?: (?:it|them|me|that|this|your \w+))?"
    rf" (?:(?:to|on|in|at|from|through|via|with|por|a|al|en) )?{MY}{DISTRICTS}"
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_APART = 2  # sentences between what is said of a channel and the private one


@remembered
def find(text: str, *, on_private: bool = False, on_gateway: bool = False) -> tuple[Pointer, ...]:
    """Every pointer elsewhere in the text's first `EXAMINED` characters, in order.

    `on_private`: the text itself travels on a private channel, so that "here" is one.
    `on_gateway`: it is a text message of the district's own gateway, so that "text me" is no
    private channel.
    """
    text = text[:EXAMINED]
    if not on_private and not _ANY_WAY.search(text):
        return ()
    found = [*_instead(text, on_private, on_gateway), *_app(text)]
    if not on_private:  # there, what is said of channels is how the two came to it
        ways = _ways(text, on_gateway)
        found += [*_prefer(text, on_gateway), *_leave(text, ways), *_blame(text, ways)]
    kept = {one for one in found if not is_taken_back(text, one.start, one.end)}
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.kind)))[:MAX_POINTERS]


def _ways(text: str, on_gateway: bool) -> list[tuple[int, int]]:
    """Where private channels are held out that are neither refused nor the district's."""
    return [
        match.span()
        for match in islice(_OFFERED.finditer(text), MAX_POINTERS)
        if not _is_district(text, match.span(), on_gateway)
        and not is_taken_back(text, *match.span())
    ]


def _way(match: re.Match[str]) -> tuple[int, int] | None:
    """Where the private channel stands in a match that names one."""
    spans = (match.span(name) for name in match.groupdict() if name.startswith("way"))
    return next((span for span in spans if span[0] >= 0), None)


def _is_district(text: str, span: tuple[int, int], on_gateway: bool) -> bool:
    """Whether the way told leads to the district's own line or tool."""
    words, after = text[slice(*span)], text[span[1] : span[1] + 40]
    if (on_gateway and _PLAIN_TEXT.match(words)) or DISTRICT_WAY.search(words):
        return True
    return DISTRICT in after and PRIVATE not in after


def _instead(text: str, on_private: bool, on_gateway: bool) -> Iterator[Pointer]:
    for match in islice(_INSTEADS.finditer(text), MAX_POINTERS):
        way = _way(match)
        gap = "".join(match[name] or "" for name in ("gap", "gap3", "gap5"))
        if way is None:
            if on_private:  # "use this number from now on"
                yield Pointer(*match.span(), Kind.INSTEAD)
        elif not DISTRICT_WAY.search(gap) and not _is_district(text, way, on_gateway):
            yield Pointer(*match.span(), Kind.INSTEAD)


def _prefer(text: str, on_gateway: bool) -> Iterator[Pointer]:
    for match in islice(_PREFERS.finditer(text), MAX_POINTERS):
        way = _way(match)
        around = text[max(0, match.start() - _BESIDE) : match.end() + _BESIDE]
        if way is None or not _OURS.search(around) or _NOT_OURS.search(around):
            continue
        if not _is_district(text, way, on_gateway):
            yield Pointer(*match.span(), Kind.PREFER)


def _leave(text: str, ways: Sequence[tuple[int, int]]) -> Iterator[Pointer]:
    for kind, pattern in ((Kind.LEAVE, LEAVES), (Kind.PREFER, DISLIKES)):
        for match in islice(pattern.finditer(text), MAX_POINTERS):
            start, end = match.span()
            if any(_gap(start, end, *way) in range(_FAR) for way in ways):
                yield Pointer(start, end, kind)


def _gap(start: int, end: int, first: int, last: int) -> int:
    """Characters between two spans; -1 where they overlap."""
    return max(first - end, start - last) if last <= start or end <= first else -1


def _blame(text: str, ways: Sequence[tuple[int, int]]) -> Iterator[Pointer]:
    """A private channel beside a wish, or beside what is said against the district's."""
    sentences = [match.span() for match in islice(_SENTENCE.finditer(text), 200)]
    holding = {
        number: way
        for number, (start, end) in enumerate(sentences)
        for way in ways
        if start <= way[0] < end
    }
    for number, way in holding.items():
        start, end = sentences[number]
        own = _without(text, start, end, way)
        if _NOT_OURS.search(text[start:end]) or _sends_back(text, start, end):
            continue
        if _WISH.search(own):
            yield Pointer(*_trimmed(text, start, end), Kind.PREFER)
        if LOGISTICS.search(own):
            continue
        for first, last in sentences[max(0, number - _APART) : number + _APART + 1]:
            words = _without(text, first, last, way)
            back = _sends_back(text, first, last)
            spoken_of = CHANNEL.search(words)
            if spoken_of and not back and (BLAMED.search(words) or not TASK.search(words)):
                yield Pointer(*_trimmed(text, first, last), Kind.LEAVE)
                break


def _sends_back(text: str, start: int, end: int) -> bool:
    """Whether a sentence tells to use a channel of the district."""
    told = _BACK.finditer(text, start, end)
    return any(not is_taken_back(text, *match.span()) for match in told)


def _without(text: str, start: int, end: int, way: tuple[int, int]) -> str:
    """A sentence without the private channel named in it."""
    first, last = max(start, min(end, way[0])), max(start, min(end, way[1]))
    return f"{text[start:first]} \0 {text[last:end]}"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())


def _app(text: str) -> Iterator[Pointer]:
    for match in islice(_APPS.finditer(text), MAX_POINTERS):
        if not DISTRICT_WAY.search(match[0]):
            yield Pointer(*match.span(), Kind.APP)
