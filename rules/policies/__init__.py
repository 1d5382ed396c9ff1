"""Policies as data: packs of clauses, each with its stance and the rules that look for it."""
