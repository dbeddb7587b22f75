"""Pages of a room for customers, each behind a link that was sent: `/r/<room>/<link>`.

    def declare(pages: LinkedPages) -> None:
        @pages.page()
        def letter(visitor: Visitor) -> Response:
            return pages.show("letter_page.html", visitor, ...)

        @pages.form("/answer")
        def answer_letter(visitor: Visitor) -> AnyResponse: ...

A page that is for the person alone asks `pages.knows(visitor)` first. Who is not known tells the last four characters
of their ID number (`pages.identify`, `Told`), and is known from then on in this browser (`pages.admit`), after a
redirection to an address that says `?admitted`.

What anybody opens without a link is declared by `pages.open_page("/start")` and `pages.open_form`; tries are counted by
`pages.may`, and who proved there who they are is let in by `pages.arrive`.

No page may ask a device where it is, but one whose answer has `PERMISSIONS_AND_PLACE` as its `Permissions-Policy`.

A template extends `verify_base.html` (a page of its own) or `base.html` (narrow, as in the ceremony); its forms carry
`{{ form_field }}` and lead to `{{ link }}/answer`.
"""

from __future__ import annotations

from esign.api.rates import Allowance
from esign.web.headers import PERMISSIONS_AND_PLACE
from esign.web.linked_identity import Told
from esign.web.rendering import wants_json, words
from esign.web.room_part import LinkedPages, LinkedPart, Visitor
from esign.web.words import N_

__all__ = [
    "N_",
    "PERMISSIONS_AND_PLACE",
    "Allowance",
    "LinkedPages",
    "LinkedPart",
    "Told",
    "Visitor",
    "wants_json",
    "words",
]
