"""The retention room put together: what pages, commands, the API and the worker call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from esign.ceremony.capture import forget_handwriting
from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import VOCABULARY as ERASING_VOCABULARY
from esign.ceremony.erasing import Eraser
from esign.ceremony.traces import forget_trace
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.retention_settings import RetentionSettings
from esign.retention.contracts import Contracts
from esign.retention.faces import FaceCount, counting
from esign.retention.holds import Holds, is_held
from esign.retention.rules import Rules, chosen_rules, usual_rules
from esign.retention.sweep import Mode, Retention
from esign.staff.approval_records import records_about
from esign.trail.log import Trail


@dataclass(frozen=True)
class RetentionChoice:
    """What an operator chooses."""

    rules: Rules
    mode: Mode = "propose"
    faces_warned_at: int = 90_000


@dataclass(frozen=True)
class RetentionRoom:
    rules: Rules
    records: PersonalRecords
    eraser: Eraser
    retention: Retention
    holds: Holds
    contracts: Contracts
    faces: Callable[[], FaceCount]


def usual_choice() -> RetentionChoice:
    """Return the rules that come with the product, carried out by people alone."""
    return RetentionChoice(usual_rules())


def choice_of(settings: RetentionSettings) -> RetentionChoice:
    """Return what the settings choose. Raises `RulesRefused`."""
    return RetentionChoice(chosen_rules(settings.rules), settings.erasure, settings.faces_warned_at)


def retention_room(
    database: Database, keys: KeyStore, blobs: BlobStore, choice: RetentionChoice, *, clock: Callable[[], datetime]
) -> RetentionRoom:
    """Return the room."""
    records = PersonalRecords(keys, forgetting=(forget_handwriting, forget_trace))
    envelopes = Envelopes(database, Trail(ENVELOPE_VOCABULARY))
    eraser = Eraser(envelopes, records, Trail(ERASING_VOCABULARY), records_about, is_held)
    count, rules = counting(database, clock=clock), choice.rules
    return RetentionRoom(
        rules=rules,
        records=records,
        eraser=eraser,
        retention=Retention(database, rules, eraser, blobs, mode=choice.mode),
        holds=Holds(records),
        contracts=Contracts(),
        faces=lambda: FaceCount(count(), choice.faces_warned_at, rules.filing_at),
    )
