"""Phone numbers in a text, as people write them and as people hide them.

Rule of this file: pure text in, spans out; it knows nothing of messages or districts. Work is
linear and bounded: only the first `EXAMINED` characters, `MAX_RUNS` runs of number-like tokens
and `MAX_LOOKUPS` calls of phonenumbers are ever spent on one text.

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

from rules.signals.plain import Plain, simplify

EXAMINED = 20_000
MAX_RUNS = 200
MAX_LOOKUPS = 400
MIN_UNITS = 7  # digits and digit words together; a hidden number below that is not looked for
_MAX_ATOMS = 64
_MAX_RUN = 1_000


def _numbers(words: str, first: int) -> dict[str, str]:
    """Words of consecutive numbers to their digits; a slash parts English from Spanish."""
    rows = enumerate(words.split(), start=first)
    return {word: str(number) for number, row in rows for word in row.split("/")}


_ONES = _numbers(
    "zero/oh/nought/cero one/uno/una two/dos three/tres four/cuatro five/cinco six/seis "
    "seven/siete eight/ocho nine/nueve",
    first=0,
)
_TEENS = _numbers(
    "ten/diez eleven twelve/doce thirteen/trece fourteen/catorce fifteen/quince sixteen "
    "seventeen eighteen nineteen",
    first=10,
)
_TENS = _numbers(
    "twenty/veinte thirty/treinta forty/cuarenta fifty/cincuenta sixty/sesenta seventy/setenta "
    "eighty/ochenta ninety/noventa",
    first=2,
)
_TIMES = {"double": 2, "triple": 3, "doble": 2}
_WORDS = "|".join([*_ONES, *_TEENS, *_TENS, *_TIMES, "hundred"])
_SAID = "dot|dash|hyphen|period|point|space|punto|gui[oó]n|espacio|y"

HINT: str = (
    rf"(?i)(?:(?:[\p{{Nd}}⓪①-⑨oli]|{_WORDS})(?:[^\p{{L}}\p{{N}}=+*<>$%^&?!\"#@:]|{_SAID})*)"
    rf"{{{MIN_UNITS}}}"
)
"""Seven digits or digit words with nothing but separators between: necessary for `find`."""

_SEP = r"[\s\-.()\[\]{}_~|/,;·•]"
_TOKEN = rf"(?:[0-9oOlI]+|(?ia:{_WORDS}))(?![^\W_])"
_BETWEEN = rf"{_SEP}{{1,6}}+(?:(?ia:{_SAID}){_SEP}{{1,3}}+)?"
_RUN = re.compile(rf"(?<![^\W_]){_TOKEN}(?:{_BETWEEN}{_TOKEN}){{0,{_MAX_ATOMS - 1}}}+")
_PIECES = re.compile(rf"(?P<sep>{_BETWEEN})?(?P<token>{_TOKEN})")
_STRONG = re.compile(r"[,;\n/|]|\s{3,}")

_CONTACT = re.compile(
    r"(?i)\b(?:call\w{0,3}|text(?:ed|ing|s)?(?! ?book)|txt|cell(?:ular)?|phone|number|num|mobile"
    r"|reach|contact|whats ?app|imessage|facetime|ring|dial|sms|message|msg|digits|celular|tel"
    r"|tel[eé]fono|n[uú]mero|ll[aá]ma\w{0,4}|m[aá]rca\w{0,4}|escr[ií]be\w{0,4}|hit me up|hmu)\b"
)
_ONLY_NUMBERED = (
    r"order|case|ticket|student|account|acct|claim|policy|part|item|model|member|patron|room|zip"
    r"|meeting|webinar|zoom|purchase|library|gift|class|course|section|pin|po|ref(?:erence)?"
    r"|asset|access|entry|locker|bus|lot|pedido|cuenta|orden|factura|caso"
)
_ALWAYS = (
    r"isbn(?:-1[03])?|issn|invoice|tracking|serial|sku|upc|ean|vin|ssn|ein|doi|crn|passcode"
    r"|password|routing|barcode|receipt|confirmation|factura|id"
)
_TAIL = r"(?:[ ]?[:#=\-]|[ ](?:is|was|es|are)){0,2}[ (]*\Z"
_NUMBERED = re.compile(
    rf"(?i)\b(?:(?:{_ONLY_NUMBERED})s?[ .]{{0,2}}(?:(?:id|no|num|number|code|card)\b\.?|[#:])"
    rf"|(?:{_ALWAYS})\b(?: (?:no|num|number|code)\b\.?)?"
    rf"|(?:n[uú]mero de|no\. de) \w{{2,12}}){_TAIL}"
)
_COUNTED = re.compile(
    r"(?i)\b(?:order|case|ticket|student|account|room|rm|bus|class|page|pages|pp?|grade|scores?"
    r"|section|period|course|locker|chapter|unit|item|model|part|lot|problems?|exercises?"
    r"|questions?|equals|value|version|code|year|score|pin|zip|sequence|data|set|list|mean|median|of"
    rf"|pattern|average|sum|times|plus|minus){_TAIL}"
)
_BEFORE_NO = re.compile(
    r"(?:[*×÷^<>%/\\$€£¥@&?_]|\d[.,]|[^\W_]|\d[A-Za-z]{0,8}-|[0-9A-Fa-f]{4,}-)\Z"
    r"|(?:=[ ]*|[*×÷^][ ]+|[^\s\d]/|\d ?[+/][ ]*|\d x |(?:://|www\.)\S*)\Z"
)
_BEFORE_YES = re.compile(r"(?:wa\.me/|tel:(?://)?|phone=)\+?\Z")
_AFTER_NO = re.compile(
    r"[@_]|[^\W_]|[.,]\d|-[0-9A-Fa-f]{2,}\b| ?[=*×÷^%<>€£$]| ?[+/] ?\d{1,3}\b| x \d"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number found: half-open span, E.164 (or "local:" and seven digits), how it is spelled."""

    start: int
    end: int
    e164: str
    spelled: str  # digits, words, obfuscated
    kind: str = "number"  # number, tollfree


