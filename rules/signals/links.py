"""Links in a text: URLs, bare domains, and domains spelled out to hide them.

Rule of this file: pure text in, spans out. Suffixes come from tldextract's bundled list, never
from the network. A bare domain needs a path or a widely used suffix, so that "noon.thanks" and
"node.js" are no links. Only the first `EXAMINED` characters are read; every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tldextract

from rules.signals.memory import remembered
from rules.signals.networks import MAIL_PROVIDERS, kind_of_place, look_up

EXAMINED = 20_000
MAX_LINKS = 200

_KNOWN = (
    "com|net|org|edu|gov|mil|info|biz|io|co|us|tv|gg|app|dev|ca|uk|mx|de|fr|es|ru|jp|au|nz|eu"
    "|xyz|online|site|store|shop|blog|live|club|page|website|link|xxx|рф|ai|ly|example|test"
)
_WELL_KNOWN = frozenset(_KNOWN.split("|"))
_SPELLED_SUFFIX = "com|net|org|edu|gov|io|co|us|tv|gg|app|dev|me|be|ee|al|example|test"
_NEEDS_PATH = frozenset(("me", "be", "us", "co", "ee", "al", "app", "test"))
_DOT = r"(?: ?[\[({] ?(?:\.|dot|punto) ?[\])}] ?| (?:dot|punto) )"

HINT: str = (
    r"(?i)(?:https?|hxxps?|ftp)(?::|\[:\])//|www\."
    rf"|\.(?:{_KNOWN})(?:[^\p{{L}}\p{{N}}]|$)"
    r"|\.[^\s./?#:@]{2,63}(?::[0-9]{1,5})?[/?#]"
    r"|[\[({] ?(?:\.|dot|punto) ?[\])}]| (?:dot|punto) "
)
"""A scheme, www., a widely used suffix, any suffix with a path, or a spelled dot."""

_STOP = '\\s<>"｜|\u200b\ufeff'
_SCHEME = re.compile(rf"(?i)(?<![\w])(?:https?|hxxps?|ftp)(?::|\[:\])//[^{_STOP}]{{1,2000}}")
_BARE = re.compile(
    rf"(?<![\w.@\-/])[^\W_][\w\-]*+(?:\.[\w\-]++){{1,9}}+(?!@|:\d{{6}})"
    rf"(?::\d{{1,5}}(?!\d))?(?:[/?#][^{_STOP}]{{0,2000}})?"
)
_SPELLED = re.compile(
    rf"(?i)(?<![\w@.\-])(?P<host>[^\W_][\w\-]{{0,62}}(?:(?:{_DOT}|\.)[^\W_][\w\-]{{0,62}}){{0,2}}?"
    rf"{_DOT}(?:{_SPELLED_SUFFIX}))(?![\w@])(?! ?(?:dot|punto) )"
    r"(?P<path>(?:(?: ?/ ?| (?:forward )?slash )[\w@.+\-]{1,64}){0,4})"
)
_ANY_DOT = re.compile(rf"(?i){_DOT}")
_LABEL = re.compile(r"[^\W_](?:[\w\-]{0,61}[^\W_])?|[✀-➿][\w\-]{0,62}")
_AFTER_AT = re.compile(
    r"(?i)(?:@|[\[({] ?(?:at|arroba) ?[\])}]|(?P<said>(?:^|\s)(?:at|arroba)))\s*\Z"
)
_FILES = frozenset("md py sh pl rs zip mov ps cc so pm do in is it at be to my no as".split())
_NO_NAME = frozenset(
    "the a an this that every each one first last next polka red blue green black white big "
    "small little my your our no and or of on to with from".split()
)
_CLOSERS = {")": "(", "]": "[", "}": "{", "»": "«"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link found: half-open span, the URL it means, its host and registered domain.

    `url` is plain: hidden dots are dots, and where no scheme is written it is https.
    `registered_domain` is empty for addresses by number and for names without a public suffix.
    """

    start: int
    end: int
    url: str
    host: str
    registered_domain: str


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, extra_suffixes=("example", "test")
    )


@lru_cache(maxsize=8192)
def registered_domain(host: str) -> str:
    """The domain somebody registered for this host, or "" when its suffix is not a public one."""
    return _suffixes()(host).top_domain_under_public_suffix.lower()


def _trimmed(text: str) -> str:
    """Up to the first closing bracket nothing opened, without a sentence's last punctuation."""
    opened: list[str] = []
    for at, character in enumerate(text):
        if character in _CLOSERS:
            if not opened or opened.pop() != _CLOSERS[character]:
                text = text[:at]
                break
        elif character in "([{«":
            opened.append(character)
    return text.rstrip(".,;:!?'\"*~…”’([{«")


