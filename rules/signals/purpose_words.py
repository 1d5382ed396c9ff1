"""From a text to the features purpose is judged by: plain words, word parts, kinds of words.

Rule of this file: pure Python, no spaCy, no messages. What would give a register away without
meaning (case, punctuation, digits, length, accents, stretched letters, handles, links) is made
plain here, so that neither training nor judging sees it. Work is bounded: `MAX_WORDS` words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

MAX_WORDS = 200
_FOLDER = Path(__file__).parent
_ADDRESS = re.compile(r"\S{1,80}@\S{1,80}\.\w{2,}|(?<!\w)@ ?\w{1,40}|\[\w{1,40}\]")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]{1,60}\.(?:com|org|net|edu|gov|tv|ly|gg|me|be|io|us)\b\S*",
    re.IGNORECASE,
)
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[+=×÷%^<>]|[\U0001F300-\U0001FAFF\u2600-\u27bf]")


def word_set(spaced: str) -> frozenset[str]:
    """A set of words written with spaces between."""
    return frozenset(spaced.split())


def _pairs(spelled: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in spelled.split("|"))


_SPELLINGS = _pairs(
    "u:you|ur:your|r:are|ya:you|n:and|da:the|dat:that|bc:because|cuz:because|pls:please"
    "|plz:please|thx:thanks|ty:thanks|abt:about|w:with|b4:before|ppl:people|wat:what"
    "|tmrw:tomorrow|tmr:tomorrow|idk:i dont know|rn:right now|msg:message|okay:ok"
    "|yeah:yes|yep:yes|yea:yes|yup:yes|gonna:going to|wanna:want to|gotta:got to|q:que"
    "|xq:porque|tb:tambien|hw:homework"
)
_ENDINGS = ("ings", "ing", "edly", "ers", "ies", "ed", "es", "ly", "er", "s")
_INFLECTIONS = (("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
_PREFIX = 4
_REMEMBERED = 50_000  # words whose kinds are kept
_LONGEST = 24  # characters of a word that are looked at
FILLERS = word_set(
    "ok k yes no not yet sure thanks thank you your so much very welcome hi hello hey bye good "
    "morning afternoon evening please sorry got it will do done see perfect great cool fine "
    "alright maybe what when why how who is am are i im me we u and the a to of np yw haha lol "
    "si bueno buenos buenas dias tardes hola gracias claro vale listo perdon de nada ya aqui"
)
"""Words that say nothing of a purpose by themselves."""


def plain_words(text: str) -> list[str]:
    """Spell a text as plain lower-case words; numbers become "0", links and handles go."""
    if "@" in text or "[" in text:
        text = _ADDRESS.sub(" ", text)
    if "." in text or "://" in text:
        text = _LINK.sub(" ", text)
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "'"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = _STRETCHED.sub(r"\1\1", text.replace("'", ""))
    words: list[str] = []
    for token in _TOKEN.findall(text):
        if token in _SPELLINGS:
            words += _SPELLINGS[token].split()
        else:
            words.append("0" if token[0].isdigit() else token[:_LONGEST])
        if len(words) >= MAX_WORDS:
            break
    return words


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _bases(word: str) -> Iterator[str]:
    """The word and what it may be an inflection of."""
    yield word
    for ending, instead in _INFLECTIONS:
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= (3 if ending == "s" else 4):
            yield rest + instead
            if ending in ("ed", "ing") and rest[-1] == rest[-2]:
                yield rest[:-1]


class Lexicon:
    """Words and short phrases by kind. A kind is spelled "school.math", with "~" when weak."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        kinds: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for side in ("school", "private"):
            for phrase, kind in _read(folder / f"{side}_words.txt"):
                if phrase != ("0",):
                    kinds[phrase].add(f"{side}.{kind}")
        self._kinds = {phrase: tuple(sorted(found)) for phrase, found in kinds.items()}
        sizes: dict[str, set[int]] = defaultdict(set)
        for phrase in kinds:
            if len(phrase) > 1:
                sizes[phrase[0]].add(len(phrase))
        self._sizes = {word: tuple(sorted(found)) for word, found in sizes.items()}
        self._seen: dict[str, tuple[str, ...]] = {}

    def kinds_of(self, word: str) -> tuple[str, ...]:
        """The kinds of one word, through its regular endings; remembered."""
        kinds = self._seen.get(word)
        if kinds is None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            kinds = self._seen[word] = self._look_up(word)
        return kinds

    def _look_up(self, word: str) -> tuple[str, ...]:
        for base in _bases(word):
            if (base,) in self._kinds:
                return self._kinds[(base,)]
        return ()

    def phrases(self, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Phrases of two words and more in the text, with their kinds."""
        for place, word in enumerate(words):
            for size in self._sizes.get(word, ()):
                phrase = tuple(words[place : place + size])
                if phrase in self._kinds and len(phrase) == size:
                    yield " ".join(phrase), self._kinds[phrase]

    def found(self, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every word or phrase of the lexicon in the text, with its kinds."""
        yield from self.phrases(words)
        yield from ((word, kinds) for word in words if (kinds := self.kinds_of(word)))


def _read(path: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """Phrases of a word list with their kinds; a quoted phrase may go over the end of a line."""
    texts: dict[str, str] = {}
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line[1:-1]
        elif line and not line.startswith("#"):
            if line.startswith("~"):
                kind = kind.rstrip("~") + "~"
            texts[kind] = f"{texts.get(kind, '')} {line.lstrip('~')}"
    for kind, text in texts.items():
        for phrase, word in re.findall(r'"([^"]+)"|([^\s~"]+)', text):
            yield tuple(plain_words(phrase or word)), kind


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return Lexicon()


def _side(kind: str) -> str:
    return kind.partition(".")[0] + ("~" if kind.endswith("~") else "")


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[str, ...]:
    """The features a word has by itself: word, stem, prefix, kinds and sides.

    A number has none: it speaks only beside a word ("page 0", "0 +"), else digits would be a
    give-away of registers.
    """
    if word == "0":
        return ()
    kinds = lexicon().kinds_of(word)
    parts = [word, *(f"k:{kind}" for kind in kinds), *(f"side:{_side(kind)}" for kind in kinds)]
    if word[0].isalpha():
        parts.append(f"s:{_stem(word)}")
        if len(word) > _PREFIX:
            parts.append(f"p:{word[:_PREFIX]}")
    return tuple(parts)


def says_something(words: Sequence[str]) -> bool:
    """Whether any word but fillers, numbers and signs stands in a text."""
    return any(word not in FILLERS and word[0].isalpha() for word in words)


def features(words: Sequence[str]) -> list[str]:
    """What the categoriser sees of a text; order carries no meaning."""
    seen: list[str] = []
    for word in words:
        seen += _of_word(word)
    seen += [f"{left} {right}" for left, right in pairwise(words)]
    for _, kinds in lexicon().phrases(words):
        seen += (f"k:{kind}" for kind in kinds)
        seen += (f"side:{_side(kind)}" for kind in kinds)
    return seen
