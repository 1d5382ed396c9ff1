"""A text with its digits, dashes and spaces made plain, and the way back to its own places.

Rule of this file: characters only. What is hidden (zero-width marks, a keycap's frame) goes,
digits of every script, circled and raised ones too, become 0 to 9, and every span found can be
said in the original text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_GONE = dict.fromkeys(
    (
        *(0xAD, 0x20E3, 0xFE0E, 0xFE0F, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
    )
)
_HIDDEN = re.compile("[" + "".join(map(chr, _GONE)) + "]")


class Plain(NamedTuple):
    """The plain text, the original, and where each plain character stood (None: the same)."""

    text: str
    original: str
    places: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Say a span of the plain text as one of the original."""
        if self.places is None:
            return start, end
        last = self.places[end - 1] + 1
        while last < len(self.original) and _HIDDEN.match(self.original, last):
            last += 1  # a keycap's frame belongs to its digit
        return self.places[start], last

    def unchanged(self, start: int, end: int) -> bool:
        """Whether the original spells this span of the plain text in the same characters."""
        first, last = self.span(start, end)
        return self.original[first:last] == self.text[start:end]


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """Digits of every script and shape, dashes, spaces, full-width signs, a foreign o: one plain
    character each.
    """
    table = {
        code: str(value)
        for code in range(128, sys.maxunicode + 1)
        if (value := unicodedata.digit(chr(code), None)) is not None
    }
    table |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
    table |= dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    table |= {0xFF08: "(", 0xFF09: ")", 0xFF0E: ".", 0xFF0F: "/", 0xFF3B: "[", 0xFF3D: "]"}
    return table | {0xFF0B: "+", 0xFF20: "@"} | {0x43E: "o", 0x41E: "O", 0x3BF: "o", 0x39F: "O"}


def simplify(text: str) -> Plain:
    """Make a text plain; pure ASCII costs nothing."""
    if text.isascii():
        return Plain(text, text, None)
    plain = text.translate(_table())
    if not _HIDDEN.search(plain):
        return Plain(plain, text, None)
    places = tuple(at for at, character in enumerate(plain) if ord(character) not in _GONE)
    return Plain(plain.translate(_GONE), text, places)
