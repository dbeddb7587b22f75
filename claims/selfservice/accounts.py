"""The account that is paid into, as the customer types it. Pure.

The payee is the insured, by the name and ID number of the policy, which nobody types; somebody else is named in full,
and a second person of ours approves them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from claims.motor_policy import MotorPolicy
from claims.payment.payees import Payee, plain_account
from claims.wording import Words

BANKS: Final[Mapping[str, Words]] = {
    "102100099996": Words("工商银行", "Industrial and Commercial Bank"),
    "103100000026": Words("农业银行", "Agricultural Bank"),
    "104100000004": Words("中国银行", "Bank of China"),
    "105100000017": Words("建设银行", "Construction Bank"),
    "301290000007": Words("交通银行", "Bank of Communications"),
    "403100000004": Words("邮政储蓄银行", "Postal Savings Bank"),
    "308584000013": Words("招商银行", "Merchants Bank"),
    "302100011000": Words("中信银行", "CITIC Bank"),
    "303100000006": Words("光大银行", "Everbright Bank"),
    "305100000013": Words("民生银行", "Minsheng Bank"),
    "307584007998": Words("平安银行", "Ping An Bank"),
}
"""Head offices by the twelve digits that payments name (CNAPS). Branches are entered by their own digits."""
FIELDS: Final = ("account", "bank", "branch", "whose", "name", "id_number")
_ACCOUNT: Final = re.compile(r"[0-9]{8,30}", re.ASCII)
_BANK: Final = re.compile(r"[0-9]{12}", re.ASCII)
WRONG: Final[Mapping[str, Words]] = {
    "account": Words("请核对银行账号：8 到 30 位数字。", "Check the account: 8 to 30 digits."),
    "bank": Words("请选开户银行，或者填 12 位联行号。", "Choose the bank, or enter its 12 digits."),
    "name": Words("请填收款人的姓名。", "Give the name of who is paid."),
    "id_number": Words("请填收款人的证件号码。", "Give the ID number of who is paid."),
}


@dataclass(frozen=True)
class Account:
    """What somebody typed; `payee` where all of it is good."""

    typed: Mapping[str, str] = field(repr=False)
    payee: Payee | None
    wrong: Mapping[str, Words]


def read_account(form: Mapping[str, str], policy: MotorPolicy) -> Account:
    """Return the account that a form names. A policy without an ID number of the insured asks for it."""
    typed = {name: form.get(name, "").strip()[:64] for name in FIELDS}
    insured, wrong = policy.insured, {}
    account, bank = plain_account(typed["account"]), typed["branch"] if typed["bank"] == "other" else typed["bank"]
    if not _ACCOUNT.fullmatch(account):
        wrong["account"] = WRONG["account"]
    if not _BANK.fullmatch(bank):
        wrong["bank"] = WRONG["bank"]
    own = typed["whose"] != "other"
    name = insured.name if own else typed["name"]
    id_number = insured.id_number if own and insured.id_number else typed["id_number"]
    if not name:
        wrong["name"] = WRONG["name"]
    if not id_number:
        wrong["id_number"] = WRONG["id_number"]
    payee = None if wrong else Payee(name, id_number or "", bank, account)
    return Account(typed, payee, wrong)


def tail_of(account: str) -> str:
    """Return the last four digits of an account, by which its owner knows it."""
    return plain_account(account)[-4:]
