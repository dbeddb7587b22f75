"""Pictures of what is kept of people: the officers' pages, and the public page for one's own data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from demo.phones import Phone
from esign.ceremony.people import Person
from esign.retention.holds import HoldReason
from esign.retention.office import RetentionOffice
from esign.retention.people import Concerned, Told, find_recipients
from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.retention.request_office import RequestOffice
from esign.retention.requests import Channel, Outcome, RequestKind
from esign.retention.room import RetentionRoom, retention_room, usual_choice
from esign.trail.consumers import catch_up
from tests.browser.camera import Camera
from tests.browser.console_site import COMPLIANCE, FANG, FIRST, GU, ConsoleSite, console_site
from tests.ended_contracts import record_end_long_ago
from tests.service import YU, system_now
from tests.vectors.trail.stored import place

Look = Callable[..., None]
HE = Person("何清源", "13800000017")


@dataclass
class RetentionAlbum:
    """Keeping in one language at one width."""

    site: ConsoleSite
    camera: Camera

    def take(self) -> None:
        self._officer()
        self._person()

    def _officer(self) -> None:
        with self._browser() as (one, look):
            self.site.log_in(one, COMPLIANCE)
            look("retention-start")
            for name, path in (
                ("overview", "/retention"),
                ("requests", "/requests"),
                ("request-new", "/requests/new"),
                ("envelope-over", f"/retention/envelopes/{self.site.envelopes['over'].id}"),
                ("envelope-held", f"/retention/envelopes/{self.site.envelopes['held'].id}"),
            ):
                one.open(f"{self.site.url}/console{path}")
                look(f"retention-{name}")
            one.open(f"{self.site.url}/console/retention")
            one.page.fill("#name", FANG.name)
            one.page.locator("form[action$='/retention/find'] button").click()
            look("retention-person")
            one.open(f"{self.site.url}/console/requests")
            addresses = one.page.locator("main tbody th a").evaluate_all("all => all.map(one => one.href)")
            for number, address in enumerate(addresses):
                one.open(address)
                look(f"retention-request-{number}")
            for approval in self.site.branch.waiting(self.site.branch.people[FIRST])[:1]:
                one.open(f"{self.site.url}/console/approvals/{approval}")
                look("retention-approval")

    def _person(self) -> None:
        with self._browser() as (one, look):
            one.open(f"{self.site.url}/")
            look("person-front")
            one.open(f"{self.site.url}/my-data")
            look("person-start")
            one.page.fill("#name", FANG.name)
            one.page.fill("#phone", FANG.phone)
            one.page.locator("main form button.primary").click()
            look("person-code")
            one.page.fill("#code", "111111")
            one.page.locator("main form button.primary").click()
            look("person-code-wrong")
            visits = _room(self.site).visits
            assert visits is not None
            visits.send_codes()
            one.page.fill("#code", "246810")
            one.page.locator("main form button.primary").click()
            one.page.wait_for_url("**/my-data/mine")
            look("person-mine")
            one.page.locator("main form[action$='/ask'] button").click()
            look("person-mine-wanting")

    @contextmanager
    def _browser(self) -> Iterator[tuple[Phone, Look]]:
        one = self.camera.phone()
        look = self.camera.look(one)
        yield one, lambda name: look(name, full=True)
        one.close()


@contextmanager
def retention_site(folder: Path) -> Iterator[ConsoleSite]:
    """Serve a branch with contracts that ended, holds, and requests of people."""
    with console_site(folder) as site:
        _Seeds(site).sow()
        yield site


def _room(site: ConsoleSite) -> RetentionRoom:
    ports = site.branch.service.ports
    choice = replace(usual_choice(), faces_warned_at=1)
    return retention_room(
        ports.database, ports.keys, ports.blobs, choice, clock=system_now, messages=site.branch.messages
    )


@dataclass
class _Seeds:
    site: ConsoleSite

    def sow(self) -> None:
        branch, room = self.site.branch, _room(self.site)
        database, officer = branch.service.ports.database, branch.people[COMPLIANCE]
        office = RetentionOffice(room, branch.office.room, database, lambda: branch.office.now)
        over = branch.completed(FANG, title="附加意外伤害保险合同")
        held = branch.completed(HE, title="岁安终身寿险合同")
        branch.completed(GU, title="康护医疗险合同")
        place(database)
        catch_up(database, retention_projection())
        today = day_of(branch.office.now)
        ended = today - timedelta(days=11 * 366)
        with database.transaction() as session:
            for envelope in (over, held):
                record_end_long_ago(session, envelope.id, ended, now=branch.office.now)
        place(database)
        catch_up(database, retention_projection())
        self.site.envelopes |= {"over": over, "held": held}
        office.set_hold(officer, held.id, HoldReason.COURT, "（2026）沪 0115 民初 1024 号，一审")
        office.ask_lift(officer, office.keeping(officer, held.id).holds[0].id, "已经结案，判决生效")
        self._requests(office)

    def _requests(self, office: RetentionOffice) -> None:
        now, room, requests = self.site.branch.office.now, office.room, RequestOffice(office)
        officer = self.site.branch.people[COMPLIANCE]
        asked = (
            (FANG, RequestKind.ERASURE, "合同早就到期了，请把我的签名和照片都删掉。", 26),
            (FANG, RequestKind.CORRECTION, "我的地址已经换成文三路 90 号。", 18),
            (FANG, RequestKind.COPY, "", 12),
            (GU, RequestKind.ERASURE, "我不想再让你们留着我的照片。", 1),
            (YU, RequestKind.COPY, "想要一份全部资料的副本。", 0),
        )
        for person, kind, words, days in asked:
            with office.database.transaction() as session:
                rows = find_recipients(session, room.records, name=person.name, phone=person.phone)
                room.requests.receive(
                    session,
                    kind,
                    Told(person.name, person.phone, words),
                    [Concerned(row.id, row.envelope) for row in rows],
                    channel=Channel.PAGE,
                    by=None,
                    actor="person",
                    now=now - timedelta(days=days),
                )
        answers = {
            RequestKind.COPY: "副本已经备好，请在这一页下载。",
            RequestKind.CORRECTION: "已记在合同旁边，签过的内容不会改。",
        }
        for one in requests.open_ones(officer):
            if one.request.told is not None and one.request.told.name == FANG.name and one.request.kind in answers:
                requests.answer(officer, one.request.id, Outcome.GRANTED, answers[one.request.kind])
