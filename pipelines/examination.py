"""One partition of kept messages examined: threads rebuilt, purpose judged in one go, rules run.

The categoriser is asked once for all texts of a partition, because that is how it is fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.contacts import Kept
from pipelines.examine import Examiner, purposes_of
from pipelines.findings import Finding
from pipelines.history import Histories
from pipelines.threads import Thread, read_threads
from pipelines.workplace import Workplace, load_pickled, open_workplace
from rules.model import Rule
from rules.signals.purpose import Categoriser, judge
from rules.signals.purpose_text import clean

HISTORIES = "histories.pickle"
"""File of the work folder that holds the `Histories` of the run."""
TOGETHER = 2_000
"""Candidates held at once with their threads."""


def examine_partition(
    number: int, work: str, kept: list[Kept], audience: Mapping[int, int]
) -> Iterator[Finding]:
    """Findings of one partition.

    Raises:
        RuleFailed: a rule raised; nothing is published.
    """
    place = open_workplace(work)
    threads = read_threads(place.work, kept, number, place.directory, audience)
    known: Histories = load_pickled(place.work / HISTORIES)
    yield from examine_threads(threads, place, place.rules(), known)


def examine_threads(
    threads: Iterator[Thread], place: Workplace, rules: Sequence[Rule], known: Histories
) -> Iterator[Finding]:
    """Findings of rules on threads, in the order of the threads.

    Raises:
        RuleFailed: a rule raised.
    """
    categoriser = Categoriser.load()
    for group in _groups(threads):
        probabilities = _probabilities(categoriser, texts_needed(group))
        judged = purposes_of(probabilities, place.directory, judge)
        examiner = Examiner(tuple(rules), place.policy, place.directory, judged, known)
        for thread in group:
            yield from examiner.examine(thread)


def _probabilities(categoriser: Categoriser, texts: Mapping[str, str]) -> dict[str, float]:
    """Message key -> probability of school business; equal texts are asked once."""
    distinct = list(dict.fromkeys(texts.values()))
    known = dict(zip(distinct, categoriser.probabilities(distinct), strict=True))
    return {key: known[text] for key, text in texts.items()}


def texts_needed(threads: Sequence[Thread]) -> dict[str, str]:
    """Message key -> cleaned text, of candidates and of what was said near them in time.

    Visits say nothing.
    """
    return {
        other.key: clean(other.text)
        for thread in threads
        for place in thread.wanted_by
        if not thread.messages[place].is_visit
        for other in thread.near(place)
    }


def _groups(threads: Iterator[Thread]) -> Iterator[list[Thread]]:
    group: list[Thread] = []
    size = 0
    for thread in threads:
        group.append(thread)
        size += len(thread.wanted_by)
        if size >= TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group
