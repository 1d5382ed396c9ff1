"""A text in sentences, spelled plainly, so that a rule can say which words belong together.

Rule of this file: every character stays in its place, so a span found here is one of the text.
Only what RE2 folds too is folded, so a hint written for RE2 stays a necessary condition. Dots in
links and versions end no sentence. Only the first `EXAMINED` characters are read.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals.links import Link

EXAMINED = 20_000
MAX_SENTENCES = 400

_FOLDED = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÁÉÍÓÚÜÑ’‘ʼ“”\u00a0\t",
    "abcdefghijklmnopqrstuvwxyzáéíóúüñ'''\"\"  ",
)
_LONGEST = 500  # a text without a full stop is cut there
_SHORT = (
    "mr",
    "ms",
    "mrs",
    "dr",
    "st",
    "sr",
    "sra",
    "vs",
    "jr",
    "prof",
    "a.m",
    "p.m",
    "e.g",
    "i.e",
)
_NO_END = "|".join(rf"(?<=\b{re.escape(one)})" for one in _SHORT)
_SENTENCE = re.compile(
    rf"\S(?:[^\n.!?;]|[.!?;](?![\s\"')\]]|\Z)|(?:{_NO_END})\."
    rf"|\n(?![ \t]{{0,9}}[\n\-*•>])){{0,{_LONGEST}}}+[.!?;]{{0,9}}"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: where it starts in the text, and its words spelled plainly, in one line."""

    start: int
    text: str

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return "?" in self.text[-3:]


def fold(text: str) -> str:
    """The text in lower case with plain quotation marks, as long as it was."""
    return text.translate(_FOLDED)


def split(text: str, links: Iterable[Link] = ()) -> list[Sentence]:
    """The sentences of a text, in order; each link in it reads as `url`, not by its own words."""
    plain = fold(text[:EXAMINED])
    for link in links:
        gap = link.end - link.start
        plain = plain[: link.start] + "url".ljust(gap)[:gap] + plain[link.end :]
    return list(islice(_sentences(plain), MAX_SENTENCES))


def at(sentences: list[Sentence], place: int) -> int:
    """The number of the sentence that a place of the text lies in, or the one before it."""
    return max(0, bisect(sentences, place, key=lambda one: one.start) - 1)


def _sentences(text: str) -> Iterator[Sentence]:
    for match in _SENTENCE.finditer(text):
        yield Sentence(match.start(), match[0].replace("\n", " "))


def beside(sentences: list[Sentence], number: int) -> str:
    """The words of the sentences before and after one, where `it` and `there` are explained."""
    return " ".join(
        sentences[place].text for place in (number - 1, number + 1) if 0 <= place < len(sentences)
    )
