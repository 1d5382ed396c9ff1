"""Address lists of mail headers, read so that a malformed entry costs itself and no other.

The standard library's `getaddresses` differs between Python patch levels and can blank a whole
list (CVE-2023-27043), so lists are scanned here entry by entry.
"""

from __future__ import annotations

import re

_ENTRY = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.){0,512})"\s*<(?P<a>[^<>\s]{1,400})>'
    r'|(?P<plain>[^",<>;:@]{0,512}?)\s*<(?P<b>[^<>\s]{1,400})>'
    r'|(?P<bare>[^\s,;<>"()]{1,320}@[^\s,;<>"()]{1,255})'
)
Address = tuple[str, str]
"""(address in lower case, display name or empty)"""


def parse_addresses(text: str) -> list[Address]:
    """Addresses of a header, in order, each once; unreadable leftovers come back as they are.

    RFC 5322 groups give their members. A list in which nothing can be read gives one entry that
    is the text itself (cut at 200 characters), so that a recipient is never silently lost.
    """
    found: dict[str, str] = {}
    for match in _ENTRY.finditer(text):
        address = match["a"] or match["b"] or match["bare"] or ""
        name = match["quoted"] or match["plain"] or ""
        address = address.strip("'.").lower()
        if address and address not in found:
            found[address] = re.sub(r"\\(.)", r"\1", name).strip(" '\t")
    if not found and text.strip():
        found[text.strip()[:200].lower()] = ""
    return list(found.items())
