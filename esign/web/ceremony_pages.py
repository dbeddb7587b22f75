"""An opened ceremony: where one stands, consents, the last look, the confirmation, what follows, and declining."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.records import CeremonyRecords
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.web.consent_words import ConsentAsked, consent_asked
from esign.web.files import pdf, picture
from esign.web.page_services import PageServices
from esign.web.rendering import page, words
from esign.web.scene import Scene, acting, onward, scene_of, token_of
from esign.web.signed_page import SignedPages
from esign.web.words import N_

PREVIEW: Final = (720, 270)
"""Width and height of the handwriting's picture, px."""
WORDS_AT_MOST: Final = 500
REASONS: Final = {
    "terms-not-accepted": N_("对条款或金额有疑问"),
    "changed-mind": N_("改主意了，暂时不买"),
    "wrong-details": N_("文件里的信息不对"),
    "not-me": N_("这不是我要签的文件"),
    "other": N_("其他原因"),
}


def declare_ceremony_pages(app: Flask, services: PageServices) -> None:
    """Declare the pages of a session, but for reading, handwriting and photo."""
    ceremony, signed_pages = services.service.ceremony, SignedPages(services.service)

    @app.get("/c/<recipient>")
    def home(recipient: str) -> AnyResponse:
        return onward(services, recipient)

    @app.get("/c/<recipient>/state")
    def state(recipient: str) -> Response:
        scene = scene_of(services, recipient)
        return jsonify(state=f"{scene.step.state} {scene.step.envelope_state}")

    @app.get("/c/<recipient>/consents")
    def consents(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        return _consents_page(scene) if scene.step.next == "consent" else redirect(scene.present(), 303)

    @app.post("/c/<recipient>/consents")
    def consent(recipient: str) -> AnyResponse:
        token = acting(services, recipient)
        agreed = set(request.form.getlist("agreed"))
        scene = scene_of(services, recipient)
        asked = [(one.id, one.version, one.digest) for one in scene.asked_now]
        if given := [text for text in asked if " ".join(text) in agreed]:
            ceremony.give_consents(token, given)
        after = scene_of(services, recipient)
        if after.step.next == "finish-reading":
            ceremony.finish_reading(token)
        left = {one.id for one in after.asked_now} & {one.id for one in scene.asked_now}
        if left and after.step.next == "consent":
            return _consents_page(after, wanting=True)
        return onward(services, recipient)

    @app.get("/c/<recipient>/confirm")
    def confirmation(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        if scene.step.next != "confirm":
            return redirect(scene.present(), 303)
        return page("confirm.html", scene=scene, signed_page=signed_pages.of(scene))

    @app.post("/c/<recipient>/confirm")
    def confirm(recipient: str) -> AnyResponse:
        ceremony.confirm(acting(services, recipient))
        return redirect(f"/c/{recipient}/done", 303)

    @app.get("/c/<recipient>/done")
    def done(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        there = scene.present()
        if not there.endswith("/done"):
            return redirect(there, 303)
        return page("done.html", scene=scene, signed_at=services.signed_at(recipient))

    @app.get("/c/<recipient>/decline")
    def declining(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        if scene.present().endswith("/done") and scene.step.next != "confirm-again":
            return redirect(scene.present(), 303)
        return page("decline.html", scene=scene, reasons=REASONS, wanting=False)

    @app.post("/c/<recipient>/decline")
    def decline(recipient: str) -> AnyResponse:
        token = acting(services, recipient)
        reason = request.form.get("reason", "")
        if reason not in REASONS:
            return page("decline.html", 422, scene=scene_of(services, recipient), reasons=REASONS, wanting=True)
        ceremony.decline(token, reason, request.form.get("words", "").strip()[:WORDS_AT_MOST] or None)
        return redirect(f"/c/{recipient}", 303)

    declare_own_files(app, services)


def declare_own_files(app: Flask, services: PageServices) -> None:
    """Declare what belongs to a session's pages: the documents, and the recipient's own pictures."""
    ceremony, records = services.service.ceremony, CeremonyRecords(services.service.records)

    @app.get("/c/<recipient>/document.pdf")
    def document(recipient: str) -> Response:
        scene = scene_of(services, recipient)
        content = ceremony.document(scene.token)
        return pdf(content, scene.document_name, hashlib.sha256(content).hexdigest())

    @app.get("/c/<recipient>/sealed.pdf")
    def sealed_document(recipient: str) -> Response:
        ceremony.admit(token_of(services, recipient))
        copy = services.copies.of_recipient(recipient)
        return pdf(copy.content, copy.document.name, copy.document.sha256)

    @app.get("/c/<recipient>/handwriting.png")
    def handwriting(recipient: str) -> Response:
        drawn = ceremony.admit(token_of(services, recipient)).recipient.session.handwriting
        if drawn is None:
            raise refusal("draw-first")
        with services.service.ports.database.reading() as session:
            data = records.capture(session, drawn.record).data
        width, height = PREVIEW
        return picture(render_png(parse_handwriting(data), width=width, height=height), "image/png")

    @app.get("/c/<recipient>/photo.jpg")
    def photo(recipient: str) -> Response:
        taken = ceremony.admit(token_of(services, recipient)).recipient.session.photo
        if taken is None:
            raise refusal("photo-missing")
        with services.service.ports.database.reading() as session:
            data = records.capture(session, taken.record).data
        return picture(data, "image/jpeg")


def _consents_page(scene: Scene, *, wanting: bool = False) -> Response:
    asked: list[ConsentAsked] = [consent_asked(one, words()) for one in scene.asked_now]
    template = "notice.html" if asked and asked[0].is_notice else "consents.html"
    return page(template, 422 if wanting else 200, scene=scene, asked=asked, wanting=wanting)
