"""The writer's own sites and media that a text gives a way to, by link, handle or words.

Rule of this file: pure text in, spans out. A link is the writer's own when the words say so, when
its address holds the writer's name, or when it stands alone and leads to somebody's profile;
links to lessons are none. Words without a link are read by `media_words.py`. Only the first
`EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.signals import group_cues, handles, media_words, sharing
from rules.signals.groups import is_group, is_kept_from_students, is_page
from rules.signals.links import Link
from rules.signals.networks import NETWORKS, look_up
from rules.signals.phrases import Phrases, words
from rules.signals.sentences import Sentence, at, beside, fold, split

SITES = frozenset(
    "etsy.com redbubble.com teespring.com bonfire.com depop.com poshmark.com bandcamp.com "
    "gofundme.com kickstarter.com givesendgo.com buymeacoffee.com throne.com goodreads.com "
    "letterboxd.com wattpad.com deviantart.com artstation.com flickr.com 500px.com smugmug.com "
    "wixsite.com weebly.com carrd.co beacons.ai bio.link allmylinks.com theknot.com zola.com "
    "withjoy.com livejournal.com typepad.com podbean.com buzzsprout.com rumble.com mixcloud.com "
    "blogspot.com wordpress.com tumblr.com substack.com".split()
)
"""Registered domains where people keep shops, blogs, funds and albums of their own."""

_PAYS = frozenset(one.name for one in NETWORKS if one.kind == "payment")
_SHOWS = frozenset(one.name for one in NETWORKS if one.kind in ("streaming", "page")) | _PAYS
_DOT = r"(?:\.|\W{1,2}(?:dot|punto|\.)\W{1,2})"
_CONTACTS = ("chat", "gaming")  # a link to somebody there asks for contact and shares nothing
_WITH_PROFILES = (d for one in NETWORKS if one.kind not in _CONTACTS for d in one.domains)
_NAMES, _ENDS = (
    "|".join(sorted({part.replace(".", _DOT) for part in parts}))
    for parts in zip(*(one.rsplit(".", 1) for one in {*_WITH_PROFILES, *SITES}), strict=True)
)
_WORDS = Phrases("media_words")
HINT: tuple[str, ...] = (
    rf"(?i)\b(?:{_NAMES}){_DOT}(?:{_ENDS})\b|" + words(_WORDS.any_of("hint")).pattern,
    rf"(?i){sharing.HINT}",
)
"""A site where people have pages, a word for media that people keep, or any link outside."""

_MINE, _FIRST_PERSON = _WORDS.pattern("writer's"), _WORDS.pattern("first person")
_SHARES_CLIP = _WORDS.pattern("clips")
_CLIPS = re.compile(
    r"(?:www\.|m\.)?(?:youtu\.be/|youtube\.com/(?:watch|shorts|live)|tiktok\.com/|vimeo\.com/"
    r"|photos\.app\.goo\.gl|photos\.google\.com|icloud\.com/sharedalbum|share\.icloud\.com"
    r"|twitch\.tv/|open\.spotify\.com/|instagram\.com/(?:p|reel)|on\.soundcloud\.com)"
)
_FEW = 4  # words beside a link that say nothing of whose it is


@dataclass(frozen=True, slots=True)
class OwnMedia:
    """Media of the writer's own: half-open span, the links that lead there, how sure.

    `cues` name the weak cues that together lead there; none where one phrase or link does.
    """

    start: int
    end: int
    urls: tuple[str, ...]
    sure: float
    cues: tuple[str, ...] = ()


def find(
    text: str,
    found: Sequence[Link],
    outside: Sequence[Link],
    names: Iterable[str],
    before: str = "",
    personal: bool = False,
) -> list[OwnMedia]:
    """Everything of the writer's own that a text gives a way to, in order.

    `found` are all its links, `outside` those that leave the district's systems, `names` the
    writer's family or full names in lower case without spaces. `before` is what the students said
    just before: where no phrase leads anywhere, it is weighed with the words of the answer, and
    with whether the conversation reads as `personal`.
    """
    sentences, names = split(text, found), tuple(names)
    linked = [one for link in outside for one in _linked(link, sentences, names)]
    own = [*linked, *_by_handle(text, sentences)]
    for one in media_words.find(sentences):
        first, last = one.sentence.start, one.sentence.start + len(one.sentence.text)
        if not any(
            first <= link.start <= last + 200 for link in linked
        ):  # else the link stands for it
            urls = tuple(link.url for link in outside if first <= link.start <= last + 200)
            own.append(OwnMedia(one.start, one.end, urls, one.sure))
    phrased = sorted(own, key=lambda one: one.start)
    return phrased or [*_weighed(split(text, outside), outside, names, before, personal)]


def _weighed(
    sentences: list[Sentence],
    outside: Sequence[Link],
    names: Sequence[str],
    before: str,
    personal: bool,
) -> Iterator[OwnMedia]:
    """Media that weak cues lead to together, with the links that stand beside."""
    named = any(
        name in re.sub(r"[^a-z]", "", link.url.lower()) for link in outside for name in names
    )
    one = sharing.find(sentences, fold(before), named=named, personal=personal)
    if one and not any(is_group(link) for link in outside):
        first, last = one.sentence.start, one.sentence.start + len(one.sentence.text)
        urls = tuple(link.url for link in outside if first <= link.start < last)
        yield OwnMedia(one.start, one.end, urls, one.sure, one.cues)


def _linked(link: Link, sentences: list[Sentence], names: Sequence[str]) -> Iterator[OwnMedia]:
    number = at(sentences, link.start)
    sentence = sentences[number]
    if is_group(link) or is_kept_from_students(sentences, number, link.start - sentence.start):
        return
    near = beside(sentences, number)
    if media_words.declines(sentence.text) or media_words.declines(near):
        return
    sure = _sure(link, sentence.text, near, names)
    if sure:
        yield OwnMedia(link.start, link.end, (link.url,), sure)


def _sure(link: Link, text: str, near: str, names: Sequence[str]) -> float:
    """How sure it is that a link leads to media of the writer's own; 0 when it does not."""
    address = fold(link.url.partition("://")[2])[:300]
    network = look_up(link.host)
    mine = bool(_MINE.search(text))
    if network and network.kind == "payment":
        return 0.85 if is_page(link) and (mine or not group_cues.is_the_teams(text)) else 0
    if media_words.teaches(text) or media_words.teaches(re.sub(r"[^a-z.]+", " ", address)):
        return 0
    named = any(name in re.sub(r"[^a-z]", "", address) for name in names)
    if network and network.kind in _CONTACTS:
        return 0
    somebodys = link.registered_domain in SITES or is_page(link)
    if group_cues.is_the_teams(text) and not (mine or named):
        return 0
    if (somebodys and mine) or ((somebodys or network) and named):
        return 0.85
    if somebodys:
        watched = network is not None and network.kind == "streaming"  # perhaps in a lesson
        few = 0 if watched else _FEW
        alone = len(text.split()) <= 1 + few and len(near.split()) <= few
        return 0.6 if not watched and _FIRST_PERSON.search(text) else 0.5 if alone else 0
    return 0.65 if _CLIPS.match(address) and _SHARES_CLIP.search(text) else 0


def _by_handle(text: str, sentences: list[Sentence]) -> Iterator[OwnMedia]:
    """Handles of networks that are media or a purse: "venmo @mara-river"."""
    for one in handles.find(text):
        if one.network not in _SHOWS or not sentences:
            continue
        said = sentences[at(sentences, one.start)].text
        mine = _MINE.search(said)
        if media_words.declines(said) or (group_cues.is_the_teams(said) and not mine):
            continue
        if mine or one.network in _PAYS:
            yield OwnMedia(one.start, one.end, (), 0.85)
