"""A bank's statement as ISO 20022 BankToCustomerStatementV08 (`camt.053.001.08`), read into the same `Statement`.

No package that we depend on has its schema, so what is used is checked here, and nothing else is looked at: one
statement in yuan, its booked entries, and of each transaction the bank's number (`AcctSvcrRef`), our reference
(`EndToEndId`), amount and direction. A batch booked as one entry is its transactions. What is only expected
(`PDNG`, `FUTR`, `INFO`) is passed over until it is booked, and so is money that came in and is no return: it is no
payment of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from claims.domain.values import INSURERS_ZONE
from claims.errors import StatementRefused
from claims.payment.statement import (
    BYTES_AT_MOST,
    ENTRIES_AT_MOST,
    FEN_AT_MOST,
    PAYMENT_ID,
    Covers,
    Entry,
    EntryKind,
    Statement,
)

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CURRENCY: Final = "CNY"
REFERENCE_AT_MOST: Final = 35
_NS: Final = {"c": NAMESPACE}
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,34}", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,5})?", re.ASCII)
_TRUE: Final = frozenset({"true", "1"})
_STATES: Final = frozenset({"BOOK", "PDNG", "FUTR", "INFO"})


def is_xml(data: bytes) -> bool:
    """Tell whether a file is XML at all, and so to be read here."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_camt053(data: bytes) -> Statement:
    """Return what a file says.

    Raises `StatementRefused` (`bank-statement`) for one that is too large, declares a document type, is of another
    message or currency, has more than one statement, or lacks what we go by; what stands in it is not repeated.
    """
    if len(data) > BYTES_AT_MOST:
        raise _refused(f"it is larger than {BYTES_AT_MOST:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _refused("it is no whole XML") from None
    if root.getroottree().docinfo.doctype:
        raise _refused("it declares a document type")
    if root.tag != f"{{{NAMESPACE}}}Document":
        raise _refused("it is no camt.053.001.08")
    statements = root.findall("c:BkToCstmrStmt/c:Stmt", _NS)
    if len(statements) != 1:
        raise _refused("it has more or fewer than one statement")
    return _statement(statements[0])


def _statement(statement: Any) -> Statement:
    booked = statement.findall("c:Ntry", _NS)
    counted = _text(statement, "c:TxsSummry/c:TtlNtries/c:NbOfNtries")
    if counted is not None and counted != str(len(booked)):
        raise _refused("it has not as many entries as it says")
    entries: list[Entry] = []
    for one in booked:
        entries.extend(_entries(one))
        if len(entries) > ENTRIES_AT_MOST:
            raise _refused(f"it has more than {ENTRIES_AT_MOST:,} entries")
    if len({one.entry for one in entries}) < len(entries):
        raise _refused("an entry is there twice")
    return Statement(_number(statement, "c:Id"), tuple(entries), _covers(statement))


def _covers(statement: Any) -> Covers | None:
    """Return the time that the statement covers; moments without an offset are of the insurer's zone."""
    since, until = (_text(statement, f"c:FrToDt/c:{name}") for name in ("FrDtTm", "ToDtTm"))
    if since is None or until is None:
        return None
    try:
        found = Covers(_moment(since), _moment(until))
    except (ValueError, OverflowError):
        raise _refused("it does not say clearly which time it covers") from None
    if found.since >= found.until:
        raise _refused("it ends before it begins")
    return found


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return (moment.replace(tzinfo=INSURERS_ZONE) if moment.tzinfo is None else moment).astimezone(UTC)


def _entries(booked: Any) -> Iterator[Entry]:
    """Yield the transactions of an entry, or the entry itself where the bank tells none."""
    state = _text(booked, "c:Sts/c:Cd")
    if state not in _STATES:
        raise _refused("an entry does not say whether it is booked")
    if state != "BOOK":
        return
    whole, parts = _fen(booked), booked.findall("c:NtryDtls/c:TxDtls", _NS)
    single = len(parts) <= 1
    amounts = [_fen(one) if one.find("c:Amt", _NS) is not None or not single else whole for one in parts] or [whole]
    if sum(amounts) != whole:
        raise _refused("the transactions of an entry do not add up to it")
    for fen, one in zip(amounts, parts or [booked], strict=True):
        reference = (_text(one, "c:Refs/c:EndToEndId") or "")[:REFERENCE_AT_MOST]
        kind = _kind(booked, one, reference)
        if kind is None:
            continue
        told = one.find("c:Refs/c:AcctSvcrRef", _NS) is not None
        number = _number(one, "c:Refs/c:AcctSvcrRef") if told or not single else _number(booked, "c:AcctSvcrRef")
        yield Entry(number, kind, reference, fen)


def _kind(booked: Any, transaction: Any, reference: str) -> EntryKind | None:
    """Return what moved; None for money that came in and returns nothing. The direction of the money decides."""
    way = _text(transaction, "c:CdtDbtInd") or _text(booked, "c:CdtDbtInd")
    if way == "DBIT":
        return EntryKind.PAID
    if way != "CRDT":
        raise _refused("an entry does not say whether money came or went")
    returns = transaction.find("c:RtrInf", _NS) is not None or _text(booked, "c:RvslInd") in _TRUE
    return EntryKind.RETURNED if returns or PAYMENT_ID.fullmatch(reference) else None


def _fen(element: Any) -> int:
    amount = element.find("c:Amt", _NS)
    written = "" if amount is None else (amount.text or "").strip()
    if amount is None or amount.get("Ccy") != CURRENCY or not _AMOUNT.fullmatch(written):
        raise _refused("an entry has no amount in yuan")
    fen = Decimal(written) * 100
    if fen != int(fen) or not 0 < fen <= FEN_AT_MOST:
        raise _refused("an entry has an amount that is none of whole fen")
    return int(fen)


def _number(element: Any, path: str) -> str:
    found = _text(element, path)
    if found is None or not _NUMBER.fullmatch(found):
        raise _refused("the statement, or an entry, has no number of the bank's that we can keep")
    return found


def _text(element: Any, path: str) -> str | None:
    """Return the text at a path, None where there is none; a thing that is there twice is refused."""
    found = element.findall(path, _NS)
    if len(found) > 1:
        raise _refused("something is told twice of one entry")
    return (found[0].text or "").strip() if found else None


def _refused(cause: str) -> StatementRefused:
    return StatementRefused("bank-statement", f"the bank's statement cannot be read: {cause}", "fetch the file anew")
