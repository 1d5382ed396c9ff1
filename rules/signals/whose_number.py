"""Whose number the words around it say it is: the writer's, the reader's, or a public one.

Rule of this file: the words before and after a number in, one answer out. The nearest words
decide, those before the number first; a claim right behind it ("is my cell") beats them all.
"""

from __future__ import annotations

import re
from enum import Enum

BEFORE, AFTER = 90, 50
"""Characters before and after a number that are looked at."""


class Whose(Enum):
    """What the words say."""

    OWN = "own"  # the writer's, or somebody's at the writer's home
    YOURS = "yours"  # the reader's, or the reader's family's
    PUBLIC = "public"  # an office, a business, a help line, a number of lesson or warning
    UNSAID = "unsaid"


_PHONE = (
    r"(?:cell ?phone|cell|phone|number|num|mobile|digits|land ?line|line|cel|celular|n[uú]mero"
    r"|tel[eé]fono|m[oó]vil|#)(?!\w)"
)
_HOME = (
    r"(?:wife|husband|spouse|fianc[eé]e?|partner|boyfriend|girlfriend|roommate|mom|dad|house|home"
    r"|family|brother|sister|esposa|esposo|casa)"
)
_PRIVATE = r"(?:own|personal|private|new|other|second|real|work|google voice|burner|direct|current)"
_OWN = (
    rf"\b(?:my|mi|our) (?:{_PRIVATE} |{_HOME}(?:['’]?s)? ){{0,2}}{_PHONE}"
    r"|\bmy google voice\b"
    rf"|\b(?:my|mi) {_HOME}(?:['’]?s)?\b"
    r"|\b(?:call|text|txt|tex|reach|ring|message|msg|contact|phone|buzz|find|whatsapp|facetime|snap"
    r"|imessage|dm|hit|try|save|add) (?:me|us)\b(?! know)|\bhmu\b|\bhit my line\b"
    r"|\b(?:mine|this is me|it['’]?s me)\b|\b(?:i['’]m|i am) at\b(?! (?:the|a|my)\b)"
    r"|\b(?:the )?(?:home|house|family|personal|private) (?:phone|number|line|cell)\b"
    r"|\b(?:his|her) (?:own |personal )?(?:cell|mobile)\b|\bcell ?phone\b|\bcelular\b|\bcell\b"
    r"|\b(?:ll[aá]mame|m[aá]rcame|escr[ií]beme|m[aá]ndame|text[eé]ame|mensaj[eé]ame|b[uú]scame)\b"
)
_KIN = (
    r"(?:mom|mum|dad|mother|father|parents?|guardian|grandma|grandpa|grandmother|grandfather|aunt"
    r"|uncle|folks|mam[aá]|pap[aá]|madre|padre|family|house|home|abuel[oa]|t[ií][oa])"
)
_YOURS = (
    rf"(?<!\bin )(?<!\binto )(?<!\bon )(?<!give me )(?<!send me )\b(?:your|ur|yr|tu|su)"
    rf"(?: {_KIN}(?:['’]?s)?)? ?(?:(?:own|old|home|current|emergency|contact|cell) )?{_PHONE}"
    rf"(?! (?:down|died|away|is (?:saved|dead)|to))"
    rf"|\b(?:your|ur|tu|su) {_KIN}(?:['’]?s)?"
    r"(?=[ ,:]*(?:at|is|es|on|from|del|al|en|called|llam[oó])\b)"
    rf"|\b(?:call(?:ed)?|reach(?:ed)?|text(?:ed)?|contact(?:ed)?) (?:your|ur|tu) {_KIN}\b"
    r"|\b(?:form|file|card|record|roster|system|infinite campus|powerschool|skyward)\b"
    r" (?:says|has|shows|lists|is|still)\b"
    r"|\b(?:listed|on file|written|put) (?:down )?for (?:you|your)\b|\bwe (?:still )?have\b"
    r"|\bhave for (?:you|your \w+)\b|\byou (?:wrote|put|gave|listed|entered)\b"
    r"|\b(?:call(?:ed|ing)?|text(?:ed|ing)?|reach(?:ed|ing)?|contact(?:ed|ing)?) you (?:at|on)\b"
    r"|\b(?:is|was) (?:this|that) (?:you|your|still)\b|\bwho(?:['’]?s| is) this\b"
    r"|\bgot (?:a|this) (?:text|call|message)s? from\b"
)
_PLACES = "|".join(
    " ".join(one.split())
    for one in r"""
    hotline, helpline, lifeline, crisis, prevention, poison control, front desk, clinic,
    hospital, doctor, dr, dentist, orthodontist, pharmacy, medicine, medical, therapist,
    therapy, physician, er, urgent care, health, store, shop, restaurant, pizza, pizzeria,
    library, museum, theater, theatre, cinema, college, university, admissions, financial aid,
    support, help ?desk, customer, company, business, hotel, motel, inn, lodge, bank, credit
    union, dmv, police, sheriff, non-emergency, county, city hall, court, courthouse, center,
    centre, department, dept, agency, studio, rentals?, tuxedo, tux, photographer, florist,
    flower, services?, inc, llc, reservations?, extension, ext, vet, veterinarian, feed, supply,
    mart, walmart, costco, market, caf[eé], diner, farm, ranch, garage, auto, salon, barber,
    bakery, church, parish, lumber, hardware, print, printing, printer, sports, outfitters,
    embroidery, taxi, towing, dispatch, airline, airport, scholarship, foundation, embassy,
    consulate, united way, red cross, big brothers, big sisters, ymca, boys and girls,
    recruiter, recruiting, army, navy, marines, air force, national guard, job service, ranger,
    apple, microsoft, college board, ncaa, insurance, shelter, food bank, fairgrounds, arena,
    stadium, gallery, (?:rotary |union |boys )?club, union(?: hall)?, pool, rink, alley, ski
    hill, program, registrar, (?:trade|beauty|law|medical|nursing) school, americorps, legal
    aid, 211, warmline, greyhound, amtrak, repair, rep, (?<!my )(?<!our )(?<!your )place,
    (?:snow|road|weather) (?:phone|report|line), time and temperature, newspaper, reporter,
    editor, republic, radio, station, senator, representative, congress(?:man|woman)?,
    committee, mayor, governor, fax, scam, spam, block, don['’]?t (?:pick up|answer), oficina,
    cl[ií]nica, tienda, centro, biblioteca, l[ií]nea, consultorio, farmacia, iglesia,
    restaurante, universidad, negocio, floristería, m[eé]dico, doctora
    """.split(",")
)
_PUBLIC = (
    rf"\b(?:{_PLACES})(?:['’]?s)?\b|(?<!my )(?<!mi )\boffice\b"
    r"|(?<!house )(?<!home )(?<!family )(?<!my )(?<!other )(?<!second )(?<!direct )(?<!private )"
    r"(?<!personal )(?<!the )\bline\b"
    r"|\bcall (?:the|a|an|any) (?!house|cell|home)[a-z]+ (?:at|on)\b"
    r"|\btheir (?:number|phone|line)\b"
)
_WORDS = re.compile(rf"(?P<own>{_OWN})|(?P<yours>{_YOURS})|(?P<public>{_PUBLIC})", re.IGNORECASE)
_LESSON = re.compile(
    r"\b(?:in the (?:book|novel|story|play|movie|problem|example|dialogue)|example|for instance"
    r"|translate|dialogue|role ?play|word problem|problem \d)\b",
    re.IGNORECASE,
)
_OFFICE = rf"(?:{_PLACES}|office|school|line|phone|service|canvas|gym|desk)"
_NOT_THERE = re.compile(
    rf"\b(?:not|instead of|rather than|forget|skip|never|no|without|don['’]?t (?:\w+ ){{0,3}}?)"
    rf" ?(?:the |my |that )?(?:\w+ )?{_OFFICE}(?:['’]?s)?(?: (?:line|phone|number))?\b"
    rf"|\b(?:i['’]?m|i['’]?ll be|i will be|i am|we['’]?re|i work|i own|staying|stuck|estoy"
    rf"|estar[eé])"
    rf"(?: \w+){{0,3}}? (?:at|in|on|near|en|a|the) (?:\w+ ){{0,2}}?{_OFFICE}\b"
    rf"|\b{_OFFICE} (?:\w+ )?(?:closes?|closed|is closed|won['’]?t|doesn['’]?t|isn['’]?t)\b"
    r"|\b(?:need|want|for|some) (?:\w+ )?support\b"
    rf"|(?<=\bme )(?:at|in|en|from) (?:the |my |la |el )?(?:\w+ )?{_OFFICE}\b"
    rf"|\b(?:you['’]?re|you are|you|get|go|going|off|back|luck|meet|park|wait)"
    rf" (?:at|to|in|from) (?:the |your )?(?:\w+ )?{_OFFICE}\b"
    rf"|\b{_OFFICE} (?:visit|appointment|trip|tour|app(?:lication)?s?|essays?|decisions?|fair)\b",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"\A[\s,.()\-–]{0,3}(?:(?:is|it['’]?s|that['’]?s|es|this is) )?"
    rf"(?:(?:my|mi|our) (?:{_PRIVATE} |{_HOME}(?:['’]?s)? )?(?:{_PHONE}|{_HOME})"
    r"|(?:my|mi) (?:google voice|burner|private|personal|side|second)\b|mine\b|me\b"
    r"|(?:call|text|txt|hmu|reach|message)(?: me)? any ?time\b|(?:call|text|txt) me\b)",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"\A[^.!\n]{0,25}?\b(?:(?:still|is that|the|as) (?:your|ur|tu|right|correct|good|best)\b"
    r"|is that you\b|on file\b|correct\?|right\?|verdad\?|please confirm|(?:listed )?for you\b)"
    r"|\A ?(?:calls?|texts?|messages?) (?:you|back)\b|\A[^.\n]{0,20}\b(?:scam|spam|going around)\b",
    re.IGNORECASE,
)


def whose(before: str, after: str) -> Whose:
    """Whose number it is, by the words before and behind it."""
    before = _NOT_THERE.sub(" ", before[-BEFORE:])
    after = after[:AFTER]
    if _CLAIMED.match(after):
        return Whose.OWN
    if _LESSON.search(before):
        return Whose.PUBLIC
    said = [found.lastgroup for found in _WORDS.finditer(before)][-1:]
    if said != ["own"] and _CONFIRMED.match(after):
        return Whose.YOURS
    said = said or [found.lastgroup for found in _WORDS.finditer(after)][:1]
    return Whose(said[0]) if said else Whose.UNSAID
