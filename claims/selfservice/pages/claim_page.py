"""The page of a claim: the one thing to do now, why it goes the way it goes, and the way so far with its times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect
from werkzeug.wrappers import Response

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.table import TABLE
from claims.errors import ClaimRefused
from claims.risk.errors import ScoringFailed
from claims.selfservice.filing import ACTOR
from claims.selfservice.pages.identifying import who
from claims.selfservice.pages.saying import is_claim, said_of, text, yuan
from claims.selfservice.papers import papers_of
from claims.selfservice.standing import Stage, milestones, stage_of
from claims.service.asking import ask_for_call, ask_for_person
from claims.service.explaining import told_to_customer
from claims.service.office import Office
from claims.settlement.telling import COVERS
from esign.public.events import read_stream
from esign.public.pages import LinkedPages, Visitor
from esign.public.people import RecordErased
from esign.public.values import Words
from esign.public.work import log_for

_FIRST: Final[Mapping[Stage, str]] = {
    Stage.PHOTOGRAPH: "shots",
    Stage.DAMAGE: "damage",
    **dict.fromkeys((Stage.OFFER, Stage.SIGN, Stage.PAYEE), "offer"),
}
"""The page on which the one thing is done."""
_log = log_for(__name__)


class ClaimPage:
    """Shows where a claim is."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._office = office

    def show(self, visitor: Visitor) -> Response:
        """Return the page; who is not known says first who they are."""
        if not self._pages.knows(visitor):
            return who(self._pages, visitor)
        return self.standing(visitor)

    def standing(self, visitor: Visitor, status: int = 200, said: str | None = None) -> Response:
        """Return where the claim stands."""
        with self._office.house.database.reading() as session:
            state = self._office.get(session, visitor.subject)
            events = [self._office.claims.forms.event_of(one) for one in read_stream(session, visitor.subject)]
            told = self._explained(session, visitor.subject, state)
        stage = stage_of(state)
        values: dict[str, Any] = {
            "state": state,
            "papers": papers_of(state),
            "stage": stage.value,
            "go": _FIRST.get(stage),
            "told": told,
            "way": milestones(events),
            "simulated": self._office.bank.simulated,
            "covers": {cover.value: words for cover, words in COVERS.items()},
            "can_call": c.AskCallBack in TABLE[state.state].accepts,
            "called": any(not one.done for one in state.callbacks),
        }
        return self._pages.show("phone_claim.html", visitor, status, said=said, text=text, yuan=yuan, **values)

    def declare(self) -> None:
        """Declare what its forms do."""

        @self._pages.form("/person")
        def claims_person(visitor: Visitor) -> Response:
            if not is_claim(visitor) or not self._pages.knows(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            try:
                with self._office.house.database.reading() as session:
                    over = self._office.get(session, visitor.subject).ended
                ask = ask_for_call if over else ask_for_person
                ask(self._office, visitor.subject, actor=ACTOR)
            except ClaimRefused as refused:
                return self.standing(visitor, 409, said_of(refused))
            return redirect(f"/r/claims/{visitor.link}", 303)

    def _explained(self, session: Any, claim: str, state: Claim) -> Words | None:
        try:
            return told_to_customer(session, claim, state)
        except (ScoringFailed, RecordErased) as failed:
            _log.failed("a claim is shown without its explanation", failed, record=claim)
            return None
