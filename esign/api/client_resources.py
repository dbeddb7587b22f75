"""Everything that a client's program calls, beside the keys: one list for the composition root."""

from __future__ import annotations

from ca.ports import HttpTransport
from esign.api.document_resource import document_resource
from esign.api.envelope_resource import envelope_resource
from esign.api.event_resource import event_resource
from esign.api.export_resource import export_resource
from esign.api.operations import Resource
from esign.api.recipient_resource import recipient_resource
from esign.api.retention_resource import retention_resource
from esign.api.test_resource import ClientOf, nobodys, test_resource
from esign.api.verification_resource import verification_resource
from esign.api.webhook_resource import webhook_resource
from esign.infra.messages import MessageBox
from esign.retention.room import RetentionRoom, retention_room, usual_choice
from esign.service import Service
from esign.trail.note import NoteVerifier
from esign.verifications.asked import BYTES_AT_MOST
from esign.webhooks.deliveries import Deliveries
from esign.webhooks.endpoints import Endpoints
from esign.webhooks.ping import Pinger


def client_resources(
    service: Service,
    *,
    public_url: str,
    upload_bytes_at_most: int,
    messages: MessageBox,
    endpoints: Endpoints,
    deliveries: Deliveries,
    transport: HttpTransport,
    log: NoteVerifier,
    verified_bytes_at_most: int = BYTES_AT_MOST,
    retention: RetentionRoom | None = None,
    client_of: ClientOf = nobodys,
) -> list[Resource]:
    """Return the resources.

    `public_url` is where people's links lead, `transport` the guarded way out to webhooks, and `log` the key by
    which the trail's checkpoints are verified (`Origin.verifier`). `verified_bytes_at_most` is the size of the largest
    file that is judged; without a `retention` room, what is kept is kept by the product's own rules. `client_of` tells
    whose something of a room is.
    """
    ports, database = service.ports, service.ports.database
    if retention is None:
        clock = ports.trust_services.clock
        retention = retention_room(database, ports.keys, ports.blobs, usual_choice(), clock=clock)
    return [
        envelope_resource(service, public_url, upload_bytes_at_most),
        recipient_resource(service, public_url),
        document_resource(service, public_url),
        retention_resource(service, retention),
        event_resource(service, log),
        export_resource(service),
        verification_resource(
            service.judges, service.held_verdicts, service.ports.typeface.path.parent, verified_bytes_at_most
        ),
        webhook_resource(database, endpoints, deliveries, Pinger(database, endpoints, transport)),
        test_resource(service, messages, public_url, client_of),
    ]
