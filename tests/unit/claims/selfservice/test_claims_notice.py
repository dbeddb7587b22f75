"""A customer takes the sealed notice of a refusal away behind their own link, and nobody else does."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.refusing.notices import Notices
from tests.claims_shell import HANDLER, ClaimsHouse
from tests.service import system_now
from tests.unit.claims.selfservice.phone import Phone


@pytest.fixture(scope="module")
def refused(claims: ClaimsHouse) -> str:
    """A claim that a person refused, its notice out."""
    claim = claims.report()
    claims.advance(claim).give(claim, lambda _state: c.Take(at=system_now(), by=HANDLER))
    told = c.Refuse(at=system_now(), reasons=("no-licence",), words="wrd_refused_by_link", by=HANDLER)

    def refuse(session: Session, state: Claim) -> c.Command:
        at = claims.office.now(session, state)
        claims.office.house.records.keep(session, told.words, "claim-words", "驾驶证已过期。".encode(), at=at)
        return replace(told, at=at)

    claims.office.change(claim, refuse, actor="tests")
    return claim


def test_the_notice_is_behind_the_link_once_it_is_made(claims: ClaimsHouse, refused: str) -> None:
    phone = Phone(claims, "203.0.113.61")
    assert "正在制作" in phone.come_by(refused).text
    assert phone.open(f"{phone.at}/notice.pdf").mimetype == "text/html"  # the claim: there is none yet
    Notices(claims.office).make(refused)
    home = phone.at
    assert f"{home}/notice.pdf" in phone.open(home).text
    told = phone.open(f"{home}/notice.pdf")
    assert told.mimetype == "application/pdf" and told.headers["Cache-Control"] == "no-store"
    with pypdfium2.PdfDocument(told.data) as document:
        assert "驾驶证已过期" in document[0].get_textpage().get_text_range()
    stranger = Phone(claims, "203.0.113.62")
    assert stranger.open(f"{home}/notice.pdf").mimetype == "text/html"  # who says first who they are
    with claims.house.database.transaction() as session:
        notice = Notices(claims.office).newest(session, refused)
        assert notice is not None
        claims.office.house.records.erase(session, notice.record, at=system_now())
    gone = phone.open(f"{home}/notice.pdf")
    assert gone.status_code == 410 and "已经删除" in gone.text
