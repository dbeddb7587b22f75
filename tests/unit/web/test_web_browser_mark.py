"""The mark of a browser: given when somebody is identified, and what tells that two people used one."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.test import Client

from esign.api.link_limits import LinkLimits
from tests.service import YE, YU, short_request
from tests.unit.api.ceremony_room import Phone, api_of
from tests.unit.web.page_room import Pages, Visitor

MARK = "__Host-browser"


def test_looking_gives_no_mark_and_identifying_gives_one(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(short_request(contract, YU)))
    visitor.get(f"/s/{visitor.link}")
    assert visitor.client.get_cookie(MARK, domain="sign.example") is None
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    told = visitor.identify()
    cookie = next(one for one in told.headers.getlist("Set-Cookie") if one.startswith(MARK))
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie


def test_two_people_at_one_browser_are_told_of_and_the_mark_stays(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(short_request(contract, YU, YE))
    first = pages.visitor(envelope)
    first.enter()
    mark = first.client.get_cookie(MARK, domain="sign.example")
    second = replace(pages.visitor(envelope, 1, YE), client=first.client)
    second.enter()
    again = first.client.get_cookie(MARK, domain="sign.example")
    assert mark is not None
    assert again is not None
    assert again.value == mark.value  # it is kept anew, from a second later on
    assert [one.finding for one in pages.desk.envelope(envelope.id).signals] == ["shared-device"]
    assert "shared" not in second.get(second.home, follow_redirects=True).text  # whom it concerns is told nothing


def test_two_people_at_two_browsers_are_no_signal(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(short_request(contract, YU, YE))
    for number, person in enumerate((YU, YE)):
        pages.visitor(envelope, number, person).enter()
    assert pages.desk.envelope(envelope.id).signals == ()


def test_a_mark_that_somebody_made_up_is_not_taken(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(short_request(contract, YU))
    client = Client(pages.app)
    client.set_cookie(MARK, "x' OR 1=1", domain="sign.example", secure=True)
    visitor = Visitor(client, pages.desk.link(envelope, 0))
    visitor.enter()
    mark = client.get_cookie(MARK, domain="sign.example")
    assert mark is not None
    assert len(mark.value) == 32


def test_a_session_that_began_at_the_api_opens_no_page(pages: Pages, contract: bytes) -> None:
    """Whoever identifies by a program tells no browser; going on in one would hide whose it is."""
    envelope = pages.desk.create(short_request(contract, YU))
    phone = Phone(Client(api_of(pages.desk.service, links=LinkLimits())), pages.desk.link(envelope, 0), YU)
    phone.enter()
    for mark in (None, "m" * 32):
        visitor = pages.visitor(envelope)
        visitor.client.set_cookie(
            f"__Host-session-{visitor.recipient}", phone.token, domain="sign.example", secure=True
        )
        if mark is not None:
            visitor.client.set_cookie(MARK, mark, domain="sign.example", secure=True)
        told = visitor.get(visitor.home)
        assert told.status_code == 401
        assert visitor.get(f"/s/{visitor.link}").status_code == 200
    visitor.enter()
    assert visitor.stand() == "/pages/1"


def test_a_session_that_began_at_the_pages_goes_on_in_that_browser_alone(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(short_request(contract, YU)))
    visitor.enter()
    name = f"__Host-session-{visitor.recipient}"
    session = visitor.client.get_cookie(name, domain="sign.example")
    assert session is not None
    other = Visitor(Client(pages.app), visitor.link)
    other.client.set_cookie(name, session.value, domain="sign.example", secure=True)
    other.client.set_cookie(MARK, "m" * 32, domain="sign.example", secure=True)
    assert other.get(other.home).status_code == 401
    api = Client(api_of(pages.desk.service))
    for shown in (session.value, f"{session.value}.", f"{session.value}.{'A' * 27}"):
        told = api.get("/v1/ceremony", headers={"Authorization": f"Bearer {shown}"})
        assert told.status_code == 401
    assert visitor.stand() == "/pages/1"
