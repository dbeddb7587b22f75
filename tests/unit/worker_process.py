"""A worker process for tests: `python -m tests.unit.worker_process DATABASE-URL FOLDER`.

FOLDER holds the authority (`ca`), keys and blobs. It works until its standard input ends.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ca.authority import open_authority
from ca.ports import HttpAnswer
from esign.ceremony.messages import LIFETIMES, Composer
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.ceremony.reactions import QUEUES
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.infra.exclusive import Exclusive
from esign.infra.jobs_dbos import DbosQueue
from esign.infra.logs import set_up_logs
from esign.infra.messages import MessageBox
from esign.infra.notifications import OutboxChannel
from esign.infra.outgoing_rules import OutgoingRules
from esign.service import assemble
from esign.trail.checkpoint import Origin
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.publishing import CheckpointPublisher
from esign.webhooks.deliveries import Deliveries
from esign.webhooks.endpoints import Endpoints
from esign.webhooks.sending import Sender
from esign.worker import Worker
from tests.authority import PASSPHRASE, present_time
from tests.service import ports_for
from wsgi import find_typeface


class Nowhere:
    """No endpoint is registered, so nobody is called."""

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        raise AssertionError(url)

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        raise AssertionError(url)


def main(url: str, folder: Path) -> None:
    set_up_logs("info")
    database = open_database(url)
    authority = open_authority(folder / "ca", passphrase=PASSPHRASE, clock=present_time)
    queue, events, exclusive = DbosQueue(database, QUEUES), EnvelopeEvents(), Exclusive(database)
    ports = replace(ports_for(database, folder, authority, find_typeface()), queue=queue)
    service = assemble(ports)
    composer = Composer(service.records, service.tokens, "https://signing.insurer.example")
    messages = MessageBox(database, OutboxChannel(), composer, queue, clock=present_time, lifetimes=LIFETIMES)
    origin = Origin("signing.insurer.example/trail")
    publisher = CheckpointPublisher(origin, CheckpointKey(ports.keys), authority.timestamp_authority)
    consumers = [
        Consumer("webhooks", Deliveries(events, present_time).enter_event),
        Consumer("completion", service.completions.enter_event),
    ]
    keeper = TrailKeeper(database, publisher, consumers, present_time, exclusive, awaited=AWAITS_CHECKPOINT)
    endpoints = Endpoints(service.records.data_keys, OutgoingRules(), TOLD)
    sender = Sender(database, endpoints, events, Nowhere(), exclusive, present_time)
    worker = Worker(service, keeper, sender, messages, queue, present_time, name="worker-1")
    worker.start()
    print("working", flush=True)
    sys.stdin.read()
    worker.stop(seconds=10)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
