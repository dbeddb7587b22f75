"""Handwriting and photo: taken by modules of ours where the browser can, by plain forms where it can do that."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.api.material_words import MATERIAL_WORDS
from esign.ceremony.capture import CaptureRefused
from esign.ceremony.domain.refusal import Refusal, refusal
from esign.errors import EsignError, EvidenceError
from esign.evidence.handwriting import BYTES_AT_MOST as HANDWRITING_BYTES
from esign.evidence.photo import PhotoLimits
from esign.web.page_services import PageServices
from esign.web.rendering import page, wants_json, words
from esign.web.scene import Scene, acting, onward, scene_of
from esign.web.words import N_

WITHOUT_PHOTO: Final = {
    "declined-photo": N_("我不想拍照"),
    "camera-missing": N_("相机用不了"),
    "cannot-look": N_("我不方便看镜头"),
}
"""Why somebody signs without their face, as a code in the trail and the evidence."""
PHOTO_BYTES: Final = PhotoLimits().bytes_at_most
FORM_BYTES: Final = PHOTO_BYTES + 64 * 1024
_WRITE_AGAIN: Final = N_("没有收全您的笔迹。请清空，再写一次；前两步都已保存。")
_TAKE_AGAIN: Final = N_("这张照片用不了。请换用 JPEG 或 PNG 格式的照片，或者重新拍一张；签名已保存。")
_NO_FILE: Final = N_("还没有选照片。请先拍一张，再点“用这张照片”。")
_ENOUGH: Final = N_("已经试了很多次。请用最后一次的结果继续，或者请业务员协助；前面的步骤都已保存。")
_UNREADABLE: Final = frozenset({"file-breaks-reader", "file-too-heavy"})


def declare_signing_pages(app: Flask, services: PageServices) -> None:
    """Declare the third step, and the photo of the fourth."""
    ceremony = services.service.ceremony

    @app.get("/c/<recipient>/sign")
    def signing(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        if scene.step.next != "draw" and not scene.can_redo:
            return redirect(scene.present(), 303)
        return page("sign.html", scene=scene)

    @app.post("/c/<recipient>/handwriting")
    def draw(recipient: str) -> AnyResponse:
        request.max_content_length = HANDWRITING_BYTES
        token = acting(services, recipient)
        scene_of(services, recipient)
        try:
            ceremony.draw(token, request.get_data(cache=False))
        except CaptureRefused as refused:
            return _said([words().choose(one.zh, one.en) for one in refused.shortcomings[:1]])
        except EvidenceError as error:
            if error.code not in MATERIAL_WORDS:
                raise
            return _said([words().say(_WRITE_AGAIN)])
        except Refusal as refused:
            if refused.code != "too-many-captures":
                raise
            return _said([words().say(_ENOUGH)])
        return jsonify(next=scene_of(services, recipient).present())

    @app.get("/c/<recipient>/help")
    def help_(recipient: str) -> Response:
        return _help_page(scene_of(services, recipient))

    @app.post("/c/<recipient>/without-photo")
    def without_photo(recipient: str) -> AnyResponse:
        token, scene = acting(services, recipient), scene_of(services, recipient)
        if not _may_go_without(scene):
            raise refusal("photo-missing")
        reason = request.form.get("reason", "")
        if reason not in WITHOUT_PHOTO:
            return _help_page(scene, wanting=True)
        ceremony.give_no_face(token, reason, g.tablet.member)
        return onward(services, recipient)

    @app.get("/c/<recipient>/photo")
    def photographing(recipient: str) -> AnyResponse:
        scene = scene_of(services, recipient)
        if scene.step.next != "photo" and not (scene.can_redo and scene.photo_asked and scene.step.photographed):
            return redirect(scene.present(), 303)
        return _photo_page(scene)

    @app.post("/c/<recipient>/photo")
    def take(recipient: str) -> AnyResponse:
        request.max_content_length = FORM_BYTES
        token = acting(services, recipient)
        scene_of(services, recipient)
        sent = request.files.get("photo")
        data = sent.read(PHOTO_BYTES + 1) if sent is not None else b""
        try:
            said = words().say(_NO_FILE) if not data else None
            if data:
                ceremony.take_photo(token, data)
        except CaptureRefused as refused:
            said = words().choose(refused.shortcomings[0].zh, refused.shortcomings[0].en)
        except EsignError as error:
            said = _words_for_photo(error)
        if said is None:
            there = scene_of(services, recipient).present()
            return jsonify(next=there) if wants_json() else onward(services, recipient)
        return _said([said]) if wants_json() else _photo_page(scene_of(services, recipient), said)


def _may_go_without(scene: Scene) -> bool:
    """Tell whether the photo is due, and somebody of the insurer's is there to assist: who handed over the tablet."""
    due = scene.can_redo and scene.photo_asked and scene.step.next in {"consent", "photo"}
    return due and g.get("tablet") is not None


def _help_page(scene: Scene, *, wanting: bool = False) -> Response:
    reasons = WITHOUT_PHOTO if _may_go_without(scene) else {}
    return page("help.html", 422 if wanting else 200, scene=scene, reasons=reasons, wanting=wanting)


def _words_for_photo(error: EsignError) -> str:
    """Return what the person is told of a photo that cannot be used. Raises what is no matter of the photo."""
    if error.code == "too-many-captures":
        return words().say(_ENOUGH)
    if error.code in _UNREADABLE or (isinstance(error, EvidenceError) and error.code in MATERIAL_WORDS):
        return words().say(_TAKE_AGAIN)
    raise error


def _photo_page(scene: Scene, said: str | None = None) -> Response:
    return page("photo.html", 200 if said is None else 422, scene=scene, said=said)


def _said(said: list[str]) -> Response:
    answer = jsonify(said=said, next=None)
    answer.status_code = 422
    return answer
