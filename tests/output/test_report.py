"""report.html: what an officer must find on it, and what may never get through it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import cast

import pytest

from pipelines.assemble import assemble_case
from pipelines.examine import Examiner
from pipelines.findings import Case, ContextLine, Finding
from pipelines.message import Account, Channel, Message, Participant, Person, Role
from pipelines.output import report as pages
from pipelines.output.report import (
    Report,
    Scanned,
    headline,
    render_report,
)
from pipelines.roster.directory import Directory
from pipelines.threads import Thread
from rules.examples import ANA, JO, KAI, NOA, OAK, RIVER, SAM, ExampleDistrict, party
from rules.examples import mail as _mail
from rules.examples import message as _message
from rules.examples import text as _text
from rules.model import Evidence, Label, Purpose, Severity, Status
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules
from rules.signals.hours import parse_hours

PERSONAL = Purpose(Label.PERSONAL, 0.06, ("no school words", "words of leisure: show, movie"))
BUSINESS = Purpose(Label.SCHOOL_BUSINESS, 0.97, ("class both are in: Algebra I", "word: quiz"))
UNCLEAR = Purpose(Label.UNCLEAR, 0.52, ("too few words to tell",))
HOSTILE = """"><script>alert('x')</script><img src=http://evil.example/p.png onerror=1>&{{7*7}}'"""
BUSINESS_WORDS = ("quiz", "bus leaves", "practice", "worksheet", "museum")
SOURCES = {"lms": "canvas", "sms": "gateway", "email": "vault"}
JO_PHONE = party(JO, "phone:+14065550142", account=Account.OTHER)
KAI_PHONE = party(KAI, "phone:+14065550146", account=Account.OTHER)
RIVER_HOME = party(RIVER, "email:mara.river@mail.example", account=Account.OTHER)


class District(ExampleDistrict):
    """The example people, as the examiner wants them."""

    def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
        """Nothing has expired."""
        return None

    def name_only_relatives(self, staff: Person, student: Person) -> bool:
        """No mere namesakes."""
        return False


def judge(one: Message, thread: Sequence[Message]) -> Purpose:
    """A stand-in that knows a few words."""
    words = one.text.lower()
    if any(word in words for word in BUSINESS_WORDS):
        return BUSINESS
    return UNCLEAR if len(words.split()) < 4 else PERSONAL


def policy() -> Policy:
    known = frozenset(rule.id for rule in all_rules())
    return load_policy(shipped()["stevensville-5460"], known)


def conversations() -> list[list[Message]]:
    """Some weeks of invented messages: two that drift, one short text, much that is fine."""

    def jo(at: str, body: str) -> Message:
        return _message(at, body, sender=JO, to=(RIVER,))

    evening = [
        jo("2025-10-21T19:40", "Ms River, is the worksheet due tomorrow or Thursday?"),
        _message("2025-10-21T19:52", "Thursday. The quiz is Friday, bring a calculator."),
        jo("2025-10-21T19:54", "ok thanks!!"),
        _message("2025-10-21T22:41", "You were quiet in class today. Everything fine with you?"),
        jo("2025-10-21T22:48", "just tired i guess, my brother keeps me up"),
        _message("2025-10-21T22:51", "I am up late most nights as well. What are you watching?"),
        jo("2025-10-21T22:55", "that cooking show, the one with the tiny cakes"),
        _message(
            "2025-10-21T23:06",
            "Love that one! If you ever get bored text me, 406-555-0101. "
            "It is easier than this thing, and my notifications are on.",
        ),
        jo("2025-10-21T23:09", "haha ok"),
        _message("2025-10-24T16:20", "Your quiz is graded, nice work on 3.4."),
        jo("2025-10-24T16:31", "yesss"),
    ]
    answer = {
        "sender": JO_PHONE,
        "to": (party(RIVER, "phone:+14065550101", account=Account.OTHER),),
    }
    phone = [
        _text("2025-10-26T15:05", "just saw that movie you told me about, you were right lol"),
        _text("2025-10-26T15:11", "told you!!", **answer),
        _text("2025-10-26T21:30", "want to hear my ranking of the whole series?"),
        _text("2025-11-02T11:15", "are you around?"),
        _text("2025-11-08T22:10", "cannot sleep again, tell me something funny"),
    ]
    team = [
        _text("2025-11-04T14:10", "bus leaves 3:15, bring both jerseys", to=(KAI_PHONE,)),
        _text("2025-11-05T14:12", "you there?", to=(KAI_PHONE,)),
    ]
    private = [
        _mail(
            "2025-11-12T17:20",
            "Hi Sam, here are the photos from the weekend hike I talked about. Great views!",
            subject="Hike photos",
            sender=RIVER_HOME,
            to=(SAM,),
        )
    ]
    family = [_mail("2025-11-13T22:00", "home by ten, soup is on", sender=OAK, to=(NOA,))]
    fine = [
        _message("2025-11-18T20:15", "Practice moved to 4.", to=(SAM,)),
        _message("2025-11-19T12:15", "Thank you for the notes", to=(ANA,)),
    ]
    groups = [evening, phone, team, private, family, fine]
    return [[_placed(g, n, one) for n, one in enumerate(c)] for g, c in enumerate(groups)]


