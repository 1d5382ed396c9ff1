"""Phone numbers in a text, as people write them and as people hide them.

Rule of this file: pure text in, spans out; it knows nothing of messages or districts. Work is
linear and bounded: only the first `EXAMINED` characters, `MAX_RUNS` runs of number-like tokens
and `MAX_LOOKUPS` readings of digits are ever spent on one text.

Usual spellings are left to phonenumbers at STRICT_GROUPING: on 15,000 lines of real chat it
took every number VALID took but view counts and a time stamp ("2025-10-14 12"). What it leaves
of a run is read digit by digit, and then grouping and context must speak for a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumberFormat, PhoneNumberType

from rules.signals.memory import remembered
from rules.signals.numerals import HINT_WORDS, LINK_WORDS, RUN, SAID, Atom, atoms, tokens, weight
from rules.signals.phone_context import (
    Urls,
    alone,
    claimed,
    contact_before,
    contact_near,
    is_list,
    is_other_number,
)
from rules.signals.plain import Plain, simplify

EXAMINED = 20_000
MAX_RUNS = 200
MAX_LOOKUPS = 1_000
MIN_UNITS = 7  # digits and digit words together; a number below that is not looked for
_LOCAL, _WHOLE = 7, 10
_MAX_RUN = 1_000
_MOST_UNSURE = 2
_MOST_GROUPS = 6
_MERE_LINKS = frozenset(("and", "y", "plus", "mas", "más"))

HINT: str = (
    rf"(?i)(?:(?:[\p{{Nd}}\p{{No}}oοоli]|{HINT_WORDS})"
    rf"(?:[^AC-RT-Yac-rt-y0-9=+<>$%^&?!\"#@:]|{SAID}|{LINK_WORDS})*){{{MIN_UNITS}}}"
)
"""Seven digits or digit words with nothing but separators between: necessary for `find`.

Separators are told by ASCII alone, and s, b and z (for 5, 8 and 2) count as some: RE2 is then
twenty times as fast.
"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number found: half-open span, E.164, how it is spelled.

    `e164` is None for seven digits whose area code is not known: they name no one line.
    """

    start: int
    end: int
    e164: str | None
    spelled: str  # digits, words, obfuscated
    kind: str = "number"  # number, tollfree


class _Reading(NamedTuple):
    """Where digits are read: the text, the region, the area code that is meant, what is left."""

    text: Plain
    region: str
    area: str | None
    budget: Iterator[int]


class _Found(NamedTuple):
    """A hidden number among atoms; the better of two that overlap has the higher `rank`."""

    first: int
    stop: int
    rank: tuple[int, ...]
    phone: Phone


@lru_cache(maxsize=4096)
def e164_of(digits: str, region: str = "US") -> tuple[str, str] | None:
    """E.164 and kind of a valid number."""
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    return _describe(number) if phonenumbers.is_valid_number(number) else None


def _describe(number: phonenumbers.PhoneNumber) -> tuple[str, str]:
    free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return e164, "tollfree" if free else "number"


def _usual(of: _Reading, first: int, last: int) -> Iterator[Phone]:
    """Usual spellings within one run, through phonenumbers."""
    plain = of.text.text
    low = max(0, first - 4)
    window = plain[low : min(last, first + _MAX_RUN) + 20]
    if next(of.budget, None) is None:
        return
    matcher = phonenumbers.PhoneNumberMatcher(window, of.region, Leniency.STRICT_GROUPING, 16)
    for match in matcher:
        start, end = low + match.start, low + match.end
        core = re.split(r"[^\d\W]", match.raw_string, maxsplit=1)[0].rstrip(" ,;.#(")
        if start + len(core) > last + 1 or end <= first:
            continue
        bare = core.isdigit()
        touched = plain[end : end + 1].isdigit() or plain[start - 1 : start].isdigit()
        near = contact_near(plain, start, end)
        weak = (bare or "." in core[:-5]) and not near
        till = start + len(core)
        if touched or core[:2] == "1/" or is_other_number(plain, start, till, weak=weak):
            continue
        spelled = "digits" if of.text.unchanged(start, end) else "obfuscated"
        e164, kind = _describe(match.number)
        yield Phone(*of.text.span(start, end), e164, spelled, kind)


def _shape(part: list[Atom], sizes: tuple[int, ...]) -> str:
    """How the groups end: "exact" where a phone number's do, "single" digit by digit,
    "finer" where its groups are parted further, "pairs", else nothing.
    """
    lengths = [len(atom.digits) for atom in part]
    ends, wanted = set(accumulate(lengths)), set(accumulate(sizes))
    if ends <= wanted:
        return "exact"
    if len(ends) == sum(sizes):
        return "single"
    if wanted <= ends:
        return "finer"
    return "pairs" if set(lengths) == {2} else ""


def counting(digits: str) -> bool:
    """Whether it is a counted row: 1234567890, 2468101214, 5555555; or zeros and ones, or pi."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    rows = ("1234567891011121314", "2468101214161820", "31415926535897932384")
    return len(steps) == 1 or set(digits) <= {"0", "1"} or any(digits in row for row in rows)


