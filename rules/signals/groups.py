"""Groups, servers and pages outside the district's systems that a text points somebody to.

Rule of this file: pure text in, spans out. A link counts by its host and path, a group without a
link by the words that point to it (`group_words.py`). On whose list a place stands is not asked
here. Only the first `EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.signals import gathering, group_cues, group_words, handles
from rules.signals.group_words import Named
from rules.signals.handles import Handle
from rules.signals.links import Link, kind_of, network_of
from rules.signals.networks import NETWORKS, by_spoken, domains_of, look_up
from rules.signals.sentences import Sentence, at, fold, split

_MORE = re.compile(
    r"(?:www\.|m\.|web\.|app\.|l\.|play\.)?(?:strava\.com/clubs/|guilded\.(?:gg|com)/|geneva\.com/"
    r"|kik\.me/g/|zalo\.me/g/|groups\.io/g/|matrix\.to/#/|mewe\.com/(?:join|group)|vk\.me/join"
    r"|sleeper\.(?:app|com)/(?:i|leagues)/|fantasy\.espn\.com/|realms\.gg/|groupme\.com/g/"
    r"|instagram\.com/(?:j|direct/t)/|snapchat\.com/invite|facebook\.com/(?:share/g|messages/t)/"
    r"|messenger\.com/(?:t|channel)/|m\.me/(?:ch|cm)/|open\.spotify\.com/(?:blend|socialsession)/"
    r"|roblox\.com/games/\S{0,200}privateserverlinkcode|clubhouse\.com/join|skool\.com/|circle\.so/)"
)
KINDS = ("social", "chat", "streaming", "gaming")
"""Kinds of networks whose listed groups and pages are known by their link alone."""
_PUBLIC = frozenset(("Reddit",))
"""Whose groups are read as sources too: there only a group of ours, or an invitation, counts."""

_DOT = r"(?:\.|\W{1,2}(?:dot|punto|\.)\W{1,2})"
_NAMED = re.compile(rf"\b(?:{group_words.NETWORK_NAMES})\b")
_OF_NETWORKS = (domain for one in NETWORKS if one.kind in KINDS for domain in one.domains)
_MORE_HOSTS = "zalo.me groups.io matrix.to mewe.com vk.me skool.com circle.so geneva.com".split()
_HOSTS = sorted({host for host in (*_OF_NETWORKS, *_MORE_HOSTS) if not _NAMED.search(host)})
HINT: str = (
    rf"(?i)\b(?:{group_words.NETWORK_NAMES}|strava|sleeper)\b"
    rf"|\b(?:{'|'.join(_HOSTS).replace('.', _DOT)})"
    r"|group ?(?:chat|text|thread|message)|\bgcs?\b|chat group"
    r"|chat (?:grupal|del|de la)|grupo de chat|subreddit|(?:team|class|squad|club)\s{1,3}chat"
    r"|\bservers?\b|\bservidor|\brealms?\b|\bclan\b|\bguild|fantasy|clubhouse|\br/\w|\bforums?\b"
    rf"|{gathering.HINT}"
)
"""The name of a network, the short host of one, or a word for a group that needs no name."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group or page pointed to: half-open span, network or None, whether a page, how sure.

    `urls` are what an approval of it may be listed by; empty where words alone lead there.
    `cues` name the weak cues that together lead there; none where one phrase or link does.
    """

    start: int
    end: int
    urls: tuple[str, ...]
    network: str | None
    is_page: bool
    sure: float
    sentence: Sentence
    cues: tuple[str, ...] = ()


_INSTEAD = re.compile(
    r"(?i)\b(?:instead of|not|rather than|en (?:vez|lugar) de) (?:on |in |por )?(?:canvas|e-?mail)"
)


def find(
    text: str,
    found: Sequence[Link],
    outside: Sequence[Link],
    *,
    to_many: bool = False,
    before: str = "",
) -> list[Group]:
    """Every group or page a text points to, in order.

    `found` are all its links, `outside` those that leave the district's systems. Words about a
    network to which a link leads as well speak of that link. `before` is what the students said
    just before: where no phrase leads anywhere, it is weighed with the words of the answer.
    """
    sentences = split(text, found)
    linked = [group for link in outside for group in _linked(link, sentences)]
    networks = {group.network for group in linked}
    shown = handles.find(text)
    named: dict[str | None, Group] = {}  # the first mention of each network
    for one in group_words.find(sentences, to_many=to_many):
        if one.network not in networks and (one.network or not linked):
            named.setdefault(one.network, _with_address(one, shown, outside))
    for handle in shown:  # "follow @laketrack on twitter"
        if handle.network not in networks | named.keys():
            named |= {group.network: group for group in _followed(handle, sentences)}
    phrased = sorted([*linked, *named.values()], key=lambda one: one.start)
    if not to_many and _INSTEAD.search(text):
        return phrased  # one student is asked to write elsewhere: another rule's
    return phrased or [*_gathered(split(text, outside), before, outside)]


def _gathered(sentences: list[Sentence], before: str, outside: Sequence[Link]) -> Iterator[Group]:
    """A group that weak cues lead to together, with the links that stand in its sentence."""
    one = gathering.find(sentences, fold(before))
    if one:
        known = by_spoken().get(re.sub(r"\s+", "", one.named))
        network = known[0].name if known else None
        first, last = one.sentence.start, one.sentence.start + len(one.sentence.text)
        urls = tuple(link.url for link in outside if first <= link.start < last)
        yield Group(one.start, one.end, urls, network, False, one.sure, one.sentence, one.cues)


def is_group(link: Link) -> bool:
    """Whether a link leads to a group or invites to one."""
    place = link.url.partition("://")[2].lower()[:300]
    return (kind_of(link) == "group" and not is_page(link)) or bool(_MORE.match(place))


def is_page(link: Link) -> bool:
    """Whether a link leads to somebody's profile or page on a network."""
    return kind_of(link) == "profile" or "/pages/" in link.url


