"""The reasons of underwriting in words: those of the tables, and those that the rules themselves give."""

from __future__ import annotations

from typing import Final

from esign.public.values import Words
from policy.underwriting.inputs import load_tables

BY_UNDERWRITER: Final = "asked-by-underwriter"
"""Why something is asked for by a person; in what words is in the record that the customer's message names."""
OWN_REASONS: Final = {
    "requirements-closed": Words("要求的材料都已收到或免除", "all that was asked for has come in or was waived"),
    BY_UNDERWRITER: Words("核保员要求补充", "an underwriter asked for it"),
}


def reason_in_words(code: str) -> Words:
    """Return the words of a reason, by the newest table that has it; the code itself where no table does."""
    if code in OWN_REASONS:
        return OWN_REASONS[code]
    return next((table.reasons[code] for table in reversed(load_tables()) if code in table.reasons), Words(code, code))