def _credible(part: list[Atom], shape: str, *, near: bool, lone: bool) -> bool:
    """Whether grouping, signs and words between speak for one number, in this context."""
    words = any(atom.word for atom in part)
    parted = sum(atom.parted for atom in part[1:])
    unsure = sum(atom.unsure for atom in part)
    if unsure and (unsure > _MOST_UNSURE or shape not in {"exact", "single"}):
        return False
    if near or lone:
        return bool(shape if near or not parted else shape != "pairs" and shape) or words
    if any("*" in atom.sep or atom.link in _MERE_LINKS for atom in part[1:]):
        return False
    spoken = words and shape == "single"  # "four, oh, six, ..."
    if parted > (3 if words else 2) and not spoken:
        return False
    return shape in {"exact", "single"} or (shape == "finer" and words)


def _read(of: _Reading, part: list[Atom]) -> Phone | None:
    """These atoms as one hidden number, if grouping and context speak for one."""
    digits = "".join(atom.digits for atom in part)
    part_of_area = [n for n, atom in enumerate(part) if re.search("area|lada", atom.link)]
    sizes: tuple[int, ...] = (3, 4) if len(digits) == _LOCAL else (3, 3, 4)
    if len(digits) == _WHOLE and part_of_area:
        tail = "".join(atom.digits for atom in part[part_of_area[-1] :])
        if len(tail) == 3:  # "555 0142, area code 406"
            digits, sizes = tail + digits[:-3], (3, 4, 3)
    if len(digits) > _WHOLE:
        if digits[0] != "1" or any("/" in atom.sep for atom in part[1:2]):
            return None
        sizes = (1, *sizes)
    if counting(digits) or next(of.budget, None) is None:
        return None
    plain, start, end = of.text.text, part[0].start, part[-1].end
    near, lone = contact_near(plain, start, end), alone(plain, start, end)
    if is_other_number(plain, start, end, weak=not near or len(digits) == _LOCAL):
        return None
    if not near and is_list(plain, start, end):
        return None
    shape = _shape(part, sizes)
    if not shape and len(part) <= _MOST_GROUPS and claimed(plain, start, end):
        shape = "claimed"
    if not _credible(part, shape, near=near, lone=lone):
        return None
    found = _local(of, part, digits, shape) if sizes == (3, 4) else e164_of(digits, of.region)
    if not found:
        return None
    words, odd = any(atom.word for atom in part), any(atom.odd for atom in part)
    usual = len(part) <= 4 and not odd and of.text.unchanged(start, end)
    spelled = "words" if words else "digits" if usual else "obfuscated"
    return Phone(*of.text.span(start, end), found[0], spelled, found[1])


