"""Errors of the pages themselves, beside what the ceremony refuses."""

from __future__ import annotations

from esign.errors import EsignError


class PageError(EsignError):
    """A page cannot be shown, or a form cannot be taken."""


def forged_form() -> PageError:
    """Return the error for a form that was not sent from our own page, or from one that is too old."""
    return PageError("form-forged", "the form was not sent from a page of ours", "load the page anew and send it again")


def no_session() -> PageError:
    """Return the error for a browser that has no session of the recipient."""
    return PageError("session-missing", "this browser has no session of the ceremony", "open the link and take a code")


def no_cookies() -> PageError:
    """Return the error for a browser that keeps no cookie, so that no session would last."""
    return PageError("no-cookies", "this browser keeps no cookie of ours", "allow cookies, or open the link elsewhere")


def no_page() -> PageError:
    """Return the error for an address at which there is nothing."""
    return PageError("no-page", "there is no such page", "open the link that was sent")
