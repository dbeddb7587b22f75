"""Ports of the service that fall when a test says so. Behind each stands the real part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import (
    CertificateIssuer,
    Clock,
    EventCertificateRequest,
    IssuedCertificate,
    RevocationReason,
    RevocationSource,
    TimestampAuthority,
    TimestampToken,
)
from esign.ceremony.acts import serial_text
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import RecipientState
from esign.ceremony.models import AcceptedSignature, DocumentPiece
from esign.ceremony.quarantined.verification import VERIFY
from esign.infra.blobs import BlobStore, Source
from esign.infra.columns import JsonValue
from esign.infra.database import Database
from esign.infra.quarantine import Answer, Confinement, Quarantine, TaskBounds, TaskRunner
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from tests.service import Desk, ports_for, system_now


class Fall(BaseException):
    """The process falls: nothing of ours catches it."""


def unavailable() -> TrustServiceUnavailable:
    return TrustServiceUnavailable("service-silent", "the service does not answer", "try again later")


@dataclass
class Failing:
    """What is raised the next times that a part is asked, before or after it did what it was asked for."""

    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)

    @contextmanager
    def around(self) -> Iterator[None]:
        if self.before:
            raise self.before.pop(0)
        yield
        if self.after:
            raise self.after.pop(0)


@dataclass
class FailingIssuer(Failing):
    inner: CertificateIssuer | None = None
    issued: list[IssuedCertificate] = field(default_factory=list)
    revoking: Failing = field(default_factory=Failing)

    def issue_event_certificate(self, request: EventCertificateRequest) -> IssuedCertificate:
        assert self.inner is not None
        with self.around():
            issued = self.inner.issue_event_certificate(request)
            self.issued.append(issued)
        return issued

    def issued_for(self, manifest_digest: bytes) -> tuple[int, ...]:
        assert self.inner is not None
        return self.inner.issued_for(manifest_digest)

    def revoke(self, serial_number: int, reason: RevocationReason) -> None:
        assert self.inner is not None
        with self.revoking.around():
            self.inner.revoke(serial_number, reason)

    def serials(self) -> list[str]:
        certificates = [asn1_x509.Certificate.load(one.certificate) for one in self.issued]
        return [serial_text(certificate.serial_number) for certificate in certificates]


@dataclass
class FailingTimestamps(Failing):
    inner: TimestampAuthority | None = None
    asked: int = 0

    @property
    def token_size_bound(self) -> int:
        assert self.inner is not None
        return self.inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        assert self.inner is not None
        with self.around():
            self.asked += 1
            return self.inner.timestamp(digest)


@dataclass
class FailingRevocation(Failing):
    inner: RevocationSource | None = None
    silent: bool = False

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        assert self.inner is not None
        with self.around():
            return None if self.silent else self.inner.ocsp(certificate, issuer)

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        assert self.inner is not None
        with self.around():
            return None if self.silent else self.inner.crl(issuer, covering=covering)


@dataclass
class FailingBlobs(Failing):
    inner: BlobStore | None = None

    @property
    def bytes_at_most(self) -> int:
        assert self.inner is not None
        return self.inner.bytes_at_most

    def put(self, name: str, source: Source) -> None:
        assert self.inner is not None
        with self.around():
            self.inner.put(name, source)

    def chunks(self, name: str) -> Iterator[bytes]:
        assert self.inner is not None
        return self.inner.chunks(name)

    def size(self, name: str) -> int:
        assert self.inner is not None
        return self.inner.size(name)

    def delete(self, name: str) -> None:
        assert self.inner is not None
        self.inner.delete(name)


@dataclass
class FailingQuarantine(Failing):
    """Fails at tasks of one name; others are done as ever."""

    inner: Quarantine | None = None
    task: str = VERIFY

    @property
    def confinement(self) -> Confinement:
        assert self.inner is not None
        return self.inner.confinement

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        assert self.inner is not None
        if task != self.task:
            return self.inner.run(task, arguments, attachments)
        with self.around():
            return self.inner.run(task, arguments, attachments)

    def files_of(self, origin: str) -> TaskRunner:
        return self

    def within(self, bounds: TaskBounds) -> TaskRunner:
        return self

    def close(self) -> None:
        assert self.inner is not None
        self.inner.close()


@dataclass
class Bench:
    """A desk whose ports can be made to fall."""

    desk: Desk
    authority: EmbeddedAuthority
    issuer: FailingIssuer
    timestamps: FailingTimestamps
    revocation: FailingRevocation
    blobs: FailingBlobs
    quarantine: FailingQuarantine

    @property
    def service(self) -> Service:
        return self.desk.service

    @property
    def database(self) -> Database:
        return self.service.ports.database

    def another_service(self) -> Service:
        """Return a service as another process has it, over the same ports."""
        return assemble(self.service.ports)

    def is_revoked(self, certificate: str) -> bool:
        """Ask the authority about a certificate that was issued here."""
        issued = self.issuer.issued[self.issuer.serials().index(certificate)]
        answer = self.authority.revocation.ocsp(issued.certificate, issued.chain[0])
        assert answer is not None
        status = asn1_ocsp.OCSPResponse.load(answer).response_data["responses"][0]["cert_status"]
        return bool(status.name == "revoked")

    @contextmanager
    def falling_at_commit(self, number: int) -> Iterator[list[int]]:
        """Let the process fall at the commit of that number from here on; yields a list with the commits counted."""
        with falling_at_commit(self.database, number) as counted:
            yield counted


@contextmanager
def falling_at_commit(database: Database, number: int) -> Iterator[list[int]]:
    """Let the process fall at the commit of that number from here on; yields a list with the commits counted."""
    counted = [0]

    def commit(_connection: object) -> None:
        counted[0] += 1
        if counted[0] == number:
            raise Fall

    event.listen(database.engine, "commit", commit)
    try:
        yield counted
    finally:
        event.remove(database.engine, "commit", commit)


def bench(
    database: Database, folder: Path, authority: EmbeddedAuthority, typeface: Typeface, *, now: Clock = system_now
) -> Bench:
    ports = ports_for(database, folder, authority, typeface)
    issuer = FailingIssuer(inner=authority.issuer)
    timestamps = FailingTimestamps(inner=authority.timestamp_authority)
    revocation = FailingRevocation(inner=authority.revocation)
    blobs = FailingBlobs(inner=ports.blobs)
    quarantine = FailingQuarantine(inner=ports.quarantine)
    services = replace(
        ports.trust_services, issuer=issuer, timestamp_authority=timestamps, revocation=revocation, clock=now
    )
    ports = replace(ports, trust_services=services, blobs=blobs, quarantine=quarantine)
    desk = Desk(assemble(ports), now=now)
    return Bench(desk, authority, issuer, timestamps, revocation, blobs, quarantine)


@dataclass
class Jobs:
    """A queue that can be looked at, and forgets nothing by itself."""

    put: dict[str, tuple[str, str]] = field(default_factory=dict)

    def waits(self, session: Session, key: str) -> bool:
        return False

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        del session
        self.put.setdefault(key, (kind, subject))

    def lose(self) -> None:
        self.put.clear()

    def do(self, service: Service) -> int:
        """Do every job that is there; return how many."""
        jobs, self.put = self.put, {}
        for kind, subject in jobs.values():
            next(one.run for one in service.job_kinds if one.name == kind)(subject)
        return len(jobs)


def assert_signed_once(at: Bench, envelope: Envelope, number: int = 0) -> None:
    """The recipient signed exactly once; every other certificate was abandoned, and the authority says revoked."""
    recipient = at.desk.recipient(envelope, number)
    assert recipient.state is RecipientState.SIGNED
    assert recipient.signature is not None
    with at.database.reading() as session:
        accepted = session.scalars(select(AcceptedSignature).where(AcceptedSignature.recipient == recipient.id)).one()
        pieces = session.scalars(select(DocumentPiece.sha256)).all()
    assert accepted.certificate_serial == recipient.signature.certificate
    assert pieces.count(recipient.signature.revision) == 1
    manifests = [bytes.fromhex(manifest) for manifest in recipient.manifests]
    issued = {f"{serial:x}" for manifest in manifests for serial in at.issuer.issued_for(manifest)}
    assert issued - {accepted.certificate_serial} == set(recipient.abandoned)
    assert all(at.is_revoked(serial) for serial in recipient.abandoned)
    assert not at.is_revoked(accepted.certificate_serial)
    assert at.desk.events(envelope).count("recipient.signed") == sum(
        one.state is RecipientState.SIGNED for one in at.desk.envelope(envelope.id).recipients
    )


def sign_again(at: Bench) -> None:
    """Take up the tasks as a process does that was started anew, until none is left but sealing."""
    again = at.another_service()
    runs = {kind.name: kind.run for kind in again.job_kinds}
    for _ in range(20):
        tasks = [task for task in at.desk.tasks() if task.kind != "seal"]
        if not tasks:
            return
        runs[tasks[0].kind](tasks[0].id)
    raise AssertionError("the tasks come to no end")