def _placed(thread: int, number: int, one: Message) -> Message:
    source = SOURCES[one.channel.value]
    return replace(
        one,
        key=f"k{thread}-{number}",
        native_id=f"N{thread:02}{number:03}",
        thread_key=thread,
        record=10 * thread + number + 1,
        source=source,
        source_file=f"exports/{source}/log.csv",
        sent_at=one.sent_at + timedelta(hours=6),
    )


def sample(threads: Sequence[Sequence[Message]] | None = None, **others: object) -> Report:
    """A report of the conversations, examined with the real rules and policy."""
    examiner = Examiner(all_rules(), policy(), cast(Directory, District()), judge)
    groups: dict[str, list[Finding]] = defaultdict(list)
    for thread in conversations() if threads is None else threads:
        for one in examiner.examine(Thread.of(thread, dict.fromkeys(range(len(thread)), -1))):
            groups[one.case_id].append(one)
    done = [assemble_case(group) for group in groups.values()]
    return report_on(
        [case for _, case in done if case], [f for group, _ in done for f in group], **others
    )


def report_on(cases: Sequence[Case], findings: Sequence[Finding], **others: object) -> Report:
    """A report around given cases and findings."""
    rules = all_rules()
    days = (date(2025, 10, 20), date(2025, 11, 30))
    report = Report(
        district="Cedar Fork School District",
        run_id="20251201T020500000Z-1a2b3c4d",
        when=datetime(2025, 12, 1, 2, 5, tzinfo=UTC),
        policy=policy(),
        hours=parse_hours({"weekdays": "07:00-18:00"}, frozenset({date(2025, 11, 11)})),
        contact_hours="Monday to Friday 07:00-18:00, without 1 day off",
        cases=tuple(cases),
        findings=tuple(findings),
        rules=rules,
        scanned=(
            Scanned(
                "vault", "vault", 412, 371, 18, (("not a message", 20),), 3, *days, not_scanned=2
            ),
            Scanned("gateway", "twilio", 118, 117, 1, (), 0, *days),
            Scanned("canvas", "canvas", 214, 212, 0, (("system notice", 2),), 0, *days),
        ),
        clauses_not_checked=tuple(c for c in policy().clauses if c.id == "soliciting"),
        complete=False,
        warnings=("source vault: the text of 2 staff-student messages is missing",),
        versions=(("Brightline", "0.1.0"), ("rules", "5d1c0a77"), ("roster", "9be2f410")),
    )
    return replace(report, **others)  # type: ignore[arg-type]


def empty(**others: object) -> Report:
    return report_on([], [], complete=True, warnings=(), **others)


