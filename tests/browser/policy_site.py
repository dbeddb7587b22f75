"""An insurer that sells policies, for pictures of the room's pages: proposals in every state, served in-process.

No worker runs while it is looked at. Whoever logs in moves the time at the desk on.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.phones import Phone
from esign.process import web_application
from esign.public.figures import seconds_of
from esign.public.room import Room
from esign.staff.domain.roles import Role
from esign.web.forgery import Forms
from policy.figures.steps import STEPS, End
from policy.models import JourneyRow
from tests.service import system_now
from tests.unit.policy.insurer import Insurer, insurer
from tests.unit.staff.staff_office import OPERATOR, PASSWORD
from tests.unit.web.console_room import ConsoleRoom, console_over

SELLER, UNDERWRITER, OPERATIONS, BOTH = "zhou.ming", "he.yun", "tang.yi", "xu.an"
MANAGER, NEWCOMER = "shen.lan", "gao.yuan"
"""A manager of all sales, and one of a branch that sold nothing yet."""
SOLD: Final = 2600


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


@dataclass
class PolicySite:
    """The insurer at an address. `proposals` and `recordings` are known by what they show."""

    url: str
    insurer: Insurer
    console: ConsoleRoom
    proposals: dict[str, str] = field(default_factory=dict)
    recordings: dict[str, str] = field(default_factory=dict)

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


@contextmanager
def policy_site(folder: Path, *further: Room, sow: bool = True) -> Iterator[PolicySite]:
    """Serve an insurer with further rooms, whose proposals stand in every state unless nothing is sown."""
    folder.mkdir(parents=True, exist_ok=True)
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    with insurer(folder, *further, ESIGN_PUBLIC_URL=url) as opened:
        site = PolicySite(url, opened, _console(opened, url))
        served.console, served.pages = site.console.console, web_application(opened.house.process)
        if sow:
            _sow(site)
        site.console.office.now, site.console.office.secrets = opened.console.office.now, opened.console.office.secrets
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _console(opened: Insurer, url: str) -> ConsoleRoom:
    """Return the console as a browser comes to it: at another address than the tests that need none."""
    process = opened.house.process
    parts = [part.console for part in process.parts if part.console is not None]
    forms = Forms(process.service.ports.keys, url)
    return console_over(process.service, parts, codes=process.rooms.codes, public_url=url, forms=forms)


class _Served:
    """The console at its path and everything else, as a process composes them."""

    console: Callable[..., Iterable[bytes]]
    pages: Callable[..., Iterable[bytes]]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_console = str(environ["PATH_INFO"]).split("/", 2)[1] == "console"
        return (self.console if is_console else self.pages)(environ, start_response)


def _sow(site: PolicySite) -> None:
    house, found = site.insurer, site.proposals
    found["issued"] = house.sell()
    found["sent"] = str(house._enter(False, "5183", SELLER, 40)["id"])
    found["entered"] = str(house._enter(False, "5183", SELLER, 33, send=False)["id"])
    found["referred"] = house.sell(sick=True)
    found["own"] = house.sell_on_paper(sick=True, by=BOTH, age=41)
    found["failed-9001"] = house.sell(account="9001")
    for account in ("9002", "9006"):
        found[f"failed-{account}"] = house.sell_on_paper(account=account)
    for name, age, by in (("waiting", 64, SELLER), ("own", 63, BOTH), ("older", 65, SELLER)):
        found[f"recorded-{name}"] = house.sell_on_paper(age=age, by=by)
        told = house.record(found[f"recorded-{name}"], f"{age:02d}" * 32).get_json()
        site.recordings[name] = str(told["id"])
    found["unrecorded"] = house.sell(age=62)
    console, office = house.console, house.console.office
    console.member(MANAGER, Role.SUPERVISOR, institution=house.institution, name="沈岚")
    branches = [
        office.room.institutions.open(OPERATOR, name, house.institution, now=office.now)
        for name in ("杭州分公司", "宁波分公司", "栖川分公司")
    ]
    console.member(NEWCOMER, Role.SUPERVISOR, institution=branches[2], name="高远")
    house.work()
    _sell_a_year(site, [house.institution, *branches[:2]])


def _sell_a_year(site: PolicySite, institutions: list[str]) -> None:
    """Write down a year of invented sales, as the consumer of figures would: so many make charts worth a look."""
    chance, now = random.Random(11), seconds_of(system_now())  # noqa: S311  # the same year at each run
    with site.insurer.house.database.transaction() as session:
        session.execute(insert(JourneyRow), [_way(number, chance, now, institutions) for number in range(SOLD)])


def _way(number: int, chance: random.Random, now: int, institutions: list[str]) -> dict[str, object]:
    sent = now - int(chance.triangular(0, 320, 60) * 86_400)
    age = (now - sent) / 86_400
    outcome = chance.random()
    is_open = age < 6 and outcome > 0.35
    is_issued = not is_open and outcome < 0.82
    is_signed = is_issued or outcome > 0.93
    signed = sent + int(min(chance.lognormvariate(8.6, 1.5), age * 80_000)) if is_signed else None
    issued = signed + int(chance.lognormvariate(7.6, 1.1)) if is_issued and signed is not None else None
    came = chance.choices(STEPS[:6], (30, 22, 14, 18, 4, 6))[0]
    unsigned = chance.choices((End.EXPIRED, End.REFUSED, End.WITHDRAWN, End.VOIDED), (50, 24, 18, 8))[0]
    ending = None if is_issued or is_open else End.DECLINED if is_signed else unsigned
    in_person = chance.random() < 0.12 + 0.2 * age / 320
    return {
        "proposal": f"prp_invented{number}",
        "institution": chance.choices(institutions, (2, 5, 3))[0],
        "salesperson": "stf_invented",
        "product": chance.choices(("whole-life-suian", "term-life-anxing", "cancer-cover-yihe"), (5, 3, 2))[0],
        "channel": "console" if number % 4 else "platform",
        "holds_until": f"{system_now() - timedelta(days=age - 20):%Y-%m-%d}",
        "sent_at": sent,
        "signed_at": signed,
        "issued_at": issued,
        "latest_at": min(now, issued or signed or sent + 3600),
        "step": "issued" if is_issued else "signed" if is_signed else came.value,
        "ending": None if ending is None else ending.value,
        "delivery": None if not is_issued or age > 200 else "paper" if number % 13 == 0 else "electronic",
        "remote": 0 if signed is None else 2 - in_person,
        "assisted": int(signed is not None and number % 17 == 0),
        "in_person": int(signed is not None and in_person),
        "told": {},
    }
