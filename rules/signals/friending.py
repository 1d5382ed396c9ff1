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
from enum import StrEnum

from rules.signals.networks import bound_pattern, by_spoken, spoken_pattern
from rules.signals.tools import MASK

EXAMINED = 20_000
MAX_ACTS = 50
ANY_NETWORK = "a social network"
"""The network of "add me on social media"."""


class Kind(StrEnum):
    """What the writer does."""

    INVITE = "invite"  # "add me", "send me a request", "accept my request"
    OFFER = "offer"  # "can I add you", "I'll follow you"
    SENT = "sent"  # "sent you a request", "added you"
    ACCEPT = "accept"  # "added you back", "accepted your request"


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


_CLEAR = rf"{spoken_pattern(ambiguous=False)}|fb|ig|snap|social media|socials|redes(?: sociales)?"
_NET = rf"(?P<net>(?ia:{_CLEAR}|{spoken_pattern(ambiguous=True)})\b)"
_NET_BEHIND = (
    rf"(?P<net>(?ia:{_CLEAR}|{spoken_pattern(ambiguous=True)}|{bound_pattern()})\b(?!\s?\d))"
)
_SOME_NET = rf"(?:(?ia:{_CLEAR})\s+)?"
_YOU = r"(?:you|u|ya|y'?all|you guys)"
_REQUEST = r"(?:requests?|reqs?|invites?|invitations?)"
_OF_FRIENDS = r"(?:friend|friendship|follow(?:er|ing)?|contact|connection|add)"
_A_REQUEST = rf"{_SOME_NET}(?P<friends>{_OF_FRIENDS}\s+)?{_REQUEST}\b"
_ADD = r"(?:add|follow|friend|befriend)"
_ADDED = r"(?:added|followed|friended|befriended|adding|following)"
_WILL = (
    r"\b(?:can|could|may|should|shall|let\s+me|lemme|lmk\s+if|i'?ll|i\s+will|i'?d\s+(?:like|love)\s+to"
    r"|want(?:ed)?\s+to|wanna|gonna|going\s+to|imma|ima|(?:ok(?:ay)?|cool|alright|mind|care)\s+if"
    r"|try(?:ing)?\s+to|tried\s+to|about\s+to|so|n|and|i|then|to)\s+(?:i\s+|we\s+)?(?:(?:can|could|will"
    r"|just|also|go\s+ahead\s+and|even)\s+){0,2}"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("(?i)" + pattern.replace(r"\s+", r"\s{1,3}")))
    for kind, pattern in (
        (
            Kind.ACCEPT,
            rf"\b{_ADDED}\s+(?:{_YOU}\s+|(?:your?|ur)\s+(?:acc\w*|page)\s+)?(?P<sure>(?:right\s+)?back)\b",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:accepted|accepting|approved|approving|confirmed|confirming"
            r"|(?:i'?ll|i\s+will|gonna|going\s+to|i\s+can|i\s+could|let\s+me|lemme|about\s+to|happy\s+to"
            r"|i\s+guess\s+i\s+can|i'?d|can\s+totally|will)\s+(?:\w+\s+)?(?:accept|approve|confirm))"
            rf"\s+(?:(?:the|that|all|both|your?|ur|y'?all'?s)\s+){{1,3}}{_A_REQUEST}",
        ),
        (
            Kind.ACCEPT,
            rf"\b(?:accepted|accepting|approved|i'?ll\s+accept|will\s+accept|gonna\s+accept)\s+"
            rf"(?:{_YOU}|it|yours|urs)\b",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:i'?ll|will|gonna|can|going\s+to)\s+(?:accept|approve)"
            r"(?=\s{0,3}(?:when|tonight|later|after|tomorrow|now|in\s+a|once|asap|[.,!:;)]|\Z))",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:(?:ya\s+)?(?:acept[eé]|acepto|aceptar[eé]|voy\s+a\s+aceptar)\s+tu\s+"
            r"(?:solicitud(?P<friends>\s+de\s+amistad)?|invitaci[oó]n)|(?:te|la|lo)\s+acept[eoé]|"
            r"te\s+(?:agregu[eé]|segu[ií]|sigo|a[ñn]ad[ií])\s+(?P<sure>de\s+vuelta|tambi[eé]n)"
            r"|solicitud(?P<sure2>\s+de\s+amistad)?\s+aceptada)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:{_ADD}|request|accept)\s+me{{1,9}}\b(?P<sure>\s+back\b|\s+as\s+(?:an?|your|ur)\s+friend)?",
        ),
        (
            Kind.INVITE,
            r"\b(?:add|follow|friend)\s+(?:my|mi)\s+(?:\w{2,9}\s+)?(?:(?P<in>(?ia:"
            rf"{_CLEAR}|{spoken_pattern(ambiguous=True)}))\b|acc(?:oun)?t\b|profile\b|gamer\s?tag\b)",
        ),
        (
            Kind.INVITE,
            r"\b(?:find|look|search)\s+(?:for\s+)?me\s+(?:up\s+)?(?=(?:over\s+)?(?:on|in)\b)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:(?:send|shoot|drop|throw|give|toss)\s+me|gimme)\s+(?:an?|ur|your|the)\s+"
            rf"(?:{_A_REQUEST}|{_SOME_NET}(?P<sure>add|follow)\b)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:be|become)\s+(?:(?:my|official|officially)\s+)?(?:(?P<in>(?ia:{_CLEAR}))\s+)?"
            r"(?:friends?|mutuals?|moots|buddies)\b",
        ),
        (Kind.OFFER, r"\bbe\s+(?:your|ur)\s+friend\b"),
        (Kind.OFFER, rf"{_WILL}(?:add|follow)\s+it\b"),
        (
            Kind.INVITE,
            rf"\bconnect(?:ed)?\s+(?:with\s+(?:me|{_YOU})\s+)?(?=(?:on|over|through|via)\b)",
        ),
        (
            Kind.INVITE,
            r"\b(?:accept|approve|confirm|get|got|see|saw|seen|check|answer|accepting|accepted)\s+"
            rf"(?:(?:my|the|that)\s+(?={_SOME_NET}{_OF_FRIENDS}\s)|my\s+){_A_REQUEST}",
        ),
        (
            Kind.INVITE,
            r"\b(?:haven'?t|have\s+not|didn'?t|never|(?:still|you|u)\s+don'?t|did|you\s+ever)"
            r"(?:\s+\w+){0,3}?\s+(?:(?:added|followed|friended|add|follow|accepted|accept)\s+me\b"
            rf"(?P<sure>\s+back\b)?|(?:accepted|accept|got|get)\s+my\s+{_A_REQUEST})",
        ),
        (
            Kind.INVITE,
            r"\b(?:agr[eé]gu?[ae]n?me|a[ñn][aá]d[ea]n?me|s[ií]gu?[ea]n?me|b[uú]s(?:c|qu)[ae]n?me"
            r"|encu[eé]ntrame|ac[eé]ptame|me\s+(?:agregas?|sigues?|aceptas?|a[ñn]ades?|buscas?"
            r"|(?:puedes?|podr[ií]as?)\s+(?:agregar|seguir|buscar|a[ñn]adir|aceptar))|puedes\s+(?:agregarme|seguirme|buscarme|a[ñn]adirme)"
            r"|(?:m[aá]ndame|env[ií]ame|acepta)\s+(?:una\s+|la\s+|mi\s+|tu\s+)?"
            r"solicitud(?P<friends>\s+de\s+amistad)?)\b",
        ),
        (
            Kind.SENT,
            rf"\b(?:sent|sending|shot|threw|dropped|send|put\s+in)\s+{_YOU}\s+(?:an?|my|the"
            rf"|another|one|ur|that)\s+(?:{_A_REQUEST}|{_SOME_NET}(?P<sure>add|follow)\b)",
        ),
        (
            Kind.SENT,
            r"\b(?:sent|sending|shot|put\s+in)\s+(?:an?|my|the|another)\s+"
            rf"(?={_SOME_NET}{_OF_FRIENDS}\s){_A_REQUEST}",
        ),
        (
            Kind.SENT,
            rf"\b(?:{_ADDED}|requested)\s+(?:{_YOU}\b|(?:your|ur)\s+(?:\w+\s+){{0,2}}?(?:acc(?:oun)?t"
            rf"|page|profile|art|(?P<in>(?ia:{_CLEAR})))\b)",
        ),
        (Kind.SENT, rf"\b(?P<sure>(?:requested|asked)\s+to\s+follow)\s+{_YOU}\b"),
        (Kind.SENT, rf"\bsent\s+(?:(?:{_YOU}\s+)?one|(?:a|the|my)\s+(?:request|req|add))\b"),
        (
            Kind.INVITE,
            rf"\bcheck\s+(?:your|ur)\s+(?={_SOME_NET}{_OF_FRIENDS}\s){_A_REQUEST}"
            rf"|\b{_SOME_NET}(?:friend\s+|follow\s+)?(?:request|req)\s+from\s+me\b",
        ),
        (
            Kind.ACCEPT,
            r"(?:\A|(?<=[.,!;:]\s)|(?<=\n)|(?<=just\s)|(?<=ok\s)|(?<=already\s)|(?<=yes\s)|(?<=sure\s))"
            r"accepted(?=\s{0,3}(?:[.!,:;)]|\Z|lol|haha))",
        ),
        (
            Kind.SENT,
            r"\b(?:te|le|lo|la)\s+(?:agregu[eé]|a[ñn]ad[ií]|segu[ií]|estoy\s+siguiendo|sigo|(?:he\s+)?(?:mand[eéo]|envi[eéo]"
            r"|mandado|enviado|agregado|seguido)(?:\s+(?:una\s+|la\s+|mi\s+)?"
            r"solicitud(?P<friends>\s+de\s+amistad)?)?)\b",
        ),
        (
            Kind.OFFER,
            rf"{_WILL}(?:{_ADD}|connect\s+with)\s+(?:{_YOU}\b(?P<sure>\s+back\b)?|(?:your|ur)\s+"
            rf"(?:\w+\s+){{0,2}}?(?:acc(?:oun)?t|page|profile|art|(?P<in>(?ia:{_CLEAR})))\b)",
        ),
        (
            Kind.OFFER,
            r"\b(?:(?:te|lo|la)\s+(?:agrego|a[ñn]ado|busco|puedo\s+(?:agregar|seguir|a[ñn]adir)|voy\s+a\s+(?:agregar|seguir"
            r"|a[ñn]adir|mandar\s+(?:la\s+)?solicitud))|(?:puedo|para|quiero|voy\s+a|d[eé]jame)\s+"
            r"(?:agregarte|seguirte|a[ñn]adirte|buscarte))\b",
        ),
    )
)

