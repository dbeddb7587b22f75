"""Every type of event that esign itself records: no room may have one of the same name."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final

from esign.api import key_trail
from esign.ceremony import domain, erasing, handovers, opening_screens, screens
from esign.desk import verifications
from esign.exports import events as export_events
from esign.operations import stand_ins
from esign.retention import events as retention_events
from esign.staff import pins
from esign.staff.domain import record as staff_record
from esign.trail import restoration
from esign.trail.vocabulary import Vocabulary

OWN: Final[Vocabulary] = reduce(
    or_,
    (
        domain.VOCABULARY,
        handovers.VOCABULARY,
        screens.VOCABULARY,
        opening_screens.VOCABULARY,
        erasing.VOCABULARY,
        retention_events.VOCABULARY,
        export_events.VOCABULARY,
        verifications.VOCABULARY,
        staff_record.VOCABULARY,
        pins.VOCABULARY,
        key_trail.VOCABULARY,
        stand_ins.VOCABULARY,
        restoration.VOCABULARY,
    ),
)
