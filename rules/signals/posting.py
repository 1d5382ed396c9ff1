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
from rules.signals.tools import is_teaching_tool

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
_DESKS = frozenset(
    "news newsroom newsdesk newstips editor editors editorial submission submissions submit story "
    "stories tips sports sport scores photo photos pics pictures gallery album albums webmaster "
    "web website webteam site admin content social media community events calendar share fans "
    "yourphotos yoursports noticias redaccion moderator mods".split()
)
_PARTS = re.compile(r"[.+_\-]")
_MIXED = re.compile(r"[a-z\d]{0,30}(?:[a-z]\d{1,8}[a-z]|\d[a-z]{1,8}\d)[a-z\d]{0,30}")
_NUMBERED = re.compile(r"\d{3,12}")
_ROLE = re.compile(r"[a-z]{3,14}(?:-[a-z]{2,12}){0,2}")
_SCHOLARLY = (".edu", ".ac.uk", ".gov", ".mil")
_LONGEST = 100

_LISTS = Phrases("posting")
_ACTION = re.compile(rf"{_LISTS.any_of('publishing local')}\d{{0,4}}")
_PLACE = re.compile(
    rf"(?:{_LISTS.any_of('publishing place')}"
    rf"|\w{{2,30}}?{_LISTS.any_of('compound place')})\d{{0,4}}"
)
_NETWORK = re.compile(_LISTS.any_of("network"))
_BY_MAIL = re.compile(_LISTS.any_of("post by mail"))
_VENDOR = re.compile(rf"{_LISTS.any_of('vendor')}|\w{{2,20}}(?:print|printing|timing|apparel|crew)")
_ASKED_UP = _LISTS.pattern("put up")
_UNDONE = _LISTS.pattern("undone")
_MATERIAL = _LISTS.pattern("material")
_SERVICE = _LISTS.pattern("service")
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
    if _is_no_place(domain):
        return False
    if any(_BY_MAIL.fullmatch(one) for one in labels):
        return True
    place = any(_PLACE.fullmatch(one) or _NETWORK.fullmatch(one) for one in labels)
    named = any(_PLACE.fullmatch(part) for part in parts)
    coded = any(_MIXED.fullmatch(part) for part in parts)
    numbered = any(_NUMBERED.fullmatch(part) for part in parts)
    acts = any(_ACTION.fullmatch(part) for part in parts)
    if place and (acts or named or coded):
        return True
    return (named or acts) and ("+" in local or (len(parts) > 1 and (coded or numbered)))


def acts_publishing(address: str) -> bool:
    """Whether the name before the @ is of putting something up ("share@", "leaks@")."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    parts = _PARTS.split(local)
    if not _STAFFED.isdisjoint((local, *parts)) or _is_no_place(domain):
        return False
    return any(_ACTION.fullmatch(part) or _NETWORK.fullmatch(part) for part in parts)


def is_at_place(address: str) -> bool:
    """Whether the domain is named after a place where things are put up ("fanzone", "diaries")."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    if not _STAFFED.isdisjoint((local, *_PARTS.split(local))) or _is_no_place(domain):
        return False
    return any(_PLACE.fullmatch(one) or _NETWORK.fullmatch(one) for one in _labels(domain))


def is_named_place(address: str) -> bool:
    """Whether the name before the @ is of a place ("photos@", "riverdiaries@"), no vendor's."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    parts = _PARTS.split(local)
    if not _STAFFED.isdisjoint((local, *parts)) or _is_no_place(domain):
        return False
    return any(_PLACE.fullmatch(one) for one in parts)


def is_web_desk(address: str) -> bool:
    """Whether somebody behind this address, in lower case, decides what a public site shows."""
    parts = _PARTS.split(address[-_LONGEST:].rpartition("@")[0])
    return bool(_DESKS & set(parts)) and _STAFFED.isdisjoint(parts)


def _is_role(address: str) -> bool:
    """Whether one word alone stands before the @, as of an office rather than a person."""
    local, _, domain = address[-_LONGEST:].rpartition("@")
    return _ROLE.fullmatch(local) is not None and local not in _STAFFED and not _is_no_place(domain)


def _is_no_place(domain: str) -> bool:
    """Whether a domain is a college's, an office's, a vendor's or a teaching tool's."""
    return (
        domain in MAIL_PROVIDERS  # a person reads it
        or domain.endswith(_SCHOLARLY)
        or any(_VENDOR.fullmatch(one) for one in _labels(domain))
        or any(is_teaching_tool(one) for one in (domain, *_labels(domain)))
    )


def may_publish(address: str) -> bool:
    """Whether what is mailed to this address, in lower case, may come to stand on a website."""
    kinds = (
        is_posting_address,
        acts_publishing,
        is_at_place,
        is_named_place,
        is_web_desk,
        _is_role,
    )
    return any(kind(address) for kind in kinds)


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


def names_material(text: str) -> bool:
    """Whether the words name something that can be shown: a photo, a list, a recording."""
    return _MATERIAL.search(fold(text[:_LOOKED_AT])) is not None


def is_service(text: str) -> bool:
    """Whether the words ask, thank, book or order."""
    return _SERVICE.search(fold(text[:_LOOKED_AT])) is not None


def _labels(domain: str) -> list[str]:
    """The words of a domain, without what every domain ends in."""
    return [word for label in domain.split(".")[:-1] for word in label.split("-") if word]
