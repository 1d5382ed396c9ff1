"""What the fixture district must come to, kept in fixtures/expected; `python -m tests.expected`
writes it anew from today's run. Look at the difference before you keep it.

Three files: `flags.csv`, the columns that no model decides; `counts.json`, the manifest's counts;
`known_disagreements.csv`, where today's run and truth.csv differ, each with the reason why. A
reason is written by hand and kept; a new disagreement is written without one, and the test fails
until somebody gives one.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rules.registry import all_rules

DISTRICT = Path(__file__).resolve().parent.parent / "fixtures" / "district_small"
EXPECTED = DISTRICT.parent / "expected"
REFRESH = "python -m tests.expected"
COLUMNS = (
    *("case_id", "finding_id", "rule", "clause", "policy", "sent_at", "sent_at_local", "channel"),
    *("platform", "direction", "staff_id", "student_ids", "other_ids", "native_id", "source"),
    *("source_file", "record"),
)
DISAGREEMENT = ("native_id", "rule", "truth", "got", "why")
NO_ROW = "no row"
DECIDED_BY_PURPOSE = ("flagged_messages", "lifted", "cases")

Row = dict[str, str]


def read_csv(path: Path) -> list[Row]:
    """Rows of a CSV by column name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def flags_of(run: Path) -> list[Row]:
    """The findings of a run."""
    return read_csv(run / "for_officers" / "flags.csv")


def manifest_of(run: Path) -> dict[str, Any]:
    """The manifest of a run."""
    manifest: dict[str, Any] = json.loads((run / "for_it" / "manifest.json").read_bytes())
    return manifest


def disagreements(flags: Sequence[Row], truth: Sequence[Row], rules: Iterable[str]) -> list[Row]:
    """Where findings and truth differ, for the rules given; rows in order, without a reason."""
    known = set(rules)
    wanted = {(r["native_id"], r["rule"]): r["status"] for r in truth if r["rule"] in known}
    got = {(r["native_id"], r["rule"]): r["status"] for r in flags}
    rows = []
    for key in sorted(wanted.keys() | got.keys()):
        expected, found = wanted.get(key, NO_ROW), got.get(key, NO_ROW)
        if expected != found:
            rows.append(dict(zip(DISAGREEMENT, (*key, expected, found, ""), strict=True)))
    return rows


def counts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's counts, without those that the purpose of messages decides."""
    totals = {k: v for k, v in manifest["totals"].items() if k not in DECIDED_BY_PURPOSE}
    return {"sources": manifest["sources"], "totals": totals}


def text_of(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """Rows as CSV text, these columns only."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def refresh(run: Path) -> None:
    """Write all three files from a run, keeping reasons that still apply."""
    EXPECTED.mkdir(exist_ok=True)
    flags, known = flags_of(run), EXPECTED / "known_disagreements.csv"
    reasons = {}
    if known.exists():
        reasons = {tuple(r[name] for name in DISAGREEMENT[:4]): r["why"] for r in read_csv(known)}
    today = disagreements(flags, read_csv(DISTRICT / "truth.csv"), [r.id for r in all_rules()])
    for row in today:
        row["why"] = reasons.get(tuple(row[name] for name in DISAGREEMENT[:4]), "")
    shown = json.dumps(counts(manifest_of(run)), indent=2) + "\n"
    (EXPECTED / "flags.csv").write_text(text_of(flags, COLUMNS), encoding="utf-8")
    (EXPECTED / "counts.json").write_text(shown, encoding="utf-8")
    known.write_text(text_of(today, DISAGREEMENT), encoding="utf-8")


def main() -> None:
    """Audit the fixture district and write what it comes to."""
    from pipelines.audit import run_audit
    from pipelines.config import load_config
    from pipelines.sources import formats

    config = load_config(DISTRICT / "district.toml", frozenset(formats()))
    with tempfile.TemporaryDirectory() as out:
        refresh(run_audit(config, Path(out)).folder)
    sys.stdout.write(f"written: {EXPECTED}; look at the difference before you keep it\n")


if __name__ == "__main__":
    main()
