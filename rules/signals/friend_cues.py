"""Weak words around being friends on a network, which count together: who agrees, who approaches.

Rule of this file: pure text in, cues out; each cue is a span with what it says. None says much
alone: whoever asks adds them up beside what was said before. The words are in friend_cues.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from rules.signals.phrases import Phrases
from rules.signals.sentences import fold

EXAMINED = 4_000
MAX_CUES = 40
_PHRASES = Phrases("friend_cues")
_PATTERNS = {
    name: _PHRASES.pattern(name)
    for name in (
        "did contact",
        "did it",
        "consents",
        "goes along",
        "declines",
        "later",
        "asks contact",
        "somebody else",
        "school request",
        "come",
        "mine",
        "yours",
        "reached out",
        "lesson",
        "the school's",
        "plainly contact",
        "asks where",
        "says you asked",
    )
}


class Cue(NamedTuple):
    """Words that say one thing: which list they stand in, and their half-open span."""

    name: str
    start: int
    end: int


def find(text: str, names: Iterable[str]) -> Iterator[Cue]:
    """Every place of a text that stands in one of the lists, list by list."""
    plain = fold(text[:EXAMINED])
    for name in names:
        for found in islice(_PATTERNS[name].finditer(plain), MAX_CUES):
            if found[0].strip():
                yield Cue(name, *found.span())


def has(text: str, name: str) -> bool:
    """Whether a text has words of a list."""
    return _PATTERNS[name].search(fold(text[:EXAMINED])) is not None


_YOU = re.compile(
    r"\b(?:you|u|ur|your|ya|we|coach|miss|mrs|ms|mr|profe|maestr[oa]|te|le|lo|la|usted|me)\b"
)


def speaks_of_contact(text: str, known: bool) -> bool:
    """Whether a student speaks to the reader of being contacts; `known`: a network was named."""
    plain = fold(text[:EXAMINED])
    if _PATTERNS["somebody else"].search(plain) or _PATTERNS["school request"].search(plain):
        return False
    if _PATTERNS["plainly contact"].search(plain):
        return True
    return known and bool(_PATTERNS["asks contact"].search(plain) and _YOU.search(plain))


AGREES_HINT: str = (
    r"(?i)\b(?:hit|click\w*|press\w*|tapped|pushed|smashed|said|di) (?:the |on |a )?"
    r"(?:follow|accept|confirm|approve|yes|add|aceptar|seguir)"
    r"|\b(?:accepted|approved|confirmed|granted|acc?epted|excepted|friended|follower)\b"
    r"|\b(?:follow(?:ed|ing|s)?|added|adding) (?:you|u|it|both|back|that one|yours|every)\b"
    r"|\bi followed\b"
    r"|\blet(?:ting)? (?:you|u|it|him|her|them|that) (?:in|through|into)\b|\boff pending|\bmutuals"
    r"|\b(?:friends?|close friends|my|contacts?) list\b|\b(?:we|we['’]?re"
    r"|we are) (?:\w+ )?friends\b"
    r"|\btook care of|\b(?:consider|it['’]?s) (?:it )?(?:done|official)|\byou(?:['’]?re"
    r"| are) (?:in\b|now on my|on my|stuck)"
    r"|\b(?:all (?:three|of you)|both|two|three) (?:\w+ )?are (?:in|accepted|approved)\b"
    r"|\bmade the cut|\bpunched it in"
    r"|\b(?:check|look|try|see) (?:again|now)\b|\balready (?:did|have)\b|\bnot any ?more\b"
    r"|\bi do now\b|\bas of (?:this|\d)"
    r"|\b(?:invite sent|sent (?:you|u) (?:one|a challenge|an invite))\b|\bpatched"
    r"|\bwelcome to my\b|\bgood to go\b"
    r"|\byour request\b|\bby the request\b|\bsaid yes\b|\banswered (?:it|your)\b|\bcaved\b"
    r"|\byou win\b"
    r"|\bya (?:te|la|lo|los|las|eres|quedaste|est[aá]s)\b|\best[aá]s dentro|\bte sigo\b"
    r"|\bsomos amig"
    r"|\bsnapped (?:you|u) back|\bjust (?:followed|added|accepted)\b|^\W*(?:did,|followed"
    r"|added)|\bliked like|\badding every"
    r"|\b(?:doing it|hit it|it is done|remedied|put right|came through|pop(?:ped)? up"
    r"|consider us|hours? ago|done so)\b"
    r"|\b(?:thought we|no streaks|see my|a friend now)\b|\bpressed\b|\bsay something different"
    r"|\bgo ahead[.!]|\bmy (?:very )?(?:\w+ )?timeline"
)
"""Necessary for what `friend_words.agreed` sums up, with `CONSENTS_HINT`."""

CONSENTS_HINT: str = (
    r"(?i)^\W*(?:\w+\W+){0,4}(?:why not|be my guest|door['’]?s|thought you|was hoping you"
    r"|hoped you|i['’]?d (?:like|love|be)"
    r"|i would (?:like|love|be)|delighted|by all means|with pleasure|feel free|go ahead"
    r"|only if you|if you (?:can|must|insist)"
    r"|[oó]rale|[aá]ndale|claro|dale|con gusto)\b"
    r"|^\W*(?:\w+\W+){0,3}(?:fine+|sure+|yes+|ok|fixed|granted|s[ií]|date)\W*$|[👍✅👌🤝]|your wish"
    r"|\bbut (?:yes|ok|sure|i only post)\b|\bok yes\b|\b(?:don['’]?t"
    r"|no) (?:\w+ )?(?:screenshot|judge)"
    r"|\bi can see (?:you|your|ur)\b|\b(?:you|u) (?:now )?(?:can|get to) see\b|\bsee mine\b"
    r"|\bsubjected to|\bin the comments\b"
    r"|\bi(?:['’]?m| am) the one with\b|\b(?:on|in) your list\b|\bi know,? (?:it|i)\b"
    r"|\bfound (?:it|you|u)\b"
)

APPROACH_HINT: str = (
    r"(?i)\b(?:under|by|with) what (?:\w+ )?name\b|\bwhat (?:name|are you called|r u called)\b"
    r"|\bthe handle\b"
    r"|\b(?:your|ur) name on (?:there|it)\b|\b(?:find|found|add|follow(?:ed|ing)?"
    r"|request(?:ed)?) (?:me|you|u|him|my)\b"
    r"|\b(?:follow(?:ed|ing)?|find|add) your\b|\b(?:looking|look|search|searched) for (?:you|u"
    r"|me|mara|the one)\b|\btype my\b"
    r"|\b(?:my|the) (?:\w+ )?(?:request|invite)\b|\b(?:request|invite|surprise"
    r"|follower)s? (?:waiting )?(?:from|is)\b"
    r"|\bfollow(?:ers?|\s?requests?)\b|\bmutuals\b|\bmoots\b|\b(?:send|tell|give"
    r"|drop) me (?:yours|urs|the name)\b"
    r"|\b(?:snap|friend|switch) ?code\b|\bsay yes\b|\blet (?:me|a girl|him|her) in\b"
    r"|\bmaiden name\b|\bit['’]?s (?:the one with|[@\w]+[._])"
    r"|\bgimme\b|\bfollow back\b|\b(?:your|ur) (?:handles|pen name)\b|\baccepting me\b"
    r"|\bthis one does\b|\bthat would be me\b"
    r"|\b(?:approve|accept) (?:me|it)\b|\bhit accept\b|\bsent (?:you|u) (?:a|one)\b"
    r"|\bi sent it\b|\bstay (?:in touch|connected)\b"
    r"|\bp[aá]samel[oa]\b|\bc[oó]mo te (?:llamas|busco|encuentro)\b|\bplay with me\b"
    r"|@[\w.]+@\w|\bsame name as\b|\bchallenge me\b"
)
"""Necessary for what `friend_words.approached` sums up where it names no network."""
