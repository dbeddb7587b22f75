"""What a room records and hears: events of its own as dataclasses, streams of them, and the trail as the only bus."""

from __future__ import annotations

from esign.trail.consumers import Consumer, Handler, ManyProjection, Projection, rebuild
from esign.trail.errors import ConcurrentChange, EventRefused, StreamBroken
from esign.trail.event import Event, EventType, LoggedEvent, NewEvent, Value, plain_payload
from esign.trail.forms import ID_OR_CODE, WORDS, DomainEvent, EventForms
from esign.trail.log import Trail, read_stream, read_streams, stream_version
from esign.trail.members import OwnForm
from esign.trail.streams import Change, ManyChanges, Stored, Streams, holding, retried
from esign.trail.vocabulary import Vocabulary

__all__ = [
    "ID_OR_CODE",
    "WORDS",
    "Change",
    "ConcurrentChange",
    "Consumer",
    "DomainEvent",
    "Event",
    "EventForms",
    "EventRefused",
    "EventType",
    "Handler",
    "LoggedEvent",
    "ManyChanges",
    "ManyProjection",
    "NewEvent",
    "OwnForm",
    "Projection",
    "Stored",
    "StreamBroken",
    "Streams",
    "Trail",
    "Value",
    "Vocabulary",
    "holding",
    "plain_payload",
    "read_stream",
    "read_streams",
    "rebuild",
    "retried",
    "stream_version",
]
