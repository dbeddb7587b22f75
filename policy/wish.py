"""What a customer wants changed about their policy, as it is asked for: a value and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy.domain.request_events import RequestKind
from policy.proposal import Beneficiary


@dataclass(frozen=True)
class Wish:
    """What a service request (保全) asks for. It may be wrong in every way (`policy.proposing.request_checks`).

    `beneficiaries` are those on death from now on, none for the heirs by law; `address`, `phone` and `email` are the
    applicant's from now on, None where they stay. What is not asked of its kind is left as it is here.
    """

    kind: RequestKind
    beneficiaries: tuple[Beneficiary, ...] | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
