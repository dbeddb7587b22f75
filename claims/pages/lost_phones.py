"""No page of claims opens on a phone that was reported lost, and nothing that it sends is taken: asked in one place."""

from __future__ import annotations

from werkzeug.wrappers import Response as AnyResponse

from claims.errors import ClaimRefused
from claims.handling.phones import require_phone
from claims.pages.sending import phone, refused_json, wants_json
from claims.service.office import Office
from esign.public.console import Guard


def guard_of(office: Office) -> Guard:
    """Return what is asked before each view of the room.

    It answers our module in JSON, so that the page says why a form that was kept is not taken; for everybody else it
    raises `ClaimRefused` (`phone-revoked`), which is shown as a page. A browser that never took a survey is asked
    nothing.
    """

    def guard() -> AnyResponse | None:
        this = phone()
        if this is None:
            return None
        try:
            with office.house.database.reading() as session:
                require_phone(session, this)
        except ClaimRefused as refusal:
            if wants_json():
                return refused_json(refusal)
            raise
        return None

    return guard
