"""What a process of the service opens from its settings, and the two kinds of process: web and worker.

Which trust services there are is the composition root's choice; everything else follows from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session

from ca.ports import CertifiedKey, HttpTransport
from esign.api.app import ApiApp, create_api, mount
from esign.api.ceremony_resources import ceremony_resources
from esign.api.client_resources import client_resources
from esign.api.idempotency import FirstAnswers
from esign.api.rates import Rates
from esign.api.readings import readings_of
from esign.api.services import ApiServices
from esign.api.staff_limits import STAFF_INVITATIONS, STAFF_LOGINS, TriesAtTheDoor
from esign.ceremony.creation import Owner
from esign.ceremony.messages import LIFETIMES, Composer
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.ceremony.quarantined import start_document_quarantine
from esign.ceremony.reactions import QUEUES
from esign.ceremony.recognition.chosen_policy import chosen_policy
from esign.ceremony.tokens import Tokens
from esign.ceremony.trust_services import TrustServices
from esign.choices import (
    channel,
    face_check,
    identity_verifier,
    line_limits,
    open_blobs,
    origin_of,
    quarantine_limits,
    system_facts_of,
)
from esign.desk.verifications import forget_reports
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.clock import Clock
from esign.infra.database import open_database
from esign.infra.exclusive import Exclusive
from esign.infra.group_chat import AppriseChats
from esign.infra.jobs_dbos import DbosQueue
from esign.infra.keystore import open_key_store
from esign.infra.messages import MessageBox
from esign.infra.metrics import Metrics
from esign.infra.outgoing import GuardedTransport
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.personal_records import PersonalRecords
from esign.infra.process_memory import GIVEN_BACK_SECONDS, give_back_freed_memory
from esign.infra.pulse import Beat
from esign.infra.schema import require_current_schema
from esign.infra.settings import Settings
from esign.operations.stand_ins import require_accepted
from esign.operations.witness_mail import WitnessLetters, witness_beat
from esign.pades.typeface import Typeface
from esign.public.room import RoomParts
from esign.public.rooms import NO_ROOMS, Rooms
from esign.renewal.sweeping import CHECKPOINTS, DOCUMENTS, LOOK_SECONDS, Renewing, expiring, renewing
from esign.retention.holds import recipients_held
from esign.retention.projection import retention_projection
from esign.retention.room import RetentionRoom, beats_of, choice_of, retention_room
from esign.retention.visits import forget_visits
from esign.service import Ports, Service, assemble
from esign.staff.approval_records import forget_proposals
from esign.staff.people import members_with_phone
from esign.staff.reach import belonging
from esign.staff.room import staff_door, staff_room
from esign.staff.sessions import Sessions as StaffSessions
from esign.staff.sessions import is_there
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.note import NoteVerifier
from esign.trail.publishing import CheckpointPublisher
from esign.trail.remembered import RememberedCheckpoint
from esign.verifications.held import forget_gone
from esign.web.app import create_pages
from esign.web.by_path import Application, by_path
from esign.web.console.access import Console
from esign.web.console.app import create_console
from esign.web.console.console_services import ConsoleServices
from esign.web.forgery import Forms
from esign.web.page_services import page_services
from esign.webhooks.deliveries import Deliveries, PublicEvents
from esign.webhooks.endpoints import Endpoints
from esign.webhooks.sending import Sender
from esign.worker import Worker


@dataclass(frozen=True)
class Trusted:
    """The trust services that were chosen, whose seal it is, and when each certificate of ours ends."""

    services: TrustServices
    organisation: str
    seal: CertifiedKey
    expiries: Mapping[str, datetime]


@dataclass(frozen=True)
class Foundation:
    """What is open before the trust services are: the one way out, and what is measured.

    Webhooks have rules of their own: an exception that a vendor needs must not open that address to every client.
    """

    transport: HttpTransport
    rules: OutgoingRules
    webhook_transport: HttpTransport
    webhook_rules: OutgoingRules
    metrics: Metrics


@dataclass(frozen=True)
class Process:
    """What a process has open."""

    settings: Settings
    clock: Clock
    foundation: Foundation
    trusted: Trusted
    service: Service
    queue: DbosQueue
    messages: MessageBox
    endpoints: Endpoints
    deliveries: Deliveries
    events: PublicEvents
    retention: RetentionRoom
    log: NoteVerifier
    """The key by which the trail's checkpoints are verified."""
    rooms: Rooms = NO_ROOMS
    parts: tuple[RoomParts, ...] = ()
    """What each room does here, in the order of the rooms."""


def lay_foundation(settings: Settings) -> Foundation:
    """Return what everything else stands on."""
    rules, webhook_rules = OutgoingRules(settings.outgoing_allow), OutgoingRules(settings.webhooks_allow)
    return Foundation(
        transport=GuardedTransport(rules),
        rules=rules,
        webhook_transport=GuardedTransport(webhook_rules),
        webhook_rules=webhook_rules,
        metrics=Metrics(CollectorRegistry()),
    )


