"""flags.csv and the parquet tables: one row a finding, a case, a line of context.

Rule of this file: the columns are a contract (docs/data.md); the same findings give the same
bytes. A cell that a spreadsheet would run as a formula is written so that it does not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import methodcaller
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.assemble import summary
from pipelines.findings import Case, Finding
from rules.model import Evidence, Status

FLAG_COLUMNS = (
    "case_id,finding_id,rule,clause,policy,severity,confidence,purpose,purpose_probability,status,"
    "sent_at,sent_at_local,channel,platform,direction,staff_id,student_ids,other_ids,native_id,"
    "source,source_file,record,reason,evidence,facts_against"
).split(",")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_QUOTE = 200


def utc(when: datetime) -> str:
    """ISO 8601 in UTC with seconds, and fractions only where there are some."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def flag_row(finding: Finding) -> tuple[str, ...]:
    """The cells of one finding, in the order of FLAG_COLUMNS."""
    message = finding.message
    return (
        finding.case_id if finding.status is Status.FLAGGED else "",
        finding.finding_id,
        finding.rule,
        finding.clause,
        finding.policy,
        str(finding.severity),
        f"{finding.confidence:.2f}",
        finding.purpose.label.value,
        f"{finding.purpose.p_school_business:.4f}",
        finding.status.value,
        utc(message.sent_at),
        message.sent_at_local.isoformat(),
        message.channel.value,
        message.platform,
        finding.direction,
        finding.staff_id,
        finding.student_ids,
        ";".join(person.id for person in finding.others),
        message.native_id,
        message.source,
        message.source_file,
        str(message.record),
        finding.reason,
        " | ".join(quoted(finding, one) for one in finding.evidence),
        "; ".join(finding.facts_against),
    )


def quoted(finding: Finding, evidence: Evidence) -> str:
    """One reason with the words it stands on, for a reader of the spreadsheet."""
    if not evidence.part:
        return evidence.sentence
    message = finding.message
    text = message.subject if evidence.part == "subject" else message.body or ""
    words = text[evidence.start : evidence.end][:_LONGEST_QUOTE]
    return f'{evidence.sentence}: "{words}" ({evidence.part} {evidence.start}-{evidence.end})'


def write_flags(path: Path, findings: Iterable[Finding]) -> None:
    """Write flags.csv in order of time, message and rule."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FLAG_COLUMNS)
        for finding in sorted(findings, key=methodcaller("order")):
            writer.writerow([_plain(cell) for cell in flag_row(finding)])


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def write_tables(folder: Path, findings: Sequence[Finding], cases: Sequence[Case]) -> None:
    """Write findings.parquet, cases.parquet and context.parquet."""
    ordered = sorted(findings, key=methodcaller("order"))
    rows = [
        dict(zip(FLAG_COLUMNS, flag_row(one), strict=True))
        | {
            "rule_title": one.rule_title,
            "policy_version": one.policy_version,
            "lifted_by": one.lifted_by,
            "purpose_reasons": list(one.purpose.reasons),
            "facts_for": list(one.facts_for),
            "facts_against_list": list(one.facts_against),
            "would_not_match_if": list(one.undone_if),
            "subject": one.message.subject,
            "body": one.message.body,
            "spans": [
                {"part": e.part, "start": e.start, "end": e.end, "sentence": e.sentence}
                for e in one.evidence
            ],
        }
        for one in ordered
    ]
    _save(folder / "findings.parquet", rows, FINDINGS)
    _save(folder / "cases.parquet", [_case_row(case) for case in cases], CASES)
    context = [
        {
            "case_id": one.case_id,
            "finding_id": one.finding_id,
            "offset": line.offset,
            "message_key": line.key,
            "sent_at": line.sent_at,
            "sent_at_local": line.sent_at_local,
            "channel": line.channel,
            "sender": line.sender,
            "recipients": line.recipients,
            "subject": line.subject,
            "body": line.body,
        }
        for one in ordered
        if one.status is Status.FLAGGED
        for line in one.context
    ]
    _save(folder / "context.parquet", context, CONTEXT)


def _case_row(case: Case) -> dict[str, object]:
    first, last = case.findings[0].message, case.findings[-1].message
    return {
        "case_id": case.case_id,
        "policy": case.policy,
        "severity": str(case.severity),
        "why": case.why,
        "summary": summary(case),
        "staff_ids": [person.id for person in case.staff],
        "student_ids": [person.id for person in case.students],
        "clauses": sorted({one.clause for one in case.findings}),
        "findings": [one.finding_id for one in case.findings],
        "first_sent_at": first.sent_at,
        "last_sent_at": last.sent_at,
    }


_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_SPAN = pa.struct(
    [("part", _TEXT), ("start", pa.int32()), ("end", pa.int32()), ("sentence", _TEXT)]
)
_AT = pa.timestamp("us", "UTC")
FINDINGS = pa.schema(
    [(name, _TEXT) for name in (*FLAG_COLUMNS, "rule_title", "policy_version", "lifted_by")]
    + [(name, _TEXTS) for name in ("purpose_reasons", "facts_for", "facts_against_list")]
    + [("would_not_match_if", _TEXTS), ("subject", _TEXT), ("body", _TEXT)]
    + [("spans", pa.list_(_SPAN))]
)
CASES = pa.schema(
    [(name, _TEXT) for name in ("case_id", "policy", "severity", "why", "summary")]
    + [(name, _TEXTS) for name in ("staff_ids", "student_ids", "clauses", "findings")]
    + [("first_sent_at", _AT), ("last_sent_at", _AT)]
)
CONTEXT = pa.schema(
    [("case_id", _TEXT), ("finding_id", _TEXT), ("offset", pa.int32()), ("message_key", _TEXT)]
    + [("sent_at", _AT), ("sent_at_local", pa.timestamp("us"))]
    + [(name, _TEXT) for name in ("channel", "sender", "recipients", "subject", "body")]
)


def _save(path: Path, rows: list[dict[str, object]], schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")
