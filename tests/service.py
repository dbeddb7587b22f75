"""A whole service for tests: a real database, real cryptography, invented people, and jobs done when a test says so."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from ca.ports import Clock
from esign.ceremony.consents import usual_consents
from esign.ceremony.creation import DocumentRequest, EnvelopeRequest, RecipientRequest
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.values import (
    EnvelopeMode,
    PhotoPlacement,
    PromisedLevel,
    RecipientRole,
    Settings,
)
from esign.ceremony.entrance import Answer
from esign.ceremony.face_check import QualityOnly
from esign.ceremony.identity import NoThirdParty
from esign.ceremony.models import Task
from esign.ceremony.people import Person
from esign.ceremony.quarantined import quarantine_in_process
from esign.ceremony.tokens import TEST_CODE
from esign.ceremony.trust_services import TrustServices
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.columns import JsonValue
from esign.infra.database import Database
from esign.infra.jobs import NoJobs
from esign.infra.keystore import create_key_store, open_key_store
from esign.infra.quarantine import Quarantine
from esign.pades.typeface import Typeface
from esign.service import Ports, Service
from esign.trail.log import read_stream
from tests.signers import face_jpeg, handwriting_json

ORGANISATION = "示例保险股份有限公司"
NOTICE = "测试证书 TEST"
CLIENT = "cli_test0000000000000000000000"
YU = Person("于文山", "13800000001", "11010519491231002X")
YE = Person("叶小禾", "13800000002", None, None, "en")


@dataclass
class RecordedMessages:
    """Keeps what was put, in order."""

    put_so_far: list[tuple[str, str, Mapping[str, JsonValue]]] = field(default_factory=list)

    def put(
        self,
        session: Session,
        *,
        dedupe: str,
        kind: str,
        person: str,
        envelope: str | None,
        facts: Mapping[str, JsonValue],
        at: datetime,
    ) -> None:
        del session, dedupe, envelope, at
        self.put_so_far.append((kind, person, facts))

    def kinds(self) -> list[str]:
        return [kind for kind, _person, _facts in self.put_so_far]


def system_now() -> datetime:
    return datetime.now(UTC)


def trust_services(authority: EmbeddedAuthority) -> TrustServices:
    return TrustServices(
        issuer=authority.issuer,
        timestamp_authority=authority.timestamp_authority,
        revocation=authority.revocation,
        trust=authority.trust_store(),
        custodian_certificate=authority.custodian_certificate,
        clock=system_now,
        entropy=secrets.token_bytes,
        notice=NOTICE,
    )


def ports_for(
    database: Database,
    folder: Path,
    authority: EmbeddedAuthority,
    typeface: Typeface,
    quarantine: Quarantine | None = None,
) -> Ports:
    return Ports(
        database=database,
        blobs=FolderBlobStore(folder / "blobs", bytes_at_most=200_000_000),
        keys=(open_key_store if (folder / "keys").exists() else create_key_store)(folder / "keys"),
        queue=NoJobs(),
        quarantine=quarantine or quarantine_in_process(typeface),
        typeface=typeface,
        trust_services=trust_services(authority),
        organisation=ORGANISATION,
        seal=authority.seal,
        identity_verifier=NoThirdParty(),
        face_check=QualityOnly(),
        messages=RecordedMessages(),
        live=False,
    )


def settings(**changes: object) -> Settings:
    usual = Settings(
        level=PromisedLevel.B_LTA,
        mode=EnvelopeMode.TEST,
        expires_at=system_now() + timedelta(days=14),
        reminders=None,
        photo_placement=PhotoPlacement.SEALED,
        photo_roles=(RecipientRole.APPLICANT, RecipientRole.INSURED),
        face_statement=False,
        consents=tuple(text.plan() for text in usual_consents((RecipientRole.APPLICANT, RecipientRole.INSURED))),
        identity_levels=("not-verified",),
        minimum_reading_seconds=0,
        external_id=None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def request(contract: bytes, **changes: object) -> EnvelopeRequest:
    usual = EnvelopeRequest(
        title="鸿福一生终身寿险合同",
        documents=[DocumentRequest("合同.pdf", contract)],
        recipients=[
            RecipientRequest(RecipientRole.APPLICANT, YU),
            RecipientRequest(RecipientRole.INSURED, YE),
        ],
        settings=settings(),
        consents=usual_consents((RecipientRole.APPLICANT, RecipientRole.INSURED)),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def short_request(contract: bytes, *people: Person, **changes: object) -> EnvelopeRequest:
    """What is signed soonest: no photos, no consents; the first person is the applicant, the second insured.

    `changes` are of the request or of its settings.
    """
    roles = (RecipientRole.APPLICANT, RecipientRole.INSURED)
    usual = request(
        contract,
        recipients=[RecipientRequest(role, person) for role, person in zip(roles, people, strict=False)],
        consents=(),
    )
    asked = {name: changes.pop(name) for name in tuple(changes) if name not in usual.__dataclass_fields__}
    return replace(usual, settings=settings(**{"photo_roles": (), "consents": (), **asked}), **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """Somebody who plays everybody's part."""

    service: Service
    seed: int = 1
    now: Clock = system_now

    @property
    def messages(self) -> RecordedMessages:
        found = self.service.ports.messages
        assert isinstance(found, RecordedMessages)
        return found

    def create(self, request: EnvelopeRequest) -> Envelope:
        created = self.service.maker.create(CLIENT, request, now=self.now())
        return self.envelope(created.envelope)

    def envelope(self, envelope: str) -> Envelope:
        with self.service.ports.database.reading() as session:
            return self.service.envelopes.get(session, envelope)

    def link(self, envelope: Envelope, number: int) -> str:
        recipient = self.envelope(envelope.id).recipients[number]
        return self.service.tokens.link(recipient.id, recipient.plan.person)

    def enter(self, envelope: Envelope, number: int, person: Person) -> str:
        """Open the link, answer the code; return the session token."""
        entrance, link = self.service.entrance, self.link(envelope, number)
        entrance.open(link)
        entrance.send_code(link)
        four = person.id_number[-4:] if person.id_number else None
        return entrance.identify(link, Answer(TEST_CODE, person.name, four, device={"user_agent": "test"}))

    def read(self, token: str) -> None:
        """Give the consents that come before, read every page, finish."""
        ceremony = self.service.ceremony
        self.consent(token, "before-reading", "reading")
        admitted = ceremony.admit(token)
        document = admitted.envelope.document(admitted.recipient.plan.document).plan
        client = admitted.envelope.client
        for page in range(1, document.pages + 1):
            entered = self._client_time(client)
            ceremony.page(token, page)
            ceremony.record_page(token, page, entered, self._client_time(client))
        if seconds := admitted.envelope.settings.minimum_reading_seconds:
            self._stay(token, client, timedelta(seconds=seconds))
        ceremony.finish_reading(token)

    def _stay(self, token: str, client: str, time: timedelta) -> None:
        """Have the first page before the reader's eyes for so long, by the client's clock, which is moved."""
        entered = self._client_time(client)
        self.service.ceremony.page(token, 1)
        with self.service.ports.database.transaction() as session:
            left = self.service.clocks.advance(session, client, time)
        self.service.ceremony.record_page(token, 1, entered, left)

    def _client_time(self, client: str) -> datetime:
        with self.service.ports.database.reading() as session:
            return self.service.clocks.now(session, client)

    def consent(self, token: str, *stages: str) -> None:
        ceremony = self.service.ceremony
        for text in ceremony.consents(token):
            if text.stage.value in stages:
                ceremony.give_consent(token, text.id, text.version, text.digest)

    def draw(self, token: str) -> None:
        self.seed += 1
        self.service.ceremony.draw(token, handwriting_json(self.seed))

    def photograph(self, token: str) -> None:
        self.consent(token, "photo")
        self.service.ceremony.take_photo(token, face_jpeg(self.seed))

    def play(self, envelope: Envelope, number: int, person: Person) -> str:
        """Take a recipient through the whole ceremony, to the confirmation; return the session token."""
        token = self.prepare(envelope, number, person)
        self.service.ceremony.confirm(token)
        return token

    def prepare(self, envelope: Envelope, number: int, person: Person) -> str:
        """Take a recipient to where only the confirmation is missing; return the session token."""
        token = self.enter(envelope, number, person)
        self.read(token)
        self.draw(token)
        admitted = self.service.ceremony.admit(token)
        if admitted.envelope.photo_asked(admitted.recipient):
            self.photograph(token)
        return token

    def recipient(self, envelope: Envelope, number: int) -> Recipient:
        return self.envelope(envelope.id).recipients[number]

    def tasks(self) -> list[Task]:
        with self.service.ports.database.reading() as session:
            return list(session.scalars(select(Task).order_by(Task.created_at, Task.id)))

    def step(self, kind: str) -> None:
        """Do every task of this kind once, due or not; what it raises goes on."""
        for task in self.tasks():
            if task.kind == kind:
                self.run(task)

    def run(self, task: Task) -> None:
        runs = {kind.name: kind.run for kind in self.service.job_kinds}
        runs[task.kind](task.id)

    def events(self, envelope: Envelope) -> list[str]:
        """Return the types of the envelope's events, in order."""
        with self.service.ports.database.reading() as session:
            return [event.type for event in read_stream(session, envelope.id)]

    def work(self, *, at_most: int = 50) -> int:
        """Do every task that there is, due or not, until none is left; return how many were done."""
        for done in range(at_most):
            tasks = self.tasks()
            if not tasks:
                return done
            self.run(tasks[0])
        return at_most


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do the acts in threads that begin together; return what they raised."""
    together, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        together.wait(20)
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
