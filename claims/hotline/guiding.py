"""What an agent does about a claim on the telephone: take it, send the link, change how it is surveyed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from claims.board.reach import require_in_reach
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import SurveyWay
from claims.handling.allowed import require_nobody_elses
from claims.hotline.calling import AGENTS
from claims.selfservice.inviting import Inviting
from claims.service.office import Office
from esign.public.console import Caller, staff_actor
from esign.public.rows import new_id


class Guiding:
    """Does what the page offers."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._inviting = Inviting(office)

    def take(self, who: Caller, claim: str) -> None:
        """Handle the claim oneself. Raises `ClaimRefused` (`claim-taken`): no two people take one."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            return c.Take(at=self._office.now(session, state), by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def send_link(self, who: Caller, claim: str) -> None:
        """Send the insured the link about the claim, to the phone that the policy has; at most one a minute.

        Raises `ClaimRefused` (`no-claim`, `no-customer-phone`), `RecordErased`.
        """
        with self._office.house.database.transaction() as session:
            require_in_reach(session, who, claim, AGENTS)
            now = self._office.now(session, self._office.get(session, claim))
            self._inviting.invite(session, claim, because=f"{claim}-{now:%Y%m%d%H%M}")

    def change_survey(self, who: Caller, claim: str, way: SurveyWay) -> None:
        """Have it surveyed the other way. Raises `ClaimRefused` (`claim-not-yours`, ...)."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            require_nobody_elses(who, state)
            at = self._office.now(session, state)
            known = state.survey
            survey = known.id if known is not None and known.way is way else new_id("svy", at)
            return c.ChangeSurvey(at=at, survey=survey, way=way, reason="told-on-the-telephone", by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))
