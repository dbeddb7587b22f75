"""What is held, on whom, and until when: by person for officers, and in totals by kind and year. By reach alone."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from esign.ceremony.models import RecipientRow
from esign.infra.models import SearchEntry
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.retention.holds import is_held
from esign.retention.kept import KeptOfEnvelope, kept_of, rule_for
from esign.retention.matters import NO_MATTERS, Matter, Matters
from esign.retention.models import RetainedEnvelope
from esign.retention.people import find_recipients
from esign.retention.periods import day_of, midnight
from esign.retention.requests import is_matter_restricted, is_restricted
from esign.retention.rules import Kind, Of, Rule, Rules
from esign.staff.reach import Reach
from esign.verifications.models import VerificationRow

UNTIL_TOLD: Final = "until-told"
GOING: Final = "going"


@dataclass(frozen=True)
class HeldOn:
    """What is held on somebody in one envelope."""

    recipient: RecipientRow
    kept: KeptOfEnvelope
    restricted: bool


@dataclass(frozen=True)
class HeldMatter:
    """What is held on somebody in one matter of a room, without an envelope."""

    matter: Matter
    held: bool
    restricted: bool


@dataclass(frozen=True)
class HeldReport:
    """A verification's report that names somebody, and until when it is kept."""

    verification: str
    until: date


@dataclass(frozen=True)
class HeldOnPerson:
    """All of it that is within the reader's reach."""

    envelopes: Sequence[HeldOn]
    reports: Sequence[HeldReport]
    matters: Sequence[HeldMatter] = ()


@dataclass(frozen=True, order=True)
class Total:
    """So many of a kind, kept until that year: four digits, or `until-told`, or `going` while signing goes on."""

    kind: str
    year: str
    count: int


class HeldReports:
    """Reads, in the caller's session."""

    def __init__(self, records: PersonalRecords, rules: Rules, matters: Matters = NO_MATTERS) -> None:
        self._records = records
        self._rules = rules
        self._matters = matters

    def on_person(
        self, session: Session, reach: Reach, *, name: str | None, phone: str | None, now: datetime
    ) -> HeldOnPerson:
        """Return what is held on whoever has this name, or phone, or both."""
        found = find_recipients(session, self._records, name=name, phone=phone)
        envelopes = [one for row in found if (one := self._held(session, reach, row, now)) is not None]
        reports = self._reports(session, reach, name, now) if phone is None else []
        matters = self._matters.find(session, name=name, phone=phone, now=now)
        reached = [one for one in matters if reach.sees(one.institution, None)]
        held = [HeldMatter(one, is_held(session, one.id), is_matter_restricted(session, one.id)) for one in reached]
        return HeldOnPerson(envelopes, reports, held)

    def totals(self, session: Session, reach: Reach, *, now: datetime) -> Sequence[Total]:
        """Return the totals of what the reader reaches, in order of kind and year."""
        today, counted = day_of(now), Counter[tuple[str, str]]()
        for (kind, year), number in self._of_envelopes(session, reach, today):
            counted[kind.value, year] += number
        photos = RetainedEnvelope.photos_since.is_not(None), _within(reach)
        completed = RetainedEnvelope.outcome == "completed"
        for of, outcome in ((Of.COMPLETED, completed), (Of.UNFINISHED, ~completed)):
            rule = self._rules.for_(Kind.PHOTO, of, None, today)
            for year, number in _by_year(session, RetainedEnvelope.photos_since, and_(*photos, outcome), rule):
                counted[Kind.PHOTO.value, year] += number
        rule = self._rules.for_(Kind.VERIFICATION_REPORT, Of.ANY, None, today)
        institution = VerificationRow.institution.in_(sorted(reach.institutions))
        kept = and_(institution, VerificationRow.record.is_not(None), VerificationRow.erased_at.is_(None))
        for year, number in _by_year(session, VerificationRow.asked_at, kept, rule):
            counted[Kind.VERIFICATION_REPORT.value, year] += number
        return sorted(Total(kind, year, number) for (kind, year), number in counted.items())

    def _held(self, session: Session, reach: Reach, row: RecipientRow, now: datetime) -> HeldOn | None:
        kept = session.get(RetainedEnvelope, row.envelope)
        if kept is None or not reach.sees(kept.institution, kept.salesperson):
            return None
        return HeldOn(row, kept_of(session, self._rules, kept, now=now), is_restricted(session, row.id))

    def _reports(self, session: Session, reach: Reach, name: str | None, now: datetime) -> Sequence[HeldReport]:
        if name is None or not normalise(SearchField.NAME, name):
            return []
        digest, today = self._records.index.digest(SearchField.NAME, name), day_of(now)
        named = select(SearchEntry.record_id).where(
            SearchEntry.field == SearchField.NAME.value, SearchEntry.digest == digest
        )
        rows = session.scalars(
            select(VerificationRow)
            .where(VerificationRow.record.in_(named), VerificationRow.institution.in_(sorted(reach.institutions)))
            .order_by(VerificationRow.id.desc())
            .limit(200)
        )
        return [HeldReport(row.id, self._report_until(row.asked_at, today)) for row in rows]

    def _report_until(self, asked_at: datetime, today: date) -> date:
        return self._rules.for_(Kind.VERIFICATION_REPORT, Of.ANY, None, today).until(day_of(asked_at))

    def _of_envelopes(self, session: Session, reach: Reach, today: date) -> Iterator[tuple[tuple[Kind, str], int]]:
        """Yield how much evidence and how many documents are kept until when: envelopes that are alike in all that
        decides it are counted together."""
        evidence, documents = RetainedEnvelope.erased_at.is_(None), RetainedEnvelope.documents_erased_at.is_(None)
        alike = (RetainedEnvelope.outcome, RetainedEnvelope.term, RetainedEnvelope.counts_from, evidence, documents)
        grouped = select(*alike, func.count()).where(_within(reach)).group_by(*alike)
        for outcome, term, counts_from, has_evidence, has_documents, number in session.execute(grouped):
            for kind, is_there in ((Kind.EVIDENCE, has_evidence), (Kind.DOCUMENTS, has_documents)):
                if is_there:
                    rule = rule_for(self._rules, kind, outcome, term, today)
                    yield (kind, _year(outcome, rule, counts_from)), number


