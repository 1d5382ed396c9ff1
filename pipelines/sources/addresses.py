"""Address lists of mail headers, read so that a malformed entry costs itself and no other.

The standard library's `getaddresses` differs between Python patch levels and can blank a whole
list (CVE-2023-27043), so lists are cut into tokens here and read entry by entry, in one pass
whose time grows with the length of the list and with nothing else.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.){0,512})"'
    r"|<[^\S<>]*(?P<angle>[^<>\s]{1,400})[^\S<>]*>"
    r"|(?P<end>[,;])"
    r'|[^",;<>]+|.',
    re.DOTALL,
)
_BLANK = re.compile(r"[\s()]+")
_LONGEST = 576  # characters of an address without brackets
Address = tuple[str, str]
"""(address in lower case, display name or empty)"""


def parse_addresses(text: str) -> list[Address]:
    """Addresses of a header, in order, each once.

    RFC 5322 groups give their members, and an address written as an unquoted name counts as one
    more recipient. A list in which nothing can be read gives one entry that is the text itself
    (cut at 200 characters), so that a recipient is never silently lost.
    """
    found: dict[str, str] = {}
    quoted, plain = "", ""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "angle":
            _add_bare(found, plain)
            _add(found, token["angle"], quoted or plain)
        elif kind == "end":
            _add_bare(found, f"{quoted} {plain}")
        elif kind == "quoted":
            quoted += token["quoted"]
            continue
        else:
            plain += token[0]
            continue
        quoted, plain = "", ""
    _add_bare(found, f"{quoted} {plain}")
    if not found and text.strip():
        found[text.strip()[:200].lower()] = ""
    return list(found.items())


def _add_bare(found: dict[str, str], text: str) -> None:
    """Addresses that stand among the words of a text."""
    if "@" in text:
        for word in _BLANK.split(text):
            if "@" in word[1:-1] and len(word) <= _LONGEST:
                _add(found, word, "")


def _add(found: dict[str, str], address: str, name: str) -> None:
    if ":" in address and "[" not in address:
        address = address.rpartition(":")[2]  # of a route, a group or a `mailto:`
    address = address.strip("'.\"").lower()
    if address and address not in found:
        found[address] = re.sub(r"\\(.)", r"\1", name).strip(" '\"\t\r\n")
