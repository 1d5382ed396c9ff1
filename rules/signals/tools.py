"""Tools for teaching by name: the shipped list, and a text with their names masked.

Rule of this file: pure text in, text out. A mask is as long as the name, so that every span
found in a masked text is one of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

MASK = "¤"
"""What every character of a tool's name becomes; no network, verb or handle has it."""


def fold(name: str) -> str:
    """The one spelling of a tool's name: no case, single spaces."""
    return " ".join(name.casefold().split())


@lru_cache(maxsize=1)
def shipped() -> frozenset[str]:
    """The names that come with Brightline, folded."""
    text = Path(__file__).with_name("teaching_tools.txt").read_text(encoding="utf-8")
    return frozenset(fold(line) for line in text.splitlines() if line and line[0] != "#")


@lru_cache(maxsize=8)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    spelled = "|".join(re.escape(name).replace(r"\ ", r"\s{1,2}") for name in ordered)
    return re.compile(rf"(?i)(?<![\w@])(?:{spelled})(?!\w)") if spelled else None


def masked(text: str, names: Iterable[str]) -> str:
    """The text with every name of a tool masked; `names` are folded."""
    pattern = _pattern(frozenset(names))
    return pattern.sub(lambda found: MASK * len(found[0]), text) if pattern else text
