"""The browser of a tablet that a salesperson handed to a signer: what it may show, and the mark on every page.

The cookie names the handover and proves that we made it; how the handover stands is asked of the service at every
request. As long as it was not given back, this browser shows the pages of the one signer, and nothing of anybody else.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, g, redirect, request
from werkzeug.wrappers import Response

from esign.ceremony.errors import LinkRefused
from esign.ceremony.handovers import Handover, Handovers
from esign.ceremony.tokens import Tokens
from esign.infra.database import Database
from esign.infra.ids import is_id
from esign.service import Service
from esign.web import cookies
from esign.web.rendering import wants_json

BACK: Final = "/console/tablet"
"""Where the salesperson takes the tablet back."""
_OPEN: Final = frozenset({"asset", "look", None})


def declare_handed_over(app: Flask, service: Service) -> None:
    """Have every page of the ceremony know whether it is on a tablet, and keep it to its signer."""
    app.jinja_env.globals.update(tablet=lambda: g.get("tablet"), tablet_back=BACK)

    @app.before_request
    def kept_to_its_signer() -> Response | None:
        place = g.tablet = tablet_of(service.ports.database, service.handovers)
        if place is None or request.endpoint in _OPEN:
            return None
        if not place.is_open(service.handovers.now()):
            raise LinkRefused("handover-over", "the signer's time on the tablet is over", "give it back")
        asked = request.view_args or {}
        named = asked.get("recipient") or str(asked.get("link", "")).partition(".")[0]
        if named == place.recipient or not named or not is_id("rcp", named):
            return None
        if wants_json() or request.method != "GET":
            raise LinkRefused("handover-over", "the tablet is in another signer's hands", "give it back")
        return redirect(f"/s/{link_to(service, place)}", 303)


def session_here(tokens: Tokens, recipient: str) -> str | None:
    """Return the session that this browser has for the recipient, as it is shown here; None where it has none.

    What began in another browser, or at the API, or before the tablet went from hand to hand, is none of ours here.
    """
    token, tablet = cookies.session_of(recipient), g.get("tablet")
    if not token:
        return None
    return tokens.presented(token, tokens.browser(cookies.known_mark(), None if tablet is None else tablet.id) or "")


def tablet_of(database: Database, handovers: Handovers) -> Handover | None:
    """Return the handover for which this browser is the tablet, None where it is none, or was given back."""
    token = cookies.handover()
    if token is None:
        return None
    with database.reading() as session:
        return handovers.of_token(session, token)


def link_to(service: Service, place: Handover) -> str:
    """Return the link of the signer who has the tablet."""
    with service.ports.database.reading() as session:
        recipient = service.envelopes.of_recipient(session, place.recipient).recipient(place.recipient)
    return service.tokens.link(recipient.id, recipient.plan.person)
