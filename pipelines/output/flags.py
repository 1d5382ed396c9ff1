"""flags.csv and the parquet tables: one row a finding, a case, a line of context.

Rule of this file: the columns are a contract (docs/data.md); the same findings give the same
bytes. A cell that a spreadsheet would run as a formula is written so that it does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.assemble import summary
from pipelines.findings import Case, ContextLine, Finding
from rules.model import Evidence, Status

FLAG_COLUMNS = (
    "case_id,finding_id,rule,clause,policy,severity,confidence,purpose,purpose_probability,status,"
    "sent_at,sent_at_local,channel,platform,direction,staff_id,student_ids,other_ids,native_id,"
    "source,source_file,record,reason,evidence,facts_against"
).split(",")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_QUOTE = 200
_ROWS = 2_000


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


class RunTables:
    """flags.csv, findings.parquet, cases.parquet and context.parquet, written group by group.

    Only the lines of flags.csv are held, since they are sorted by time over all groups.
    """

    def __init__(self, folder: Path) -> None:
        self._flags = folder / "flags.csv"
        self._lines: list[tuple[tuple[datetime, str, str], str]] = []
        self._findings = _Table(folder / "findings.parquet", FINDINGS)
        self._cases = _Table(folder / "cases.parquet", CASES)
        self._context = _Table(folder / "context.parquet", CONTEXT)

    def add(self, findings: Sequence[Finding], case: Case | None) -> None:
        """Add the findings of one group and its case."""
        for finding in findings:
            row = flag_row(finding)
            self._lines.append((finding.order(), csv_line(row)))
            self._findings.add(_finding_row(finding, row))
            for line in finding.context:
                self._context.add(_context_row(finding, line))
        if case:
            self._cases.add(_case_row(case))

    def close(self) -> None:
        """Write what is held and finish all files."""
        with self._flags.open("w", encoding="utf-8", newline="") as file:
            file.write(csv_line(FLAG_COLUMNS))
            file.writelines(line for _, line in sorted(self._lines))
        for table in (self._findings, self._cases, self._context):
            table.close()


def csv_line(cells: Sequence[str]) -> str:
    """One CSV record; cells that a spreadsheet would run as formulas are made plain."""
    text = io.StringIO()
    csv.writer(text).writerow([_plain(cell) for cell in cells])
    return text.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Table:
    """A parquet file written in row groups of `_ROWS`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[dict[str, object]] = []

    def add(self, row: dict[str, object]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def _finding_row(one: Finding, flags: Sequence[str]) -> dict[str, object]:
    return dict(zip(FLAG_COLUMNS, flags, strict=True)) | {
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


def _context_row(one: Finding, line: ContextLine) -> dict[str, object]:
    return {
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
