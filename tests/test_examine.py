"""Examining: what becomes of a match, and what stands on the finding."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import RuleFailed
from pipelines.examine import AROUND, Examiner, direction
from pipelines.findings import Finding, derived_id
from pipelines.message import Account, Channel, Field, Message, Person, ZoneBasis
from pipelines.threads import Thread
from rules.examples import (
    ANA,
    JO,
    KAI,
    NOA,
    OAK,
    RIVER,
    SAM,
    ExampleDistrict,
    mail,
    message,
    party,
)
from rules.model import Conversation, Exemption, Label, Match, Rule, Severity, Status
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules
from tests.factories import match, purpose, rule

KNOWN = frozenset(one.id for one in all_rules())
STEVENSVILLE, HOT_SPRINGS = (
    load_policy(shipped()[name], KNOWN) for name in ("stevensville-5460", "hot-springs-5460")
)
BUSINESS, PERSONAL, UNCLEAR = Label.SCHOOL_BUSINESS, Label.PERSONAL, Label.UNCLEAR
SECRET = "what the child wrote"


def examine(
    *thread: Message,
    rules: tuple[Rule, ...] | None = None,
    label: Label = PERSONAL,
    policy: Policy = STEVENSVILLE,
    district: ExampleDistrict | None = None,
    wanted: dict[int, int] | None = None,
) -> list[Finding]:
    """Findings on the last message of a thread, or on those wanted."""
    examiner = Examiner(
        rules or (rule(),), policy, district or ExampleDistrict(), lambda *_: purpose(label)
    )
    return list(examiner.examine(Thread.of(thread, wanted or {len(thread) - 1: 1})))


def from_oak(*students: Person, **changes: Any) -> Message:
    """A message of Noa's father."""
    return message("2025-10-14T15:00", "hello", sender=OAK, to=students, **changes)


def concerning(*students: Person, **changes: Any) -> Rule:
    """A rule that matches for these students."""
    return rule(lambda *_: [match(*students)], **changes)


# -- status --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "status", "lifted_by"),
    [
        (BUSINESS, Status.LIFTED, "school business"),
        (PERSONAL, Status.FLAGGED, ""),
        (UNCLEAR, Status.FLAGGED, ""),
    ],
)
def test_only_clear_school_business_lifts(label: Label, status: Status, lifted_by: str) -> None:
    """And it says so on the finding."""
    (found,) = examine(message("2025-10-14T15:00"), label=label)

    assert (found.status, found.lifted_by) == (status, lifted_by)


@pytest.mark.parametrize("label", list(Label))
def test_business_lifts_only_where_the_rule_says(label: Label) -> None:
    """Elsewhere it lowers the severity at the most."""
    never = rule(lifted_by_school_business=False, business_severity=Severity.LOW)
    (found,) = examine(message("2025-10-14T15:00"), rules=(never,), label=label)

    assert found.status is Status.FLAGGED
    assert found.severity == (Severity.MEDIUM if label is PERSONAL else Severity.LOW)


@pytest.mark.parametrize("label", list(Label))
def test_relationship_is_tested_before_purpose(label: Label) -> None:
    """A father's message is exempt whatever it is about, and names where it is written."""
    (found,) = examine(from_oak(NOA), rules=(concerning(NOA),), label=label)

    assert found.status is Status.EXEMPT
    assert found.lifted_by == "familial (roster: guardian record of T2)"
    assert found.students == (NOA,)


@pytest.mark.parametrize(
    ("label", "status"),
    [(BUSINESS, Status.LIFTED), (PERSONAL, Status.FLAGGED), (UNCLEAR, Status.FLAGGED)],
)
def test_an_exemption_for_one_student_leaves_the_others(label: Label, status: Status) -> None:
    """The finding is then about the others alone."""
    (found,) = examine(from_oak(NOA, JO), rules=(concerning(NOA, JO),), label=label)

    assert (found.status, found.students) == (status, (JO,))
    assert NOA in found.others


