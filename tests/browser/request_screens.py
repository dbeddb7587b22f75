"""Pictures of service requests: the form of each kind, one request on its way and at its end, what operations see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from demo.phones import Phone
from esign.process import web_application
from esign.public.rooms import Rooms
from esign.staff.domain.roles import Role
from esign.web.forgery import Forms
from policy.bank.books import BookedBank
from policy.domain.request_events import RequestKind
from policy.requests.sending import RequestSending
from policy.room import ROOM
from policy.wish import Wish
from tests.browser.camera import Camera
from tests.browser.console_site import Quiet
from tests.policy_shell import PolicyHouse
from tests.proposals import proposal_body, signer
from tests.rooms import room_house
from tests.unit.policy.requests.served import CONTACT, HEIRS, Served
from tests.unit.staff.staff_office import PASSWORD
from tests.unit.web.console_room import ConsoleRoom, console_over

SELLER, OPERATIONS = "zhou.ming", "tang.yi"


@dataclass
class RequestSite:
    """The console at an address, and policies of 周明: one that was sold, one that is new, one past its hesitation
    period; and requests by what they show."""

    url: str
    console: ConsoleRoom
    sold: str
    fresh: str
    mature: str
    requests: dict[str, str]

    def log_in(self, one: Phone, login: str) -> None:
        one.open(f"{self.url}/console/login")
        one.page.fill("#login", login)
        one.page.fill("#password", PASSWORD.reveal())
        one.page.locator("main form button.primary").click()
        one.page.wait_for_url(f"{self.url}/console")


@dataclass
class RequestAlbum:
    """Service requests in one language at one width."""

    site: RequestSite
    camera: Camera

    def take(self) -> None:
        self._seller()
        self._operations()

    def _seller(self) -> None:
        one = self.camera.phone()
        look = self.camera.look(one)
        self.site.log_in(one, SELLER)
        home = f"{self.site.url}/console/policy/proposals/{self.site.fresh}/requests"
        for kind in RequestKind:
            one.open(f"{home}/{kind.value}")
            look(f"policy-request-{kind.value}", full=True)
        mature = f"{self.site.url}/console/policy/proposals/{self.site.mature}/requests/{RequestKind.SURRENDER.value}"
        one.open(mature)
        look("policy-request-loss", full=True)
        one.open(f"{home}/beneficiary")
        one.page.fill("input[name='beneficiaries[0].share']", "60")
        one.page.locator("main form .btn.primary").click()
        one.page.wait_for_load_state()
        look("policy-request-wrong", full=True)
        one.open(f"{self.site.url}/console/policy/proposals/{self.site.sold}")
        look("policy-request-of-policy", full=True)
        for name, request in self.site.requests.items():
            one.open(f"{self.site.url}/console/policy/requests/{request}")
            look(f"policy-request-seen-{name}", full=True)
        one.close()

    def _operations(self) -> None:
        one = self.camera.phone()
        look = self.camera.look(one)
        self.site.log_in(one, OPERATIONS)
        one.open(f"{self.site.url}/console/policy/requests")
        look("policy-requests", full=True)
        one.open(f"{self.site.url}/console/policy/requests/{self.site.requests['sent']}")
        look("policy-request-for-operations", full=True)
        one.close()


class _Served:
    """What is served at the address, once it is known: the console, and style and modules beside it."""

    console: Any = None
    rest: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        is_console = str(environ["PATH_INFO"]).split("/", 2)[1] == "console"
        return (self.console if is_console else self.rest)(environ, start_response)


@contextmanager
def request_site(folder: Path) -> Iterator[RequestSite]:
    """Serve the console of an insurer whose customers ask for changes."""
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    with room_house(folder, Rooms((ROOM,))) as house:
        parts = [part.console for part in house.process.parts if part.console is not None]
        service, codes = house.process.service, house.process.rooms.codes
        console = console_over(service, parts, codes=codes)
        institution = console.begin()
        console.member(SELLER, Role.SALES, institution=institution, name="周明")
        console.member(OPERATIONS, Role.OPERATIONS, institution=institution, name="唐仪")
        browsed = console_over(service, parts, codes=codes, public_url=url, forms=Forms(service.ports.keys, url))
        served.console, served.rest = browsed.console, web_application(house.process)
        sales = {"id": console.id_of(SELLER), "institution": institution}
        room = Served(PolicyHouse(house, BookedBank(house.database), sales))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield _sown(RequestSite(url, browsed, "", "", "", {}), room)
        finally:
            server.shutdown()
            thread.join()


def _sown(site: RequestSite, room: Served) -> RequestSite:
    made = room.call("POST", "/v1/proposals", json={**_body(room), "send": True}).get_json()
    for place, part in enumerate(("applicant", "insured")):
        room.sign(made["envelope"], place, signer(part))
    site.sold, site.fresh = made["id"], room.policy()
    site.mature = room.policy(room.client(), received=True)
    room.wait(site.mature, 16)
    sending = RequestSending(room.register)
    done = room.enter(site.sold, CONTACT)
    room.sign(sending.send(done, actor="tests"), 0, signer("applicant"))
    sent = room.enter(site.sold, Wish(RequestKind.BENEFICIARY, beneficiaries=HEIRS))
    sending.send(sent, actor="tests")
    entered = room.enter(site.sold, Wish(RequestKind.CANCELLATION))
    refused = room.enter(room.policy(), CONTACT)
    room.register.refuse(refused, "identity-in-doubt", actor="tests")
    late, ending = room.policy(), Wish(RequestKind.CANCELLATION)
    failed, over = room.enter(late, CONTACT), room.enter(late, ending)
    for request in (failed, over):
        room.sign_on_paper(request)
    room.doing.do(over)  # so that the other one cannot be done any more
    site.requests = {"done": done, "sent": sent, "entered": entered, "refused": refused}
    return site


def _body(room: Served) -> dict[str, Any]:
    return proposal_body(room.room.sales, external_id=None)
