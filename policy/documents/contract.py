"""The contract as it is issued (保险合同): schedule, cash values, terms, what was applied for, service, receipt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from esign.public.typesetting import Typeface
from policy.documents.filling import cover_end, shared_data
from policy.documents.typesetting import document_pdf
from policy.documents.values import Application, Issue
from policy.documents.words import day_words
from policy.proposal import Frequency, Payment

_CHINA = ZoneInfo("Asia/Shanghai")


def policy_contract(application: Application, issue: Issue, typeface: Typeface) -> bytes:
    """Return the contract before the insurer's seal, which goes to `SEAL_PLACE`; the receipt has `RECEIPT_PLACE`.

    Raises `EsignError`: `document-characters-missing`, `document-not-set`.
    """
    data = _issued_data(application, issue, f"{application.product.name.zh}保险合同")
    return document_pdf("contract.typ", {**data, "receipt": None}, typeface, day=issue.issued_on)


def contract_receipt(
    application: Application, issue: Issue, typeface: Typeface, *, sealed_sha256: str, pages: int
) -> bytes:
    """Return the receipt as a document of its own, to be signed by link: a sealed contract may not change any more.

    It names the sealed contract by its SHA-256 (64 hexadecimal digits) and its number of pages. The applicant signs at
    `RECEIPT_PLACE`. Raises `EsignError`: `document-characters-missing`, `document-not-set`.
    """
    data = _issued_data(application, issue, "保险合同签收回执")
    sealed = {"digest": sealed_sha256, "pages": pages}
    return document_pdf("receipt.typ", {**data, "receipt": sealed}, typeface, day=issue.issued_on)


def _issued_data(application: Application, issue: Issue, title: str) -> dict[str, Any]:
    proposal, product = application.proposal, application.product
    data = shared_data(application, title=title, label="合同号", number=issue.number, day=issue.issued_on)
    data["policy"] = {
        "issued_on": day_words(issue.issued_on),
        "effective_on": day_words(issue.effective_on),
        "paid_on": day_words(issue.paid_on),
        "period": _period(issue.effective_on, cover_end(product, proposal.insured.born)),
        "due": _due(proposal.payment, issue.effective_on),
        "agreements": list(issue.agreements),
        "underwritten": issue.underwritten,
        "signed_digest": issue.signed_sha256,
        "signatures": [{"role": one.role, "name": one.name, "at": moment_words(one.at)} for one in issue.signatures],
    }
    return data


def _period(start: date, end: date | None) -> str:
    return "终身" if end is None else f"至 {day_words(end)}二十四时"


def _due(payment: Payment, effective_on: date) -> str:
    if payment.frequency is Frequency.ONCE:
        return "已一次交清"
    last = effective_on.year + payment.years - 1
    return f"每年 {effective_on.month} 月 {effective_on.day} 日，至 {last} 年"


def moment_words(at: datetime) -> str:
    """`2026-11-27 12:00:00（北京时间）`."""
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M:%S}（北京时间）"
