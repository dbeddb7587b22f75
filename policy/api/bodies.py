"""What comes in: the proposal as the sales platform sends it, and what a quote is asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field

from esign.public.api import Body
from policy.domain.values import Delivery
from policy.products.catalogue import PaymentTerm
from policy.proposal import (
    Answer,
    Beneficiary,
    Frequency,
    Gender,
    Guardian,
    Health,
    Interest,
    Party,
    Payment,
    Proposal,
    Relation,
    Salesperson,
)
from policy.proposing.quoting import Inquiry

Amount = Annotated[
    Decimal, Field(strict=False, ge=0, max_digits=14, decimal_places=2, description='In yuan, as a text: "300000.00".')
]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")]
AnyGender = Annotated[Gender, Field(strict=False)]
AnyRelation = Annotated[Relation, Field(strict=False)]
AnyFrequency = Annotated[Frequency, Field(strict=False)]


class PartyBody(Body):
    """Applicant, insured or guardian."""

    name: str = Field(min_length=1, max_length=60)
    id_number: str = Field(min_length=1, max_length=32, description="The resident identity number.")
    id_valid_until: date | None = Field(default=None, description="The last day of the card; null: it holds for good.")
    born: date
    gender: AnyGender
    phone: str = Field(default="", max_length=16, description="Needed of everybody who signs.")
    address: Text
    occupation: Code = Field(description="An id of the table of occupations (`GET /v1/occupations`).")
    annual_income: Amount
    email: str | None = Field(default=None, max_length=254)
    locale: str = Field(default="zh-CN", pattern="^(zh-CN|en)$")

    def value(self) -> Party:
        return Party(**self.model_dump())


class GuardianBody(Body):
    """Who acts for an insured who is a minor."""

    party: PartyBody
    is_insureds: AnyRelation = Field(description="What the guardian is to the insured.")


class BeneficiaryBody(Body):
    """Who is paid on death."""

    name: str = Field(min_length=1, max_length=60)
    id_number: str | None = Field(default=None, max_length=32)
    is_insureds: AnyRelation = Field(description="What they are to the insured.")
    order: int = Field(ge=1, le=9)
    share: int = Field(ge=1, le=100, description="In percent; the shares of one order add up to 100.")


class PaymentBody(Body):
    """From which account of the applicant, for how many years."""

    bank: Text
    account: str = Field(min_length=1, max_length=32)
    holder: str = Field(min_length=1, max_length=60)
    years: int = Field(ge=1, le=60)
    frequency: AnyFrequency


class AnswerBody(Body):
    """An answer to a health question; a yes needs words."""

    yes: bool
    words: str = Field(default="", max_length=2000)


class HealthBody(Body):
    """The health declaration of the insured; the questions are those of the product version."""

    height_cm: int = Field(ge=0, le=300)
    weight_kg: int = Field(ge=0, le=500)
    smoker: bool
    answers: dict[str, AnswerBody] = Field(max_length=64)


class SalespersonBody(Body):
    """Who sells."""

    id: str = Field(pattern=r"^usr_[0-9a-z]{1,64}$", description="The member of staff.")
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(max_length=16)
    licence: str = Field(max_length=40, description="The practice number (执业证编号).")
    institution: str = Field(pattern=r"^ins_[0-9a-z]{1,64}$")


class AmendedBody(Body):
    """What is proposed instead, whole; sent to be signed unless it says otherwise."""

    send: bool = Field(default=True, description="Whether it goes out at once.")
    product: Code
    version: Version
    applied_on: date = Field(description="The day of application, in China.")
    applicant: PartyBody
    insured: PartyBody | None = Field(default=None, description="Null: the applicant insures themselves.")
    applicant_is: AnyRelation = Field(default=Relation.SELF, description="What the applicant is to the insured.")
    interest: Annotated[Interest, Field(strict=False)] = Field(
        default=Interest.KINSHIP, description="The insurable interest (保险法 31)."
    )
    guardian: GuardianBody | None = None
    beneficiaries: tuple[BeneficiaryBody, ...] = Field(default=(), max_length=20, description="None: the heirs by law.")
    sum_insured: Amount
    payment: PaymentBody
    health: HealthBody
    sales: SalespersonBody
    cover_elsewhere: Amount = Decimal(0)
    delivery: Annotated[Delivery, Field(strict=False)] = Field(
        default=Delivery.ELECTRONIC,
        description="How the contract reaches the applicant, who consents to `electronic` by itself when they sign.",
    )

    def value(self) -> Proposal:
        """Return the proposal; whether it can be taken is asked where it is entered."""
        guardian = None if self.guardian is None else Guardian(self.guardian.party.value(), self.guardian.is_insureds)
        answers = {id: Answer(one.yes, one.words) for id, one in self.health.answers.items()}
        applicant = self.applicant.value()
        return Proposal(
            product=self.product,
            version=self.version,
            applied_on=self.applied_on,
            applicant=applicant,
            insured=applicant if self.insured is None else self.insured.value(),
            applicant_is=self.applicant_is,
            interest=self.interest,
            guardian=guardian,
            beneficiaries=tuple(Beneficiary(**one.model_dump()) for one in self.beneficiaries),
            sum_insured=self.sum_insured,
            payment=Payment(**self.payment.model_dump()),
            health=Health(self.health.height_cm, self.health.weight_kg, self.health.smoker, answers),
            sales=Salesperson(**self.sales.model_dump()),
            cover_elsewhere=self.cover_elsewhere,
            delivery=self.delivery,
        )


class ProposalBody(AmendedBody):
    """A proposal (投保单) that is entered, and sent to be signed unless it says otherwise."""

    external_id: str | None = Field(default=None, pattern=r"^[!-~]{1,128}$")


class QuoteBody(Body):
    """All that a premium goes by."""

    product: Code
    version: Version | None = Field(default=None, description="Null: the version that is sold today.")
    insured_born: date
    insured_gender: AnyGender
    applicant_born: date
    sum_insured: Amount
    years: int = Field(ge=1, le=60, description="For how many years the premium is paid; 1 where it is paid once.")
    frequency: AnyFrequency

    def inquiry(self, today: date) -> Inquiry:
        term = PaymentTerm(self.years, self.frequency)
        return Inquiry(self.insured_born, self.insured_gender, self.applicant_born, self.sum_insured, term, today)


QUOTE_EXAMPLE: Final[dict[str, Any]] = {
    "product": "whole-life-suian",
    "insured_born": "1962-03-08",
    "insured_gender": "female",
    "applicant_born": "1991-05-19",
    "sum_insured": "300000.00",
    "years": 10,
    "frequency": "annual",
}
