"""Every page that a recipient is shown is kept, and how it was left is recorded (`esign.ceremony.screens`).

From the landing page on: before there is a session, a page belongs to whom the link names, and to no device.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, g, request

from esign.ceremony.screens import Screen, new_screen_id
from esign.infra.blobs import BlobStore, content_name
from esign.infra.errors import BlobError
from esign.infra.logs import log_for
from esign.trail.errors import ConcurrentChange
from esign.web.assets import assets
from esign.web.forgery import Forms
from esign.web.invited import Invited, invited_by
from esign.web.page_services import PageServices
from esign.web.scene import Scene, acting

EDITION: Final = "edition"
"""The prefix of blobs that hold the style and the modules of a release."""
_SHOWN: Final = frozenset({200, 422})
_DAY: Final = timedelta(days=1)
_TOLD_AT_MOST: Final = 4096
_ATTEMPTS: Final = 4
_PASSING: Final = re.compile(
    rb'(name="form_token" value=|data-token=|data-form=|<meta name="screen" content=)"[^"]*"',
)
_TYPED_CODE: Final = re.compile(rb'(<input [^>]*name="code"[^>]* value=)"[^"]*"')
_LINK: Final = re.compile(rb"(/s/rcp_[0-9a-z]+)\.[A-Za-z0-9_-]+")
_log = log_for(__name__)


@dataclass(frozen=True)
class _Viewer:
    """To whom a page is shown, and what the page needs to tell how it was left."""

    envelope: str
    recipient: str
    device: str | None
    now: datetime
    action: str
    token: str


def declare_shown_screens(app: Flask, services: PageServices) -> None:
    """Declare what pages tell when they are left, and have every page of a session kept."""
    keep_edition(services.service.ports.blobs)

    @app.post("/c/<recipient>/screens")
    def left(recipient: str) -> Response:
        acting(services, recipient)
        _leave(services, recipient)
        return Response(status=204)

    @app.post("/s/<link>/screens")
    def left_before(link: str) -> Response:
        invited = invited_by(services, link)
        services.forms.require_own(request, link)
        _leave(services, invited.shown.recipient)
        return Response(status=204)


def screen_told(forms: Forms) -> dict[str, str] | None:
    """Return what the page says of itself: the screen's id, where it is told how it was left, and the form's token.

    None for a page that belongs to nobody.
    """
    viewer = _viewer(forms)
    if viewer is None:
        return None
    if "screen" not in g:
        g.screen = new_screen_id(viewer.now)
    return {"id": str(g.screen), "action": viewer.action, "form": viewer.token}


def keep_shown(services: PageServices, response: Response) -> None:
    """Keep the page that goes out, if it is somebody's. What cannot be kept is logged, and shown all the same."""
    viewer = _viewer(services.forms)
    if viewer is None or "screen" not in g or response.status_code not in _SHOWN:
        return
    screen = Screen(str(request.endpoint).replace("_", "-"), assets().edition, plain_content(response.get_data()))
    service = services.service
    try:
        with service.ports.database.transaction() as session:
            service.screens.keep(
                session,
                screen,
                record=str(g.screen),
                envelope=viewer.envelope,
                recipient=viewer.recipient,
                device=viewer.device,
                at=viewer.now,
            )
    except Exception as error:  # noqa: BLE001  # a person who can sign is not kept from it by what is kept beside
        _log.failed("a screen was not kept", error, recipient=viewer.recipient)


def plain_content(html: bytes) -> bytes:
    """Return a page without its secrets and what differs from showing to showing: its id, the tokens of its forms, a
    code that was typed, and what of the link opens it."""
    return _LINK.sub(rb"\1", _TYPED_CODE.sub(rb'\1""', _PASSING.sub(rb'\1""', html)))


def keep_edition(blobs: BlobStore) -> None:
    """Keep the style and the modules of this release, once. Raises `BlobError`."""
    known = assets()
    try:
        blobs.put(content_name(EDITION, bytes.fromhex(known.edition)), known.bundle)
    except BlobError as error:
        if error.code != "blob-exists":
            raise


def _viewer(forms: Forms) -> _Viewer | None:
    scene: Scene | None = g.get("scene")
    if scene is not None:
        at, action = scene.at, f"{scene.home}/screens"
        return _Viewer(at.envelope.id, at.recipient.id, at.device, at.now, action, forms.token(scene.token))
    invited: Invited | None = g.get("invited")
    if invited is None:
        return None
    shown, action = invited.shown, f"{invited.home}/screens"
    return _Viewer(shown.envelope, shown.recipient, None, invited.now, action, forms.token(invited.link))


def _leave(services: PageServices, recipient: str) -> None:
    told, service = request.form, services.service
    milliseconds, record = told.get("milliseconds", ""), told.get("screen", "")[:80]
    after = timedelta(milliseconds=int(milliseconds)) if re.fullmatch("[0-9]{1,8}", milliseconds) else timedelta()
    after, actions = min(after, _DAY), _actions(told.get("actions", ""))
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with service.ports.database.transaction() as session:
                envelope = service.envelopes.of_recipient(session, recipient)
                now = service.clocks.now(session, envelope.client)
                service.screens.leave(session, record, recipient=recipient, after=after, actions=actions, now=now)
        except ConcurrentChange:
            if attempt == _ATTEMPTS:
                raise
        else:
            return


def _actions(text: str) -> list[str]:
    if len(text) > _TOLD_AT_MOST:
        return []
    try:
        told = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [action for action in told if isinstance(action, str)] if isinstance(told, list) else []
