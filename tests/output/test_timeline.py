"""The picture of a case and its conversation: where a message lands, and that it lands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pipelines.findings import ContextLine, Finding
from pipelines.message import Message
from pipelines.output.report import confidence_word, period
from pipelines.output.timeline import (
    HEIGHT,
    HOUR,
    Moment,
    Noted,
    Wording,
    draw_timeline,
    gather_hits,
    passages,
)
from pipelines.output.wording import Piece, pieces
from rules.examples import JO, RIVER, message
from rules.model import Evidence, Label, Purpose, Severity, Status
from rules.signals.hours import parse_hours

HOURS = parse_hours({"weekdays": "07:00-18:00"}, frozenset({date(2025, 10, 22)}))


def moment(at: str, flagged: bool = True, channel: str = "sms") -> Moment:
    return Moment(datetime.fromisoformat(at), channel, flagged)


def test_a_known_message_lands_at_known_coordinates() -> None:
    drawn = draw_timeline([moment("2025-10-22T21:30")], HOURS)  # Wednesday of one week
    (mark,) = drawn.marks
    assert (mark.x, mark.y) == (round(100 * 2.5 / 7, 3), 21.5 * HOUR)
    assert [(tick.at, tick.label) for tick in drawn.days][:3] == [
        (0, "Mon 20"),
        (14.286, "Tue 21"),
        (28.571, "Wed 22"),
    ]


def test_weeks_run_from_monday_to_sunday() -> None:
    drawn = draw_timeline([moment("2025-10-26T23:59"), moment("2025-10-27T00:00")], HOURS)
    assert [(mark.x, mark.y) for mark in drawn.marks] == [
        (round(100 * 6.5 / 14, 3), 167.9),
        (round(100 * 7.5 / 14, 3), 0),
    ]
    assert [tick.label for tick in drawn.days] == ["20 Oct", "27 Oct"]


def test_contact_hours_are_shaded_and_days_off_are_not() -> None:
    drawn = draw_timeline([moment("2025-10-20T12:00")], HOURS)
    first, second = drawn.shades  # Monday and Tuesday; Thursday and Friday
    assert (first.x, first.width) == (0, round(100 * 2 / 7, 3))
    assert (second.x, second.width) == (round(100 * 3 / 7, 3), round(100 * 2 / 7, 3))
    assert {(one.y, one.height) for one in drawn.shades} == {(7 * HOUR, 11 * HOUR)}


def test_hours_until_midnight_reach_the_foot() -> None:
    drawn = draw_timeline([moment("2025-10-20T12:00")], parse_hours({"monday": "06:00-24:00"}))
    assert [one.y + one.height for one in drawn.shades] == [HEIGHT]


def test_messages_close_in_time_stand_side_by_side() -> None:
    drawn = draw_timeline([moment(f"2025-10-20T22:{minute}") for minute in (10, 15, 20)], HOURS)
    assert len({mark.x for mark in drawn.marks}) == 3
    assert all(0 < mark.x < 100 / 7 for mark in drawn.marks)


def test_long_times_leave_empty_weeks_out_and_show_the_break() -> None:
    drawn = draw_timeline([moment("2025-01-08T12:00"), moment("2025-11-05T12:00")], HOURS)
    assert drawn.breaks == (50.0,)
    assert [tick.label for tick in drawn.days] == ["6 Jan", "3 Nov"]
    assert (
        draw_timeline([moment("2025-10-08T12:00"), moment("2025-11-05T12:00")], HOURS).breaks == ()
    )


def test_years_are_named_when_they_change() -> None:
    drawn = draw_timeline([moment("2025-12-30T12:00"), moment("2026-01-06T12:00")], HOURS)
    assert [tick.label for tick in drawn.days] == ["29 Dec 2025", "5 Jan 2026"]


def test_flagged_marks_are_drawn_last_and_the_words_tell_the_same() -> None:
    drawn = draw_timeline(
        [moment("2025-10-20T21:00"), moment("2025-10-21T09:00", False, "lms")], HOURS
    )
    assert [mark.moment.flagged for mark in drawn.marks] == [False, True]
    assert drawn.has_others and drawn.channels == ("lms", "sms")
    assert "Flagged messages: 1" in drawn.description
    assert "1 outside contact hours" in drawn.description


def test_order_of_the_moments_does_not_matter() -> None:
    some = [moment(f"2025-10-{day}T21:0{n}", n % 2 == 0) for n, day in enumerate((20, 20, 24, 29))]
    assert draw_timeline(some, HOURS) == draw_timeline(reversed(some), HOURS)


def test_no_moment_no_picture() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw_timeline([], HOURS)


def _thread(length: int) -> list[Message]:
    start = datetime(2025, 10, 20, 20)
    return [
        replace(
            message((start + timedelta(minutes=n)).isoformat(), f"words {n}"),
            key=f"m{n:03}",
            thread_key=7,
        )
        for n in range(length)
    ]


def _line(one: Message, offset: int) -> ContextLine:
    return ContextLine(
        offset,
        one.key,
        one.sent_at,
        one.sent_at_local,
        one.channel.value,
        "Mara River",
        "Jo Lopez",
        one.subject,
        one.body,
        True,
    )


def _noted(thread: Sequence[Message], places: Sequence[int]) -> list[Noted]:
    found = []
    for number, place in enumerate(places, 1):
        near = range(max(0, place - 5), min(len(thread), place + 6))
        found.append(
            Finding(
                finding_id=f"f{number}",
                rule="r",
                rule_title="Rule",
                clause="c",
                policy="p",
                policy_version="v",
                severity=Severity.LOW,
                confidence=0.9,
                status=Status.FLAGGED,
                lifted_by="",
                purpose=Purpose(Label.PERSONAL, 0.1),
                message=thread[place],
                staff=(RIVER,),
                students=(JO,),
                others=(),
                evidence=(Evidence("e", "body", 0, 5),),
                reason="",
                facts_for=("late", f"only {number}"),
                facts_against=(),
                undone_if=(),
                direction="internal",
                context=tuple(_line(thread[n], n - place) for n in near),
            )
        )
    return [Noted(number, one, None) for number, one in enumerate(found, 1)]


def test_overlapping_contexts_become_one_passage_with_each_message_once() -> None:
    (passage,) = passages(gather_hits(_noted(_thread(30), (6, 8, 15))))
    said = [line.body.words for line in passage.lines if line.body]
    assert said == [f"words {n}" for n in range(1, 21)]
    marked = [line for line in passage.lines if line.hit]
    assert [line.body and line.body.spans for line in marked] == [((0, 5),)] * 3
    assert len(passage.hits) == 3


def test_contexts_apart_stay_apart() -> None:
    found = list(passages(gather_hits(_noted(_thread(60), (6, 40)))))
    assert [len(one.lines) for one in found] == [11, 11]


def test_two_findings_on_a_message_share_its_facts() -> None:
    (hit,) = gather_hits(_noted(_thread(20), (6, 6)))
    assert [one.number for one in hit.noted] == [1, 2]
    assert hit.facts_for == (("late", ""), ("only 1", "Rule"), ("only 2", "Rule"))
    assert hit.purposes == (Purpose(Label.PERSONAL, 0.1),)


def test_a_finding_without_context_still_shows_its_message() -> None:
    (noted,) = _noted(_thread(3), (1,))
    bare = replace(noted, finding=replace(noted.finding, context=()))
    (passage,) = passages(gather_hits([bare]))
    assert [line.body and line.body.words for line in passage.lines] == ["words 1"]


def test_pieces_put_together_are_the_text() -> None:
    body = "call 406-555-0101 or 406-555-0102 now"
    cut = pieces(Wording(body, ((5, 17), (21, 33), (10, 12), (17, 21))))
    assert "".join(piece.text for piece in cut) == body
    assert [p.text for p in cut if p.marked] == ["406-555-0101", " or ", "406-555-0102"]
    assert [p.text for p in pieces(Wording(body, ((5, 12), (8, 17)))) if p.marked] == [
        "406-555-0101"
    ]


def test_long_texts_keep_the_evidence_and_count_what_they_leave_out() -> None:
    body = "x" * 5000 + "EVIDENCE" + "y" * 5000
    cut = pieces(Wording(body, ((5000, 5008),), 900))
    assert Piece("EVIDENCE", marked=True) in cut
    assert sum(len(piece.text) + piece.left_out for piece in cut) == len(body)
    assert [piece.left_out for piece in cut if piece.left_out] == [4400, 4800]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2025, 10, 20), date(2025, 11, 30), "20 Oct – 30 Nov 2025"),
        (date(2025, 12, 30), date(2026, 1, 2), "30 Dec 2025 – 2 Jan 2026"),
        (date(2025, 10, 20), date(2025, 10, 20), "20 Oct 2025"),
    ],
)
def test_periods(first: date, last: date, said: str) -> None:
    assert period(first, last) == said


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1, "high"),
        (0.85, "high"),
        (0.849, "moderate"),
        (0.6, "moderate"),
        (0.59, "low"),
        (0, "low"),
    ],
)
def test_confidence_in_words(value: float, word: str) -> None:
    assert confidence_word(value) == word
