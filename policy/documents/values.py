"""What the documents are made from, beside proposal and product: numbers, figures, what happened until the issue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from policy.documents.insurer import CHENGYUE, Insurer
from policy.products.actuary import YearValues
from policy.products.catalogue import Product
from policy.proposal import Beneficiary, Proposal
from policy.proposing.quoting import Quote


@dataclass(frozen=True)
class Application:
    """What is put before the customer: the proposal under its number (投保单号), and everything that explains it.

    `number` consists of capital letters, digits and hyphens, since it is printed as a bar code too. `institution` is
    the name of the salesperson's. `values` are the cash values of `policy.proposing.quoting`. `agent_signs` tells that
    the salesperson signs, too.
    """

    number: str
    proposal: Proposal = field(repr=False)
    product: Product
    quote: Quote
    values: tuple[YearValues, ...] = field(repr=False)
    institution: str
    agent_signs: bool = False
    insurer: Insurer = CHENGYUE


@dataclass(frozen=True)
class SignatureLine:
    """A signature on the signed documents: in which role, by whom, and when, as its timestamp proves."""

    role: str
    name: str = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class Issue:
    """What happened until the contract is issued.

    `signed_sha256` is the digest, in 64 hexadecimal digits, of the sealed file that the customer signed. `agreements`
    are special agreements (特别约定), each a sentence; `underwritten` says how the decision was made.
    """

    number: str
    issued_on: date
    effective_on: date
    paid_on: date
    signed_sha256: str
    signatures: tuple[SignatureLine, ...]
    underwritten: str
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyFacts:
    """The contract that a service request concerns, as the request names it."""

    number: str
    product: str
    filing: str
    effective_on: date
    applicant: str = field(repr=False)
    applicant_id: str = field(repr=False)
    applicant_phone: str = field(repr=False)
    insured: str = field(repr=False)
    company: str
    insurer: Insurer = CHENGYUE


@dataclass(frozen=True)
class BeneficiaryChange:
    """The beneficiaries on death from now on; the insured signs, too (保险法 41), unless they are the applicant.

    `guardian` is the name of who signs for an insured who is a minor.
    """

    before: tuple[Beneficiary, ...] = field(repr=False)
    after: tuple[Beneficiary, ...] = field(repr=False)
    insured_signs: bool = True
    guardian: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AddressChange:
    """Where the applicant is reached from now on; what is None stays as it is."""

    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Surrender:
    """The contract ends after the hesitation period: what is paid back, and what had been paid. Amounts in yuan."""

    premiums_paid: Decimal
    cash_value: Decimal
    debts: Decimal
    bank: str = field(repr=False)
    account: str = field(repr=False)
    holder: str = field(repr=False)

    @property
    def refund(self) -> Decimal:
        """What is paid back."""
        return self.cash_value - self.debts


@dataclass(frozen=True)
class Cancellation:
    """The contract ends within the hesitation period: the premium is paid back.

    Both days are None while the contract was not received: the period has not begun.
    """

    received_on: date | None
    last_day: date | None
    premiums_paid: Decimal
    cost: Decimal
    bank: str = field(repr=False)
    account: str = field(repr=False)
    holder: str = field(repr=False)

    @property
    def refund(self) -> Decimal:
        """What is paid back."""
        return self.premiums_paid - self.cost


Change = BeneficiaryChange | AddressChange | Surrender | Cancellation


@dataclass(frozen=True)
class ServiceRequest:
    """One request under its number (capital letters, digits, hyphens), about one contract, of one day."""

    number: str
    asked_on: date
    policy: PolicyFacts
    change: Change


@dataclass(frozen=True)
class Endorsement:
    """What was changed about a contract (批单), under its number, on the day from which it holds.

    `signed_sha256` is the digest, in 64 hexadecimal digits, of the sealed request; `signatures` are those on it.
    """

    number: str
    issued_on: date
    request: ServiceRequest
    signed_sha256: str
    signatures: tuple[SignatureLine, ...]
