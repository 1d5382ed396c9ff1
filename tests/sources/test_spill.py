"""Partitions give back every row once; hashes depend on the value and on nothing else."""

from __future__ import annotations

import stat

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.spill import (
    PartitionedSpill,
    batches,
    combine,
    hash_column,
    partition_of,
    partitions_for,
)

SCHEMA = pa.schema([("id", pa.string()), ("n", pa.int64())])
texts = st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=60)
numbers = st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.text(max_size=5), st.integers(0, 99)), max_size=50), data=st.data()
)
def test_round_trip(tmp_path_factory, rows, data):
    count, cut = data.draw(st.integers(1, 7)), data.draw(st.integers(0, len(rows)))
    spill = PartitionedSpill(tmp_path_factory.mktemp("spill") / "work", "rows", SCHEMA, count)
    for part in (rows[:cut], rows[cut:]):
        columns = [[row[0] for row in part], [row[1] for row in part]]
        batch = pa.RecordBatch.from_arrays(
            [pa.array(columns[0], pa.string()), pa.array(columns[1], pa.int64())], schema=SCHEMA
        )
        spill.write(batch, hash_column(batch["id"]))
    spill.close()
    back = []
    for number, table in enumerate(spill.partitions()):
        assert table.schema == SCHEMA
        assert set(partition_of(hash_column(table["id"].combine_chunks()), count)) <= {number}
        back += zip(table["id"].to_pylist(), table["n"].to_pylist(), strict=True)
    assert sorted(back) == sorted(rows)
    assert list(spill._paths[0].parent.iterdir()) == []


def test_files_are_the_owners_only(tmp_path):
    spill = PartitionedSpill(tmp_path / "work", "rows", SCHEMA, 2)
    batch = pa.RecordBatch.from_pydict({"id": list("abcdefgh"), "n": list(range(8))}, SCHEMA)
    spill.write(batch, hash_column(batch["id"]))
    spill.close()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "work").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700


def test_nothing_written(tmp_path):
    spill = PartitionedSpill(tmp_path / "work", "rows", SCHEMA, 3)
    spill.close()
    assert [table.num_rows for table in spill.partitions()] == [0, 0, 0]


@pytest.mark.parametrize("second", [False, True])
@given(values=texts, cut=st.integers(0, 60))
def test_text_hashes_do_not_depend_on_the_batch(second, values, cut):
    whole = hash_column(pa.array(values, pa.string()), second=second)
    parts = [
        hash_column(pa.array(part, pa.string()), second=second)
        for part in (values[:cut], values[cut:])
    ]
    assert np.array_equal(whole, np.concatenate(parts))
    sliced = hash_column(pa.array(["x", *values], pa.string())[1:], second=second)
    assert np.array_equal(whole, sliced)


@pytest.mark.parametrize("second", [False, True])
@given(values=texts.filter(bool))
@settings(max_examples=30)
def test_text_hashes_are_the_same_through_a_dictionary(second, values):
    many = pa.array(values * (5000 // len(values) + 1), pa.string())
    assert len(many) > 4096  # the length from which distinct values are hashed once
    few = hash_column(pa.array(values, pa.string()), second=second)
    assert np.array_equal(hash_column(many, second=second)[: len(values)], few)


@pytest.mark.parametrize("second", [False, True])
def test_many_distinct_texts(second):
    values = [f"id-{number}" for number in range(6000)]
    hashes = hash_column(pa.array(values), second=second)
    assert len(set(hashes.tolist())) == 6000
    assert hashes[17] == hash_column(pa.array(["id-17"]), second=second)[0]


@pytest.mark.parametrize("second", [False, True])
@given(values=numbers)
def test_number_hashes(second, values):
    hashes = hash_column(pa.array(values, pa.int64()), second=second)
    singly = [hash_column(pa.array([value], pa.int64()), second=second)[0] for value in values]
    assert hashes.tolist() == singly
    known = {value or 0 for value in values}
    assert len(set(hashes.tolist())) == len(known)  # 64 bits mixed, never folded


def test_null_hashes_as_empty_and_halves_differ():
    text = pa.array(["", None], pa.string())
    assert len(set(hash_column(text).tolist())) == 1
    assert hash_column(text)[0] != hash_column(text, second=True)[0]
    assert hash_column(pa.array([7]))[0] != hash_column(pa.array([7]), second=True)[0]
    assert (
        len(hash_column(pa.array([], pa.string())))
        == len(hash_column(pa.array([], pa.int64())))
        == 0
    )


def test_hashes_are_the_same_on_every_machine():
    assert hash_column(pa.array(["brightline", "é"])).tolist() == [
        370522981720995233,
        8012797534866853418,
    ]
    assert hash_column(pa.array([1, -1]), second=True).tolist() == [
        13757245211066428519,
        16834447057089888969,
    ]


def test_combine_knows_the_order():
    a, b = hash_column(pa.array(["a"])), hash_column(pa.array(["b"]))
    assert combine(a, b)[0] != combine(b, a)[0]


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 1), (48_000_000, 1), (48_000_001, 2)])
def test_partitions_for(size, count):
    assert partitions_for(size) == count


def test_batches():
    table = pa.table({"id": list("aabbc"), "n": [1, 2, 3, 4, 5]}, schema=SCHEMA)
    pieces = list(batches(table, 2))
    assert [piece.num_rows for piece in pieces] == [2, 2, 1]
