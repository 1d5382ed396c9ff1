"""The wish to leave the district's channel: "not on here", "they read this", "I hate Canvas".

Rule of this file: patterns only; `elsewhere.find` asks for a private channel beside them.
"""

from __future__ import annotations

import re

from rules.signals.private_ways import DISTRICTS, ON, either

MY = "(?:the |my |your |ur |el |la |tu )?"
HERE = either("here|hear|aqu[ií]|ac[aá]", DISTRICTS)
_DONT = (
    r"(?:can['’]?t|cannot|shouldn['’]?t|don['’]?t|do not|won['’]?t|rather not|better not|prefer"
    r" not to"
    r"|not gonna|not safe to|not comfortable|let['’]?s not|never|stop|quit|without|w/o|avoid|hate"
    r"|tired of|no (?:puedo|podemos|me|quiero|debemos)|mejor no|no)"
)
_SPEAK = (
    r"(?:talk(?:ing)?|say|writ(?:e|ing)|reply|answer|respond|message|messaging|msg"
    r"|e-?mail(?:ing)?|discuss"
    r"|chat(?:ting)?|post|put|typ(?:e|ing)|get into|go(?:ing)? (?:into|thru|through)|tell"
    r"|explain|share|do"
    r"|send|speak|us(?:e|ing)|want (?:this|it)|hablar|decir|escrib\w+|contest\w+|hables?|digas?"
    r"|us[eao]\w*"
    r"|respond\w+)"
)
_THEY = (
    r"(?:they|admin\w*|i\.?t\.?|the (?:school|district|office|principal)|school|district|principal"
    r"|every(?:one|body)|some(?:one|body)|people)"
)
_OFTEN = "(?:all |always |just |still |actually |prob |probably |literally )?"
_SEES = (
    "(?:sees?|reads?|tracks?|watch(?:es)?|monitors?|checks?|archives?|logs?|saves?|records?"
    "|go through|opens?)"
)
_ALL_SAID = (
    r"(?:(?:this|these|those|our|the|your)? ?(?:e-?mails?|mailbox|messages?|chats?|account|inbox"
    r"|stuff|thing"
    r"|app|everything)|what (?:we|i|you)|all|it|these|this)"
)
_NO_THING = (
    r"(?! (?:from|week|page|one|book|film|movie|poster|board|lesson|problem|essay|draft|better))"
)
_READ = "(?:monitored|watched|tracked|recorded|read by|logged|archived|checked|saved)"
_NOT_A_LIST = r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!['’]s )(?<!['’]re )(?<!\byour )(?<!\bname )"
LEAVES = re.compile(
    "(?i)"
    + either(
        rf"{_NOT_A_LIST}\b(?:not|nt) (?:{ON} )?{MY}{HERE}",
        rf"\bnot {ON} (?:the )?(?:{DISTRICTS}|(?:an? )?e-?mail\b)",
        r"\b(?:por )?aqu[ií] no\b|\bno (?:por|en) (?:aqu[ií]|canvas|este (?:medio|correo))\b",
        rf"\b{_DONT} (?:[\w'’]+ ){{0,3}}?{_SPEAK}\b(?: [\w'’]+){{0,4}}? (?:(?:{ON}|from|at) )?"
        rf"(?:{MY}{HERE}|an? e-?mail\b|school\b|this(?= ?(?:[.,;:!?\n]|$|for\b|anymore)))",
        rf"\b(?:off|outside|out of|away from|fuera de) (?:of )?(?:here\b(?! at)|aqu[ií]"
        rf"|{MY}{DISTRICTS})",
        r"\b(?:without|w/o|behind) (?:the )?(?:school|district|admin|office|principal)\b",
        rf"\b(?:other than|besides|skip|forget|leave|ditch|in place of|done with) {MY}"
        r"(?:" + DISTRICTS + r"|e-?mail\b)",
        rf"\b{_THEY} {_OFTEN}(?:(?:can|could|might|will|gets? to) )?(?:all )?{_SEES} (?:all "
        rf"|through )?"
        rf"{_ALL_SAID}\b{_NO_THING}",
        rf"\b(?:this|it|everything|all of (?:this|it)|{DISTRICTS}|these|messages(?: on)? here)"
        rf" (?:is|are|gets?|being)(?: all| being| probably)? {_READ}\b",
        rf"\b{DISTRICTS} (?:\w+ )?(?:(?:is|are)n['’]?t|is not) (?:\w+ )?(?:private|safe|secure)\b",
        rf"\b{DISTRICTS} (?:logs|reads|archives|saves|records|eats|blocks|bounces|filters"
        rf"|monitors|tracks"
        r")\b",
        rf"\bturned off (?:\w+ ){{0,3}}?{DISTRICTS}",
        r"\b(?:lo|los|nos|pueden|todo) (?:lo )?(?:leen|revisan|vigilan|monitorean|leer|ver)\b",
    )
)
DISLIKES = re.compile(
    "(?i)"
    + either(
        r"\bi (?:never|hardly(?: ever)?|rarely|barely|(?:do|will) not|won['’]?t|don['’]?t(?:"
        r" really| ever| always)?)"
        rf" (?:check|look at|use|read|see|open|get|be on) {MY}(?:{DISTRICTS}|e-?mails?\b"
        rf"|messages\b|this\b)",
        rf"(?:{DISTRICTS}|\be-?mail) (?:is not|isn['’]?t)(?: really)? (?:the )?(?:best|great"
        rf"|good|ideal)\b",
        rf"\bi (?:hate|can['’]?t stand) (?:using )?{MY}(?:{DISTRICTS}|e-?mails?\b)",
        rf"\b{DISTRICTS} (?:is|are)(?: so| too| really| just| being| such a?)?"
        r" (?:slow|glitchy|annoying|awful|terrible|trash|lame|clunky|a pain|weird|dumb|stupid)\b",
    )
)
_THIS = r"(?:this|these|those|esta?|este|estos|the (?:work|school|other|official)|school|district)"
CHANNEL = re.compile(
    "(?i)"
    + either(
        DISTRICTS,
        r"\b(?:portal|platform|plataforma|mailbox|inbox|gradebook|chromebook|mail ?server|e-?mails?"
        r"|correo)\b",
        rf"\b{_THIS}(?:['’]s)? (?:[\w-]+ )?(?:threads?|chats?|apps?|box|accounts?|one|things?"
        rf"|sites?|place"
        r"|pages?|messages?|server|computer|laptop|device|address|channels?|dms?|cuenta|medio"
        r"|mensajes?)\b",
        r"\b(?:school|district)['’]s\b|\bthe (?:school|district) (?:out|know|see|read|of|in|can"
        r"|could|keep|check)\w*\b",
        r"\b(?:on|in|over|through) here\b|\bhere we\b|\baqu[ií]\b|\bak[ií]\b|\bel de la escuela\b",
        r"\b(?:any|all) of (?:this|these)\b|\bhit reply\b|\b(?:through|by) (?:the )?school\b"
        r"|\bin writing\b|\bpaper trail\b|\b(?:everything|what) we (?:write|say|type)\b|\bthan"
        r" this\b",
    )
)
"""The channel in use, or another of the district's, in whatever words."""
TASK = re.compile(
    r"(?i)\b(?:submit\w*|turn(?:ed|ing)? (?:it |them )?in|post(?:ed|ing)?|upload\w*|due"
    r"|assignments?|quiz"
    r"|homework|grades?|essays?|drafts?|slides?|worksheets?|projects?|rubrics?|modules?|lessons?"
    r"|log ?in"
    r"|passwords?|sign (?:in|up)|folders?|files?|attach\w*|links?|calendar|schedule|form|code"
    r"|tarea)\b"
)
"""Work that a channel is named for."""
BLAMED = re.compile(
    r"(?i)\b(?:not|never|stop|quit|off|out|hates?|tired|sick|retir\w+|done|skip|forget|leave"
    r"|avoid|no more"
    r"|than|only|eyes|ears|sees?|seen|reads?|skims?|watch\w*|monitor\w*|tracks?|logs?|logged"
    r"|keeps?|hold on"
    r"|holds on|stor\w+|saves?|record\w*|archiv\w+|cop(?:y|ies)|cc['’]?d?|pull (?:\w+ )?up"
    r"|peeks?|snoops?"
    r"|scans?|flags?|filters?|owns?|searche?s?|stiff|formal|awkward|self-conscious|public|cold"
    r"|slow|clunky"
    r"|crazy|graded|homework|class|boss(?:es)?|lame|annoying|weird|glitch\w*|crash\w*|freez\w+"
    r"|lags?|bounc\w+"
    r"|blocks?|eats?|los(?:es|ing)|drops?|shut|turns? off|clos\w+|ends?|expires?|in writing"
    r"|paper trail|teacher"
    r"|for (?:school|work|grades|parents)|rather|other than|besides|away|parents?|mom|dad|folks"
    r"|solo|nadie|nunca|lee|leen|ve|ven|revisa\w*|guarda\w*|vigila\w*|lent[oa]|tareas|gusto"
    r"|qu[ií]ta\w*)\b"
    r"|n['’]t\b|\b(?:dont|cant|wont|isnt|shouldnt|doesnt)\b|=|\bno\b"
)
"""Words that, beside a channel, say that one would rather not use it."""
LOGISTICS = re.compile(
    r"(?i)\b(?:if|in case|when|whenever(?! ?[,.;!?\n])|once|until|unless|si|cuando|por si)\b"
    r"(?! (?:your|ur|tu) (?:mom|mother|dad|father|parents?|folks|mam[aá]|pap[aá]))(?! (?:you"
    r"|u)(?:['’]?re|r| are| get| feel)? (?:home|alone|free|done|by yourself|like|want"
    r"|wanna))|\b(?:emergenc\w+"
    r"|late|lost|stuck"
    r"|trip|bus|van|ride|pick(?:ed)? ?up|airport|hotel|game|meet|road|absent|questions?|weather"
    r"|snow)\b"
)
"""Why a number may be given that has nothing to do with leaving."""
