"""Weak words that add up: a student's request agreed to, a student approached on a network.

Rule of this file: it weighs the cues of friend_cues.py beside what was said before. One word of
them is never enough, but for the plainest; the evidence names every word that counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from rules import friends
from rules.signals import friend_cues, friending
from rules.signals.friend_cues import Cue
from rules.signals.tools import MASK

ENOUGH_TO_AGREE = 2.0
ENOUGH_TO_APPROACH = 3.0
_SHORT = 16  # words of an answer that is nothing but an answer
_ANSWER = 5  # and of one that only names the network
_LONG = 90  # words beyond which words stand too far apart to add up

_MADE_UP = re.compile(
    r"(?<![\w.@/])(?:@[A-Za-z0-9_][\w.\-]{2,31}|(?=[\w.\-#]{4,32}(?![\w]))[A-Za-z]\w{0,30}"
    r"(?:[._#\-][\w.\-#]{1,20}|\d{2,6}\w{0,8})|[A-Za-z]+[a-z][A-Z]\w{2,20})(?!\.?\w|@)"
)
_NO_HANDLE = re.compile(
    r"(?i)(?:[a-z]\.)+[a-z]?\.?|\S+\.(?:com|org|net|edu|gov|pdf|docx?|example)|[\w]+-[a-z\-]+"
    r"|(?:ch|pg|rm|period|unit|room|grade|page|gate|bus|covid|ps|xbox|web|mp)[._\-]?\d{1,4}|\w+n't"
)
_TEAM = re.compile(
    r"(?i)school|drama|theat|band|choir|robot|track|soccer|football|volley|basket|wrestl|yearbook"
    r"|library|athlet|stuco|_?hs\b|official|club|class"
)


_OPENS = re.compile(
    r"(?i)\W{0,3}(?:accepted|approved|added|followed|confirmed|done|granted)\b(?=[,.!])"
)
"""An answer that begins with the deed."""


class Weighed(NamedTuple):
    """What cues amount to: how sure, what they say, and the span they stand in."""

    confidence: float
    what: str
    start: int
    end: int


def _quoted(text: str, cues: Iterable[Cue]) -> str:
    """The words that counted, for the evidence: each once, in order."""
    words = (" ".join(text[cue.start : cue.end].split()) for cue in sorted(cues, key=_place))
    return ", ".join(f'"{one}"' for one in dict.fromkeys(words))


def _place(cue: Cue) -> tuple[int, int]:
    return cue.start, -cue.end


def _inside(one: Cue, other: Cue) -> bool:
    return other.start <= one.start and one.end <= other.end


def _apart(cues: Iterable[Cue]) -> list[Cue]:
    """The cues without those that lie in another: the same words count once."""
    kept: list[Cue] = []
    for cue in cues:
        if not any(_inside(cue, one) or _inside(one, cue) for one in kept):
            kept.append(cue)
    return kept


def _sum_up(text: str, what: str, cues: list[Cue], score: float, enough: float) -> Weighed:
    confidence = min(0.85, 0.6 + 0.1 * (score - enough))
    start, end = min(cue.start for cue in cues), max(cue.end for cue in cues)
    return Weighed(confidence, f"{what} (counted: {_quoted(text, cues)})", start, end)


def _asks(text: str, cue: Cue) -> bool:
    """Whether words are the end of a question: "is your lab done?"."""
    return cue.name in ("did it", "did contact") and "?" in text[cue.end : cue.end + 2]


def agreed(text: str, earlier: friends.Before) -> Weighed | None:
    """Words that answer a student's request with yes."""
    if friend_cues.has(text, "declines"):
        return None
    asked = earlier.wants_contact or earlier.hinted
    if not asked and not _OF_A_REQUEST.search(text):
        return None
    if not any(hint.search(text) for hint in _LET_THROUGH):
        return None
    weights = {"did contact": 2.0}
    words = len(text.split())
    if not friend_cues.has(text, "later"):
        weights["did it"] = 2.0 if words <= _SHORT or _OPENS.match(text) else 1.0
        weights["consents"] = 0.0
        if words <= _SHORT:
            weights["consents"] = 2.0 if earlier.begs else 1.0
        weights["goes along"] = 1.0
    cues = [
        cue
        for cue in _apart(friend_cues.find(text, weights))
        if weights[cue.name] and friending.is_meant(text, cue.start) and not _asks(text, cue)
    ]
    score = sum(weights[cue.name] for cue in cues)
    if score < ENOUGH_TO_AGREE:
        return None
    return _sum_up(text, "agrees to a student's request", cues, score, ENOUGH_TO_AGREE)


