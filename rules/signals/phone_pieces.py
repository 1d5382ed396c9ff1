"""Pieces of a phone number that is told over several messages.

Rule of this file: pure text in, pieces out, and pieces joined to a number. A piece stands bare
on its line ("0142", with filler at most) or is announced ("the rest is 0142", "first half
406-555"); digits in an ordinary sentence ("bus 406") are never one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from rules.signals.numerals import (
    HINT_WORDS,
    LINK_WORDS,
    RUN,
    SAID,
    SURE_WORDS,
    Atom,
    atoms,
    tokens,
    weight,
)
from rules.signals.phone_context import FILLER, is_other_number
from rules.signals.phones import EXAMINED, MAX_RUNS, counting, e164_of
from rules.signals.plain import Plain, simplify

MOST_PIECES = 4
_SHORTEST, _LONGEST = 2, 9  # digits of a piece, and
_LAST_SHORTEST = 3  # of the one that completes a number
_SET_OFF = 4  # of one set off at the beginning or end of a short message
_LOCAL, _WHOLE = 7, 10

_NOUN = "half|part|bit|digits|numbers|two|three|four|six|seven|2|3|4|6|7|mitad|parte"
_BEGIN = (
    rf"(?:first|primera) (?:{_NOUN})|(?:starts?|begins?|starting|beginning) (?:with|as)"
    r"|area code|lada|c[oó]digo de [aá]rea|empieza con"
)
_END = (
    rf"rest|(?:last|final|second|other|next|otra|segunda|[uú]ltima|[uú]ltimos) (?:{_NOUN})"
    r"|remaining|resto|(?:ends?|ending|finish|finishes|finishing)(?: (?:in|with|on))?"
    r"|termina (?:en|con)"
)
_MINE = (
    r"(?:my|mi)(?: (?:own|new|personal|home|house))?"
    r" (?:cell|phone|number|num|digits|cel|celular|n[uú]mero|tel[eé]fono)"
    r"|(?:text|call|txt|reach|hmu|hit) (?:me|up)(?: (?:at|on))?"
)


def _spaced(pattern: str) -> re.Pattern[str]:
    """A pattern whose blanks stand for any blank."""
    return re.compile("(?ia)" + pattern.replace(" ", r"\s"))


_OF = r"(?: of (?:the|my|it|that|your|a|mi|el|la)(?: [a-z]{1,12}){0,2}?)?"
_IS = (
    rf"{_OF}(?: (?:digits|numbers|part|half))?(?:'s)?(?: (?:is|are|it'?s|es|son))?"
    r"[^\w=$%#]{0,4}\Z"
)
_SAID_BEFORE = tuple(
    (place, _spaced(rf"\b(?:{words}){_IS}"))
    for place, words in ((-1, _BEGIN), (1, _END), (0, _MINE))
)
_SAID_AFTER = tuple(
    (
        place,
        _spaced(rf"[^\w.!?=$%#]{{1,3}}(?:(?:is|are|es) )?(?:(?:the|my|la|el) )?(?:{words})\b"),
    )
    for place, words in ((-1, _BEGIN), (1, _END))
)
_COUNT = re.compile(rf"(?ia)\b(?:first|last|next|other)( (?:{_NOUN})\b)(?=[^\w]{{1,3}}\w)")
_FILLS = FILLER | set(
    "then next and plus rest last first second half part digits now thats that's that the of it's "
    "number luego resto sorry oops hahaha lmao e ends end starts with in goes ready save".split()
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_BEGUN = re.compile(r"(?<!\d)\(?[2-9]\d\d\)?(?:[-. ]{0,2}\d){0,6}")
_MOST_FILL = 200  # characters around a bare piece
_MOST_WORDS = 6  # around a piece set off
_BREAK = re.compile(r"[.!?,:;\-–][^\w]*\Z")

_FILL = "|".join(sorted({*_FILLS, SAID, LINK_WORDS}, key=lambda word: (-len(word), word)))
_DIGIT = r"[\p{Nd}\p{No}]"
_UNIT = rf"(?:{_DIGIT}|[oοоli][oοоli\p{{Nd}}\p{{No}}]|{SURE_WORDS})"
_FOUR = rf"(?:{_DIGIT}[^A-Za-z0-9\n]*){{{_SET_OFF}}}"
_NAMED = rf"(?:{_BEGIN}|{_END})".replace(" ", "[^A-Za-z0-9]+")
HINT: str = (
    rf"(?im:^(?:[^A-Za-z\n]|{_FILL})*(?:{_DIGIT}|{SURE_WORDS})"
    rf"(?:[^A-Za-z\n]|o|l|i|{HINT_WORDS}|{_FILL})*$)"
    rf"|(?i:\b{_NAMED}\b(?:[^A-Za-z0-9]|digits|numbers|part|half|is|are|it'?s|es|son|s)*{_UNIT}"
    rf"|{_UNIT}[^A-Za-z0-9.!?]+(?:(?:is|are|es|the|my|la|el)[^A-Za-z0-9]+){{0,2}}{_NAMED}\b)"
    rf"|(?m:^[^A-Za-z0-9\n]*{_FOUR}|[.!?,:;\-–][^A-Za-z0-9\n]*{_FOUR}$)"
)
"""A line of digits and filler, a part announced, or four digits set off at the beginning or end
of a line: necessary for what may complete a number.
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits that are part of a number: half-open span, digits, how they are announced."""

    start: int
    end: int
    digits: str
    words: bool
    place: int  # -1 said to begin the number, 1 said to end it, 0 unsaid
    bare: bool
    announced: bool
    groups: tuple[int, ...]  # how many digits stand together
    units: int  # what `HINT` sees of it

    @property
    def may_complete(self) -> bool:
        """Whether a number may be whole with it; not where it is only said to be a number."""
        mere = self.announced and not self.bare and self.place == 0
        return self.units >= _LAST_SHORTEST and not mere


def find(text: str) -> Piece | None:
    """The piece of a number that a text holds: the announced one, the longest; None without."""
    simple = simplify(text[:EXAMINED])
    plain = _COUNT.sub(_blank_count, simple.text)  # the four of "the last four" is no digit
    pieces = [
        piece
        for run in islice(RUN.finditer(plain), MAX_RUNS)
        for part in atoms(run)
        if (piece := _piece(simple, plain, _trimmed(part)))
    ]
    return max(pieces, key=lambda one: (one.announced, len(one.digits)), default=None)


def _blank_count(said: re.Match[str]) -> str:
    return said[0][: said.start(1) - said.start()] + " " * len(said[1])


def _trimmed(part: list[Atom]) -> list[Atom]:
    """Without words at the ends that are numbers only among numbers: "for 0142"."""
    first, stop = 0, len(part)
    while first < stop and part[first].unsure:
        first += 1
    while first < stop and part[stop - 1].unsure:
        stop -= 1
    return part[first:stop]


def _piece(simple: Plain, plain: str, part: list[Atom]) -> Piece | None:
    digits = "".join(atom.digits for atom in part)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return None
    start, end = part[0].start, part[-1].end
    first, last = simple.span(start, end)
    before, after = simple.original[max(0, first - 48) : first], simple.original[last : last + 40]
    said = [place for place, pattern in _SAID_BEFORE if pattern.search(before)]
    said += [place for place, pattern in _SAID_AFTER if pattern.match(after)]
    bare = _is_bare(simple.original, first, last)
    known = bool(said) or bare
    if not (known or _is_set_off(simple.original, first, last)):
        return None
    near = simple.text[max(0, start - 60) : start]
    for _, pattern in _SAID_BEFORE[:2]:  # "part:" and "code is" there are of the announcement
        near = pattern.sub(" ", near)
    context = near + plain[start : end + 60]
    if is_other_number(context, len(near), len(near) + end - start, weak=not known):
        return None
    run = RUN.match(plain, start, end)
    units = sum(
        weight(token, words=simple.unchanged(since, till))
        for token, since, till in (tokens(run) if run else ())
    )
    words = any(atom.word for atom in part)
    groups = tuple(len(atom.digits) for atom in part)
    place = said[0] if said else 0
    return Piece(first, last, digits, words, place, bare, bool(said), groups, units)


def _is_bare(text: str, start: int, end: int) -> bool:
    """Whether nothing but filler stands on the lines of a span."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = text[first:start] + " " + text[end : last if last >= 0 else len(text)]
    return len(rest) <= _MOST_FILL and all(word in _FILLS for word in _WORD.findall(rest.lower()))


