"""Conformance: what is a phone number in a text and what is not, one text a row."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from rules.signals.phones import HINT, find

NUMBER = "+14065550142"

# Each holds +1 406 555 0142 and no other number.
FOUND = """
four oh six, five five five, oh one four two
Four-oh-six 555-oh-one-four-two
four zero six five five five zero one four two
call me 406 five five five zero one four two
text me at 406-555-zero one four two
its 406, five fifty five, oh one forty two
406 triple five 0142
four oh six triple five oh one four two
four 0 six 5 five 5 zero 1 four 2
406 double five five 0142
four oh six, three fives, zero one four two
406, three 5s, 0142
fore oh six five five five oh one fore two
four oh six fiv five five zero one for two
foor oh six five five five oh won four too
my cell: four o six five five five o one four two
fourohsix fivefivefive ohonefourtwo
FourOhSixFiveFiveFiveOhOneFourTwo
406five5five0142
406 five5five 0142
4zero6-5five5-0one42
four06 five55 zero142
4o6 555 o142
4O6.555.O142
4o6-5S5-OI4Z
4 0 6 5 5 5 0 1 4 2
4.0.6.5.5.5.0.1.4.2
4-0-6-5-5-5-0-1-4-2
4/0/6/5/5/5/0/1/4/2
4_0_6_5_5_5_0_1_4_2
4 0 6 - 5 5 5 - 0 1 4 2
4 0 6 . 5 5 5 . 0 1 4 2
40 65 55 01 42 is my cell
(four oh six) 555-0142
[406] 555 0142
{406}{555}{0142}
(406)(555)(0142)
406--555--0142
406...555...0142
406 / 555 / 0142
406|555|0142
406~555~0142
406*555*0142
4*0*6*5*5*5*0*1*4*2
area code 406 then 555 0142
area code four oh six, then five five five oh one four two
406 area code, 555-0142
406 is the area code then 555-0142
text me, 555-0142, area code 406
555 0142 (area code 406)
call 406 and then 555 and then 0142
start with 406 then 555 and the last four are 0142
my number starts with 406, then 555, then ends in 0142
406 space 555 space 0142
406 dot 555 dot 0142
four zero six dash five five five dash zero one four two
406 555 0142
+1 four oh six five five five oh one four two
one four oh six five five five oh one four two
1 (406) 555 - 0142
1.406.555.0142
+1.406.555.0142
+1406 555 0142
cuatro cero seis cinco cinco cinco cero uno cuatro dos
cuatro-cero-seis, cinco-cinco-cinco, cero-uno-cuatro-dos
mi cel es cuatro cero seis 555 cero uno cuatro dos
cuatrocientos seis quinientos cincuenta y cinco cero uno cuarenta y dos
cuatro cero seis, triple cinco, cero uno cuatro dos
406 tres cincos 0142
CUATRO CERO SEIS CINCO CINCO CINCO CERO UNO CUATRO DOS
zero is for... my digits: 4-0-6-5-5-5-0-1-4-2 lol
heres my # 4065550142 dont share it
hmu 4065550142
(406)555-0142
( 406 ) 555 - 0142
406 555-01-42
406.5550142
406-5550142
406 - 555 0142
406 5 5 5 0142
406 555 0 1 4 2
406 555 01 42 text me
ok so its 406 and then 5550142
cell:4065550142
cell#4065550142
ph. 406-555-0142
c: 406.555.0142 | o: room 214
phone (c) 406-555-0142
tel. 406 555 0142
406-555-0142 (cell)
406-555-0142 is my personal cell, text anytime
at 5 four oh six five five five oh one four two
room 214 at 3:15, otherwise four oh six five five five oh one four two works
I'm at 4, oh, 6, 5, 5, 5, oh, 1, 4, 2
my number is 4, 0, 6, 5, 5, 5, 0, 1, 4, 2
4, 0, 6, 5, 5, 5, 0, 1, 4, 2
four, oh, six, five, five, five, oh, one, four, two
Four. Oh. Six. Five. Five. Five. Oh. One. Four. Two.
four... oh six... five five five... oh one... four two
nine tomorrow? four oh six five five five oh one four two
text 406 555 0142 for the address or 4 help
I have two numbers but use 406 five five five 0142 to text
four hundred six, five fifty-five, zero one four two
four oh six five hundred fifty five zero one four two
406-555-0142x3
tel:406-555-0142
sms:4065550142
wa.me/14065550142
https://wa.me/14065550142
text me on 4065550142!!
"406-555-0142"
<406-555-0142>
*406-555-0142*
_406-555-0142_
num=4065550142
my # 4 0 6. 5 5 5. 0 1 4 2.
its four-o-six five-five-five zero-one-four-two, save it under "Coach"
406 is my area code and the rest is 555-0142
Save this: 406 - five five five - 0142
4 oh 6 - 5 5 5 - 0 1 4 2
4-oh-6, 5-5-5, oh-1-4-2
four0six 555 0142
(four zero six) five five five - zero one four two
if you ever need to talk its 406.555.0142 (my cell not the school)
I am at four hundred six, five five five, oh one forty two
four o' six, five five five, o' one four two
FOUR OH SIX - TRIPLE FIVE - OH ONE FOUR TWO
Four Zero Six Five Five Five Zero One Four Two
406-five five five-0142
406-555-zeroonefourtwo
write it down: four, zero, six... five, five, five... zero, one, four, two
text 4 0 6 5 5 5 zero 1 4 2 after school
cell is (4 0 6) 5 5 5 - 0 1 4 2
6 after the 4 0? haha, 406 555 0142
Mr. Lee (406) 555 0142 txt ok
my digits >> 406 555 0142
digits: 406 555 0142 :)
406.555.0142 <- my cell
406 555 0142 <3
4,0,6,5,5,5,0,1,4,2 thats my number
4. 0. 6. 5. 5. 5. 0. 1. 4. 2. call me
4;0;6;5;5;5;0;1;4;2 txt me
area code is 406 and the number is 555-0142
(406) then 555.0142
406, then triple five, then oh one four two
4o6five55o142
4O65550142
4o6five five five o142
4O6 FIVE55 OI42
four oh six 5550142
my cell is four zero six, 555, zero one four two if practice runs late
forty sixty-five fifty-five oh one forty two call me
forty, sixty five, fifty five, zero one, forty two is my cell
my cell: 40-65-55-01-42
mi cel: cuatro, cero, seis, cinco, cinco, cinco, cero, uno, cuatro, dos
mi numero es 406 cinco cinco cinco 0142
cuatro cero seis punto cinco cinco cinco punto cero uno cuatro dos
quatro cero ceis sinco sinco sinco cero uno quatro dos
apunta: 406 555 cero uno cuatro dos
lada 406 y luego 555 0142
el 406 555 0142 es mi cel
Llama al cuatrocientos seis, quinientos cincuenta y cinco, cero uno, cuarenta y dos
cuarenta sesenta y cinco cincuenta y cinco cero uno cuarenta y dos es mi cel
+1-406-555-0142
+1 406.555.0142
(+1) 406-555-0142
+1(406)5550142
1 406 555 0142
1-four-oh-six-555-0142
1 4 0 6 5 5 5 0 1 4 2
call 1-406-555-0142 anytime
phone:406-555-0142.
Ph 406 555 0142
#406-555-0142
cell- 4065550142
C 406-555-0142 H 406-555-0142x
hit my line 4065550142
hmu @ 406-555-0142
text me @4065550142
@ 406 555 0142
call me?4065550142
tex me 4065550142
4065550142!
4065550142
406 5550142 text there its faster
406-55-50142 call me
406 55 50 142 is my cell
4065 550 142 thats my phone
40 6 555 01 42 my number
406 5 55 01 42 call me
406-555-oh-one-four-two
406 555 O I 4 2
4 0 6 5 5 5 O l 4 2
406 555 0l42
the first three are 406 then 555 then 0142
first three 406, next three 555, last four 0142
first part 406, second part 555, last part 0142 thats my cell
it starts 406, middle is 555, ends 0142
my wifes cell is 406-555-0142
reach me at home: 406-555-0142
""".strip().splitlines()

# And those with other signs than ASCII, or with line breaks.
FOUND_DISGUISED = [
    (
        "4\ufe0f\u20e30\ufe0f\u20e36\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e35"
        "\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e34\ufe0f\u20e32\ufe0f\u20e3"
    ),
    (
        "4\ufe0f\u20e30\ufe0f\u20e36\ufe0f\u20e3 5\ufe0f\u20e35\ufe0f\u20e35"
        "\ufe0f\u20e3 0\ufe0f\u20e31\ufe0f\u20e34\ufe0f\u20e32\ufe0f\u20e3"
    ),
    "text me 4\u20e30\u20e36\u20e35\u20e35\u20e35\u20e30\u20e31\u20e34\u20e32\u20e3 ok",
    "４０６ ５５５ ０１４２",
    "④⓪⑥ ⑤⑤⑤ ⓪①④②",
    "❹⓿❻ ❺❺❺ ⓿❶❹❷",
    "➃⓪➅ ➄➄➄ ⓪➀➃➁",
    "⁴⁰⁶ ⁵⁵⁵ ⁰¹⁴²",
    "𝟒𝟎𝟔-𝟓𝟓𝟓-𝟎𝟏𝟒𝟐",
    "𝟜𝟘𝟞𝟝𝟝𝟝𝟘𝟙𝟜𝟚",
    "406 • 555 • 0142",
    "406🏈555🏈0142",
    "4🙂0🙂6🙂5🙂5🙂5🙂0🙂1🙂4🙂2",
    "406 ❤\ufe0f 555 ❤\ufe0f 0142",
    "4\n0\n6\n5\n5\n5\n0\n1\n4\n2",
    "406\n555\n0142",
    "four\noh\nsix\nfive\nfive\nfive\noh\none\nfour\ntwo",
    "4\u200b0\u200b6\u200b5\u200b5\u200b5\u200b0\u200b1\u200b4\u200b2",
    "406\u2060555\u20600142",
    "406\u00ad-555\u00ad-0142",
    "márcame al 406 555 01 42",
    "llámame: cuatro cero seis y luego 555 0142",
    "call or text (406) 555–0142",
    "cell 406‑555‑0142",
    "→ 406 555 0142",
    "☎\ufe0f 406-555-0142",
    "📱4065550142",
    "406📞555📞0142",
    "4 0 6 🏀 5 5 5 🏀 0 1 4 2",
    "4…0…6…5…5…5…0…1…4…2",
    "number: 4\n0\n6\n5\n5\n5\n0\n1\n4\n2\nask for mike",
    "mándame mensaje al 4-0-6-5-5-5-0-1-4-2",
    "cell—406-555-0142",
    "4\u200b0\u200b6 five five five 0142",
    "406\u3000555\u30000142",
    "４０６-five-five-five-０１４２",
    "４０６．５５５．０１４２",
    "（４０６）５５５－０１４２",
    "①④⓪⑥⑤⑤⑤⓪①④②",
    "⑷⓪⑹⑸⑸⑸⓪⑴⑷⑵",
    "4\u20e3 0\u20e3 6\u20e3 5\u20e3 5\u20e3 5\u20e3 0\u20e3 1\u20e3 4\u20e3 2\u20e3",
    "4\ufe0f\u20e3 oh 6\ufe0f\u20e3 five five five 0142",
    (
        "5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e34\ufe0f"
        "\u20e32\ufe0f\u20e3 with area code 4\ufe0f\u20e30\ufe0f\u20e36\ufe0f\u20e3"
    ),
    "٤٠٦٥٥٥٠١٤٢",
    "4\t0\t6\t5\t5\t5\t0\t1\t4\t2",
    "four\toh\tsix\tfive\tfive\tfive\toh\tone\tfour\ttwo",
]


@pytest.mark.parametrize("text", [*FOUND, *FOUND_DISGUISED])
def test_the_number_is_found(text: str) -> None:
    """And the hint lets the text through."""
    assert [phone.e164 for phone in find(text)] == [NUMBER]
    assert pc.match_substring_regex(pa.array([text]), HINT)[0].as_py()


def test_the_table_is_long_enough() -> None:
    """A shortened table would pass unseen."""
    assert len({*FOUND, *FOUND_DISGUISED}) >= 200