def open_process(
    settings: Settings,
    foundation: Foundation,
    trusted: Trusted,
    typeface: Typeface,
    clock: Clock,
    rooms: Rooms = NO_ROOMS,
) -> Process:
    """Open database, keys, blobs, quarantine and channels. Each process opens its own, after it was forked.

    `rooms` are those of business packages, which the composition root alone knows.

    Raises `EsignError`: also `stand-ins-not-accepted` in live mode.
    """
    database = open_database(settings.database.url.reveal(), connections=settings.database.connections)
    require_current_schema(database)
    if settings.mode == "live":
        with database.reading() as session:
            require_accepted(session, (*settings.stand_ins, *rooms.stand_ins))
    keys, queue = open_key_store(settings.keys), DbosQueue(database, QUEUES)
    records, events = PersonalRecords(keys), rooms.public_events(EnvelopeEvents())
    messages = MessageBox(
        database,
        channel(settings.notifications, foundation.rules),
        rooms.composer(
            keys,
            records,
            trusted.organisation,
            settings.public_url,
            WitnessLetters(settings.trail.witnesses, Composer(records, Tokens(keys), settings.public_url)),
        ),
        queue,
        clock=clock,
        lifetimes=LIFETIMES,
    )
    ports = Ports(
        database=database,
        blobs=open_blobs(settings.blobs),
        keys=keys,
        queue=queue,
        quarantine=start_document_quarantine(typeface, limits=quarantine_limits(settings.verification)),
        typeface=typeface,
        trust_services=trusted.services,
        organisation=trusted.organisation,
        seal=trusted.seal,
        identity_verifier=identity_verifier(settings.identity, foundation.transport, clock),
        face_check=face_check(settings.face, foundation.transport, clock),
        messages=messages,
        live=settings.mode == "live",
        identity_levels=settings.identity_levels,
        is_staff_phone=lambda session, phone: bool(members_with_phone(session, records, phone)),
        find_owner=find_owner,
        is_staff_there=is_there,
        stand_ins=settings.stand_ins,
        verify_address=f"{settings.public_url}/verify" if settings.verification.public else None,
        policy=chosen_policy(settings.acceptance_policy),
        line=line_limits(settings.verification),
        observe_verification=foundation.metrics.observe_verification,
        system=system_facts_of(settings, trusted.organisation),
        chats=AppriseChats(foundation.rules, foundation.transport),
    )
    service = assemble(ports)
    parts = rooms.opened(service, settings.public_url)
    return Process(
        settings=settings,
        clock=clock,
        foundation=foundation,
        trusted=trusted,
        service=service,
        queue=queue,
        messages=messages,
        endpoints=Endpoints(records.data_keys, foundation.webhook_rules, (*TOLD, *rooms.told)),
        deliveries=Deliveries(events, clock),
        events=events,
        retention=retention_room(
            database,
            keys,
            ports.blobs,
            choice_of(settings.retention),
            clock=clock,
            messages=messages,
            live=ports.live,
            records_about=rooms.records_about,
            held_by_rooms=rooms.held(parts),
            matters_of=rooms.matters_of,
        ),
        rooms=rooms,
        parts=parts,
        log=origin_of(settings).verifier(CheckpointKey(keys).public_key),
    )


def find_owner(session: Session, owner: Owner) -> Owner | None:
    """Return whose envelope it is as the staff room knows them; None where there are no such two."""
    found = belonging(session, owner.institution, owner.salesperson)
    return None if found is None else Owner(*found)


def web_application(process: Process, rest: Application | None = None) -> Application:
    """Return the WSGI application of a web process: the API, `rest` at `/ca`, the console at `/console`, the pages of
    the ceremony at every other path."""
    database, metrics = process.service.ports.database, process.foundation.metrics
    faces = process.retention.faces
    renewers: dict[str, Renewing] = {
        DOCUMENTS: process.service.renewer,
        CHECKPOINTS: process.service.checkpoint_renewer,
    }
    expiries = expiring(process.trusted.expiries, renewers, process.clock)
    metrics.read_at_scrape(readings_of(database, process.clock, expiries, lambda: faces().people))
    beside = {"/console": console_of(process)} | ({} if rest is None else {"/ca": rest})
    pages = by_path(beside, pages_of(process))
    return mount(api_of(process), pages, trusted_proxies=process.settings.http.trusted_proxies)


def pages_of(process: Process) -> Flask:
    """Return the pages over what a process has open."""
    settings = process.settings
    services = page_services(
        process.service,
        process.foundation.metrics,
        settings.public_url,
        verifies=settings.verification.public,
        verified_bytes_at_most=settings.verification.upload_bytes_at_most,
        retention=process.retention,
    )
    parts = [part.pages for part in process.parts if part.pages is not None]
    return create_pages(services, parts, process.rooms.packages)


