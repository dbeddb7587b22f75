"""An insurer of cars whose customers come by phone, served in this process; a test does the worker's tasks itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from claims.selfservice.entering import Entrances
from claims.selfservice.inviting import Inviting
from esign.process import web_application
from tests.claims_shell import ClaimsHouse, claims_house


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


class _Served:
    """The pages, which are made once their address is known."""

    pages: Callable[..., Iterable[bytes]]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.pages(environ, start_response)


@dataclass
class ClaimsPhoneSite:
    """The insurer at an address."""

    url: str
    claims: ClaimsHouse

    def send_codes(self) -> None:
        """Send the codes that were asked for, as the worker does each second."""
        Entrances(self.claims.office).send_codes()

    def link(self, claim: str) -> str:
        """Return the address that the customer of a claim is sent."""
        with self.claims.house.database.transaction() as session:
            person = Inviting(self.claims.office).customer(session, claim)
        return f"{self.url}/r/claims/{self.claims.office.house.links.link(claim, person)}"


@contextmanager
def claims_phone_site(folder: Path) -> Iterator[ClaimsPhoneSite]:
    """Serve it."""
    folder.mkdir(parents=True, exist_ok=True)
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    with claims_house(folder, ESIGN_PUBLIC_URL=url) as opened:
        served.pages = web_application(opened.house.process)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield ClaimsPhoneSite(url, opened)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
