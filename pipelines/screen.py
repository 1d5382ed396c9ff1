"""Which messages are worth a closer look: the OR of the rules' screens, as one column.

Rule of this file: a screen is necessary for its rule, so whatever a rule would flag is let
through; a property test holds the pair together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import acero

from rules.model import Rule


def any_screen(rules: Sequence[Rule]) -> pc.Expression:
    """The screens of all rules, ORed."""
    return reduce(or_, (rule.screen for rule in rules), pc.scalar(False))


def screened(batch: pa.RecordBatch, screen: pc.Expression) -> pa.BooleanArray:
    """(n,) booleans for a `RESOLVED` batch; a null (no text to look at) is false."""
    if batch.num_rows == 0:
        return pa.array([], pa.bool_())
    plan = acero.Declaration.from_sequence(
        [
            acero.Declaration(
                "table_source", acero.TableSourceNodeOptions(pa.Table.from_batches([batch]))
            ),
            acero.Declaration("project", acero.ProjectNodeOptions([screen], ["hit"])),
        ]
    )
    hit = plan.to_table(use_threads=False)["hit"].combine_chunks()
    return hit.fill_null(False)
