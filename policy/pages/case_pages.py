"""Pages for underwriters: the cases that wait for them, and one of them with everything it is decided by."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, only, page, words
from policy.amounts import fen_of
from policy.domain.underwriting_rules import loaded
from policy.domain.values import Outcome, ProposalState, RequirementKind, RequirementState, day_of
from policy.errors import PolicyRefused
from policy.pages import trace_words
from policy.pages.sales_words import STATES
from policy.pages.saying import OUTCOMES, WANTED, day_typed, in_yuan, person_called, said_of, status_of, text_of
from policy.products.occupations import find_occupation
from policy.service.office import Office
from policy.underwriting.assessing import DESK
from policy.underwriting.cases import Case, Cases
from policy.underwriting.deciding import WORDS_AT_MOST, Deciding, Verdict, Wish
from policy.underwriting.reasons import reason_in_words

HERE: Final = "/console/policy/cases"
ROLES: Final = frozenset({Role.UNDERWRITER})
ENTRIES: Final = (Entry(N_("核保"), "policy_cases", N_("等核保员决定的投保单"), ROLES),)
SENTENCES: Final = {
    "policy-case-decided": N_("结论已记录，并按结论继续办理。"),
    "policy-requirement-met": N_("收到的材料已记录。"),
    "policy-requirement-waived": N_("已记录，这一项不再要求。"),
}
CHOICES: Final = {
    "accept": (N_("标准承保"), N_("按签署的保险费，接着扣款出单")),
    "loaded": (N_("加费承保"), N_("客户要重新签署加费后的投保文件，同意才承保")),
    "ask": (N_("请客户补充"), N_("体检、核实情况或补充材料，齐了再来决定")),
    "decline": (N_("拒绝承保"), N_("投保单就此结束，客户会收到通知")),
}
"""What an underwriter can decide, with what follows."""
CLOSED: Final = {RequirementState.OPEN: "wait", RequirementState.MET: "pass", RequirementState.WAIVED: ""}
CLOSED_WORDS: Final = {
    RequirementState.OPEN: N_("还没有"),
    RequirementState.MET: N_("已收到"),
    RequirementState.WAIVED: N_("不再要求"),
}
SHOWS: Final = ("referred", "wanting", "offered")
DUE_DAYS: Final = 10
LOADING_AT_MOST: Final = 500


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    cases, deciding = Cases(office), Deciding(office)
    to = only(*ROLES)

    @console.page("/cases", to=to)
    def policy_cases() -> Response:
        show = request.args.get("show", "")
        show = show if show in SHOWS else SHOWS[0]
        lines = getattr(cases, show)(caller())
        return page("policy_cases.html", lines=lines, show=show, yuan=in_yuan, text=text_of)

    console.count("policy_cases", lambda: cases.count(caller()))

    @console.page("/cases/<proposal>", to=to)
    def policy_case(proposal: str) -> Response:
        return _shown(office, cases.one(caller(), proposal))

    @console.form("/cases/<proposal>/decide", to=to)
    def policy_decide(proposal: str) -> AnyResponse:
        problem = verdict = None
        try:
            verdict = _verdict()
        except ValueError as error:
            problem = words().say(str(error))
        if verdict is None:
            return _shown(office, cases.one(caller(), proposal), problem, 422)
        try:
            deciding.decide(caller(), proposal, request.form.get("case", ""), verdict)
        except PolicyRefused as refused:
            return _refused(office, cases, proposal, refused)
        return done(f"{HERE}/{proposal}", "policy-case-decided")

    @console.form("/cases/<proposal>/meet", to=to)
    def policy_meet(proposal: str) -> AnyResponse:
        try:
            deciding.meet(caller(), proposal, request.form.get("requirement", ""), request.form.get("words", ""))
        except PolicyRefused as refused:
            return _refused(office, cases, proposal, refused)
        return done(f"{HERE}/{proposal}", "policy-requirement-met")

    @console.form("/cases/<proposal>/waive", to=to)
    def policy_waive(proposal: str) -> AnyResponse:
        try:
            deciding.waive(caller(), proposal, request.form.get("requirement", ""), request.form.get("words", ""))
        except PolicyRefused as refused:
            return _refused(office, cases, proposal, refused)
        return done(f"{HERE}/{proposal}", "policy-requirement-waived")


def _verdict() -> Verdict:
    """Return what the form says. Raises `ValueError` with a message of the catalogue for what is missing."""
    form = request.form
    choice, said = form.get("choice", ""), form.get("words", "")
    if choice not in CHOICES:
        raise ValueError(N_("还没有选结论。请选一项。"))
    if not said.strip():
        raise ValueError(N_("还没有写理由。请用自己的话写一两句。"))
    if choice == "loaded":
        typed = form.get("loading", "").strip()
        loading = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0
        if not 1 <= loading <= LOADING_AT_MOST:
            raise ValueError(N_("加费要写 1 到 500 之间的整数，例如 25。"))
        return Verdict(Outcome.ACCEPT, said, loading)
    if choice != "ask":
        return Verdict(Outcome(choice), said)
    kind, due = form.get("kind", ""), day_typed(form.get("due", ""))
    if kind not in set(RequirementKind) or not form.get("asked", "").strip():
        raise ValueError(N_("请写明要客户做什么，例如：请提供 2025 年住院的出院小结。"))
    if due is None:
        raise ValueError(N_("请选一个今天或以后的期限。"))
    owner = caller().member if form.get("owner") == "me" else DESK
    return Verdict(Outcome.ASK, said, wish=Wish(RequirementKind(kind), form["asked"], owner, due))


def _refused(office: Office, cases: Cases, proposal: str, refused: PolicyRefused) -> Response:
    """Show the case as it is now, with what was refused; what is not there is a page of its own."""
    if status_of(refused) == 404:
        raise refused
    return _shown(office, cases.one(caller(), proposal), said_of(refused), status_of(refused))


def _shown(office: Office, case: Case, said: str | None = None, status: int = 200) -> Response:
    with office.house.database.reading() as session:
        today = day_of(office.house.clocks.now(session, case.state.client or ""))
    occupation = None if case.content is None else find_occupation(case.content.insured.occupation)
    suggested = 0 if case.trace is None else case.trace.suggested_loading
    return page(
        "policy_case.html",
        status,
        one=case,
        said=said,
        typed=request.form,
        may_decide=case.state.state is ProposalState.REFERRED and not case.is_own,
        occupation=occupation,
        suggested=suggested,
        suggested_fen=None if case.quote is None else loaded(fen_of(case.quote.premium), suggested),
        today=today,
        due=today + timedelta(days=DUE_DAYS),
        choices=CHOICES,
        closed=CLOSED,
        closed_words=CLOSED_WORDS,
        wanted=WANTED,
        kinds=RequirementKind,
        outcomes=OUTCOMES,
        states=STATES,
        words_at_most=WORDS_AT_MOST,
        yuan=in_yuan,
        text=text_of,
        trace=trace_words,
        reason=reason_in_words,
        day_from=day_typed,
        called_by=lambda id: person_called(office, id),
    )
