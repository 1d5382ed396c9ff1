"""Numbers and addresses given or asked for: what people write, and what only looks like it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from rules.signals import offers
from rules.signals.offers import EMAIL, PHONE, asked, given

ASKS_NUMBER = """
whats ur number
what's your cell?
What is your phone number, in case the bus is late?
can i get your number
could I have your cell number so I can text you
send me ur number
text me your number
give me your digits
drop ur # here
do you have a cell i can text
do you have a number where I can reach you
whats a good number to text you at
what number can i text you
which number should I call?
got a cell number?
can u send me your personal number
I need your cell number for the trip
wat is ur phone #
gimme your number
share your cell with me
is there a number I can call
what's your phone?
mr d whats ur number in case we get lost
Jo, what's the best cell for you?
Cuál es tu número?
me pasas tu cel
dame tu número de teléfono
tienes celular?
mándame tu celular
me das tu teléfono
Entonces pásame tu celular, Jo
"""
ASKS_MAIL = """
Do you have another email it would fit through?
what's your personal email so I can send the file
whats ur email
what's your gmail
Can you give me your home email?
send me your personal email address
do you have a gmail
is there another address I can use
Is there a non-school email I can send it to?
do you have a different email
could I have your private e-mail
what is your home e-mail address?
Do you have another address?
have you got another email?
you have a personal account?
need your personal email for the photos
an email I can send it to?
Please share your personal email with me.
tell me your gmail
got an email other than the school one?
What email should I send it to, not school?
do you have an email that isn't the school one?
cuál es tu correo personal
tienes otro correo
pásame tu gmail
me das tu correo
"""
ASKS_NOTHING = """
what's your jersey number
what is your locker number
what's your student number
What is your lucky number?
what's your mom's number
what is your moms cell
send me your mom's email
Can I have your parent's phone number?
give me your phone, class started
put your phone away
do you have your phone
what number did you get for problem 5
what's your school email
What is your student email address?
what is your email password
Is there a number line on the test?
do you have a number 2 pencil
number your answers
your number on the roster is 12
what is your number on the jersey
Write your number on your bib
send me your essay
email me your essay
share your document with me
do you have an account for Canvas
Do you have an account with the library?
which number is larger
what number is on your bus
tienes tu número de lista?
cuál es tu número de lista
what is your account number
what's your order number
tell me your favorite number
give me your best guess
"""
GIVES = [  # text, handle, whether the words call it the writer's own
    ("my home one is zane.kowalczyk@example.net", "email:zane.kowalczyk@example.net", True),
    ("406-555-0142", "phone:+14065550142", True),
    ("ya jolopez.runs@example.com", "email:jolopez.runs@example.com", True),
    ("my number is 406-555-0145 if u ever need me", "phone:+14065550145", True),
    ("If the bus is late use my cell, 406-555-0101.", "phone:+14065550101", True),
    ("text me at four oh six, five five five, oh one four one", "phone:+14065550141", True),
    ("mi correo es jo.lopez@example.org", "email:jo.lopez@example.org", True),
    ("reach me on 406.555.0199", "phone:+14065550199", True),
    ("406 555 0142 is mine", "phone:+14065550142", True),
    ("my mom's cell is 406-555-0143", "phone:+14065550143", False),
    ("write to my grandma, ana.lopez@example.com", "email:ana.lopez@example.com", False),
    ("could you write the rep, sam.wu@example.org, about the visit on the 4th", None, None),
    ("the college wants it at applications@example.edu before the first of the month", None, None),
]
GIVES_NOTHING = """
Call the tux shop at 406-555-0184 and ask for Donna.
You can call or text 988 any time, or 1-800-555-0199.
order 55501-47 came to 406.50
We won 21-14 on 10/14/2025 in room 406.
see you at 5 @ the gym
"""


def lines(text: str) -> list[str]:
    """The lines of a table."""
    return [line for line in text.splitlines() if line]


def hinted(text: str) -> bool:
    """Whether one of the hints lets a text through."""
    body = pa.array([text])
    return any(pc.match_substring_regex(body, one)[0].as_py() for one in offers.HINTS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [(one, PHONE) for one in lines(ASKS_NUMBER)] + [(one, EMAIL) for one in lines(ASKS_MAIL)],
)
def test_a_request_is_seen(text: str, kind: str) -> None:
    """In lower case, without a question mark, in Spanish."""
    assert {one.kind for one in asked(text)} == {kind}
    assert hinted(text)


@pytest.mark.parametrize("text", lines(ASKS_NOTHING))
def test_another_number_is_no_request(text: str) -> None:
    """Nor is what belongs to somebody else, or to the school."""
    assert asked(text) == ()


@pytest.mark.parametrize(("text", "handle", "own"), GIVES)
def test_what_is_given_and_whose_it_is(text: str, handle: str | None, own: bool | None) -> None:
    """A message that is an answer and nothing else gives the writer's own."""
    found = given(text, local_area="406")

    assert hinted(text)
    assert [one.own for one in found] == [bool(own)]
    if handle:
        assert [one.handle for one in found] == [handle]
        assert all(0 <= one.start < one.end <= len(text) for one in found)


@pytest.mark.parametrize("text", lines(GIVES_NOTHING))
def test_a_public_number_is_not_given(text: str) -> None:
    """Nor is what is no number at all."""
    assert given(text, local_area="406") == ()


@drawn(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """Spans lie inside it, and what is found has passed a hint."""
    found = (*given(text), *asked(text))

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert not found or hinted(text)
