"""What the customer says is damaged becomes the assessment of a small claim, by the catalogue of its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import day_of
from claims.parts.catalogue import Catalogue
from claims.parts.files import load_parts
from claims.refusals import refused
from claims.selfservice.damage import Degree, lines_for
from claims.selfservice.filing import ACTOR
from claims.selfservice.standing import Stage, stage_of
from claims.service.office import Office
from claims.sheets import in_force
from esign.public.rows import new_id

ASSESSMENT: Final = "ass"


def catalogue_of(state: Claim) -> Catalogue:
    """Return the catalogue by which a claim is assessed: that of the day of the loss. Raises `ClaimDataBroken`."""
    return in_force(load_parts(), day_of(state.reported.occurred_at))


class Assessing:
    """Assesses what a customer chose."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def assess(self, claim: str, damage: Mapping[str, Degree]) -> None:
        """Give the assessment that the damage makes.

        It is decided by the same command as a handler's: what is too large for it goes to people. Raises `ClaimRefused`
        (`damage-none`, `damage-much`, `assessed-by-others`, and what the claim's state says), `RecordErased`.
        """

        def command(session: Session, state: Claim) -> c.Command:
            if stage_of(state) is not Stage.DAMAGE:
                raise refused("assessed-by-others")
            now, catalogue = self._office.now(session, state), catalogue_of(state)
            lines = lines_for(catalogue, self._office.policy_of(session, state).car.car_class, damage)
            return c.Assess(at=now, assessment=new_id(ASSESSMENT, now), catalogue=catalogue.version, lines=lines)

        self._office.change(claim, command, actor=ACTOR)