@pytest.mark.parametrize("label", [PERSONAL, UNCLEAR])
def test_a_policy_without_exemption_exempts_nobody(label: Label) -> None:
    """Hot Springs honours no relationship."""
    (found,) = examine(from_oak(NOA), rules=(concerning(NOA),), label=label, policy=HOT_SPRINGS)

    assert found.status is Status.FLAGGED


def test_only_relationships_the_policy_names_exempt() -> None:
    """Each kind by itself."""
    employment = replace(STEVENSVILLE, exempt_relationships=("employment", "legal"))
    (found,) = examine(from_oak(NOA), rules=(concerning(NOA),), policy=employment)

    assert found.status is Status.FLAGGED


@pytest.mark.parametrize("label", list(Label))
def test_an_approval_exempts_under_every_policy(label: Label) -> None:
    """Also before school business lifts."""
    approved = match(exemption=Exemption("approval", "approved_groups.csv:3"))
    found = [
        examine(
            message("2025-10-14T15:00"),
            rules=(rule(lambda *_: [approved]),),
            label=label,
            policy=policy,
        )[0]
        for policy in (STEVENSVILLE, HOT_SPRINGS)
    ]

    assert {one.status for one in found} == {Status.EXEMPT}
    assert {one.lifted_by for one in found} == {"approval (approved_groups.csv:3)"}


def test_a_relationship_must_hold_on_the_local_day_of_the_message() -> None:
    """The district is asked for that day, not for the day in UTC."""
    asked = []

    class Asked(ExampleDistrict):
        def exemption(self, staff: Person, student: Person, on: date) -> Exemption | None:
            asked.append((staff, student, on))
            return None

    late = replace(message("2025-10-14T23:30"), sent_at=message("2025-10-15T05:30").sent_at)
    examine(late, district=Asked())

    assert asked == [(RIVER, JO, date(2025, 10, 14))]


# -- severity and clause -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "label", "severity"),
    [
        ({}, PERSONAL, Severity.HIGH),
        ({}, UNCLEAR, Severity.LOW),
        ({"unclear_severity": None}, UNCLEAR, Severity.HIGH),
        ({"unclear_severity": Severity.MEDIUM}, UNCLEAR, Severity.MEDIUM),
    ],
)
def test_severity_is_the_clause_s_and_low_when_unclear(
    changes: dict[str, Any], label: Label, severity: Severity
) -> None:
    """The pack goes before the rule's own; a rule may say otherwise for unclear purpose."""
    clause = replace(STEVENSVILLE.clauses[0], severities={"personal_number": Severity.HIGH})
    policy = replace(STEVENSVILLE, clauses=(clause,))
    (found,) = examine(
        message("2025-10-14T15:00"), rules=(rule(**changes),), label=label, policy=policy
    )

    assert found.severity is severity


def test_purpose_never_raises_a_severity() -> None:
    """A clause that the district set low stays low."""
    clause = replace(STEVENSVILLE.clauses[0], severities={"personal_number": Severity.LOW})
    policy = replace(STEVENSVILLE, clauses=(clause,))
    eager = rule(unclear_severity=Severity.HIGH)

    assert [
        examine(message("2025-10-14T15:00"), rules=(eager,), label=label, policy=policy)[0].severity
        for label in Label
    ] == [Severity.LOW] * 3


@pytest.mark.parametrize(("at", "count"), [("2017-10-09T23:59", 0), ("2017-10-10T00:00", 1)])
def test_nothing_is_found_before_the_policy_was_adopted(at: str, count: int) -> None:
    """The local day counts."""
    assert len(examine(message(at))) == count


