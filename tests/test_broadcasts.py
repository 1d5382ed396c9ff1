"""Broadcasts: equal bodies within a minute to more than three students, against a plain model."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.broadcasts import audiences, key_halves, write_copies
from pipelines.contacts import CONTACT
from pipelines.resolve import thread_keys
from tests.factories import NOON, resolved, row

STUDENTS = [f"lms:c{number}" for number in range(2, 12)]


def sent(to: str, seconds: float = 0, body: str | None = "hi", **changes: Any) -> dict[str, Any]:
    """An LMS message from River to one handle so many seconds after noon."""
    at = NOON + timedelta(seconds=seconds)
    fields = {"channel": "lms", "native_id": f"{to} {seconds} {body}", "sent_at": at, "body": body}
    return row("lms:c1", [to], **fields | changes)


def reached(*values: dict[str, Any], files: int = 1) -> list[int]:
    """Audience of each row as found over some files, 0 where it is no broadcast."""
    facts = resolved(*values)
    wanted = pa.array([1] * len(values), pa.int64())
    rows = pa.RecordBatch.from_arrays(
        [*facts.columns, pa.array(thread_keys(facts)), wanted], schema=CONTACT
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.bin" for number in range(files + 1)]
        for number in range(files):
            write_copies(
                paths[number], rows.take(pa.array(range(number, len(values), files), pa.int64()))
            )
        found = audiences(paths)
    return [found.get(int(half), 0) for half in key_halves(rows["key"])]


@pytest.mark.parametrize(
    ("seconds", "audience"), [(59, [4, 4, 4, 4]), (60, [4, 4, 4, 4]), (61, [0, 0, 0, 0])]
)
def test_a_minute_is_sixty_seconds(seconds: int, audience: list[int]) -> None:
    """Three at once and a fourth a minute later are one; a second more and they are not."""
    values = [sent(one) for one in STUDENTS[:3]] + [sent(STUDENTS[3], seconds)]

    assert reached(*values) == audience


def test_three_students_are_a_small_group() -> None:
    """More than three are a broadcast."""
    assert reached(*(sent(one) for one in STUDENTS[:3])) == [0, 0, 0]
    assert reached(*(sent(one, 20) for one in STUDENTS[:5])) == [5] * 5


@pytest.mark.parametrize(
    "last",
    [
        sent(STUDENTS[3], body="hi!"),
        sent(STUDENTS[3], body=None),
        sent(STUDENTS[3]) | {"sender": "sis:T2"},
        sent(STUDENTS[0], 5),  # the same student twice
    ],
)
def test_another_text_or_sender_or_the_same_student_makes_no_fourth(last: dict[str, Any]) -> None:
    """A broadcast is one text of one sender to several."""
    assert reached(*(sent(one) for one in STUDENTS[:3]), last) == [0, 0, 0, 0]


def test_a_message_exported_twice_counts_once() -> None:
    """Four copies of two messages are no broadcast; copies of four have an audience of four."""
    two = [sent(one) for one in STUDENTS[:2]]
    four = [sent(one) for one in STUDENTS[:4]]

    assert reached(*two, *two, files=2) == [0] * 4
    assert reached(*four, *four, files=2) == [4] * 8


def test_blanks_around_a_text_do_not_count() -> None:
    """A tool may add a line break."""
    bodies = ["hi", "hi ", "\nhi", "hi\r\n"]
    values = [sent(one, body=body) for one, body in zip(STUDENTS, bodies, strict=False)]

    assert reached(*values) == [4, 4, 4, 4]


@pytest.mark.parametrize("body", [None, ""])
def test_messages_without_text_are_never_a_broadcast(body: str | None) -> None:
    """Nobody can say that they are equal."""
    assert reached(*(sent(one, body=body) for one in STUDENTS)) == [0] * len(STUDENTS)


def test_what_students_write_is_no_broadcast() -> None:
    """Only the staff member's act is judged."""
    values = [sent(one) | {"sender": "lms:c2"} for one in [*STUDENTS[1:6], "lms:c1"]]

    assert reached(*values) == [0] * 6


@given(
    st.lists(
        st.tuples(
            st.sampled_from(STUDENTS[:6]),
            st.integers(0, 180).map(lambda second: second - second % 5 + second % 2),
            st.sampled_from(["hi", "ho"]),
            st.sampled_from(["lms:c1", "sis:T2"]),
        ),
        max_size=24,
    ),
    st.integers(1, 3),
)
def test_it_agrees_with_looking_at_every_pair(
    drawn: list[tuple[str, int, str, str]], files: int
) -> None:
    """For each message: different threads of equal text and sender within a minute of it."""
    values = [
        sent(to, at, body) | {"sender": sender, "native_id": f"{to} {at} {body} {sender}"}
        for to, at, body, sender in drawn
    ]
    expected = [
        len(
            {
                to
                for to, other, text, by in drawn
                if (text, by) == (body, sender) and abs(other - at) <= 60
            }
        )
        for _, at, body, sender in drawn
    ]

    assert reached(*values, files=files) == [count if count > 3 else 0 for count in expected]


def test_no_file_is_no_broadcast(tmp_path: Path) -> None:
    """A bundle without candidates writes none."""
    assert audiences([]) == {}
    assert audiences([tmp_path / "missing.bin"]) == {}
