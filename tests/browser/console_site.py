"""An insurer at work, for pictures of the console: a branch whose envelopes stand in every state, served in-process.

No worker runs, so that what waits goes on waiting while it is looked at. Whoever logs in moves the time at the desk on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from ca.authority import EmbeddedAuthority
from demo.phones import Phone
from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import (
    PhotoPlacement,
    RecipientRole,
)
from esign.ceremony.people import Person
from esign.ceremony.reactions import SIGN
from esign.completion.certifying import CERTIFY
from esign.desk.acts import VoidReason
from esign.infra.database import open_database
from esign.infra.metrics import Metrics
from esign.infra.models import Message
from esign.retention.room import retention_room, usual_choice
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.web.app import create_pages
from esign.web.forgery import Forms
from esign.web.page_services import page_services
from esign.webhooks.models import WebhookDelivery
from tests.authority import create_test_authority
from tests.databases import create_tables
from tests.documents import contract
from tests.service import ORGANISATION, YE, YU, system_now
from tests.unit.completion.completed import tended
from tests.unit.desk.branch_events import command, fail_seal, keep_trail, raise_signal, register_endpoint
from tests.unit.desk.desk_office import JIANG, Branch, open_branch
from tests.unit.staff.staff_office import OPERATOR, PASSWORD, Office, person
from tests.unit.web.console_room import console_over
from wsgi import find_typeface

FIRST: Final = "lin.qiushi"
"""The first administrator, of the head office, who also leads compliance."""
SELLER, LEAD, OPERATIONS, AUDITOR = "shen.zhiqiu", "zhou.minglan", "tao.ran", "he.jing"
COMPLIANCE, ELSEWHERE = "xu.wei", "gao.yuan"
HEAD, SECOND = "zhao.min", "wen.ruo"
"""Two officers of the whole insurer."""
LUO: Final = Person("罗一帆", "13800000011")
FANG: Final = Person("方木兰", "13800000012")
GU: Final = Person("顾知行", "13800000013")
KANG: Final = Person("康大海", "13800000014")
WEI: Final = Person("魏小满", "13800000015")
MARIA: Final = Person("玛丽亚·费尔南达·德拉克鲁斯·蒙特内格罗", "+34600000016")

_People = Mapping[str, tuple[str, tuple[Role, ...]]]
_EAST: Final[_People] = {
    SELLER: ("沈知秋", (Role.SALES,)),
    LEAD: ("周明岚", (Role.SUPERVISOR,)),
    OPERATIONS: ("陶然", (Role.OPERATIONS,)),
    AUDITOR: ("何静", (Role.AUDITOR,)),
}


class Quiet(WSGIRequestHandler):
    """Serves without a word."""

    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


@dataclass
class ConsoleSite:
    """The console at an address, and the branch behind it."""

    url: str
    branch: Branch
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    """The envelopes by what they show."""
    post: Office | None = None
    """Whose time the messages are put by."""

    def log_in(self, phone: Phone, login: str) -> None:
        """Log somebody in as they do, with a code of their authenticator."""
        page, office = phone.page, self.branch.office
        phone.open(f"{self.url}/console/login")
        self.give_password(phone, login)
        office.wait(minutes=1)  # a code counts once
        page.fill("#code", office.code(self.branch.people[login].member))
        page.locator("main form button.primary").click()
        page.wait_for_url(f"{self.url}/console")

    def give_password(self, phone: Phone, login: str) -> None:
        phone.page.fill("#login", login)
        phone.page.fill("#password", PASSWORD.reveal())
        phone.page.locator("main form button.primary").click()
        phone.page.wait_for_url(f"{self.url}/console/login")

    def envelope_page(self, name: str) -> str:
        return f"{self.url}/console/envelopes/{self.envelopes[name].id}"

    def fresh(self, *people: Person, **changes: Any) -> Envelope:
        """Return another envelope of Shen's, which whoever asks may change."""
        made = self.branch.envelope(*people, **changes)
        self.pass_by()
        return made

    def pass_by(self) -> None:
        """Move time on by a second: messages are listed by when they were put."""
        for office in filter(None, (self.branch.office, self.post)):
            office.wait(seconds=1)


