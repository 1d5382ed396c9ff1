"""Conformance: numbers of school life that are no phone number, one text a row."""

from __future__ import annotations

import pytest

from rules.signals.phones import find

OTHER_NUMBERS = """
we beat them 21-14, 35-28 and 17-10
final: 406-555, best series ever
Scores: 88 92 79 100 85 77
10/14/2025 at 3:15 in room 406
10-14-2025 to 10-18-2025
2025-10-14 18:30 2025-10-15
8:05-8:45, 8:50-9:30, 9:35-10:15
Due 09/12, 09/19, 09/26, 10/03
room 406, 555, and 142
rooms 406 then 555 then 0142
order #4065550142 has shipped
Order 4065550142
order no 406-555-0142
invoice 4065550142
Invoice # 406-555-0142 due Friday
PO 4065550142
student ID 4065550142
your student number is 4065550142
your lunch PIN is 5550142
lunch pin: 555-0142
lunch number 5550142
locker 406 combo 5-55-01
locker combination 40 65 55 01 42
bus 406 leaves 5:55, bus 142 at 6
ISBN 978-0-06-112008-4
ISBN-13: 9780061120084
ISBN 0061120081
isbn-10 4065550142
CCSS.MATH.CONTENT.7.RP.A.2
standards HSA-REI.B.4, HSF-IF.C.7
MS-PS1-2 and MS-PS1-4
$406.55, $5,550.142
total is $4,065,550,142
4065550142 dollars
406 + 555 + 0142 = 1103
406-555 = -149
406*555=225330
4065550142 x 2
x = 4065550142
the product is 4065550142
mean 40.65, median 55.5, sd 0.142
data: 4, 0, 6, 5, 5, 5, 0, 1, 4, 2
data set 4 0 6 5 5 5 0 1 4 2
answers: 4, 0, 6, 5, 5, 5, 0, 1, 4, 2
quiz answers 4 0 6 5 5 5 0 1 4 2
46.8721, -113.9940
46.8721 -113.9940
lat/long 46.5093, -114.0931
40°65'55" N 101°42'00" W
version 4.0.6.5550142
v4.0.6-555.0142
Python 3.11.4 build 4065550142
tracking 9400 1000 0000 0555 0142 00
Tracking: 4065550142
UPS 1Z999AA10123456784
FedEx 4065 5501 4200
Stevensville MT 59870-4065
59870-0142
Kahoot PIN 4065550
kahoot code 406 5550
Zoom meeting ID 406 555 0142
Meeting ID: 406 5550 0142 Passcode: 555142
zoom id 4065550142
join zoom 406 555 0142 passcode 9999
Join at zoom.us/j/4065550142
https://zoom.us/j/4065550142?pwd=abc
https://example.org/forms/d/e/1FAIpQLSf-this-is-a-very-long-path-that-goes-on-and-on/4065550142/viewform
example.org/406-555-0142
www.example.org/q?tel=4065550142
https://example.org/a-406-555-0142.pdf
see file_4065550142.pdf
IMG_4065550142.jpg
3 credit hours, 15 credits, 120 total
3.1415926535
pi = 3.14159265358979323846
3 1 4 1 5 9 2 6 5 3 5
digits of pi: 3 1 4 1 5 9 2 6 5 3
three one four one five nine two six five three
call or text 988
dial 911, 988, 211 or 411
988 is the crisis line, 211 for food
text HOME to 741741
short code 55501
card 4065 5501 4200 1234
account number 4065550142
case number 406-555-0142
ticket 4065550142
confirmation number 4065550142
reference 406-555-0142
serial number 4065550142
model 406-555-0142
part no. 406-555-0142
patent 4,065,550
SKU 4065550142
claim #406-555-0142
EIN 40-6555014
SSN 406-55-0142
permit 4065550142
license plate 4-65550A
car: 4-065550
FAFSA code 002531, CEEB 270455
CEEB code 270-555
College code 4065550142
ACT code 4065550142
NCES id 300000000142
NCAA ID 2406555014
NCAA ID: 4065550142
AP ID 4065550142
barcode 4065550142
checkout number 4065550142
book number 4065550142
row 12: 40655 50142 98317 22046
pages 40-65, 55-60, 142
problems 4, 6, 5, 5, 50, 14, 2
Do problems 1-9 odd, 12, 14, 16, 20, 22
chapters 4 0 6 5 5 5
count off: one two three four five six seven eight nine ten
one two one two one two one two one two
eight nine ten or eleven of the twelve
I won two to one for the ones ate
seven of the nine and five of the six ate two
five six seven eight and one two three four
one, two, three, four, five, six, seven, eight
five-six-seven-eight, and turn two three four
uno dos tres cuatro cinco seis siete ocho
dos de los cuatro y cinco de los seis
two for one, four for two, six for three
binary 1010101010
0110 1001 0110 1111
5555555555
1234567890
123-456-7890
splits: 4:06, 5:55, 0:14.2
times were 40.65 55.50 14.20
1:40.65, 2:55.50, 5:01.42
4x100 6x50 5x5 50x1
1914-1918, 1939-1945
2025-26 school year, 2026-27
lbs: 135 155 185 205 225
reps 10 8 6 5 5 5
106 126 132 138 145 152 weight classes
jerseys 40 65 55 01 42
grid ref 406 555 0142
NDC 40655-5501-42
call number 406.555 Ol42
Dewey 406.555
chem formula C4H0O6
molar mass 406.555 g/mol
6.022 x 10^23, 1.602e-19
round 406.5550142 to three places
0.4065550142
1/4065550142
406.555.0142.1
192.168.55.14
10.40.65.255 mask 255.255.255.0
MAC 40:65:55:01:42:00
id 550e8400-e29b-41d4-a716-446655440142
hash 4065550142abcdef
bc1q4065550142
google doc 1A4065550142xyz
555-0142
seat 406 row 555 section 0142
flight 406 gate 55 seat 142
door code 4065550142#
access code 406 555 0142
Section 504, IEP 406, form 555
form 406-555-0142
budget line 406-555-0142
account code 406-555-0142-10
GL 101-406-555-0142
census 40,655,501
population 4065550142 people
the answer is 4065550142
equals 4065550142
4065550142 meters
4065550142 is divisible by 2
4,065,550,109, correct
1, 2, 4, 0, 6, 5, 5, 5, 0, 1, 4, 2, 9, 8
sixty five fifty five and forty two
nineteen forty one to nineteen forty five
eighteen sixty one and nineteen fourteen
two thousand twenty five
twenty twenty five, twenty twenty six
four score and seven
period 4, 0 period, 6th, 5th
Bus #4065 leaves 5:50, route 142
Bus numbers: 4065, 550, 142
bus 406 then 555 then 0142 at the lot
lockers 406, 555, 0142
locker #406 combo 14-22-06
locker 4065 code 55-01-42
your combo is 4-0-6, then 5-5-5
turn to 40, then 65, then 55, then 14
gym locker 55 50 14
Lunch PINs: 40655, 50142
your lunch pin is 40655
PIN 4065550
lunch account 5550142
library card 24065550142
library barcode 3 4065 00555 0142
ISBN 0 406 55501 4
ISBN: 0-4065-5501-4
ISBN 979-8-4065-5501-4
issn 4065-5501
DOI 10.4065/5550142
arXiv 4065.55014
standard 4.OA.A.3, 4.NBT.B.5, 5.NF.A.1
RL.9-10.1, W.9-10.2, SL.9-10.4
HS-LS1-1, HS-LS2-2, HS-ESS1-4
WIDA 4.0-6.5, 5.5-5.0
TEKS 111.40(c)(6), 126.33
$40.65, $5.55, $0.14
$4,065.55 plus $0.14
tickets 5 for $4, 10 for $6, 20 for $11
10 @ 4.06 = 40.60, 5 @ 5.50
4 x 0 x 6 x 5 x 5 x 5 x 0 x 1
4+0+6+5+5+5+0+1+4+2 = 32
4, 0, 6, 5, 5, 5, 0, 1, 4, 2 sorted is 0 0 1 2 4 4 5 5 5 6
find the median of 4, 0, 6, 5, 5, 5, 0, 1, 4, 2
the mode of 4 0 6 5 5 5 0 1 4 2 is 5
stem 4 leaf 0 6 5 5 5 0 1 4 2
sample: 40 65 55 50 14 21 31
z-scores 1.406, 0.555, 0.142
p = 0.0406, 0.555, 0.142
r = 0.406 r2 = 0.555 n=142
1:4:0:6 ratio 5:5:5
f(4)=0, f(6)=5, f(5)=5
(4, 0), (6, 5), (5, 5), (0, 1), (4, 2)
A(4,0) B(6,5) C(5,5) D(0,1)
points (40, 65) and (55, 50) slope 1.42
[4, 0, 6, 5, 5, 5, 0, 1, 4, 2]
arr = {4, 0, 6, 5, 5, 5, 0, 1, 4, 2};
list: 4 0 6 5 5 5 0 1 4 2
int x[] = 4, 0, 6, 5, 5, 5, 0, 1
#406555 and #014214
rgb(40, 65, 55) rgb(50, 14, 2)
ver 4.06.555.0142
iOS 17.4.0, 16.5.5, 15.0.1
build 4065.550.142
commit 4065550142
46°40'65"N 55°50'14"W
46.4065, -114.0142
46.406555, -113.990142
N 46 40.655 W 113 50.142
elevation 4065 ft, 5550 ft, 142 m
USPS 9400 1406 5550 1420 0000 00
1Z 406 555 01 4200 0000
tracking number 406555014200
MT 59801-4065, MT 59870-0142
Stevensville, MT 59870 406
PO Box 4065, 55501
4065 Highway 55, Box 142
Kahoot: 406 5550
kahoot is 406 555 01
Kahoot pin is 406 5550 go
join code 4065550
Blooket code 4065550
gimkit 406555
Game PIN: 4065550
the pin for today's game is 406 555 0
Quizizz code 406555 01
Zoom: 406 5550 1421
Zoom 406 555 0142
Zoom ID: 406-555-0142, passcode 555
Meeting 406 555 0142
webinar id 406-555-0142
Meet: dial-in PIN 406 555 0142#
passcode: 4065550142
Google Meet phone PIN: 406 555 014 2#
credit hours 3, 3, 4, 4, 1, 0
15-18 credit hours, 120-128 to graduate
GPA 4.065 and 3.555, rank 142
SAT 1406, ACT 35, PSAT 1142
AP scores 4 5 5 5 3 4 5
pi is 3.14159 26535 89793
3.14 15 92 65 35 89 79
three point one four one five nine two six five
2.718 281 828 459
1.6180339887
phi 1 6 1 8 0 3 3 9 8 8
0, 1, 1, 2, 3, 5, 8, 13, 21
2 3 5 7 11 13 17 19
one two buckle my shoe, three four, five six, seven eight
ten nine eight seven six five four three two one
two four six eight who do we appreciate
one to one, two to two, three to three
two or three or four or five, six or seven
for one, to one, won one, ate one, too
I ate two, too, for you to see
one for all, all for one, two for one, won two
six to four to five to five to won
five to six, seven to eight, nine to ten
ten to two or two to four or four to six
from four to six or five to seven to one
between nine and ten or ten and eleven and twelve
two of them at two, three of them at three, four at four
eight o one and eight o five
oh oh oh oh oh oh oh oh
oh one more, oh two more
lol lol lol lol lol
ill ill oil oil lo lo 10
OOO 10-14 to 10-18, back 10-21
4-H, 5-H, 6-8 grade, K-5
BIO101, ENG201, MAT301
Algebra 1, 2; Geometry 1, 2; Calc 1, 2
1st 2nd 3rd 4th 5th 6th 7th
1) 4 2) 0 3) 6 4) 5 5) 5 6) 5
1 B 2 C 3 A 4 D 5 B 6 A 7 C
#1 4 #2 0 #3 6
Q1 4 Q2 0 Q3 6 Q4 5
homework: 3-21 odd, 24, 26, 28, 30
p. 406 #5-55 odd, p. 410 #1-42
pages 406-410, 555-560
Psalm 119:105, John 3:16, 1 Cor 13:4-7
verse 4:06-5:55
406 BC, 555 AD, 142 AD
4:06 5:55 1:42
mile 4:06.55, 2 mile 9:01.42
50 free 24.06, 100 free 55.50, 200 1:42
42-17, 35-14, 28-21, 21-10
25-20, 25-18, 23-25, 15-11
W 4-0 W 6-5 L 5-5
40-6-5 record, 55-50-1
stats: 4-6 FG 5-5 FT 5 reb 0 ast 14 pts 2
8/10, 9/10, 10/10, 7/10, 6/10
90 85 100 95 70 88
95, 88, 76, 100, 92, 85, 79
135x5 155x5 185x5 205x3
3x10 135, 3x8 155, 3x5 185
5'10 165 lbs, 6'1 185 lbs
XL 4, L 0, M 6, S 5
S 5, M 5, L 5, O 0
area code 406
the area code is 406
area code 406, zip 59870
ext 142
ext. 555, room 142
text 988 or call 988
text MT to 741741
text HELLO to 741 741
text START to 678-678
survey code 4065-5501-42
receipt 4065-5501-42
redeem code 4065 5501 42
coupon 406555014
order 406-5550142-0142000
Amazon order 114-4065550-1420000
Amazon order 111-5550142-4065550
case 24-CV-406555
HB 406, SB 555, HR 142
Title 20-4-1065
ARM 10.55.606, MCA 20-5-501
504 plan, 1042-S, W-2, I-9, 1099
Form 1040, 1065, 5500
Policy 5460, 5450, 2132
4.065.550.142
4 065 550 142
4,065,550,142
4'065'550'142
40,65,55,01,42
""".strip().splitlines()

IN_LINES = [
    "1. 4\n2. 0\n3. 6\n4. 5\n5. 5\n6. 5",
]


@pytest.mark.parametrize("text", [*OTHER_NUMBERS, *IN_LINES])
def test_no_number_is_found(text: str) -> None:
    """Whatever a signal finds here would be invented."""
    assert find(text) == ()


def test_the_table_is_long_enough() -> None:
    """A shortened table would pass unseen."""
    assert len({*OTHER_NUMBERS, *IN_LINES}) >= 300
