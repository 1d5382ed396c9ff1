"""One partition of kept messages examined: threads rebuilt, purpose judged in one go, rules run.

The categoriser is asked once for all texts of a partition, because that is how it is fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.contacts import Kept, Thread, read_threads
from pipelines.examine import Examiner, purposes_of
from pipelines.findings import Finding
from pipelines.workplace import open_workplace
from rules.signals.purpose import Categoriser, judge

NEIGHBOURS = 6
"""Messages before and after a candidate whose text is asked for; the window of `judge`."""
TOGETHER = 20_000
"""Messages of threads held at once."""


def examine_partition(
    number: int, work: str, kept: list[Kept], audience: Mapping[int, int]
) -> Iterator[Finding]:
    """Findings of one partition.

    Raises:
        RuleFailed: a rule raised; nothing is published.
    """
    place = open_workplace(work)
    rules, categoriser = place.rules(), Categoriser.load()
    threads = read_threads(place.work, kept, number, place.directory, audience)
    for group in _groups(threads):
        texts = texts_needed(group)
        values = categoriser.probabilities(list(texts.values()))
        probabilities = dict(zip(texts, values, strict=True))
        judged = purposes_of(probabilities, place.directory, judge)
        examiner = Examiner(rules, place.policy, place.directory, judged)
        for thread in group:
            yield from examiner.examine(thread.messages, thread.candidates)


def texts_needed(threads: Sequence[Thread]) -> dict[str, str]:
    """Message key -> text, of candidates and their neighbours."""
    texts: dict[str, str] = {}
    for thread in threads:
        for place, message in enumerate(thread.messages):
            if message.key in thread.candidates:
                near = thread.messages[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
                texts.update((other.key, other.text) for other in near)
    return texts


def _groups(threads: Iterator[Thread]) -> Iterator[list[Thread]]:
    group: list[Thread] = []
    size = 0
    for thread in threads:
        group.append(thread)
        size += len(thread.messages)
        if size >= TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group
