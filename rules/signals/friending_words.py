"""The words for being friends, followers or contacts on a network: what friending.py looks for.

Rule of this file: patterns only, each with what its writer does. Groups tell more: `net` and `in`
are a network named inside, `sure` and `friends` that the words alone speak of friends. Every
repeat is bounded: a space is one to three.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rules.signals.networks import bound_pattern, spoken_pattern


class Kind(StrEnum):
    """What the writer does."""

    INVITE = "invite"  # "add me", "send me a request", "accept my request"
    OFFER = "offer"  # "can I add you", "I'll follow you"
    SENT = "sent"  # "sent you a request", "added you"
    ACCEPT = "accept"  # "added you back", "accepted your request"


CLEAR = rf"{spoken_pattern(ambiguous=False)}|fb|ig|snap|social media|socials|redes(?: sociales)?"
NET = rf"(?P<net>(?ia:{CLEAR}|{spoken_pattern(ambiguous=True)})\b)"
NET_BEHIND = (
    rf"(?P<net>(?ia:{CLEAR}|{spoken_pattern(ambiguous=True)}|{bound_pattern()})\b(?!\s?\d))"
)
_SOME_NET = rf"(?:(?ia:{CLEAR})\s+)?"
_YOU = r"(?:you|u|ya|y'?all|you guys)"
REQUEST = r"(?:requests?|reqs?|invites?|invitations?)"
_OF_FRIENDS = r"(?:friend|friendship|follow(?:er|ing)?|contact|connection|add)"
_A_REQUEST = rf"{_SOME_NET}(?P<friends>{_OF_FRIENDS}\s+)?{REQUEST}\b"
_ADD = r"(?:add|follow|friend|befriend)"
_ADDED = r"(?:added|followed|friended|befriended|adding|following)"
_WILL = (
    r"\b(?:can|could|may|should|shall|let\s+me|lemme|lmk\s+if|i'?ll|i\s+will|i'?d\s+(?:like"
    r"|love)\s+to|want(?:ed)?\s+to|wanna|gonna|going\s+to|imma|ima|(?:ok(?:ay)?|cool|alright|mind"
    r"|care)\s+if|try(?:ing)?\s+to|tried\s+to|about\s+to|so|n|and|i|then|to)\s+(?:i\s+"
    r"|we\s+)?(?:(?:can|could|will|just|also|go\s+ahead\s+and|even)\s+){0,2}"
)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of any case whose spaces are one to three characters."""
    return re.compile("(?i)" + pattern.replace(r"\s+", r"\s{1,3}"))


PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, compiled(pattern))
    for kind, pattern in (
        (
            Kind.ACCEPT,
            rf"\b{_ADDED}\s+(?:{_YOU}\s+|(?:your?|ur)\s+(?:acc\w*"
            rf"|page)\s+)?(?P<sure>(?:right\s+)?back)\b",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:accepted|accepting|approved|approving|confirmed|confirming|(?:i'?ll|i\s+will"
            r"|gonna|going\s+to|i\s+can|i\s+could|let\s+me|lemme|about\s+to|happy\s+to"
            r"|i\s+guess\s+i\s+can|i'?d|can\s+totally|will)\s+(?:\w+\s+)?(?:accept|approve"
            r"|confirm))"
            rf"\s+(?:(?:the|that|all|both|your?|ur|y'?all'?s)\s+){{1,3}}{_A_REQUEST}",
        ),
        (
            Kind.ACCEPT,
            rf"\b(?:accepted|accepting|approved|i'?ll\s+accept|will\s+accept"
            rf"|gonna\s+accept)\s+(?:{_YOU}|it|yours|urs)\b",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:i'?ll|will|gonna|can|going\s+to)\s+(?:accept|approve)(?=\s{0,3}(?:when|tonight"
            r"|later|after|tomorrow|now|in\s+a|once|asap|[.,!:;)]|\Z))",
        ),
        (
            Kind.ACCEPT,
            r"\b(?:(?:ya\s+)?(?:acept[eé]|acepto|aceptar[eé]"
            r"|voy\s+a\s+aceptar)\s+tu\s+(?:solicitud(?P<friends>\s+de\s+amistad)?|invitaci[oó]n)"
            r"|(?:te|la|lo)\s+acept[eoé]|te\s+(?:agregu[eé]|segu[ií]|sigo"
            r"|a[ñn]ad[ií])\s+(?P<sure>de\s+vuelta|tambi[eé]n)"
            r"|solicitud(?P<sure2>\s+de\s+amistad)?\s+aceptada)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:{_ADD}|request|accept)\s+me{{1,9}}\b(?P<sure>\s+back\b|\s+as\s+(?:an?|your"
            rf"|ur)\s+friend)?",
        ),
        (
            Kind.INVITE,
            r"\b(?:add|follow|friend)\s+(?:my|mi)\s+(?:\w{2,9}\s+)?(?:(?P<in>(?ia:"
            rf"{CLEAR}|{spoken_pattern(ambiguous=True)}))\b|acc(?:oun)?t\b|profile\b"
            rf"|gamer\s?tag\b)",
        ),
        (
            Kind.INVITE,
            r"\b(?:find|look|search)\s+(?:for\s+)?me\s+(?:up\s+)?(?=(?:over\s+)?(?:on|in)\b)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:(?:send|shoot|drop|throw|give|toss)\s+me|gimme)\s+(?:an?|ur|your"
            rf"|the)\s+(?:{_A_REQUEST}|{_SOME_NET}(?P<sure>add|follow)\b)",
        ),
        (
            Kind.INVITE,
            rf"\b(?:be|become)\s+(?:(?:my|official|officially)\s+)?(?:(?P<in>(?ia:{CLEAR}))\s+)?"
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
            r"\b(?:haven'?t|have\s+not|didn'?t|never|(?:still|you|u)\s+don'?t|did"
            r"|you\s+ever)(?:\s+\w+){0,3}?\s+(?:(?:added|followed|friended|add|follow|accepted"
            r"|accept)\s+me\b"
            rf"(?P<sure>\s+back\b)?|(?:accepted|accept|got|get)\s+my\s+{_A_REQUEST})",
        ),
        (
            Kind.INVITE,
            r"\b(?:agr[eé]gu?[ae]n?me|a[ñn][aá]d[ea]n?me|s[ií]gu?[ea]n?me|b[uú]s(?:c|qu)[ae]n?me"
            r"|encu[eé]ntrame|ac[eé]ptame|me\s+(?:agregas?|sigues?|aceptas?|a[ñn]ades?|buscas?"
            r"|(?:puedes?|podr[ií]as?)\s+(?:agregar|seguir|buscar|a[ñn]adir|aceptar))"
            r"|puedes\s+(?:agregarme|seguirme|buscarme|a[ñn]adirme)|(?:m[aá]ndame|env[ií]ame"
            r"|acepta)\s+(?:una\s+|la\s+|mi\s+|tu\s+)?solicitud(?P<friends>\s+de\s+amistad)?)\b",
        ),
        (
            Kind.SENT,
            rf"\b(?:sent|sending|shot|threw|dropped|send|put\s+in)\s+{_YOU}\s+(?:an?|my|the|another"
            rf"|one|ur|that)\s+(?:{_A_REQUEST}|{_SOME_NET}(?P<sure>add|follow)\b)",
        ),
        (
            Kind.SENT,
            r"\b(?:sent|sending|shot|put\s+in)\s+(?:an?|my|the|another)\s+"
            rf"(?={_SOME_NET}{_OF_FRIENDS}\s){_A_REQUEST}",
        ),
        (
            Kind.SENT,
            rf"\b(?:{_ADDED}|requested)\s+(?:{_YOU}\b|(?:your"
            rf"|ur)\s+(?:\w+\s+){{0,2}}?(?:acc(?:oun)?t|page|profile|art|(?P<in>(?ia:{CLEAR})))\b)",
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
            r"(?:\A|(?<=[.,!;:]\s)|(?<=\n)|(?<=just\s)|(?<=ok\s)|(?<=already\s)|(?<=yes\s)"
            r"|(?<=sure\s))accepted(?=\s{0,3}(?:[.!,:;)]|\Z|lol|haha))",
        ),
        (
            Kind.SENT,
            r"\b(?:te|le|lo|la)\s+(?:agregu[eé]|a[ñn]ad[ií]|segu[ií]|estoy\s+siguiendo|sigo"
            r"|(?:he\s+)?(?:mand[eéo]|envi[eéo]|mandado|enviado|agregado|seguido)(?:\s+(?:una\s+"
            r"|la\s+|mi\s+)?solicitud(?P<friends>\s+de\s+amistad)?)?)\b",
        ),
        (
            Kind.OFFER,
            rf"{_WILL}(?:{_ADD}|connect\s+with)\s+(?:{_YOU}\b(?P<sure>\s+back\b)?|(?:your"
            rf"|ur)\s+(?:\w+\s+){{0,2}}?(?:acc(?:oun)?t|page|profile|art|(?P<in>(?ia:{CLEAR})))\b)",
        ),
        (
            Kind.OFFER,
            r"\b(?:(?:te|lo|la)\s+(?:agrego|a[ñn]ado|busco|puedo\s+(?:agregar|seguir|a[ñn]adir)"
            r"|voy\s+a\s+(?:agregar|seguir|a[ñn]adir|mandar\s+(?:la\s+)?solicitud))|(?:puedo|para"
            r"|quiero|voy\s+a|d[eé]jame)\s+(?:agregarte|seguirte|a[ñn]adirte|buscarte))\b",
        ),
    )
)

