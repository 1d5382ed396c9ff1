"""Social networks in school hours: which part of a visit counts, for whom, and what lifts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from pipelines.examination import texts_needed
from pipelines.examine import Examiner
from pipelines.findings import Finding
from pipelines.message import Account, Basis, Field, Message, Person, Role, ZoneBasis
from pipelines.threads import Thread
from rules.examples import ANA, JO, OAK, RIVER, ExampleDistrict, message, party, visit
from rules.model import Break, Exemption, Label, Match, Purpose, Severity, Status
from rules.policies.pack import load_policy, shipped
from rules.registry import all_rules
from rules.social_media_in_school_hours import RULE, check
from tests.factories import match, rule

DAY = "2025-10-14"  # a Tuesday; school from 08:00 to 15:30, lunch from 12:00 to 12:30
KNOWN = frozenset(one.id for one in all_rules())
COUNTED, NOT_COUNTED = "stevensville-5460", "hot-springs-5460"


def refuse_to_judge(*_: object) -> Purpose:
    """The judge of purpose, who must not be asked."""
    raise AssertionError("there is no text to judge")


def found(
    said: Message, policy: str = COUNTED, district: ExampleDistrict | None = None
) -> list[Finding]:
    """The findings of the rule on a visit."""
    pack = load_policy(shipped()[policy], KNOWN)
    examiner = Examiner((RULE,), pack, district or ExampleDistrict(), refuse_to_judge)
    return list(examiner.examine(Thread.of((said,), {0: 1})))


def outcome(*arguments: Any, policy: str = COUNTED, **changes: Any) -> Status | None:
    """What becomes of a visit."""
    findings = found(visit(*arguments, **changes), policy)
    return findings[0].status if findings else None


FLAGGED = Status.FLAGGED

# -- hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "requests", "expect"),
    [
        ("08:00", "08:10:00", 20, FLAGGED),  # the first minute counts
        ("15:29", "15:29:40", 20, FLAGGED),
        ("15:30", "15:50:00", 20, None),  # the last does not
        ("07:30", "07:59:59", 20, None),
        ("07:30", "09:00:00", 20, FLAGGED),  # it begins before and goes on
        ("07:30", "16:00:00", 20, FLAGGED),
        ("07:40", "08:00:29", 20, None),  # a straggler after the bell
        ("07:40", "08:00:30", 20, FLAGGED),
        ("15:29:45", "15:50:00", 20, None),
        ("15:29:30", "15:50:00", 20, FLAGGED),
        ("22:00", "22:30:00", 20, None),
        ("06:00", "2025-10-15 06:30:00", 900, FLAGGED),  # a tab left open
        ("18:00", "2025-10-15 07:30:00", 900, None),
        ("18:00", "2025-10-15 08:30:00", 900, FLAGGED),
    ],
)
def test_the_part_in_school_hours_counts(
    start: str, end: str, requests: int, expect: Status | None
) -> None:
    assert outcome(f"{DAY}T{start}", end, requests) == expect


@pytest.mark.parametrize("day", ["2025-10-18", "2025-10-19"])
def test_no_school_no_match(day: str) -> None:
    assert outcome(f"{day}T10:00", "11:00:00", 60) is None


def test_a_district_that_has_not_said_its_hours_has_none() -> None:
    class Silent(ExampleDistrict):
        def school_hours(self, on: date) -> tuple[time, time] | None:
            return None

    assert found(visit(f"{DAY}T10:00", "11:00:00", 60), district=Silent()) == []


def test_hours_may_end_at_midnight() -> None:
    class Late(ExampleDistrict):
        def school_hours(self, on: date) -> tuple[time, time] | None:
            return (time(18), time(0))

    assert found(visit(f"{DAY}T23:30", "23:59:00", 9), district=Late())


@pytest.mark.parametrize(
    ("start", "end", "requests", "expect"),
    [
        ("10:00", "10:00:00", 1, None),
        ("10:00", "10:00:01", 2, None),
        ("10:00", "10:00:00", 3, FLAGGED),  # three within a second
        ("10:00", "10:00:29", 2, None),
        ("10:00", "10:00:30", 2, FLAGGED),
        ("10:00", "10:00:30", 1, FLAGGED),  # a connection held open
    ],
)
def test_a_request_or_two_are_a_part_of_another_page(
    start: str, end: str, requests: int, expect: Status | None
) -> None:
    assert outcome(f"{DAY}T{start}", end, requests) == expect


# -- breaks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "counted", "not_counted"),
    [
        ("12:00", "12:30:00", FLAGGED, None),
        ("12:05", "12:20:00", FLAGGED, None),
        ("11:59:35", "12:20:00", FLAGGED, None),  # seconds before it
        ("12:05", "12:30:20", FLAGGED, None),
        ("11:50", "12:20:00", FLAGGED, FLAGGED),
        ("12:10", "12:45:00", FLAGGED, FLAGGED),
        ("11:50", "12:45:00", FLAGGED, FLAGGED),
        ("11:00", "11:30:00", FLAGGED, FLAGGED),
    ],
)
def test_breaks_lift_where_the_text_leaves_them_out(
    start: str, end: str, counted: Status | None, not_counted: Status | None
) -> None:
    at = f"{DAY}T{start}"
    assert outcome(at, end, 40) == counted
    assert outcome(at, end, 40, policy=NOT_COUNTED) == not_counted


def test_breaks_one_after_the_other_and_across_each_other() -> None:
    class Free(ExampleDistrict):
        def breaks(self, staff: Person, on: date) -> tuple[Break, ...]:
            spans = ((11, 12), (12, 13), (11, 13), (14, 15))
            return tuple(Break(time(a), time(b), "break") for a, b in spans)

    inside, outside = (visit(f"{DAY}T11:10", end, 9) for end in ("12:50:00", "14:20:00"))
    assert found(inside, NOT_COUNTED, Free()) == []
    (one,) = found(outside, NOT_COUNTED, Free())
    assert "60 minutes of it in school hours" in one.reason


def test_a_break_that_the_policy_counts_in_is_a_fact_against() -> None:
    (lunch,) = found(visit(f"{DAY}T12:05", "12:20:00", 24))
    (lesson,) = found(visit(f"{DAY}T11:05", "11:20:00", 24))
    fact = "within a break of the staff member, which this policy counts in"
    assert fact in lunch.facts_against
    assert fact not in lesson.facts_against


# -- who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "expect"),
    [
        (party(RIVER, "user:mriver"), FLAGGED),
        (party((RIVER, OAK), "user:office"), FLAGGED),
        (party((RIVER, JO), "user:lab"), None),
        (party(JO, "user:jlopez"), None),
        (party(ANA, "user:ana"), None),
        (party(None, "user:guest"), None),
        (party(RIVER, "email:mara@example.org", basis=Basis.NAME, account=Account.OTHER), None),
        (replace(party(None, "email:x@school.example"), role_hint=Role.STAFF), None),
    ],
)
def test_only_an_account_of_staff_alone(sender: Any, expect: Status | None) -> None:
    assert outcome(f"{DAY}T10:00", "10:20:00", 20, sender=sender) == expect


def test_a_shared_account_is_lifted_by_what_holds_for_any_of_them() -> None:
    """It may have been the one on a break, and it may have been the one without permission."""

    class OneFree(ExampleDistrict):
        def breaks(self, staff: Person, on: date) -> tuple[Break, ...]:
            return (Break(time(9), time(11), "preparation"),) if staff == OAK else ()

    both = visit(f"{DAY}T10:00", "10:20:00", 20, sender=party((RIVER, OAK), "user:office"))
    assert found(both, NOT_COUNTED, OneFree()) == []
    (shared,) = found(replace(both, subject="instagram.com"))
    assert shared.status is FLAGGED
    assert "several staff members use this account" in shared.facts_against


def test_nothing_but_a_visit_matches() -> None:
    around: Any = None
    assert list(check(message(f"{DAY}T10:00", "until 10:41:07, 37 requests"), around)) == []
    broken = visit(f"{DAY}T10:00", "soon", 20)
    assert list(check(broken, around)) == []


# -- permission ------------------------------------------------------------------------------


def test_a_permission_exempts_and_says_where_it_stands() -> None:
    (one,) = found(visit(f"{DAY}T10:00", "10:20:00", 20, sender=OAK, domain="instagram.com"))
    assert (one.status, one.lifted_by) == (Status.EXEMPT, "approval (web_permissions.csv:2)")
    assert outcome(f"{DAY}T10:00", "10:20:00", 20, sender=OAK) is FLAGGED


@pytest.mark.parametrize("whole", [True, False])
def test_an_approved_site_exempts_and_an_approved_page_is_a_fact(whole: bool) -> None:
    class Approving(ExampleDistrict):
        def approval(self, domain_or_url: str, on: date) -> Exemption | None:
            return Exemption("approval", "approved_sites.csv:2") if whole else None

        def approved_pages(self, domain: str, on: date) -> tuple[str, ...]:
            return () if whole else ("approved_groups.csv:5",)

    (one,) = found(visit(f"{DAY}T10:00", "10:20:00", 20), district=Approving())
    fact = "pages of facebook.com are approved (approved_groups.csv:5); this may have been one"
    assert one.status is (Status.EXEMPT if whole else FLAGGED)
    assert (fact in one.facts_against) is not whole


# -- the finding -----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [COUNTED, NOT_COUNTED])
def test_a_finding_is_low_unclear_and_of_no_student(policy: str) -> None:
    (one,) = found(visit(f"{DAY}T10:00", "10:20:00", 20), policy)
    assert (one.severity, one.purpose.label, one.students) == (Severity.LOW, Label.UNCLEAR, ())
    assert (one.clause, one.direction, one.student_ids) == ("school-hours", "outbound", "")
    assert one.staff == (RIVER,)
    assert one.facts_for == ()
    assert [line.offset for line in one.context] == [0]
    assert "the log shows the host alone" in one.facts_against[0]


def test_no_text_of_a_visit_is_asked_for() -> None:
    """Neither its own nor that of its neighbours."""
    thread = tuple(visit(f"{DAY}T1{hour}:00", "23:00:00", 9) for hour in range(3))
    assert texts_needed([Thread.of(thread, {1: 1})]) == {}


def test_other_visits_are_no_context() -> None:
    """Nobody asked what was visited in the evening."""
    evening, lesson = (visit(f"{DAY}T{at}", "23:00:00", 9) for at in ("07:00", "10:00"))
    pack = load_policy(shipped()[COUNTED], KNOWN)
    examiner = Examiner((RULE,), pack, ExampleDistrict(), refuse_to_judge)
    (one,) = examiner.examine(Thread.of((evening, lesson), {1: 1}))
    assert [line.offset for line in one.context] == [0]


def test_the_sentence_says_how_long_and_how_much_of_it() -> None:
    (whole,) = found(visit(f"{DAY}T10:05", "10:41:07", 37))
    assert whole.evidence[0].sentence == (
        "visited facebook.com on Tuesday 14 October from 10:05 to 10:41 local time "
        "in school hours (08:00-15:30): 37 requests"
    )
    (part,) = found(visit(f"{DAY}T07:30", "08:01:00", 1))
    assert part.evidence[0].sentence == (
        "visited facebook.com on Tuesday 14 October from 07:30 to 08:01 local time, 60 seconds "
        "of it in school hours (08:00-15:30): 1 request"
    )
    (long,) = found(visit(f"{DAY}T18:00", "2025-10-15 08:30:00", 9))
    assert "from 18:00 to 08:30 on Wednesday 15 October local time, 30 minutes of it" in (
        long.evidence[0].sentence
    )


def test_confidence_follows_the_requests_the_account_and_the_zone() -> None:
    def sure(requests: int, **changes: Any) -> float:
        said = visit(f"{DAY}T10:00", "10:20:00", requests, **changes.pop("visit", {}))
        (one,) = found(replace(said, **changes))
        return one.confidence

    assert sure(37) > sure(5) > sure(1)
    assert sure(37) > sure(37, zone_basis=ZoneBasis.ASSUMED)
    shared = party((RIVER, OAK), "user:office", field=Field.FROM)
    assert sure(37) > sure(37, visit={"sender": shared})


def test_settings_reach_the_rule_and_no_other() -> None:
    """Each rule sees those of the clause it looks for."""
    seen: list[dict[str, Any]] = []

    def look(_: Message, around: Any) -> list[Match]:
        seen.append(dict(around.settings))
        return [match()]

    planted = (rule(look), rule(look, id=RULE.id))
    pack = load_policy(shipped()[COUNTED], KNOWN)
    examiner = Examiner(planted, pack, ExampleDistrict(), lambda *_: Purpose(Label.UNCLEAR, 0.5))
    list(examiner.examine(Thread.of((message(f"{DAY}T10:00", "hello"),), {0: 3})))
    assert seen == [{}, {"breaks_count": True}]
