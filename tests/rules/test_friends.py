"""What students and staff say of being contacts, in many voices, and what is near it and is none.

A row is a conversation: a student's words (S) and staff's (T), the last of which is judged.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.gates import run_example
from rules.examples import JO, RIVER, message
from rules.friend_words import agreed
from rules.friends import Before
from rules.model import Example, Label, Status
from rules.registry import all_rules

RULES = {one.id: one for one in all_rules()}
SOLICITS = [
    "T:if u search mara river on ig its the one with the sunflower",
    "T:did my request ever come through? I sent it to you last night on facebook",
    "T:You have a request waiting from me on Instagram, no pressure.",
    "S:why did u request me on ig|T:because your photos are great! say yes",
    "S:hi|T:hey did u see i sent u a request|S:on what|T:snap lol",
    "S:do you have facebook miss|T:I do, just type my whole name and look for the barn",
    "S:i run a little plant insta|T:wait what's the handle, I need to follow this immediately",
    "T:follow my spam account instead, the main one is all church ladies",
    "T:mándame tu ig plis, no le digas a nadie jaja",
    "T:my mastodon is @river@mastodon.social, boost my birds",
]
ACCEPTS = [
    "S:i sent u a follow request on insta|T:Saw that! You're in 😄",
    "S:can i follow u on ig|T:I don't see why not",
    "S:u gonna accept my req or|T:check again ;)",
    "S:my insta is jo.draws|T:found it, you have a new follower",
    "S:maestra le mandé solicitud en face|T:ya la vi y le di aceptar 😊",
    "S:sent a request to your facebook|T:Welcome to my very boring timeline",
    "S:i followed ur dog on insta|T:he followed you back!",
    "S:you didnt follow me yet on tiktok|T:patched that up just now",
    "T:saw your friend request and hit yes",
    "T:Let you into my insta. Behave.",
    "S:canvas is down again|T:it works now. also accepted your friend request!",
]
NEITHER = [
    "T:You have a request waiting from me on DocuSign for the internship form.",
    "T:Tag @lakesidedrama in your posts about opening night.",
    "T:Come find me at the Fortnite club table at the activities fair and sign up.",
    "T:I follow you now, step 3 has the sign error.",
    "T:My daughter follows you on TikTok, she says the dance is great.",
    "S:sam posted me on snap|T:Send me the screenshot, what's the name of the account?",
    "S:my mom sent u a friend request on facebook|T:Got it, accepted, tell her thanks!",
    "S:i sent u a follow request on insta|T:I saw it, but I'll leave it there. Rules are rules.",
    "S:i sent u a follow request on insta|T:Hmm. Is your lab done?",
    "S:can i follow u on ig|T:I'd love to say yes but it would cost me my job",
    "S:can i add u on snap|T:Absolutely not, and you know why",
    "S:pls accept me on snap|T:maybe after you graduate",
    "S:padlet says my post is pending|T:approved yours, nice work",
    "S:canvas dropped me from 2nd hour|T:Added you back! Refresh the page",
]


def example(said: str, label: Label = Label.PERSONAL) -> Example:
    """A conversation, two minutes from one message to the next."""
    thread = []
    for number, turn in enumerate(said.split("|")):
        who, _, words = turn.partition(":")
        ends = {"sender": JO, "to": (RIVER,)} if who == "S" else {"sender": RIVER, "to": (JO,)}
        at = f"2025-10-14T15:{10 + 2 * number}"
        thread.append(message(at, words, key=f"m{number}", **ends))  # type: ignore[arg-type]
    return Example("", thread[-1], None, before=tuple(thread[:-1]), purpose=label)


@pytest.mark.parametrize(
    ("rule", "said"),
    [("solicits_contact", one) for one in SOLICITS] + [("accepts_contact", one) for one in ACCEPTS],
)
def test_what_asks_or_accepts_is_flagged_and_let_through(rule: str, said: str) -> None:
    """And the rule's hint, which sees the message alone, lets it come to be read."""
    one = example(said)

    assert run_example(RULES[rule], one) is Status.FLAGGED
    body = pa.array([one.message.body])
    assert any(pc.match_substring_regex(body, hint)[0].as_py() for hint in RULES[rule].hints)


@pytest.mark.parametrize("said", NEITHER)
@pytest.mark.parametrize("rule", ["solicits_contact", "accepts_contact"])
def test_what_is_near_it_stays_silent(rule: str, said: str) -> None:
    """Declining, tools, schoolwork, other people's accounts."""
    assert run_example(RULES[rule], example(said)) is None


def test_the_evidence_quotes_the_words_that_counted() -> None:
    """An officer sees which weak words made the sum."""
    asked = Before(network="Facebook", sent=True)

    weighed = agreed("Welcome to my very boring timeline", asked)

    assert weighed and '"Welcome to my very boring timeline"' in weighed.what