def _valid_host(host: str) -> bool:
    labels = host.split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _from_scheme(text: str) -> Iterator[Link]:
    for match in _SCHEME.finditer(text):
        written = _trimmed(match[0])
        scheme, _, rest = written.replace("[:]", ":").replace("[.]", ".").partition("://")
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        host, _, port = authority.rpartition("@")[2].partition(":")
        host = _trimmed(host).lower()
        if not host or not _valid_host(host) or (port and not port[:5].isdigit()):
            continue
        scheme = scheme.lower().replace("xx", "tt")
        end = match.start() + len(written)
        url = f"{scheme}://{rest}"
        yield Link(match.start(), end, url, host, registered_domain(host))


def _from_bare(text: str) -> Iterator[Link]:
    for match in _BARE.finditer(text):
        written = _trimmed(match[0])
        authority = re.split(r"[/?#]", written, maxsplit=1)[0]
        host, _, port = authority.partition(":")
        path = written[len(authority) :]
        if port and (not port.isdigit() or int(port) > 65_535):
            continue
        if not _bare_domain(host, path) or _is_address(text, match.start(), host, path):
            continue
        host = host.lower()
        end = match.start() + len(written)
        yield Link(match.start(), end, f"https://{written}", host, registered_domain(host))


def _bare_domain(host: str, path: str) -> bool:
    """Whether dotted words without a scheme are a domain and not a sentence, file or version."""
    if not _valid_host(host):
        return False
    name, _, suffix = host.rpartition(".")
    low = suffix.lower()
    if not re.search(r"[^\W\d]", name) and low not in {"com", "net", "org"}:
        return False
    if suffix[:1].isupper() and suffix[1:].islower() and not path:
        return False  # "see you.Me too"
    if look_up(host) is not None and path:
        return True
    www = name.lower().startswith("www.")
    if not (www or low in _WELL_KNOWN or (len(path) > 1 and low not in _FILES)):
        return False
    return bool(registered_domain(host.lower()))


def _is_address(text: str, start: int, host: str, path: str) -> bool:
    """Whether this is the domain of an e-mail address, also of one with the @ in words."""
    before = _AFTER_AT.search(text[max(0, start - 16) : start])
    if before is None or path:
        return False
    return not before["said"] or host.lower() in MAIL_PROVIDERS


def _from_spelled(text: str) -> Iterator[Link]:
    for match in _SPELLED.finditer(text):
        host = re.sub(r"\s+", "", _ANY_DOT.sub(".", match["host"])).lower()
        path = re.sub(r"(?i)\s*(?:/|\b(?:forward )?slash\b)\s*", "/", match["path"])
        path = path.rstrip(".-+")
        name, _, suffix = host.rpartition(".")
        if not _valid_host(host) or name in _NO_NAME or (suffix in _NEEDS_PATH and not path):
            continue
        said = not any(mark in match["host"] for mark in "[({")
        if said and len(name) < 2 and not path:
            continue
        if _is_address(text, match.start(), host, path) or not registered_domain(host):
            continue
        end = match.end() - (len(match["path"]) - len(match["path"].rstrip(".-+")))
        yield Link(match.start(), end, f"https://{host}{path}", host, registered_domain(host))


@remembered
def find(text: str) -> tuple[Link, ...]:
    """Every link in the text's first `EXAMINED` characters, in order, none overlapping."""
    text = text[:EXAMINED]
    found: list[Link] = []
    covered = bytearray(len(text))
    for source in (_from_scheme, _from_spelled, _from_bare):
        for link in source(text):
            if len(found) >= MAX_LINKS:
                break
            if not any(covered[link.start : link.end]):
                covered[link.start : link.end] = b"\1" * (link.end - link.start)
                found.append(link)
    return tuple(sorted(found, key=lambda link: link.start))


def _place(link: Link) -> str:
    """The host and what follows it, without scheme, user and port."""
    rest = link.url.partition("://")[2]
    path = re.search(r"[/?#]", rest)
    return link.host + (rest[path.start() :] if path else "")


def network_of(link: Link) -> str | None:
    """The name of the network, chat, game, stream or payment service a link leads to."""
    network = look_up(link.host)
    return network.name if network else None


def kind_of(link: Link) -> str:
    """What the link is on its network: "profile", "group", else "other"."""
    network = look_up(link.host)
    return kind_of_place(network, _place(link)) if network else "other"
