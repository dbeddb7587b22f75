"""A service request is asked for in one short form: checked as each field is left, with the amounts before signing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Response, jsonify, request
from flask import redirect as redirect_to
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import RoomConsole, caller, done, name_of, page, words
from esign.public.envelopes import EnvelopeError
from policy.amounts import in_digits
from policy.documents.values import Change
from policy.domain.refusal import refusal
from policy.domain.request_events import RequestKind
from policy.drafts.steps import ROWS, rows_shown
from policy.drafts.wish_reading import read_wish, typed_now, wish_taken
from policy.errors import PolicyRefused
from policy.pages.draft_options import options_of
from policy.pages.draft_pages import WRITERS
from policy.pages.request_pages import HERE
from policy.pages.request_words import KINDS
from policy.pages.sales_desk import SalesDesk
from policy.pages.saying import said_of, status_of
from policy.proposing.findings import Finding, WishRefused
from policy.proposing.relation_checks import BENEFICIARIES_AT_MOST
from policy.proposing.signers import party_of
from policy.requests.entering import Look, Requesting
from policy.requests.paying_back import policy_of
from policy.requests.register import Register
from policy.requests.sending import RequestSending
from policy.wish import Wish

_NOT_FILLED: Final = frozenset({"field-missing", "choice-missing"})


class WishForm:
    """The forms of one console."""

    def __init__(self, desk: SalesDesk) -> None:
        register = Register(desk.office)
        self.desk = desk
        self.requesting = Requesting(register)
        self.sending = RequestSending(register)

    def look(self, proposal: str) -> Look:
        """Return the policy of the caller's own sale. Raises `PolicyRefused`."""
        self.desk.own(caller(), proposal)
        with self.desk.office.house.database.reading() as session:
            return self.requesting.look(session, proposal)

    def findings(self, look: Look, kind: RequestKind, typed: Mapping[str, str]) -> tuple[Wish, tuple[Finding, ...]]:
        """Return the wish that was typed, and all that is the matter with it, each field once."""
        read = read_wish(kind, typed)
        own = {one.field for one in read.findings}
        found = (one for one in self.requesting.findings(look, read.wish) if one.field not in own)
        return read.wish, (*read.findings, *found)


def declare_wish_pages(console: RoomConsole, desk: SalesDesk) -> None:
    """Declare them."""
    form = WishForm(desk)

    @console.page("/proposals/<proposal>/requests/<kind>", to=WRITERS)
    def policy_wish(proposal: str, kind: str) -> Response:
        look, wanted = form.look(proposal), _kind(kind)
        return _shown(form, proposal, look, wanted, typed_now(wanted, look.content))

    @console.form("/proposals/<proposal>/requests/<kind>/check", to=WRITERS)
    def check_policy_wish(proposal: str, kind: str) -> Response:
        look, wanted = form.look(proposal), _kind(kind)
        _wish, findings = form.findings(look, wanted, wish_taken(wanted, request.form, look.product))
        return jsonify(problems=_told(findings), quote=None, saved=words().second(look.now)[11:16])

    @console.form("/proposals/<proposal>/requests/<kind>", to=WRITERS)
    def enter_policy_wish(proposal: str, kind: str) -> AnyResponse:
        look, wanted, who = form.look(proposal), _kind(kind), caller()
        typed = wish_taken(wanted, request.form, look.product)
        if request.form.get("go") == "row":
            typed[ROWS] = str(rows_shown(typed) + 1)
            _wish, findings = form.findings(look, wanted, typed)
            filled = [one for one in findings if one.code not in _NOT_FILLED]
            return _shown(form, proposal, look, wanted, typed, filled)
        wish, findings = form.findings(look, wanted, typed)
        if findings:
            return _shown(form, proposal, look, wanted, typed, findings, status=422)
        try:
            entered = form.requesting.enter(
                None, proposal, wish, external_id=None, actor=name_of(who), by=who.member
            ).request
        except WishRefused as refused:
            return _shown(form, proposal, look, wanted, typed, refused.findings, status=422)
        except PolicyRefused as refused:
            said = said_of(refused)
            return _shown(form, proposal, look, wanted, typed, said=said, status=status_of(refused))
        try:
            form.sending.send(entered, actor=name_of(who), by=who.member)
        except EnvelopeError as error:
            return redirect_to(f"{HERE}/{entered}?unsent={error.code}", 303)
        return done(f"{HERE}/{entered}", "policy-request-sent")


def _kind(kind: str) -> RequestKind:
    """Return the kind of that name. Raises `PolicyRefused` (`no-request`) where there is none."""
    if kind not in set(RequestKind):
        raise refusal("no-request")
    return RequestKind(kind)


def _shown(
    form: WishForm,
    proposal: str,
    look: Look,
    kind: RequestKind,
    typed: Mapping[str, str],
    findings: Iterable[Finding] = (),
    *,
    said: str | None = None,
    status: int = 200,
) -> Response:
    signer = look.consenting
    values: dict[str, Any] = {
        "proposal": proposal,
        "policy": policy_of(look.state).number,
        "kind": kind,
        "title": KINDS[kind],
        "content": look.content,
        "product": look.product,
        "typed": typed,
        "wrong": _told(findings),
        "options": options_of(()),
        "rows": rows_shown(typed),
        "rows_at_most": BENEFICIARIES_AT_MOST,
        "agrees": None if signer is signer.APPLICANT else party_of(look.content, signer).name,
        "in_digits": in_digits,
        "said": said,
    }
    change, reason = _amounts(form, look, kind)
    return page("sales_wish.html", status, **values, change=change, barred=reason)


def _amounts(form: WishForm, look: Look, kind: RequestKind) -> tuple[Change | None, str | None]:
    """Return what is paid back, or why nothing of that kind can be asked for today."""
    if kind not in (RequestKind.SURRENDER, RequestKind.CANCELLATION):
        return None, None
    try:
        return form.requesting.change(look, Wish(kind)), None
    except PolicyRefused as refused:
        return None, said_of(refused)


def _told(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what is the matter in the language of the request, by field; the first thing of a field is told."""
    told: dict[str, str] = {}
    for one in findings:
        told.setdefault(one.field, words().choose(one.zh, one.en))
    return told