@pytest.mark.parametrize(
    ("at", "clause"),
    [
        ("2025-10-14T23:59", "old"),
        ("2025-10-15T00:00", "new"),
    ],
)
def test_a_finding_cites_the_clause_in_force_that_day(at: str, clause: str) -> None:
    """Not the one in force when the audit runs."""
    first = STEVENSVILLE.clauses[0]
    old = replace(first, id="old", effective_to=date(2025, 10, 14))
    new = replace(first, id="new", effective_from=date(2025, 10, 15))
    policy = replace(STEVENSVILLE, clauses=(new, old))

    said = message(at)
    said = replace(said, sent_at=said.sent_at + timedelta(hours=6))  # the clock in UTC

    assert [one.clause for one in examine(said, policy=policy)] == [clause]


@pytest.mark.parametrize("stance", ["permitted", "not-adopted"])
def test_what_the_district_does_not_forbid_is_not_found(stance: str) -> None:
    """A clause has a stance."""
    policy = replace(STEVENSVILLE, clauses=(replace(STEVENSVILLE.clauses[0], stance=stance),))

    assert examine(message("2025-10-14T15:00"), policy=policy) == []


def test_a_finding_names_policy_and_version() -> None:
    """As the pack does."""
    (found,) = examine(message("2025-10-14T15:00"))

    assert (found.policy, found.policy_version, found.clause) == (
        "stevensville-5460",
        "2019-05-09",
        "personal-number",
    )


# -- which messages, which rules -----------------------------------------------------------


def test_only_candidates_are_examined_by_the_rules_that_want_them() -> None:
    """A rule whose screen held a message back does not see it."""
    seen: list[tuple[str, str]] = []

    def noting(name: str) -> Rule:
        def check(said: Message, _: Conversation) -> list[Match]:
            seen.append((name, said.key))
            return []

        return rule(check, id=name)

    named = (noting("personal_number"), noting("personal_texting"), noting("off_hours_contact"))
    thread = [message(f"2025-10-14T15:0{number}", key=f"m{number}") for number in range(5)]
    examine(*thread, rules=named, wanted={4: 0b001, 1: 0b101, 3: 0b010})

    assert seen == [
        ("personal_number", "m1"),
        ("off_hours_contact", "m1"),
        ("personal_texting", "m3"),
        ("personal_number", "m4"),
    ]


def test_purpose_is_judged_once_for_a_message_with_its_neighbours() -> None:
    """The judge sees the message and what is near it."""
    asked: list[tuple[Message, list[Message]]] = []

    def judge(said: Message, near: Any) -> Any:
        asked.append((said, list(near)))
        return purpose(PERSONAL)

    thread = [message("2025-10-14T15:00", key=f"m{number}") for number in range(20)]
    rules = (rule(), rule(id="personal_texting"))
    examiner = Examiner(rules, STEVENSVILLE, ExampleDistrict(), judge)
    list(examiner.examine(Thread.of(thread, {10: 3})))

    assert asked == [(thread[10], thread[4:17])]


@dataclass
class BodyError(Exception):
    """Quotes what it should not."""

    body: str


@pytest.mark.parametrize("error", [BodyError(SECRET), ValueError(SECRET), KeyError(SECRET)])
@pytest.mark.parametrize("late", [False, True])
def test_a_rule_that_raises_stops_the_run_without_a_word_of_the_message(
    error: Exception, late: bool
) -> None:
    """It is named with the key of the message, also when it matched before it raised."""

    def check(*_: object) -> Iterator[Match]:
        if late:
            yield match()
        raise error

    with pytest.raises(RuleFailed) as caught:
        examine(message("2025-10-14T15:00", SECRET, subject=SECRET, key="k7"), rules=(rule(check),))

    assert "personal_number" in str(caught.value)
    assert "k7" in str(caught.value)
    assert type(error).__name__ in str(caught.value)
    assert SECRET not in str(caught.value) + repr(caught.value) + repr(caught.value.args)


