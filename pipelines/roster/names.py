"""Match an outside address to people of the roster by its name: evidence, never identity.

Rule of this file: it compares spellings of names and local parts, and knows no domain, no date
and no role but what it is handed. Everything is folded once when the index is built, so that a
look-up is a few dictionary reads.

Names are folded after Unicode NFKD (Unicode Standard Annex 15): accents, case, punctuation and
spaces do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from pipelines.message import Person, Role

_LETTERS_WITHOUT_NFKD = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "miss", "dr", "coach", "sr", "sra"})
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SEPARATORS = str.maketrans("", "", "._-")
MIN_LETTERS = 5
"""Letters both names must have together before separators and digits may be ignored."""
_SURE_LETTERS = 7
"""Letters a full name must have to be found at either end of a run of letters."""
_LONGEST = 200  # a longer display name is not a name
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def fold(text: str) -> str:
    """Reduce a name to its letters: no case, accents, spaces or punctuation."""
    if text.isascii():
        return "".join(filter(str.isalpha, text.lower()))
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS_WITHOUT_NFKD))
    return "".join(c for c in plain if c.isalpha())


@lru_cache(maxsize=65536)
def name_keys(name: str) -> frozenset[str]:
    """The folded spellings a display name stands for; empty when it is not a full name.

    "Lopez, Jordan", "Jordan A. Lopez (he/him)" and "Coach Jordan López" all give jordanlopez.
    """
    if len(name) > _LONGEST:
        return frozenset()
    plain = _BRACKETS.sub(" ", name).strip().strip("\"'")
    family, comma, given = plain.partition(",")
    words = f"{given} {family}".split() if comma and given.strip() else plain.split()
    parts = [part for part in (fold(word) for word in words) if part]
    if len(parts) > 2 and parts[0] in _TITLES:
        parts = parts[1:]
    if len(parts) < 2:
        return frozenset()
    middle = [part for part in parts[1:-1] if len(part) > 1]
    return frozenset({"".join(parts), "".join([parts[0], *middle, parts[-1]])})


class NameIndex:
    """Who goes by a name. Staff and students can be found; guardians only stand in the way."""

    def __init__(self) -> None:
        """Start with nobody; `add` everybody, then only look up."""
        self._names: dict[str, tuple[Person, ...]] = {}
        self._guardians: dict[str, tuple[Person, ...]] = {}
        self._locals: dict[str, tuple[Person, ...]] = {}
        self._exact_locals: dict[str, tuple[Person, ...]] = {}
        self._initials: dict[str, tuple[Person, ...]] = {}  # of staff: initial and family name
        self._staff_families: dict[str, tuple[Person, ...]] = {}
        self._other_families: set[str] = set()

    def add(self, person: Person, names: Iterable[tuple[str, str]], locals_: Iterable[str]) -> None:
        """Add a person with (given, family) spellings and local parts of school addresses."""
        index = self._guardians if person.role is Role.GUARDIAN else self._names
        for given, family in names:
            one, other = fold(given), fold(family)
            if not one or not other:
                continue
            _put(index, one + other, person)
            if person.role is Role.STAFF:
                _put(self._staff_families, other, person)
            elif person.role is Role.GUARDIAN:
                self._other_families.add(other)
            if person.role is not Role.GUARDIAN and len(one) + len(other) >= MIN_LETTERS:
                _put(self._locals, one + other, person)
                _put(self._locals, other + one, person)
            if person.role is Role.STAFF and len(other) >= MIN_LETTERS:
                _put(self._initials, one[0] + other, person)
        if person.role is Role.GUARDIAN:
            return
        for local in locals_:
            _put(self._exact_locals, local, person)
            joined = local.translate(_SEPARATORS)
            if sum(map(str.isalpha, joined)) >= MIN_LETTERS:
                _put(self._exact_locals, joined, person)

    def find(self, name: str | None, local: str) -> tuple[Person, ...]:
        """Staff and students whom a display name or local part points to, sorted by id.

        `local` is the canonical local part ("" for a phone). When the display name is that of a
        guardian, only students of exactly that name are left.
        """
        keys = name_keys(name) if name else frozenset()
        named = [person for key in keys for person in self._names.get(key, ())]
        if any(key in self._guardians for key in keys):
            return _sorted(person for person in named if person.role is Role.STUDENT)
        by_local = self._by_local(local) if local else ()
        return _sorted((*named, *by_local))

    def staff(self, name: str) -> tuple[Person, ...]:
        """Staff whom a display name or an account's name points to, sorted by id.

        "Mara River", "Coach River", "mara.river07", "coach_river"; nobody where a student goes by
        it too, or a guardian, whose name keeps the staff member out in `find`.
        """
        word = name.strip().lower()
        found = self.find(name, "" if " " in word else word)
        if not found:
            found = _sorted(self._titled(word))
        return found if all(person.role is Role.STAFF for person in found) else ()

    def _titled(self, name: str) -> tuple[Person, ...]:
        """Staff by title and family name, in words or run together as in an account's name."""
        joined = fold(name)
        for title in sorted(_TITLES, key=len, reverse=True):
            family = joined.removeprefix(title)
            if family != joined and family in self._staff_families:
                shared = title != "coach" and family in self._other_families
                return () if shared else self._staff_families[family]
        return ()

    def lines(self) -> Iterator[str]:
        """The content as text, one line a spelling, for a fingerprint."""
        groups = (
            *(self._names, self._guardians, self._locals, self._exact_locals),
            self._staff_families,
        )
        for number, group in enumerate(groups):
            for key, people in group.items():
                yield f"name {number} {key} {sorted(person.id for person in people)}"

    def _by_local(self, local: str) -> tuple[Person, ...]:
        exact = self._exact_locals.get(local, ())
        joined = local.translate(_SEPARATORS)
        exact += self._exact_locals.get(joined, ()) if _letters(joined) >= MIN_LETTERS else ()
        return exact + self._spelled(local)

    def _spelled(self, local: str) -> tuple[Person, ...]:
        """Whose names a local part spells, with other words before or after them or not.

        "jo.lopez.hurdles", "coachlopez.jo" and "jolopezruns" hold a full name; "m.river.mt" an
        initial and a family name, which counts for staff alone and only when nobody shares it.
        """
        words = [fold(word) for word in _NOT_LETTERS.split(local) if word]
        keys = {*words, *(one + other for one, other in pairwise(words))}
        whole = "".join(words)
        keys |= {whole[:end] for end in range(_SURE_LETTERS, len(whole) + 1)}
        keys |= {whole[start:] for start in range(len(whole) - _SURE_LETTERS + 1)}
        found = [
            person
            for key in keys
            for person in self._locals.get(key, ())
            if key not in self._guardians or person.role is Role.STUDENT
        ]
        initials = {key for key in keys if key in self._initials}
        if not found and len(initials) == 1:
            people = self._initials[initials.pop()]
            found = list(people) if len(people) == 1 else []
        return _sorted(found)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _put(index: dict[str, tuple[Person, ...]], key: str, person: Person) -> None:
    known = index.get(key, ())
    if person not in known:
        index[key] = (*known, person)


def _sorted(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(sorted({person.id: person for person in people}.values(), key=lambda p: p.id))
