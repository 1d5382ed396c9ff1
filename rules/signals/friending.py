"""What people say of being friends, followers or contacts on a network: asked, offered, accepted.

Rule of this file: pure text in, spans out. A verb such as "add me" says little alone: it counts
with a network named with it, or where the words themselves speak of a friend request; what is
left is unsure, and whoever asks must know from elsewhere what is spoken of. Names of teaching
tools are expected to be masked (tools.py). Only the first `EXAMINED` characters are read; every
repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals.friending_words import NET, NET_BEHIND, PATTERNS, REQUEST, Kind, compiled
from rules.signals.networks import by_spoken, spoken_pattern
from rules.signals.tools import MASK

EXAMINED = 20_000
MAX_ACTS = 50
ANY_NETWORK = "a social network"
"""The network of "add me on social media"."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing said: half-open span, kind, the network named with it, if any.

    `sure` is true where the words alone speak of friends on a network.
    """

    start: int
    end: int
    kind: Kind
    network: str | None
    sure: bool

    @property
    def certain(self) -> bool:
        """Whether nothing else must tell what is spoken of."""
        return self.sure or self.network is not None


_END = re.compile(r"[.!?…;]{1,9}(?=\s|\Z)|\n")
_NET_NEAR = compiled(
    r"(?:\b(?:on|in|via|en|por|al|my|mi|your|ur|tu|have|has|got|get|use|download|new|an?|over"
    r"|el)\s+"
    rf"(?:(?:my|the|your|ur|mi|tu|el|la)\s+)?|[:@(/]\s?){NET}"
)
_TAIL = compiled(
    r"(?:[\s,]{1,3}(?:back|up|too|also|please|pls|plz|there|now|rn|today|tonight|later|quick|lol"
    r"|then|again|over|guys|all|as\s+(?:an?|your|ur)\s+friend|tho|though"
    r"|if\s+you\s+want)\b){0,4}(?:[\s,]{0,3}(?P<by>on|in|at|via|en|por|al|through|using|from"
    r"|to)\s+(?:(?P<which>my|the|your|ur|mi|tu"
    rf"|el|la|this|that|our|a)\s+)?|\s{{0,2}}[:@(]?\s?)(?:{NET_BEHIND}|(?P<other>\S*))"
)
_NO_FRIEND = compiled(
    r"\s*(?:back\s+)?(?:(?:to|into|onto|in\s+to)\s+(?!(?:my|your|ur)?\s*(?:friends?\b|contacts\b"
    r"|follow\b|add\b|be\b|connect\b|(?:snap|insta)))|through\b|down\b|around\b|along\b|outside\b"
    r"|inside\b|so\s+far|upstairs\b|for\s+(?:a|an|the|your|more|late|extra)\b|as\s+(?:an?|the|your"
    r"|my)\s+(?!friend|contact|follower|buddy|mutual))"
)
_NOT = compiled(
    r"(?:\b(?:don'?t|do\s+not|never|can'?t(?!\s+wait)|cannot|can\s+not|won'?t|wouldn'?t|shouldn'?t"
    r"|couldn'?t|not|didn'?t|haven'?t|hasn'?t|isn'?t|aren'?t|stop|quit|unable\s+to|without|nunca|no"
    r"|instead\s+of|refuse\s+to|if\s+(?:someone|somebody|anyone|a\s+stranger|they|people)"
    r"|before\s+(?:you|u)|rather\s+than)\b(?!\s+(?:you|u|we)\b)(?:(?!\bbut\b)[^,.;!?\n]){0,25})\Z"
)
_WHY_NOT = compiled(r"\b(?:why|not\s+only|if\s+you)\b[^.!?\n]{0,12}\Z")
_SOMEBODY = compiled(
    r"\b(?:he|she|they|(?<!guess\s)who|someone|somebody|anyone|people|strangers?|nobody|mom|dad"
    r"|mother|father|parents?|guardians?|mam[aá]|pap[aá]|grandma|grandpa|aunt|uncle|brother|sister"
    r"|family|folks)\b[^.!?\n]{0,25}\Z"
)
_LATER = compiled(
    r"\b(?:once|after|when|until|un?til+|til|till|as\s+soon\s+as|if)\s+(?:you|u|you'?re|your"
    r"|you'?ve|the|both)?\s?(?:\w+\s+){0,2}(?:graduat\w*|18|eighteen|alum\w*|no\s+longer\s+a"
    r"|diploma)|\bcuando\s+te\s+grad"
)
_FRIENDS = compiled(r"(?:be)?friend(?:ed)?\b")
_FRIEND_REQUEST = compiled(rf"\b(?:friend|follow|contact)\s+{REQUEST}\b")
_NOT_ME = compiled(
    r"\b(?:hacked|impersonat\w*|fake\s+(?:account|profile)|(?:isn'?t|is\s+not|wasn'?t"
    r"|not)\s+(?:really\s+)?me\b(?!\s+who)|(?:please|just|can)\s+ignore\s+(?:it|that|the)"
    r"|by\s+(?:mistake|accident)|report\s+it)"
)
_TRIED = compiled(r"\b(?:you|u)\s+(?:have\s+)?(?:tried|asked|wanted|attempted)\s+to\s*\Z")
_MYSELF = compiled(
    r"(?:\A|[,;:.!?\n(–—-]|\b(?:i|i'?ve|i'?m|im|ive|just|already|also|and|n|so|then|ok|okay|yes"
    r"|yeah|yep|ya|sure|lol|haha|done|finally|totally|only|literally|have|been|now|start(?:ed|ing)?"
    r"|there|hey|went|ahead|actually|saw|it|still|yup|k|kk|well|hi|oh|btw|recently|tonight|today"
    r"|yesterday|am|was|who|will|be|profe|maestr[oa]|coach|miss|sir|course|friend(?:ed)?|did|i'?ll"
    r"|gonna|to|can|could|me))\s*\Z"
)


_NAMED = compiled(
    rf"\b(?P<net>(?ia:{spoken_pattern(ambiguous=False)}))\b"
    r"|\b(?:on|my|your|ur|have|got|get|by|tu|mi|en|u)\s(?P<unsure>snap|ig|fb|sc|disc|steam|signal|face"
    r"|feis|gram)\b(?!-)"
    r"|\A\W{0,3}(?P<lone>snap|ig|fb)\b(?=\W{0,4}(?:\Z|lol|haha|silly|duh|of\scourse))"
)


def _name(written: str) -> str:
    found = by_spoken().get(written.lower().replace(" ", ""))
    return found[0].name if found else ANY_NETWORK


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence around a span, at most 200 characters either side."""
    first, last = max(0, start - 200), min(len(text), end + 200)
    for found in _END.finditer(text, first, last):
        if found.end() <= start:
            first = found.end()
        elif found.start() >= end:
            last = found.start()
            break
    return first, last


