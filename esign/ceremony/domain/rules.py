"""The numbers that decisions rest on. Only decisions: folding a trail never reads them, so they may change."""

from __future__ import annotations

from datetime import timedelta

DOCUMENTS_AT_MOST = 20
RECIPIENTS_AT_MOST = 50
CONSENTS_AT_MOST = 50
PAGES_AT_MOST = 2_000
READING_SECONDS_AT_MOST = 60
PAGE_STAYS_AT_MOST = 5_000
CAPTURES_AT_MOST = 20
"""Handwritings, and photos, of one recipient; each is a sealed record that is kept."""

CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODES_AT_MOST = ((5, timedelta(hours=1)), (10, timedelta(hours=24)))

SIGNALS_AT_MOST = 200
"""Signals of one envelope: what is more tells nobody anything."""

REMINDER_GAP = timedelta(hours=1)
"""Between two messages to one recipient, where a person asks for the reminder rather than the schedule."""
