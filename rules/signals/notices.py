"""Notices that a social network mails itself: who sends them, and who asks or accepts in them.

Rule of this file: pure text in, answers out; a sender counts by its domain, never by its name.
A notice is short: only its first `EXAMINED` characters are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

EXAMINED = 4_000
MAX_NOTICES = 20

_MAILERS = frozenset(
    "facebookmail.com instagram.com messenger.com snapchat.com discord.com discordapp.com "
    "linkedin.com x.com twitter.com tiktok.com pinterest.com reddit.com redditmail.com tumblr.com "
    "steampowered.com steamcommunity.com roblox.com epicgames.com xbox.com playstation.com "
    "nintendo.com strava.com bere.al bereal.com twitch.tv bsky.app skype.com groupme.com vsco.co "
    "chess.com lichess.org yubo.live wechat.com viber.com kik.com".split()
)
"""Registered domains of networks and of their mail; everything below one is the network's too."""


def is_network_mailer(address: str) -> bool:
    """Whether an e-mail address, in lower case, is one a social network sends its notices from."""
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[at:]) in _MAILERS for at in range(len(labels) - 1))


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody named asks the reader, or accepts the reader's request: half-open span of it all.

    `names` are the spellings the person may go by, the likeliest first; none where the notice
    speaks in the person's own voice, whose name is then the sender's as shown.
    """

    start: int
    end: int
    names: tuple[str, ...]
    accepts: bool


_WHO = r"(?P<who>[^\n,:;!?|<>]{2,60})"
_REQUEST = r"(?:(?:friend|friendship|follow|follower|connection|contact|add) )?(?:request|invit)"
_ACCEPTS = (  # what follows or stands before a name
    rf"(?:has |have )?(?:accepted|approved|confirmed) (?:your|the) {_REQUEST}",
    r"(?:has )?(?:added|followed|friended) you back\b",
    r"is now (?:your friend|a friend|friends with you|connected (?:to|with) you)\b",
    r"are now (?:friends|connected)\b(?! with)",
    rf"\bnow (?:friends|connected|a friend) (?:with|of) {_WHO}",
    r"(?:ha )?(?:acept[oó]|aceptado|aprob[oó]|aprobado|confirm[oó]|confirmado) tu (?:solicitud"
    r"|invit)",
    r"(?:ya |ahora ){0,2}son amig[oa]s\b",
    rf"\bahora (?:eres|son|est[aá]s) (?:amig[oa]s?|conectad[oa]) (?:de|con) {_WHO}",
)
_ASKS = (
    r"(?:also )?(?:wants|would like|has asked|asked"
    r"|is asking) (?:you )?(?:to )?(?:be (?:your )?(?:friends?|a friend)|add you|follow you"
    r"|connect\b|become (?:friends|your friend)|friend you|join your (?:network|friends))",
    rf"(?:has |just )?sent you an? (?:new )?{_REQUEST}",
    r"(?:has |just )?(?:requested|asked) (?:to (?:follow|add|friend|connect|be)|you\b)",
    r"(?:has |just )?invited you to (?:connect|be (?:their |her |his )?friends?|join (?:their|her"
    r"|his) (?:network|friends))",
    r"(?:has |just )?started following you\b",
    r"(?:is now|is) following you\b",
    r"(?:has |just )?(?:added|followed|friended) you\b(?! (?:back|to\b|in a))",
    r"is (?:still )?waiting for (?:you to|your) (?:respon|accept|confirm|approv|answer)",
    r"\b(?:(?:friend|follow|follower|connection|contact) requests?|new (?:friend|follower)s?"
    rf"|invitations?(?: to connect)?)(?: (?:is|are|waiting|pending)){{0,2}} ?(?:from|by|:|-"
    rf"|–) ?{_WHO}",
    r"\b(?:confirm|accept|approve|respond to) (?P<who>[^\n,:;!?|<>]{2,60}?)(?:['’]s?)? (?:as (?:a"
    r"|your) friend\b|(?:(?:friend|follow|connection) )?(?:request|invitation)\b)",
    r"quiere (?:ser (?:tu )?amig[oa]s?|seguirte|agregarte|conectar|conectarse)\b",
    r"(?:te )?(?:ha )?(?:envi[oó]|enviado|mand[oó]|mandado) (?:a ti )?una (?:solicitud"
    r"|invitaci[oó]n)",
    r"(?:ha solicitado|solicit[oó]) seguirte\b",
    r"(?:ha )?(?:empez[oó]|empezado|comenz[oó]|comenzado) a seguirte\b",
    r"(?:ahora )?te (?:sigue|agreg[oó]|a[ñn]adi[oó]|invit[oó] a conectar|ha agregado)\b",
    r"\b(?:solicitud(?:es)? (?:de (?:amistad|seguimiento|contacto) )?"
    rf"|nuev[oa] (?:seguidora?|amig[oa]) ?)(?:de|:) ?{_WHO}",
)
_PATTERNS = tuple(
    (re.compile("(?i)" + pattern.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}")), accepts)
    for accepts, patterns in ((True, _ACCEPTS), (False, _ASKS))
    for pattern in patterns
)

HINT: str = (
    r"(?i)\b(?:wants|would\s+like|asked|asking|requested)\s+(?:you|to)\b|\b(?:sent|invited"
    r"|added)\s+you\b|\b(?:followed|following|friended)\s+you\b|\b(?:accepted|approved"
    r"|confirmed)\s+(?:your|the)\s|\bnow\s+(?:your\s+friend|a\s+friend|friends|connected)"
    r"|\bas\s+(?:a|your)\s+friend|\bwaiting\s+for\s+you|\b(?:friend|follow|follower|connection"
    r"|contact)\s+(?:request|invit)|\bnew\s+(?:friend|follower)|\blike\s+to\s+(?:add|join|connect"
    r"|invite)|\badd\s+me\s+to\b|\bgustar[ií]a\b|\binvitations?\b|\b(?:confirm|accept|approve"
    r"|respond\s+to)\s[^\n]{2,60}(?:request|invit)|\bamig|\bseguir|\bsolicit|\bte\s+(?:sigue|agreg"
    r"|a[ñn]adi|invit|ha\s+agregado)|\bagregarte|\bquiere\s+conect|\btu\s+invit|\buna\s+invit"
    r"|\bconectad|\bnuev[oa]\s+seguid"
)
"""Necessary for every notice."""

_LINE = re.compile(r"[^\n,:;!?|<>]{2,90}\s{0,3}\Z")
_BRACKETED = re.compile(r"[(\[“\"]([^()\[\]”\"]{2,60})[)\]”\"]")
_ACCOUNT = re.compile(r"(?<![\w.])(?:@([\w.\-]{3,39})|([A-Za-z0-9]\w{0,30}[._\d][\w.\-]{0,30}))")
_AND_YOU = re.compile(r"(?i)\byou and\b|\band you\b|\bt[uú] y\b|\by t[uú]\b")
_LONGEST_NAME = 4  # words
_NEAR = 200
_OWN_VOICE = re.compile(
    r"(?i)\bi(?:'d|\swould)\slike\sto\s(?:add\syou|join\syour|connect|invite\syou)"
    r"|\badd\sme\sto\syour\b|\bme\sgustar[ií]a\s(?:agregarte|a[ñn]adirte|conectar)"
)
_ACT = re.compile(
    r"(?i)\bnew\s(?:follower|friend)|\b(?:friend|follow|connection|contact)\srequest"
    r"|\bwants\sto\s(?:follow|be\sfriends|connect)|\bsolicitud\sde\samistad|\bnuev[oa]\sseguidor"
)
_READERS_OWN = re.compile(
    r"(?i)\byou\s(?:have\s)?(?:sent|accepted|requested|followed|added|approved)\b|\b(?:enviaste"
    r"|aceptaste|solicitaste|seguiste)\b"
)
_FULL_NAME = re.compile(r"\b[A-Z][\w'’\-]{1,20}[ ][A-Z][\w'’\-]{1,24}\b")


def names_in(written: str) -> tuple[str, ...]:
    """The names a person may be shown by in "river.m (Mara River)", the likeliest first."""
    inner = [found.strip() for found in _BRACKETED.findall(written)]
    words = _AND_YOU.sub(" ", _BRACKETED.sub(" ", written)).replace('"', " ").split()
    sizes = range(min(_LONGEST_NAME, len(words)), 1, -1)
    ends = [" ".join(words[-size:]) for size in sizes]
    starts = [" ".join(words[:size]) for size in sizes]
    accounts = [signed or plain for signed, plain in _ACCOUNT.findall(written)]
    alone = words if len(words) == 1 else []
    return tuple(dict.fromkeys((*inner, *ends, *starts, *accounts, *alone)))


def _found(text: str) -> Iterator[Notice]:
    for pattern, accepts in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if "who" in match.groupdict():
                yield Notice(start, end, names_in(match["who"]), accepts)
            elif before := _LINE.search(text, max(0, start - 93), start):
                yield Notice(before.start(), end, names_in(before[0]), accepts)


def _unnamed(text: str) -> Iterator[Notice]:
    """Where no sentence joins a name and an act: the names that stand near the act."""
    voice = _OWN_VOICE.search(text)
    if voice:
        yield Notice(*voice.span(), (), False)
    elif (act := _ACT.search(text)) and not _READERS_OWN.search(text):
        near = text[max(0, act.start() - _NEAR) : act.end() + _NEAR]
        names = dict.fromkeys(_FULL_NAME.findall(near))
        if names:
            yield Notice(*act.span(), tuple(names), False)


def notices(text: str) -> tuple[Notice, ...]:
    """Who asks or accepts in a network's notice, in order; `HINT` is necessary."""
    text = text[:EXAMINED]
    found = [one for one in islice(_found(text), MAX_NOTICES) if one.names]
    found = found or list(_unnamed(text))
    return tuple(sorted(found, key=lambda notice: (notice.start, notice.accepts)))
