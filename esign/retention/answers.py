"""Answering a request to erase: what goes, what a law demands to keep and until when, decided by the rules alone.

Nothing that was asked is decided by whoever answers: they see what the rules lead to, write it in plain words, and
where something is erased a second person agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Eraser, Order
from esign.retention.errors import refused
from esign.retention.holds import is_held
from esign.retention.kept import KeptOfEnvelope, kept_of
from esign.retention.matters import NO_MATTERS, Matter, Matters
from esign.retention.models import RetainedEnvelope
from esign.retention.people import Concerned
from esign.retention.periods import day_of
from esign.retention.requests import Outcome, Request, RequestKind, Requests
from esign.retention.rules import Kind, Rules


@dataclass(frozen=True)
class Planned:
    """What becomes of a recipient's data. `erases` is what goes; `restricted` tells that something is kept and only
    stored from then on, until the day `until`, or until the contract's end is told (None). What is still being signed
    (`going`) is left to the signer, who can decline."""

    concerned: Concerned
    erases: tuple[Kind, ...]
    restricted: bool
    until: date | None
    held: bool
    going: bool = False


@dataclass(frozen=True)
class PlannedMatter:
    """What becomes of a matter: all of it goes, or it is only stored from then on (`restricted`), until its time is
    over; what is still going on is left as it is."""

    matter: Matter
    erases: bool = False
    restricted: bool = False
    held: bool = False
    going: bool = False


AnyPlan: TypeAlias = Planned | PlannedMatter


class ErasureAnswers:
    """Plans and carries out answers to requests for erasure, in the caller's transaction."""

    def __init__(self, rules: Rules, eraser: Eraser, requests: Requests, matters: Matters = NO_MATTERS) -> None:
        self._rules = rules
        self._eraser = eraser
        self._requests = requests
        self._matters = matters

    def plan(self, session: Session, request: Request, *, now: datetime) -> Sequence[Planned]:
        """Return what the rules of today lead to, for each recipient whom the request concerns."""
        return [self._planned(session, one, now) for one in request.concerned]

    def plan_matters(self, session: Session, request: Request, *, now: datetime) -> Sequence[PlannedMatter]:
        """Return what they lead to for each matter that the request concerns; one that an envelope has by now, or that
        was erased, is left out."""
        found = [self._matters.get(session, one, now) for one in request.matters]
        kept = (one for one in found if one.envelope is None and one.erased_at is None)
        return [planned_matter(session, one, now) for one in kept]

    def carry_out(
        self, session: Session, request: Request, words: str, order: Order | None, *, by: str, actor: str, now: datetime
    ) -> Erased:
        """Do what is planned, and answer. `order` names the two people where something is erased.

        Raises `RetentionRefused`: `erasure-needs-two` without them, `request-answered`, `answer-missing`; and as
        `Eraser.erase` does.
        """
        if request.kind is not RequestKind.ERASURE:
            raise refused("no-request")
        planned = self.plan(session, request, now=now)
        for one in request.matters:  # neither a hold nor another erasure slips between the plan and the act
            self._matters.room(one).lock(session, one)
        matters = self.plan_matters(session, request, now=now)
        all_of_it: Sequence[AnyPlan] = (*planned, *matters)
        if order is None and any(plan.erases for plan in all_of_it):
            raise refused("erasure-needs-two")
        restricted = [plan.concerned.recipient for plan in planned if plan.restricted]
        restricted += [plan.matter.id for plan in matters if plan.restricted]
        self._requests.answer(
            session,
            request,
            _outcome(all_of_it),
            words,
            by=by,
            actor=actor,
            now=now,
            restricted=restricted,
            approved_by=None if order is None else order.approved_by,
        )
        erased = Erased(0)
        if order is not None:
            for plan in planned:
                erased += self._erase(session, plan, order, now)
            for gone in (plan.matter.id for plan in matters if plan.erases):
                erased += self._matters.room(gone).erase(session, gone, order, now)
        return erased

    def _erase(self, session: Session, one: Planned, order: Order, now: datetime) -> Erased:
        envelope, erased = one.concerned.envelope, Erased(0)
        if Kind.EVIDENCE in one.erases:
            erased += self._eraser.erase_evidence(session, envelope, order, now=now)
        elif Kind.PHOTO in one.erases:
            recipients = [one.concerned.recipient]
            erased += self._eraser.erase_photos(session, envelope, order, now=now, of=recipients)
        if Kind.DOCUMENTS in one.erases:
            erased += self._eraser.erase_documents(session, envelope, order, now=now)
        return erased

    def _planned(self, session: Session, concerned: Concerned, now: datetime) -> Planned:
        row, today = session.get(RetainedEnvelope, concerned.envelope), day_of(now)
        if row is None:
            return Planned(concerned, (), restricted=False, until=None, held=False, going=True)
        kept = kept_of(session, self._rules, row, now=now)
        if not kept.is_over:
            return Planned(concerned, (), restricted=False, until=None, held=kept.held, going=True)
        if kept.held:
            return Planned(concerned, (), restricted=True, until=None, held=True)
        goes = tuple(one.kind for one in kept.kept if one.is_over(today) or not one.demanded)
        stays = [one for one in kept.kept if one.kind not in goes]
        return Planned(concerned, goes, restricted=bool(stays), until=_latest(kept, goes), held=False)


def planned_matter(session: Session, matter: Matter, now: datetime) -> PlannedMatter:
    """Return what becomes of a matter whose person asks for erasure."""
    if not matter.is_over:
        return PlannedMatter(matter, going=True, held=is_held(session, matter.id))
    if is_held(session, matter.id):
        return PlannedMatter(matter, restricted=True, held=True)
    goes = matter.is_due(day_of(now)) or not matter.demanded
    return PlannedMatter(matter, erases=goes, restricted=not goes)


def _outcome(planned: Sequence[AnyPlan]) -> Outcome:
    """Return what the answer amounts to: where all is still being signed, nothing was done."""
    if any(one.restricted for one in planned):
        return Outcome.RESTRICTED
    return Outcome.REFUSED if planned and not any(one.erases for one in planned) else Outcome.GRANTED


def _latest(kept: KeptOfEnvelope, goes: Sequence[Kind]) -> date | None:
    """Return the last day of what stays, None where one of them is kept until it is told."""
    days = [one.until for one in kept.kept if one.kind not in goes]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None
