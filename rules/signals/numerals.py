"""Digits as people write, speak and hide them: runs of number-like tokens, read as atoms.

Rule of this file: it turns plain text into digits and says how each was written; what the digits
are for is not judged here. English and Spanish, frequent misspellings, letters that look like
digits. Every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MAX_ATOMS = 64


def _numbers(words: str, first: int) -> dict[str, str]:
    """Words of consecutive numbers to their digits; a slash parts spellings of one number."""
    rows = enumerate(words.split(), start=first)
    return {word: str(number) for number, row in rows for word in row.split("/")}


_ONES = _numbers(
    "zero/zer0/0h/oh/nought/naught/zeroe/ziro/zeo/zreo/cero/cer0/sero "
    "one/0ne/wun/oen/uno/una two/tw0/twoo/dos "
    "three/thr33/thre3/thre/threee/tres four/f0ur/foor/fuor/fourr/cuatro/quatro "
    "five/f1ve/fiv/fve/fivee/cinco/sinco six/s1x/sixx/siks/seis/ceis "
    "seven/s3ven/sev3n/sevn/sevin/sevan/siete/ciete eight/e1ght/eigth/eihgt/eght/ocho "
    "nine/n1ne/nien/nyne/niner/nueve",
    first=0,
)
_TEENS = _numbers(
    "ten/diez eleven twelve/doce thirteen/trece fourteen/catorce fifteen/quince "
    "sixteen/dieciseis/dieciséis seventeen/diecisiete eighteen/dieciocho nineteen/diecinueve",
    first=10,
) | _numbers(
    "veintiuno/veintiún veintidos/veintidós veintitres/veintitrés veinticuatro veinticinco "
    "veintiseis/veintiséis veintisiete veintiocho veintinueve",
    first=21,
)
_TENS = _numbers(
    "twenty/veinte thirty/treinta forty/fourty/cuarenta fifty/cincuenta sixty/sesenta "
    "seventy/setenta eighty/ochenta ninety/ninty/noventa",
    first=2,
)
_HUNDREDS = _numbers(
    "cien/ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos",
    first=1,
)
_UNSURE = _numbers("ohh won to/too/tow tree for/fore fife sicks sevven ate nein", first=0) | {
    "once": "11"
}
"""Words of their own that also stand for a number, where the rest around them are numbers."""

_TIMES = {"double": 2, "dbl": 2, "triple": 3, "tripple": 3, "doble": 2}
_SPOKEN = (
    _ONES
    | _TEENS
    | {word: tens + "0" for word, tens in _TENS.items()}
    | {word: hundred + "00" for word, hundred in _HUNDREDS.items()}
)
_PLURAL = {
    f"{word}{ending}": digit
    for word, digit in _ONES.items()
    for ending in ("s", "es")
    if len(word) > 2 and word[-1] != "s"
} | {"ohs": "0", "sixes": "6", "treses": "3", "doses": "2"}


def _any_of(words: Iterable[str]) -> str:
    """An alternation, longest first, so that sixty is not read as six."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_WORDS = _any_of({*_SPOKEN, *_PLURAL, *_TIMES, *_UNSURE, "hundred"})
_GLUED = _any_of(_SPOKEN)
SURE_WORDS: str = _any_of({*_SPOKEN, *_TIMES})
HINT_WORDS: str = _any_of({*_SPOKEN, *_UNSURE, "double", "doble", "dbl", "trip", "ple", "hundred"})
"""Words that make a number likely; "triple" stands for two, and a plural ends in a separator."""

SAID = "dot|dash|hyphen|period|point|space|slash|comma|punto|gui[oó]n|espacio|coma|raya"
"""Separators in words; they mean nothing by themselves."""

_LINKS = (
    r"(?:(?:and|then) )?(?:the )?(?:first|next|last|other) (?:four|three|4|3)"
    r"(?: (?:digits|numbers))?(?: (?:are|is))?(?=[ :]{1,2}[0-9])"
    r"|(?:and |y )?(?:then|next|after that|followed by|luego|despu[eé]s|sigue)"
    r"(?: (?:it'?s|its|is|by|con|es))?"
    r"|(?:(?:it'?s|its|is|es|with|and|con|y) )?(?:(?:the|my|el|mi) )?"
    r"(?:area(?: code)?|(?:c[oó]digo de )?[aá]rea|lada)(?: (?:is|es))?"
    r"|(?:(?:and|with|then|y) )?(?:(?:the|my|el|los|mi) )?"
    r"(?:(?:last|first|next|other|final|second|third|middle)"
    r"(?: (?:four|three|4|3|half|part|bit|digits|numbers))?|rest|number|n[uú]mero|resto)"
    r"(?: (?:digits|numbers|half|part))?(?: (?:are|is|it'?s|es|son))?"
    r"|(?:(?:and|y) )?(?:it )?(?:ends?|ending|finish(?:es)?|termina)(?: (?:in|with|on|en|con))?"
    r"|and|y|plus|m[aá]s"
)
LINK_WORDS = (
    "and|then|next|after|that|followed|by|it'?s|is|the|my|area|code|last|first|other|final|second"
    "|third|middle|rest|number|half|part|bit|digits|are|ends?|ending|finish(?:es)?|in|with|on"
    "|plus|luego|despu[eé]s|sigue|con|es|son|el|los|mi|c[oó]digo|de|[aá]rea|lada|n[uú]mero|resto"
    "|termina|en|y|m[aá]s"
)
"""Every word that a link between two parts of a number may be made of."""

