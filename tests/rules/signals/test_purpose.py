"""Purpose: cleaning, the categoriser as a thing that loads and answers, and judging a thread."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.message import Account, Basis, Channel, Field, Message, Participant, ZoneBasis
from rules.model import Label
from rules.signals.purpose import (
    MODEL,
    Categoriser,
    clean,
    judge,
    judge_text,
    vocabulary,
)

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2025, 10, 20, 20, 0, tzinfo=UTC)
NOBODY = Participant("lms:1", Field.FROM, Account.SCHOOL, Basis.UNKNOWN)


def message(key: str, text: str, minutes: float = 0, automatic: bool = False) -> Message:
    """A message that differs from the others in key, text and time only."""
    moment = START + timedelta(minutes=minutes)
    return Message(
        key=key,
        native_id=key,
        source="test",
        source_file="",
        record=1,
        channel=Channel.CHAT,
        platform="test",
        thread_key=1,
        sent_at=moment,
        sent_at_local=moment.replace(tzinfo=None),
        zone_basis=ZoneBasis.EXPLICIT,
        off_hours=True,
        sender=NOBODY,
        recipients=(),
        audience=1,
        subject="",
        body=text,
        automatic=automatic,
    )


def around(target: Message, texts: Sequence[str], apart: float = 1) -> list[Message]:
    """The target with the texts before and after it, in turn."""
    places = [(n // 2 + 1) * (1 if n % 2 else -1) for n in range(len(texts))]
    return [
        target,
        *(
            message(f"n{n}", text, p * apart)
            for n, (p, text) in enumerate(zip(places, texts, strict=True))
        ),
    ]


CLEANED = {
    "gmail": ("See you\n\nOn Mon, Apr 2, 2012 at 6:26 PM, A B <a@x.org> wrote:\n\n> Hi", "See you"),
    "wrapped header": (
        "See you\n\nOn Mon, Apr 2, 2012 at 6:26 PM, Somebody Long <a.long.one@x.org>\nwrote:\n> Hi",
        "See you",
    ),
    "quote not marked": ("Yes\n\nOn 4/2/2012 6:26 PM, A B wrote:\nWill you come?\nA", "Yes"),
    "answer below": ("On 04/02/2012 06:26 PM, A B wrote:\n> Will you?\nI will", "I will"),
    "answers between": ("> one?\nyes\n> two?\nno", "yes\nno"),
    "Spanish": (
        "Claro\n\nEl lun, 2 abr 2012 a las 18:26, Ana (<a@x.org>) escribió:\n> ¿Hoy?",
        "Claro",
    ),
    "old Outlook": ("Fine\n-----Original Message-----\nFrom: A\nSent: today\nHello", "Fine"),
    "Spanish Outlook": ("Bien\n-----Mensaje original-----\nDe: A\nEnviado: hoy\nHola", "Bien"),
    "Outlook block": ("Fine\n\nFrom: A B\nSent: Monday\nTo: C\nSubject: D\n\nHello", "Fine"),
    "Outlook below a rule": ("Fine\n________________\nFrom: A\nSent: M\nTo: C\n\nHi", "Fine"),
    "Spanish block": ("Bien\n\nDe: A B\nEnviado el: lunes\nPara: C\nAsunto: D\n\nHola", "Bien"),
    "forwarded": ("FYI\n---------- Forwarded message ---------\nFrom: A\nHello", "FYI"),
    "telephone": ("On my way\n\nSent from my iPhone", "On my way"),
    "Outlook mobile": ("On my way\n\nGet Outlook for iOS", "On my way"),
    "Spanish telephone": ("Ya voy\n\nEnviado desde mi iPhone", "Ya voy"),
    "dashes": ("Come by\n-- \nA B\nMath teacher", "Come by"),
    "closing": ("Come by\n\nThanks,\nMr. Kim\nMath Teacher\nLark Valley High School", "Come by"),
    "card": ("Come by\n\nAna Kim\nMath Teacher\nakim@x.example\n406-555-0100", "Come by"),
    "windows ends": ("Come by\r\n\r\nSent from my iPad\r\n", "Come by"),
    "no signature": ("Thanks, I will bring it to the teacher.", None),
    "only thanks": ("Thanks!", None),
    "a wrote inside": ("She wrote: nothing", None),
    "on at the start": ("On Monday we read what Poe wrote:\nbring the book", None),
    "from as a word": ("From: the heart\nlove, A poem", None),
    "list of dashes": ("bring\n-- water\n-- shoes", None),
}


@pytest.mark.parametrize("name", CLEANED)
def test_clean_keeps_what_the_sender_wrote(name: str) -> None:
    text, wanted = CLEANED[name]
    assert clean(text) == (text if wanted is None else wanted)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_clean_adds_nothing_and_never_fails(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = clean(text).split("\n")
    assert all(any(line in original for original in lines) for line in kept)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "@" * 300_000,
        "a-" * 300_000,
        "> " * 300_000,
        "On " * 300_000,
        "\n" * 300_000,
        "On 1/1 a@b " * 30_000 + "wrote:",
        "From: x\n" * 50_000,
        "a@a.a@" * 50_000,
        "[a" * 300_000,
        "1 " * 300_000,
        "\u0301" * 300_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_text_returns_in_bounded_time(text: str) -> None:
    Categoriser.load()
    start = time.process_time()
    judged = judge_text(text)
    assert time.process_time() - start < 1.0
    assert 0 <= judged.p_school_business <= 1


def test_importing_does_not_import_spacy() -> None:
    program = "import sys, rules.signals.purpose; sys.exit('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_the_model_loads_and_answers_where_no_socket_opens() -> None:
    program = (
        "import socket\n"
        "def refuse(*a, **k): raise RuntimeError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from rules.signals.purpose import Categoriser\n"
        "assert len(Categoriser.load().probabilities(['hello there'])) == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_the_shipped_model_is_small_and_says_how_it_was_made() -> None:
    meta = json.loads((MODEL / "purpose.json").read_text(encoding="utf-8"))
    assert {"seed", "sha256", "slope", "offset", "lines", "files"} <= meta.keys()
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < 6_000_000


@pytest.mark.parametrize("text", ["", "   ", "\n", "😀 😂", "12 / 4", "ok", "Gracias!", "?!"])
def test_what_says_nothing_is_even(text: str) -> None:
    assert Categoriser.load().probabilities([text]) == [0.5]
    assert judge_text(text).label is Label.UNCLEAR


def test_the_same_text_has_the_same_probability_in_any_company() -> None:
    model = Categoriser.load()
    texts = [f"bring the {n} boxes of trombones to the garage party" for n in range(50)]
    texts += ["we might see each other by the lake", "the rubric for the podcast is up"]
    alone = [model.probabilities([text])[0] for text in texts]
    shuffled = random.Random(1).sample(range(len(texts)), len(texts))
    together = model.probabilities([texts[n] for n in shuffled])
    assert together == pytest.approx([alone[n] for n in shuffled], abs=1e-6)


def test_new_words_do_not_make_the_vocabulary_grow() -> None:
    model = Categoriser.load()
    model.probabilities(["zero"])
    before = len(model._nlp.vocab.strings)
    letters = "abcdefghij"
    model.probabilities([f"qz{letters[n % 10]}{letters[n // 10 % 10]}xv{n}" for n in range(2_000)])
    assert len(model._nlp.vocab.strings) <= before + 20  # known features of parts, at most


@pytest.mark.parametrize(
    ("business", "personal"),
    [
        ("The geometry retake is Thursday in room 12", "u looked so cute in that dress"),
        ("Van leaves for the swim meet at 6:15, bring your suit", "wanna get drinks at my place"),
        (
            "La excursión al museo necesita permiso firmado",
            "te extraño mi amor, no le digas a nadie",
        ),
    ],
)
def test_plain_cases_are_on_their_side(business: str, personal: str) -> None:
    assert judge_text(business).label is Label.SCHOOL_BUSINESS
    assert judge_text(personal).label is Label.PERSONAL


def test_a_signature_does_not_make_school_business() -> None:
    card = "\n\nPat Kim\nAlgebra Teacher\nLark Valley High School\n406-555-0100"
    text = "cant stop thinking about you, miss you already"
    assert judge_text(text + card) == judge_text(text)


def test_vocabulary_and_logistics() -> None:
    text = "Your algebra homework and the permission slip, practice moved to Tuesday"
    assert {"algebra", "homework", "permission slip", "practice"} <= set(vocabulary(text))
    assert {"tarea", "examen"} <= set(vocabulary("La tarea y el examen"))
    assert vocabulary("we had pizza by the lake") == ()
    assert any("school event" in one for one in judge_text(text).reasons)
    assert not any("school event" in one for one in judge_text("I love practice").reasons)


def test_a_short_target_takes_the_side_of_its_neighbours() -> None:
    target = message("t", "that works")
    thread = around(target, ["x", "y", "z", "w"])
    for chance, label in ((0.97, Label.SCHOOL_BUSINESS), (0.03, Label.PERSONAL)):
        p_of = {m.key: chance for m in thread} | {"t": 0.5}
        assert judge(target, thread, p_of, ()).label is label


def test_a_short_target_alone_is_unclear() -> None:
    target = message("t", "that works")
    assert judge(target, [target], {"t": 0.5}, ()).label is Label.UNCLEAR


@pytest.mark.parametrize(("own", "others"), [(0.04, 0.99), (0.96, 0.01)])
def test_a_clear_target_is_not_washed_by_its_thread(own: float, others: float) -> None:
    target = message("t", "something quite plain about nothing in particular")
    thread = around(target, ["x"] * 12)
    p_of = {m.key: others for m in thread} | {"t": own}
    judged = judge(target, thread, p_of, ()).p_school_business
    assert (judged <= 0.5) == (own <= 0.5)


def test_far_messages_do_not_count() -> None:
    target = message("t", "that works")
    thread = around(target, ["x", "y"], apart=60 * 13)
    alone = judge(target, [target], {"t": 0.5}, ())
    p_of = {m.key: 0.99 for m in thread} | {"t": 0.5}
    assert judge(target, thread, p_of, ()) == alone


def test_nearer_messages_count_more() -> None:
    target = message("t", "that works")
    near, far = message("a", "x", 1), message("b", "y", 300)
    said = [
        judge(target, [target, near, far], {"t": 0.5, "a": first, "b": 1 - first}, ())
        for first in (0.9, 0.1)
    ]
    assert said[0].p_school_business > 0.5 > said[1].p_school_business


def test_automatic_notices_do_not_speak_for_people() -> None:
    target = message("t", "that works")
    notice = message("n", "x", 1, automatic=True)
    assert judge(target, [target, notice], {"t": 0.5, "n": 0.99}, ()).p_school_business == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_thread_does_not_matter(seed: int) -> None:
    target = message("t", "about the algebra thing")
    thread = around(target, ["one", "two", "three", "algebra", "five"])
    p_of = {m.key: 0.1 + n / 10 for n, m in enumerate(thread)}
    mixed = random.Random(seed).sample(thread, len(thread))
    assert judge(target, mixed, p_of, ("Algebra I",)) == judge(target, thread, p_of, ("Algebra I",))


def test_the_target_need_not_stand_in_the_thread_nor_in_the_probabilities() -> None:
    target = message("t", "about tomorrow")
    thread = around(target, ["x", "y"])
    p_of = {"n0": 0.9, "n1": 0.9}
    assert judge(target, thread[1:], p_of, ()) == judge(target, thread, p_of, ())


def test_a_shared_class_speaks_for_school_business_and_is_named() -> None:
    target = message("t", "can you explain the Algebra bit once more")
    without = judge(target, [target], {"t": 0.5}, ("Choir", "Honors English 10"))
    shared = judge(target, [target], {"t": 0.5}, ("Choir", "Algebra I"))
    assert shared.p_school_business > without.p_school_business
    assert any(reason == "shared class: Algebra I" for reason in shared.reasons)


def test_common_words_of_a_title_name_no_class() -> None:
    target = message("t", "that was the first time at high noon")
    judged = judge(target, [target], {"t": 0.5}, ("First Period High School Class",))
    assert not any("shared class" in reason for reason in judged.reasons)


def test_asking_for_secrecy_is_never_school_business() -> None:
    target = message("t", "the algebra quiz homework, but dont tell your parents, between us")
    thread = around(target, ["x"] * 6)
    p_of = {m.key: 0.999 for m in thread}
    judged = judge(target, thread, p_of, ("Algebra I",))
    assert judged.label is not Label.SCHOOL_BUSINESS
    assert any("secrecy" in reason for reason in judged.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "Quiz two is on Friday, chapters 5 and 6. I miss our talks, come and see me.",
        "I miss our talks, come and see me. Quiz two is on Friday, chapters 5 and 6.",
        "El examen es el jueves, repasen el capítulo 5. Te extraño, eres especial para mí.",
    ],
)
def test_a_personal_sentence_keeps_a_message_from_being_school_business(text: str) -> None:
    assert judge_text(text).label is not Label.SCHOOL_BUSINESS


@pytest.mark.parametrize(
    "text",
    [
        "Quiz two is on Friday, chapters 5 and 6. I'm proud of how you all worked today.",
        "Any licensed provider may sign, the date goes on page 3",
        "Pasa con la enfermera a las 7:30, ya sabe que vas",
        "Who has the relay card? I left it on the bus, bring it to the tent",
    ],
)
def test_terse_and_kind_business_is_school_business(text: str) -> None:
    assert judge_text(text).label is Label.SCHOOL_BUSINESS


def test_the_personal_sentence_is_named_by_its_words() -> None:
    judged = judge_text("Bus leaves at 5 from the north lot with the team. I love you, sweetheart.")
    assert any("sweetheart" in reason for reason in judged.reasons)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120), st.lists(st.floats(0, 1), max_size=8))
def test_there_is_always_a_reason_and_never_a_long_quotation(
    text: str, chances: list[float]
) -> None:
    target = message("t", text)
    thread = around(target, ["neighbour"] * len(chances))
    p_of = {m.key: c for m, c in zip(thread[1:], chances, strict=True)} | {"t": 0.5}
    judged = judge(target, thread, p_of, ())
    assert judged.reasons
    assert judged.p_school_business == round(judged.p_school_business, 4)
    quoted = [part for reason in judged.reasons for part in reason.split('"')[1::2]]
    assert all(len(part.split()) <= 4 for part in quoted)
