"""A service whose trail is asked about files: its documents as they went out, its trail published and exported."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.ceremony.domain import Envelope
from esign.ceremony.recognition.stored import StoredTrail
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import Ports, assemble
from esign.trail.checkpoint import Origin
from esign.trail.export import export_trail
from esign.trail.publishing import CheckpointPublisher
from esign.trail.sequencer import Sequencer
from esign.verify import Report, verify
from esign.verify.acceptance.judge import accept
from esign.verify.acceptance.knowledge import Knowledge, TrailKnowledge
from esign.verify.acceptance.policy import Policy, parse_policy, policy_named
from esign.verify.acceptance.verdict import Acceptance
from tests.service import Desk, ports_for, system_now

ORIGIN = Origin("signing.insurer.example/trail")


@dataclass
class Office:
    """A desk, and what stands behind it."""

    desk: Desk
    authority: EmbeddedAuthority

    @classmethod
    def open(
        cls,
        database: Database,
        folder: Path,
        authority: EmbeddedAuthority,
        typeface: Typeface,
        change: Callable[[Ports], Ports] = lambda ports: ports,
    ) -> Office:
        return cls(Desk(assemble(change(ports_for(database, folder, authority, typeface)))), authority)

    @property
    def database(self) -> Database:
        return self.desk.service.ports.database

    @property
    def key(self) -> CheckpointKey:
        return CheckpointKey(self.desk.service.ports.keys)

    @property
    def keys(self) -> list[bytes]:
        return [self.key.public_key]

    @property
    def seals(self) -> list[str]:
        return [sha256(self.authority.seal.certificate)]

    def content(self, envelope: Envelope, digest: str | None, document: int = 0) -> bytes:
        """The document as it was when it had this digest."""
        planned = self.desk.envelope(envelope.id).documents[document].plan.id
        with self.database.reading() as session:
            return self.desk.service.documents.read(session, planned, str(digest))

    def sealed(self, envelope: Envelope, document: int = 0) -> bytes:
        return self.content(envelope, self.desk.envelope(envelope.id).documents[document].sealed, document)

    def signed(self, envelope: Envelope, number: int = 0) -> bytes:
        """The revision that this recipient's signature made."""
        signature = self.desk.recipient(envelope, number).signature
        assert signature is not None
        return self.content(envelope, signature.revision)

    def publish(self) -> None:
        """Give every event its place, and sign and timestamp the head."""
        with self.database.transaction() as session:
            Sequencer().run_once(session, limit=10_000)
        CheckpointPublisher(ORIGIN, self.key, self.authority.timestamp_authority).publish(self.database)

    def export(self) -> io.BytesIO:
        file = io.BytesIO()
        with self.database.reading() as session:
            export_trail(session, file)
        file.seek(0)
        return file

    @property
    def trail(self) -> StoredTrail:
        return StoredTrail(self.database, self.keys, system_now)


@dataclass(frozen=True)
class Told:
    """A `TrailKnowledge` that says the same of every file."""

    knowledge: Knowledge
    keys: frozenset[bytes] = field(default_factory=frozenset)

    def about(self, _sha256: str) -> Knowledge:
        return self.knowledge


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def report_on(document: bytes, trust: TrustStore) -> Report:
    return verify(io.BytesIO(document), name="contract.pdf", trust=trust, at=system_now())


def policy_of(*tables: str) -> Policy:
    """A policy that requires what these tables say."""
    head = 'schema = "esign-acceptance/1"\nname = "test"\nversion = 1\ntitle = {zh = "试", en = "test"}\n'
    return parse_policy((head + "\n".join(tables)).encode(), "test.toml")


def judged(
    report: Report | Mapping[str, object],
    policy: str | Policy,
    *,
    seals: list[str] | None = None,
    trail: TrailKnowledge | None = None,
) -> Acceptance:
    form = report.as_json() if isinstance(report, Report) else report
    asked = policy_named(policy) if isinstance(policy, str) else policy
    return accept(form, asked, seals=seals or [], trail=trail)


def found(acceptance: Acceptance) -> dict[str, tuple[bool | None, str]]:
    """Whether each requirement is met, and the reason that names its sentence."""
    return {one.code: (one.met, one.reason) for one in acceptance.requirements}


def without_trust(report: Report) -> Report:
    """The report as it is where no root is believed, as far as a policy looks at it."""
    signatures = tuple(replace(one, indication="INDETERMINATE") for one in report.signatures)
    return replace(report, signatures=signatures)