def is_kept_from_students(sentences: list[Sentence], number: int, place: int) -> bool:
    """Whether the words around a link forbid it, warn of it or mean it for grown-ups alone."""
    text = sentences[number].text
    if group_cues.forbids(text, place) or group_cues.is_for_grown_ups(text, place):
        return True
    bare = len(text.split()) <= 3  # the link alone: the sentence before explains it
    return bool(bare and number and is_kept_from_students(sentences, number - 1, 0))


def may_be_listed(link: Link) -> bool:
    """Whether a link alone may lead to a group or page on the district's list."""
    network = look_up(link.host)
    return is_group(link) or (network is not None and network.kind in KINDS)


def of_link(link: Link, text: str) -> Group:
    """A link as a group or page, whatever the words around it say."""
    sentences = split(text)
    return _group(link, sentences[at(sentences, link.start)], is_page=not is_group(link))


def _linked(link: Link, sentences: list[Sentence]) -> Iterator[Group]:
    number = at(sentences, link.start)
    sentence, known = sentences[number], look_up(link.host)
    if is_kept_from_students(sentences, number, link.start - sentence.start):
        return
    ours = group_cues.is_ours(sentence.text)
    if is_group(link):
        if network_of(link) not in _PUBLIC or ours or group_cues.invites(sentence.text):
            yield _group(link, sentence, is_page=False)
    elif known and known.kind in KINDS:
        mine = re.search(r"\b(?:my|mi)\b", sentence.text)
        if is_page(link) and ours and not mine:
            yield _group(link, sentence, is_page=True)


def _followed(handle: Handle, sentences: list[Sentence]) -> Iterator[Group]:
    """An account to follow whose name is that of a team, a class or a school."""
    hosts = domains_of(handle.network)[:1]
    known = look_up(hosts[0]) if hosts else None
    if not sentences or known is None or known.kind not in ("social", "streaming"):
        return
    if not group_cues.names_a_team(handle.handle):
        return
    number = at(sentences, handle.start)
    sentence = sentences[number]
    place = handle.start - sentence.start
    if is_kept_from_students(sentences, number, place):
        return
    mine = re.search(r"\b(?:me|my|i'?m|mi)\b", sentence.text[max(0, place - 30) : place])
    if group_cues.invites(sentence.text) and not mine:
        urls = (f"https://{hosts[0]}/{handle.handle}",)
        yield Group(handle.start, handle.end, urls, handle.network, True, 0.6, sentence)


def _group(link: Link, sentence: Sentence, *, is_page: bool) -> Group:
    sure = 0.8 if is_page else 0.95
    return Group(link.start, link.end, (link.url,), network_of(link), is_page, sure, sentence)


def _with_address(named: Named, shown: Sequence[Handle], outside: Sequence[Link]) -> Group:
    """A group named in words, with the link or the page's handle that stands beside it."""
    first, last = named.sentence.start, named.sentence.start + len(named.sentence.text)
    urls = [
        link.url
        for link in outside
        if first <= link.start < last and named.network in (None, network_of(link))
    ]
    urls += [
        f"https://{host}/{one.handle}"
        for host in domains_of(named.network)[:1]
        for one in shown
        if one.network in (None, named.network) and first <= one.start <= last + 80
    ]
    return Group(
        named.start,
        named.end,
        tuple(urls),
        named.network,
        named.is_page,
        named.sure,
        named.sentence,
    )
