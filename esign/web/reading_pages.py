"""Reading: a page at a time, as a sharp picture, with the time it was before the reader's eyes."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.ceremony import Stay
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.quarantined import read_page_text
from esign.web.errors import no_page
from esign.web.files import picture
from esign.web.page_services import PageServices
from esign.web.rendering import page
from esign.web.scene import Scene, acting, onward, scene_of, token_of

STAYS_AT_MOST: Final = 50
_TEXT_AT_MOST: Final = 4000
_DIGEST: Final = re.compile("[0-9a-f]{64}", re.ASCII)


def declare_reading_pages(app: Flask, services: PageServices) -> None:
    """Declare the pages of the second step."""
    ceremony = services.service.ceremony

    @app.get("/c/<recipient>/pages/<int:number>")
    def reading(recipient: str, number: int) -> AnyResponse:
        scene = scene_of(services, recipient)
        if scene.step.next not in {"read", "finish-reading"}:
            return redirect(scene.present(), 303)
        if not 1 <= number <= scene.pages:
            raise no_page()
        return page(
            "read.html",
            scene=scene,
            number=number,
            now=scene.at.now.isoformat(),
            unread=scene.next_page,
            lacking=_lacking(scene),
            early="early" in request.args,
            text=_text(services, scene, number) if request.args.get("as") == "text" else None,
            skipped="skipped" in request.args,
        )

    @app.get("/c/<recipient>/pages/<int:number>.jpg")
    def page_picture(recipient: str, number: int) -> Response:
        shown = ceremony.page(token_of(services, recipient), number, _revision(request.query_string.decode("latin-1")))
        return picture(shown.jpeg, "image/jpeg", shown.sha256)

    @app.post("/c/<recipient>/pages/<int:number>")
    def read(recipient: str, number: int) -> AnyResponse:
        token = acting(services, recipient)
        scene = scene_of(services, recipient)
        if scene.step.next not in {"read", "finish-reading"}:
            return redirect(scene.present(), 303)
        _record(services, token, number, scene)
        if request.form.get("then") == "stay":
            return Response(status=204)
        after = scene_of(services, recipient)
        if after.step.next == "finish-reading":
            ceremony.finish_reading(token)
            return onward(services, recipient)
        there = _next_page(after, number)
        if request.form.get("as") == "text" and "/pages/" in there:
            there += f"{'&' if '?' in there else '?'}as=text"
        return redirect(there, 303)


def _text(services: PageServices, scene: Scene, number: int) -> list[str]:
    """Return the page's lines."""
    content = services.service.ceremony.document(scene.token)
    text = read_page_text(services.service.ports.quarantine, content, number)
    return [line.strip() for line in text.split("\n") if line.strip()]


def _record(services: PageServices, token: str, number: int, scene: Scene) -> None:
    """Record the stays that the form tells of. What is enough already is recorded no more."""
    stays, revision = _stays(scene, number), _revision(request.form.get("revision", ""))
    services.service.ceremony.page(token, number, revision)  # a stay is on a page whose picture there is
    try:
        services.service.ceremony.record_pages(token, stays, revision)
    except Refusal as refused:
        if refused.code != "page-views-full":
            raise


def _revision(told: str) -> str | None:
    """Return the digest of the revision that the page says it shows."""
    return told if _DIGEST.fullmatch(told) else None


def _next_page(scene: Scene, number: int) -> str:
    """Return where reading goes on after a page."""
    if scene.step.next != "read":
        return scene.present()
    if number < scene.pages:
        return f"{scene.home}/pages/{number + 1}"
    if scene.next_page not in scene.step.pages_read:
        return f"{scene.home}/pages/{scene.next_page}?skipped=1"
    return f"{scene.home}/pages/{number}?early=1"


def _lacking(scene: Scene) -> int:
    """Return how many whole seconds of reading are lacking."""
    return max(0, math.ceil(scene.minimum_reading_seconds - scene.step.seconds_read))


def _stays(scene: Scene, number: int) -> list[Stay]:
    """Return stays on the page, told by the module or else by the form: from its making to its coming back.

    They lie between identification and now, whatever a device tells.
    """
    now = scene.at.now
    identity = scene.at.recipient.session.identity
    since = now if identity is None else identity.at
    shown = min(max(_moment(request.form.get("shown_at"), now), since), now)
    found: list[Stay] = []
    for entered, left in _told()[:STAYS_AT_MOST]:
        start = min(shown + timedelta(milliseconds=entered), now)
        found.append((number, start, max(start, min(shown + timedelta(milliseconds=left), now))))
    return found or [(number, shown, now)]


def _told() -> list[tuple[int, int]]:
    """Return the intervals that the module tells, in milliseconds from when the page was made."""
    text = request.form.get("stays", "")
    if not 0 < len(text) <= _TEXT_AT_MOST:
        return []
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(told, list):
        return []
    day = 24 * 3600 * 1000
    return [
        (pair[0], pair[1])
        for pair in told
        if isinstance(pair, list)
        and len(pair) == 2
        and all(type(end) is int and 0 <= end <= day for end in pair)
        and pair[0] <= pair[1]
    ]


def _moment(text: str | None, otherwise: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return found if found.tzinfo is not None else otherwise
