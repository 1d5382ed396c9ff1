"""Addresses that publish what is mailed to them, and addresses of those who publish for others.

Rule of this file: pure text in, answers out. An address posts by itself when its domain is known
for that or its own shape says so ("post@", "blog+x7k2@"); an editor's or webmaster's address
("news@") only when the words ask to put something up. Whose domain it is, is not asked here.
"""

from __future__ import annotations

import re

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
    "support help info contact abuse noreply no-reply donotreply press legal privacy billing sales "
    "jobs security copyright dmca partners advertising".split()
)
_POSTS = frozenset("post posts posting publish blog moblog upload uploads mail2blog".split())
_ALBUMS = frozenset("photo photos album albums gallery pics wall feed submit share".split())
_DESKS = frozenset(
    "news newsroom newsdesk newstips editor editors editorial submission submissions submit story "
    "stories tips sports sport scores photo photos pics pictures gallery album albums webmaster "
    "web website webteam site admin content social media community events calendar share fans "
    "yourphotos yoursports".split()
)
_PARTS = re.compile(r"[.+_\-]")
_SECRET = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{4,40}")
_BLOGS = re.compile(
    r"(?:^|[.\-])(?:\w{0,30}(?:blog|fanpage|fansite|fanzone)\w{0,9}|gallery|albums?)\."
)

_ASKED_UP = Phrases("posting").pattern("put up")
_LOOKED_AT = 5_000


def is_posting_address(address: str) -> bool:
    """Whether mail to this address, in lower case, is published on a public website."""
    local, _, domain = address.rpartition("@")
    if site_of(address):
        return local not in _STAFFED
    parts = _PARTS.split(local)
    secret = any(_SECRET.fullmatch(part) for part in parts) or "+" in local
    if _POSTS & {parts[0], parts[-1]}:
        return len(parts) == 1 or secret or bool(_BLOGS.search(domain))
    if secret and len(parts) > 1 and _ALBUMS & {parts[0], parts[-1]}:
        return True
    on_posts = domain.partition(".")[0] in _POSTS and domain.count(".") > 1
    return on_posts and secret and not domain.endswith((".edu", ".ac.uk"))


def is_web_desk(address: str) -> bool:
    """Whether somebody behind this address, in lower case, decides what a public site shows."""
    local, _, domain = address.rpartition("@")
    return bool(_DESKS & set(_PARTS.split(local))) or bool(_BLOGS.search(domain))


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
