"""The service put together from its ports: which implementations those are is the composition root's choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ca.ports import CertifiedKey
from esign.bundle.statement import SystemFacts
from esign.ceremony.ceremony import Ceremony
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.creation import EnvelopeMaker, FindOwner, IsStaffPhone, Issuer, Owner
from esign.ceremony.deadlines import Deadlines
from esign.ceremony.documents import Documents
from esign.ceremony.domain import VOCABULARY
from esign.ceremony.entrance import Entrance
from esign.ceremony.envelopes import Envelopes, Reaction
from esign.ceremony.face_check import FaceCheck
from esign.ceremony.forgetting import people_records
from esign.ceremony.handovers import Handovers, IsStaffThere
from esign.ceremony.identity import IdentityVerifier
from esign.ceremony.organisation_seal import OrganisationSeal, Sealing
from esign.ceremony.own_documents import OwnDocuments
from esign.ceremony.reactions import REVOKE, SEAL, SIGN, TASKS, MessageReaction, Messages, TaskReaction
from esign.ceremony.recognition.acceptors import Acceptors, acceptors_over
from esign.ceremony.revoking import Revoker
from esign.ceremony.screens import Screens
from esign.ceremony.sealing import Sealer
from esign.ceremony.signals import Signals
from esign.ceremony.signing import Signer
from esign.ceremony.tasks import Tasks
from esign.ceremony.tokens import Tokens
from esign.ceremony.traces import Traces
from esign.ceremony.trust_services import TrustServices
from esign.completion.certificates import Certificates
from esign.completion.certifying import CERTIFY, Certifier, CompletionEntry
from esign.completion.gathering import Gatherer, Surroundings
from esign.exports.exports import Exports
from esign.exports.making import BundleMaker
from esign.exports.room import export_room
from esign.infra.blobs import BlobStore
from esign.infra.clock import ClientClocks
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.group_chat import GroupChats, NoGroupChats
from esign.infra.jobs import JobKind, JobQueue
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.quarantine import Quarantine
from esign.infra.sealed_blobs import SealedBlobs
from esign.infra.settings import USUAL_POLICIES
from esign.pades.typeface import Typeface
from esign.renewal.checkpoints import RENEW_CHECKPOINTS, CheckpointRenewer
from esign.renewal.documents import RENEW, Renewer
from esign.renewal.renewing import Authorities
from esign.retention.requests import is_restricted
from esign.trail.log import Trail
from esign.verifications.held import HeldVerdicts
from esign.verifications.judging import Judges, Observe, unobserved
from esign.verifications.line import LineLimits
from esign.verify.acceptance.policy import Policy, policy_named
from esign.verify.trust.algorithm_constraints import default_constraints


def nobody(_session: Session, _phone: str) -> bool:
    """Know no staff: for a service without a console, and for tests of other rooms."""
    return False


def always_there(_session: Session, _staff_session: str) -> bool:
    """Take every session of staff for one that goes on: for a service without a console, or tests of other rooms."""
    return True


def as_said(_session: Session, owner: Owner) -> Owner:
    """Take whoever is named for the owner: for a service without a console, and for tests of other rooms."""
    return owner


@dataclass(frozen=True)
class Ports:
    """What the service stands on."""

    database: Database
    blobs: BlobStore
    keys: KeyStore
    queue: JobQueue
    quarantine: Quarantine
    typeface: Typeface
    trust_services: TrustServices
    organisation: str
    seal: CertifiedKey
    identity_verifier: IdentityVerifier
    face_check: FaceCheck
    messages: Messages
    live: bool
    identity_levels: tuple[str, ...] = ()
    """Of which everybody who signs for a room must reach one in live mode; none where nobody has chosen."""
    is_staff_phone: IsStaffPhone = nobody
    find_owner: FindOwner = as_said
    is_staff_there: IsStaffThere = always_there
    line: LineLimits = LineLimits()
    observe_verification: Observe = unobserved
    stand_ins: tuple[str, ...] = ()
    """Codes of what takes the place of a third party (`esign.operations.stand_ins`): a certificate says so."""
    verify_address: str | None = None
    """Where anybody may have a file judged; None where there is no such page."""
    chats: GroupChats = NoGroupChats()
    policy: Policy | None = None
    """By which files that are handed in are judged ours; the usual one of the mode where it is None."""
    system: SystemFacts | None = None
    """What bundles say of the system; None where nobody says it: in tests."""


@dataclass(frozen=True)
class Service:
    """The parts that the API, the jobs and the sweeps call."""

    ports: Ports
    envelopes: Envelopes
    maker: EnvelopeMaker
    entrance: Entrance
    ceremony: Ceremony
    documents: Documents
    records: PersonalRecords
    tokens: Tokens
    clocks: ClientClocks
    tasks: Tasks
    screens: Screens
    handovers: Handovers
    deadlines: Deadlines
    signals: Signals
    acceptors: Acceptors
    judges: Judges
    held_verdicts: HeldVerdicts
    exports: Exports
    bundles: BundleMaker
    certificates: Certificates
    completions: CompletionEntry
    own_documents: OwnDocuments
    renewer: Renewer
    checkpoint_renewer: CheckpointRenewer
    job_kinds: tuple[JobKind, ...]

    def put_due_jobs(self) -> int:
        """Put a job for every task that is due; return how many. For the sweep."""
        now = self.ports.trust_services.clock()
        with self.ports.database.reading() as session:
            if not self.tasks.is_any_due(session, now=now):
                return 0
        with self.ports.database.transaction() as session:
            return self.tasks.put_due_jobs(session, now=now)


def assemble(ports: Ports, *, reactions: Sequence[Reaction] = ()) -> Service:
    """Return the service over these ports. `reactions` are asked after every change, in its transaction."""
    database, services = ports.database, ports.trust_services
    records = people_records(ports.keys)
    documents = Documents(SealedBlobs(ports.blobs), records.data_keys)
    tasks, texts = Tasks(ports.queue, giving_way=(CERTIFY, RENEW)), ConsentTexts()
    clocks = ClientClocks(services.clock, database, movable=not ports.live)
    handovers = Handovers(ports.keys, services.clock, ports.is_staff_there)
    tokens, exclusive = Tokens(ports.keys), Exclusive(database)
    own = (TaskReaction(tasks, services.clock), MessageReaction(ports.messages))
    signals = Signals(Traces(ports.keys))
    envelopes = Envelopes(database, Trail(VOCABULARY), (*own, *reactions), signals.watch)
    issuer = Issuer(ports.organisation, services.custodian_certificate, services.notice)
    quarantine = ports.quarantine
    signer = Signer(envelopes, documents, records, tasks, clocks, services, quarantine, exclusive)
    sealing = Sealing(services, OrganisationSeal(ports.organisation, ports.seal), quarantine)
    sealer = Sealer(envelopes, documents, records, tasks, clocks, services, sealing, exclusive)
    own_documents = OwnDocuments(sealing, quarantine, ports.typeface)
    acceptors = acceptors_over(
        database,
        ports.policy or policy_named(USUAL_POLICIES["live" if ports.live else "test"]),
        seals=[ports.seal.certificate],
        keys=[ports.keys.checkpoint_public_key],
        clock=services.clock,
    )
    judges = Judges(quarantine, services.trust, services.clock, ports.line, acceptors, ports.observe_verification)
    certificates = Certificates(documents, records)
    exporting = export_room(
        envelopes,
        documents,
        records,
        texts,
        tasks,
        certificates,
        services,
        quarantine,
        ports.blobs,
        ports.seal,
        ports.keys.checkpoint_public_key,
        ports.system or _unsaid(ports),
        is_restricted,
    )
    certifier = Certifier(
        envelopes,
        certificates,
        Gatherer(records, _surroundings(ports)),
        tasks,
        clocks,
        services.clock,
        own_documents,
        ports.typeface,
        exclusive,
    )
    authorities = Authorities(
        services.timestamp_authority, services.revocation, services.trust, default_constraints(), services.clock
    )
    renewer = Renewer(envelopes, documents, tasks, clocks, authorities, quarantine, exclusive)
    checkpoint_renewer = CheckpointRenewer(database, tasks, authorities, exclusive)
    revoker = Revoker(database, tasks, services.issuer, services.clock)
    return Service(
        ports=ports,
        envelopes=envelopes,
        maker=EnvelopeMaker(
            envelopes,
            documents,
            records,
            texts,
            quarantine,
            ports.typeface,
            issuer,
            ports.is_staff_phone,
            ports.find_owner,
        ),
        entrance=Entrance(
            envelopes, records, tokens, clocks, ports.identity_verifier, handovers, signals, live=ports.live
        ),
        ceremony=Ceremony(
            envelopes,
            documents,
            records,
            ports.keys,
            texts,
            clocks,
            handovers,
            quarantine,
            ports.face_check,
            services.entropy,
        ),
        documents=documents,
        records=records,
        tokens=tokens,
        clocks=clocks,
        tasks=tasks,
        screens=Screens(records),
        handovers=handovers,
        deadlines=Deadlines(envelopes, clocks),
        signals=signals,
        acceptors=acceptors,
        judges=judges,
        held_verdicts=HeldVerdicts(database, ports.keys, judges, services.clock),
        exports=exporting.exports,
        bundles=exporting.bundles,
        certificates=certificates,
        completions=CompletionEntry(tasks, services.clock),
        own_documents=own_documents,
        renewer=renewer,
        checkpoint_renewer=checkpoint_renewer,
        job_kinds=(
            JobKind(SIGN, signer.run, at_once=3, queue=TASKS),
            JobKind(SEAL, sealer.run, at_once=3, queue=TASKS),
            JobKind(REVOKE, revoker.run, at_once=1, queue=TASKS),
            exporting.job,
            JobKind(RENEW, renewer.run, at_once=1, look_seconds=5.0),
            JobKind(RENEW_CHECKPOINTS, checkpoint_renewer.run, at_once=1, look_seconds=5.0),
            JobKind(CERTIFY, certifier.run, at_once=1, look_seconds=1.0),
        ),
    )


def _unsaid(ports: Ports) -> SystemFacts:
    return SystemFacts(
        organisation=ports.organisation,
        runtime="",
        database="SQLite" if ports.database.is_sqlite else "PostgreSQL",
        blobs="",
        configuration="",
        log="",
        timestamps=None,
        stand_ins=(),
        operators={},
        is_custodian_apart=False,
    )


def _surroundings(ports: Ports) -> Surroundings:
    services = ports.trust_services
    return Surroundings(ports.organisation, ports.stand_ins, services.notice, services.licence, ports.verify_address)
