"""Measured quality as a page shows it: rules on labelled messages, purpose on unseen lines.

Rule of this file: it measures what is shipped, on fixtures nothing was tuned on, and chooses
nothing. docs/quality.md carries the text between markers (`python -m pipelines.docs`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.gates import BENIGN, MEASURED, benign_items, flagged_benign
from pipelines.labelled import LabelledDistrict, outcomes, read_items, scores
from rules.model import Label
from rules.registry import all_rules
from rules.signals.purpose import Categoriser, judge_texts
from rules.signals.purpose_text import clean

LINES = BENIGN.parent / "purpose_measure"
LOADS = (0.01, 0.05, 0.10)
"""Review loads: shares of all messages that are read, most personal first."""
ORDINARY = 0.02
"""Share of personal messages among staff-student messages that a load is reckoned for."""


def quality_block() -> str:
    """Both tables as Markdown."""
    return "\n".join([*_rules(), "", *_purpose()])


def _rules() -> Iterator[str]:
    rules, items = all_rules(), read_items(MEASURED)
    with tempfile.TemporaryDirectory() as work:
        district = LabelledDistrict(Path(work))
        measured = scores(items, outcomes(items, rules, district))
        benign = benign_items(BENIGN)
        flagged = flagged_benign(rules, benign, district)
    yield f"Rules on {len(items)} labelled messages (`fixtures/labelled/{MEASURED}`):"
    yield ""
    yield "| rule | labelled | found | wrong | missed | precision | recall | other status |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for one in measured:
        yield (
            f"| {one.rule} | {one.count} | {one.found} | {one.wrong} | {one.missed} | "
            f"{one.precision:.3f} | {one.recall:.3f} | {one.otherwise} |"
        )
    yield ""
    yield (
        "*Other status*: rightly not flagged, but lifted, exempt or silent where the label says "
        "another of the three."
    )
    yield f"Benign: {len(flagged)} of {len(benign):,} ordinary school messages are flagged."


def _purpose() -> Iterator[str]:
    business, personal = (
        (LINES / f"{side}.txt").read_text(encoding="utf-8").splitlines()
        for side in ("school_business", "personal")
    )
    yield (
        f"Purpose on {len(business) + len(personal)} lines (`fixtures/{LINES.name}`), each judged "
        "alone, without thread or roster:"
    )
    yield ""
    yield "| lines | school business | unclear | personal |"
    yield "|---|---:|---:|---:|"
    for name, lines in (("school business", business), ("personal", personal)):
        labels = [one.label for one in judge_texts(lines)]
        shares = (labels.count(label) / len(labels) for label in _SHOWN)
        yield f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |"
    above, below = _probabilities(business), _probabilities(personal)
    yield ""
    yield f"AUC {auc(above, below):.3f}; {_loads(above, below)}"


_SHOWN = (Label.SCHOOL_BUSINESS, Label.UNCLEAR, Label.PERSONAL)


def _probabilities(lines: Sequence[str]) -> npt.NDArray[np.float64]:
    model = Categoriser.load()
    return np.asarray(model.probabilities([clean(line) for line in lines]))


def auc(above: npt.NDArray[np.float64], below: npt.NDArray[np.float64]) -> float:
    """How often a text of the first kind scores higher; ties count half."""
    order = np.sort(below)
    wins = np.searchsorted(order, above, "left") + np.searchsorted(order, above, "right")
    return float(wins.mean() / 2 / len(below))


def _loads(business: npt.NDArray[np.float64], personal: npt.NDArray[np.float64]) -> str:
    """Of the most personal messages read at each load, the share that is right."""
    told = []
    weight = np.concatenate(
        [
            np.full(len(business), (1 - ORDINARY) / len(business)),
            np.full(len(personal), ORDINARY / len(personal)),
        ]
    )
    right = np.concatenate([np.zeros(len(business)), np.ones(len(personal))])
    order = np.argsort(np.concatenate([business, personal]), kind="stable")
    reached = np.cumsum(weight[order])
    for load in LOADS:
        read = reached <= load
        share = float((weight * right)[order][read].sum() / weight[order][read].sum())
        told.append(f"{share:.0%} at {load:.0%}")
    return (
        f"with {ORDINARY:.0%} personal messages among all, share right of what is read at a review "
        "load: " + ", ".join(told) + "."
    )