class _Atom(NamedTuple):
    start: int
    end: int
    digits: str
    word: bool
    odd: bool  # letters for digits, or a spoken separator before it
    sep: str


def _value(token: str) -> tuple[str, bool, bool] | None:
    """A token's digits, whether it is a word, and whether letters stand for digits."""
    if token.isdigit():
        return token, False, False
    low = token.lower()
    for table in (_ONES, _TEENS):
        if low in table:
            return table[low], True, False
    if low in _TENS:
        return _TENS[low] + "0", True, False
    if any(character.isdigit() for character in token) or len(token) == 1:
        return re.sub("[lI]", "1", re.sub("[oO]", "0", token)), False, True
    return None


def _atoms(run: re.Match[str]) -> Iterator[list[_Atom]]:
    """The run's tokens with spoken numbers joined; a token that is no number parts the run."""
    atoms: list[_Atom] = []
    times = 0
    for piece in _PIECES.finditer(run.string, run.start(), run.end()):
        token, sep = piece["token"], piece["sep"] or ""
        low, (start, end) = token.lower(), piece.span("token")
        said = any(character.isalpha() for character in sep)
        last = atoms[-1] if atoms else None
        if low in _TIMES:
            times, opened, kept = _TIMES[low], start, sep
            continue
        if low == "hundred" and last and last.word and len(last.digits) == 1:
            atoms[-1] = last._replace(end=end, digits=last.digits + "00")
            continue
        value = _value(token)
        if value is None or low == "hundred":
            yield atoms
            atoms, times = [], 0
            continue
        digits, word, odd = value
        if times:
            start, sep, digits, word = opened, kept, digits * times, True
            times = 0
        elif word and len(digits) == 1 and digits != "0" and last and _joins(last, sep):
            atoms[-1] = last._replace(end=end, digits=last.digits[:-1] + digits)
            continue
        atoms.append(_Atom(start, end, digits, word, odd or (said and not word), sep))
    yield atoms


def _joins(last: _Atom, sep: str) -> bool:
    """Whether a unit word belongs to the tens or hundreds word before it: "fifty-five"."""
    if not last.word or sep.strip().lower() not in {"", "-", "y"} or len(last.digits) > 3:
        return False
    return last.digits[-1] == "0" and last.digits[0] != "0" and last.digits != "10"


