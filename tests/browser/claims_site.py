"""An insurer's claims staff, for browsers: claims in every step, late and in time, served in-process.

No worker runs while it is looked at; `work` does what a worker would. Whoever logs in moves the time at the desk on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from claims.domain import commands as c
from demo.phones import Phone
from esign.process import web_application
from esign.web.forgery import Forms
from tests.service import system_now
from tests.unit.claims.claims_office import HANDLER, ClaimsOffice, claims_office
from tests.unit.staff.staff_office import PASSWORD
from tests.unit.web.console_room import ConsoleRoom, console_over

LARGE: Final = {"estimate": "8600.00", "third_party": True}
HURT: Final = {"estimate": "2100.00", "injured": True}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


@dataclass
class ClaimsSite:
    """The staff at an address. `known` are claims by what they show."""

    url: str
    office: ClaimsOffice
    console: ConsoleRoom
    known: dict[str, str] = field(default_factory=dict)

    def log_in(self, phone: Phone, login: str) -> None:
        """Log somebody in as they do, with a code of their authenticator where they have one."""
        page, console = phone.page, self.console
        phone.open(f"{self.url}/console/login")
        page.fill("#login", login)
        page.fill("#password", PASSWORD.reveal())
        page.locator("main form button.primary").click()
        page.wait_for_load_state()
        if page.url.endswith("/login"):
            console.office.wait(minutes=1)  # a code counts once
            page.fill("#code", console.office.code(console.id_of(login)))
            page.locator("main form button.primary").click()
        page.wait_for_url(f"{self.url}/console")

    def work(self) -> None:
        """Do what a worker does: tasks, clocks, and telling people of them."""
        self.office.claims.house.work()
        self.office.claims.tracking.sweep()
        self.office.claims.house.work()


@contextmanager
def claims_site(folder: Path, *, sow: bool = True) -> Iterator[ClaimsSite]:
    """Serve the staff, with claims in every step unless nothing is sown."""
    folder.mkdir(parents=True, exist_ok=True)
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    with claims_office(folder, ESIGN_PUBLIC_URL=url) as opened:
        process = opened.claims.house.process
        parts = [part.console for part in process.parts if part.console is not None]
        forms = Forms(process.service.ports.keys, url)
        # As a browser comes to it: at another address than the tests that need none.
        console = console_over(process.service, parts, codes=process.rooms.codes, public_url=url, forms=forms)
        site = ClaimsSite(url, opened, console)
        served.console, served.pages = console.console, web_application(process)
        if sow:
            _sow(site)
        console.office.now, console.office.secrets = opened.console.office.now, opened.console.office.secrets
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Served:
    """The console at its path and everything else, as a process composes them."""

    console: Callable[..., Iterable[bytes]]
    pages: Callable[..., Iterable[bytes]]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_console = str(environ["PATH_INFO"]).split("/", 2)[1] == "console"
        return (self.console if is_console else self.pages)(environ, start_response)


def _sow(site: ClaimsSite) -> None:
    """Report losses over some hours, and bring each to another step."""
    office, known = site.office, site.known
    claims, handler = office.claims, office.id_of(HANDLER)

    def wait(**time: int) -> None:
        client = claims.state(next(iter(known.values()))).client or ""
        with claims.house.database.transaction() as session:
            claims.office.house.clocks.advance(session, client, timedelta(**time))

    def take(name: str) -> None:
        claims.give(known[name], lambda _state: c.Take(at=system_now(), by=handler))

    known["late"] = office.report(**LARGE)
    claims.advance(known["late"])
    claims.survey(known["late"])
    take("late")
    wait(hours=7)
    known["disputed"] = office.report()
    claims.to_offer(known["disputed"])
    take("disputed")
    claims.give(known["disputed"], lambda _state: c.Dispute(at=system_now(), dispute="dsp_1", reason="parts-too-cheap"))
    wait(hours=12, minutes=8)
    known["hurt"] = office.report(**HURT)
    claims.advance(known["hurt"])
    known["phone"] = office.report()
    claims.advance(known["phone"])
    wait(minutes=41)
    site.work()
    known["verify"] = office.report(**LARGE)
    claims.advance(known["verify"])
    claims.survey(known["verify"]).assess(known["verify"], (("front-left-door", 1), ("paint-panel", 1)))
    claims.advance(known["verify"])
    known["offered"] = office.report()
    claims.to_offer(known["offered"])
    known["paying"] = office.report()
    claims.to_offer(known["paying"]).agree(known["paying"])
    known["calling"] = office.report()
    claims.advance(known["calling"])
    take("calling")
    claims.give(known["calling"], lambda _state: c.AskCallBack(at=system_now(), callback="cbk_1"))
    wait(minutes=1)
    known["new"] = office.report()
    claims.advance(known["new"])
    wait(minutes=3)
    site.work()
    claims.give(known["new"], lambda _state: c.AskCallBack(at=system_now(), callback="cbk_1"))