def test_the_trace_of_a_failed_rule_does_not_quote_the_message() -> None:
    """Wherever it may be printed."""

    def check(*_: object) -> list[Match]:
        raise ValueError("what the " + "child wrote")

    with pytest.raises(RuleFailed) as caught:
        examine(message("2025-10-14T15:00", SECRET), rules=(rule(check),))

    assert SECRET not in "".join(traceback.format_exception(caught.value))


# -- what stands on a finding --------------------------------------------------------------


def facts(*thread: Message, **changes: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Facts for and against of the finding on the last message."""
    (found,) = examine(*thread, **changes)
    return found.facts_for, found.facts_against


FIRST = "the staff member's is the first message of the thread"
TEACHES = "teaches the student: Algebra I"


def test_the_bare_facts() -> None:
    """A staff member's first message to a student of hers."""
    assert facts(message("2025-10-14T15:00")) == ((FIRST,), (TEACHES,))


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"to": (JO, ANA)}, "a guardian or second adult is on the message"),
        ({"to": (JO, OAK)}, "a guardian or second adult is on the message"),
        ({"audience": 24}, "went to 24 students"),
    ],
)
def test_facts_against_of_the_audience(changes: dict[str, Any], against: str) -> None:
    """An officer must see them beside the reason."""
    assert against in facts(message("2025-10-14T15:00", **changes))[1]
    assert against not in facts(message("2025-10-14T15:00"))[1]


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"delivered": False}, "the gateway reports that it was not delivered"),
        ({"zone_basis": ZoneBasis.ASSUMED}, "the time zone of the export is assumed"),
    ],
)
def test_facts_against_of_the_record(changes: dict[str, Any], against: str) -> None:
    """What the export does not say for certain."""
    said = message("2025-10-14T15:00")

    assert against in facts(replace(said, **changes))[1]
    assert against not in facts(said)[1]


def test_an_answer_is_told_from_a_first_message() -> None:
    """Who began and what came just before."""
    asked = message("2025-10-14T14:00", "?", sender=JO, to=(RIVER,), key="m0")
    own = message("2025-10-14T14:30", "and", key="m00")
    answered = message("2025-10-14T15:00", "ok", key="m1")
    answer = "answers the student's own question"

    assert facts(asked, answered) == ((), (TEACHES, answer))
    assert facts(asked, own, answered) == ((), (TEACHES,))


@pytest.mark.parametrize(
    ("at", "late"), [("21:59", False), ("22:00", True), ("04:59", True), ("05:00", False)]
)
def test_late_at_night_is_a_fact_for(at: str, late: bool) -> None:
    """From ten to five, by the local clock."""
    assert ("sent late at night" in facts(message(f"2025-10-14T{at}"))[0]) is late


def test_school_business_stands_against_a_finding_it_does_not_lift() -> None:
    """The officer sees what it reads as."""
    never = rule(lifted_by_school_business=False)

    assert (
        "reads as school business"
        in facts(message("2025-10-14T15:00"), rules=(never,), label=BUSINESS)[1]
    )


def test_relationships_that_do_not_exempt_are_said() -> None:
    """One that ended, and a name that agrees."""

    class Past(ExampleDistrict):
        def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
            return f"relationships.csv:3: ended before {on}"

        def name_only_relatives(self, staff: Person, student: Person) -> bool:
            return True

    against = facts(message("2025-10-14T15:00"), district=Past())[1]

    assert (
        "a relationship is on file but not valid that day "
        "(relationships.csv:3: ended before 2025-10-14)"
    ) in against
    assert any("a name alone does not exempt" in one for one in against)
    assert not any(
        "a name alone does not exempt" in one for one in facts(message("2025-10-14T15:00"))[1]
    )


