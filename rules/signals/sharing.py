"""The writer's own site or media, where many small words together lead there.

Rule of this file: plain sentences and what was said just before in, one mention or none out. A
place must be named, it must be the writer's own by words, by name or because the student asked
about the writer's life, and enough cues must agree. Lessons, the school's own pages, other
people's pages and refusals weigh against it. The words are in sharing_words.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.signals.phrases import Phrases
from rules.signals.sentences import Sentence
from rules.signals.weighing import Scale, Weight

_WORDS = Phrases("sharing_words")
_PLACE, _OWN, _LIFE = (_WORDS.pattern(n) for n in ("place", "the writer's own", "private life"))
_ABOUT, _SCHOOL = _WORDS.pattern("about the teacher"), _WORDS.pattern("school matter")
_WORKS, _SAYS_YES = _WORDS.pattern("works"), _WORDS.pattern("says yes")
_SHOWN = _WORDS.pattern("shown")
_MYSELF = _WORDS.pattern("of oneself")
_NOT_LESSON = _WORDS.pattern("not lesson")
_PAYS, _TO_ME = _WORDS.pattern("pays"), _WORDS.pattern("to the writer")
_HOW_TO_PAY = _WORDS.pattern("how to pay")
_CUES = Scale(
    _WORDS, {"the writer's own": 1.0, "private life": 1.0, "a way there": 0.8, "as its name": 0.4}
)
_AGAINST = Scale(
    _WORDS,
    {
        "lesson": -2.0,
        "the school's": -1.5,
        "kept to oneself": -2.5,
        "somebody else's": -1.5,
        "one to one": -3.0,
    },
)
HINT: str = (
    r"https?:|[a-z0-9]\.[a-z]{2,12}/|[a-z0-9]\.(?:com|org|net|co|me|tv|us|io|ly|gl|page|site|shop|blog|live|info|mx)(?:[^a-z0-9@]|$)"
    r"|\b(?:insta|instagram|ig|finsta|facebook|goodreads|deviantart|caringbridge)\b"
    r"|\bmy (?:reel|story|name)\b|wherever (?:you|u) listen|registered at|suscr[ií]b|vlogging"
    r"|\$[a-z]{4}|\ben vivo\b|page of (?:them|it|mine)|\breel\b"
)
"""A link or one of the words for media of one's own that need none; valid in RE2."""
ENOUGH = 2.8
_WINDOW = 500  # characters around the place that are weighed


@dataclass(frozen=True, slots=True)
class Shared:
    """Words that together lead to the writer's own media: half-open span, how sure, the cues."""

    start: int
    end: int
    sure: float
    cues: tuple[str, ...]
    sentence: Sentence


def find(
    sentences: Sequence[Sentence], before: str, *, named: bool, personal: bool
) -> Shared | None:
    """The media that a text's cues lead to best.

    `before` is what the student just said, `named` whether a link holds the writer's name,
    `personal` whether the conversation reads as personal.
    """
    found = [*_all(sentences, before, named, personal), *_paid(sentences, before)]
    return max(found, key=lambda one: one.sure) if found else None


def _all(
    sentences: Sequence[Sentence], before: str, named: bool, personal: bool
) -> Iterator[Shared]:
    asked = _asked(before, sentences[0].text if sentences else "")
    for number, sentence in enumerate(sentences):
        match = _PLACE.search(sentence.text)
        if match is None:
            continue
        window = _around(sentences, number)
        linked = "url" in sentence.text or _SHOWN.search(window)  # a mere name asks for contact
        of_myself = bool(linked) and (_MYSELF.search(window) or asked.sum)
        if not (asked.sum >= 1 or named or _OWN.search(window) or (personal and of_myself)):
            continue
        weight = Weight(1.0, ("a place named",)).plus(_CUES.weigh(window))
        weight = weight.plus(_AGAINST.weigh(_NOT_LESSON.sub(" ", window)))
        weight = weight.plus(asked)
        if personal and of_myself:
            weight = weight.plus(Weight(1.0, ("it reads as personal",)))
        if named:
            weight = weight.plus(Weight(0.8, ("the writer's name in the address",)))
        sure = weight.sure(ENOUGH)
        if sure:
            yield _shared(match, sentence, sure, weight.cues)


def _asked(before: str, first: str) -> Weight:
    """What it says that the student asked about the writer's life or works, and was answered."""
    if _SCHOOL.search(before) or not (_ABOUT.search(before) or _WORKS.search(before)):
        return Weight()
    asked = Weight(0.8, ("the student asked about the writer",))
    if _WORKS.search(before):
        asked = Weight(1.2, ("the student asked to see or hear it",))
    return asked.plus(Weight(0.6, ("it says yes",))) if _SAYS_YES.search(first) else asked


def _paid(sentences: Sequence[Sentence], before: str) -> Iterator[Shared]:
    """A purse of the writer's own: "by Venmo to mara-river", or asked how to pay."""
    for sentence in sentences:
        match, mine = _PAYS.search(sentence.text), _TO_ME.search(sentence.text)
        refused = _AGAINST.weigh(sentence.text).sum <= -2
        if match and mine and not refused:
            cues = ["a purse named", "the writer as who is paid"]
            cues += ["the student asked how to pay"] if _HOW_TO_PAY.search(before) else []
            yield _shared(match, sentence, 0.6 + 0.1 * (len(cues) - 2), tuple(cues))


def _shared(match: re.Match[str], sentence: Sentence, sure: float, cues: tuple[str, ...]) -> Shared:
    start, end = (sentence.start + at for at in match.span())
    return Shared(start, end, sure, cues, sentence)


def _around(sentences: Sequence[Sentence], number: int) -> str:
    """A sentence with its neighbours; in a short text, all of it."""
    near = sentences[max(0, number - 2) : number + 3]
    return " ".join(one.text for one in near)[:_WINDOW]
