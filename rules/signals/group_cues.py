"""What the words around a group say: come in, I made it, keep out, it is the parents', a lesson.

Rule of this file: a plainly spelled sentence in (see `sentences.py`), yes or no out. The words
are in group_cues.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.signals.phrases import Phrases, words

CUES = Phrases("group_cues")

SCHOOL_SYSTEMS = frozenset(
    ("teams", "classroom", "canvas", "schoology", "remind", "lms", "modules")
)
"""Everyday names of learning systems, where a group chat is the district's."""

_INVITES, _MAKES, _USES = (CUES.pattern(name) for name in ("invites", "makes", "uses"))
_LEADS_IN, _MY = CUES.pattern("leads in"), CUES.pattern("my")
_THE_TEAMS, _STARTED = CUES.pattern("the team's"), CUES.pattern("started")
_THE_SCHOOLS = CUES.pattern("the school's")
_TEAM_IN_NAME = re.compile(
    r"school|drama|theat|thespian|band|choir|orchestra|robot|track|xc\b|football|volleyball|soccer"
    r"|basketball|baseball|softball|wrestl|swim|tennis|golf|cheer|debate|yearbook|library|athletic"
    r"|stuco|_?hs\b|sports|class|ffa|jazz|folklorico"
)
_NO_BAN, _WARNS = CUES.pattern("no ban"), CUES.pattern("warns")
_FORBIDS = words(
    rf"(?<!\w){CUES.any_of('ban')}(?: (?!only|just|yet)~){{0,3}}? (?:to |be |been )?"
    rf"{CUES.any_of('banned')}(?!\w)"
)
_CLOSE = 60  # characters before a mention in which a ban is about it
_ADDS = CUES.pattern("adds")
_SUBJECT_MATTER = CUES.pattern("subject matter")
_SOMEBODY_ELSES = CUES.pattern("somebody else's")
_BEFORE_GROWN_UPS, _FOR_GROWN_UPS = (
    CUES.pattern(name) for name in ("before grown-ups", "for grown-ups")
)
_TOO, _ASKS_WHO = CUES.pattern("too"), CUES.pattern("asks who")
_COMPUTING, _PREFERS = CUES.pattern("computing"), CUES.pattern("prefers")
_EVERYBODY = CUES.pattern("everybody")
_SYSTEM = words(
    r"\b(?:(?:on|in|via|through|our|the|use|using|check|en|de|por|to) (?P<one>[\w.]{2,24})"
    r"|(?P<two>\w{2,24}) (?:group|chat|channel|class|page|inbox|forum)\b)"
)


def invites(text: str) -> bool:
    """Whether somebody is asked, helped or told how to come in."""
    return bool(_INVITES.search(text))


def makes(text: str) -> bool:
    """Whether the writer, or the team with the writer, made it or keeps it."""
    return bool(_MAKES.search(text))


def uses(text: str) -> bool:
    """Whether something is to be seen, sent or asked there."""
    return bool(_USES.search(text))


def leads_in(before: str) -> bool:
    """Whether the words up to a group end as in "put it in the ..."."""
    return bool(_LEADS_IN.search(before))


def is_the_teams(text: str) -> bool:
    """Whether it speaks of the team's, class's or school's own, whoever made it."""
    return bool(_THE_TEAMS.search(text))


def is_ours(text: str) -> bool:
    """Whether it speaks of the team's, class's or school's own, or of what the writer made."""
    return is_the_teams(text) or bool(_STARTED.search(text))


def is_the_schools(text: str) -> bool:
    """Whether it speaks of a page of the school or district as a whole."""
    return bool(_THE_SCHOOLS.search(text))


def names_a_team(handle: str) -> bool:
    """Whether an account's name holds a word for a team, class or school."""
    return bool(_TEAM_IN_NAME.search(handle.lower()))


def is_mine(before: str) -> bool:
    """Whether the words before a page make it the writer's own."""
    return bool(_MY.search(before))


def is_somebody_elses(before: str) -> bool:
    """Whether the words before a group make it the students' own or a stranger's."""
    return bool(_SOMEBODY_ELSES.search(before))


def is_for_grown_ups(text: str, at: int) -> bool:
    """Whether what is mentioned `at` a place is meant for parents or staff alone."""
    if _TOO.search(text):
        return False
    return bool(_BEFORE_GROWN_UPS.search(text[: max(0, at)]) or _FOR_GROWN_UPS.search(text))


def forbids(text: str, at: int) -> bool:
    """Whether it forbids, warns of, reports or disowns the place it mentions `at` a place.

    A ban counts close before the mention or behind it: "don't join ...", "... isn't ours".
    """
    plain = _NO_BAN.sub(lambda found: " " * len(found[0]), text)
    near = max(0, at - _CLOSE)
    banned = _FORBIDS.search(plain, near)
    return bool(banned or _WARNS.search(plain))


def adds(text: str) -> bool:
    """Whether the writer lets them into a group, whoever's it is."""
    return bool(_ADDS.search(text))


def asks_who(text: str) -> bool:
    """Whether it only asks about a group: who made it, whether there is one."""
    return bool(_ASKS_WHO.search(text))


def is_subject_matter(text: str) -> bool:
    """Whether it teaches about such places rather than leading there."""
    return bool(_SUBJECT_MATTER.search(text))


def is_computing(text: str) -> bool:
    """Whether a server is the school's machine."""
    return bool(_COMPUTING.search(text))


def prefers(text: str) -> bool:
    """Whether one place to write is preferred to another."""
    return bool(_PREFERS.search(text)) and not is_subject_matter(text)


def speaks_to_all(text: str) -> bool:
    """Whether it speaks to everybody, or says what all must do."""
    return bool(_EVERYBODY.search(text))


def named_systems(text: str) -> Iterator[str]:
    """Words that stand where a system is named: "on canvas", "the teams channel"."""
    for found in _SYSTEM.finditer(text):
        yield found["one"] or found["two"]
