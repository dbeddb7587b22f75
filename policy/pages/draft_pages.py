"""A new proposal in a few short screens: kept and checked by the server whenever a field is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Response, jsonify, request
from flask import redirect as redirect_to
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import Role, RoomConsole, caller, done, name_of, only, page, words
from esign.public.envelopes import EnvelopeError
from policy.amounts import in_digits
from policy.drafts.steps import Step, findings_at, rows_shown, step_of
from policy.pages import sales_words as said
from policy.pages.draft_options import options_of
from policy.pages.sales_desk import SalesDesk, Written
from policy.proposing.findings import Finding, ProposalRefused
from policy.proposing.quoting import Quote
from policy.proposing.relation_checks import BENEFICIARIES_AT_MOST
from policy.refusals import refused
from policy.service.sending import Sending

HERE: Final = "/console/policy/proposals"
DRAFTS: Final = "/console/policy/drafts"
WRITERS: Final = only(Role.SALES)
_NOT_FILLED: Final = frozenset({"field-missing", "choice-missing", "question-unanswered"})


def declare_draft_pages(console: RoomConsole, desk: SalesDesk) -> None:
    """Declare them."""
    sending = Sending(desk.office)

    @console.form("/drafts", to=WRITERS)
    def begin_draft() -> AnyResponse:
        draft = desk.begin(caller(), request.form.get("like") or None)
        return redirect_to(f"{DRAFTS}/{draft}/{Step.COVER.value}", 303)

    @console.page("/drafts/<draft>/<step>", to=WRITERS)
    def draft_step(draft: str, step: str) -> Response:
        written = desk.read(caller(), draft)
        at = _step(written, step)
        typed = [one for one in written.findings if one.code not in _NOT_FILLED or at is Step.CHECK]
        return _screen(desk, written, at, typed)

    @console.form("/drafts/<draft>/<step>/check", to=WRITERS)
    def check_draft(draft: str, step: str) -> Response:
        who = caller()
        at = _step(desk.read(who, draft), step)
        written = desk.write(who, draft, at, request.form, leave=False)
        return jsonify(
            problems=_told(findings_at(written.findings, at)),
            quote=None if written.quote is None else _quote(written.quote),
            saved=f"{words().second(written.draft.updated_at)[11:16]}",
        )

    @console.form("/drafts/<draft>/<step>", to=WRITERS)
    def write_draft(draft: str, step: str) -> AnyResponse:
        who, go = caller(), request.form.get("go", "next")
        at = _step(desk.read(who, draft), step)
        if go == "row":
            desk.add_row(who, draft, request.form)
            return redirect_to(f"{DRAFTS}/{draft}/{at.value}#more", 303)
        written = desk.write(who, draft, at, request.form, leave=True)
        if go == "before":
            return redirect_to(f"{DRAFTS}/{draft}/{written.beside(at, -1).value}", 303)
        if go == "later":
            return done(HERE, "draft-kept")
        if findings_at(written.findings, at):
            return _screen(desk, written, at, written.findings, 422)
        return redirect_to(f"{DRAFTS}/{draft}/{written.beside(at, 1).value}", 303)

    @console.form("/drafts/<draft>/send", to=WRITERS)
    def send_draft(draft: str) -> AnyResponse:
        who = caller()
        written = desk.write(who, draft, Step.CHECK, request.form, leave=True)
        try:
            proposal = desk.enter(who, draft)
        except ProposalRefused as refusal:
            return _screen(desk, written, Step.CHECK, refusal.findings, 422)
        try:
            sending.send(proposal, actor=name_of(who), by=who.member)
        except EnvelopeError as error:
            return redirect_to(f"{HERE}/{proposal}?unsent={error.code}", 303)
        return done(f"{HERE}/{proposal}", "proposal-sent")

    @console.form("/drafts/<draft>/throw-away", to=WRITERS)
    def throw_draft_away(draft: str) -> AnyResponse:
        desk.throw_away(caller(), draft)
        return done(HERE, "draft-gone")


def _step(written: Written, name: str) -> Step:
    """Return the screen of that name. Raises `PolicyRefused` (`no-draft`) where this proposal has none such."""
    if name not in set(written.steps):
        raise refused("no-draft")
    return Step(name)


def _screen(desk: SalesDesk, written: Written, step: Step, findings: Iterable[Finding], status: int = 200) -> Response:
    values: dict[str, Any] = {
        "draft": written.draft,
        "typed": written.draft.typed,
        "one": written,
        "step": step,
        "number": written.steps.index(step) + 1,
        "wrong": _told(findings_at(findings, step)),
        "home": f"{DRAFTS}/{written.draft.id}",
        "quote": None if written.quote is None else _quote(written.quote),
        "said": said,
        "sold": desk.sold(),
        "options": options_of(desk.sold()),
        "rows": rows_shown(written.draft.typed),
        "rows_at_most": BENEFICIARIES_AT_MOST,
        "wanting": _wanting(written, findings) if step is Step.CHECK else {},
        "in_digits": in_digits,
    }
    return page(f"sales_step_{step.value}.html", status, **values)


def _told(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what is the matter in the language of the request, by field; the first thing of a field is told."""
    told: dict[str, str] = {}
    for one in findings:
        told.setdefault(one.field, words().choose(one.zh, one.en))
    return told


def _wanting(written: Written, findings: Iterable[Finding]) -> Mapping[Step, int]:
    """Return on which screens something is still the matter, and on how many fields."""
    fields: dict[Step, set[str]] = {}
    for one in findings:
        if (step := step_of(one)) is not Step.CHECK:
            fields.setdefault(step if step in written.steps else Step.COVER, set()).add(one.field)
    return {step: len(fields[step]) for step in written.steps if step in fields}


def _quote(quote: Quote) -> dict[str, str]:
    """Return a quote as it is shown: amounts in yuan, and until when it holds, and why."""
    say = words().say
    return {
        "premium": in_digits(quote.premium),
        "total": in_digits(quote.total),
        "term": say(said.term_message(quote.term.years, quote.term.frequency), n=quote.term.years),
        "until": words().day(quote.holds_until),
        "because": say(said.HOLDS[quote.holds_because]),
    }