def _network(text: str, match: re.Match[str]) -> tuple[bool, str | None]:
    """Whether a match stays one, and the network named with it, beside it or next door."""
    inside = match.groupdict().get("in")
    if inside:
        return True, _name(inside)
    tail = _TAIL.match(text, match.end())
    if tail and tail["net"] and (tail["by"] != "to"):
        return True, _name(tail["net"])
    if tail and tail["other"] and tail["by"]:
        if tail["other"].startswith(MASK):
            return False, None
        if tail["which"] in {"the", "this", "that", "our", "a"}:
            return True, None
    first, last = sentence(text, *match.span())
    before = [*_NET_NEAR.finditer(text, first, match.start())]
    found = _NET_NEAR.search(text, match.end(), last) or (before[-1] if before else None)
    found = _SOME_NET_INSIDE.match(match[0]) or found
    if found is None and MASK in text[first:last]:
        return False, None
    found = found or _next_door(text, first, last)
    return True, _name(found["net"]) if found else None


_SOME_NET_INSIDE = compiled(rf".{{0,60}}?\b{NET}")


def _next_door(text: str, first: int, last: int) -> re.Match[str] | None:
    """A network named in the sentence before or after, close by."""
    before = [*_NET_NEAR.finditer(text, max(0, first - 60), first)]
    return before[-1] if before else _NET_NEAR.search(text, last, min(len(text), last + 60))


def _quoted(text: str, start: int) -> bool:
    """Whether a place stands inside quotation marks of its own line: said of somebody's words."""
    line = text[text.rfind("\n", max(0, start - 300), start) + 1 : start][-300:]
    return line.count('"') % 2 == 1 or line.count("“") > line.count("”")


def is_meant(text: str, start: int) -> bool:
    """Whether the writer says what begins here: not denied, not quoted, not of somebody else."""
    before = text[max(0, start - 40) : start]
    denied = _NOT.search(before)
    if denied and not _WHY_NOT.search(before[: denied.start() + 1]):
        return False
    if _NOT_ME.search(text, max(0, start - 300), start + 300) or _TRIED.search(before):
        return False
    if _LATER.search(text, max(0, start - 80), start + 100):
        return False
    return not _quoted(text, start) and not _SOMEBODY.search(before)


def is_for_work(text: str, end: int) -> bool:
    """Whether what follows "add me" speaks of a document, list or walk, not of friends."""
    return _NO_FRIEND.match(text, end) is not None


def _by_writer(text: str, match: re.Match[str], kind: Kind) -> bool:
    """Whether "added you" is said by the writer of himself."""
    before = text[max(0, match.start() - 40) : match.start()]
    says_i = match[0][:2].lower() in ("i'", "i ", "il")
    return kind in (Kind.INVITE, Kind.OFFER) or says_i or _MYSELF.search(before) is not None


def _found(text: str) -> Iterator[Act]:
    for kind, pattern in PATTERNS:
        for match in islice(pattern.finditer(text), MAX_ACTS):
            groups = match.groupdict()
            if not is_meant(text, match.start()) or not _by_writer(text, match, kind):
                continue
            if is_for_work(text, match.end()) and not groups.get("friends"):
                continue
            stays, network = _network(text, match)
            if stays:
                sure = any(groups.get(name) for name in ("sure", "sure2", "friends"))
                sure = sure or _FRIENDS.match(match[0]) is not None
                if kind is Kind.ACCEPT:
                    first, last = sentence(text, *match.span())
                    sure = sure or _FRIEND_REQUEST.search(text, first, last) is not None
                yield Act(*match.span(), kind, network, sure)


def acts(text: str) -> tuple[Act, ...]:
    """Everything said of becoming contacts, in order, none overlapping."""
    text = text[:EXAMINED]
    kept: list[Act] = []
    for act in _found(text):
        if len(kept) < MAX_ACTS and all(act.end <= k.start or k.end <= act.start for k in kept):
            kept.append(act)
    return tuple(sorted(kept, key=lambda act: act.start))


def named(text: str) -> str | None:
    """The first network a text names clearly enough to tell what a thread speaks of."""
    found = _NAMED.search(text[:EXAMINED])
    return _name(found["net"] or found["unsure"] or found["lone"]) if found else None


def named_span(text: str) -> tuple[int, int] | None:
    """Where that network stands."""
    found = _NAMED.search(text[:EXAMINED])
    return found.span() if found else None


def without_networks(text: str) -> str:
    """The text without the networks it names."""
    return _NAMED.sub(" ", text)
