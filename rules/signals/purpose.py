"""What a conversation is for: school business, personal, or unclear, and the words that say so.

Rule of this file: no Beam, no pandas, and no spaCy until a model is loaded. Everything is a
plain function of texts and of messages already resolved; the same thread gives the same
judgement in whatever order its messages come. Reasons quote single words and short phrases only.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.message import Message
from rules.facts import SMALL_GROUP
from rules.model import Label, Purpose
from rules.signals.purpose_text import KEPT, clean
from rules.signals.purpose_words import (
    FILLERS,
    lexicon,
    plain_words,
    says_something,
    word_set,
)

if TYPE_CHECKING:
    from spacy.language import Language

MODEL = Path(__file__).parent / "purpose_model"
BATCH = 2_000

BUSINESS_FROM = 0.7
PERSONAL_TO = 0.35

# The target and its neighbours. Log-odds throughout.
WINDOW = 6  # messages either side
HOURS = 12.0
_CLOSE_PLACES = 3.0  # a neighbour's weight falls to 1/e over so many places
_CLOSE_HOURS = 4.0  # and over so many hours
_SURE = 4.0  # no single text counts for more than this
_SHARE_CLEAR = 0.15  # the neighbours' share when the target speaks for itself
_SHARE_SILENT = 0.75  # and when it says nothing
_CLEAR = 1.4  # log-odds (p = 0.8) from which a target speaks for itself

# What facts add to the log-odds: (each, at most).
_SHARED_CLASS = (1.0, 1.5)
_LOGISTICS = (0.4, 0.4)
_SECRECY = (-1.5, -3.0)
_PRIVATE_LIFE = (-0.5, -1.0)
_TO_MANY = (0.6, 1.0)  # a class or team: words count less, and the audience speaks for school
_NEIGHBOUR_FACTS = 0.3  # facts found only in neighbours count this much

# A message is not lifted for its business part when one of its sentences is plainly personal.
_PERSONAL_SENTENCE = -0.8  # log-odds up to which a sentence is that
_MIXED_AT_MOST = 0.4  # log-odds of such a message: unclear
_SENTENCES = 12  # that are looked at
_SAYS = 2  # words besides fillers that a sentence needs to be judged by itself
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|\s(?=[¿¡])")

_SAFETY_KINDS = frozenset({"school.safety"})
_SECRET_KINDS = frozenset({"private.secrecy"})
_PRIVATE_KINDS = frozenset({"private.affection", "private.meeting"})
_TOUCHING_KINDS = frozenset(
    f"private.{kind}"
    for kind in word_set("secrecy affection meeting closeness checking gifts ownlife feelings")
)
# "Saturday" and "weekend" are weak words of meeting, and of every match.
_WEAKLY_TOUCHING_KINDS = frozenset(f"{kind}~" for kind in _TOUCHING_KINDS) - {"private.meeting~"}
_THE_TWO = word_set(
    "i me my im ive ill id you your yours youre youve youll youd yo mi mis conmigo tu tus te ti "
    "contigo usted"
)
_EVENTS = frozenset({"school.sports", "school.arts", "school.clubs"})
_WHEN = word_set(
    "today tomorrow tonight monday tuesday wednesday thursday friday saturday moved cancelled "
    "canceled rescheduled postponed starts leaves leaving departs arrive arrives arriving early "
    "late bring wear report hoy lunes martes miercoles jueves viernes sabado salimos "
    "sale llega llegamos cancelado cancelada traigan traer"
)
_COMMON_IN_TITLES = word_set(
    "and the for class course grade period section honors honours room team club school high "
    "middle elementary level year semester intro introduction advanced general studies first "
    "second third fourth fall spring winter varsity home with mrs miss boys girls"
)


class Categoriser:
    """The shipped text categoriser, calibrated."""

    def __init__(self, nlp: Language, slope: float, offset: float, shrink: float) -> None:
        self._nlp = nlp
        self._slope = slope
        self._offset = offset
        self._shrink = shrink

    @classmethod
    def load(cls, path: Path | None = None) -> Categoriser:
        """The model of a folder, or the one shipped; loaded once a process."""
        return _load(path or MODEL)

    def probabilities(self, texts: Sequence[str]) -> list[float]:
        """Calibrated probability of school business, one a text; 0.5 where nothing is said.

        Texts are judged as they stand: `clean` them first. Only features the model knows enter
        spaCy's vocabulary, so it stays the size of the model however many texts are judged.
        """
        answer: list[float] = []
        remaining = iter(texts)
        while batch := list(islice(remaining, BATCH)):
            answer += self._batch([plain_words(text[:KEPT]) for text in batch])
        return answer

    def _batch(self, texts: Sequence[Sequence[str]]) -> list[float]:
        from rules.signals.purpose_spacy import log_odds

        odds = log_odds(self._nlp, texts)
        return [
            _probability(
                self._slope * value * len(words) / (len(words) + self._shrink) + self._offset
            )
            if says_something(words)
            else 0.5
            for words, value in zip(texts, odds, strict=True)
        ]


@lru_cache(maxsize=4)
def _load(path: Path) -> Categoriser:
    import spacy

    import rules.signals.purpose_spacy  # noqa: F401  # registers tokenizer and architecture

    meta = json.loads((path / "purpose.json").read_text(encoding="utf-8"))
    return Categoriser(spacy.load(path), meta["slope"], meta["offset"], meta["shrink"])


@lru_cache(maxsize=1)
def _word_weights() -> dict[str, float]:
    try:
        text = (MODEL / "words.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    weights: dict[str, float] = json.loads(text)
    return weights


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-_SURE, min(_SURE, math.log(bounded / (1 - bounded))))


Found = Sequence[tuple[str, tuple[str, ...]]]
"""Phrases of the lexicon in a text, with their kinds."""


def vocabulary(text: str) -> tuple[str, ...]:
    """School words and phrases of a text, each once, in alphabetical order."""
    return _vocabulary(tuple(lexicon().found(plain_words(text))))


def _vocabulary(found: Found) -> tuple[str, ...]:
    strong = {
        phrase
        for phrase, kinds in found
        if any(kind.startswith("school.") and not kind.endswith("~") for kind in kinds)
    }
    return tuple(sorted(strong))


def _logistics(words: Sequence[str], found: Found) -> tuple[str, ...]:
    """School events that a text says the when or where of: "practice" with "moved"."""
    if "0" not in words and not _WHEN.intersection(words):
        return ()
    events = {
        phrase
        for phrase, kinds in found
        if any(kind in _EVENTS for kind in kinds) or phrase in ("bus", "autobus")
    }
    return tuple(sorted(events))


def _of_kinds(found: Found, wanted: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({phrase for phrase, kinds in found if wanted.intersection(kinds)}))


@lru_cache(maxsize=8192)
def _plain(text: str) -> tuple[str, ...]:
    """Plain words of a message's own text; remembered, since neighbours are looked at often."""
    return tuple(plain_words(clean(text)))


