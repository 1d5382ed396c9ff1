"""Groups and sites that many small words lead to, and what only looks like them.

A row is what the student said just before ("" for nothing) and what staff answered. The second
lists of each kind were written before anybody looked at how the rules fare on them.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.gates import run_example
from rules.examples import JO, RIVER, ExampleDistrict, message
from rules.model import Conversation, Example, Label, Status
from rules.registry import all_rules
from rules.signals.phrases import Phrases
from rules.signals.weighing import Scale, Weight
from tests.factories import purpose

RULES = {one.id: one for one in all_rules()}
GROUPS = (
    ("", "Made a place for us outside of Canvas, it's on Discord, ask Kai for the invite."),
    ("is there anywhere we can talk about the play", "yup, Facebook. Send a request, I approve."),
    ("how do i get in the server", "never mind the email, here: discord.gg/otterbio"),
    ("is the math team still on discord", "yep, same link as last year, come back we miss you"),
    ("hay algun grupo para los de ingles", 'Sí, en Facebook, "Inglés con Mara". Te acepto.'),
    ("", "We've outgrown Remind, folks. Everyone onto BAND by Thursday please."),
    ("", "Se acabó el correo. Todo lo del torneo va a estar en el Discord que abrí anoche."),
    ("", "I'd rather not clog Canvas with memes, so those go to r/otterbio, which I moderate."),
    (
        "u mod the school page?",
        "haha no but i do run the lakeside memes one on insta, go follow it",
    ),
    ("heard theres a math chat", "true! its on whatsapp, 30 ppl, i'll drop you in after school"),
    ("", "Coach Oak started a Facebook group for the hurdlers, please ask to join it."),
    ("dónde avisan si se cancela", "En el Telegram del equipo. Ahorita te agrego."),
    ("how do i sign up for the carpool", "it's run out of the WhatsApp, scan the code on my desk"),
)
NO_GROUPS = (
    ("can you join our groupme", "I can't, sorry. School rules, and good ones."),
    ("will you make a discord", "Not going to happen. Canvas discussion board is right there."),
    ("can we use discord for our group project", "Please use Teams so I can see the work."),
    ("did you get my request on insta", "I don't accept those from students, sorry."),
    ("can i get added", "To the roster? The office does that, I've emailed them."),
    ("whats the link again", "Canvas, module 2, the blue button."),
    ("where are the photos", "In the yearbook room, on the shared drive."),
    ("", "We'll read five made-up group chats on paper. Nobody shows their phone."),
    ("", "If you get that computer built, you'll find me as river_otter_77 on Discord."),
    ("", "I know about the WhatsApp where somebody posted the quiz. Talk to me by Friday."),
    ("", "Meta and Facebook: how did a network for one school become a company?"),
    ("", '"The clarinets were in discord with themselves." That is correct. 10/10.'),
    ("", "Accept the invite from Google Classroom or you won't see the rubric."),
    ("profe puede hacer un grupo de whatsapp", "No mijo, no se puede. Todo va por Classroom."),
)
SITES = (
    ("do u stream", "fri nights, twitch.tv/otterlode, me ranting about my roommates. u can lurk"),
    ("how was hawaii", 'unreal. i put the whole thing on youtube, look up "Mara goes Maui"'),
    ("do you have a website", "marariver.example.com. It's mostly dogs."),
    ("hows the van", "She runs! Our van life diary is at vanlife.example.com, last entry is Moab"),
    ("", "My wedding pictures came back! Here's the gallery: photos.example.com/river-oak"),
    ("", "Bus snacks came to $4 a head, cashapp me, $MaraRiv."),
    ("usted canta", "Sí jaja, tengo mis canciones en Spotify, escúchalas y dime"),
    ("how's the boat coming", "I film every plank of it, saltyboat.example.net, I cry over epoxy"),
    ("did you finish your novel", "I did, I put the first three chapters on Wattpad, read along."),
    ("is it true u run ultras", "Yep, I overshare about it on Strava"),
    ("i miss ur stories", "you'll love this: roost.example.com. Every Sunday one about my coop."),
)
NO_SITES = (
    ("do you have a youtube", "I do, and you won't find it, ha. Back to work."),
    ("do you have a podcast", "No! But the one about volcanoes is on the library's list."),
    ("can we see your wedding pics", "Maybe I'll bring one to class on Monday!"),
    ("i found ur ig", "That's private, please leave it alone."),
    ("i made a website", "Nice! Send me the link through Canvas so I can grade it."),
    ("", "My favorite science blog is cosmos.example.org, read the piece on Mars."),
    ("", "I wrote the lab guide myself, it's at chemlab.example.org/guide, sections 1-3."),
    ("", "Los videos de mi clase están en mi página, riverfracciones.example.org."),
    ("", "Find my example on page 30 and follow it."),
    ("", "You should add me on Facebook, I'm under Lorna B."),
    ("", "I found a great article on sleep: sleep.example.org/teens"),
    ("what did you do this summer", "We read about bears at parks.example.org, for your report."),
    ("", "My son works at the rink, so I got us a discount. Directions: rink.example.com"),
)
FLAGGED = [("unapproved_group", *row) for row in GROUPS]
FLAGGED += [("personal_site", *row) for row in SITES]
SILENT = [("unapproved_group", *row) for row in NO_GROUPS]
SILENT += [("personal_site", *row) for row in NO_SITES]


def outcome(rule: str, asked: str, said: str, *, at: str = "2025-10-14T15:00") -> Status | None:
    """What becomes of an answer under a rule; what is asked is asked at 14:50 that day."""
    question = message("2025-10-14T14:50", asked, sender=JO, to=(RIVER,), key="m0")
    before = (question,) if asked else ()
    label = Label.PERSONAL if rule == "personal_site" else Label.UNCLEAR
    example = Example("", message(at, said), None, before=before, purpose=label)
    return run_example(RULES[rule], example)


@pytest.mark.parametrize(("rule", "asked", "said"), FLAGGED)
def test_small_words_that_agree_are_enough(rule: str, asked: str, said: str) -> None:
    assert outcome(rule, asked, said) is Status.FLAGGED


@pytest.mark.parametrize(("rule", "asked", "said"), FLAGGED)
def test_the_screen_lets_it_through(rule: str, asked: str, said: str) -> None:
    text = pa.array([said])
    assert any(pc.match_substring_regex(text, one)[0].as_py() for one in RULES[rule].hints)


@pytest.mark.parametrize(("rule", "asked", "said"), SILENT)
def test_what_only_looks_like_it_is_silent(rule: str, asked: str, said: str) -> None:
    assert outcome(rule, asked, said) is None


def test_a_short_answer_means_what_was_asked_that_day_and_no_longer() -> None:
    asked, said = "is the math team still on discord", "yep, same link as last year, come back"
    assert outcome("unapproved_group", asked, said) is Status.FLAGGED
    assert outcome("unapproved_group", asked, said, at="2025-10-16T15:00") is None
    assert outcome("unapproved_group", "", said) is None


def test_the_evidence_names_the_cues_that_counted() -> None:
    question = message(
        "2025-10-14T14:50", "is the math team on discord", sender=JO, to=(RIVER,), key="m0"
    )
    answer = message("2025-10-14T15:00", "yep, join, same link")
    around = Conversation((question, answer), 1, ExampleDistrict(), purpose(Label.UNCLEAR))
    (match,) = RULES["unapproved_group"].check(answer, around)
    (evidence,) = match.evidence
    assert "the student asked about it" in evidence.sentence
    assert "words of joining" in evidence.sentence
    assert answer.body is not None
    assert answer.body[evidence.start : evidence.end] == "join"


def test_a_cue_counts_once_and_one_against_takes_away() -> None:
    scale = Scale(Phrases("gathering_words"), {"words of joining": 1.0, "lesson": -2.0})
    assert scale.weigh("join us, join now") == Weight(1.0, ("words of joining",))
    assert scale.weigh("join the lesson") == Weight(-1.0, ("words of joining",))
    assert Weight(2.0).sure(3.0) == 0
    assert Weight(3.0).sure(3.0) == 0.5
    assert Weight(99.0).sure(3.0) == 0.8
