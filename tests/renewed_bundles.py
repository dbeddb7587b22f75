"""The bundle of an envelope whose first checkpoint was renewed, by a second timestamp authority and by a third."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from ca.remote import FirstRevocationSource
from ca.trust import TrustStore
from esign.ceremony.domain import Envelope
from esign.infra.database import open_database
from esign.infra.exclusive import Exclusive
from esign.pades.typeface import Typeface
from esign.renewal.checkpoints import RENEW_CHECKPOINTS, CheckpointRenewer
from esign.renewal.renewing import Authorities
from esign.verify.trust.algorithm_constraints import default_constraints
from tests.authority import PASSPHRASE, present_time
from tests.bundles import Case
from tests.databases import create_tables
from tests.service import YU, short_request
from tests.unit.exports.export_office import ExportOffice, open_office
from tests.unit.renewal.authorities import ALWAYS

RENEWALS = 2


@dataclass(frozen=True)
class RenewedCase(Case):
    """As `Case`; the roots of all three authorities are believed."""

    believed: TrustStore = TrustStore()

    @property
    def trust(self) -> TrustStore:
        return self.believed


@contextmanager
def renewed_case_in(folder: Path, typeface: Typeface, contract: bytes) -> Iterator[RenewedCase]:
    """Have a contract signed at an office that keeps its files in the folder, and its checkpoints renewed twice.

    One checkpoint is from before the envelope's end, and one from after it that was never renewed.
    """
    found = [_founded(folder / f"ca-{minutes}", minutes) for minutes in (60, 30, 0)]
    database = open_database(f"sqlite:///{folder}/esign.db")
    create_tables(database)
    believed = sum((one.trust_store() for one in found), TrustStore())
    office = open_office(database, folder, found[0], typeface, believed)
    try:
        envelope = _completed(office, contract)
        for newest in found[1:]:
            _renew(office, newest, found)
        office.keeper.place()
        office.void(office.desk.create(short_request(contract, YU)))
        case = RenewedCase.of(office, found[0], envelope)
        yield replace(case, believed=believed)
    finally:
        database.close()


def _founded(folder: Path, minutes: int) -> EmbeddedAuthority:
    """Return an authority whose certificates end so many minutes earlier than those of one that is made now."""
    create_authority(folder, passphrase=PASSPHRASE, clock=lambda: present_time() - timedelta(minutes=minutes))
    return open_authority(folder, passphrase=PASSPHRASE, clock=present_time)


def _completed(office: ExportOffice, contract: bytes) -> Envelope:
    envelope = office.desk.create(short_request(contract, YU))
    office.cover()
    office.desk.play(envelope, 0, YU)
    return office.worked(envelope)


def _renew(office: ExportOffice, newest: EmbeddedAuthority, all_: list[EmbeddedAuthority]) -> None:
    believed = office.service.ports.trust_services.trust
    revocation = FirstRevocationSource(*(one.revocation for one in all_))
    authorities = Authorities(newest.timestamp_authority, revocation, believed, default_constraints(), present_time)
    database, tasks = office.database, office.service.tasks
    renewer = CheckpointRenewer(database, tasks, authorities, Exclusive(database), before=ALWAYS)
    renewer.sweep()
    for task in office.desk.tasks():
        if task.kind == RENEW_CHECKPOINTS:
            renewer.run(task.id)