_HINT_BOTH = (
    r"\b(?:add|follow|friend|befriend)(?:e?d|ing)?\s+(?:you|u|ya|y'?all)\b"
    r"|\b(?:friend|friendship|follow\w*|contact|connection|add)\s+(?:req|inv)|solicitud|\bte\s+(?:agr|a[ñn]ad|seg|sig|acep)"
    r"|\bsen[dt]\s+(?:you|u|ya|me)\s+(?:an?|my|the|another|one|ur|your|that)\b"
    r"|\b(?:add|follow|friend|befriend)\s+me|\bsent\s+(?:a|the|my)\s+(?:req|add)|\bsent\s+one\b"
)
INVITE_HINT: str = (
    rf"(?i){_HINT_BOTH}|\b(?:followed|added|friended|accepted)\s+me\b"
    r"|\b(?:gimme|throw|drop|give|toss|shoot)(?:\s+me)?\s+an?\s+(?:add|follow)|\bmy\s+(?:req|inv)"
    r"|agr[eé]gu?[ae]n?(?:me|rme)|a[ñn][aá]d\w{0,3}me|s[ií]gu?[ea]n?me|b[uú]s(?:c|qu)[ae]r?n?me"
    r"|\b(?:agregarte|seguirte|buscarte|seguirme|ac[eé]ptame)"
)
"""Necessary for every `Act` that asks, offers or has asked and names no network with it."""
ACCEPT_HINT: str = (
    rf"(?i){_HINT_BOTH}|\b(?:add|follow|friend)(?:e?d|ing)?\s+(?:(?:you|u|ya|your?|ur)\s+(?:\w+\s+)?)?(?:right\s+)?back\b"
    r"|\b(?:accept|approv|confirm)\w*\s+(?:you|u|ur|your|it|the|that|all|both)\b|\bac[eé]pt[eoaé]"
    r"|\b(?:i'?ll|will|gonna|can|to)\s+(?:accept|approve)\b|\b(?:add|follow)\s+it\b"
)
"""Necessary for every `Act` that accepts, and for those that do once a student has asked."""

