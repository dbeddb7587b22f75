"""Service requests in the API: what comes in, what goes out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from esign.public.api import Body, Page, PageQuery
from policy.api.bodies import BeneficiaryBody
from policy.domain.request_events import RequestKind
from policy.proposal import Beneficiary
from policy.wish import Wish

AnyKind = Annotated[RequestKind, Field(strict=False)]


class RequestBody(Body):
    """A service request (保全) about an issued policy, sent to be signed unless it says otherwise."""

    external_id: str | None = Field(default=None, pattern=r"^[!-~]{1,128}$")
    send: bool = Field(default=True, description="Whether it goes out at once.")
    kind: AnyKind
    beneficiaries: tuple[BeneficiaryBody, ...] | None = Field(
        default=None,
        max_length=20,
        description="Of kind `beneficiary`: all from now on; none of them: the heirs by law.",
    )
    address: str | None = Field(default=None, max_length=200, description="Of kind `address`: null stays as it is.")
    phone: str | None = Field(default=None, max_length=16, description="Of kind `address`: the applicant's own.")
    email: str | None = Field(default=None, max_length=254, description="Of kind `address`.")

    def value(self) -> Wish:
        """Return what is wished for; whether it can be taken is asked where it is entered."""
        heirs = self.beneficiaries
        return Wish(
            kind=self.kind,
            beneficiaries=None if heirs is None else tuple(Beneficiary(**one.model_dump()) for one in heirs),
            address=self.address,
            phone=self.phone,
            email=self.email,
        )


class RefuseBody(Body):
    """Why it is not carried out."""

    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="A code of the caller's own.")


class RequestQuery(PageQuery):
    """The requests of one proposal, or all."""

    proposal: str | None = Field(default=None, max_length=80, description="Those about one policy, by its proposal.")


class RequestView(BaseModel):
    """A service request as it stands. It has nobody's data: who entered it has that."""

    id: str
    number: str = Field(description="The number that people know it by.")
    proposal: str
    policy: str = Field(description="The number of the policy.")
    kind: str
    state: str
    asked_on: date = Field(description="The day that counts for periods, however long signing takes.")
    signers: list[str]
    premiums_paid: str | None = Field(description="In yuan; of a request that ends the policy.")
    refund: str | None = Field(description="What goes back, in yuan; of a request that ends the policy.")
    envelope: str | None = Field(description="The envelope that is out for signature now.")
    signed_envelope: str | None = Field(description="The one that everybody signed.")
    document_sha256: str | None = Field(description="Of the sealed request.")
    endorsement_sha256: str | None = Field(description="Of the endorsement, once a change is done.")
    reason: str | None = Field(description="Why it was refused.")
    updated_at: datetime


class RequestPage(Page[RequestView]):
    """A page of service requests, oldest first."""


REQUEST_EXAMPLE: Final[dict[str, Any]] = {
    "external_id": "change-20261210-0001",
    "kind": "beneficiary",
    "beneficiaries": [
        {"name": "于文山", "id_number": "990106199105192218", "is_insureds": "child", "order": 1, "share": 40},
        {"name": "于文溪", "id_number": "990106199406110669", "is_insureds": "child", "order": 1, "share": 60},
    ],
}
REQUEST_ANSWER: Final[dict[str, Any]] = {
    "id": "srq_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "number": "BQ20261210000001",
    "proposal": "prp_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "policy": "CY20261127000001",
    "kind": "beneficiary",
    "state": "sent",
    "asked_on": "2026-12-10",
    "signers": ["applicant", "insured"],
    "premiums_paid": None,
    "refund": None,
    "envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "signed_envelope": None,
    "document_sha256": None,
    "endorsement_sha256": None,
    "reason": None,
    "updated_at": "2026-12-10T01:20:03Z",
}
