"""A bank's statement as camt.053.001.08: money that went or came back is read, what does not add up is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claims.errors import StatementRefused
from claims.payment.camt053 import NAMESPACE, is_xml, read_camt053
from claims.payment.statement import BYTES_AT_MOST, Covers, Entry, EntryKind

PAID, BACK = EntryKind.PAID, EntryKind.RETURNED
BOOKED = "<Sts><Cd>BOOK</Cd></Sts>"


def detail(reference: str, yuan: str = "", number: str = "", more: str = "") -> str:
    refs = (f"<AcctSvcrRef>{number}</AcctSvcrRef>" if number else "") + f"<EndToEndId>{reference}</EndToEndId>"
    amount = f'<Amt Ccy="CNY">{yuan}</Amt>' if yuan else ""
    return f"<TxDtls><Refs>{refs}</Refs>{amount}{more}</TxDtls>"


def entry(details: str, yuan: str = "390.00", way: str = "DBIT", more: str = BOOKED, number: str = "B1") -> str:
    known = f"<AcctSvcrRef>{number}</AcctSvcrRef>" if number else ""
    amount = f'<Amt Ccy="CNY">{yuan}</Amt><CdtDbtInd>{way}</CdtDbtInd>'
    return f"<Ntry>{amount}{more}{known}<NtryDtls>{details}</NtryDtls></Ntry>"


def file(*entries: str, head: str = "", before: str = "", id_: str = "ST-20261127") -> bytes:
    told = f"<Stmt><Id>{id_}</Id>{head}{''.join(entries)}</Stmt>"
    header = "<GrpHdr><MsgId>M1</MsgId></GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>{header}{told}</BkToCstmrStmt></Document>'
    ).encode()


def test_money_that_went_and_money_that_came_back_are_entries_with_the_banks_numbers() -> None:
    back = entry(detail("pay_2", more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"), way="CRDT", number="B2")
    statement = read_camt053(file(entry(detail("pay_1")), back))
    assert statement.id == "ST-20261127"
    assert statement.entries == (Entry("B1", PAID, "pay_1", 39_000), Entry("B2", BACK, "pay_2", 39_000))


def test_a_batch_is_its_transactions() -> None:
    both = detail("pay_1", "100.50", "T1") + detail("pay_2", "289.5", "T2")
    assert read_camt053(file(entry(both))).entries == (
        Entry("T1", PAID, "pay_1", 10_050),
        Entry("T2", PAID, "pay_2", 28_950),
    )


def test_a_reversed_payment_came_back_and_other_money_that_came_in_is_no_payment() -> None:
    reversed_ = entry(detail("NOTPROVIDED"), way="CRDT", more=f"<RvslInd>true</RvslInd>{BOOKED}", number="B1")
    unsaid = entry(detail("pay_3"), way="CRDT", number="B2")
    premium = entry(detail("PREMIUM-77"), way="CRDT", number="B3")
    found = read_camt053(file(reversed_, unsaid, premium)).entries
    assert [(one.entry, one.kind) for one in found] == [("B1", BACK), ("B2", BACK)]


def test_the_time_that_it_covers_is_beijings_where_it_does_not_say() -> None:
    head = "<FrToDt><FrDtTm>2026-11-27T00:00:00</FrDtTm><ToDtTm>2026-11-27T16:00:00Z</ToDtTm></FrToDt>"
    covers = read_camt053(file(head=head)).covers
    assert covers == Covers(datetime(2026, 11, 26, 16, tzinfo=UTC), datetime(2026, 11, 27, 16, tzinfo=UTC))
    assert read_camt053(file()).covers is None


def test_what_is_not_booked_yet_is_passed_over() -> None:
    assert read_camt053(file(entry(detail("pay_1"), more="<Sts><Cd>PDNG</Cd></Sts>"))).entries == ()


def test_an_entry_without_transactions_is_one_that_nobody_of_us_knows() -> None:
    (found,) = read_camt053(file(entry(""))).entries
    assert (found.reference, found.payment) == ("", None)


ENTITY = '<!DOCTYPE Document [<!ENTITY x "pay_1">]>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<" + b" " * BYTES_AT_MOST, "larger than"),
        (b"<Document>", "no whole XML"),
        (b"<Document/>", "no camt.053.001.08"),
        (file(entry(detail("pay_1"))).replace(b".001.08", b".001.02"), "no camt.053.001.08"),
        (file(entry(detail("&x;")), before=ENTITY), "document type"),
        (file().replace(b"</Stmt>", b"</Stmt><Stmt/>"), "one statement"),
        (file(entry(detail("pay_1")), id_="a b"), "no number"),
        (file(entry(detail("pay_1"), number="")), "no number"),
        (file(entry(detail("pay_1"), number="a/b")), "no number"),
        (file(entry(detail("pay_1")), entry(detail("pay_2"))), "there twice"),
        (file(entry(detail("pay_1"), yuan="1.234")), "whole fen"),
        (file(entry(detail("pay_1"), yuan="0.00")), "whole fen"),
        (file(entry(detail("pay_1"), yuan="1e5")), "amount in yuan"),
        (file(entry(detail("pay_1"))).replace(b'"CNY"', b'"USD"'), "amount in yuan"),
        (file(entry(detail("pay_1", "1.00"))), "add up"),
        (file(entry(detail("pay_1", "390.00", "T1") + detail("pay_2", "", "T2"))), "amount in yuan"),
        (file(entry(detail("pay_1"), way="SIDE")), "came or went"),
        (file(entry(detail("pay_1"), more="")), "booked"),
        (file(entry(detail("pay_1"), more=BOOKED * 2)), "told twice"),
        (file(head="<FrToDt><FrDtTm>x</FrDtTm><ToDtTm>y</ToDtTm></FrToDt>"), "which time"),
        (
            file(head="<FrToDt><FrDtTm>2026-11-28T00:00:00</FrDtTm><ToDtTm>2026-11-27T00:00:00</ToDtTm></FrToDt>"),
            "before it begins",
        ),
        (
            file(
                entry(detail("pay_1")),
                head="<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>",
            ),
            "as many entries",
        ),
    ],
)
def test_what_cannot_be_relied_on_is_refused_without_repeating_it(data: bytes, said: str) -> None:
    with pytest.raises(StatementRefused, match=said) as refused:
        read_camt053(data)
    assert refused.value.code == "bank-statement"


def test_xml_is_told_from_the_simulated_banks_form() -> None:
    assert is_xml(b"\xef\xbb\xbf\n" + file()) and not is_xml(b'{"format": 1}')
