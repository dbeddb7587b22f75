"""Making one bundle: recorded first, then collected, then written and signed as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ca.ports import CertifiedKey
from esign.bundle.facts import BundleFacts, Description, Exported
from esign.bundle.layout import MANIFEST, media_type
from esign.bundle.statement import SystemFacts
from esign.bundle.writing import Member, bundle_chunks
from esign.ceremony.domain import Envelope
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.trust_services import TrustServices
from esign.exports.collecting import Collector
from esign.exports.errors import not_over, restricted
from esign.exports.events import is_approved, record_exported
from esign.exports.present_answers import PresentAnswers
from esign.exports.proven_events import EnvelopeTrail, envelope_trail, erasures_of, require_covered
from esign.pades.detached import sign_detached
from esign.staff.models import StaffRoleRow

Pages: TypeAlias = Callable[[BundleFacts], Mapping[str, bytes]]
"""Returns the pages of a bundle that tell of the rest of it, by name."""
IsRestricted: TypeAlias = Callable[[Session, str], bool]
"""Tells of a recipient's id whether nothing may be done with what is held of them but storing it."""


def no_pages(_facts: BundleFacts) -> Mapping[str, bytes]:
    """Return none: for tests of what is told of."""
    return {}


@dataclass(frozen=True)
class Bundle:
    """A bundle that is ready to be written: what it is about, and its bytes, once.

    `erasures` is how often something of the envelope had been erased when its bytes were collected.
    """

    about: Description
    chunks: Iterator[bytes]
    erasures: int


@dataclass(frozen=True)
class BundleMaker:
    """Makes bundles. `log_key` is the public key that checkpoints are verified by (32 bytes)."""

    envelopes: Envelopes
    collector: Collector
    services: TrustServices
    seal: CertifiedKey
    log_key: bytes
    system: SystemFacts
    answers: PresentAnswers
    is_restricted: IsRestricted
    pages: Pages = no_pages

    def make(self, envelope: str, exported: Exported) -> Bundle:
        """Record that the envelope is exported, and return its bundle.

        Raises `Refusal` (`no-envelope`), `ExportError` (`envelope-not-over`, `evidence-restricted` where a recipient's
        data is only stored and no two people let it leave in this export, `bundle-not-covered`): nothing is recorded
        then. And what reading the records raises; signing and reading documents raise while the bytes are taken.
        """
        database = self.envelopes.database
        with database.reading() as session:
            state = self._exportable(session, envelope, exported.export)
            require_covered(session, state, is_erased=self.collector.is_erased(session, state))
        with database.transaction() as session:
            record_exported(session, envelope, exported)
        with database.reading() as session:
            state = self._exportable(session, envelope, exported.export)
            is_erased, erasures = self.collector.is_erased(session, state), erasures_of(session, state)
            trail = envelope_trail(session, state, self.log_key, is_erased=is_erased)
            system = replace(self.system, operators=_operators(session))
            collected = self.collector.collect(session, state, trail, exported, system)
        return Bundle(collected.about, self._chunks(state, trail, collected.about, collected.members), erasures)

    def erasures(self, session: Session, envelope: str) -> int:
        """Return how often something of the envelope was erased by now. Raises `Refusal` (`no-envelope`)."""
        return erasures_of(session, self.envelopes.get(session, envelope))

    def is_stored_only(self, session: Session, envelope: Envelope) -> bool:
        """Tell whether nothing may be done with what is held of one of its recipients but storing it."""
        return any(self.is_restricted(session, one.id) for one in envelope.recipients)

    def _exportable(self, session: Session, envelope: str, export: str) -> Envelope:
        state = self.envelopes.get(session, envelope)
        if not state.ended:
            raise not_over()
        if self.is_stored_only(session, state) and not is_approved(session, envelope, export):
            raise restricted()
        return state

    def _chunks(
        self, envelope: Envelope, trail: EnvelopeTrail, about: Description, members: tuple[Member, ...]
    ) -> Iterator[bytes]:
        roots = tuple(anchor.certificate for anchor in self.services.trust.anchors)
        proofs = self.collector.proofs(envelope, trail, roots, self.answers.present())
        head = trail.proven.checkpoint.checkpoint

        def tell(digests: Mapping[str, str]) -> Mapping[str, bytes]:
            return self.pages(BundleFacts(about, digests, trail.proven.log_key, head.size, head.root))

        yield from bundle_chunks((*members, *proofs), tell, self._sign)

    def _sign(self, manifest: bytes) -> bytes:
        return sign_detached(
            manifest,
            self.seal,
            self.services.timestamp_authority,
            signing_time=self.services.clock(),
            media_type=media_type(MANIFEST),
        )


def _operators(session: Session) -> Mapping[str, int]:
    """Return how many members of staff have each role."""
    counted = select(StaffRoleRow.role, func.count()).group_by(StaffRoleRow.role).order_by(StaffRoleRow.role)
    return {row[0]: row[1] for row in session.execute(counted)}