def test_the_rule_s_own_words_are_kept() -> None:
    """Evidence, facts, what would have undone it, and confidence to two digits."""
    said = match(facts_for=("for",), facts_against=("against",), confidence=0.8549)
    (found,) = examine(message("2025-10-14T15:00"), rules=(rule(lambda *_: [said]),))

    assert found.evidence == said.evidence
    assert found.undone_if == ("it had not been sent",)
    assert found.facts_for == ("for", FIRST)
    assert found.facts_against == ("against", TEACHES)
    assert found.confidence == 0.85
    assert found.reason == "A planted rule: because; it reads as personal"


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
def test_every_rule_says_what_would_have_undone_it(one: Rule) -> None:
    """On each of its own examples that match."""
    found = [
        finding
        for example in one.examples
        if example.expect
        for finding in examine(*example.before, example.message, rules=(one,))
    ]

    assert found
    assert all(finding.undone_if for finding in found)
    assert all(finding.evidence and finding.staff for finding in found)
    nobody = one.id == "public_posting"
    assert all(finding.students or finding.message.is_visit or nobody for finding in found)


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
def test_spans_of_evidence_lie_in_the_text(one: Rule) -> None:
    """In subject or body, not empty; a reason that is not in the text has no span."""
    for example in one.examples:
        for found in examine(*example.before, example.message, rules=(one,)):
            for evidence in found.evidence:
                text = {"subject": found.message.subject, "body": found.message.body or ""}
                if evidence.part:
                    assert 0 <= evidence.start < evidence.end <= len(text[evidence.part])
                else:
                    assert (evidence.start, evidence.end) == (0, 0)


# -- context -------------------------------------------------------------------------------


def test_context_is_five_messages_on_either_side() -> None:
    """With their place, and who spoke."""
    thread = [
        message(
            f"2025-10-14T15:{number:02}",
            f"text {number}",
            key=f"m{number:02}",
            sender=RIVER if number % 2 else JO,
            to=(JO,) if number % 2 else (RIVER,),
        )
        for number in range(20)
    ]
    (found,) = examine(*thread, wanted={10: 1})

    assert AROUND == 5
    assert [line.offset for line in found.context] == list(range(-5, 6))
    assert [line.key for line in found.context] == [f"m{number:02}" for number in range(5, 16)]
    assert [line.by_staff for line in found.context[:2]] == [True, False]
    assert found.context[5].body == "text 10"
    assert (found.context[5].sender, found.context[5].recipients) == ("Jo Lopez", "Mara River")


@pytest.mark.parametrize(
    ("place", "offsets"), [(0, range(6)), (2, range(-2, 6)), (9, range(-5, 1))]
)
def test_context_ends_with_the_thread(place: int, offsets: range) -> None:
    """At both ends."""
    thread = [message("2025-10-14T15:00", key=f"m{number}") for number in range(10)]
    (found,) = examine(*thread, wanted={place: 1})

    assert [line.offset for line in found.context] == list(offsets)


def test_lifted_and_exempt_findings_carry_no_context() -> None:
    """Nobody reads what opens no case."""
    before = message("2025-10-14T14:00", key="m0")
    found = [
        *examine(before, message("2025-10-14T15:00"), label=BUSINESS),
        *examine(before, from_oak(NOA), rules=(concerning(NOA),)),
    ]

    assert [one.status for one in found] == [Status.LIFTED, Status.EXEMPT]
    assert [one.context for one in found] == [(), ()]


# -- identity ------------------------------------------------------------------------------


@given(
    key=st.text("0123456789abcdef", min_size=1),
    hour=st.integers(0, 23),
    body=st.text(max_size=5),
    label=st.sampled_from(list(Label)),
    confidence=st.floats(0, 1),
    policy=st.sampled_from([STEVENSVILLE, HOT_SPRINGS]),
)
def test_a_finding_is_known_by_rule_and_message_alone(
    key: str, hour: int, body: str, label: Label, confidence: float, policy: Policy
) -> None:
    """Not by wording, hour, purpose, confidence or policy."""
    said = message(f"2025-10-14T{hour:02}:00", body, key=key)
    checked = rule(lambda *_: [match(confidence=confidence)])
    (found,) = examine(said, rules=(checked,), label=label, policy=policy)
    (other,) = examine(said, rules=(replace(checked, id="personal_texting"),), policy=policy)

    assert found.finding_id == derived_id("f", "personal_number", key)
    assert other.finding_id != found.finding_id