SEPARATOR = r"(?:(?![=+<>$%^&?!\"#@:€£¥°×÷½])[\W_])"
_DIGIT = "[0-9oOlISsBZzi]"
_TOKEN = (
    rf"(?:[0-9]'?s|(?ia:{_WORDS})|(?:(?ia:{_GLUED})|{_DIGIT}){{1,40}}+)"
    r"(?=x[0-9]{1,5}(?![^\W_])|(?![^\W_]))"
)
_BETWEEN = (
    rf"{SEPARATOR}{{1,8}}+(?:(?ia:{SAID}){SEPARATOR}{{1,4}}+)?"
    rf"(?:(?ia:{_LINKS})(?:{SEPARATOR}|:){{1,4}}+){{0,2}}"
)
RUN = re.compile(rf"(?<![^\W_]){_TOKEN}(?:{_BETWEEN}{_TOKEN}){{0,{MAX_ATOMS - 1}}}+")
_PIECES = re.compile(rf"(?P<sep>{_BETWEEN})?(?P<token>{_TOKEN})")
_GLUE = re.compile(rf"(?ia:{_GLUED})|[0-9]|[^0-9]")
_STRONG = re.compile(r"[,;\n/|]|\.\s|\s{3,}")
_SAID_ONLY = re.compile(rf"(?ia)(?:{SAID})")


class Atom(NamedTuple):
    """One spoken or written part of a number, with the separator before it."""

    start: int
    end: int
    digits: str
    word: bool
    odd: bool  # letters for digits, or a spoken separator before it
    unsure: bool  # also an ordinary word: for, to, won
    sep: str

    @property
    def parted(self) -> bool:
        """Whether the separator before it may as well part two things."""
        return _STRONG.search(self.sep) is not None

    @property
    def link(self) -> str:
        """The words between it and the part before it, "then", "area code"; often none."""
        said = _SAID_ONLY.sub("", self.sep)
        return said.strip().lower() if any(map(str.isalpha, said)) else ""

    def edge_after(self, last: Atom) -> bool:
        """Whether a number may begin with it, or end with the one before it."""
        turns = self.word != last.word or self.unsure or last.unsure
        return self.parted or turns or bool(self.link)


def _value(token: str) -> tuple[str, bool, bool] | None:
    """A token's digits, whether words are in it, and whether letters stand for digits."""
    if token.isdigit():
        return token, False, False
    low = token.lower()
    if low in _SPOKEN:
        return _SPOKEN[low], True, False
    if low in _UNSURE:
        return _UNSURE[low], True, False
    if token in {"o", "O", "l", "I"}:
        return ("0" if token in "oO" else "1"), False, True
    if any(map(str.isdigit, token)):
        plain = token.translate(_LOOKS_LIKE)
        if plain.isdigit():
            return plain, False, True
    parts = _GLUE.findall(low)
    if not any(part in _SPOKEN for part in parts):
        return None
    looks = _LOOKS_LIKE if any(map(str.isdigit, token)) else {}
    glued = [_SPOKEN.get(part, part.translate(looks)) for part in parts]
    return ("".join(glued), True, True) if all(map(str.isdigit, glued)) else None


_LOOKS_LIKE = str.maketrans("oOlIiSsBZz", "0011155822")


def atoms(run: re.Match[str]) -> Iterator[list[Atom]]:
    """The run's tokens with spoken numbers joined; a token that is no number parts the run."""
    found: list[Atom] = []
    times: tuple[int, int, str] | None = None  # how often, where it began, the separator there
    for piece in _PIECES.finditer(run.string, run.start(), run.end()):
        token, sep = piece["token"], piece["sep"] or ""
        low, (start, end) = token.lower(), piece.span("token")
        last = found[-1] if found else None
        if low in _TIMES:
            times = (_TIMES[low], start, sep)
            continue
        if low == "hundred" and last and len(last.digits) == 1:
            found[-1] = last._replace(end=end, digits=last.digits + "00", word=True)
            continue
        many = _PLURAL.get(low) or (token[0] if re.fullmatch("[0-9]'?s", token) else "")
        if many and last and last.digits in {"2", "3", "4"}:
            found[-1] = last._replace(end=end, digits=many * int(last.digits), word=True)
            continue
        value = _value(token)
        if value is None or low == "hundred":
            yield found
            found, times = [], None
            continue
        digits, word, odd = value
        odd |= _SAID_ONLY.search(sep) is not None and not word
        if times:
            found.append(Atom(times[1], end, digits * times[0], True, odd, False, times[2]))
            times = None
        elif last and word and _joins(last, digits, sep):
            found[-1] = last._replace(end=end, digits=last.digits[: -len(digits)] + digits)
        else:
            found.append(Atom(start, end, digits, word, odd, low in _UNSURE, sep))
    yield found


def _joins(last: Atom, digits: str, sep: str) -> bool:
    """Whether a word belongs to the tens or hundreds word before it: "fifty-five"."""
    if not last.word or sep.strip().lower() not in {"", "-", "y", "and"}:
        return False
    if digits[0] == "0" or last.digits[0] == "0" or last.digits in {"10", "11"}:
        return False
    if len(digits) == 1:
        return len(last.digits) in (2, 3) and last.digits[-1] == "0"
    return len(digits) == 2 and len(last.digits) == 3 and last.digits.endswith("00")


def weight(token: str, *, words: bool) -> int:
    """How many digits and digit words `HINT_WORDS` can see in a token, words only if `words`."""
    if token.lower() in {*_UNSURE, "hundred"}:
        return int(words)
    if token.lower() in _TIMES:
        return (_TIMES[token.lower()] - 1) * words
    parts = _GLUE.findall(token.lower())
    return sum(part in "0123456789oli" or (words and part in _SPOKEN) for part in parts)


def tokens(run: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """The run's tokens with their spans."""
    for piece in _PIECES.finditer(run.string, run.start(), run.end()):
        yield piece["token"], *piece.span("token")
