"""Losses are reported: on a policy that was in force then, kept sealed, known by the name that the client gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.domain import commands as c
from claims.domain.values import day_of
from claims.loss_report import LossReport, encode_report
from claims.models import ClaimName
from claims.motor_policy import MotorPolicy, digest_of
from claims.refusals import refused
from claims.service.indexing import enter, enter_many
from claims.service.office import Office
from claims.service.registering import Register, Registered, require_in_force
from claims.service.streams import CLAIM
from esign.public.people import SearchField, ToKeep
from esign.public.rows import new_id


@dataclass(frozen=True)
class Taken:
    """The claim's id, and whether it was there already: the same report under the same external id."""

    claim: str
    existed: bool


@dataclass(frozen=True)
class _Made:
    """A report that came: the claim that it begins, by which command, on which policy."""

    claim: str
    command: c.Report
    policy: MotorPolicy


class Reporting:
    """Takes reports."""

    def __init__(self, office: Office, register: Register) -> None:
        self._office = office
        self._register = register

    def report(
        self, client: str, report: LossReport, *, external_id: str | None, actor: str, by: str | None = None
    ) -> Taken:
        """Take a report on a client's policy.

        Raises `ClaimRefused` (`no-motor-policy`, `motor-policy-not-in-force`, `claim-name-taken`, `loss-in-future`).
        """
        encoded = encode_report(report)
        if external_id is not None and (found := self._existing(client, external_id, digest_of(encoded))):
            return found
        try:
            with self._office.house.database.transaction() as session:
                claim = self._record(session, client, report, encoded, actor, by)
                if external_id is not None:
                    request = digest_of(encoded)
                    name = ClaimName(client=client, external_id=external_id, claim=claim, request=request)
                    session.add(name)
        except IntegrityError:
            # Two requests under one external id at once: the other one was first.
            if external_id is not None and (found := self._existing(client, external_id, digest_of(encoded))):
                return found
            raise
        return Taken(claim, existed=False)

    def _existing(self, client: str, external_id: str, digest: str) -> Taken | None:
        with self._office.house.database.reading() as session:
            known = session.scalars(select(ClaimName).filter_by(client=client, external_id=external_id)).one_or_none()
        if known is None:
            return None
        if known.request != digest:
            raise refused("claim-name-taken")
        return Taken(known.claim, existed=True)

    def _record(
        self, session: Session, client: str, report: LossReport, encoded: bytes, actor: str, by: str | None
    ) -> str:
        now = self._office.house.clocks.now(session, client)
        cover = self._register.in_force(session, client, report.policy, day_of(report.occurred_at))
        made, kept = _made(client, report, encoded, now, cover, by)
        self._office.house.records.keep_many(session, [kept])
        self._office.execute(session, made.claim, made.command, actor=actor)
        enter(session, self._office.house, made.claim, report, made.policy, at=now)
        return made.claim

    def report_many(self, client: str, came: Sequence[tuple[LossReport, datetime]], *, actor: str) -> list[str]:
        """Take many reports of a client in one transaction, each at the moment when it came in. Return their claims.

        Raises as `report` does: none is taken then.
        """
        with self._office.house.database.transaction() as session:
            covers = self._register.find_many(session, client, [report.policy for report, _ in came])
            made, kept = [], []
            for report, at in came:
                cover = require_in_force(covers[report.policy], day_of(report.occurred_at))
                one, record = _made(client, report, encode_report(report), at, cover, None)
                made.append(one)
                kept.append(record)
            self._office.house.records.keep_many(session, kept)
            self._office.execute_many(session, {one.claim: (one.command,) for one in made}, actor=actor)
            reported = [(one.claim, report, one.policy, at) for one, (report, at) in zip(made, came, strict=True)]
            enter_many(session, self._office.house, reported)
        return [one.claim for one in made]


def _made(
    client: str, report: LossReport, encoded: bytes, now: datetime, cover: Registered, by: str | None
) -> tuple[_Made, ToKeep]:
    """Return what a report begins, and the record of it, which is to be kept with it."""
    claim, record = new_id(CLAIM, now), new_id("crp", now)
    found_by = dict.fromkeys(
        [
            (SearchField.NAME, report.reporter),
            (SearchField.NAME, report.driver),
            (SearchField.PHONE, report.phone),
        ]
    )
    command = c.Report(
        at=now,
        policy=report.policy,
        cover=cover.record,
        cover_digest=cover.digest,
        record=record,
        digest=digest_of(encoded),
        way=report.way,
        occurred_at=report.occurred_at,
        cause=report.cause,
        injured=report.injured,
        estimate=report.estimate,
        vip=cover.policy.insured.vip,
        client=client,
        institution=cover.policy.institution,
        by=by,
    )
    return _Made(claim, command, cover.policy), ToKeep(record, "loss-report", encoded, now, tuple(found_by))
