"""A print centre and its outlet at an address, for browsers; files are made when a test says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from werkzeug.serving import make_server

from delivery.room import ROOM
from esign.process import web_application
from tests.browser.policy_site import PolicySite, _console, _Quiet, _Served
from tests.print_shop import PrintShop, shop_over
from tests.unit.policy.insurer import insurer

PRINTER, CLERK = "wen.qing", "fang.he"
HERE: Final = "/console/delivery"


@dataclass
class PaperSite(PolicySite):
    """The site, and the shop behind it."""

    shop: PrintShop = None  # type: ignore[assignment]  # given by `paper_site`


@contextmanager
def paper_site(folder: Path) -> Iterator[PaperSite]:
    """Serve a print centre whose outlet sells through one salesperson."""
    folder.mkdir(parents=True, exist_ok=True)
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    with insurer(folder, ROOM, ESIGN_PUBLIC_URL=url) as opened:
        shop = shop_over(opened)
        site = PaperSite(url, opened, _console(opened, url), shop=shop)
        served.console, served.pages = site.console.console, web_application(opened.house.process)
        site.console.office.now, site.console.office.secrets = opened.console.office.now, opened.console.office.secrets
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
