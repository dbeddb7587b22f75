"""Bundles for tests: a real envelope's, as the service exports it, and bundles with something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.container import open_container
from esign.bundle.description import parse_description
from esign.bundle.facts import BundleFacts, Description
from esign.bundle.layout import CHECK_PAGE, MIMETYPE, README, is_referenced, place_of
from esign.bundle.pages import bundle_pages
from esign.bundle.trail_members import ProvenTrail, encode_events, encode_proofs
from esign.bundle.writing import bundle_chunks, member
from esign.bundle.zip_stream import STORED, ZipStream
from esign.ceremony.domain import Envelope
from esign.exports.proven_events import envelope_trail
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.pades.cms import sign_digest
from esign.pades.detached import sign_detached
from esign.pades.typeface import Typeface
from esign.trail.event import Event
from tests.authority import create_test_authority
from tests.databases import create_tables
from tests.service import system_now
from tests.unit.exports.export_office import ExportOffice, open_office

Members = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """An envelope that was completed, its bundle, and what that is made from but for its pages and what is signed."""

    office: ExportOffice
    authority: EmbeddedAuthority
    envelope: Envelope
    trail: ProvenTrail
    exported: bytes
    members: Members

    @classmethod
    def of(cls, office: ExportOffice, authority: EmbeddedAuthority, envelope: Envelope) -> Case:
        key = CheckpointKey(office.service.ports.keys)
        exported = office.bundle(envelope)
        with office.database.reading() as session:
            trail = envelope_trail(session, envelope, key.public_key, is_erased=False).proven
        told = (README, CHECK_PAGE, MIMETYPE)
        members = {
            name: content for name, content in members_of(exported).items() if is_referenced(name) and name not in told
        }
        return cls(office, authority, envelope, trail, exported, members)

    @property
    def trust(self) -> TrustStore:
        return self.authority.trust_store()

    @property
    def key(self) -> CheckpointKey:
        return CheckpointKey(self.office.service.ports.keys)

    @property
    def log_key(self) -> str:
        return self.trail.log_key

    @property
    def description(self) -> Description:
        return parse_description(self.members["envelope.json"])

    @property
    def events(self) -> Sequence[Event]:
        """The envelope's own events, in order."""
        return [one.event for one in self.trail.events if one.event.stream == self.envelope.id]

    def bundle(self, members: Members | None = None, sign: Callable[[bytes], bytes] | None = None) -> bytes:
        """Return the bundle of these members, signed anew by the seal: what only the insurer could make."""
        given = self.members if members is None else members
        return b"".join(bundle_chunks((member(*one) for one in given.items()), self.pages, sign or self.sign))

    def pages(self, digests: Mapping[str, str]) -> Members:
        """Return the pages that tell of a bundle of these members."""
        head = self.trail.checkpoint.checkpoint
        return bundle_pages(BundleFacts(self.description, digests, self.log_key, head.size, head.root))

    def sign(self, manifest: bytes) -> bytes:
        """Return a CAdES-B-T signature of the seal over the manifest."""
        timestamps = self.authority.timestamp_authority
        return sign_detached(
            manifest, self.authority.seal, timestamps, signing_time=system_now(), media_type="text/xml"
        )

    def sign_without_timestamp(self, manifest: bytes) -> bytes:
        return sign_digest(hashlib.sha256(manifest).digest(), self.authority.seal).der

    def question(self, **changes: object) -> BundleQuestion:
        """Return what is asked of a bundle by somebody who has the root and the log's key, and does not draw pages."""
        usual = BundleQuestion("contract.asice", self.trust, system_now(), (self.log_key,))
        return replace(usual, **changes)  # type: ignore[arg-type]


@contextmanager
def case_in(folder: Path, typeface: Typeface, contract: bytes) -> Iterator[Case]:
    """Have a contract signed by two at an office that keeps its files in the folder, its authority in `ca`."""
    authority = create_test_authority(folder / "ca")
    database = open_database(f"sqlite:///{folder}/esign.db")
    create_tables(database)
    office = open_office(database, folder, authority, typeface)
    try:
        yield Case.of(office, authority, office.completed(contract))
    finally:
        database.close()


def trail_members(trail: ProvenTrail) -> dict[str, bytes]:
    """Return what is under `trail/` in a bundle of these events."""
    return {
        "trail/events.jsonl": encode_events(trail.events),
        "trail/proofs.json": encode_proofs(trail),
        "trail/checkpoint.txt": trail.checkpoint.signed.encode(),
        "trail/checkpoint.tst": trail.checkpoint.token.der,
        "trail/log-key.txt": trail.log_key.encode() + b"\n",
    }


def members_of(bundle: bytes) -> dict[str, bytes]:
    """Return the members of a bundle by name, in the order of the file."""
    container = open_container(bundle)
    return {name: container.read(name) for name in container.names}


def container_of(members: Members, *, ordered: bool = True) -> bytes:
    """Return a container of these members, as anybody could pack it: in a bundle's order, or as they come."""
    stream = ZipStream()
    names = sorted(members, key=place_of) if ordered else list(members)
    chunks = [chunk for name in names for chunk in stream.entry(name, members[name], method=STORED)]
    return b"".join((*chunks, *stream.end()))
