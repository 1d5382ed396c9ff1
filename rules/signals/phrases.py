"""Lists of phrases beside the code, read from a text file as patterns over plain sentences.

Rule of this file: a file says what people write, the code says what it means. `[name]` begins a
list; alternatives are parted by `;` or a new line, `#` begins a comment. An alternative is a
regular expression with bounded repeats in which a space stands for one to three, ` ?` for none
too, `~` for a word, and `{name}` for another list. It stands for whole words, unless it begins
with a backslash or a sign and so says itself where it begins and ends.
"""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_WORD = r"[\w'\"&-]{1,24}"
_HEADING = re.compile(r"\[([a-z][a-z\-' ]*)\]")
_OTHER_LIST = re.compile(r"\{([a-z][a-z\-' ]*)\}")


def words(pattern: str) -> re.Pattern[str]:
    """A pattern over sentences, written as above."""
    plain = pattern.replace("~", _WORD)
    return re.compile(plain.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}"))


class Phrases:
    """The lists of one file."""

    def __init__(self, name: str) -> None:
        self._lists: dict[str, list[str]] = {}
        entries: list[str] = []
        for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            heading = _HEADING.fullmatch(line)
            if heading:
                entries = self._lists.setdefault(heading[1], [])
            elif line and not line.startswith("#"):
                entries += (part.strip() for part in line.split(";") if part.strip())

    def names(self) -> tuple[str, ...]:
        """The names of all lists."""
        return tuple(self._lists)

    def entries(self, name: str) -> tuple[str, ...]:
        """The alternatives of a list, as they are written."""
        return tuple(self._lists[name])

    def any_of(self, name: str) -> str:
        """A list as one group, to be part of a larger pattern for `words`."""
        parts = (_OTHER_LIST.sub(lambda one: self.any_of(one[1]), e) for e in self._lists[name])
        return f"(?:{'|'.join(parts)})"

    def pattern(self, name: str) -> re.Pattern[str]:
        """A list as a pattern of its own."""
        whole = [one for one in self._lists[name] if one[0].isalnum() or one[0] in "([{"]
        free = [one for one in self._lists[name] if one not in whole]
        parts = [rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)"] if whole else []
        joined = "|".join([*parts, *free])
        return words(_OTHER_LIST.sub(lambda one: self.any_of(one[1]), joined))
