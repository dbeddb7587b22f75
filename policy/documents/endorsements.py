"""Endorsements (批单): what a signed request changed, sealed by the insurer and part of the contract (保险法 41)."""

from __future__ import annotations

from typing import Any

from esign.public.typesetting import Typeface, code39_widths
from policy.documents.contract import moment_words
from policy.documents.filling import insurer_data
from policy.documents.requests import change_data, contract_data
from policy.documents.typesetting import document_pdf
from policy.documents.values import AddressChange, BeneficiaryChange, Change, Endorsement
from policy.documents.words import day_words

_TITLES: dict[type[object], str] = {BeneficiaryChange: "受益人变更批单", AddressChange: "联系方式变更批单"}


def endorsement(given: Endorsement, typeface: Typeface) -> bytes:
    """Return the endorsement before the insurer's seal, which goes to `SEAL_PLACE`.

    Raises `EsignError`: `document-characters-missing`, `document-not-set`; `KeyError` for a request that ends the
    contract, of which there is none.
    """
    request, day = given.request, given.issued_on
    policy, title = request.policy, _TITLES[type(request.change)]
    data: dict[str, Any] = {
        "title": title,
        "number": {"label": "批单号", "value": given.number},
        "barcode": code39_widths(given.number),
        "foot": f"条款编号 {policy.filing}",
        "date": [day.year, day.month, day.day],
        "insurer": insurer_data(policy.insurer, policy.company),
        "product": {"name": policy.product, "terms_code": policy.filing},
        "contract": contract_data(policy),
        "endorsed": {
            "issued_on": day_words(day),
            "request": request.number,
            "asked_on": day_words(request.asked_on),
            "asked_by": _asked_by(request.change),
            "signed_digest": given.signed_sha256,
            "signatures": [
                {"role": one.role, "name": one.name, "at": moment_words(one.at)} for one in given.signatures
            ],
            **change_data(request.change),
        },
    }
    return document_pdf("endorsement.typ", data, typeface, day=day)


def _asked_by(change: Change) -> str:
    if not isinstance(change, BeneficiaryChange):
        return "经投保人申请"
    if change.guardian is not None:
        return "经投保人申请，并经被保险人的监护人代为同意"
    return "经投保人申请，并经被保险人同意" if change.insured_signs else "经投保人（即被保险人）申请"