_END = re.compile(r"[.!?…;]{1,9}(?=\s|\Z)|\n")
_NET_NEAR = re.compile(
    r"(?i)(?:\b(?:on|in|via|en|por|al|my|mi|your|ur|tu|have|has|got|get|use|download|new|an?|over|el)\s+"
    rf"(?:(?:my|the|your|ur|mi|tu|el|la)\s+)?|[:@(/]\s?){_NET}"
)
_TAIL = re.compile(
    r"(?i)(?:[\s,]+(?:back|up|too|also|please|pls|plz|there|now|rn|today|tonight|later|quick|lol|then"
    r"|again|over|guys|all|as\s+(?:an?|your|ur)\s+friend|tho|though|if\s+you\s+want)\b){0,4}"
    r"(?:[\s,]*(?P<by>on|in|at|via|en|por|al|through|using|from|to)\s+(?:(?P<which>my|the|your|ur|mi|tu"
    rf"|el|la|this|that|our|a)\s+)?|\s{{0,2}}[:@(]?\s?)(?:{_NET_BEHIND}|(?P<other>\S*))"
)
_NO_FRIEND = re.compile(
    r"(?i)\s*(?:back\s+)?(?:(?:to|into|onto|in\s+to)\s+(?!(?:my|your|ur)?\s*(?:friends?\b|contacts\b|follow\b"
    r"|add\b|be\b|connect\b|(?:snap|insta)))|through\b|down\b|around\b|along\b|outside\b|inside\b"
    r"|so\s+far|upstairs\b|for\s+(?:a|an|the|your|more|late|extra)\b"
    r"|as\s+(?:an?|the|your|my)\s+(?!friend|contact|follower|buddy|mutual))"
)
_NOT = re.compile(
    r"(?i)(?:\b(?:don'?t|do\s+not|never|can'?t(?!\s+wait)|cannot|can\s+not|won'?t|wouldn'?t|shouldn'?t"
    r"|couldn'?t|not|didn'?t|haven'?t|hasn'?t|isn'?t|aren'?t|stop|quit|unable\s+to|without|nunca|no|instead\s+of|refuse\s+to"
    r"|if\s+(?:someone|somebody|anyone|a\s+stranger|they|people)|before\s+(?:you|u)|rather\s+than)\b(?!\s+(?:you|u|we)\b)"
    r"(?:(?!\bbut\b)[^,.;!?\n]){0,25})\Z"
)
_WHY_NOT = re.compile(r"(?i)\b(?:why|not\s+only|if\s+you)\b[^.!?\n]{0,12}\Z")
_SOMEBODY = re.compile(
    r"(?i)\b(?:he|she|they|(?<!guess\s)who|someone|somebody|anyone|people|strangers?|nobody|mom|dad|mother|father"
    r"|parents?|guardians?|mam[aá]|pap[aá]|grandma|grandpa|aunt|uncle|brother|sister|family|folks)\b"
    r"[^.!?\n]{0,25}\Z"
)
_LATER = re.compile(
    r"(?i)\b(?:once|after|when|until|un?til+|til|till|as\s+soon\s+as|if)\s+(?:you|u|you'?re|your|you'?ve|the|both)?"
    r"\s?(?:\w+\s+){0,2}(?:graduat\w*|18|eighteen|alum\w*|no\s+longer\s+a|diploma)"
    r"|\bcuando\s+te\s+grad"
)
_FRIENDS = re.compile(r"(?i)(?:be)?friend(?:ed)?\b")
_FRIEND_REQUEST = re.compile(rf"(?i)\b(?:friend|follow|contact)\s+{_REQUEST}\b")
_NOT_ME = re.compile(
    r"(?i)\b(?:hacked|impersonat\w*|fake\s+(?:account|profile)|(?:isn'?t|is\s+not|wasn'?t|not)\s+(?:really\s+)?"
    r"me\b(?!\s+who)|(?:please|just|can)\s+ignore\s+(?:it|that|the)|by\s+(?:mistake|accident)|report\s+it)"
)
_TRIED = re.compile(r"(?i)\b(?:you|u)\s+(?:have\s+)?(?:tried|asked|wanted|attempted)\s+to\s*\Z")
_MYSELF = re.compile(
    r"(?i)(?:\A|[,;:.!?\n(–—-]|\b(?:i|i'?ve|i'?m|im|ive|just|already|also|and|n|so|then|ok|okay|yes|yeah|yep|ya"
    r"|sure|lol|haha|done|finally|totally|only|literally|have|been|now|start(?:ed|ing)?|there|hey|went"
    r"|ahead|actually|saw|it|still|yup|k|kk|well|hi|oh|btw|recently|tonight|today|yesterday|am|was"
    r"|who|will|be|profe|maestr[oa]|coach|miss|sir|course|friend(?:ed)?|did|i'?ll|gonna|to|can|could|me))\s*\Z"
)


_NAMED = re.compile(
    rf"(?i)\b(?P<net>(?ia:{spoken_pattern(ambiguous=False)}))\b"
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


_SOME_NET_INSIDE = re.compile(rf"(?i).{{0,60}}?\b{_NET}")


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
    if _NOT_ME.search(text) or _TRIED.search(before):
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
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
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
