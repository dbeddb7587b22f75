"""Requests about a contract that runs: beneficiary, address, surrender, cancellation in the hesitation period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from esign.public.typesetting import Typeface, code39_widths
from policy.documents.filling import amount_data, beneficiary_data, insurer_data
from policy.documents.places import ANCHORS, REQUEST_HEIGHT, anchor_drop
from policy.documents.typesetting import document_pdf
from policy.documents.values import (
    AddressChange,
    BeneficiaryChange,
    Cancellation,
    Change,
    PolicyFacts,
    ServiceRequest,
    Surrender,
)
from policy.documents.words import day_words, masked_account, masked_id, masked_phone

_TITLES: dict[type[Change], str] = {
    BeneficiaryChange: "受益人变更申请书",
    AddressChange: "联系方式变更申请书",
    Surrender: "解除保险合同申请书",
    Cancellation: "犹豫期内解除保险合同申请书",
}
_PROVEN = ("签署时间", "以可信时间戳为准")


def request_roles(change: Change) -> tuple[str, ...]:
    """Return who signs the request, in the order of the page; the insured agrees to other beneficiaries (保险法 41), or
    the guardian for them."""
    if not isinstance(change, BeneficiaryChange):
        return ("applicant",)
    if change.guardian is not None:
        return "applicant", "guardian"
    return ("applicant", "insured") if change.insured_signs else ("applicant",)


def service_request(request: ServiceRequest, typeface: Typeface) -> bytes:
    """Return the request as one PDF; the places are those of `request_places(request_roles(...))`.

    Raises `EsignError`: `document-characters-missing`, `document-not-set`.
    """
    policy, change, day = request.policy, request.change, request.asked_on
    title = _TITLES[type(change)]
    roles = request_roles(change)
    data: dict[str, Any] = {
        "title": title,
        "number": {"label": "申请书编号", "value": request.number},
        "barcode": code39_widths(request.number),
        "foot": f"条款编号 {policy.filing}",
        "date": [day.year, day.month, day.day],
        "insurer": insurer_data(policy.insurer, policy.company),
        "product": {"name": policy.product, "terms_code": policy.filing},
        "contract": contract_data(policy),
        "request": {"title": title, "asked_on": day_words(day), **change_data(change)},
        "signing": {
            "height": REQUEST_HEIGHT,
            "drop": anchor_drop(REQUEST_HEIGHT),
            "above": 14,
            "places": [_place(role, request) for role in (*roles, "seal")],
        },
    }
    return document_pdf("request.typ", data, typeface, day=day)


def contract_data(policy: PolicyFacts) -> dict[str, str]:
    """Return what is printed of the contract."""
    return {
        "number": policy.number,
        "product": policy.product,
        "applicant": policy.applicant,
        "applicant_id": masked_id(policy.applicant_id),
        "applicant_phone": masked_phone(policy.applicant_phone),
        "insured": policy.insured,
    }


def change_data(change: Change) -> dict[str, Any]:
    """Return what is printed of what changes."""
    match change:
        case BeneficiaryChange():
            return {
                "kind": "beneficiary",
                "before": [beneficiary_data(one) for one in change.before],
                "after": [beneficiary_data(one) for one in change.after],
            }
        case AddressChange():
            asked = (("通信地址", change.address), ("联系电话", change.phone), ("电子邮箱", change.email))
            return {"kind": "address", "changes": [[label, words] for label, words in asked if words is not None]}
        case Surrender():
            loss = change.premiums_paid - change.cash_value
            return {
                "kind": "surrender",
                "paid": amount_data(change.premiums_paid),
                "cash": amount_data(change.cash_value),
                "debts": amount_data(change.debts),
                "refund": amount_data(change.refund),
                "loses": loss > 0,
                "loss": amount_data(max(loss, Decimal(0))),
                "instead": "宽限期、减少保险金额等其他办法",
                "account": _account(change),
            }
        case Cancellation():
            return {
                "kind": "cancellation",
                "received_on": "尚未签收" if change.received_on is None else day_words(change.received_on),
                "last_day": "自签收次日起算" if change.last_day is None else day_words(change.last_day),
                "paid": amount_data(change.premiums_paid),
                "cost": amount_data(change.cost),
                "refund": amount_data(change.refund),
                "account": _account(change),
            }


def _account(change: Surrender | Cancellation) -> dict[str, str]:
    return {"bank": change.bank, "number": masked_account(change.account), "holder": change.holder}


def _place(role: str, request: ServiceRequest) -> dict[str, Any]:
    policy, change = request.policy, request.change
    if role == "seal":
        received, facts = "本公司已收到本申请书；签章之后，文件任何一页的改动均可被查出。", [("保险人", policy.company)]
        return {"anchor": ANCHORS[role], "statement": received, "facts": [*facts, ("签章时间", "以可信时间戳为准")]}
    if role == "insured":
        statement, name = "本人是被保险人，同意以上受益人及其份额。", policy.insured
    elif isinstance(change, BeneficiaryChange) and role == "guardian":
        statement, name = "本人是被保险人的监护人，代被保险人同意以上受益人及其份额。", change.guardian or ""
    else:
        statement, name = "本人是投保人，确认以上申请和声明。", policy.applicant
    return {"anchor": ANCHORS[role], "statement": statement, "facts": [("姓名", name), _PROVEN]}
