"""Counting duplicates: exact against a model of Python sets."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.duplicates import PARTS, DigestWriter, Tally, tally

Seen = tuple[bytes, int, bool]
"""Key, number of the source, whether a screen let the message through."""

DIGITS = st.sampled_from([0, 1, 2, 127, 128, 255])
KEYS = st.builds(lambda high, low: bytes([low, *[0] * 6, high, *[0] * 7, low]), DIGITS, DIGITS)
"""Keys that often agree, also in one half only, and fall into different parts."""


def counted(bundles: list[list[Seen]], folder: Path) -> Tally:
    """Tally of bundles, each written source by source as batches are."""
    groups = []
    for number, bundle in enumerate(bundles):
        writer = DigestWriter(folder, f"b{number}")
        for source in sorted({one[1] for one in bundle}):
            rows = [one for one in bundle if one[1] == source]
            keys = pa.array([b"x" * 16, *(key for key, _, _ in rows)], pa.binary(16)).slice(1)
            writer.write(keys, source, pa.array([candidate for _, _, candidate in rows]))
        groups.append(writer.close())
    return tally(groups)


def modelled(bundles: list[list[Seen]]) -> Tally:
    """The same from sets: the source that comes first in the configuration keeps the message."""
    seen = [one for bundle in bundles for one in bundle]
    duplicates: dict[int, int] = {}
    for key in {key for key, _, _ in seen}:
        for source in sorted(source for other, source, _ in seen if other == key)[1:]:
            duplicates[source] = duplicates.get(source, 0) + 1
    return Tally(
        duplicates,
        len({key for key, _, _ in seen}),
        len({key for key, _, candidate in seen if candidate}),
    )


@given(st.lists(st.lists(st.tuples(KEYS, st.integers(0, 3), st.booleans())), max_size=4))
def test_the_tally_is_that_of_a_set(bundles: list[list[Seen]]) -> None:
    """However messages are spread over bundles and sources."""
    with tempfile.TemporaryDirectory() as folder:
        assert counted(bundles, Path(folder)) == modelled(bundles)


@given(st.lists(st.tuples(KEYS, st.integers(0, 3), st.booleans())), st.randoms())
def test_order_and_bundles_do_not_matter(seen: list[Seen], random: np.random.Generator) -> None:
    """Workers may take the batches as they like."""
    other = list(seen)
    random.shuffle(other)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        assert counted([seen], Path(one)) == counted([other[::2], other[1::2]], Path(two))


@pytest.mark.parametrize("first", [0, 2])
def test_a_duplicate_is_one_of_the_later_source(first: int, tmp_path: Path) -> None:
    """Later in the configuration, not in the reading."""
    key = b"k" * 16
    bundles = [[(key, 2 - first, False)], [(key, first, True)]]

    assert counted(bundles, tmp_path) == Tally({2: 1}, 1, 1)


def test_three_copies_are_one_message_and_two_duplicates(tmp_path: Path) -> None:
    """And one candidate, whichever copy the screen let through."""
    seen = [(b"k" * 16, 0, False), (b"k" * 16, 0, True), (b"k" * 16, 1, True)]

    assert counted([seen], tmp_path) == Tally({0: 1, 1: 1}, 1, 1)


def test_keys_that_agree_in_one_half_are_two_messages(tmp_path: Path) -> None:
    """All sixteen bytes count."""
    one = b"a" * 8
    seen = [(one + b"b" * 8, 0, True), (one + b"c" * 8, 0, True), (b"d" * 8 + one, 0, False)]

    assert counted([seen], tmp_path) == Tally({}, 3, 2)


def test_nothing_is_nothing(tmp_path: Path) -> None:
    """No bundle, or bundles without a message."""
    assert tally([]) == Tally({}, 0, 0)
    assert counted([[], []], tmp_path) == Tally({}, 0, 0)
    assert len(DigestWriter(tmp_path, "x").close()) == PARTS
