"""Proposals are entered: checked as a whole, quoted, kept sealed, and known by the name that the client gave them.

What nobody has signed yet may be amended: another content takes the place of the one that was entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.public.envelopes import Owner, salesperson_unknown
from esign.public.events import retried
from esign.public.people import Locale, Person, SearchField, keep_person
from esign.public.rows import new_id
from policy.amounts import fen_of
from policy.domain import commands as c
from policy.domain.values import day_of
from policy.models import ExternalId, PersonOf
from policy.products.catalogue import Product
from policy.proposal import Party, Proposal
from policy.proposing.content import digest_of, encode_proposal
from policy.proposing.findings import ProposalRefused
from policy.proposing.names import with_unprintable_names
from policy.proposing.printed_checks import glyph_findings
from policy.proposing.quoting import inquiry_of, quote
from policy.proposing.signers import party_of, signers_of
from policy.proposing.validation import findings_of
from policy.refusals import refused
from policy.service.numbers import NumberKind, take_number
from policy.service.office import Office
from policy.service.streams import PROPOSAL


@dataclass(frozen=True)
class Entered:
    """The proposal's id, and whether it was there already: the same request under the same external id."""

    proposal: str
    existed: bool


class Entering:
    """Takes proposals, and other contents of proposals."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def enter(self, client: str | None, wanted: Proposal, *, external_id: str | None, actor: str) -> Entered:
        """Take a proposal that can be taken. `client` is whose it is: a client of the API, None where staff enter it.

        Raises `ProposalRefused` with everything that is the matter, `PolicyRefused` (`proposal-name-taken`),
        `EnvelopeError` (`salesperson-unknown`).
        """
        encoded = encode_proposal(wanted)
        digest, owner = digest_of(encoded), self._office.client_of(client)
        if external_id is not None and (found := self._existing(owner, external_id, digest)):
            return found
        house = self._office.house
        with house.database.reading() as session:
            now = house.clocks.now(session, owner)
        product = self.require(wanted, day_of(now))
        try:
            with house.database.transaction() as session:
                proposal = self._record(session, client, wanted, product, encoded, now, actor)
                if external_id is not None:
                    row = ExternalId(client=owner, external_id=external_id, proposal=proposal, request=digest)
                    session.add(row)
        except IntegrityError:
            # Two requests under one external id at once: the other one was first.
            if external_id is not None and (found := self._existing(owner, external_id, digest)):
                return found
            raise
        return Entered(proposal, existed=False)

    def amend(self, proposal: str, wanted: Proposal, *, actor: str, by: str | None = None) -> None:
        """Propose something else under the same number, where nothing is out to be signed; the same again is nothing.

        `by` is the member of staff who amends it, where it is one. Raises `ProposalRefused`, `PolicyRefused`
        (`no-proposal`, `sold-by-another`, and by its state), `ConcurrentChange`.
        """
        house = self._office.house
        encoded = encode_proposal(wanted)
        digest = digest_of(encoded)
        with house.database.reading() as session:
            state = self._office.get(session, proposal)
            now = house.clocks.now(session, self._office.client_of(state.client))
        if (wanted.sales.id, wanted.sales.institution) != (state.salesperson, state.institution):
            raise refused("sold-by-another")
        if state.contents.digest == digest:
            return
        product = self.require(wanted, day_of(now))

        def amended(session: Session) -> None:
            self._office.proposals.hold(session, proposal)
            record = self._keep_content(session, wanted, encoded, now)
            command = c.Amend(at=now, by=by, **_content(wanted, product, record, digest))
            self._office.execute(session, proposal, command, actor=actor)
            self._forget_people(session, proposal, now)
            self._keep_people(session, proposal, wanted, now)

        retried(house.database, amended)

    def require(self, wanted: Proposal, today: date) -> Product:
        """Return the product version of a proposal that can be taken and printed. Raises `ProposalRefused`."""
        product = self._office.catalogue.find(wanted.product, wanted.version)
        findings = findings_of(wanted, product, today)
        findings = with_unprintable_names(findings, wanted, self._office.typefaces)
        known = {one.field for one in findings}
        glyphs = glyph_findings(wanted, self._office.typefaces)
        findings = (*findings, *(one for one in glyphs if one.field not in known))
        if product is None or findings:
            raise ProposalRefused(findings)
        return product

    def _existing(self, client: str, external_id: str, digest: str) -> Entered | None:
        with self._office.house.database.reading() as session:
            known = session.scalars(select(ExternalId).filter_by(client=client, external_id=external_id)).one_or_none()
        if known is None:
            return None
        if known.request != digest:
            raise refused("proposal-name-taken")
        return Entered(known.proposal, existed=True)

    def _record(
        self,
        session: Session,
        client: str | None,
        wanted: Proposal,
        product: Product,
        encoded: bytes,
        now: datetime,
        actor: str,
    ) -> str:
        if self._office.house.find_owner(session, Owner(wanted.sales.institution, wanted.sales.id)) is None:
            raise salesperson_unknown()
        proposal = new_id(PROPOSAL, now)
        record = self._keep_content(session, wanted, encoded, now)
        command = c.Enter(
            at=now,
            **_content(wanted, product, record, digest_of(encoded)),
            salesperson=wanted.sales.id,
            institution=wanted.sales.institution,
            client=client,
        )
        self._keep_people(session, proposal, wanted, now)
        take_number(session, NumberKind.APPLICATION, proposal, day_of(now))
        self._office.execute(session, proposal, command, actor=actor)
        return proposal

    def _keep_content(self, session: Session, wanted: Proposal, encoded: bytes, now: datetime) -> str:
        """Keep the content so that it is found by everybody in it, and return its record."""
        record = new_id("prc", now)
        people = (wanted.applicant, wanted.insured, *(() if wanted.guardian is None else (wanted.guardian.party,)))
        found_by = dict.fromkeys(one for party in people for one in found_by_of(party))
        self._office.house.records.keep(session, record, "proposal", encoded, at=now, find_by=list(found_by))
        return record

    def _keep_people(self, session: Session, proposal: str, wanted: Proposal, now: datetime) -> None:
        for part in signers_of(wanted):
            person = keep_person(self._office.house.records, session, person_of(party_of(wanted, part)), now=now)
            session.add(PersonOf(proposal=proposal, part=part.value, person=person))

    def _forget_people(self, session: Session, proposal: str, now: datetime) -> None:
        """Erase who was written to before: envelopes that were sent keep their own records of people."""
        for row in session.scalars(select(PersonOf).filter_by(proposal=proposal)).all():
            self._office.house.records.erase(session, row.person, at=now)
            session.delete(row)
        session.flush()


def _content(wanted: Proposal, product: Product, record: str, digest: str) -> dict[str, Any]:
    """Return the members of a command that say what is proposed."""
    made = quote(product, inquiry_of(wanted))
    return {
        "record": record,
        "digest": digest,
        "product": product.code,
        "product_version": product.version,
        "fen": fen_of(made.premium),
        "holds_until": made.holds_until,
        "signers": signers_of(wanted),
        "needs_recording": product.needs_recording(wanted.applicant_age),
        "hesitation_days": product.hesitation_days,
    }


def person_of(party: Party) -> Person:
    """Return the party as the signing service knows people."""
    locale: Locale = "en" if party.locale == "en" else "zh-CN"
    return Person(party.name, party.phone, party.id_number, party.email, locale)


def found_by_of(party: Party) -> list[tuple[SearchField, str]]:
    """Return by what records about the party are found."""
    found = [(SearchField.NAME, party.name), (SearchField.ID_NUMBER, party.id_number)]
    return [*found, (SearchField.PHONE, party.phone)] if party.phone else found
