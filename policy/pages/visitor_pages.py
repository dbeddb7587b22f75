"""The return visit as the customer meets it on a phone: who they are, one question a screen, a look over all, thanks.

Looking changes nothing. Each answer is kept as it is given, so that whoever is interrupted goes on where they were, in
this browser or, after the four characters, in another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from esign.public.pages import N_, LinkedPages, Told, Visitor, words
from esign.public.values import Words
from policy.documents.insurer import CHENGYUE
from policy.domain.values import Signer
from policy.errors import PolicyRefused
from policy.models import PersonOf, VisitOf
from policy.service.office import Office
from policy.visits.answering import Answering, VisitNow
from policy.visits.answers import REMARK_AT_MOST
from policy.visits.inviting import VISIT

CHECK: Final = "check"
_SAID: Final[Mapping[Told, str]] = {
    Told.WRONG: N_("没有对上。请看身份证上的号码，再填一次最后四位。"),
    Told.TOO_OFTEN: N_("试的次数太多了。请过一小时再来，或者等我们打电话给您。"),
}
_EMPTY: Final = N_("还没有填身份证号码的最后四位。")
_UNCHOSEN: Final = N_("还没有选答案。请选一个最接近的。")


def visitor_of(session: Session, subject: str) -> str | None:
    """Return the record of the applicant whose visit the link is about, None where it is about none."""
    row = session.get(VisitOf, subject) if subject.startswith(f"{VISIT}_") else None
    person = None if row is None else session.get(PersonOf, (row.proposal, Signer.APPLICANT.value))
    return None if person is None else person.person


def declare_visitor_pages(pages: LinkedPages, office: Office) -> None:
    """Declare them."""
    answering = Answering(office)

    def home(visitor: Visitor) -> str:
        return f"/r/policy/{visitor.link}"

    @pages.page()
    def visit_start(visitor: Visitor) -> AnyResponse:
        now = answering.now(visitor.subject)
        if not now.can_be_answered and not now.visit.answered:
            return _shown(pages, visitor, now, "visit_over.html")
        if not pages.knows(visitor):
            return _shown(pages, visitor, now, "visit_start.html")
        if now.visit.answered:
            return _shown(pages, visitor, now, "visit_thanks.html", insurer=CHENGYUE)
        return redirect(f"{home(visitor)}/{_next(now)}", 303)

    @pages.form("/identify")
    def visit_identify(visitor: Visitor) -> AnyResponse:
        now, typed = answering.now(visitor.subject), request.form.get("tail", "").strip()[:16]
        if not typed:
            return _shown(pages, visitor, now, "visit_start.html", 422, said=words().say(_EMPTY))
        told = pages.identify(visitor, typed)
        if told is not Told.RIGHT:
            status = 429 if told is Told.TOO_OFTEN else 422
            return _shown(pages, visitor, now, "visit_start.html", status, said=words().say(_SAID[told]))
        there = "" if now.visit.answered else f"/{_next(now)}"
        return pages.admit(visitor, redirect(f"{home(visitor)}{there}?admitted=1", 303))

    @pages.page("/questions/<number>")
    def visit_question(visitor: Visitor, number: str) -> AnyResponse:
        now = answering.now(visitor.subject)
        place = _place(now, number)
        if not pages.knows(visitor) or not now.can_be_answered or place is None:
            return redirect(home(visitor), 303)
        return _question(pages, visitor, now, place)

    @pages.form("/questions/<number>")
    def visit_answer(visitor: Visitor, number: str) -> AnyResponse:
        now = answering.now(visitor.subject)
        place = _place(now, number)
        if not pages.knows(visitor) or not now.can_be_answered or place is None:
            return redirect(home(visitor), 303)
        try:
            answering.answer(visitor.subject, now.asked[place - 1].id, request.form.get("answer", ""))
        except PolicyRefused as refused:
            if refused.code != "answer-missing":  # handed in, or cancelled, in this moment: the first page says so
                return redirect(home(visitor), 303)
            return _question(pages, visitor, now, place, words().say(_UNCHOSEN), 422)
        is_last = place == len(now.asked)
        there = CHECK if is_last or request.form.get("back") == CHECK else f"questions/{place + 1}"
        return redirect(f"{home(visitor)}/{there}", 303)

    @pages.page(f"/{CHECK}")
    def visit_check(visitor: Visitor) -> AnyResponse:
        now = answering.now(visitor.subject)
        if not pages.knows(visitor) or not now.can_be_answered:
            return redirect(home(visitor), 303)
        return _check(pages, visitor, now)

    @pages.form("/hand-in")
    def visit_hand_in(visitor: Visitor) -> AnyResponse:
        if not pages.knows(visitor):
            return redirect(home(visitor), 303)
        try:
            answering.hand_in(visitor.subject, request.form.get("remark", ""))
        except PolicyRefused as refused:
            if refused.code not in ("visit-incomplete", "words-many"):
                return redirect(home(visitor), 303)
            said = words().choose(refused.zh, refused.en)
            return _check(pages, visitor, answering.now(visitor.subject), said, 422)
        return redirect(home(visitor), 303)


def _next(now: VisitNow) -> str:
    """Return where to go on: the first question without an answer, or the look over all."""
    return CHECK if now.first_open is None else f"questions/{now.first_open}"


def _place(now: VisitNow, number: str) -> int | None:
    """Return the number of a question, None for what is none."""
    place = int(number) if number.isascii() and number.isdigit() and len(number) <= 3 else 0
    return place if 1 <= place <= len(now.asked) else None


def _question(
    pages: LinkedPages, visitor: Visitor, now: VisitNow, place: int, said: str | None = None, status: int = 200
) -> AnyResponse:
    asked = now.asked[place - 1]
    values = {"asked": asked, "place": place, "all": len(now.asked), "chosen": now.answers.chosen.get(asked.id)}
    back = CHECK if request.values.get("back") == CHECK else ""
    return _shown(pages, visitor, now, "visit_question.html", status, **values, back=back, said=said)


def _check(
    pages: LinkedPages, visitor: Visitor, now: VisitNow, said: str | None = None, status: int = 200
) -> AnyResponse:
    remark = request.form.get("remark", "")[: 2 * REMARK_AT_MOST]
    values = {"given": now.answers.given, "remark": remark, "remark_at_most": REMARK_AT_MOST}
    return _shown(pages, visitor, now, "visit_check.html", status, **values, said=said)


def _shown(
    pages: LinkedPages, visitor: Visitor, now: VisitNow, template: str, status: int = 200, **values: Any
) -> AnyResponse:
    return pages.show(template, visitor, status, **{"said": None, "now": now, "text": _text, **values})


def _text(text: Words) -> str:
    return words().choose(text.zh, text.en)
