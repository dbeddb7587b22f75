"""What the pages stand on; the composition of a process chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from esign.api.link_limits import USUAL, LinkLimits
from esign.api.rates import Allowance, RateLimits, Rates
from esign.ceremony.copies import Copies
from esign.ceremony.models import RecipientRow
from esign.ceremony.people import Person, parse_person
from esign.infra.metrics import Metrics
from esign.retention.room import RetentionRoom
from esign.service import Service
from esign.verifications.asked import BYTES_AT_MOST
from esign.web.forgery import Forms


@dataclass(frozen=True)
class VerifyLimits:
    """How many files one address may have judged."""

    few: Allowance = Allowance("verifications", 30, 10)
    day: Allowance = Allowance("verifications-a-day", 300, 1440)


@dataclass(frozen=True)
class PersonLimits:
    """How often one address, one name with its phone, and one phone may ask for a code to see what is kept.

    A code goes only to a name and phone that belong together, so guesses at the name of a phone, which anybody may
    make, take nothing from whoever knows it until they are very many.
    """

    address: Allowance = Allowance("person-visits", 10, 60)
    person: Allowance = Allowance("person-codes", 4, 60)
    phone: Allowance = Allowance("phone-codes", 40, 60)


@dataclass(frozen=True)
class PageServices:
    """The service behind the pages, and what guards them."""

    service: Service
    copies: Copies
    rates: Rates
    forms: Forms
    metrics: Metrics
    public_url: str
    limits: RateLimits = RateLimits()
    link_limits: LinkLimits = USUAL
    verify_limits: VerifyLimits = VerifyLimits()
    person_limits: PersonLimits = PersonLimits()
    retention: RetentionRoom | None = None
    """What people may ask about; None where there is no page for it."""
    verifies: bool = True
    """Whether anybody may have files judged."""
    verified_bytes_at_most: int = BYTES_AT_MOST

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    def person(self, record: str) -> Person:
        """Return the person of a record. Raises `RecordErased`, `RecordError`."""
        with self.service.ports.database.reading() as session:
            return parse_person(self.service.records.read(session, record))

    def signed_at(self, recipient: str) -> datetime | None:
        """Return when the recipient's signature was stored, None where it was not."""
        with self.service.ports.database.reading() as session:
            return session.scalar(select(RecipientRow.signed_at).where(RecipientRow.id == recipient))


def page_services(
    service: Service,
    metrics: Metrics,
    public_url: str,
    *,
    verifies: bool = True,
    verified_bytes_at_most: int = BYTES_AT_MOST,
    retention: RetentionRoom | None = None,
) -> PageServices:
    """Return what the pages stand on, over a service."""
    ports = service.ports
    copies = Copies(
        service.envelopes,
        service.documents,
        service.records,
        service.tokens,
        service.clocks,
        ports.messages,
        live=ports.live,
    )
    rates = Rates(ports.database, ports.trust_services.clock)
    return PageServices(
        service,
        copies,
        rates,
        Forms(ports.keys, public_url),
        metrics,
        public_url,
        retention=retention,
        verifies=verifies,
        verified_bytes_at_most=verified_bytes_at_most,
    )