@lru_cache(maxsize=8192)
def _title_words(title: str) -> frozenset[str]:
    words = plain_words(title)
    return frozenset(word for word in words if len(word) > 2 and word not in _COMMON_IN_TITLES)


def _classes_named(words: Sequence[str], titles: Sequence[str]) -> tuple[str, ...]:
    """Titles of which a telling word stands in the text."""
    here = set(words)
    return tuple(sorted({title for title in titles if not here.isdisjoint(_title_words(title))}))


def _telling(words: Sequence[str], towards: int) -> list[str]:
    """Words and pairs that moved the categoriser most one way, strongest first."""
    weights = _word_weights()
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    moved = {w: weights[w] for w in (*words, *pairs) if weights.get(w, 0.0) * towards > 0}
    return sorted(moved, key=lambda w: (-abs(moved[w]), w))[:4]


def judge_text(text: str) -> Purpose:
    """Judge one text by itself, without a thread or a roster."""
    return judge_texts([text])[0]


def judge_texts(texts: Sequence[str]) -> list[Purpose]:
    """Judge texts by themselves; many at once is quick."""
    own = [clean(text) for text in texts]
    probabilities = Categoriser.load().probabilities(own)
    return [
        _conclude(_log_odds(probability), text, plain_words(text), (), [])
        for text, probability in zip(own, probabilities, strict=True)
    ]