def _units(run: re.Match[str]) -> int:
    """How many digits and digit words a run has."""
    pieces = _PIECES.finditer(run.string, run.start(), run.end())
    tokens = (piece["token"] for piece in pieces)
    return sum(len(token) if not token[1:].isalpha() else 1 for token in tokens)


@lru_cache(maxsize=4096)
def _parse(digits: str, region: str) -> tuple[str, str] | None:
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


def _contact_near(plain: str, start: int, end: int) -> bool:
    around = plain[max(0, start - 60) : start] + " \0 " + plain[end : end + 30]
    return _CONTACT.search(around) is not None


def _vetoed(plain: str, start: int, end: int, *, weak: bool) -> bool:
    """Whether what stands just before or after says this is some other number."""
    before, after = plain[max(0, start - 48) : start], plain[end : end + 16]
    before = before.rstrip("([+") if before[-1:] in "([+" else before
    if not _BEFORE_YES.search(before):
        if _NUMBERED.search(before) or (weak and _COUNTED.search(before)):
            return True
        named = _CONTACT.search(before[-16:]) is not None
        if before.rstrip()[-1:] in {"#", "="} and not named:
            return True
        if _BEFORE_NO.search(before) and not (named and before.rstrip().endswith("=")):
            return True
    return _AFTER_NO.match(after) is not None or _in_long_digits(plain, start, end)


def _in_long_digits(plain: str, start: int, end: int) -> bool:
    """Whether the unbroken chunk around holds more digits than any phone number."""
    left = re.search(r"[^\s,;/|]{0,40}\Z", plain[max(0, start - 40) : start])
    right = re.match(r"[^\s,;/|]{0,40}", plain[end : end + 40])
    chunk = (left[0] if left else "") + plain[start:end] + (right[0] if right else "")
    return sum(character.isdigit() for character in chunk) > 15


def _usual(
    text: Plain, first: int, last: int, region: str, budget: Iterator[int]
) -> Iterator[Phone]:
    """Usual spellings within one run, through phonenumbers."""
    low = max(0, first - 4)
    window = text.text[low : min(last, first + _MAX_RUN) + 20]
    if next(budget, None) is None:
        return
    matcher = phonenumbers.PhoneNumberMatcher(window, region, Leniency.STRICT_GROUPING, 16)
    for match in matcher:
        start, end = low + match.start, low + match.end
        core = re.split(r"[^\d\W]", match.raw_string, maxsplit=1)[0].rstrip(" ,;.#(")
        if start + len(core) > last + 1 or end <= first:
            continue
        bare = core.isdigit()
        touched = text.text[end : end + 1].isdigit() or text.text[start - 1 : start].isdigit()
        near = _contact_near(text.text, start, end)
        if touched or _vetoed(text.text, start, end, weak=bare and not near):
            continue
        spelled = "digits" if text.unchanged(start, end) else "obfuscated"
        e164, kind = _describe(match.number)
        yield Phone(*text.span(start, end), e164, spelled, kind)


def _grouped(atoms: list[_Atom], sizes: tuple[int, ...], *, loose: bool) -> bool:
    """Whether groups end where a phone number's do, in whole groups or in single digits.

    With words, or loosely, each group may be parted further.
    """
    ends = set(accumulate(len(atom.digits) for atom in atoms))
    wanted = set(accumulate(sizes))
    if ends <= wanted or len(ends) == sum(sizes):
        return True
    return wanted <= ends and (loose or any(atom.word for atom in atoms))


