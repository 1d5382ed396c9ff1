"""Tools for teaching by name: the shipped list, and a text with their names masked.

Rule of this file: pure text in, text out. A mask is as long as the name, so that every span
found in a masked text is one of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_SPOKEN = frozenset("bandlab blackboard classroom donorschoose musescore".split())
"""Names that are everyday words too, never masked: a tool's only where a system is meant."""
MASK = "¤"
"""What every character of a tool's name becomes; no network, verb or handle has it."""


def fold(name: str) -> str:
    """The one spelling of a tool's name: no case, single spaces."""
    return " ".join(name.casefold().split())


@lru_cache(maxsize=1)
def domains() -> frozenset[str]:
    """Registered domains of such services, in lower case."""
    return frozenset(_lines("teaching_domains.txt"))


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]


@lru_cache(maxsize=1)
def shipped() -> frozenset[str]:
    """The names that come with Brightline, folded."""
    return frozenset(map(fold, _lines("teaching_tools.txt")))


def is_teaching_tool(domain_or_name: str) -> bool:
    """Whether a registered domain or a spoken name, in lower case, is that of a shipped tool."""
    return domain_or_name in domains() or domain_or_name in shipped() or domain_or_name in _SPOKEN


@lru_cache(maxsize=8)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    spelled = "|".join(re.escape(name).replace(r"\ ", r"\s{1,2}") for name in ordered)
    return re.compile(rf"(?i)(?<![\w@])(?:{spelled})(?!\w)") if spelled else None


def masked(text: str, names: Iterable[str]) -> str:
    """The text with every name of a tool masked; `names` are folded."""
    pattern = _pattern(frozenset(names))
    return pattern.sub(lambda found: MASK * len(found[0]), text) if pattern else text