def judge(
    target: Message,
    thread: Sequence[Message],
    p_of: Mapping[str, float],
    shared_classes: Sequence[str],
) -> Purpose:
    """Judge what the conversation around `target` is for.

    `p_of` maps a message's key to the categoriser's probability of its cleaned text; a message
    it does not hold says nothing. `shared_classes` are titles of what the two share.
    """
    own = _log_odds(p_of.get(target.key, 0.5))
    words = _plain(target.text)
    around = list(_neighbours(target, thread, p_of))
    reasons: list[str] = []
    value = own
    if around:
        weight = sum(w for _, w, _ in around)
        mean = sum(odds * w for _, w, odds in around) / weight
        share = _share(own, words) * min(1.0, weight)
        value = (1 - share) * own + share * mean
        reasons.append(_thread_reason(around))
        nearby = sorted(
            {
                title
                for m, _, _ in around
                for title in _classes_named(_plain(m.text), shared_classes)
            }
        )
        if nearby and not _classes_named(words, shared_classes) and abs(own) < _CLEAR:
            value += _NEIGHBOUR_FACTS * _SHARED_CLASS[0]
            reasons.append(f"thread names shared class: {', '.join(nearby[:2])}")
    value = _unwashed(own, value)
    if target.audience > SMALL_GROUP:
        value = _TO_MANY[0] * value + _TO_MANY[1]
        reasons.append(f"went to {target.audience} students at once")
    return _conclude(value, clean(target.text), words, shared_classes, reasons)


def _neighbours(
    target: Message, thread: Sequence[Message], p_of: Mapping[str, float]
) -> Iterator[tuple[Message, float, float]]:
    """Messages near the target with their weight and log-odds."""
    distinct = {m.key: m for m in (*thread, target)}.values()
    ordered = sorted(distinct, key=lambda m: (m.sent_at, m.key))
    here = next(place for place, m in enumerate(ordered) if m.key == target.key)
    for place in range(max(0, here - WINDOW), min(len(ordered), here + WINDOW + 1)):
        other = ordered[place]
        hours = abs((other.sent_at - target.sent_at).total_seconds()) / 3600
        if place == here or hours > HOURS or other.key not in p_of or other.automatic:
            continue
        odds = _log_odds(p_of[other.key])
        closeness = math.exp(-(abs(place - here) - 1) / _CLOSE_PLACES - hours / _CLOSE_HOURS)
        yield other, closeness * (0.25 + math.tanh(abs(odds))), odds


def _share(own: float, words: Sequence[str]) -> float:
    """How much of the say the neighbours have: little when the target speaks for itself."""
    clear = min(1.0, abs(own) / _CLEAR)
    if len(words) <= 3:
        clear *= 0.6  # "lol ok" is never quite clear by itself
    return _SHARE_SILENT + (_SHARE_CLEAR - _SHARE_SILENT) * clear


def _unwashed(own: float, value: float) -> float:
    """A clear target keeps its side: neighbours can make it unclear, not the opposite."""
    if own <= -_CLEAR:
        return min(value, 0.0)
    if own >= _CLEAR:
        return max(value, 0.0)
    return value


