"""Errors of the retention room."""

from __future__ import annotations

from esign.errors import EsignError


class RulesRefused(EsignError):
    """A file of retention rules is not as it must be. The cause names the place."""


class RetentionRefused(EsignError):
    """What was asked for is refused; nothing has changed."""


def refused(code: str) -> RetentionRefused:
    """Return the refusal with this code. Raises `KeyError` for one without words."""
    return RetentionRefused(code, *_WORDS[code])


_WORDS = {
    "legal-hold": ("what is kept is under a legal hold", "have the hold lifted by two people, then try again"),
    "own-approval": ("whoever asks cannot approve", "let another person approve"),
    "no-hold": ("there is no such hold", "open it from the list"),
    "hold-lifted": ("the hold is lifted already", "set a new one if it is needed"),
    "no-matter": ("there is nothing of this id that is kept without an envelope", "open it from the list"),
    "kept-with-envelope": (
        "it was signed in an envelope, and is kept and erased with that one",
        "do it at the page of the envelope",
    ),
    "hold-there": (
        "it is under a hold for this reason already",
        "lift that one first, or name another reason",
    ),
    "contract-not-made": ("no contract came of this envelope, so none can end", "check the envelope's id"),
    "contract-end-future": ("the contract ends after today", "tell it once it has ended"),
    "contract-end-early": ("the contract ends before it was signed", "check the day, and the envelope's id"),
    "evidence-gone": ("what is kept of this envelope was erased", "nothing brings it back"),
    "no-request": ("there is no such request", "open it from the list"),
    "request-answered": ("the request is answered already", "let the person make a new one"),
    "request-empty": ("the request names nobody", "write the name and the phone"),
    "request-open": ("the same was asked for already and is not answered", "wait for the answer to that one"),
    "answer-missing": ("the answer has no words", "write to the person why, in plain words"),
    "erasure-needs-two": ("something would be erased, which takes two people", "ask a second person first"),
    "nothing-due": ("nothing of this is due for erasure", "wait until its time is over"),
    "rules-not-agreed": ("nobody has agreed to these rules", "have two people agree: esign retention agree"),
}
