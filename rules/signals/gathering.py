"""Groups that many small words together lead to, where no phrase of `group_words.py` stands.

Rule of this file: plain sentences and what was said just before in, one group or none out. A
place outside (an app, a network, a link, or one the student just asked about) must be named, it
must be something for several people, and enough cues must agree; refusals, lessons and the
school's own systems weigh against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.signals import group_cues
from rules.signals.phrases import Phrases
from rules.signals.sentences import Sentence
from rules.signals.weighing import Scale, Weight

_WORDS = Phrases("gathering_words")
_APP, _NETWORK, _NOUN = (_WORDS.pattern(n) for n in ("app for groups", "network", "group noun"))
_MANY = _WORDS.pattern("for many")
_OUTSIDE, _NO_BUT = _WORDS.pattern("plainly outside"), _WORDS.pattern("no but")
_ASKS, _AGREES = _WORDS.pattern("asks for a place"), _WORDS.pattern("agrees")
_URL = re.compile(r"\burl\b")
_CUES = Scale(
    _WORDS,
    {
        "words of joining": 1.0,
        "the writer keeps it": 1.0,
        "what happens there": 0.6,
        "what is kept there": 0.6,
        "of ours": 0.6,
        "as its name": 0.6,
    },
)
_AGAINST = Scale(_WORDS, {"at school": -2.0, "lesson": -2.0, "kept out": -2.5, "one to one": -2.5})
HINT: str = (
    r"\b(?:whats|slack|band|skool|geneva|marco polo|zalo|messenger)\b|communit|message board"
    r"|\b(?:invit|request|approv|scan\b|whitelist)|\blet (?:u|you|ya|in)\b|\bput (?:u|you)\b"
    r"|\badd(?:ed)? (?:u|you|ya|y'?all)\b|\b(?:same|the|an?|that|este|el) (?:link|enlace)\b"
    r"|\b(?:text|chat) thread|\b(?:mc|play)\.\w|\bjoin\b|\blichess|\bsteam\b"
)
"""Words of which one stands in every answer and every text that may be enough; valid in RE2."""
ENOUGH = 2.8
_WINDOW = 400  # characters around the place that are weighed


@dataclass(frozen=True, slots=True)
class Gathering:
    """Words that together lead into a group: half-open span, how sure, the cues that agreed."""

    start: int
    end: int
    named: str  # the app or network as written, "" for none
    sure: float
    cues: tuple[str, ...]
    sentence: Sentence


def find(sentences: Sequence[Sentence], before: str) -> Gathering | None:
    """The group that a text's cues lead to best; `before` is what the student just said."""
    found = list(_all(sentences, before))
    return max(found, key=lambda one: one.sure) if found else None


def _all(sentences: Sequence[Sentence], before: str) -> Iterator[Gathering]:
    asked = _asked(before)
    for number, sentence in enumerate(sentences):
        window = _around(sentences, number)
        place = _place(sentence.text, window, asked)
        if place is None or _is_not_meant(sentence.text, window):
            continue
        match, weight = place
        weight = weight.plus(_CUES.weigh(window)).plus(_against(window))
        if number == 0 or asked.sum:
            weight = weight.plus(_answers(sentences[0].text, asked))
        sure = weight.sure(ENOUGH)
        if sure:
            start, end = (sentence.start + at for at in match.span())
            yield Gathering(start, end, match[0].strip(), sure, weight.cues, sentence)


def _around(sentences: Sequence[Sentence], number: int) -> str:
    """A sentence with its neighbours; in a short text, all of it."""
    near = sentences[max(0, number - 1) : number + 4]
    return " ".join(one.text for one in near)[:_WINDOW]


def _asked(before: str) -> Weight:
    """What the student's words just before ask about."""
    place = _APP.search(before) or _NETWORK.search(before) or _OUTSIDE.search(before)
    if place and _ASKS.search(before):
        return Weight(2.0, ("the student asked about it",))
    if _NOUN.search(before) and _ASKS.search(before):
        return Weight(1.0, ("the student asked about such a place",))
    if _ASKS.search(before):
        return Weight(0.5, ("the student asked for a way",))
    return Weight()


def _place(text: str, window: str, asked: Weight) -> tuple[re.Match[str], Weight] | None:
    """Where a sentence leads, and how much that says; None where it names no place."""
    app, network = _APP.search(text), _NETWORK.search(text)
    noun = _NOUN.search(window)
    if app:
        return app, Weight(1.6, ("an app for groups",)).plus(asked)
    many = noun or group_cues.is_the_teams(window) or _MANY.search(window) or asked.sum >= 1
    if network and many:
        return network, Weight(1.2, ("a group on a network",)).plus(asked)
    outside = _OUTSIDE.search(text)
    if outside:
        return outside, Weight(1.2, ("a group outside",)).plus(asked)
    link = _URL.search(text)
    if link and (noun or asked.sum >= 1):
        return link, Weight(1.0, ("a link outside",)).plus(asked)
    joining = _WORDS_OF_JOINING.search(text)
    if joining and asked.sum >= 2:
        return joining, Weight(0.5, ()).plus(asked)
    return None


_WORDS_OF_JOINING = _WORDS.pattern("words of joining")


def _against(window: str) -> Weight:
    return _AGAINST.weigh(_NO_BUT.sub(" ", window))


def _answers(first: str, asked: Weight) -> Weight:
    """What agreeing to a request adds."""
    agrees = asked.sum and _AGREES.search(first)
    return Weight(0.7, ("it says yes",)) if agrees else Weight()


def _is_not_meant(text: str, window: str) -> bool:
    plain = _NO_BUT.sub(" ", text)
    return group_cues.forbids(plain, 0) or group_cues.is_subject_matter(window)
