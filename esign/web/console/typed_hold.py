"""The form by which a legal hold is set, as it was typed: the reason, words, and the day to look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask import request

from esign.retention.holds import WORDS_AT_MOST, HoldReason
from esign.web.words import N_

_NO_REASON: Final = N_("还没有选保全的原因。")
_NO_DAY: Final = N_("复查的日期不对：请选今天以后的一天，或者留空。")


@dataclass(frozen=True)
class TypedHold:
    """`wrong` is a message that says what is wrong with it, None where nothing is."""

    reason: HoldReason
    words: str | None = field(repr=False)
    review_on: date | None
    wrong: str | None = None


def typed_hold(today: date) -> TypedHold:
    """Return what was typed in the form of this request; a day to look at it is today or later."""
    chosen, words = request.form.get("reason", ""), request.form.get("words", "").strip()[:WORDS_AT_MOST]
    if chosen not in set(HoldReason):
        return TypedHold(HoldReason.OTHER, words or None, None, _NO_REASON)
    reason, day = HoldReason(chosen), request.form.get("review_on", "").strip()
    if not day:
        return TypedHold(reason, words or None, None)
    try:
        review_on = date.fromisoformat(day)
    except ValueError:
        return TypedHold(reason, words or None, None, _NO_DAY)
    return TypedHold(reason, words or None, review_on, None if review_on >= today else _NO_DAY)
