"""A web-access log from export to report: what it needs, what comes of it, what it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import DISTRICT, Command, Result
from tests.expected import Row, flags_of, manifest_of

RULE = "social_media_in_school_hours"
LOG = '[[source]]\nformat = "squid"\npath = "exports/web"\n'
SCHOOL_DAY = 'school_day = "08:00-15:30"\n'


def without(district: Path, *parts: str) -> Path:
    """The configuration without these lines."""
    path = district / "district.toml"
    text = path.read_text(encoding="utf-8")
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    path.write_text(text, encoding="utf-8")
    return path


def visits(run: Path) -> dict[str, Row]:
    """Findings of the rule by native id."""
    return {row["native_id"]: row for row in flags_of(run) if row["rule"] == RULE}


@pytest.mark.parametrize(
    ("left_out", "lacks"),
    [
        ((SCHOOL_DAY,), "school hours: school_day in [hours]"),
        ((LOG,), "a web-access log among the sources"),
        ((SCHOOL_DAY, LOG), None),
    ],
)
def test_a_rule_that_cannot_look_says_so_and_its_clause_is_not_checked(
    district: Path, brightline: Command, tmp_path: Path, left_out: tuple[str, ...], lacks: str
) -> None:
    """Contact hours are never taken for school hours; a district that wants neither is not told."""
    config = without(district, *left_out)
    notices = [
        f"district.toml: rule {RULE} cannot look without {lacks} -> see docs/data.md"
    ] * bool(lacks)
    checked = brightline("check", "--config", config)
    assert (checked.code, checked.err.splitlines()) == (0, [f"note: {one}" for one in notices])
    result = brightline("audit", "--config", config, "--out", tmp_path / "runs")
    manifest = manifest_of(result.run)
    assert (result.code, manifest["notices"]) == (0, notices)
    assert "school-hours" in manifest["clauses_not_checked"]
    assert visits(result.run) == {}


def test_under_a_policy_that_leaves_breaks_out_they_are_no_match(
    audited: Result, district: Path, brightline: Command, tmp_path: Path
) -> None:
    config = without(district)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("stevensville-5460", "hot-springs-5460"), encoding="utf-8")
    result = brightline("audit", "--config", config, "--out", tmp_path / "runs")
    missing = visits(audited.run).keys() - visits(result.run).keys()
    assert missing == {
        "tengstrom reddit.com 2025-11-05T19:10:00Z",  # lunch
        "rfinch pinterest.com 2025-11-07T20:50:00Z",  # preparation period
    }
    assert visits(result.run).keys() < visits(audited.run).keys()


def test_a_log_given_twice_is_counted_once(
    audited: Result, district: Path, brightline: Command, tmp_path: Path
) -> None:
    config = without(district)
    with config.open("a", encoding="utf-8") as file:
        file.write(f'\n{LOG}name = "again"\n')
    result = brightline("audit", "--config", config, "--out", tmp_path / "runs")
    once, twice = manifest_of(audited.run), manifest_of(result.run)
    first, second = (twice["sources"][name] for name in ("squid", "again"))
    assert twice["totals"] == once["totals"]
    assert {first["messages"], second["messages"]} == {once["sources"]["squid"]["messages"], 0}
    assert visits(result.run).keys() == visits(audited.run).keys()


def test_no_visit_outside_school_hours_and_none_of_a_student_is_in_the_run(audited: Result) -> None:
    context = pq.read_table(audited.run / "for_officers" / "context.parquet").to_pylist()
    shown = [line for line in context if line["channel"] == "web"]
    assert len(shown) == sum(row["status"] == "flagged" for row in visits(audited.run).values())
    assert {line["offset"] for line in shown} == {0}
    staff = {row["staff_id"] for row in visits(audited.run).values()}
    assert staff == {"E1019", "E1020", "E1034", "E1036", "E1042"}


def test_a_case_without_a_student_is_the_staff_members_alone(audited: Result) -> None:
    report = (audited.run / "for_officers" / "report.html").read_text(encoding="utf-8")
    (article,) = re.findall(
        r'<article class="case low"(?:(?!</article>\s*<article class="case).)*?'
        r">Tyler Engstrom <b.*?</dl>",
        report,
        re.S,
    )
    heading = article[article.rindex("<h3") :]
    assert "Tyler Engstrom <b" in heading
    assert "<dt>Staff</dt>" in heading and "<dt>Student" not in heading
    assert "1 channel (web)" in heading
    assert "nobody named" not in report


def test_the_log_of_the_fixture_holds_what_its_story_tells() -> None:
    """About as many lines as said, with names of the story and reserved addresses only."""
    lines = (DISTRICT / "exports/web/access.log").read_text(encoding="ascii").splitlines()
    assert 90 < len(lines) < 110
    assert all(re.search(r" (192\.0\.2|203\.0\.113)\.\d+", line) for line in lines)
