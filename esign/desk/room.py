"""The desk put together: what the console's pages about envelopes ask."""

from __future__ import annotations

from dataclasses import dataclass

from ca.ports import Clock
from esign.desk.acts import EnvelopeActs
from esign.desk.changes import PersonChanges
from esign.desk.completion import EnvelopeCompletion
from esign.desk.details import EnvelopeDetails
from esign.desk.evidence import Evidence
from esign.desk.export_ledger import ExportLedger
from esign.desk.exports import EnvelopeExports
from esign.desk.lists import EnvelopeLists
from esign.desk.messages import Outbox
from esign.desk.sight import Sight
from esign.desk.story import EnvelopeStories
from esign.desk.verifications import KeptUntil, Verifications
from esign.desk.work import WorkList
from esign.infra.messages import MessageBox
from esign.service import Service
from esign.staff.room import StaffRoom
from esign.webhooks.deliveries import Deliveries


@dataclass(frozen=True)
class Desk:
    sight: Sight
    lists: EnvelopeLists
    details: EnvelopeDetails
    completion: EnvelopeCompletion
    acts: EnvelopeActs
    changes: PersonChanges
    evidence: Evidence
    exports: EnvelopeExports
    ledger: ExportLedger
    stories: EnvelopeStories
    work: WorkList
    outbox: Outbox
    verifications: Verifications


def desk_over(
    service: Service,
    room: StaffRoom,
    deliveries: Deliveries,
    messages: MessageBox | None,
    clock: Clock,
    kept_until: KeptUntil | None = None,
) -> Desk:
    """Return the desk over a service and its staff. `kept_until` tells how long reports of verifications are kept."""
    judges = service.judges
    sight = Sight(service, room)
    acts, evidence = EnvelopeActs(sight), Evidence(sight, clock)
    return Desk(
        sight=sight,
        lists=EnvelopeLists(sight),
        details=EnvelopeDetails(sight),
        completion=EnvelopeCompletion(sight),
        acts=acts,
        changes=PersonChanges(sight, acts, clock),
        evidence=evidence,
        exports=EnvelopeExports(sight, evidence, clock),
        ledger=ExportLedger(sight),
        stories=EnvelopeStories(sight, evidence),
        work=WorkList(sight, deliveries, clock),
        outbox=Outbox(sight, messages),
        verifications=(
            Verifications(sight, judges, clock)
            if kept_until is None
            else Verifications(sight, judges, clock, kept_until)
        ),
    )