def _counting(digits: str) -> bool:
    """Whether it is a counted row: 1234567890, 2468101214, 5555555."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1 or digits in "1234567891011121314" or digits in "2468101214161820"


def _read(
    text: Plain, atoms: list[_Atom], region: str, area: str | None, budget: Iterator[int]
) -> Phone | None:
    """These atoms as one hidden number, if grouping and context speak for one."""
    digits = "".join(atom.digits for atom in atoms)
    start, end = atoms[0].start, atoms[-1].end
    near = _contact_near(text.text, start, end)
    words = any(atom.word for atom in atoms)
    odd = any(atom.odd for atom in atoms)
    commas = sum(bool(_STRONG.search(atom.sep)) for atom in atoms[1:])
    if _counting(digits) or _vetoed(text.text, start, end, weak=not near or len(digits) == 7):
        return None
    if commas > (3 if words else 2) and not near:
        return None
    if len(digits) == 7:
        found = _local(text, atoms, digits, area, near)
    else:
        lead = (1,) if len(digits) == 11 else ()
        pairs = {len(atom.digits) for atom in atoms} == {2}
        shaped = _grouped(atoms, (*lead, 3, 3, 4), loose=near) or (near and (pairs or words))
        if not shaped or (len(lead) and digits[0] != "1") or next(budget, None) is None:
            return None
        found = _parse(digits, region)
    if not found:
        return None
    usual = len(atoms) <= 4 and not odd and text.unchanged(start, end)
    spelled = "words" if words else "digits" if usual else "obfuscated"
    return Phone(*text.span(start, end), found[0], spelled, found[1])


def _local(
    text: Plain, atoms: list[_Atom], digits: str, area: str | None, near: bool
) -> tuple[str, str] | None:
    """Seven digits, only near a contact word; with the area code when that is known."""
    bare = len(atoms) == 1
    close = _CONTACT.search(text.text[max(0, atoms[0].start - 24) : atoms[0].start])
    if text.text[atoms[0].start - 1 : atoms[0].start] == "+" or digits[0] in "01":
        return None
    if not (close if bare else near) or not _grouped(atoms, (3, 4), loose=False):
        return None
    if area is None:
        return f"local:{digits}", "number"
    return _parse(area + digits, "US") or (f"local:{digits}", "number")


def _hidden(
    text: Plain, atoms: list[_Atom], region: str, area: str | None, budget: Iterator[int]
) -> Iterator[Phone]:
    """Hidden numbers among atoms: a window opens at the start or after a strong separator."""
    at = 0
    while at < len(atoms):
        found = None
        if at == 0 or _STRONG.search(atoms[at].sep):
            total = 0
            for to in range(at, len(atoms)):
                total += len(atoms[to].digits)
                rest = atoms[to + 1 :]
                closed = not rest or _STRONG.search(rest[0].sep) is not None
                loose = 0 < len(rest) <= 2 and rest[0].word  # "... four two one more thing"
                if total in (7, 10, 11) and (closed or loose):
                    longest = _read(text, atoms[at : to + 1], region, area, budget)
                    if longest:
                        found, stop = longest, to + 1
                if total > 11:
                    break
        if found:
            yield found
        at = stop if found else at + 1


def _parts(text: Plain, atoms: list[_Atom], taken: list[tuple[int, int]]) -> Iterator[list[_Atom]]:
    """Stretches of atoms that are free: not in a number found, and no lone o, l or I
    beside anything but single digits.
    """
    part: list[_Atom] = []
    for at, atom in enumerate(atoms):
        start, end = text.span(atom.start, atom.end)
        lone = atom.odd and atom.end - atom.start == 1
        beside = [*atoms[max(0, at - 1) : at], *atoms[at + 1 : at + 2]]
        if any(start < till and since < end for since, till in taken) or (
            lone and any(len(near.digits) > 1 for near in beside)
        ):
            yield part
            part = []
        else:
            part.append(atom)
    yield part


def find(text: str, region: str = "US", *, local_area: str | None = None) -> tuple[Phone, ...]:
    """Every phone number in the text's first `EXAMINED` characters, in order, none overlapping.

    Seven-digit local numbers count near a contact word only; their E.164 needs `local_area`,
    else they are "local:" and the digits. Three-digit services (988, 911) are never returned.
    """
    simple = simplify(text[:EXAMINED])
    budget, found = iter(range(MAX_LOOKUPS)), list[Phone]()
    runs = 0
    for run in _RUN.finditer(simple.text):
        if len(run[0]) < 4 or _units(run) < MIN_UNITS:
            continue
        runs += 1
        if runs > MAX_RUNS:
            break
        usual = list(_usual(simple, run.start(), run.end(), region, budget))
        found += usual
        taken = [(phone.start, phone.end) for phone in usual]
        for atoms in _atoms(run):
            for part in _parts(simple, atoms, taken):
                found += _hidden(simple, part, region, local_area, budget)
    return tuple(sorted(found, key=lambda phone: phone.start))