def _thread_reason(around: Sequence[tuple[Message, float, float]]) -> str:
    business = sum(odds >= _log_odds(BUSINESS_FROM) for _, _, odds in around)
    personal = sum(odds <= _log_odds(PERSONAL_TO) for _, _, odds in around)
    if personal > business:
        return f"thread: {personal} of {len(around)} messages nearby read as personal"
    return f"thread: {business} of {len(around)} messages nearby read as school business"


def _moved(found: Sequence[str], amounts: tuple[float, float]) -> float:
    each, most = amounts
    total = each * len(found)
    return min(total, most) if each > 0 else max(total, most)


def _personal_sentence(text: str) -> tuple[str, ...]:
    """Words of private life in a sentence that reads as personal; nothing where there is none.

    Only a text of several sentences is looked at, and only sentences with such words.
    """
    told = [(one, plain_words(one)) for one in _SENTENCE_END.split(text)[:_SENTENCES]]
    told = [(one, words) for one, words in told if len(set(words) - FILLERS) >= _SAYS]
    if len(told) < 2:
        return ()
    touching = [(one, found) for one, words in told if (found := _touching(words))]
    chances = Categoriser.load().probabilities([one for one, _ in touching])
    personal = [
        (odds, found)
        for chance, (_, found) in zip(chances, touching, strict=True)
        if (odds := _log_odds(chance)) <= _PERSONAL_SENTENCE
    ]
    return min(personal)[1] if personal else ()


def _touching(words: Sequence[str]) -> tuple[str, ...]:
    """Words of private life; weak ones only where the sentence speaks of writer or reader.

    Nothing in a sentence about somebody's safety: there, care is school business.
    """
    found = tuple(lexicon().found(words))
    if _of_kinds(found, _SAFETY_KINDS):
        return ()
    weak = _of_kinds(found, _WEAKLY_TOUCHING_KINDS) if _THE_TWO.intersection(words) else ()
    return tuple(sorted({*_of_kinds(found, _TOUCHING_KINDS), *weak}))


def _conclude(
    value: float,
    text: str,
    words: Sequence[str],
    shared_classes: Sequence[str],
    reasons: list[str],
) -> Purpose:
    """Add the facts of the text, choose the label, say why."""
    named = _classes_named(words, shared_classes)
    found = tuple(lexicon().found(words))
    school = _vocabulary(found)
    events = _logistics(words, found)
    secret = _of_kinds(found, _SECRET_KINDS)
    private = _of_kinds(found, _PRIVATE_KINDS)
    value += _moved(named, _SHARED_CLASS) + _moved(events, _LOGISTICS)
    value += _moved(secret, _SECRECY) + _moved(private, _PRIVATE_LIFE)
    if secret:
        value = min(value, 0.0)  # asking for secrecy is never plain school business
    personal = _personal_sentence(text) if value > _MIXED_AT_MOST else ()
    if personal:
        value = min(value, _MIXED_AT_MOST)
    probability = round(_probability(value), 4)
    label = Label.UNCLEAR
    if probability >= BUSINESS_FROM:
        label = Label.SCHOOL_BUSINESS
    elif probability <= PERSONAL_TO:
        label = Label.PERSONAL
    stated = [f"shared class: {', '.join(named[:2])}"] if named else []
    stated += _worded("asks for secrecy", secret) + _worded("school words", school)
    stated += _worded("private life", private)
    stated += _worded("one sentence reads as personal", personal)
    stated += _worded("school event", events)
    towards = 1 if value >= 0 else -1
    stated += _worded("words towards " + _side(towards), _telling(words, towards))
    stated += reasons
    says = tuple(stated) or ("no word that says what it is about",)
    return Purpose(label, probability, says, secret)


def _side(towards: int) -> str:
    return "school business" if towards > 0 else "personal"


def _worded(says: str, words: Sequence[str]) -> list[str]:
    quoted = ", ".join(f'"{word}"' for word in words[:4])
    return [f"{says}: {quoted}"] if words else []
