"""Assembling: findings of one pair become one case, whatever their order and copies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.assemble import assemble_case, summary
from pipelines.findings import Finding
from pipelines.message import Channel
from pipelines.pattern import PATTERNS, Sight, pattern
from rules.examples import JO, KAI, SAM
from rules.model import Label, Severity, Status
from tests.factories import finding, purpose

DAYS = [f"2025-10-{day}T23:30" for day in (13, 14, 15)]


def several(*changes: dict[str, Any]) -> list[Finding]:
    """Findings on as many messages."""
    return [finding(f"m{number}", **one) for number, one in enumerate(changes)]


LOW, HIGH = {"severity": Severity.LOW}, {"severity": Severity.HIGH}
CHAT, SMS = {"channel": Channel.CHAT}, {"channel": Channel.SMS}
UNCLEAR, BUSINESS = {"label": Label.UNCLEAR}, {"label": Label.SCHOOL_BUSINESS}
RULES = [{"rule": rule} for rule in ("personal_number", "personal_texting", "off_hours_contact")]


@pytest.mark.parametrize(
    ("findings", "severity", "why"),
    [
        (several(*({"at": at} for at in DAYS)), Severity.HIGH, "personal contact on 3 days"),
        (several(*(LOW | {"at": at} for at in DAYS)), Severity.HIGH, "personal contact on 3 days"),
        (several(CHAT, SMS, SMS), Severity.HIGH, "personal contact on 2 channels (chat, sms)"),
        (several(LOW | CHAT, LOW | SMS, LOW), Severity.HIGH, "personal contact on 3 channels"),
        (several(*RULES), Severity.HIGH, "personal contact that matches three or more rules"),
        # no pattern: the worst, and what it reads as
        (several({}), Severity.MEDIUM, "reads as personal"),
        (several(LOW), Severity.LOW, "reads as personal"),
        (several(LOW, {}, LOW), Severity.MEDIUM, "reads as personal"),
        (several(LOW, HIGH), Severity.HIGH, "reads as personal"),
        (several(CHAT, SMS), Severity.MEDIUM, "reads as personal"),
        (several(*({"at": at} for at in DAYS[:2])), Severity.MEDIUM, "reads as personal"),
        (several(*RULES[:2]), Severity.MEDIUM, "reads as personal"),
        (several(*({} for _ in range(20))), Severity.MEDIUM, "reads as personal"),
        (several(*({"at": DAYS[0]} for _ in range(3))), Severity.HIGH, "3 personal messages late"),
        (several(*({"at": DAYS[0]} for _ in range(2))), Severity.MEDIUM, "reads as personal"),
        # unclear purpose and school business make no pattern
        (several(*(LOW | UNCLEAR | {"at": at} for at in DAYS)), Severity.LOW, "its purpose"),
        (several(CHAT, SMS, SMS | UNCLEAR), Severity.MEDIUM, "reads as personal"),
        (several(*(LOW | UNCLEAR | one for one in RULES)), Severity.LOW, "its purpose is unclear"),
        (several(LOW | UNCLEAR, LOW | BUSINESS), Severity.LOW, "its purpose is unclear"),
        (
            several(*(LOW | BUSINESS | {"at": at} for at in DAYS)),
            Severity.LOW,
            "reads as school business, which does not lift this clause",
        ),
        (
            several({"at": DAYS[0]}, {"at": DAYS[1]}, UNCLEAR | {"at": DAYS[2]}),
            Severity.MEDIUM,
            "reads as personal",
        ),
    ],
)
def test_the_severity_of_a_case_is_that_of_its_pattern(
    findings: list[Finding], severity: Severity, why: str
) -> None:
    """And the case says why; a bare count says nothing."""
    found, sentence = pattern(findings)

    assert found is severity
    assert sentence.startswith(why)


SECRET = replace(purpose(Label.PERSONAL), secrecy=("dont tell",))


@pytest.mark.parametrize(
    ("findings", "severity", "why"),
    [
        ([replace(finding(), purpose=SECRET)], Severity.HIGH, "asks for secrecy"),
        (
            [replace(finding(), purpose=replace(SECRET, label=Label.UNCLEAR))],
            Severity.MEDIUM,
            "its purpose is unclear",
        ),
        ([finding(rule="moved_channel")], Severity.HIGH, "personal contact moved off the record"),
        (
            [finding(rule="moved_channel", label=Label.SCHOOL_BUSINESS)],
            Severity.MEDIUM,
            "reads as school business",
        ),
        ([replace(finding(), growing=True)], Severity.HIGH, "personal contact, and their private"),
        ([replace(finding(label=Label.UNCLEAR), growing=True)], Severity.MEDIUM, "its purpose"),
        (
            [replace(one, message=replace(one.message, audience=24)) for one in several({}, {})],
            Severity.LOW,
            "every message went to many students at once",
        ),
        (
            [finding("m2"), replace(finding(), message=replace(finding().message, audience=24))],
            Severity.MEDIUM,
            "reads as personal",
        ),
    ],
)
def test_secrecy_moving_growth_and_audience_make_a_pattern(
    findings: list[Finding], severity: Severity, why: str
) -> None:
    """Three "don't tell your mom" are a case; thirty "bus is late" to a team are not."""
    found, sentence = pattern(findings)

    assert found is severity
    assert sentence.startswith(why)


def test_the_last_row_always_holds() -> None:
    """So that every case has a severity."""
    assert [row.severity for row in PATTERNS].count(None) == 1
    assert PATTERNS[-1].severity is None
    assert PATTERNS[-1].holds(Sight([]))


def test_one_message_under_several_rules_is_one_message() -> None:
    """Two texts that each match twice are no three messages over two channels."""
    findings = [
        finding(key, rule=rule["rule"], channel=channel)
        for key, channel in (("m1", Channel.SMS), ("m2", Channel.CHAT))
        for rule in RULES[:2]
    ]

    assert pattern(findings) == (Severity.MEDIUM, "reads as personal")


def test_days_are_days_of_the_school() -> None:
    """23:30 and 00:30 are two days, though minutes apart."""
    at = ["2025-10-13T12:00", "2025-10-14T23:30", "2025-10-15T00:30"]

    assert pattern(several(*({"at": one} for one in at)))[1] == "personal contact on 3 days"
    assert pattern(several(*({"at": at[0]} for _ in at)))[0] is Severity.MEDIUM


def test_findings_are_listed_by_time_then_message_then_rule() -> None:
    """All of them; the case holds the flagged ones."""
    findings = [
        finding("m2", "2025-10-14T15:00"),
        finding("m1", "2025-10-14T15:00", rule="personal_texting"),
        finding("m1", "2025-10-14T15:00", rule="personal_number", status=Status.LIFTED),
        finding("m9", "2025-10-13T15:00", status=Status.EXEMPT),
    ]
    ordered, case = assemble_case(findings)

    assert [(one.message.key, one.rule) for one in ordered] == [
        ("m9", "personal_number"),
        ("m1", "personal_number"),
        ("m1", "personal_texting"),
        ("m2", "personal_number"),
    ]
    assert case is not None
    assert case.findings == (ordered[2], ordered[3])


@pytest.mark.parametrize("statuses", [[Status.LIFTED], [Status.EXEMPT], [Status.LIFTED] * 3])
def test_what_is_lifted_or_exempt_opens_no_case(statuses: list[Status]) -> None:
    """But is listed."""
    findings = several(*({"status": status} for status in statuses))

    assert assemble_case(findings) == (tuple(findings), None)


def test_lifted_findings_do_not_make_a_pattern() -> None:
    """Three evenings of homework and one personal line are no three evenings."""
    lifted = several(*({"at": at, "status": Status.LIFTED} for at in DAYS))
    _, case = assemble_case([*lifted, finding("m9", DAYS[0])])

    assert case is not None
    assert (case.severity, len(case.findings)) == (Severity.MEDIUM, 1)


def test_of_copies_the_first_by_file_and_record_stands() -> None:
    """As numbers, not as text."""
    copies = [
        finding(source_file="b.csv", record=2),
        finding(source_file="b.csv", record=10),
        finding(source_file="c.csv", record=1),
    ]
    for mixed in (copies, copies[::-1]):
        ordered, case = assemble_case(mixed)
        assert ordered == (copies[0],)
        assert case is not None
        assert case.findings == (copies[0],)


FINDINGS = st.builds(
    finding,
    st.sampled_from(["m1", "m2", "m3"]),
    st.sampled_from(DAYS),
    rule=st.sampled_from([one["rule"] for one in RULES]),
    label=st.sampled_from(list(Label)),
    status=st.sampled_from(list(Status)),
    severity=st.sampled_from(list(Severity)),
    channel=st.sampled_from(list(Channel)),
)


@given(st.lists(FINDINGS, min_size=1, max_size=12), st.data())
def test_neither_order_nor_copies_change_a_case(
    findings: list[Finding], data: st.DataObject
) -> None:
    """Each finding stands once."""
    placed = [
        finding(
            one.message.key,
            one.message.sent_at_local.isoformat(),
            rule=one.rule,
            label=one.purpose.label,
            status=one.status,
            severity=one.severity,
            channel=one.message.channel,
            record=number,
        )
        for number, one in enumerate(findings)
    ]
    mixed = data.draw(st.permutations([*placed, *placed[::2]]))
    ordered, case = assemble_case(placed)

    assert assemble_case(mixed) == (ordered, case)
    assert sorted(one.finding_id for one in ordered) == sorted({one.finding_id for one in placed})


def test_a_case_is_one_staff_side_one_group_one_policy() -> None:
    """Stable whatever is found; another student or group is another case."""
    first, later = finding("m1"), finding("m7", DAYS[2], rule="personal_texting", **SMS)
    pair = finding(students=(JO, SAM))

    assert first.case_id == later.case_id == "case-307fbee4b77b4b8b"
    assert pair.case_id == finding(students=(SAM, JO)).case_id
    assert len({first.case_id, pair.case_id, finding(students=(KAI,)).case_id}) == 3
    _, case = assemble_case([later, first])
    assert case is not None
    assert case.case_id == first.case_id


def test_the_extent_is_said_in_one_line() -> None:
    """Messages, days and channels, each once."""
    findings = [
        finding("m1", DAYS[0], **SMS),
        finding("m1", DAYS[0], rule="personal_texting", **SMS),
        finding("m2", DAYS[1], **CHAT),
    ]
    _, case = assemble_case(findings)
    _, small = assemble_case(findings[:1])

    assert case is not None
    assert small is not None
    assert summary(case) == "2 messages, 2 days, 2 channels (chat, sms)"
    assert summary(small) == "1 message, 1 day, 1 channel (sms)"
