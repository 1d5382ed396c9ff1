"""Finding the rules: every module of this folder that holds a `RULE` named after itself.

A new rule is one new file here; nothing else changes.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from functools import cache
from pathlib import Path

import rules
from rules.model import InvalidRule, Rule

NOT_RULES = frozenset("model registry examples policies signals facts friends friend_words".split())


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in order of id.

    Raises:
        InvalidRule: a module without a RULE, or whose RULE has another id.
    """
    found = []
    for info in pkgutil.iter_modules(rules.__path__):
        if info.name in NOT_RULES:
            continue
        rule = getattr(importlib.import_module(f"rules.{info.name}"), "RULE", None)
        if not isinstance(rule, Rule):
            raise InvalidRule(f"rules/{info.name}.py holds no RULE")
        if rule.id != info.name:
            raise InvalidRule(f"rules/{info.name}.py holds RULE {rule.id}; the names must be one")
        found.append(rule)
    return tuple(sorted(found, key=lambda rule: rule.id))


def fingerprint() -> str:
    """SHA-256 over the source of everything that decides what matches, model included."""
    digest = hashlib.sha256()
    for path in sorted(Path(rules.__path__[0]).rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
