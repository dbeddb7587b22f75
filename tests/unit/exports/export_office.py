"""A service with a trail that is kept, and envelopes that are over, for tests of exports."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.bundle.facts import Exported
from esign.ceremony.capture import forget_handwriting
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.erasing import VOCABULARY, Eraser, Order
from esign.exports.kept_bundles import bundles_of
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.personal_records import PersonalRecords
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from esign.trail.checkpoint import Origin
from esign.trail.keeper import TrailKeeper
from esign.trail.log import Trail
from esign.trail.publishing import CheckpointPublisher
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, request, short_request, system_now

LOG = Origin("signing.insurer.example/trail")
EXPORTED = Exported(
    "exp_01k9x7m2qv8w3c5t6r4n0b1d2e", datetime(2026, 11, 26, 10, tzinfo=UTC), "operator:stf_lin", "court"
)


@dataclass
class ExportOffice:
    """Somebody who signs, keeps the trail and exports."""

    desk: Desk
    publisher: CheckpointPublisher
    keeper: TrailKeeper

    @property
    def service(self) -> Service:
        return self.desk.service

    @property
    def database(self) -> Database:
        return self.service.ports.database

    def completed(self, contract: bytes) -> Envelope:
        """Return an envelope of two people with photos and consents that is completed and covered."""
        envelope = self.desk.create(request(contract))
        self.desk.play(envelope, 0, YU)
        self.desk.play(envelope, 1, YE)
        return self.worked(envelope)

    def short(self, contract: bytes) -> Envelope:
        """Return an envelope of one person without photo and consents that is completed and covered."""
        envelope = self.desk.create(short_request(contract, YU))
        self.desk.play(envelope, 0, YU)
        return self.worked(envelope)

    def void(self, envelope: Envelope) -> Envelope:
        command = commands.Void(at=system_now(), by="cli_test", reason="test")
        self.service.envelopes.change(envelope.id, lambda _session, _state: command, actor="system")
        return self.worked(envelope)

    def worked(self, envelope: Envelope) -> Envelope:
        self.desk.work()
        self.cover()
        return self.desk.envelope(envelope.id)

    def cover(self) -> None:
        """Place what waits and publish a checkpoint over it."""
        self.keeper.place()
        self.publisher.publish(self.database)

    def bundle(self, envelope: Envelope, exported: Exported = EXPORTED) -> bytes:
        return b"".join(self.service.bundles.make(envelope.id, exported).chunks)

    def members(self, envelope: Envelope) -> dict[str, bytes]:
        return members_of(self.bundle(envelope))

    def erase(self, envelope: Envelope) -> None:
        """Erase the envelope's private evidence."""
        self.erase_uncovered(envelope)
        self.cover()

    def erase_uncovered(self, envelope: Envelope) -> None:
        """Erase, and leave it to others to publish a checkpoint over that."""
        self._eraser.erase(envelope.id, by="stf_lin", approved_by="stf_zhao", reason="test", now=system_now())

    def erase_photo(self, envelope: Envelope, number: int) -> None:
        """Erase the photo of one recipient."""
        order, of = Order("stf_lin", "stf_zhao", "test"), [envelope.recipients[number].id]
        with self.database.transaction() as session:
            self._eraser.erase_photos(session, envelope.id, order, now=system_now(), of=of)
        self.cover()

    def erase_documents(self, envelope: Envelope) -> None:
        """Erase the documents of the envelope, and what the service holds of their bytes."""
        with self.database.transaction() as session:
            order = Order("stf_lin", "stf_zhao", "test")
            erased = self._eraser.erase_documents(session, envelope.id, order, now=system_now())
        for name in erased.blobs:
            self.service.ports.blobs.delete(name)

    @property
    def _eraser(self) -> Eraser:
        records = PersonalRecords(self.service.ports.keys, forgetting=(forget_handwriting,))
        return Eraser(self.service.envelopes, records, Trail(VOCABULARY), bundles_of, bundles_of=bundles_of)


def members_of(bundle: bytes) -> dict[str, bytes]:
    """Return the members of a bundle by name."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def office(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> ExportOffice:
    return open_office(database, tmp_path, authority, typeface)


def open_office(
    database: Database,
    folder: Path,
    authority: EmbeddedAuthority,
    typeface: Typeface,
    trust: TrustStore | None = None,
) -> ExportOffice:
    """Return an office over an empty database, which keeps its files in the folder.

    It believes the authority's root, or those that are given.
    """
    ports = ports_for(database, folder, authority, typeface)
    if trust is not None:
        ports = replace(ports, trust_services=replace(ports.trust_services, trust=trust))
    publisher = CheckpointPublisher(LOG, CheckpointKey(ports.keys), authority.timestamp_authority)
    keeper = TrailKeeper(database, publisher, (), system_now, Exclusive(database), awaited=("document.sealed",))
    return ExportOffice(Desk(assemble(ports)), publisher, keeper)
