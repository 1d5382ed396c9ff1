"""Whose the content of a message is, by its words: the school's, or the writer's private life.

Rule of this file: text in, words with their places out. Words of either side are counted by
kind once each; what the counts mean is for a rule to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from rules.signals.phrases import Phrases
from rules.signals.sentences import fold

_LISTS = Phrases("posting")
_SCHOOLS = _LISTS.pattern("the school's")
_PERHAPS = _LISTS.pattern("perhaps the school's")
_NOT_SCHOOL = _LISTS.pattern("not the school's")
_PRIVATE = _LISTS.pattern("private")
_STUDENT = re.compile(r"(?<![.\w])(?!St\b|Mt\b|Ft\b|No\b)[A-Z][a-zé]{1,14} [A-Z]\.(?! ?[A-Z][a-z])")
_GENERIC = frozenset(
    "school schools high middle elementary junior senior primary district public academy county "
    "city the of at no and unified central k k8 k12 hs ms jr sr".split()
)
_LOOKED_AT = 5_000
_MOST = 8


class Cue(NamedTuple):
    """Words that tell whose something is, with their place."""

    words: str
    start: int
    end: int


def school_cues(text: str, schools: Iterable[str] = ()) -> tuple[Cue, ...]:
    """Words of school, names of the sender's schools, and students named as one does in class."""
    plain = fold(text[:_LOOKED_AT])
    found = [*_cues(_SCHOOLS.finditer(plain)), *_cues(_STUDENT.finditer(text[:_LOOKED_AT]))]
    for name in {_own_part(one) for one in schools}:
        if len(name) >= 4:
            found += _cues(
                re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)|#\w{{0,20}}{re.escape(name)}", plain)
            )
    return _distinct(found)


def perhaps_school_cues(text: str) -> tuple[Cue, ...]:
    """Words that are as much a grown-up's club's as a school's."""
    return _distinct(_cues(_PERHAPS.finditer(fold(text[:_LOOKED_AT]))))


def denies_school(text: str) -> bool:
    """Whether the words say that nothing of it is the school's."""
    return _NOT_SCHOOL.search(fold(text[:_LOOKED_AT])) is not None


def private_cues(text: str) -> tuple[Cue, ...]:
    """Words of the writer's own family, home, faith and pastimes."""
    return _distinct(_cues(_PRIVATE.finditer(fold(text[:_LOOKED_AT]))))


def _cues(found: Iterator[re.Match[str]]) -> Iterator[Cue]:
    for one in islice(found, 4 * _MOST):
        yield Cue(one[0].strip(), *one.span())


def _distinct(found: Iterable[Cue]) -> tuple[Cue, ...]:
    first: dict[str, Cue] = {}
    for one in sorted(found, key=lambda cue: cue.start):
        first.setdefault(one.words.lower(), one)
    return tuple(first.values())[:_MOST]


def _own_part(name: str) -> str:
    """What only this school is called: "Cedar Creek" of "Cedar Creek Middle School"."""
    words = [word for word in re.findall(r"[\w']+", fold(name)) if not word.isdigit()]
    return " ".join(word for word in words if word not in _GENERIC)