def _is_set_off(text: str, start: int, end: int) -> bool:
    """Whether digits stand apart at the beginning or end of a line of few words."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    before, after = text[first:start], text[end : last if last >= 0 else len(text)]
    if len(before) + len(after) > _MOST_FILL:
        return False
    words = _WORD.findall(before + " " + after)
    digits = sum(map(str.isdigit, text[start:end]))
    if digits < _SET_OFF or len(words) > _MOST_WORDS or any(map(str.isdigit, before + after)):
        return False
    return not _WORD.search(before) or (_BREAK.search(before) is not None and not after.strip())


def continued(begun: str, last: Piece) -> tuple[str, str] | None:
    """E.164 and kind of a number that another began and a piece said to end it completes."""
    missing = _WHOLE - len(last.digits)
    started = _BEGUN.search(begun[:EXAMINED])
    if last.place != 1 or started is None:
        return None
    digits = "".join(filter(str.isdigit, started[0]))
    whole = digits[:missing] + last.digits
    return e164_of(whole) if len(digits) >= missing and not counting(whole) else None


def joined(
    pieces: Sequence[Piece], area: str | None, *, asked: bool
) -> tuple[str | None, str] | None:
    """E.164 and kind of the number that pieces in order of time make; None when they make none.

    `asked` says that somebody just spoke of a number. Without that, and with nothing announced,
    pieces must stand bare and be grouped as a number is. Seven digits have an E.164 only with
    `area`.
    """
    ordered = sorted(pieces, key=lambda piece: piece.place)
    digits = "".join(piece.digits for piece in ordered)
    told = asked or any(piece.announced for piece in pieces)
    clear = all(piece.announced or piece.bare for piece in pieces)
    lead = len(digits) == _WHOLE + 1 and digits[0] == "1"
    if counting(digits):
        return None
    if len(digits) == _LOCAL and told and digits[0] not in "01":
        return (e164_of(area + digits) if area else None) or (None, "number")
    ends = set(accumulate(len(piece.digits) for piece in ordered))
    groups = set(accumulate(size for piece in ordered for size in piece.groups))
    phone_like = ends <= {3 + lead, 6 + lead, _WHOLE + lead} or {3 + lead, 6 + lead} <= groups
    if not (told or (clear and phone_like)):
        return None
    return e164_of(digits) if lead or len(digits) == _WHOLE else None
