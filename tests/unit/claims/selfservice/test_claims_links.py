"""Every page behind a link, by each kind of link, before anybody said who they are: none breaks, tells or does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from claims.domain import commands as c
from claims.domain.values import AskedShop
from claims.parts_supply.models import QuoteRow
from claims.selfservice.inviting import Inviting, visitor_of
from esign.public.people import Person, keep_person
from esign.public.rows import new_id
from esign.web.forgery import FIELD, Forms
from tests.claims_shell import HANDLER, ClaimsHouse
from tests.rooms import PUBLIC_URL
from tests.service import system_now
from tests.unit.web.page_room import SAME

LOOKED_AT: Final = ("", "/shots", "/shots/plate", "/pictures/pic_none", "/damage", "/offer")
SENT: Final = (
    *("/identify", "/enter", "/report", "/person", "/papers/identity-card", "/shots/plate", "/survey", "/damage"),
    *("/offer", "/agree", "/sign", "/object", "/withdraw", "/rate"),
)
OF_A_SHOP: Final = ("/quote", "/no-quote")


@dataclass(frozen=True)
class Opened:
    """A link, and the claim that it is about, or came of; None for an invitation that nobody used."""

    path: str
    claim: str | None


@pytest.fixture(scope="module")
def links(claims: ClaimsHouse) -> dict[str, Opened]:
    house, inviting, now = claims.office.house, Inviting(claims.office), system_now()
    claim, policy, quote = claims.report(), claims.register(), new_id("quo", now)
    claims.to_offer(claim)
    with house.database.transaction() as session:
        shop = keep_person(house.records, session, Person("望潮配件", "13900000001"), now=now)
        session.add(QuoteRow(id=quote, claim=claim, shop="shp_1", person=shop, over_at=None))
        insured = inviting.customer(session, claim)
        invitation = inviting.invite_to_report(session, policy)
        invited = visitor_of(session, invitation)
    assessment, asked = claims.state(claim).assessment, (AskedShop(quote, "shp_1"),)
    assert assessment is not None and invited is not None
    supply = {"supply": new_id("sup", now), "assessment": assessment.id, "shops": asked, "by": HANDLER}
    claims.give(claim, lambda _state: c.AskQuotes(at=now, **supply))  # type: ignore[arg-type]
    about = {"claim": (claim, insured), "invitation": (invitation, invited), "quote": (quote, shop)}
    return {
        kind: Opened(f"/r/claims/{house.links.link(*one)}", None if kind == "invitation" else claim)
        for kind, one in about.items()
    }


@pytest.mark.parametrize("kind", ["claim", "invitation", "quote"])
def test_nothing_is_told_or_done_behind_a_link_before_its_person_is_known(
    claims: ClaimsHouse, links: dict[str, Opened], kind: str
) -> None:
    opened, outside = links[kind], claims.house.outside
    forms = Forms(claims.house.process.service.ports.keys, PUBLIC_URL)
    token = forms.token(f"room claims {opened.path.rpartition('/')[2]}")
    before = [] if opened.claim is None else claims.house.events(opened.claim)
    sent = {FIELD: token, "stars": "1", "tail": "0000", "offer": "ofr_none"}
    asked = [("GET", path, None) for path in LOOKED_AT]
    asked += [("POST", path, sent) for path in (*SENT, *(() if kind == "quote" else OF_A_SHOP))]
    for method, path, data in asked:
        told = outside.open(f"{opened.path}{path}", method=method, base_url=PUBLIC_URL, data=data, headers=SAME)
        assert told.status_code < 500 and told.status_code != 404, (path, told.text)
        for secret in ("江一帆", "CX3301", "栖B"):
            assert secret not in told.text, path
    if opened.claim is not None:
        assert claims.house.events(opened.claim) == before
