"""Visits to social networks: which hosts are one, and the extent of a visit as text and back.

Rule of this file: pure text in, answers out. A host counts by the domains of `networks.py`; a path
serves to tell a page from a part of other people's pages, and is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from rules.signals.networks import NETWORKS, look_up

KINDS = frozenset({"social", "chat", "gaming", "streaming"})
NOT_COUNTED = frozenset({"YouTube", "Spotify", "SoundCloud", "Slack", "Skype"})
"""Teaching resources, music and tools of work: in the table for the links that lead to them."""

_TEACHING = frozenset({"education.minecraft.net"})
_PARTS = frozenset(
    "ads ad affiliates alb analytics an api apis app-measurement assets b-graph badge badges "
    "beacon cdn collect collector connect ct edge-chat edge-mqtt embed events gateway graph images "
    "img log logging media metrics mqtt mqtt-mini pixel pixels platform plugin plugins px px4 "
    "static stats syndication tr track tracker tracking widget widgets".split()
)
"""First labels, before a network's domain, of what other sites and waiting apps load: no visit."""
EMBEDDED_PATH = (
    r"^/(?:tr|plugins|embed|widgets?|px|pixel|collect|li\.lms-analytics|i/adsct|i/jot|share_button"
    r"|v\d[\d.]{0,5}/plugins)(?:[/?.;]|$)"
)
"""RE2: paths, in lower case, of parts that other pages load from a network's main host."""
_EXTENT = re.compile(r"until (\d{4}-\d\d-\d\d )?(\d\d:\d\d:\d\d), (\d{1,12}) requests?", re.ASCII)
DAY_OF_END, CLOCK_OF_END = "%Y-%m-%d ", "%H:%M:%S"


class Visit(NamedTuple):
    """A visit in the district's wall clock. `domain` is the network's, never a page of it."""

    domain: str
    start: datetime
    end: datetime
    requests: int


@lru_cache(maxsize=1)
def by_domain() -> Mapping[str, str]:
    """Every domain that counts to the name of its network."""
    return {
        domain: one.name
        for one in NETWORKS
        if one.kind in KINDS and one.name not in NOT_COUNTED
        for domain in one.domains
    }


@lru_cache(maxsize=1)
def pattern() -> str:
    """RE2: what a record must hold for its host to count; a necessary condition."""
    domains = "|".join(re.escape(domain) for domain in sorted(by_domain()))
    return rf"(?i)(?:^|[^a-z0-9-])(?:{domains})\.?(?:[^a-z0-9.-]|$)"


def domain_of(host: str) -> str | None:
    """The domain of a counted network that a host is or lies below, parts of pages included."""
    labels = host.lower().rstrip(".").split(".")
    suffixes = [".".join(labels[at:]) for at in range(max(0, len(labels) - 4), len(labels) - 1)]
    if _TEACHING.intersection(suffixes):
        return None
    return next((one for one in suffixes if one in by_domain()), None)


def is_part(host: str) -> bool:
    """Whether a network's host is one that other pages and waiting apps load by themselves."""
    first, _, rest = host.lower().partition(".")
    return first in _PARTS and "." in rest


def same_network(one: str, other: str) -> bool:
    """Whether two domains, with or without a subdomain, are of one network."""
    first, second = look_up(one), look_up(other)
    return first is not None and first is second


def read(domain: str, start: datetime, extent: str) -> Visit | None:
    """A visit from its domain, its first wall clock and its extent; None if unreadable."""
    found = _EXTENT.fullmatch(extent[:80])
    if not found:
        return None
    day, clock, requests = found.groups()
    try:
        end = datetime.fromisoformat(f"{day or start.strftime(DAY_OF_END)}{clock}")
    except ValueError:
        return None
    return Visit(domain, start, max(start, end), int(requests))
