"""Errors of the desk."""

from __future__ import annotations

from esign.errors import EsignError


class DeskRefused(EsignError):
    """What a member of staff asked for is refused; nothing has changed."""


def phone_unchanged() -> DeskRefused:
    """Return the refusal of a correction to the number that is there already."""
    return DeskRefused("phone-unchanged", "this is the phone number that is there already", "give the corrected number")


def nothing_asked() -> DeskRefused:
    """Return the refusal of an act for which there is no approval that one could use."""
    return DeskRefused("no-approval-to-use", "there is no approval for this act", "ask a second person first")


def evidence_closed() -> DeskRefused:
    """Return the refusal of a look at evidence that is sealed and was not opened by two people."""
    return DeskRefused("evidence-closed", "the evidence is sealed", "ask for it to be opened, by a second person")


def evidence_restricted() -> DeskRefused:
    """Return the refusal of a look at what is stored and nothing else, since the person asked for its erasure."""
    return DeskRefused(
        "evidence-restricted",
        "the person asked for erasure, and until the legal period is over this is only stored",
        "have the evidence opened by two people, for a reason that the law names",
    )


def reason_missing() -> DeskRefused:
    """Return the refusal of a request that says nothing to the person who is to decide about it."""
    return DeskRefused("reason-missing", "the request has no reason", "write why, the second person reads it")


def no_verification() -> DeskRefused:
    """Return the refusal of a look at a verification that is not there, or not for whoever asks."""
    return DeskRefused("no-verification", "there is no such verification", "open it from the list")


def no_manifest() -> DeskRefused:
    """Return the refusal of a look at a manifest before the recipient confirmed."""
    return DeskRefused(
        "no-manifest", "the recipient has not confirmed, so there is no manifest", "wait until they have"
    )


def no_screen() -> DeskRefused:
    """Return the refusal of a look at a screen that nobody of the envelope was shown."""
    return DeskRefused("no-screen", "nobody of this envelope was shown such a screen", "open it from the story")


def no_page_image() -> DeskRefused:
    """Return the refusal of a look at a picture of a page that the recipient was not shown."""
    return DeskRefused("no-page-image", "the recipient was not shown this picture", "open it from the story")