_HINT_BOTH = (
    r"\b(?:add|follow|friend|befriend)(?:e?d|ing)?\s+(?:you|u|ya|y'?all)\b|\b(?:friend|friendship"
    r"|follow\w*|contact|connection|add)\s+(?:req|inv)|solicitud|\b(?:te|le|lo|la)\s+(?:agr|a[ñn]ad"
    r"|seg|sig|acep|busco)|\bsen[dt]\s+(?:you|u|ya|me)\s+(?:an?|my|the|another|one|ur|your|that)\b"
    r"|\b(?:add|follow|friend|befriend|request|accept)\s+me|\bsent\s+(?:a|the|my)\s+(?:req|add)"
    r"|\bsent\s+one\b"
)
INVITE_HINT: str = (
    rf"(?i){_HINT_BOTH}|\b(?:followed|added|friended|accepted)\s+me\b"
    r"|\b(?:gimme|throw|drop|give|toss|shoot)(?:\s+me)?\s+an?\s+(?:add|follow)|\bmy\s+(?:req|inv)"
    r"|\b(?:find|look|search)\s+(?:for\s+)?me\b|\bconnect(?:ed)?\s+(?:with|on|over|through|via)\b"
    r"|\b(?:add|follow|friend)\s+(?:my|mi|your|ur)\b|\b(?:req|inv)\w*\s+from\s+me\b"
    r"|\bbe(?:come)?\s+(?:\w+\s+){0,2}(?:friends?|mutuals?|moots|buddies)\b|agr[eé]gu?[ae]n?(?:me"
    r"|rme)|a[ñn][aá]d\w{0,3}me|s[ií]gu?[ea]n?me|b[uú]s(?:c|qu)[ae]r?n?me|\b(?:agregarte|seguirte"
    r"|buscarte|seguirme|ac[eé]ptame)"
)
"""Necessary for every `Act` that asks, offers or has asked and names no network with it."""
ACCEPT_HINT: str = (
    rf"(?i){_HINT_BOTH}|\b(?:add|follow|friend)(?:e?d|ing)?\s+(?:(?:you|u|ya|your?"
    rf"|ur)\s+(?:\w+\s+)?)?(?:right\s+)?back\b"
    r"|\b(?:accept|approv|confirm)\w*\s+(?:you|u|ya|y'?all|urs?|yours?|it|the|that|all|both)\b"
    r"|\bac[eé]pt[eoaé]|\baccepted\s{0,3}(?:[.!,:;)]|$|lol|haha)|\b(?:i'?ll|will|gonna|can"
    r"|to)\s+(?:accept|approve)\b|\b(?:add|follow)\s+it\b"
)
"""Necessary for every `Act` that accepts and names no network with it."""
