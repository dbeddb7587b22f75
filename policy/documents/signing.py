"""The documents that are signed: 投保提示书, 产品说明书, 条款, 投保单, 健康告知, 授权书, and the signing page."""

from __future__ import annotations

from typing import Any

from esign.public.typesetting import Typeface
from policy.documents.filling import shared_data
from policy.documents.places import ANCHORS, SEAL_HEIGHT, anchor_drop, box_height, signing_roles
from policy.documents.typesetting import document_pdf
from policy.documents.values import Application
from policy.documents.words import inverse_words, masked_id, relation_words
from policy.domain.values import Signer
from policy.proposal import Party, Proposal
from policy.proposing.signers import signers_of

_ROOM = 560.0
"""What the signing page has for the places of signatures, in points."""
_STATEMENT = 34.0
_MOST_FACTS, _FEWEST_FACTS = 4, 3
_PROVEN = ("签署时间", "以可信时间戳为准")
_CHECKED = ("核验", "任一支持 PDF 签名的软件")


def signing_documents(application: Application, typeface: Typeface) -> bytes:
    """Return one PDF that the customer reads and signs; the places are those of `signing_places(signing_roles(...))`.

    On its last page the insured, or who signs for them, acknowledges the sum in digits and in capitals (保险法 34);
    exclusions are set in bold in boxes of their own (保险法 17). Raises `EsignError`: `document-characters-missing`,
    `document-not-set`.
    """
    proposal = application.proposal
    data = shared_data(
        application,
        title=f"{application.product.name.zh}投保文件",
        label="投保单号",
        number=application.number,
        day=proposal.applied_on,
    )
    data["signing"] = _signing(application, data)
    return document_pdf("signing.typ", data, typeface, day=proposal.applied_on)


def _signing(application: Application, data: dict[str, Any]) -> dict[str, Any]:
    roles = signing_roles(application.proposal, agent_signs=application.agent_signs)
    height = box_height(roles)
    facts = _MOST_FACTS if height >= SEAL_HEIGHT else _FEWEST_FACTS
    return {
        "height": height,
        "drop": anchor_drop(height),
        "above": min(18.0, _ROOM / len(roles) - height - _STATEMENT),
        "places": [
            {
                "anchor": ANCHORS[role],
                "statement": _statement(role, application.proposal),
                "facts": _facts(role, application, data)[:facts],
            }
            for role in roles
        ],
    }


def _statement(role: str, proposal: Proposal) -> str:
    """Return which statement stands at a place: who signs once signs for every part they have."""
    if role == "applicant" and signers_of(proposal) == (Signer.APPLICANT,):
        return "applicant-insured" if proposal.guardian is None else "applicant-guardian"
    return role


def _facts(role: str, application: Application, data: dict[str, Any]) -> list[tuple[str, str]]:
    proposal = application.proposal
    if role == "seal":
        return [
            ("保险人", data["insurer"]["name"]),
            ("投保单号", application.number),
            ("核验", "任一支持 PDF 签名的软件"),
        ]
    if role == "agent":
        sales = proposal.sales
        return [("姓名", sales.name), ("执业编号", sales.licence), _PROVEN]
    if role == "guardian" and proposal.guardian is not None:
        guardian = proposal.guardian
        relation = relation_words(guardian.is_insureds, guardian.party.gender)
        return [*_identity(guardian.party), ("关系", f"被保险人的{relation}"), _PROVEN]
    if role == "insured":
        relation = inverse_words(proposal.applicant_is, proposal.insured.gender)
        return [*_identity(proposal.insured), ("关系", f"投保人的{relation}"), _PROVEN]
    return [*_identity(proposal.applicant), ("申请日", data["applied_on"]), _PROVEN]


def _identity(party: Party) -> list[tuple[str, str]]:
    return [("姓名", party.name), ("证件号码", masked_id(party.id_number))]
