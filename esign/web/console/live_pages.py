"""The live page: what a salesperson sees while their customers sign, and what they can do beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.records import HANDWRITING, PHOTO
from esign.desk.acts import EnvelopeActs, VoidReason
from esign.staff.domain.roles import Role
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.live_desk import LiveDesk, Seen
from esign.web.console.live_words import LIVE_WORDS
from esign.web.console.void_reasons import VOID_REASONS
from esign.web.errors import no_page
from esign.web.files import picture
from esign.web.rendering import page
from esign.web.words import N_

SEERS: Final = only(*Role)
"""Whoever may see envelopes; which ones, `Reach` tells."""
MANAGERS: Final = only(Role.SALES, Role.SUPERVISOR)
SELLERS: Final = only(Role.SALES)
WORDS_AT_MOST: Final = 500
FACE_REASONS: Final = {
    "another-person": N_("照片里是另一个人"),
    "picture-of-picture": N_("拍的是照片或屏幕，不是本人"),
    "nobody-here": N_("我面前没有这位客户"),
    "other": N_("其他原因"),
}


def address_of(envelope: str) -> str:
    """Return where the live page of an envelope is."""
    return f"{PREFIX}/envelopes/{envelope}/live"


def declare_live_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the live page and its acts."""
    desk = LiveDesk(services.desk)

    def shown(template: str, seen: Seen, status: int = 200, **more: object) -> Response:
        return page(template, status, seen=seen, live=seen.live, base=address_of(seen.live.id), **LIVE_WORDS, **more)

    @console.page("/envelopes/<envelope>/live", to=SEERS)
    def live(envelope: str) -> Response:
        return shown("console_live.html", desk.look(caller(), envelope), now=services.service.handovers.now())

    @console.page("/envelopes/<envelope>/live/now", to=replace(SEERS, by_itself=True))
    def live_now(envelope: str) -> Response:
        if desk.version(caller(), envelope).version == request.args.get("seen"):
            return Response(status=204)
        return shown("console_live_now.html", desk.look(caller(), envelope))

    declare_pictures(console, desk)
    declare_acts(console, desk, services.desk.acts, shown)


def declare_pictures(console: Console, desk: LiveDesk) -> None:
    """Declare what arrived: only who sells or leads sees it, and a sealed photo its salesperson alone."""

    def shown(envelope: str, recipient: str, kind: str, media_type: str) -> Response:
        found = desk.picture(caller(), envelope, recipient, kind)
        if found is None:
            raise no_page()
        return picture(found, media_type)

    @console.page("/envelopes/<envelope>/live/<recipient>/handwriting.png", to=MANAGERS)
    def live_handwriting(envelope: str, recipient: str) -> Response:
        return shown(envelope, recipient, HANDWRITING, "image/png")

    @console.page("/envelopes/<envelope>/live/<recipient>/photo.jpg", to=MANAGERS)
    def live_photo(envelope: str, recipient: str) -> Response:
        return shown(envelope, recipient, PHOTO, "image/jpeg")


def declare_acts(console: Console, desk: LiveDesk, acts: EnvelopeActs, shown: Callable[..., Response]) -> None:
    """Declare what is done from the live page."""

    @console.form("/envelopes/<envelope>/live/send", to=MANAGERS)
    def live_send(envelope: str) -> AnyResponse:
        acts.send(caller(), envelope)
        return redirect(address_of(envelope), 303)

    @console.form("/envelopes/<envelope>/live/<recipient>/remind", to=MANAGERS)
    def live_remind(envelope: str, recipient: str) -> AnyResponse:
        acts.remind(caller(), envelope, recipient)
        return redirect(f"{address_of(envelope)}#{recipient}", 303)

    @console.page("/envelopes/<envelope>/live/void", to=MANAGERS)
    def live_voiding(envelope: str) -> AnyResponse:
        seen = desk.look(caller(), envelope)
        if not seen.live.can_void:
            return redirect(address_of(envelope), 303)
        return shown("console_void.html", seen, reasons=VOID_REASONS, wanting=False)

    @console.form("/envelopes/<envelope>/live/void", to=MANAGERS)
    def live_void(envelope: str) -> AnyResponse:
        reason, told = request.form.get("reason", ""), request.form.get("words", "").strip()[:WORDS_AT_MOST]
        if reason not in VOID_REASONS:
            return shown("console_void.html", desk.look(caller(), envelope), 422, reasons=VOID_REASONS, wanting=True)
        acts.void(caller(), envelope, VoidReason(reason), told or None)
        return redirect(address_of(envelope), 303)

    @console.form("/envelopes/<envelope>/live/<recipient>/face", to=SELLERS)
    def live_face(envelope: str, recipient: str) -> AnyResponse:
        photo = request.form.get("photo", "")
        acts.state_face(caller(), envelope, recipient, photo, is_customer=True)
        return redirect(f"{address_of(envelope)}#{recipient}", 303)

    @console.page("/envelopes/<envelope>/live/<recipient>/not-the-customer", to=SELLERS)
    def live_denying(envelope: str, recipient: str) -> AnyResponse:
        return denying(envelope, recipient)

    @console.form("/envelopes/<envelope>/live/<recipient>/not-the-customer", to=SELLERS)
    def live_deny(envelope: str, recipient: str) -> AnyResponse:
        reason, told = request.form.get("reason", ""), request.form.get("words", "").strip()[:WORDS_AT_MOST]
        if reason not in FACE_REASONS:
            return denying(envelope, recipient, status=422)
        said = "\n".join(filter(None, (FACE_REASONS[reason], told)))
        photo = request.form.get("photo", "")
        acts.state_face(caller(), envelope, recipient, photo, is_customer=False, note=said)
        return redirect(address_of(envelope), 303)

    def denying(envelope: str, recipient: str, status: int = 200) -> AnyResponse:
        seen = desk.look(caller(), envelope)
        found = next((one for one in seen.live.recipients if one.id == recipient), None)
        if found is None:
            raise refusal("no-recipient")
        if found.photo is None or not found.can_state_face or not seen.may_act or recipient not in seen.photos:
            return redirect(address_of(envelope), 303)
        wanting = status != 200
        return shown("console_not_customer.html", seen, status, one=found, reasons=FACE_REASONS, wanting=wanting)
