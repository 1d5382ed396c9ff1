"""Addresses that publish what is mailed to them, and words that ask to publish it.

Rule of this file: pure text in, answers out. An address posts by itself when its domain is known
for that or its own words say so twice ("upload@albums", "x7k2p9@post"); others publish, as an
editor or a page does, only where the words ask. Whose domain it is, is not asked here.
"""

from __future__ import annotations

import re

from rules.signals.networks import MAIL_PROVIDERS
from rules.signals.phrases import Phrases
from rules.signals.sentences import fold

_SITES = {
    "post.wordpress.com": "wordpress.com",
    "blogger.com": "blogspot.com",
    "tumblr.com": "tumblr.com",
    "photos.flickr.com": "flickr.com",
    "posthaven.com": "posthaven.com",
    "typepad.com": "typepad.com",
    "post.livejournal.com": "livejournal.com",
    "post.dreamwidth.org": "dreamwidth.org",
    "upload.smugmug.com": "smugmug.com",
    "imgur.com": "imgur.com",
    "picasaweb.com": "picasaweb.com",
    "photobucket.com": "photobucket.com",
    "m.facebook.com": "facebook.com",
    "m.youtube.com": "youtube.com",
    "twitpic.com": "twitpic.com",
    "travellerspoint.com": "travellerspoint.com",
    "write.as": "write.as",
    "micro.blog": "micro.blog",
}
"""Domains that take posts by mail, and the domain their sites stand under."""

_STAFFED = frozenset(
    "support help helpdesk info contact abuse noreply no-reply donotreply legal privacy billing "
    "sales jobs careers security copyright dmca partners advertising ads ad newad classifieds "
    "removal removals remove takedown unsubscribe subscribe orders order invoice invoices quotes "
    "entries registration register accounts account service customerservice ayuda soporte ventas "
    "bajas pedidos feedback welcome bounce mailer postmaster".split()
)
_ALWAYS = frozenset(
    "post posts posting publish publica publicar blog moblog newpost newtopic upload uploads "
    "mail2blog".split()
)
_DESKS = frozenset(
    "news newsroom newsdesk newstips editor editors editorial submission submissions submit story "
    "stories tips sports sport scores photo photos pics pictures gallery album albums webmaster "
    "web website webteam site admin content social media community events calendar share fans "
    "yourphotos yoursports noticias redaccion".split()
)
_PARTS = re.compile(r"[.+_\-]")
_SECRET = re.compile(r"(?=.{5})[a-z\d]{0,40}\d[a-z][a-z\d]{0,40}")  # "q8x2zk17vd", not "jo2008"
_MIXED = re.compile(r"[a-z\d]{0,30}(?:[a-z]\d{1,8}[a-z]|\d[a-z]{1,8}\d)[a-z\d]{0,30}")
_NUMBERED = re.compile(r"\d{3,12}")
_SCHOLARLY = (".edu", ".ac.uk", ".gov", ".mil")
_LONGEST = 100

_LISTS = Phrases("posting")
_ACTION = re.compile(rf"{_LISTS.any_of('publishing local')}\d{{0,4}}")
_PLACE = re.compile(
    rf"(?:{_LISTS.any_of('publishing place')}|\w{{2,30}}?{_LISTS.any_of('compound place')})\d{{0,4}}"
)
_VENDOR = re.compile(rf"{_LISTS.any_of('vendor')}|\w{{2,20}}(?:print|printing|timing|apparel|crew)")
_ASKED_UP = _LISTS.pattern("put up")
_UNDONE = _LISTS.pattern("undone")
_ON_PAPER = _LISTS.pattern("on paper")
_LOOKED_AT = 5_000


def is_posting_address(address: str) -> bool:
    """Whether mail to this address, in lower case, is published on a public website."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    parts = _PARTS.split(local)
    if not _STAFFED.isdisjoint((local, *parts)):
        return False
    if site_of(address):
        return local != "press"
    labels = _labels(domain)
    if (
        domain in MAIL_PROVIDERS
        or domain.endswith(_SCHOLARLY)
        or any(_VENDOR.fullmatch(one) for one in labels)
    ):
        return False
    secret = any(_SECRET.fullmatch(part) for part in parts) and len(parts) > 1
    acts = any(_ACTION.fullmatch(part) for part in (parts[0], parts[-1]))
    if not _ALWAYS.isdisjoint((parts[0], parts[-1])) and (
        len(parts) == 1 or secret or "+" in local
    ):
        return True
    place = any(_PLACE.fullmatch(one) for one in labels)
    named = any(_PLACE.fullmatch(part) for part in parts)
    tokens = any(_MIXED.fullmatch(part) or _NUMBERED.fullmatch(part) for part in parts)
    tagged = "+" in local or (tokens and len(parts) > 1)
    return (place and (acts or named or any(_MIXED.fullmatch(p) for p in parts))) or (
        named and tagged
    )


def is_web_desk(address: str) -> bool:
    """Whether somebody behind this address, in lower case, decides what a public site shows."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    parts = _PARTS.split(local)
    if not _STAFFED.isdisjoint((local, *parts)):
        return False
    if _DESKS & set(parts) or any(_ACTION.fullmatch(part) for part in parts):
        return True
    return any(_PLACE.fullmatch(one) for one in (*parts, *_labels(domain)))


def may_publish(address: str) -> bool:
    """Whether what is mailed to this address, in lower case, may come to stand on a website."""
    return is_posting_address(address) or is_web_desk(address)


def site_of(address: str) -> str:
    """Where a known service publishes what is mailed to an address, by its domain; else ""."""
    domain = address.rpartition("@")[2]
    while domain:
        if domain in _SITES:
            return _SITES[domain]
        domain = domain.partition(".")[2]
    return ""


def sites_behind(address: str) -> tuple[str, ...]:
    """The sites an address may publish on: its domain, and its own name at the known service."""
    local, _, domain = address.rpartition("@")
    service = site_of(address)
    name = _PARTS.split(local)[0]
    return (domain, f"{name}.{service}") if service else (domain,)


def asks_to_publish(text: str) -> tuple[int, int] | None:
    """The span of the words that ask to put something on a website, if any."""
    found = _ASKED_UP.search(fold(text[:_LOOKED_AT]))
    return found.span() if found else None


def asks_otherwise(text: str) -> bool:
    """Whether the words ask to take something down, for help, or not to publish."""
    return _UNDONE.search(fold(text[:_LOOKED_AT])) is not None


def is_for_paper(text: str) -> bool:
    """Whether the words order, enter or print something."""
    return _ON_PAPER.search(fold(text[:_LOOKED_AT])) is not None


def _labels(domain: str) -> list[str]:
    """The words of a domain, without what every domain ends in."""
    return [word for label in domain.split(".")[:-1] for word in label.split("-") if word]
