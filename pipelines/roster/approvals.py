"""What the district has approved: sites by domain or address, groups by name or address.

Rule of this file: it compares addresses and names, and never visits them. An address is read as a
browser reads it (backslash is slash, `user@` is no host, `..` climbs), so that no spelling makes
another host look approved.

Sources: WHATWG URL standard (backslashes, credentials); Public Suffix List as bundled with
`tldextract`, used without network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

import tldextract

from rules.model import Exemption

_suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
_MIRRORS = ("www.", "m.", "mobile.")
_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A web address reduced to what identifies it: lower-case host and path, without scheme."""

    host: str
    path: str = ""  # "" for the whole site, else "/groups/7", perhaps with a query

    def covers(self, other: Address) -> bool:
        """Whether `other` is this page, below it, or (for a whole site) in a subdomain of it."""
        if not self.path:
            return other.host == self.host or other.host.endswith("." + self.host)
        if other.host != self.host or not other.path.startswith(self.path):
            return False
        return other.path[len(self.path) :][:1] in ("", "/", "?", "&")


@dataclass(frozen=True, slots=True, order=True)
class Approval:
    """One row of approved_groups.csv or approved_sites.csv. Dates are inclusive, None is open."""

    text: str
    source: str  # "approved_sites.csv:3"
    valid_from: date | None = None
    valid_to: date | None = None
    approved_by: str = ""
    reason: str = ""

    def is_valid(self, on: date) -> bool:
        """Whether the approval holds on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


def parse_address(text: str) -> Address | None:
    """Read a domain or URL; None when the text is no web address."""
    plain = text.strip().replace("\\", "/")
    if not plain or any(c.isspace() for c in plain):
        return None
    if "://" not in plain:
        plain = "//" + plain.removeprefix("//")
    try:
        parts = urlsplit(plain)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    if "." not in host or parts.scheme not in ("", "http", "https"):
        return None
    for mirror in _MIRRORS:
        rest = host.removeprefix(mirror)
        if rest != host and "." in rest:
            host = rest
            break
    path = unquote(parts.path).lower()
    if any(step in ("..", ".") for step in path.replace("\\", "/").split("/")):
        return None
    path = path.rstrip("/")
    if not path and parts.fragment:  # some groups are told apart by it alone
        path = f"/#{parts.fragment.lower()}"
    return Address(host, f"{path}?{parts.query.lower()}" if parts.query else path)


def is_whole_registry(address: Address) -> bool:
    """Whether an address without a path is a public suffix such as com, k12.mt.us or github.io."""
    found = _suffixes(address.host, include_psl_private_domains=True)
    return not address.path and not found.domain


class Approvals:
    """Looks up approvals; read-only and picklable."""

    def __init__(self, groups: Iterable[Approval], sites: Iterable[Approval]) -> None:
        """Index the rows; rows of `sites` must be addresses."""
        self._names: dict[str, list[Approval]] = {}
        self._hosts: dict[str, list[tuple[Address, Approval]]] = {}
        self._partners: frozenset[str] = frozenset()
        self.rows = (tuple(sorted(groups)), tuple(sorted(sites)))
        self._sites = frozenset(self.rows[1])
        for row in self.rows[0]:
            address = parse_address(row.text)
            if address:
                self._hosts.setdefault(address.host, []).append((address, row))
            else:
                self._names.setdefault(_fold(row.text), []).append(row)
        partners = set()
        for row in self.rows[1]:
            address = parse_address(row.text)
            if address:
                self._hosts.setdefault(address.host, []).append((address, row))
                if not address.path:
                    partners.add(address.host)
        self._partners = frozenset(partners)

    def find(self, domain_or_url: str, on: date) -> Exemption | None:
        """The approval of a site or group valid that day, if any. Names compare without case."""
        return _first_valid(self._rows(domain_or_url), on)

    def expired(self, domain_or_url: str, on: date) -> str | None:
        """Tell of an approval that is not valid that day; None where one is, or none is listed."""
        rows = self._rows(domain_or_url)
        if not rows or _first_valid(rows, on):
            return None
        ended = [row for row in rows if row.valid_to is not None and row.valid_to < on]
        if ended:
            last = max(ended, key=lambda row: row.valid_to or on)
            return f"approval ran out on {last.valid_to} ({last.source})"
        return f"approval begins only on {rows[0].valid_from} ({rows[0].source})"

    def is_site(self, domain_or_url: str) -> bool:
        """Whether it is listed among the sites, and not only among the groups."""
        return any(row in self._sites for row in self._rows(domain_or_url))

    def at(self, host: str, on: date) -> Exemption | None:
        """An approval, valid that day, of any group or page at a host."""
        return _first_valid([row for _, row in self._hosts.get(host, ())], on)

    def named_in(self, text: str) -> tuple[str, ...]:
        """Names of listed groups that stand in a text as whole words, sorted."""
        folded = f" {_WORDS.sub(' ', _fold(text))} "
        return tuple(sorted(name for name in self._names if f" {_WORDS.sub(' ', name)} " in folded))

    def _rows(self, domain_or_url: str) -> list[Approval]:
        """The rows that cover a site or name a group, whatever the day."""
        address = parse_address(domain_or_url)
        rows = list(self._names.get(_fold(domain_or_url), ()))
        if address:
            rows += [
                row
                for host in _and_parents(address.host)
                for listed, row in self._hosts.get(host, ())
                if listed.covers(address)
            ]
        return rows

    def pages(self, domain: str, on: date) -> tuple[str, ...]:
        """Sources of the rows valid that day that approve a page of a domain, not all of it."""
        found = {
            row.source
            for host, listed in self._hosts.items()
            if host == domain or host.endswith("." + domain)
            for address, row in listed
            if row.is_valid(on) and (address.path or host != domain)
        }
        return tuple(sorted(found))

    def is_partner(self, domain: str) -> bool:
        """Whether a lower-case domain belongs to an organisation approved as a whole."""
        return any(one in self._partners for one in _and_parents(domain))


def _first_valid(rows: Iterable[Approval], on: date) -> Exemption | None:
    return next((Exemption("approval", row.source) for row in rows if row.is_valid(on)), None)


def _and_parents(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
