"""What a claim shares with others, as links: phones, people, cars, the account, the text of the story. Pure.

What cannot be known for certain is left out. A driver is somebody known where they are the insured: a name alone would
join strangers. Whoever is in trade is paid for strangers too: their account is known, and joins nobody. Cars meet by
their plates, since nobody knows more of the other car.
"""

from __future__ import annotations

from claims.loss_report import LossReport
from claims.motor_policy import MotorPolicy
from claims.payment.companies import is_company
from claims.payment.payees import Payee, plain_account
from claims.risk.links import ClaimLinks, LinkKeys, LinkKind


def links_of(
    keys: LinkKeys, claim: str, report: LossReport, policy: MotorPolicy, payee: Payee | None = None
) -> ClaimLinks:
    """Return the links of a claim by what was reported, its policy, and the payee where one is named."""
    insured = _link(keys, LinkKind.PERSON, policy.insured.id_number)
    phones = (_link(keys, LinkKind.PHONE, one) for one in (report.phone, policy.insured.phone))
    other = _link(keys, LinkKind.CAR, report.other_plate)
    account = None if payee is None else _link(keys, LinkKind.ACCOUNT, plain_account(payee.account))
    in_trade = payee is not None and is_company(payee.id_number)
    return ClaimLinks(
        claim=claim,
        occurred_at=report.occurred_at,
        insured=insured,
        driver=insured if is_insured(policy, report.driver) else None,
        car=_link(keys, LinkKind.CAR, policy.car.plate),
        plate=_link(keys, LinkKind.PLATE, policy.car.plate),
        other_cars=frozenset() if other is None else frozenset({other}),
        phones=frozenset(one for one in phones if one is not None),
        account=None if in_trade else account,
        company_account=account if in_trade else None,
        story=_link(keys, LinkKind.STORY, report.what),
    )


def is_insured(policy: MotorPolicy, name: str) -> bool:
    """Tell whether a name is that of the insured, but for spaces."""
    return "".join(name.split()) == "".join(policy.insured.name.split())


def _link(keys: LinkKeys, kind: LinkKind, value: str | None) -> int | None:
    """Return the link of a value; None where there is none, or it has neither letters nor digits."""
    if value is None or not any(one.isalnum() for one in value):
        return None
    return keys.key(kind, value)