@contextmanager
def console_site(folder: Path) -> Iterator[ConsoleSite]:
    """Serve the console of a branch whose envelopes stand in every state."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = create_test_authority(folder / "ca")
    database = open_database(f"sqlite:///{folder / 'esign.db'}")
    create_tables(database)
    served = _Served()
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    site = ConsoleSite(url, open_branch(database, folder, authority, find_typeface(), contract()))
    served.console, served.pages = _applications(site, authority)
    _staff(site)
    _Seeds(site).sow()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        database.close()


class _Served:
    """The console at its path and the ceremony everywhere else, as a process composes them."""

    console: Callable[..., Iterable[bytes]]
    pages: Callable[..., Iterable[bytes]]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_console = str(environ["PATH_INFO"]).split("/", 2)[1] == "console"
        return (self.console if is_console else self.pages)(environ, start_response)


def _applications(site: ConsoleSite, authority: EmbeddedAuthority) -> tuple[Any, Any]:
    branch, service = site.branch, site.branch.service
    ports, choice = service.ports, replace(usual_choice(), faces_warned_at=1)
    retention = retention_room(
        ports.database, ports.keys, ports.blobs, choice, clock=system_now, messages=branch.messages
    )
    room = console_over(
        service,
        messages=branch.messages,
        retention=retention,
        public_url=site.url,
        forms=Forms(service.ports.keys, site.url),
        expiries=lambda: {one.role.value: one.not_after for one in authority.describe()},
    )
    room.office.now, room.office.secrets, site.post = branch.office.now, branch.office.secrets, branch.office
    branch.office, branch.desk = room.office, room.services.desk
    pages = page_services(service, Metrics(CollectorRegistry()), site.url, retention=retention)
    return room.console, create_pages(pages)


def _staff(site: ConsoleSite) -> None:
    branch, office = site.branch, site.branch.office
    names = {branch.head.institution: ORGANISATION, branch.east: "杭州分公司", branch.west: "宁波分公司"}
    for institution, name in names.items():
        office.room.institutions.rename(OPERATOR, institution, name, now=office.now)
    branch.people[FIRST] = branch.head

    def join(login: str, name: str, institution: str, *roles: Role) -> Caller:
        office.accept(office.room.accounts.invite(OPERATOR, person(login, name), institution, roles, now=office.now))
        return office.with_totp(login)

    branch.people[ELSEWHERE] = join(ELSEWHERE, "高远", branch.west, Role.AUDITOR)

    def officer(login: str, name: str, institution: str) -> Caller:
        joined = join(login, name, institution, Role.OPERATIONS)
        office.give(joined.member, Role.COMPLIANCE, by=branch.people[FIRST], and_by=branch.people[HEAD])
        office.wait(minutes=1)
        opened = office.log_in(login, totp=office.code(joined.member))
        return office.room.sessions.caller(opened.token, at=office.now)

    for login, (name, roles) in _EAST.items():
        branch.people[login] = join(login, name, branch.east, *roles)
    branch.people[HEAD] = join(HEAD, "赵敏", branch.head.institution, Role.COMPLIANCE)  # from now on two give roles
    branch.people[SECOND] = officer(SECOND, "温若", branch.head.institution)
    branch.people[COMPLIANCE] = officer(COMPLIANCE, "许薇", branch.east)
    office.room.accounts.invite(OPERATOR, person("sun.xiaomei", "孙小梅"), branch.east, [Role.SALES], now=office.now)


@dataclass
class _Seeds:
    """Plants the envelopes, each by what people and the service do."""

    site: ConsoleSite

    @property
    def branch(self) -> Branch:
        return self.site.branch

    def sow(self) -> None:
        register_endpoint(self.branch)
        self._ended()
        self._signed()
        self._under_way()
        keep_trail(self.branch)
        self._failures()
        self._second_people()

    def keep(self, name: str, envelope: Envelope) -> Envelope:
        self.site.envelopes[name] = envelope
        self.site.pass_by()
        return envelope

    def _ended(self) -> None:
        branch = self.branch
        declined = self.keep("declined", branch.envelope(KANG, title="岁安终身寿险投保单"))
        token = branch.ceremonies.enter(declined, 0, KANG)
        branch.service.ceremony.decline(token, "changed-mind", "想改交费年限")
        voided = self.keep("voided", branch.envelope(WEI, title="年金保险变更申请"))
        branch.desk.acts.void(branch.people[SELLER], voided.id, VoidReason.WRONG_DETAILS, "保额写错了")
        self.keep("draft", branch.envelope(FANG, title="健康告知补充问卷", draft=True))
        soon = system_now() + timedelta(seconds=1)
        expired = self.keep("expired", branch.envelope(GU, title="年金保险合同", expires_at=soon))
        at = soon + timedelta(seconds=1)
        command(branch, expired, commands.Expire(at=at))

    def _signed(self) -> None:
        branch = self.branch
        visible = {"photo_roles": (RecipientRole.APPLICANT,), "photo_placement": PhotoPlacement.VISIBLE}
        completed = branch.completed(FANG, title="保单回执", external_id="CY-26-118204", **visible)
        self.keep("completed", completed)
        office = tended(branch.ceremonies)
        office.tend()
        office.desk.step(CERTIFY)
        failed = self.keep("seal_failed", branch.envelope(GU, title="康护医疗险投保单"))
        branch.ceremonies.play(failed, 0, GU)
        fail_seal(branch, failed)
        sealing = self.keep("sealing", branch.envelope(LUO, title="安途车损险批单"))
        branch.ceremonies.play(sealing, 0, LUO)
        branch.ceremonies.step(SIGN)
        self._put_off(sealing, "tsa-unreachable")

    def _under_way(self) -> None:
        branch = self.branch
        sent = {"owner": Owner(branch.east, branch.people[SELLER].member)}
        self.keep("sent", branch.envelope(MARIA, title="Póliza de vida " * 8 + "2026", **sent))
        sealed = {"photo_roles": (RecipientRole.APPLICANT,)}
        signal = self.keep("signal", branch.envelope(YU, JIANG, title="鸿福一生终身寿险合同", **sealed))
        branch.ceremonies.prepare(signal, 0, YU)
        raise_signal(branch, signal, with_member=branch.people[SELLER].member)
        visible = {"photo_roles": (RecipientRole.APPLICANT,), "photo_placement": PhotoPlacement.VISIBLE}
        progress = branch.envelope(
            YU, YE, title="岁安终身寿险投保单", external_id="CY-26-118377", face_statement=True, **visible
        )
        self.keep("in_progress", progress)
        branch.ceremonies.play(progress, 0, YU)
        branch.ceremonies.step(SIGN)
        token = branch.ceremonies.enter(progress, 1, YE)
        branch.service.ceremony.page(token, 1)
        branch.service.ceremony.record_page(token, 1, system_now(), system_now())

    def _put_off(self, envelope: Envelope, failure: str) -> None:
        branch = self.branch
        for task in branch.ceremonies.tasks():
            if task.envelope == envelope.id:
                with branch.service.ports.database.transaction() as session:
                    branch.service.tasks.put_off(session, task.id, failure, now=branch.office.now)

    def _failures(self) -> None:
        """What a receiver and a text message gateway did not take."""
        branch = self.branch
        with branch.service.ports.database.transaction() as session:
            for number, row in enumerate(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))):
                row.state, row.attempts, row.due_at, row.delivered_at = "delivered", 1, None, branch.office.now
                if number % 9 == 4:
                    row.state, row.attempts, row.last_status, row.last_failure = "dead", 12, 503, "http-error"
                    row.delivered_at = None
            sent = self.site.envelopes["sent"].id
            invitation = session.scalars(select(Message).where(Message.envelope == sent)).one()
            invitation.state, invitation.attempts, invitation.due_at = "dead", 8, None
            invitation.last_failure = "unreachable"

    def _second_people(self) -> None:
        branch = self.branch
        envelope = self.site.envelopes["in_progress"]
        seller, lead = branch.people[SELLER], branch.people[LEAD]
        recipient = envelope.recipients[1].id
        branch.desk.changes.ask_phone(seller, envelope.id, recipient, "13900007730", "客户换了号码，已当面核实")
        other = self.keep("approved", branch.envelope(LUO, YE, title="安途车损险投保单"))
        asked = branch.desk.changes.ask_person(seller, other.id, other.recipients[1].id, JIANG, "填错了人")
        assert asked is not None
        branch.approve(asked, lead)
        completed = self.site.envelopes["completed"]
        branch.desk.evidence.ask(branch.people[AUDITOR], completed.id, "客户投诉，要看签署时的画面")
