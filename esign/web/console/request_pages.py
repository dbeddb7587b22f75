"""What people asked for: the list by urgency, one request, entering one, and the answer to it."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.retention.errors import RetentionRefused
from esign.retention.office import OFFICERS, READERS
from esign.retention.people import Told
from esign.retention.request_office import RequestOffice
from esign.retention.requests import WORDS_AT_MOST, Outcome, RequestKind
from esign.staff.errors import StaffRefused
from esign.web.console import retention_words as said
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.rendering import page, words
from esign.web.words import N_

HERE: Final = f"{PREFIX}/requests"
_LOOK: Final = only(*READERS)
_ACT: Final = only(*OFFICERS)
_MISSING: Final = N_("还没有写答复。请用本人看得懂的话写明怎么办、为什么。")
_EMPTY: Final = N_("还没有写姓名或手机号。两样都要，才能找到这个人的资料。")
_OPEN: Final = N_("这个人同样的请求正在办理，不用再登记一次。")


def declare_request_pages(console: Console, services: ConsoleServices) -> None:
    """Declare them."""
    requests = RequestOffice(services.retention_office)
    console.waiting_counts["person_requests"] = lambda: requests.waiting(caller())
    console.jinja_env.globals.update(
        request_kinds=said.REQUEST_KINDS, channels=said.CHANNELS, outcomes=said.OUTCOMES, outcome_of=Outcome
    )

    def one(found: str, refused: str | None = None, status: int = 200) -> Response:
        return page(
            "console_request.html",
            status,
            shown=requests.get(caller(), found),
            rules=services.retention_office.room.rules,
            said=refused,
            typed=request.form.get("words", ""),
            may_act=_may_act(),
            words_at_most=WORDS_AT_MOST,
        )

    def new(refused: str | None = None, status: int = 200) -> Response:
        return page(
            "console_request_new.html",
            status,
            said=refused,
            typed=request.form,
            kinds=said.REQUEST_KINDS,
            words_at_most=WORDS_AT_MOST,
        )

    @console.page("/requests", to=_LOOK)
    def person_requests() -> Response:
        return page(
            "console_requests.html",
            open_ones=requests.open_ones(caller()),
            answered=requests.answered(caller()),
            rules=services.retention_office.room.rules,
            may_act=_may_act(),
        )

    @console.page("/requests/new", to=_ACT)
    def new_request() -> Response:
        return new()

    @console.form("/requests/new", to=_ACT)
    def enter_request() -> AnyResponse:
        kind = request.form.get("kind", "")
        if kind not in set(RequestKind):
            return new(words().say(N_("还没有选请求的种类。")), 422)
        told = Told(_typed("name", 64), _typed("phone", 24), _typed("words", WORDS_AT_MOST))
        try:
            made = requests.enter(caller(), RequestKind(kind), told)
        except RetentionRefused as refused:
            told_back = {"request-empty": _EMPTY, "request-open": _OPEN}[refused.code]
            return new(words().say(told_back), 422)
        return done(f"{HERE}/{made}", "request-entered")

    @console.page("/requests/<prq>", to=_LOOK)
    def one_request(prq: str) -> Response:
        return one(prq)

    @console.form("/requests/<prq>/answer", to=_ACT)
    def answer_request(prq: str) -> AnyResponse:
        outcome = Outcome.REFUSED if request.form.get("outcome") == "refused" else Outcome.GRANTED
        try:
            requests.answer(caller(), prq, outcome, request.form.get("words", ""))
        except RetentionRefused as refused:
            if refused.code == "answer-missing":
                return one(prq, words().say(_MISSING), 422)
            raise
        return done(f"{HERE}/{prq}", "request-answered")

    @console.form("/requests/<prq>/ask-erasure", to=_ACT)
    def ask_request_erasure(prq: str) -> AnyResponse:
        try:
            approval = requests.ask_erasure(caller(), prq, request.form.get("words", ""))
        except StaffRefused as refused:
            return one(prq, said_of(refused), status_of(refused))
        except RetentionRefused as refused:
            if refused.code == "answer-missing":
                return one(prq, words().say(_MISSING), 422)
            raise
        return done(f"{PREFIX}/approvals/{approval}", "asked")


def _may_act() -> bool:
    return not OFFICERS.isdisjoint(caller().roles)


def _typed(name: str, at_most: int) -> str:
    return request.form.get(name, "").strip()[:at_most]
