"""Payment files for a bank: ISO 20022 CustomerCreditTransferInitiationV09 (`pain.001.001.09`).

One group of credit transfers in yuan from one account of the insurer. What is written is checked against the schema
before it is handed out: a file that the bank would not take is refused here. The same payments make the same bytes.
The schema is read from the package sepaxml, and only with the digest that is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from lxml import etree

from claims.errors import ClaimDataBroken, PaymentFileRefused
from claims.payment.payees import plain_account
from claims.payment.port import PaymentOrder

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
SCHEMA: Final = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
"""The schema that ISO 20022 publishes, as the installed package has it; nothing else of that package is used."""
SCHEMA_DIGEST: Final = "de038b373e47b0077b1832ddd81f4b2f1eb25d35721f62da1e38b7f5a09fda24"
"""The SHA-256 of the schema that we have read: another release of the package may not change what is valid."""
CURRENCY: Final = "CNY"
CLEARING: Final = "CNAPS"
"""China's clearing system in ISO 20022's external code list: banks are named by their twelve digits in it."""
PAYMENTS_AT_MOST: Final = 10_000


@dataclass(frozen=True)
class Debtor:
    """The insurer's account that pays."""

    name: str
    bank_code: str
    account: str = field(repr=False)


def payment_file(id: str, debtor: Debtor, orders: Sequence[PaymentOrder], *, made_at: datetime, pay_on: date) -> bytes:
    """Return the file, in UTF-8. `id` names it for the bank, up to 35 characters, once for ever.

    Raises `PaymentFileRefused` (`payment-file`) for what the schema does not take, and for a payment that is there
    twice: `EndToEndId` is our payment's id, by which the bank's statement names it.
    """
    if not 0 < len(orders) <= PAYMENTS_AT_MOST or len({one.payment for one in orders}) < len(orders):
        raise _refused(f"a file has 1 to {PAYMENTS_AT_MOST} payments, each once")
    if any(one.fen <= 0 for one in orders):
        raise _refused("an amount is not above zero")
    total = _yuan(sum(one.fen for one in orders))
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    initiation = _add(document, "CstmrCdtTrfInitn")
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", id)
    _add(header, "CreDtTm", made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(header, "NbOfTxs", str(len(orders)))
    _add(header, "CtrlSum", total)
    _add(_add(header, "InitgPty"), "Nm", debtor.name)
    group = _add(initiation, "PmtInf")
    _add(group, "PmtInfId", id)
    _add(group, "PmtMtd", "TRF")
    _add(group, "BtchBookg", "false")  # each claim is a line of its own in the statement
    _add(group, "NbOfTxs", str(len(orders)))
    _add(group, "CtrlSum", total)
    _add(_add(group, "ReqdExctnDt"), "Dt", pay_on.isoformat())
    _add(_add(group, "Dbtr"), "Nm", debtor.name)
    _account(group, "DbtrAcct", debtor.account)
    _agent(group, "DbtrAgt", debtor.bank_code)
    for order in orders:
        _transfer(group, order)
    return _valid(document)


def _transfer(group: etree._Element, order: PaymentOrder) -> None:
    transfer = _add(group, "CdtTrfTxInf")
    names = _add(transfer, "PmtId")
    _add(names, "InstrId", order.payment)
    _add(names, "EndToEndId", order.payment)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", _yuan(order.fen))
    amount.set("Ccy", CURRENCY)
    _agent(transfer, "CdtrAgt", order.bank_code)
    _add(_add(transfer, "Cdtr"), "Nm", order.name)
    _account(transfer, "CdtrAcct", order.account)


def _account(parent: etree._Element, name: str, account: str) -> None:
    _add(_add(_add(_add(parent, name), "Id"), "Othr"), "Id", plain_account(account))


def _agent(parent: etree._Element, name: str, bank_code: str) -> None:
    member = _add(_add(_add(parent, name), "FinInstnId"), "ClrSysMmbId")
    _add(_add(member, "ClrSysId"), "Cd", CLEARING)
    _add(member, "MmbId", bank_code)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    try:
        child.text = text
    except ValueError as error:  # a control character, which XML cannot hold
        raise _refused(f"{name} has a character that XML cannot hold") from error
    return child


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _valid(document: etree._Element) -> bytes:
    schema = _schema()
    if not schema.validate(document):
        where = {str(one.path).rpartition(":")[2].partition("[")[0] for one in schema.error_log}
        # The value is not repeated: it may be a name or an account.
        raise _refused(f"the schema does not take what stands in {', '.join(sorted(where))}")
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8"))


@cache
def _schema() -> etree.XMLSchema:
    return read_schema(SCHEMA.read_bytes())


def read_schema(data: bytes) -> etree.XMLSchema:
    """Return the schema. Raises `ClaimDataBroken` (`payment-schema`) for one that is not the one we have read."""
    if sha256(data).hexdigest() != SCHEMA_DIGEST:
        raise ClaimDataBroken(
            "payment-schema",
            "the schema of payment files is not the one that is known here",
            "install sepaxml in the version that requirements.txt names",
        )
    return etree.XMLSchema(etree.fromstring(data))


def _refused(cause: str) -> PaymentFileRefused:
    return PaymentFileRefused("payment-file", cause, "correct the payee of that payment, and write the file again")
