"""The settlement of a claim: computed by the table, kept with its trace, offered beside next year's premium."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.domain.values import CoverPart, day_of
from claims.limits.catalogue import tier_of
from claims.refusals import refused
from claims.rules_in_force import limits_of
from claims.service.office import Office
from claims.settlement.files import load_premium_tables, load_settlement_tables
from claims.settlement.premium import Change, next_premium
from claims.settlement.settling import Accident, Settled, settle
from claims.settlement.table import Loss
from claims.settlement.telling import trace_of
from claims.sheets import in_force
from esign.public.people import ToKeep
from esign.public.rows import gather, new_id
from esign.public.values import encode_canonical


@dataclass(frozen=True)
class Shown:
    """What the customer is shown before they agree: payment by cover, and next year's premium without and with it."""

    fen: int
    covers: tuple[CoverPart, ...]
    premium: Change

    @property
    def digest(self) -> str:
        told = {
            "fen": self.fen,
            "covers": {one.cover: one.fen for one in self.covers},
            "premium": {"without": self.premium.without, "with": self.premium.with_claim},
        }
        return sha256(encode_canonical(told)).hexdigest()


class Settling:
    """Adjudicates claims and makes offers."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def compute(self, session: Session, state: Claim, accident: Accident) -> Settled:
        """Return what an accident is paid under the claim's policy. Raises `ClaimRefused`, `RecordErased`."""
        table = in_force(load_settlement_tables(), day_of(state.reported.occurred_at))
        return settle(table, self._office.policy_of(session, state).terms, accident)

    def clear_accident(self, session: Session, state: Claim) -> Accident:
        """Return the accident as survey and assessment have it, where the liability is clear.

        Raises `ClaimRefused` (`people-decide`) where it is not: a handler says what it was.
        """
        assessment, survey = state.assessment, state.survey
        if assessment is None or survey is None or survey.fault is None or assessment.injury:
            raise refusal("people-decide")
        report = self._office.report_of(session, state)
        losses = {Loss.OWN_VEHICLE: assessment.vehicle}
        return Accident(losses, survey.fault, other_car=report.other_plate is not None)

    def adjudicate(self, claim: str, accident: Accident | None, *, actor: str, by: str | None = None) -> None:
        """Adjudicate what was verified last; `accident` None is what survey and assessment have.

        Raises `ClaimRefused`, `RecordErased`, `ClaimDataBroken`.
        """

        self._office.change(
            claim, lambda session, state: self.adjudication(session, state, accident, by=by), actor=actor
        )

    def adjudication(
        self, session: Session, state: Claim, accident: Accident | None = None, *, by: str | None = None
    ) -> c.Adjudicate:
        """Compute the settlement, keep its trace, and return the command.

        Raises as `adjudicate` does, and `ClaimRefused` (`above-assessment`). Where more is settled than was verified,
        such as another party's damage, somebody approves its payment, however small it is.
        """
        now = self._office.now(session, state)
        given = accident or self.clear_accident(session, state)
        _require_verified(state, given)
        terms = self._office.policy_of(session, state).terms
        settled = settle(in_force(load_settlement_tables(), day_of(state.reported.occurred_at)), terms, given)
        trace = trace_of(terms, given, settled)
        record = new_id("stl", now)
        gather(session, self._office.house.records.keep_many, [ToKeep(record, "settlement-trace", trace, now)])
        limits = limits_of(state)
        tier = tier_of(limits, settled.fen)
        return c.Adjudicate(
            at=now,
            assessment="" if state.assessment is None else state.assessment.id,
            fault=given.fault,
            covers=tuple(CoverPart(cover.value, fen) for cover, fen in settled.covers),
            fen=settled.fen,
            table_version=settled.version,
            trace=record,
            trace_digest=sha256(trace).hexdigest(),
            limits=limits.version,
            tier=tier.code,
            agreement=tier.agreement,
            approvals=max(tier.approvals, 1 if _is_beyond(state, given) else 0),
            by=by,
        )

    def shown(self, session: Session, state: Claim) -> Shown:
        """Return what the customer is shown of what was adjudicated. Raises `ClaimRefused` (`offer-differs`)."""
        settlement = state.settlement
        if settlement is None:
            raise refusal("offer-differs")
        policy = self._office.policy_of(session, state)
        table = in_force(load_premium_tables(), day_of(state.reported.occurred_at))
        change = next_premium(table, policy.base_premium, policy.grade, policy.claims_this_year, settlement.fen)
        return Shown(settlement.fen, settlement.covers, change)

    def offer(self, claim: str, *, actor: str, by: str | None = None) -> None:
        """Offer what was adjudicated. Raises `ClaimRefused`, `RecordErased`."""

        self._office.change(claim, lambda session, state: self.offering(session, state, by=by), actor=actor)

    def offering(self, session: Session, state: Claim, *, by: str | None = None) -> c.MakeOffer:
        """Return the command that offers what was adjudicated. Raises as `offer` does."""
        now = self._office.now(session, state)
        shown = self.shown(session, state)
        return c.MakeOffer(at=now, offer=new_id("ofr", now), fen=shown.fen, shown=shown.digest, by=by)


def _require_verified(state: Claim, accident: Accident) -> None:
    """Raise `ClaimRefused` (`above-assessment`): what the own car costs is assessed and verified, not typed here."""
    verified = 0 if state.assessment is None else state.assessment.vehicle
    if accident.losses.get(Loss.OWN_VEHICLE, 0) > verified:
        raise refused("above-assessment")


def _is_beyond(state: Claim, accident: Accident) -> bool:
    """Tell whether there is more in the losses than somebody verified."""
    return sum(accident.losses.values()) > state.loss
