"""The writer's own sites and media that a text gives a way to, by link, handle or words.

Rule of this file: pure text in, spans out. A link is the writer's own when the words say so, when
its address holds the writer's name, or when it stands alone and leads to somebody's profile;
links to lessons are none. Words without a link are read by `media_words.py`. Only the first
`EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
_BESIDE = 100  # characters after a sentence in which a link belongs to it
_FEW = 2  # words beside a link that say nothing of whose it is


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody's given and family name in lower case, letters only."""

    given: str
    family: str

    def in_address(self, address: str) -> float:
        """How surely an address holds the name: 1 for all of it, less for a family name."""
        letters = re.sub(r"[^a-z]", "", address)
        both = self.given + self.family in letters or self.family + self.given in letters
        if self.given and len(self.family) > 2 and both:
            return 1
        return 0.5 if len(self.family) > 4 and self.family in letters else 0


@dataclass(frozen=True, slots=True)
class OwnMedia:
    """Media of the writer's own: half-open span, the links that lead there, how sure.

    `may_teach`: lessons could be meant, though no word says so.
    `cues` name the weak cues that together lead there; none where one phrase or link does.
    """

    start: int
    end: int
    urls: tuple[str, ...]
    sure: float
    may_teach: bool = False
    cues: tuple[str, ...] = ()


def find(
    text: str,
    found: Sequence[Link],
    outside: Sequence[Link],
    writers: Sequence[Name],
    before: str = "",
    personal: bool = False,
) -> list[OwnMedia]:
    """Everything of the writer's own that a text gives a way to, in order.

    `found` are all its links, `outside` those that leave the district's systems, `writers` those
    who may have written it. `before` is what the students said just before: where no phrase leads
    anywhere, it is weighed with the words of the answer, and with whether the conversation reads
    as `personal`.
    """
    sentences = split(text, found)
    linked = [one for link in outside for one in _linked(link, sentences, writers)]
    own = [*linked, *_by_handle(text, sentences)]
    inside = [link for link in found if link not in outside]
    for one in media_words.find(sentences):
        first, last = one.sentence.start, one.sentence.start + len(one.sentence.text) + _BESIDE
        if any(first <= link.start < last for link in linked):  # the link stands for the words
            continue
        if not one.is_purse and any(first <= link.start < last for link in inside):
            continue
        urls = tuple(link.url for link in outside if first <= link.start < last)
        own.append(OwnMedia(one.start, one.end, urls, one.sure, one.may_teach))
    phrased = sorted(own, key=lambda one: one.start)
    if phrased or inside:  # words beside a link of the school's or of a tool speak of that
        return phrased
    return [*_weighed(split(text, outside), outside, writers, before, personal)]


def _weighed(
    sentences: list[Sentence],
    outside: Sequence[Link],
    writers: Sequence[Name],
    before: str,
    personal: bool,
) -> Iterator[OwnMedia]:
    """Media that weak cues lead to together, with the links that stand beside."""
    named = any(one.in_address(fold(link.url)) for link in outside for one in writers)
    one = sharing.find(sentences, fold(before), named=named, personal=personal)
    if one and not any(is_group(link) for link in outside):
        first, last = one.sentence.start, one.sentence.start + len(one.sentence.text)
        urls = tuple(link.url for link in outside if first <= link.start < last)
        yield OwnMedia(one.start, one.end, urls, one.sure, cues=one.cues)


def _linked(link: Link, sentences: list[Sentence], writers: Sequence[Name]) -> Iterator[OwnMedia]:
    number = at(sentences, link.start)
    sentence = sentences[number]
    if is_group(link) or is_kept_from_students(sentences, number, link.start - sentence.start):
        return
    near = beside(sentences, number)
    if media_words.declines(sentence.text) or media_words.declines(near):
        return
    sure = _sure(link, sentence.text, near, writers)
    if sure:
        may_teach = sure < 0.7 and not media_words.is_private(sentence.text)
        yield OwnMedia(link.start, link.end, (link.url,), sure, may_teach)


def _sure(link: Link, text: str, near: str, writers: Sequence[Name]) -> float:
    """How sure it is that a link leads to media of the writer's own; 0 when it does not."""
    address = fold(link.url.partition("://")[2])[:300]
    network = look_up(link.host)
    alone = len(text.split()) <= 1 + _FEW
    mine = bool(_MINE.search(text) or (alone and _MINE.search(near)))
    if network and network.kind == "payment":
        return 0.85 if is_page(link) and (mine or not group_cues.is_the_teams(text)) else 0
    if media_words.teaches(text) or media_words.teaches(re.sub(r"[^a-z.]+", " ", address)):
        return 0
    somebodys = link.registered_domain in SITES or is_page(link)
    contact = network is not None and network.kind in _CONTACTS
    if contact or (group_cues.is_the_teams(text) and not mine):
        return 0
    named = max((one.in_address(address) for one in writers), default=0)
    if (somebodys and mine) or ((somebodys or network) and named == 1):
        return 0.85
    if somebodys:
        watched = network is not None and network.kind == "streaming"  # perhaps in a lesson
        bare = alone and not watched and len(near.split()) <= _FEW
        said = not watched and _FIRST_PERSON.search(text)
        return 0.6 if named or said else 0.5 if bare else 0
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