def console_of(process: Process) -> Console:
    """Return the console over what a process has open."""
    ports, url = process.service.ports, process.settings.public_url
    rates, room = Rates(ports.database, process.clock), staff_room(ports.database, ports.keys)
    logins, invitations = (TriesAtTheDoor(rates, ports.keys, one) for one in (STAFF_LOGINS, STAFF_INVITATIONS))
    services = ConsoleServices(
        service=process.service,
        room=room,
        door=staff_door(room, ports.keys, logins, issuer=ports.organisation),
        invitations=invitations,
        rates=rates,
        forms=Forms(ports.keys, url),
        metrics=process.foundation.metrics,
        clock=process.clock,
        public_url=url,
        messages=process.messages,
        expiries=lambda: process.trusted.expiries,
        verified_bytes_at_most=process.settings.verification.upload_bytes_at_most,
        retention=process.retention,
        sweep_erases=process.settings.retention.erasure == "carry-out",
        codes=process.rooms.codes,
        room_scopes=process.rooms.scopes,
    )
    return create_console(services, [part.console for part in process.parts if part.console is not None])


def api_of(process: Process) -> ApiApp:
    """Return the API over what a process has open. Nobody is asked before a request comes."""
    settings, service = process.settings, process.service
    services = ApiServices(
        database=service.ports.database,
        keys=service.ports.keys,
        clock=process.clock,
        metrics=process.foundation.metrics,
        public_url=settings.public_url,
        mode=settings.mode,
        metrics_token=settings.http.metrics_token,
        strict_transport=settings.strict_transport,
        codes=process.rooms.codes,
        scopes=process.rooms.scopes,
    )
    resources = [
        *client_resources(
            service,
            public_url=settings.public_url,
            upload_bytes_at_most=settings.http.upload_bytes_at_most,
            messages=process.messages,
            endpoints=process.endpoints,
            deliveries=process.deliveries,
            transport=process.foundation.webhook_transport,
            log=process.log,
            retention=process.retention,
            verified_bytes_at_most=settings.verification.upload_bytes_at_most,
            client_of=process.rooms.client_of,
        ),
        *ceremony_resources(service),
        *(resource for part in process.parts for resource in part.resources),
    ]
    return create_api(services, resources)


def worker(process: Process, *, name: str) -> Worker:
    """Return the worker of a worker process, not started yet; `name` tells it from others."""
    settings, service, clock = process.settings, process.service, process.clock
    database = service.ports.database
    exclusive = Exclusive(database)
    publisher = CheckpointPublisher(
        origin_of(settings),
        CheckpointKey(service.ports.keys),
        service.ports.trust_services.timestamp_authority,
        remembered=RememberedCheckpoint(settings.trail.memory),
    )
    consumers = [
        Consumer("webhooks", process.deliveries.enter_event),
        Consumer("completion", service.completions.enter_event),
        retention_projection(),
        *(consumer for part in process.parts for consumer in part.consumers),
    ]
    keeper = TrailKeeper(database, publisher, consumers, clock, exclusive, awaited=AWAITS_CHECKPOINT)
    outside = process.foundation.webhook_transport
    sender = Sender(database, process.endpoints, process.events, outside, exclusive, clock)
    answers, rates = FirstAnswers(database, service.records.data_keys, clock), Rates(database, clock)
    return Worker(
        service,
        keeper,
        sender,
        process.messages,
        process.queue,
        clock,
        name=name,
        cleanings=(
            answers.forget_old,
            rates.forget_old,
            service.screens.close_untold,
            service.handovers.end_overdue,
            service.signals.traces.forget_old,
            lambda session, now: StaffSessions(database).forget_old(session, at=now),
            lambda session, now: forget_proposals(session, service.records, now=now, spared=recipients_held()),
            forget_gone,
            service.exports.forget_gone,
            lambda session, now: forget_reports(
                session, service.records, now=now, before=process.retention.reports_over(now)
            ),
            forget_visits,
            process.retention.requests.forget_old,
            *(cleaning for part in process.parts for cleaning in part.cleanings),
        ),
        beats=(
            *beats_of(process.retention, clock),
            witness_beat(settings.trail, database, process.messages, clock),
            Beat("renewal", LOOK_SECONDS, renewing(service.renewer, clock)),
            Beat("checkpoint renewal", LOOK_SECONDS, renewing(service.checkpoint_renewer, clock)),
            Beat("memory", GIVEN_BACK_SECONDS, give_back_freed_memory),
            *(beat for part in process.parts for beat in part.beats),
        ),
        jobs=tuple(job for part in process.parts for job in part.jobs),
    )
