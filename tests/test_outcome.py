"""The outcome on disk: groups come back whole, worst first."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from pipelines.assemble import assemble_case
from pipelines.outcome import Entry, Group, Place, entry, read_groups, write_findings
from rules.examples import JO, KAI, NOA, SAM
from rules.model import Severity, Status
from tests.factories import finding

GROUPS: list[Group] = [
    assemble_case(
        [
            finding("m1", "2025-10-14T15:00", severity=Severity.HIGH),
            finding("m2", "2025-10-15T15:00", severity=Severity.LOW),
        ]
    ),
    assemble_case([finding("m3", "2025-10-15T15:00", students=(SAM,))]),
    assemble_case([finding("m4", "2025-10-14T15:00", students=(KAI,))]),
    assemble_case([finding("m5", "2025-10-16T15:00", students=(NOA,), severity=Severity.LOW)]),
    assemble_case([finding("m6", "2025-10-17T15:00", students=(JO, SAM), status=Status.LIFTED)]),
    assemble_case([finding("m7", "2025-10-16T15:00", students=(JO, KAI), status=Status.EXEMPT)]),
]
"""In the order in which an officer should see them."""


def written(folder: Path, bundles: list[list[Group]]) -> list[Entry]:
    """Entries of groups whose findings came in bundles, each written to a file of its own."""
    places: dict[str, list[Place]] = defaultdict(list)
    for bundle in bundles:
        findings = [one for found, _ in bundle for one in found]
        for case_id, place in write_findings(folder, iter(findings)):
            places[case_id].append(place)
    return [entry(found) for found in places.values()]


def test_groups_come_back_worst_first_then_latest_without_case_last(tmp_path: Path) -> None:
    """Whole, and whatever the order and the bundles they were written in."""
    for seed in range(10):
        mixed = random.Random(seed).sample(GROUPS, len(GROUPS))
        entries = written(tmp_path, [mixed[:2], mixed[2:]])

        assert list(read_groups(sorted(entries))) == GROUPS


def test_equal_ranks_are_told_apart_by_the_case(tmp_path: Path) -> None:
    """So that two runs list them alike."""
    groups = [
        assemble_case([finding(student.id, students=(student,))]) for student in (JO, SAM, KAI, NOA)
    ]
    one = list(read_groups(sorted(written(tmp_path, [groups[:1], groups[1:]]))))
    other = list(read_groups(sorted(written(tmp_path, [groups[::-1]]))))

    assert one == other
    assert [found[0].case_id for found, _ in one] == sorted(found[0].case_id for found, _ in groups)


def test_groups_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    """And as often."""
    entries = written(tmp_path, [GROUPS])

    assert list(read_groups([entries[4], entries[0], entries[4]])) == [
        GROUPS[4],
        GROUPS[0],
        GROUPS[4],
    ]
    assert list(read_groups([])) == []


def test_reading_may_stop_early(tmp_path: Path) -> None:
    """No file stays open: a warning would fail this test."""
    entries = written(tmp_path, [GROUPS])
    groups = read_groups(entries)

    assert next(groups) == GROUPS[0]
    groups.close()  # type: ignore[attr-defined]
