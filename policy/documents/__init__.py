"""What people sign and what is issued: Chinese documents as PDF, set from values by typst."""

from __future__ import annotations

from policy.documents.contract import contract_receipt, policy_contract
from policy.documents.endorsements import endorsement
from policy.documents.requests import request_roles, service_request
from policy.documents.signing import signing_documents

__all__ = [
    "contract_receipt",
    "endorsement",
    "policy_contract",
    "request_roles",
    "service_request",
    "signing_documents",
]
