"""The writer's own site or media in words: "subscribe to my channel", "venmo me", "my blog".

Rule of this file: sentence in, spans out. A mention counts where it is the writer's own and the
sentence gives a way there (a name, a link, "check out", "subscribe"). Lessons, class sites and
what the writer declines to share are none. The words are in media_words.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals.phrases import Phrases, words
from rules.signals.sentences import Sentence, beside
from rules.signals.tools import is_teaching_tool

MAX_MENTIONS = 8  # of one pattern in one sentence

_MEDIA = Phrases("media_words")
_PAYMENTS, _SHELVES, _I = (_MEDIA.any_of(name) for name in ("payments", "shelves", "i"))
_OWN = words(
    rf"(?<!\w){_MEDIA.any_of('mine')} (?P<between>(?:~ ){{0,3}}?)"
    rf"(?:(?P<payment>{_PAYMENTS})|(?P<media>{_MEDIA.any_of('media')})"
    rf"|(?P<channel>{_MEDIA.any_of('channel')})|(?P<site>{_MEDIA.any_of('site')}))"
    rf"(?![\w'-])(?! {_MEDIA.any_of('no media')}\b)"
)
_PAY_ME = words(rf"(?<!\w){_PAYMENTS} (?:me|us)\b")
_SAID = (
    # "I have a podcast"
    words(
        rf"(?<!\w){_I}(?: (?:have|just|also|finally|even|now|got)){{0,3}} (?:have|got|run|do|host"
        r"|start(?:ed)?|made|make|keep|write|launch(?:ed)?|open(?:ed)?|record) (?:an?|this|my own"
        rf"|our own|the) (?:~ ){{0,3}}?{_MEDIA.any_of('kept')}\b"
    ),
    words(
        r"\b(?:tengo|tenemos|abr[ií]|abrimos|hice|hicimos) un (?:~ )?(?:canal|blog|p[oó]dcast)\b"
    ),
    # "I'm live on twitch"
    words(
        rf"(?<!\w){_I}(?: (?:be|am|are|will|gonna|going|go|usually|also|sometimes|to)){{0,3}}"
        rf" (?:live|(?:live ?)?stream(?:ing|ed)?)(?: ~){{0,4}}? on {_MEDIA.any_of('streams')}\b"
    ),
    # "going live at 8"
    words(
        rf"(?:\bgoing live|(?<!\w){_I} go live) (?:at|in|tonight|on|again|later|now)\b"
        r"|\bbuy me an? (?:coffee|ko-?fi)\b"
        r"|\bcome (?:hang(?: out)?|chat|say hi) on (?:my )?stream\b"
    ),
    # "I sell candles on etsy"
    words(
        rf"(?<!\w){_I}(?: (?:been|have|also|usually|just|always)){{0,2}} (?:post(?:ed|ing)?"
        r"|put(?:ting)?|upload(?:ed|ing)?|sell(?:ing)?|publish(?:ed)?|released?|dropped|write|do|make"
        r"|film|draw|sing)"
        rf"(?: ~){{0,6}}? (?:on|to|at|in) (?:my )?{_SHELVES}\b"
    ),
    # "I self-published a novel"
    words(
        rf"(?<!\w){_I} (?:just )?(?:self-?published|wrote|released|recorded) an? (?:~ ){{0,2}}?"
        rf"(?:novel|book|song|album|ep)(?:,? ~){{0,4}}?,? (?:on|at) {_SHELVES}\b"
    ),
    # "watch me on youtube"
    words(rf"\b(?:watch|see|find|catch|support|hear|join) (?:me|us) on {_SHELVES}\b"),
    # "my songs are on spotify"
    words(
        rf"\b(?:my|our) (?:~ ){{0,2}}?{_MEDIA.any_of('works')}(?: ~){{0,4}}?"
        rf" (?:on|at|to) (?:my )?{_SHELVES}\b"
    ),
    # "new vlog is up"
    words(
        r"\b(?:new|newest|latest) (?:vlog|podcast|blog post|episode of (?:my|our) ~)(?: ~){0,3}?"
        r" (?:is|just|dropped|up|out|live)\b"
    ),
)
_WAY, _IS_NAMED, _UP_ON, _SHOWN = (
    _MEDIA.pattern(name) for name in ("way", "is named", "up on", "shown")
)
_TEACHING, _PERSONAL, _FOR_CLASS = (
    _MEDIA.pattern(name) for name in ("teaching", "personal", "for class")
)
_FOLLOWED = _MEDIA.pattern("followed")
_DECLINES, _NO_REFUSAL = _MEDIA.pattern("declines"), _MEDIA.pattern("no refusal")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something of the writer's own: half-open span, its sentence, how sure.

    `is_purse`: it takes money; `may_teach`: lessons could be meant, though no word says so.
    """

    start: int
    end: int
    sentence: Sentence
    is_purse: bool
    may_teach: bool
    sure: float


