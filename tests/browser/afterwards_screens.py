"""Pictures of what comes long after signing: what two people have done at the machine, what is stored, what ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from ca.authority import EmbeddedAuthority, open_authority
from ca.remote import FirstRevocationSource
from demo.phones import Phone
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import RecipientRole
from esign.ceremony.erasing import Order
from esign.desk.acts import VoidReason
from esign.desk.exports import ExportReason
from esign.exports.exports import ERASED
from esign.exports.models import ExportItemRow
from esign.infra.exclusive import Exclusive
from esign.renewal.documents import RENEW, Renewer
from esign.renewal.models import CheckpointTimestamp, DocumentTimestamp
from esign.renewal.resting import keep_unit
from esign.renewal.units import roots_of, unit_of
from esign.retention.projection import retention_projection
from esign.retention.usual_eraser import usual_eraser
from esign.trail.consumers import catch_up
from tests.authority import PASSPHRASE, create_test_authority
from tests.browser.camera import Camera
from tests.browser.console_site import (
    AUDITOR,
    COMPLIANCE,
    FIRST,
    GU,
    HEAD,
    LUO,
    SECOND,
    SELLER,
    WEI,
    ConsoleSite,
    console_site,
)
from tests.service import system_now
from tests.unit.desk.branch_events import keep_trail
from tests.unit.desk.restricted_people import restrict
from tests.unit.renewal.authorities import ALWAYS
from tests.vectors.trail.stored import place


@dataclass
class AfterwardsAlbum:
    """What comes afterwards, in one language at one width."""

    site: ConsoleSite
    camera: Camera

    def take(self) -> None:
        for walk in (self._machine, self._stored, self._exports, self._story, self._keys):
            walk()

    @contextmanager
    def _browser(self, login: str) -> Iterator[tuple[Phone, Callable[..., None]]]:
        one = self.camera.phone()
        self.site.log_in(one, login)
        look = self.camera.look(one)

        def shown(name: str, path: str | None = None) -> None:
            if path is not None:
                one.open(f"{self.site.url}/console{path}")
            look(f"afterwards-{name}", full=True)

        yield one, shown
        one.close()

    def _machine(self) -> None:
        """What is done at the machine: asked for, waiting, given."""
        renewed = f"{self.site.envelopes['renewed'].id}"
        approvals: dict[str, str] = {}
        with self._browser(HEAD) as (one, shown):
            for kind in ("evidence-erasure", "envelope-key"):
                shown("retained", f"/retention/envelopes/{renewed}")
                one.page.select_option("#machine-kind", kind)
                one.page.fill("#machine-words", "（2026）沪 0115 民初 1024 号，法院要求")
                one.page.locator("form[action$='/ask-machine'] button").click()
                shown(f"{kind}-own")
                approvals[kind] = one.page.url.partition("?")[0].rpartition("/")[2]
            shown("retention", "/retention")
            if one.page.locator("#agree-words").count():
                one.page.fill("#agree-words", "每年复核一次，内容没有变化")
                one.page.locator("form[action$='/ask-agreement'] button").click()
                shown("retention-rules-own")
                approvals["retention-rules"] = one.page.url.partition("?")[0].rpartition("/")[2]
        with self._browser(SECOND) as (one, shown):
            shown("approvals-waiting", "/approvals")
            for kind, approval in approvals.items():
                shown(f"{kind}-waiting", f"/approvals/{approval}")
                one.page.locator("form[action$='/approve'] button").click()
                shown(f"{kind}-decided")
        with self._browser(HEAD) as (one, shown):
            for kind, approval in approvals.items():
                shown(f"{kind}-agreed", f"/approvals/{approval}")
            shown("envelope-agreed", f"/envelopes/{renewed}")
            shown("approvals-mine", "/approvals")

    def _stored(self) -> None:
        """Exporting what is only stored, before two people opened it and after."""
        branch, envelope = self.site.branch, self.site.envelopes["stored"]
        with self._browser(AUDITOR) as (one, shown):
            shown("stored-envelope", f"/envelopes/{envelope.id}")
            auditor = branch.people[AUDITOR]
            if branch.desk.evidence.open_until(auditor, envelope.id) is None:
                shown("stored-new-closed", f"/exports/new?envelope={envelope.id}")
                approval = branch.desk.evidence.ask(auditor, envelope.id, "法院要求提交原件")
                branch.approve(approval, branch.people[COMPLIANCE])
                shown("stored-agreed", f"/envelopes/{envelope.id}")
                one.page.locator("form[action$='/open-evidence'] button").click()
                shown("stored-opened")
            shown("stored-new-open", f"/exports/new?envelope={envelope.id}")

    def _exports(self) -> None:
        """An export half done, one with some that failed, one that failed."""
        branch, auditor = self.site.branch, self.site.branch.people[AUDITOR]
        with self._browser(AUDITOR) as (one, shown):
            one.open(f"{self.site.url}/console/envelopes")
            shown("set-new", "/exports/new")
            one.page.locator("input[name=reason]").nth(1).check()
            one.page.locator("main form button.primary").click()
            one.page.wait_for_url("**/exports/exp_*")
            going = one.page.url.partition("?")[0].rpartition("/")[2]
            self._end_some(going)
            shown("set-going", f"/exports/{going}")
            shown("list-going", "/exports")
            closed = branch.envelope(GU, title="健康告知补充问卷")
            branch.desk.acts.void(branch.people[SELLER], closed.id, VoidReason.WRONG_DETAILS, None)
            failed = branch.desk.exports.ask_one(auditor, closed.id, ExportReason.AUDIT)
            restrict(branch, closed)
            keep_trail(branch)
            branch.ceremonies.step("export")
            shown("set-some-failed", f"/exports/{going}")
            shown("one-failed", f"/exports/{failed}")
            shown("list", "/exports")
            shown("ledger-of-none", f"/exports?envelope={closed.id}")

    def _end_some(self, export: str) -> None:
        with self.site.branch.service.ports.database.transaction() as session:
            some = select(ExportItemRow.number).where(ExportItemRow.export == export).limit(2)
            where = (ExportItemRow.export == export, ExportItemRow.number.in_(session.scalars(some).all()))
            session.execute(update(ExportItemRow).where(*where).values(ended=True, problem=ERASED))

    def _story(self) -> None:
        with self._browser(COMPLIANCE) as (_one, shown):
            for name in ("renewed", "gone", "stored"):
                shown(f"story-{name}", f"/envelopes/{self.site.envelopes[name].id}/story")
                shown(f"envelope-{name}", f"/envelopes/{self.site.envelopes[name].id}")
            shown("retained-gone", f"/retention/envelopes/{self.site.envelopes['gone'].id}")

    def _keys(self) -> None:
        with self._browser(FIRST) as (_one, shown):
            shown("keys", "/keys")


@contextmanager
def afterwards_site(folder: Path) -> Iterator[ConsoleSite]:
    """Serve a branch with contracts that were renewed, exported, erased, and of which one is only stored."""
    with console_site(folder) as site:
        _Seeds(site, folder).sow()
        yield site


@dataclass
class _Seeds:
    site: ConsoleSite
    folder: Path

    @property
    def authority(self) -> EmbeddedAuthority:
        return open_authority(self.folder / "ca", passphrase=PASSPHRASE, clock=system_now)

    def sow(self) -> None:
        branch, kept = self.site.branch, self.site.envelopes
        photo = {"photo_roles": (RecipientRole.APPLICANT,)}
        kept["renewed"] = branch.completed(WEI, title="岁安终身寿险合同", external_id="CY-16-004471", **photo)
        kept["gone"] = branch.completed(LUO, title="附加意外伤害保险合同", **photo)
        self._renew()
        keep_trail(branch)
        for name in ("renewed", "gone"):
            branch.desk.exports.ask_one(branch.people[AUDITOR], kept[name].id, ExportReason.COURT)
        branch.ceremonies.step("export")
        self._erase(kept["gone"])
        kept["stored"] = branch.completed(GU, title="康护医疗险合同", **photo)
        kept["ending"] = branch.completed(GU, title="年金保险合同")
        restrict(branch, kept["stored"])
        keep_trail(branch)
        self._rest_on_ending_unit()
        place(branch.service.ports.database)
        catch_up(branch.service.ports.database, retention_projection())

    def _renew(self) -> None:
        """Give what is sealed by now a later timestamp, by an authority that is founded now."""
        service, later = self.site.branch.service, create_test_authority(self.folder / "later")
        usual = service.renewer.authorities
        service.renewer.authorities = replace(
            usual,
            timestamps=later.timestamp_authority,
            revocation=FirstRevocationSource(usual.revocation, later.revocation),
            trust=usual.trust + later.trust_store(),
        )
        renewer = Renewer(
            service.envelopes,
            service.documents,
            service.tasks,
            service.clocks,
            service.renewer.authorities,
            service.ports.quarantine,
            Exclusive(service.ports.database),
            before=ALWAYS,
        )
        renewer.sweep()
        for task in self.site.branch.ceremonies.tasks():
            if task.kind == RENEW:
                renewer.run(task.id)

    def _rest_on_ending_unit(self) -> None:
        """Let a document and the checkpoints but the last rest on a unit that ends in two months."""
        service = self.site.branch.service
        service.renewer.sweep()
        service.checkpoint_renewer.sweep()
        (lasts,) = {one.not_after - system_now() for one in self.authority.describe() if one.role == "tsa"}
        begun = system_now() - lasts + timedelta(days=60)
        old = create_test_authority(self.folder / "old", now=lambda: begun)
        token = old.timestamp_authority.timestamp(bytes(32)).der
        trusted = replace(service.renewer.authorities, trust=service.renewer.authorities.trust + old.trust_store())
        service.renewer.authorities = trusted
        unit = unit_of(token, roots_of(trusted.trust, system_now()))
        with service.ports.database.transaction() as session:
            keep_unit(session, unit, token)
            ending = DocumentTimestamp.envelope == self.site.envelopes["ending"].id
            session.execute(update(DocumentTimestamp).where(ending).values(unit=unit.id, stamped_at=begun))
            last = session.scalar(select(func.max(CheckpointTimestamp.size)))
            session.execute(update(CheckpointTimestamp).where(CheckpointTimestamp.size < last).values(unit=unit.id))

    def _erase(self, envelope: Envelope) -> None:
        branch = self.site.branch
        database, by = branch.service.ports.database, branch.people[HEAD].member
        eraser = usual_eraser(database, branch.service.records)
        with database.transaction() as session:
            order = Order(by, branch.people[SECOND].member, "customer-request")
            eraser.erase_evidence(session, envelope.id, order, now=system_now())