def _local(
    of: _Reading, part: list[Atom], digits: str, shape: str
) -> tuple[str | None, str] | None:
    """Seven digits, only near a contact word; with the area code when that is known."""
    plain, start, end = of.text.text, part[0].start, part[-1].end
    told = contact_before(plain, start) if len(part) == 1 else contact_near(plain, start, end)
    words = shape == "finer" and any(atom.word for atom in part)
    if plain[start - 1 : start] == "+" or digits[0] in "01" or not told:
        return None
    if shape not in {"exact", "single"} and not words:
        return None
    whole = e164_of(of.area + digits) if of.area else None
    return whole or (None, "number")


def _candidates(of: _Reading, part: list[Atom]) -> Iterator[_Found]:
    """Every hidden number that may begin and end among these atoms."""
    for first, atom in enumerate(part):
        if first and not atom.edge_after(part[first - 1]):
            continue
        total = 0
        for stop, last in enumerate(part[first:], first + 1):
            total += len(last.digits)
            if total > _WHOLE + 1:
                break
            if total not in (_LOCAL, _WHOLE, _WHOLE + 1):
                continue
            rest = part[stop:]
            closed = not rest or rest[0].edge_after(last)
            if not closed and not (len(rest) <= 2 and rest[0].word):  # "four two one more thing"
                continue
            phone = _read(of, part[first:stop])
            if phone:
                unsure = sum(each.unsure for each in part[first:stop])
                yield _Found(first, stop, (total >= _WHOLE, closed, -unsure, total, -first), phone)


def _hidden(of: _Reading, part: list[Atom]) -> Iterator[Phone]:
    """The best hidden numbers among these atoms, none overlapping."""
    taken: set[int] = set()
    for found in sorted(_candidates(of, part), key=lambda one: one.rank, reverse=True):
        places = set(range(found.first, found.stop))
        if taken.isdisjoint(places):
            taken |= places
            yield found.phone


def _free(text: Plain, found: list[Atom], taken: list[tuple[int, int]]) -> Iterator[list[Atom]]:
    """Stretches of atoms that are free: not in a number found, and no lone o, l or I
    beside groups of digits alone.
    """
    part: list[Atom] = []
    for at, atom in enumerate(found):
        start, end = text.span(atom.start, atom.end)
        lone = atom.odd and not atom.word and atom.end - atom.start == 1
        beside = [*found[max(0, at - 1) : at], *found[at + 1 : at + 2]]
        if any(start < till and since < end for since, till in taken) or (
            lone and all(len(near.digits) > 1 for near in beside)
        ):
            yield part
            part = []
        else:
            part.append(atom)
    yield part


def _units(text: Plain, run: re.Match[str]) -> int:
    """What `HINT` sees of a run: it reads the text as it stands, not the plain one."""
    return sum(weight(token, words=text.unchanged(start, end)) for token, start, end in tokens(run))


@remembered
def find(text: str, region: str = "US", *, local_area: str | None = None) -> tuple[Phone, ...]:
    """Every phone number in the text's first `EXAMINED` characters, in order, none overlapping.

    Seven-digit local numbers count near a contact word only; they have an E.164 only with a
    `local_area`. Three-digit services (988, 911) are never returned, nor digits in web addresses.
    """
    of = _Reading(simplify(text[:EXAMINED]), region, local_area, iter(range(MAX_LOOKUPS)))
    urls, found, runs = Urls(of.text.text), list[Phone](), 0
    for run in RUN.finditer(of.text.text):
        if len(run[0]) < _LOCAL or urls.hold(run.start()):
            continue
        lists = [part for part in atoms(run) if sum(len(atom.digits) for atom in part) >= _LOCAL]
        if not lists or _units(of.text, run) < MIN_UNITS:
            continue
        runs += 1
        if runs > MAX_RUNS:
            break
        usual = list(_usual(of, run.start(), run.end()))
        found += usual
        taken = [(phone.start, phone.end) for phone in usual]
        for each in lists:
            for part in _free(of.text, each, taken):
                found += _hidden(of, part)
    return tuple(sorted(found, key=lambda phone: phone.start))