def find(sentences: list[Sentence]) -> Iterator[Mention]:
    """The writer's own media that sentences give a way to; each stretch once."""
    for number, sentence in enumerate(sentences):
        taken = 0
        for one in sorted(_in(sentence, beside(sentences, number)), key=lambda one: one.start):
            if one.start >= taken:
                taken = one.end
                yield one


def declines(text: str) -> bool:
    """Whether a sentence, plainly spelled, keeps the writer's media to the writer."""
    return bool(_DECLINES.search(_NO_REFUSAL.sub(" ", text)))


def teaches(text: str) -> bool:
    """Whether plain words, or those of a link, speak of lessons and not of private life."""
    return bool(_TEACHING.search(text)) and not _PERSONAL.search(text)


def is_private(text: str) -> bool:
    """Whether plain words speak of private life, or of following what somebody sends out."""
    return bool(_PERSONAL.search(text) or _FOLLOWED.search(text))


def _in(sentence: Sentence, near: str) -> Iterator[Mention]:
    text = sentence.text
    found = [(match, _sure(match, text, near)) for match in _each(_OWN, text)]
    found += [(match, 0.85) for match in _each(_PAY_ME, text)]
    for match in (match for pattern in _SAID for match in _each(pattern, text)):
        shown = _WAY.search(text[match.end() :]) or _WAY.search(near)
        lessons = teaches(text) or _names_a_tool(text)
        found.append((match, 0 if lessons else 0.8 if shown else 0.5))
    if any(sure for _, sure in found) and not declines(text):
        for match, sure in found:
            if sure:
                start, end = (sentence.start + place for place in match.span())
                parts = match.groupdict()
                is_purse = match.re is _PAY_ME or bool(parts.get("payment"))
                loose = not is_purse and not parts.get("media") and not is_private(text)
                yield Mention(start, end, sentence, is_purse, loose, sure)


def _each(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return islice(pattern.finditer(text), MAX_MENTIONS)


def _sure(match: re.Match[str], text: str, near: str) -> float:
    """How sure it is that "my ..." is private media somebody is shown; 0 when it is not."""
    before, after = text[: match.start()], text[match.end() :]
    way = _WAY.search(f"{before[-80:]} {after}") or _WAY.search(near) or _UP_ON.search(before)
    if not (way or _IS_NAMED.search(after)) or _is_for_class(match["between"]):
        return 0
    if match["payment"]:
        return 0.85
    if teaches(f"{before[-80:]} {match[0]} {after[:120]}"):
        return 0
    if match["media"]:
        return 0.85
    if teaches(near) or (match["site"] and not _SHOWN.search(text) and not _PERSONAL.search(text)):
        return 0
    return 0.75


def _is_for_class(between: str) -> bool:
    """Whether the words before a noun make it the class's or that of a teaching tool."""
    return _names_a_tool(between) or bool(_FOR_CLASS.search(between))


def _names_a_tool(text: str) -> bool:
    return any(is_teaching_tool(word) for word in re.findall(r"\w+", text))
