"""Which messages are worth a closer look: what the rules' screens let through, as bits.

Rule of this file: a screen is necessary for its rule, so whatever a rule would flag is let
through; a property test holds the pair together. Patterns are looked for only in the rows that
the rule's columns leave, since they cost the most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import acero

from rules.model import Rule

Mask = npt.NDArray[np.bool_]


def screened(batch: pa.RecordBatch, rules: Sequence[Rule]) -> pa.Int64Array:
    """(n,) bits for a `RESOLVED` batch: bit k is set where rule k wants to see the message."""
    wanted = np.zeros(batch.num_rows, dtype=np.int64)
    if batch.num_rows == 0 or not rules:
        return pa.array(wanted)
    for number, (rule, mask) in enumerate(zip(rules, _masks(batch, rules), strict=True)):
        rows = np.flatnonzero(mask)
        if rule.hint:
            rows = rows[_found(batch.take(pa.array(rows)), rule.hints)]
        wanted[rows] |= 1 << number
    return pa.array(wanted)


def _masks(batch: pa.RecordBatch, rules: Sequence[Rule]) -> list[Mask]:
    """One mask a rule from its column screen; a null is false."""
    names = [rule.id for rule in rules]
    table = pa.Table.from_batches([batch])
    plan = acero.Declaration.from_sequence(
        [
            acero.Declaration("table_source", acero.TableSourceNodeOptions(table)),
            acero.Declaration(
                "project", acero.ProjectNodeOptions([rule.screen for rule in rules], names)
            ),
        ]
    )
    masks = plan.to_table(use_threads=False)
    return [
        masks[name].combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)
        for name in names
    ]


def _found(rows: pa.RecordBatch, patterns: Sequence[str]) -> Mask:
    """Rows where a pattern is found in subject or body."""
    found: Mask = np.zeros(rows.num_rows, dtype=np.bool_)
    for part in ("subject", "body"):
        text = rows[part].fill_null("")
        for pattern in patterns:
            found |= pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False)
    return found
