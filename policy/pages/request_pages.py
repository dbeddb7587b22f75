"""Service requests: those that operations see to, and one of them with what can be done about it, by role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, request
from flask import redirect as redirect_to
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, name_of, only, page, words
from esign.public.envelopes import EnvelopeError
from policy.amounts import in_digits
from policy.domain.requests import REQUEST_TABLE, RequestState, SendRequest
from policy.errors import PolicyRefused
from policy.pages import request_words as said
from policy.pages.sales_words import PEOPLE, SIGNING
from policy.pages.saying import said_of, status_of, text_of
from policy.requests.desk import RequestDesk
from policy.requests.papers import endorsement_of, signed_request
from policy.requests.sending import RequestSending
from policy.service.office import Office

HERE: Final = "/console/policy/requests"
OPERATIONS: Final = frozenset({Role.OPERATIONS})
READERS: Final = only(Role.SALES, Role.SUPERVISOR, Role.OPERATIONS)
ENTRIES: Final = (Entry(N_("保全"), "policy_requests", N_("办理中的申请，和没有办成的"), OPERATIONS),)
SENTENCES: Final[Mapping[str, str]] = {
    "policy-request-sent": N_("申请已发给客户签署。"),
    "policy-request-refused": N_("已记录为不办理，客户会收到通知。"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk = RequestDesk(office)
    sending = RequestSending(desk.register)

    @console.page("/requests", to=only(*OPERATIONS))
    def policy_requests() -> Response:
        who = caller()
        return page("policy_requests.html", waiting=desk.waiting(who), over=desk.over(who), said=said, text=text_of)

    console.count("policy_requests", lambda: desk.count(caller()))

    @console.page("/requests/<request_id>", to=READERS)
    def policy_request(request_id: str) -> Response:
        unsent = request.args.get("unsent")
        trouble = None if unsent is None else words().say(said.UNSENT.get(unsent, said.NOT_SENT))
        return _shown(desk, request_id, trouble)

    @console.form("/requests/<request_id>/send", to=only(Role.SALES))
    def send_policy_request(request_id: str) -> AnyResponse:
        who = caller()
        desk.own(who, request_id)
        try:
            sending.send(request_id, actor=name_of(who), by=who.member)
        except PolicyRefused as refused:
            return _shown(desk, request_id, said_of(refused), status_of(refused))
        except EnvelopeError as error:
            return redirect_to(f"{HERE}/{request_id}?unsent={error.code}", 303)
        return done(f"{HERE}/{request_id}", "policy-request-sent")

    @console.form("/requests/<request_id>/refuse", to=only(Role.SALES, Role.OPERATIONS))
    def refuse_policy_request(request_id: str) -> AnyResponse:
        who, reason = caller(), request.form.get("reason", "")
        if reason not in said.REFUSALS:
            return _shown(desk, request_id, words().say(N_("还没有选原因。请选择一项。")), 422)
        try:
            desk.refuse(who, request_id, reason)
        except PolicyRefused as refused:
            if status_of(refused) == 404:
                raise
            return _shown(desk, request_id, said_of(refused), status_of(refused))
        return done(f"{HERE}/{request_id}", "policy-request-refused")

    @console.page("/requests/<request_id>/document.pdf", to=READERS)
    def policy_request_document(request_id: str) -> Response:
        return _file(
            desk, request_id, "request", lambda session: signed_request(desk.register, session, request_id).content
        )

    @console.page("/requests/<request_id>/endorsement.pdf", to=READERS)
    def policy_request_endorsement(request_id: str) -> Response:
        return _file(
            desk, request_id, "endorsement", lambda session: endorsement_of(desk.register, session, request_id)
        )


def _file(desk: RequestDesk, request_id: str, name: str, read: Callable[[Session], bytes]) -> Response:
    with desk.office.house.database.reading() as session:
        desk.row(session, caller(), request_id)
        answer = Response(read(session), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}-{request_id}.pdf"
    return answer


def _shown(desk: RequestDesk, request_id: str, trouble: str | None = None, status: int = 200) -> Response:
    who = caller()
    one = desk.one(who, request_id)
    own = one.is_own
    return page(
        "policy_request.html",
        status,
        one=one,
        said=said,
        tag=said.STATES[one.state.state],
        parts=PEOPLE,
        signing=SIGNING,
        trouble=trouble,
        may_send=own and SendRequest in REQUEST_TABLE[one.state.state],
        may_refuse=one.state.is_open
        and (one.state.state is not RequestState.SIGNED if own else Role.OPERATIONS in who.roles),
        for_operations=Role.OPERATIONS in who.roles,
        in_digits=in_digits,
        text=text_of,
    )