def person_csv(found: HeldOnPerson) -> bytes:
    """Return what is held on somebody as CSV in UTF-8 with its mark; without their name, which the asker has."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("envelope", "role", "kind", "kept_until", "legal_hold", "restricted"))
    for held in found.envelopes:
        for kept in held.kept.kept:
            until = GOING if not held.kept.is_over else UNTIL_TOLD if kept.until is None else kept.until.isoformat()
            row = held.recipient
            writer.writerow((row.envelope, row.role, kept.kind.value, until, held.kept.held, held.restricted))
    for matter in found.matters:
        one = matter.matter
        until = GOING if not one.is_over else UNTIL_TOLD if one.until is None else one.until.isoformat()
        left = "erased" if one.erased_at is not None else until
        writer.writerow((one.id, "", "matter", left, matter.held, matter.restricted))
    for report in found.reports:
        writer.writerow((report.verification, "", Kind.VERIFICATION_REPORT.value, report.until, False, False))
    return out.getvalue().encode("utf-8-sig")


def totals_csv(totals: Sequence[Total]) -> bytes:
    """Return the totals as CSV in UTF-8 with its mark, so that spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("kind", "kept_until_year", "count"))
    writer.writerows((one.kind, one.year, one.count) for one in totals)
    return out.getvalue().encode("utf-8-sig")


def _within(reach: Reach) -> ColumnElement[bool]:
    return reach.where(RetainedEnvelope.institution, RetainedEnvelope.salesperson)


def _year(outcome: str | None, rule: Rule | None, counts_from: str | None) -> str:
    if outcome is None:
        return GOING
    if rule is None or counts_from is None:
        return UNTIL_TOLD
    return str(rule.until(date.fromisoformat(counts_from)).year)


def _by_year(
    session: Session, column: InstrumentedAttribute[Any], chosen: ColumnElement[bool], rule: Rule
) -> Iterator[tuple[str, int]]:
    """Yield, for each year, how many of the chosen rows are kept until it, counted from the moment in the column."""
    first, last = session.execute(select(func.min(column), func.max(column)).where(chosen)).one()
    if first is None:
        return
    for year in range(rule.until(day_of(first)).year, rule.until(day_of(last)).year + 1):
        bounds = (_after(rule, date(year, 1, 1)), _after(rule, date(year + 1, 1, 1)))
        within = and_(chosen, column >= bounds[0], column < bounds[1])
        yield str(year), session.scalar(select(func.count()).where(within)) or 0


def _after(rule: Rule, day: date) -> datetime:
    """Return the moment from which on what was begun is still kept when the day begins."""
    return midnight(rule.keep.latest_start(day) + timedelta(days=1))
