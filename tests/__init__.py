"""Tests mirror the tree; `expected` keeps what the fixture district must come to."""
