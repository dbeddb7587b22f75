"""A person who asked for erasure, and of whom the law lets nothing be done but storing."""

from __future__ import annotations

from esign.ceremony.domain import Envelope
from esign.retention.people import Concerned, Told
from esign.retention.requests import Channel, Outcome, RequestKind
from esign.retention.room import retention_room, usual_choice
from tests.unit.desk.desk_office import JIANG, Branch


def restrict(branch: Branch, envelope: Envelope) -> None:
    """Let the recipient ask for erasure, and the answer be that it is only stored."""
    ports, now, recipient = branch.service.ports, branch.office.now, envelope.recipients[0].id
    room = retention_room(ports.database, ports.keys, ports.blobs, usual_choice(), clock=lambda: now)
    with ports.database.transaction() as session:
        made = room.requests.receive(
            session,
            RequestKind.ERASURE,
            Told(JIANG.name, JIANG.phone),
            [Concerned(recipient, envelope.id)],
            channel=Channel.PAGE,
            by=None,
            actor="person",
            now=now,
        )
        room.requests.answer(
            session,
            room.requests.get(session, made),
            Outcome.RESTRICTED,
            "只保存。",
            by="usr_1",
            actor="staff:usr_1",
            now=now,
            restricted=[recipient],
        )
