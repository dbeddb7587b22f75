"""What members do to an envelope from its page: send, remind, withdraw, seal again, change people, open evidence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from esign.api.problems import problem_of
from esign.ceremony.domain import Refusal
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.people import Person
from esign.desk.acts import NOTE_AT_MOST, VoidReason
from esign.desk.errors import DeskRefused
from esign.desk.work import WORKERS
from esign.errors import EvidenceError
from esign.staff.errors import StaffRefused
from esign.web.console.access import Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_pages import SEES_ENVELOPES, envelope_page
from esign.web.console.notices import done as led
from esign.web.console.refusals import said_of, status_of
from esign.web.console.void_reasons import VOID_REASONS
from esign.web.rendering import page, words
from esign.web.replay import files_of
from esign.web.words import N_
from esign.webhooks.errors import WebhookError

_SAID: Final = {
    "phone-unchanged": N_("这就是现在的手机号。请填写更正后的号码。"),
    "no-approval-to-use": N_("没有可用的审批。请先申请，等另一位同事同意。"),
    "evidence-closed": N_("证据是密封的。请先申请开启，等另一位同事同意。"),
    "reason-missing": N_("还没有申请。请写明为什么要开启，另一位同事要看。"),
    "phone-of-agent": N_("这是业务员的手机号。请填写客户本人的号码，任何人不能替客户签。"),
    "phone-of-staff": N_("这是本公司员工的手机号。请填写客户本人的号码，任何人不能替客户签。"),
    "name-not-printable": N_("姓名里有印不出来的字。请改用证件上的写法。"),
    "person-phone": N_("手机号不对。请填写 5 到 15 位数字，国外号码前加 +。"),
    "person-name": N_("姓名不对。请按证件填写，前后不留空格，不超过 21 个汉字。"),
    "person-id-number": N_("证件号码不对。请填写字母和数字，不超过 32 位。"),
    "webhook-endpoint-disabled": N_("接收地址已停用。请让系统对接人先启用，再重新投递。"),
    "record-erased": N_("这位签署人的信息已经删除，不能再改。"),
}


def declare_envelope_forms(console: Console, services: ConsoleServices) -> None:
    """Declare the acts. What is refused is said on the page from which it was asked."""
    desk = services.desk

    def done(envelope: str, act: Callable[[], object], note: str) -> AnyResponse:
        return after(services, envelope, act, note)

    @console.form("/envelopes/<envelope>/send", to=SEES_ENVELOPES)
    def send_envelope(envelope: str) -> AnyResponse:
        return done(envelope, lambda: desk.acts.send(caller(), envelope), "sent")

    @console.form("/envelopes/<envelope>/recipients/<recipient>/remind", to=SEES_ENVELOPES)
    def remind(envelope: str, recipient: str) -> AnyResponse:
        return done(envelope, lambda: desk.acts.remind(caller(), envelope, recipient), "reminded")

    @console.form("/envelopes/<envelope>/retry-seal", to=SEES_ENVELOPES)
    def retry_seal(envelope: str) -> AnyResponse:
        return done(envelope, lambda: desk.acts.retry_seal(caller(), envelope), "retried")

    @console.page("/envelopes/<envelope>/void", to=SEES_ENVELOPES)
    def voiding(envelope: str) -> AnyResponse:
        return _void_page(services, envelope)

    @console.form("/envelopes/<envelope>/void", to=SEES_ENVELOPES)
    def void(envelope: str) -> AnyResponse:
        reason, note = request.form.get("reason", ""), request.form.get("note", "").strip()
        if reason not in set(VoidReason):
            return _void_page(services, envelope, 422, wanting=True, note=note)
        return done(envelope, lambda: desk.acts.void(caller(), envelope, VoidReason(reason), note or None), "voided")

    @console.page("/envelopes/<envelope>/recipients/<recipient>/phone", to=SEES_ENVELOPES)
    def correcting(envelope: str, recipient: str) -> AnyResponse:
        return _change_page(services, envelope, recipient, "phone")

    @console.form("/envelopes/<envelope>/recipients/<recipient>/phone", to=SEES_ENVELOPES)
    def correct_phone(envelope: str, recipient: str) -> AnyResponse:
        phone, why = _typed("phone"), _typed("words")
        return _asked(
            services,
            envelope,
            recipient,
            "phone",
            lambda: desk.changes.ask_phone(caller(), envelope, recipient, phone, why),
        )

    @console.page("/envelopes/<envelope>/recipients/<recipient>/person", to=SEES_ENVELOPES)
    def replacing(envelope: str, recipient: str) -> AnyResponse:
        return _change_page(services, envelope, recipient, "person")

    @console.form("/envelopes/<envelope>/recipients/<recipient>/person", to=SEES_ENVELOPES)
    def replace_person(envelope: str, recipient: str) -> AnyResponse:
        def ask() -> str | None:
            person = Person(_typed("name"), _typed("phone"), _typed("id_number") or None)
            return desk.changes.ask_person(caller(), envelope, recipient, person, _typed("words"))

        return _asked(services, envelope, recipient, "person", ask)

    @console.form("/envelopes/<envelope>/redeliver", to=only(*WORKERS))
    def redeliver_to(envelope: str) -> AnyResponse:
        delivery = request.form.get("delivery", "")
        return done(envelope, lambda: desk.work.redeliver(caller(), delivery, of=envelope), "redelivered")

    @console.form("/envelopes/<envelope>/carry-out", to=SEES_ENVELOPES)
    def carry_out_change(envelope: str) -> AnyResponse:
        approval = request.form.get("approval", "")
        return done(envelope, lambda: desk.changes.carry_out(caller(), envelope, approval), "changed")

    @console.form("/envelopes/<envelope>/ask-evidence", to=SEES_ENVELOPES)
    def ask_evidence(envelope: str) -> AnyResponse:
        return done(envelope, lambda: desk.evidence.ask(caller(), envelope, _typed("words")), "asked")

    @console.form("/envelopes/<envelope>/open-evidence", to=SEES_ENVELOPES)
    def open_evidence(envelope: str) -> AnyResponse:
        approval = request.form.get("approval", "")
        return done(envelope, lambda: desk.evidence.open(caller(), envelope, approval), "opened")

    @console.form("/envelopes/<envelope>/screens", to=SEES_ENVELOPES)
    def screens(envelope: str) -> AnyResponse:
        try:
            packed = _packed_screens(services, envelope)
        except DeskRefused as refused:
            status, why = _refused(refused)
            return envelope_page(services, envelope, status, refused=why)
        response = Response(packed, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{envelope}-screens.zip"'
        return response


_REFUSALS: Final = (Refusal, StaffRefused, DeskRefused, EnvelopeError, EvidenceError, WebhookError)
_NOT_THERE: Final = frozenset({"no-envelope", "no-recipient", "not-allowed", "session-over", "no-institution"})


def after(services: ConsoleServices, envelope: str, act: Callable[[], object], note: str) -> AnyResponse:
    """Do the act and lead to the envelope, which says what was `done`; what is refused is said there at once.

    Raises `Refusal` and `StaffRefused` for what is not there, or not for the caller.
    """
    try:
        act()
    except _REFUSALS as refused:
        if refused.code in _NOT_THERE:
            raise
        status, why = _refused(refused)
        return envelope_page(services, envelope, status, refused=why)
    return led(url_for("envelope", envelope=envelope), note)


def _asked(
    services: ConsoleServices, envelope: str, recipient: str, change: str, ask: Callable[[], str | None]
) -> AnyResponse:
    try:
        approval = ask()
    except _REFUSALS as refused:
        if refused.code in _NOT_THERE:
            raise
        status, why = _refused(refused)
        return _change_page(services, envelope, recipient, change, status, refused=why)
    note = "changed" if approval is None else "asked"
    return led(url_for("envelope", envelope=envelope), note)


def _change_page(
    services: ConsoleServices, envelope: str, recipient: str, change: str, status: int = 200, refused: str | None = None
) -> Response:
    detail = services.desk.details.get(caller(), envelope, now=services.clock())
    found = detail.recipient(recipient)
    if found is None:
        raise refusal("no-recipient")
    return page(
        "console_change.html",
        status,
        one=detail,
        person=found,
        change=change,
        refused=refused,
        typed=request.form,
    )


def _void_page(
    services: ConsoleServices, envelope: str, status: int = 200, *, wanting: bool = False, note: str = ""
) -> Response:
    detail = services.desk.details.get(caller(), envelope, now=services.clock())
    return page(
        "console_envelope_void.html",
        status,
        one=detail,
        reasons=VOID_REASONS,
        wanting=wanting,
        note=note,
        note_at_most=NOTE_AT_MOST,
    )


def _refused(error: Exception) -> tuple[int, str]:
    """Return the status and the words of a refusal: cause and cure."""
    code = getattr(error, "code", "")
    if isinstance(error, StaffRefused):
        return status_of(error), said_of(error)
    if code in _SAID:
        return 409 if isinstance(error, DeskRefused) else 422, words().say(_SAID[code])
    problem = problem_of(error)
    return problem.status, words().choose(*problem.detail)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _packed_screens(services: ConsoleServices, envelope: str) -> bytes:
    """Return what each recipient was shown as an archive of pages that need no server."""
    opened = services.desk.evidence.screens(caller(), envelope)
    blobs, packed = services.service.ports.blobs, io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in opened:
            for name, content in sorted(files_of(envelope, one, blobs).items()):
                archive.writestr(f"{one.recipient}/{name}", content)
    return packed.getvalue()