def test_an_id_is_the_same_on_every_machine() -> None:
    """It is written down in cases of earlier nights."""
    assert derived_id("f", "personal_number", "m1") == "f-1299b0a9e83148fc"
    assert derived_id("f", "a", "bc") != derived_id("f", "ab", "c")


# -- direction and people ------------------------------------------------------------------

OUTSIDE = party(JO, "email:jo@example.org", account=Account.OTHER)
PRIVATE = party(RIVER, "email:r@example.org", account=Account.OTHER, field=Field.FROM)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (mail("2025-10-14T15:00", ""), "internal"),
        (mail("2025-10-14T15:00", "", to=(OUTSIDE,)), "outbound"),
        (mail("2025-10-14T15:00", "", to=(JO, OUTSIDE)), "outbound"),
        (mail("2025-10-14T15:00", "", sender=PRIVATE), "inbound"),
        (mail("2025-10-14T15:00", "", sender=PRIVATE, to=(OUTSIDE,)), "external"),
    ],
)
def test_direction_is_seen_from_the_district(said: Message, expected: str) -> None:
    """By the accounts, not by the people."""
    assert direction(said) == expected


def test_others_are_those_neither_accused_nor_concerned() -> None:
    """Everybody known on the message, once, by id."""
    said = message("2025-10-14T15:00", to=(SAM, ANA, JO, KAI, ANA), channel=Channel.CHAT)
    (found,) = examine(said)

    assert found.others == (ANA, SAM, KAI)
    assert found.staff == (RIVER,)


def test_neighbours_in_time_do_not_change_a_finding() -> None:
    """But for facts and context."""
    alone = message("2025-10-14T15:00")
    later = replace(alone, key="m2", sent_at=alone.sent_at + timedelta(minutes=1))
    (found,), (same,) = examine(alone), examine(alone, later, wanted={0: 1})

    assert replace(same, context=()) == replace(found, context=())


# -- matches about somebody else than the sender --------------------------------------------

NOTICE = party(None, "email:notice@facebookmail.com", account=Account.OTHER, field=Field.FROM)


def about(*staff: Person, **changes: Any) -> Rule:
    """A rule whose matches are about these staff, whoever sent the message."""
    return rule(lambda *_: [match(*changes.pop("students", (JO,)), staff=staff, **changes)])


def test_a_match_may_name_the_staff_it_is_about() -> None:
    """A network's notice has no staff sender: case, exemption and facts are of whom it names."""
    said = message("2025-10-14T15:00", "Mara River wants to be friends", sender=NOTICE)
    (found,) = examine(said, rules=(about(RIVER),))
    (plain,) = examine(message("2025-10-14T15:00", "hello"))

    assert found.staff == (RIVER,)
    assert found.case_id == plain.case_id
    assert "teaches the student: Algebra I" in found.facts_against
    assert not any("first message" in fact for fact in found.facts_for)


def test_the_staff_a_match_names_may_be_related() -> None:
    """And are no others on the message."""
    said = message("2025-10-14T15:00", "Tom Oak wants to be friends", sender=NOTICE, to=(NOA, OAK))
    (found,) = examine(said, rules=(about(OAK, students=(NOA,)),))

    assert found.status is Status.EXEMPT
    assert found.others == ()


@pytest.mark.parametrize(("lifts", "expected"), [(True, Status.LIFTED), (False, Status.FLAGGED)])
def test_school_business_lifts_where_the_match_allows(lifts: bool, expected: Status) -> None:
    """A rule may know that the business around its match is not the match's own."""
    one = rule(lambda *_: [match(business_lifts=lifts)])
    (found,) = examine(message("2025-10-14T15:00", "hello"), rules=(one,), label=BUSINESS)

    assert found.status is expected
