"""The parts of exports, put together over the parts of the service that they read from."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from ca.ports import CertifiedKey
from esign.bundle.pages import bundle_pages
from esign.bundle.statement import SystemFacts
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.documents import Documents
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.tasks import Tasks
from esign.ceremony.trust_services import TrustServices
from esign.completion.certificates import Certificates
from esign.exports.collecting import Collector
from esign.exports.document_members import DocumentMembers
from esign.exports.exporting import Exporter
from esign.exports.exports import EXPORT, Exports
from esign.exports.making import BundleMaker, IsRestricted
from esign.exports.people_members import PeopleMembers
from esign.exports.present_answers import PresentAnswers
from esign.infra.blobs import BlobStore
from esign.infra.exclusive import Exclusive
from esign.infra.jobs import JobKind
from esign.infra.personal_records import PersonalRecords
from esign.infra.quarantine import Quarantine
from esign.infra.sealed_blobs import SealedBlobs

LOOK_SECONDS: Final = 1.0
SOFTWARE: Final = "esign"


@dataclass(frozen=True)
class ExportRoom:
    """What the API, the command and the jobs call."""

    exports: Exports
    bundles: BundleMaker
    job: JobKind


def export_room(
    envelopes: Envelopes,
    documents: Documents,
    records: PersonalRecords,
    texts: ConsentTexts,
    tasks: Tasks,
    certificates: Certificates,
    services: TrustServices,
    quarantine: Quarantine,
    blobs: BlobStore,
    seal: CertifiedKey,
    log_key: bytes,
    system: SystemFacts,
    is_restricted: IsRestricted,
) -> ExportRoom:
    """Return them. `log_key` is the public key that checkpoints are verified by (32 bytes).

    What `is_restricted` is exported where two people let it leave in that export, and else by nobody.
    """
    database, software = envelopes.database, version(SOFTWARE)
    sealed = SealedBlobs(blobs)
    collector = Collector(
        PeopleMembers(database, documents, records, texts),
        DocumentMembers(database, documents, quarantine, software),
        records,
        certificates,
        (SOFTWARE, software),
    )
    answers = PresentAnswers(services, seal)
    maker = BundleMaker(envelopes, collector, services, seal, log_key, system, answers, is_restricted, bundle_pages)
    exporter = Exporter(database, maker, sealed, records.data_keys, tasks, Exclusive(database), services.clock)
    return ExportRoom(
        Exports(database, tasks, sealed, records.data_keys),
        maker,
        JobKind(EXPORT, exporter.run, at_once=1, look_seconds=LOOK_SECONDS),
    )