class Page(HTMLParser):
    """The tags, attributes and marked text of a page; fails on tags that do not close in order."""

    VOID = frozenset({"meta", "br", "img", "link", "input"})
    DRAWN = frozenset({"rect", "line", "path", "circle"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.marked: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not any(name.startswith("on") for name in given), given
        self.links += [given[name] or "" for name in ("src", "href") if name in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open and self._open[-1] == "mark":
            self.marked[-1] += data

    @property
    def text(self) -> str:
        """All words, spaces folded."""
        return " ".join(" ".join(self.words).split())


def test_page_is_whole_and_needs_nothing_from_outside() -> None:
    html = render_report(sample())
    page = Page(html)
    assert page.links and all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not {"script", "img", "iframe", "object", "link", "form", "base"} & set(page.tags)
    assert "url(" not in html and "@import" not in html


def test_headings_come_in_order_and_landmarks_stand() -> None:
    for report in (sample(), empty()):
        tags = Page(render_report(report)).tags
        levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert [tags.count(tag) for tag in ("header", "main", "footer")] >= [1, 1, 1]


def test_tables_have_headers_and_pictures_have_words() -> None:
    html = render_report(sample())
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        assert 'scope="col"' in table
    pictures = re.findall(r'<svg role="img".*?</svg>', html, re.DOTALL)
    assert pictures and all("<title id=" in one and "<desc id=" in one for one in pictures)


def test_says_what_an_officer_needs_first() -> None:
    page = Page(render_report(sample())).text
    assert "700 messages from 3 sources, 20 Oct – 30 Nov 2025: 3 cases to review" in page
    assert (
        "A flag is a possible match for a person to judge, never a finding of misconduct." in page
    )
    assert "A case here is not a mandated report" in page
    assert "The run needs attention before it can be called complete." in page
    assert "source vault: the text of 2 staff-student messages is missing" in page


def test_cases_are_ordered_by_severity_then_latest() -> None:
    report = sample()
    expected = sorted(
        report.cases, key=lambda c: (-c.severity, -c.findings[-1].message.sent_at.timestamp())
    )
    html = render_report(replace(report, cases=tuple(reversed(report.cases))))
    assert re.findall(r'<article class="case \w+" id="([^"]+)"', html) == [
        case.case_id for case in expected
    ]


def test_a_case_shows_clause_purpose_facts_and_provenance() -> None:
    report = sample()
    worst = max(report.cases, key=lambda case: (case.severity, len(case.findings)))
    page = Page(render_report(report)).text
    for one in worst.findings:
        clause = next(c for c in report.policy.clauses if c.id == one.clause)
        for fact in (
            one.finding_id,
            one.rule_title,
            clause.statement,
            clause.place,
            f"({one.confidence:.2f})",
            f"record {one.message.record}",
            one.message.native_id,
            *one.facts_for,
            *one.facts_against,
            *one.undone_if,
            *one.purpose.reasons,
        ):
            assert " ".join(fact.split()) in page
    assert "stevensville-5460, version 2019-05-09" in page
    assert "Tue 21 Oct 2025, 23:06" in page
    assert "probability of school business 0.06" in page


def test_lifted_and_exempt_are_listed_with_the_reason() -> None:
    report = sample()
    page = Page(render_report(report)).text
    aside = [one for one in report.findings if one.status is not Status.FLAGGED]
    assert {one.status for one in aside} == {Status.LIFTED, Status.EXEMPT}
    assert all(one.finding_id in page for one in aside)
    assert "Exempt: familial (roster: guardian record of T2)" in page
    assert f"List of {len(aside)} lifted or exempt findings" in page


def test_says_what_was_not_scanned() -> None:
    page = Page(render_report(sample())).text
    assert "3 records could not be read and were not checked" in page
    assert "not a message (20), system notice (2)" in page
    blind = page.partition("These rules could not look at them: ")[2].partition(". ")[0]
    assert "Personal phone number given to a student" in blind
    assert "Not checked in this version: soliciting" in page
    assert "Instagram" in page and "An export is the answer to a query." in page


def test_zero_cases_say_what_was_looked_at() -> None:
    html = render_report(empty())
    page = Page(html).text
    assert "700 messages from 3 sources, 20 Oct – 30 Nov 2025: no case to review." in page
    assert "Nothing was lifted or exempt in this run." in page
    assert "The run is complete." in page
    assert all(rule.title in page for rule in all_rules())
    assert '<article class="case' not in html and "The cases" not in page


def test_a_run_of_nothing_at_all_renders() -> None:
    page = Page(render_report(empty(scanned=(), rules=(), clauses_not_checked=())))
    assert "0 messages from 0 sources: no case to review" in page.text


def test_same_report_same_bytes_whatever_the_order() -> None:
    report = sample()
    shuffled = replace(
        report,
        cases=tuple(reversed(report.cases)),
        findings=tuple(reversed(report.findings)),
    )
    assert render_report(report) == render_report(shuffled)


def hostile_finding() -> Finding:
    """A finding with a payload in every field that comes from an export, roster or pack."""
    person = Person(HOSTILE, Role.STUDENT, HOSTILE, HOSTILE, (HOSTILE,))
    staff = replace(person, id="s" + HOSTILE, role=Role.STAFF)
    end = Participant(HOSTILE, party(JO).field, Account.OTHER, party(JO).basis, (person,), HOSTILE)
    found = sample().cases[0].findings[0]
    one = replace(
        found.message,
        key=HOSTILE,
        native_id=HOSTILE,
        source=HOSTILE,
        source_file=HOSTILE,
        platform=HOSTILE,
        sender=replace(end, people=(staff,)),
        recipients=(end,),
        subject=HOSTILE,
        body=HOSTILE * 2,
    )
    spans = tuple(Evidence(HOSTILE, part, 3, 9) for part in ("subject", "body"))
    line = ContextLine(
        -1,
        "before",
        one.sent_at,
        one.sent_at_local,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        True,
    )
    return replace(
        found,
        finding_id=HOSTILE,
        rule_title=HOSTILE,
        clause=HOSTILE,
        policy=HOSTILE,
        policy_version=HOSTILE,
        lifted_by=HOSTILE,
        message=one,
        staff=(staff,),
        students=(person,),
        others=(person,),
        evidence=spans,
        reason=HOSTILE,
        facts_for=(HOSTILE,),
        facts_against=(HOSTILE,),
        undone_if=(HOSTILE,),
        direction=HOSTILE,
        context=(line,),
        purpose=Purpose(Label.PERSONAL, 0.1, (HOSTILE,)),
    )


def hostile_report() -> Report:
    flagged = hostile_finding()
    lifted = replace(flagged, status=Status.LIFTED, finding_id="other" + HOSTILE)
    case = Case(
        HOSTILE, HOSTILE, flagged.staff, flagged.students, Severity.HIGH, HOSTILE, (flagged,)
    )
    row = Scanned(HOSTILE, HOSTILE, 1, 1, 0, ((HOSTILE, 1),), 0, None, None)
    clause = replace(policy().clauses[0], id=HOSTILE, place=HOSTILE, statement=HOSTILE)
    pack = replace(
        policy(),
        id=HOSTILE,
        title=HOSTILE,
        district=HOSTILE,
        number=HOSTILE,
        version=HOSTILE,
        fingerprint=HOSTILE,
        clauses=(clause,),
    )
    rule = replace(
        all_rules()[0],
        title=HOSTILE,
        rationale=HOSTILE + " a b c d e f g h",
        review_steps=(HOSTILE, HOSTILE),
        false_positives=(HOSTILE + " a b c d",),
    )
    return report_on(
        [case],
        [flagged, lifted],
        district=HOSTILE,
        run_id=HOSTILE,
        policy=pack,
        scanned=(row,),
        contact_hours=HOSTILE,
        rules=(rule,),
        warnings=(HOSTILE,),
        versions=((HOSTILE, HOSTILE),),
        clauses_not_checked=(clause,),
    )


def test_hostile_payloads_stay_text_in_every_field() -> None:
    html = render_report(hostile_report())
    page = Page(html)  # checks event handlers and nesting
    assert not {"script", "img"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert "<script" not in html and "<img" not in html
    assert "{{7*7}}" in page.text
    assert page.marked == [HOSTILE[3:9], HOSTILE[3:9], "like this"]
    assert html.count("alert(&#39;x&#39;)") > 40


def test_control_and_direction_characters_never_reach_the_page() -> None:
    nasty = "a\x00b\x1b[31mc\u202ed\u2066e\ud800f"
    thread = [_placed(0, 0, _message("2025-10-21T23:00", f"{nasty} what are you watching now"))]
    html = render_report(sample([thread]))
    assert "a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf what" in html
    html.encode("utf-8")
    assert not re.search("[\x00\x1b\u202e\u2066]", html)


def test_evidence_is_marked_exactly() -> None:
    marked = Page(render_report(sample())).marked
    assert marked == ["406-555-0101", "like this"]


def _one(body: str, evidence: tuple[Evidence, ...], subject: str = "") -> str:
    report = sample()
    case = report.cases[0]
    found = case.findings[0]
    changed = replace(
        found,
        message=replace(found.message, body=body, subject=subject),
        evidence=evidence,
        context=(),
    )
    return render_report(replace(report, cases=(replace(case, findings=(changed,)),)))


def test_evidence_is_cut_before_it_is_escaped() -> None:
    html = _one('a<b>&"c"', (Evidence("x", "body", 1, 5),), subject="1 < 2")
    assert "a<mark>&lt;b&gt;&amp;</mark>&#34;c&#34;" in html
    assert Page(html).marked[0] == "<b>&"


@pytest.mark.parametrize("span", [(5, 5), (7, 3), (90, 99), (-9, 0)])
def test_spans_that_hold_nothing_mark_nothing(span: tuple[int, int]) -> None:
    html = _one("some words", (Evidence("x", "body", *span),))
    assert Page(html).marked == ["like this"]
    assert "some words" in html


def test_long_texts_are_cut_around_the_evidence_and_say_so() -> None:
    body = "x" * 5000 + "EVIDENCE" + "y" * 5000
    page = Page(_one(body, (Evidence("x", "body", 5000, 5008),))).text
    assert "[… 4,400 characters not shown …]" in page


def test_overlapping_contexts_are_shown_once() -> None:
    body = "Love that one! If you ever get bored text me"
    html = unescape(render_report(sample()))
    assert html.count(body) == 1
    assert html.count("just tired i guess") == 1
    evening = html[html.index("Conversation 1 of 2") : html.index("Conversation 2 of 2")]
    assert evening.count('<li class="flagged">') == 3


def test_missing_text_is_said() -> None:
    report = sample()
    case = report.cases[0]
    blind = replace(
        case.findings[0], message=replace(case.findings[0].message, body=None), context=()
    )
    html = render_report(replace(report, cases=(replace(case, findings=(blind,)),)))
    assert "The text of this message was not in the export." in html


def many(cases: int, each: int) -> Report:
    """Cases of one shape, with their own people, messages and ids."""
    found = sample().cases[0].findings
    made = []
    for number in range(cases):
        student = replace(JO, id=f"S{number}")
        findings = tuple(
            replace(
                found[turn % len(found)],
                finding_id=f"f-{number}-{turn}",
                students=(student,),
                message=replace(
                    found[turn % len(found)].message,
                    key=f"{number}-{turn}",
                    thread_key=number,
                    sent_at=found[0].message.sent_at + timedelta(hours=turn),
                ),
                context=tuple(
                    replace(line, key=f"{number}-{turn + line.offset}")
                    for line in found[turn % len(found)].context
                ),
            )
            for turn in range(each)
        )
        first = findings[0]
        made.append(
            Case(f"case-{number}", "p", first.staff, (student,), Severity.LOW, "x", findings)
        )
    return report_on(made, [one for case in made for one in case.findings])


def test_more_cases_than_fit_are_said_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_CASES", 3)
    html = render_report(many(5, 1))
    assert html.count('<article class="case') == 3
    assert "Only the first 3 cases of 5 are on this page" in Page(html).text
    assert "flags.csv and cases.parquet" in html


def test_a_case_of_many_messages_stays_bounded_and_lists_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "MOST_HITS", 10)
    html = render_report(many(1, 30))
    page = Page(html)
    assert "20 further findings of this case, in short" in page.text
    assert all(f"f-0-{turn}" in page.ids for turn in range(30))


def test_two_thousand_findings_stay_below_eight_megabytes() -> None:
    for report in (many(500, 4), many(2000, 1), many(20, 100)):
        html = render_report(report)
        assert len(html.encode()) < 8_000_000


def test_long_messages_leave_cases_out_before_the_page_grows_too_large() -> None:
    report = many(500, 4)
    wordy = tuple(
        replace(
            case,
            findings=tuple(
                replace(
                    one, context=tuple(replace(line, body="word " * 400) for line in one.context)
                )
                for one in case.findings
            ),
        )
        for case in report.cases
    )
    html = render_report(replace(report, cases=wordy))
    assert 4_000_000 < len(html.encode()) < 8_000_000
    assert re.search(r"Only the first \d+ cases of 500 are on this page", Page(html).text)


def test_headline_counts_by_severity() -> None:
    report = sample()
    assert headline(report).endswith("3 cases to review (1 high, 1 medium, 1 low)")
    one = replace(report, cases=report.cases[:1], scanned=report.scanned[:1])
    assert headline(one).startswith("371 messages from 1 source, 20 Oct – 30 Nov 2025: 1 case to")


def test_every_channel_has_a_shape() -> None:
    html = render_report(empty())
    assert all(f'id="k-{channel}"' in html for channel in Channel)


def _luminance(colour: str) -> float:
    digits = "".join(2 * c for c in colour) if len(colour) == 3 else colour
    parts = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_the_contrast_of_wcag_aa() -> None:
    html = render_report(empty())
    schemes = re.findall(r":root{color-scheme:(light|dark);(.*?)}", html)
    assert [name for name, _ in schemes] == ["light", "dark"]
    for _, rules in schemes:
        of = dict(re.findall(r"--([\w-]+):#(\w+)", rules))
        for words in ("ink", "soft", "link", "high", "medium", "low"):
            for ground in ("paper", "sheet", "tint"):
                assert _contrast(of[words], of[ground]) >= 4.5, (words, ground)
        assert _contrast(of["on-mark"], of["mark"]) >= 4.5
        assert all(_contrast(of["high"], of[g]) >= 3 for g in ("night", "day"))
        assert all(_contrast(of["faint"], of[g]) >= 3 for g in ("night", "day"))
