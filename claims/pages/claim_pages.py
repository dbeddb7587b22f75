"""One claim: where it stands, who acts next until when, and the forms that its state accepts and the role may give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from claims.alarms.texts import short
from claims.domain import commands as c
from claims.errors import ClaimRefused
from claims.handling.acts import WORDS_AT_MOST, Acts
from claims.handling.allowed import ALLOWED, may
from claims.handling.joining import join, others_of
from claims.handling.sight import WHOLE, is_seen, require_seen, sees_whole
from claims.pages import words as w
from claims.pages.form_words import said_in_words
from claims.pages.list_pages import HERE, READERS
from claims.pages.sending import form_sent, keep_phone, led_on, new_phone, phone, refused_json, wants_json
from claims.pages.showing import Showing
from claims.pages.sides import sides_of
from claims.pages.story_words import FALLEN
from claims.pages.tool_shown import tools_shown
from claims.payment.payees import Payee, plain_account
from claims.refusals import refused
from claims.refusing.notices import Notices
from claims.service.office import Office
from claims.tools.fields import FieldWrong, fen_typed
from claims.tools.filing import new_form
from claims.tools.imaging_form import PICTURED
from esign.public.console import N_, Access, Caller, Entry, Role, RoomConsole, caller, only, page

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {
    "claims-take": N_("案件由您办理了。"),
    "claims-hand-over": N_("案件已改派。"),
    "claims-take-survey": N_("查勘由您去。表单请在这部手机上填写。"),
    "claims-survey-way": N_("查勘方式已改。"),
    "claims-called-back": N_("回电已记录。"),
    "claims-ask-papers": N_("已一次性告知客户，交齐之前不再要求别的。"),
    "claims-papers-in": N_("收到的材料已记录。"),
    "claims-waive-papers": N_("已记录，这些材料免交。"),
    "claims-verify": N_("核损结果已记录。"),
    "claims-supplement": N_("已转回定损。"),
    "claims-review-block": N_("审核结果已记录。"),
    "claims-offer": N_("已向客户报价。"),
    "claims-pass-dispute": N_("已转报价组。"),
    "claims-answer-dispute": N_("已答复客户的异议。"),
    "claims-payee": N_("收款账户已登记。"),
    "claims-approve-payee": N_("收款人已批准。"),
    "claims-approve-payment": N_("付款已批准。"),
    "claims-advance": N_("预付已批准。"),
    "claims-close": N_("已结案。"),
    "claims-refuse": N_("拒赔已记录，通知书马上制作。"),
    "claims-withdraw": N_("已撤销。"),
    "claims-join": N_("已并案，请到那个案件办理。"),
    "claims-reopen": N_("案件已重开。"),
}
LEAVES: Final = frozenset({"hand-over"})
"""Acts after which the caller is led back to the list."""


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    acts, showing = Acts(office), Showing(office)

    @console.page("/<claim>", to=READERS)
    def claims_one(claim: str) -> Response:
        return _shown(acts, showing, claim)

    @console.page("/<claim>/now", to=Access(roles=READERS.roles, by_itself=True))
    def claims_now(claim: str) -> AnyResponse:
        with office.house.database.reading() as session:
            return jsonify({"version": require_seen(session, caller(), claim).version})

    @console.page("/<claim>/notice.pdf", to=only(*sorted(WHOLE)))
    def claims_notice(claim: str) -> AnyResponse:
        notices = Notices(office)
        with office.house.database.reading() as session:
            require_seen(session, caller(), claim)
            notice = notices.newest(session, claim)
            if notice is None:
                raise refused("no-notice")
            content = notices.read(session, notice)
        headers = {"Content-Disposition": f'attachment; filename="{claim}-notice.pdf"', "Cache-Control": "no-store"}
        return AnyResponse(content, mimetype="application/pdf", headers=headers)

    @console.form("/<claim>/do/<act>", to=READERS)
    def claims_act(claim: str, act: str) -> AnyResponse:
        device = phone() or new_phone()
        try:
            todo = _asked(acts, caller(), claim, device).get(act)
            if todo is None:
                raise refused("form-unclear", ("act",))
            todo()
        except ClaimRefused as refusal:
            return _refused(acts, showing, claim, refusal)
        except FieldWrong:
            return _refused(acts, showing, claim, refused("form-unclear"))
        answer = led_on(_onwards(office, act, claim), f"claims-{act}")
        return keep_phone(answer, device) if act == "take-survey" else answer


def _onwards(office: Office, act: str, claim: str) -> str:
    """Return where the caller is led after an act: to the claim, or to their list where they see it no more."""
    who = caller()
    with office.house.database.reading() as session:
        if act not in LEAVES and is_seen(session, who, claim):
            return f"{HERE}/{claim}"
    return HERE if sees_whole(who) or Role.QUOTATION not in who.roles else f"{HERE}/quotations"


def _asked(acts: Acts, who: Caller, claim: str, device: str) -> Mapping[str, Callable[[], None]]:
    """Return what each form of the page does with what was typed."""

    def typed(name: str) -> str:
        return request.form.get(name, "").strip()

    def several(name: str, known: Mapping[str, str]) -> list[str]:
        found = list(dict.fromkeys(request.form.getlist(name)))
        if not found or not set(found) <= set(known):
            raise refused("form-unclear", (name,))
        return found

    def one(name: str, known: Mapping[str, str]) -> str:
        return several(name, known)[0]

    def ids(name: str) -> list[str]:
        return several(name, w.PAPERS)

    def payee() -> Payee:
        name, bank = " ".join(typed("name").split()), typed("bank_code")
        account = plain_account(typed("account"))
        if not (bank.isascii() and bank.isdigit() and len(bank) == 12 and account.isascii() and account.isdigit()):
            raise refused("form-unclear", ("account",))
        return Payee(name[:60], typed("id_number").upper()[:32], bank, account[:32])

    return {
        "take": lambda: acts.take(who, claim),
        "hand-over": lambda: acts.hand_over(who, claim, typed("to"), one("reason", w.HAND_OVERS)),
        "take-survey": lambda: acts.take_survey(who, claim, device),
        "called-back": lambda: acts.called_back(who, claim, typed("callback"), reached=typed("reached") == "yes"),
        "ask-papers": lambda: acts.ask_papers(who, claim, form_sent(), ids("items"), typed("words")),
        "papers-in": lambda: acts.papers_in(who, claim, form_sent(), ids("items"), typed("words")),
        "waive-papers": lambda: acts.waive_papers(who, claim, form_sent(), ids("items"), typed("words")),
        "verify": lambda: acts.verify(
            who,
            claim,
            typed("assessment"),
            [] if typed("passed") == "yes" else several("reasons", w.WANTING),
            passed=typed("passed") == "yes",
        ),
        "supplement": lambda: acts.supplement(who, claim, form_sent(), one("reason", w.SUPPLEMENTS)),
        "review-block": lambda: acts.review_block(
            who, claim, form_sent(), typed("words"), released=one("released", {"yes": "", "no": ""}) == "yes"
        ),
        "join": lambda: join(acts.office, who, claim, typed("into")),
        "offer": lambda: acts.offer(who, claim),
        "pass-dispute": lambda: acts.pass_dispute(who, claim),
        "answer-dispute": lambda: acts.answer_dispute(
            who, claim, form_sent(), typed("words"), changed=one("changed", {"yes": "", "no": ""}) == "yes"
        ),
        "payee": lambda: acts.name_payee(who, claim, payee()),
        "approve-payee": lambda: acts.approve_payee(who, claim, typed("account")),
        "approve-payment": lambda: acts.approve_payment(who, claim, _fen("fen"), typed("account")),
        "advance": lambda: acts.allow_advance(who, claim, fen_typed(typed("yuan")) or 0),
        "close": lambda: acts.close(who, claim),
        "refuse": lambda: acts.refuse(who, claim, form_sent(), several("reasons", w.REFUSALS), typed("words")),
        "withdraw": lambda: acts.withdraw(who, claim, one("reason", w.WITHDRAWALS)),
        "reopen": lambda: acts.reopen(who, claim, form_sent(), one("reason", w.REOPENINGS), typed("words")),
    }


def _fen(name: str) -> int:
    """Return an amount in fen as the page had it in a hidden field."""
    told = request.form.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 12 else 0


def _refused(acts: Acts, showing: Showing, claim: str, refusal: ClaimRefused) -> AnyResponse:
    """Show the page again with what is the matter; what is out of sight is told by nobody."""
    if wants_json():
        return refused_json(refusal)
    if w.status_of(refusal) == 404:
        raise refusal
    return _shown(acts, showing, claim, w.said_of(refusal), w.status_of(refusal))


def _shown(acts: Acts, showing: Showing, claim: str, said: str | None = None, status: int = 200) -> Response:
    who, office = caller(), acts.office
    with office.house.database.reading() as session:
        one = showing.of(session, who, claim)
        others = others_of(session, who, one.row) if one.whole else ()
    state = one.state
    can = {kind.__name__: may(who, kind, state) for kind in ALLOWED}
    survey = state.survey
    if survey is not None and survey.surveyor == who.member and not survey.awaits_answer:
        can[c.TakeSurvey.__name__] &= survey.device != phone()  # it is theirs, and on another phone
    return page(
        "claims_one.html",
        status,
        one=one,
        state=state,
        can=can,
        said=said,
        form=lambda: new_form(office),
        colleagues=acts.colleagues(who, claim) if can[c.HandOver.__name__] else [],
        others=others if can[c.Join.__name__] else (),
        callbacks=[back for back in state.callbacks if not back.done],
        tools=tools_shown(who, state),
        links=sides_of(who, claim, state, "claim"),
        simulated=office.bank.simulated,
        words_at_most=WORDS_AT_MOST,
        **vocabulary(),
    )


def vocabulary() -> dict[str, Any]:
    """Return what templates call things by."""
    return {
        "states": w.STATES,
        "lanes": w.LANES,
        "actors": w.ACTORS,
        "acts": w.ACTS,
        "causes": w.CAUSES,
        "ways": w.WAYS,
        "survey_ways": w.SURVEY_WAYS,
        "payments": w.PAYMENTS,
        "tool_names": w.TOOLS,
        "pictured": PICTURED,
        "marks": w.MARKS,
        "papers": w.PAPERS,
        "hand_overs": w.HAND_OVERS,
        "wanting": w.WANTING,
        "supplements": w.SUPPLEMENTS,
        "refusals": w.REFUSALS,
        "withdrawals": w.WITHDRAWALS,
        "reopenings": w.REOPENINGS,
        "fallen": FALLEN,
        "yuan": w.in_yuan,
        "short": short,
        "text": w.text_of,
        "said_in_words": said_in_words,
    }
