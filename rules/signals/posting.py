"""Addresses that publish what is mailed to them: post-by-mail of blogs, networks and albums.

Rule of this file: pure text in, answers out; an address counts by its domain.
"""

from __future__ import annotations

_DOMAINS = frozenset({"post.wordpress.com", "blogger.com"})


def is_posting_address(address: str) -> bool:
    """Whether mail to this address, in lower case, is published on a public website."""
    return address.rpartition("@")[2] in _DOMAINS