def approached(text: str, names: Iterable[str], earlier: friends.Before) -> Weighed | None:
    """Words that add up to "be my contact there", "here is my handle" or "what is yours"."""
    if MASK in text or len(text.split()) > _LONG:
        return None
    if friend_cues.has(text, "lesson") or friend_cues.has(text, "the school's"):
        return None
    if _THINGS.search(text):
        return None
    relation = ("reached out", "yours", "come", "mine")
    weights = {"reached out": 2.0, "yours": 2.0, "come": 1.0, "mine": 1.0}
    cues = [
        cue
        for cue in _apart(friend_cues.find(text, relation))
        if friending.is_meant(text, cue.start)
    ]
    where, own = _where(text), _own(text, names)
    told_where = earlier.reached and earlier.asks_where and len(text.split()) <= _ANSWER
    if not cues and not (told_where and where):
        return None
    score = sum({cue.name: weights[cue.name] for cue in cues}.values()) + float(told_where)
    cues += where
    score += min(1.0, float(len(where)))
    if not where and earlier.network and len(text.split()) <= 2 * _SHORT:
        score += 1.0
    elif not where and friend_cues.has(text, "school request"):
        return None
    elif not where:
        score -= 1.0  # words alone must say much more
    if any(_TEAM.search(text[cue.start : cue.end]) for cue in own):
        return None
    cues += own
    score += min(1.0, float(len(own))) + float(earlier.reached)
    if score < ENOUGH_TO_APPROACH:
        return None
    return _sum_up(text, "asks for contact", cues, score, ENOUGH_TO_APPROACH)


_OF_A_REQUEST = re.compile(
    r"(?i)\b(?:your|ur|tu)\s(?:friend|follow(?:er)?|contact|connection|insta|snap)\s(?:request|req|solicitud)|\blet\s(?:you|u)\sin"
)
_LET_THROUGH = tuple(map(re.compile, (friend_cues.AGREES_HINT, friend_cues.CONSENTS_HINT)))
"""The rule's own hints for what is weighed: nothing counts that a screen would hide."""
_THINGS = re.compile(  # what is shown on a network, and other following
    r"(?i)\b(?:insta(?:gram)?|facebook|tiktok|snapchat)\s(?:link|post|page|story|ad|account for)\b"
    r"|\bfollow\sme\s(?:on\s(?:this|that|here)|so\sfar)\b|\bthe\sofficial\b"
)
_SOCIAL_VERB = re.compile(
    r"(?i)\b(?:follow|add|request)[^.!?\n]{0,20}\s@[a-z0-9_.]{3,30}|\b(?:account|acc"
    r"|page)\s(?:is|was)\sprivate"
    r"|\bfollow(?:ed|ing)?\s(?:me|you|u|your(?:\s\w+)?\spage)\b"
    r"(?!\s(?:to|into|down|out|up|through|around|when|on\sthe|now|so\sfar))"
    r"|@[\w.\-]{2,30}@[\w.\-]{4,30}"
)
_MY_CODE = re.compile(r"(?i)\bmy\s(?:snap\s?|friend\s|switch\s)code\b")
_SOCIAL = re.compile(
    r"(?i)\byour\sfollow\b|\b(?:followers?|friend requests?|follow requests?|mutuals|moots"
    r"|streak|finsta|gamer ?tag"
    r"|close friends|snapcode|private account|main account|spam account|friend code"
    r"|suggested friends)\b"
)


def _where(text: str, *, plainly: bool = False) -> list[Cue]:
    """The network named, or a word that only networks have; `plainly`: no mere verb."""
    found = friending.named_span(text)
    cues = [Cue("network", *found)] if found else []
    for pattern in (_SOCIAL,) if plainly else (_SOCIAL, _SOCIAL_VERB):
        cues += [Cue("social", *one.span()) for one in islice(pattern.finditer(text[:2_000]), 2)]
    return cues


def _own(text: str, names: Iterable[str]) -> list[Cue]:
    """What looks like a name made up for a network, or is the writer's own."""
    cues = [
        Cue("handle", *one.span())
        for one in _MADE_UP.finditer(text[:2_000])
        if not _NO_HANDLE.fullmatch(one[0])
    ]
    spelled = "|".join(re.escape(name) for name in names if len(name) > 3)
    body = text.rstrip().rpartition("\n")[0] or text  # a signature names the writer too
    if spelled:
        cues += [
            Cue("own name", *one.span())
            for one in re.finditer(rf"(?i)\w{{0,12}}(?:{spelled})\w{{0,20}}", body)
        ]
    cues += [Cue("own code", *one.span()) for one in _MY_CODE.finditer(text[:2_000])]
    return cues[:3]
