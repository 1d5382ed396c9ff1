"""Pages that are made of the code: docs/rules.md, and tables of docs/data.md and docs/quality.md.

`python -m pipelines.docs` writes them, `--check` fails when they are not what the code says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.inspection import describe_rule
from pipelines.output.quarantine import REASONS
from pipelines.pattern import PATTERNS
from pipelines.quality import quality_block
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules

DOCS = Path(__file__).parent.parent / "docs"
START, END = "<!-- made by python -m pipelines.docs -->", "<!-- end -->"


def rules_page() -> str:
    """docs/rules.md: every policy clause with its rules, then every rule whole."""
    known = frozenset(rule.id for rule in all_rules())
    policies = [load_policy(path, known) for path in shipped().values()]
    parts = [
        "# Rules and clauses",
        "",
        "Made of the rules and policy packs themselves (`python -m pipelines.docs`). A match is",
        "`flagged` and opens a case, `lifted` by school business where the clause allows it, or",
        "`exempt` by a relationship or approval; all three are listed in flags.csv.",
        "",
        *(line for policy in policies for line in _clauses(policy)),
        *_patterns(),
        *(describe_rule(rule.id) for rule in all_rules()),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _clauses(policy: Policy) -> list[str]:
    exempt = ", ".join(policy.exempt_relationships) or "none"
    lines = [
        f"## {policy.district}, policy {policy.number} (`{policy.id}`, version {policy.version})",
        "",
        f"Relationships that exempt: {exempt}.",
        "",
        "| clause | what it says, in our words | stance | looked for by |",
        "|---|---|---|---|",
    ]
    for clause in policy.clauses:
        rules = ", ".join(f"`{rule}`" for rule in clause.severities)
        lines.append(f"| {clause.id} | {clause.statement} | {clause.stance} | {rules} |")
    return [*lines, ""]


def _patterns() -> list[str]:
    rows = (f"| {one.what} | {one.severity or 'its own'} |" for one in PATTERNS)
    return [
        "## How severe a case is",
        "",
        "Read from the top; the first row that holds decides. Only flagged findings count;",
        "personal is what reads as personal.",
        "",
        *("| what the findings of a case show | severity |", "|---|---|", *rows, ""),
    ]


def quarantine_table() -> str:
    """Every quarantine reason with its meaning and fix, as a Markdown table."""
    rows = [f"| `{name}` | {one.meaning} | {one.advice} |" for name, one in REASONS.items()]
    return "\n".join(["| reason | what it means | what to do |", "|---|---|---|", *rows])


def pages() -> dict[Path, str]:
    """Path -> what it should hold."""
    blocks = {DOCS / "data.md": quarantine_table(), DOCS / "quality.md": quality_block()}
    return {DOCS / "rules.md": rules_page()} | {
        path: _with_block(path.read_text(encoding="utf-8"), block) for path, block in blocks.items()
    }


def _with_block(page: str, block: str) -> str:
    """A page with the block between its markers replaced."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n\n{block}\n\n{END}{rest.partition(END)[2]}"


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are not up to date."""
    stale = [p for p, text in pages().items() if not p.exists() or p.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(
                f"{path}: not what the code says -> run python -m pipelines.docs", file=sys.stderr
            )
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
