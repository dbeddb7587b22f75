"""Every page of a session is kept as it was shown, and how it was left is recorded (`esign.ceremony.screens`)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Final

from flask import Flask, Response, g, request

from esign.ceremony.screens import Screen, new_screen_id
from esign.infra.blobs import BlobStore, content_name
from esign.infra.errors import BlobError
from esign.infra.logs import log_for
from esign.trail.errors import ConcurrentChange
from esign.web.assets import assets
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
_log = log_for(__name__)


def declare_shown_screens(app: Flask, services: PageServices) -> None:
    """Declare what pages tell when they are left, and have every page of a session kept."""
    keep_edition(services.service.ports.blobs)

    @app.post("/c/<recipient>/screens")
    def left(recipient: str) -> Response:
        acting(services, recipient)
        told = request.form
        milliseconds = told.get("milliseconds", "")
        after = timedelta(milliseconds=int(milliseconds)) if re.fullmatch("[0-9]{1,8}", milliseconds) else timedelta()
        _leave(services, told.get("screen", "")[:80], recipient, min(after, _DAY), _actions(told.get("actions", "")))
        return Response(status=204)


def screen_id() -> str:
    """Return the id of the screen that this request shows; a template asks for it where there is a scene."""
    scene: Scene = g.scene
    if "screen" not in g:
        g.screen = new_screen_id(scene.at.now)
    return str(g.screen)


def keep_shown(services: PageServices, response: Response) -> None:
    """Keep the page that goes out, if it is one of a session. What cannot be kept is logged, and shown all the same."""
    scene: Scene | None = g.get("scene")
    if scene is None or "screen" not in g or response.status_code not in _SHOWN:
        return
    screen = Screen(str(request.endpoint).replace("_", "-"), assets().edition, plain_content(response.get_data()))
    at, service = scene.at, services.service
    try:
        with service.ports.database.transaction() as session:
            service.screens.keep(
                session,
                screen,
                record=screen_id(),
                envelope=at.envelope.id,
                recipient=at.recipient.id,
                device=at.device,
                at=at.now,
            )
    except Exception as error:  # noqa: BLE001  # a person who can sign is not kept from it by what is kept beside
        _log.failed("a screen was not kept", error, recipient=at.recipient.id)


def plain_content(html: bytes) -> bytes:
    """Return a page without what differs from showing to showing: the tokens of its forms, and its id."""
    return _PASSING.sub(rb'\1""', html)


def keep_edition(blobs: BlobStore) -> None:
    """Keep the style and the modules of this release, once. Raises `BlobError`."""
    known = assets()
    try:
        blobs.put(content_name(EDITION, bytes.fromhex(known.edition)), known.bundle)
    except BlobError as error:
        if error.code != "blob-exists":
            raise


def _leave(services: PageServices, record: str, recipient: str, after: timedelta, actions: list[str]) -> None:
    service = services.service
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
