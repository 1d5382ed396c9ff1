"""Notices that a social network mails itself: who sends them.

Rule of this file: pure text in, answers out; a sender counts by its domain, never by its name.
"""

from __future__ import annotations

_MAILERS = frozenset({"facebookmail.com", "mail.instagram.com"})


def is_network_mailer(address: str) -> bool:
    """Whether an e-mail address, in lower case, is one a social network sends its notices from."""
    return address.rpartition("@")[2] in _MAILERS
