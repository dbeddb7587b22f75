"""The retention room put together: what pages, commands, the API and the worker call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from esign.ceremony.documents import Documents
from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import Eraser, RecordsAbout, nothing_else
from esign.ceremony.forgetting import people_records
from esign.ceremony.reactions import Messages
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.pulse import Beat
from esign.infra.retention_settings import RetentionSettings
from esign.infra.sealed_blobs import SealedBlobs
from esign.retention.answers import ErasureAnswers
from esign.retention.contracts import Contracts
from esign.retention.copies import Copies, HeldByRoom
from esign.retention.faces import FaceCount, counting
from esign.retention.holds import Holds
from esign.retention.matters import Matters, MattersOf
from esign.retention.periods import day_of, midnight
from esign.retention.report import HeldReports
from esign.retention.requests import Requests
from esign.retention.rules import Kind, Of, Rules, chosen_rules, usual_rules
from esign.retention.sweep import Mode, Retention, sweeping
from esign.retention.usual_eraser import usual_eraser
from esign.retention.visits import Visits
from esign.trail.log import Trail

SWEEP_LOOK_SECONDS: Final = 60.0
VISIT_SECONDS: Final = 1.0


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
    matters: Matters
    contracts: Contracts
    requests: Requests
    erasure_answers: ErasureAnswers
    copies: Copies
    reports: HeldReports
    visits: Visits | None
    """None where no messages can be sent: for commands."""
    faces: Callable[[], FaceCount]

    def report_kept_until(self, asked_at: datetime) -> datetime:
        """Return until when the report of a verification is kept that was asked for then."""
        rule = self.rules.for_(Kind.VERIFICATION_REPORT, Of.ANY, None, day_of(asked_at))
        return midnight(rule.until(day_of(asked_at)) + timedelta(days=1))

    def reports_over(self, now: datetime) -> datetime:
        """Return the moment before which a report was asked for whose time is over now."""
        rule = self.rules.for_(Kind.VERIFICATION_REPORT, Of.ANY, None, day_of(now))
        return midnight(rule.keep.latest_start(day_of(now)) + timedelta(days=1))


def usual_choice() -> RetentionChoice:
    """Return the rules that come with the product, carried out by people alone."""
    return RetentionChoice(usual_rules())


def choice_of(settings: RetentionSettings) -> RetentionChoice:
    """Return what the settings choose. Raises `RulesRefused`."""
    return RetentionChoice(chosen_rules(settings.rules), settings.erasure, settings.faces_warned_at)


def retention_room(
    database: Database,
    keys: KeyStore,
    blobs: BlobStore,
    choice: RetentionChoice,
    *,
    clock: Callable[[], datetime],
    messages: Messages | None = None,
    live: bool = False,
    records_about: RecordsAbout = nothing_else,
    held_by_rooms: Mapping[str, HeldByRoom] | None = None,
    matters_of: Sequence[MattersOf] = (),
) -> RetentionRoom:
    """Return the room. `messages` is where codes are put for people who ask what is held on them; `records_about` names
    what rooms of business packages keep of an envelope, and `held_by_rooms` reads it for a person's copy; `matters_of`
    makes what they keep without one."""
    records = people_records(keys)
    envelopes = Envelopes(database, Trail(ENVELOPE_VOCABULARY))
    eraser = usual_eraser(database, records, records_about)
    count, rules = counting(database, clock=clock), choice.rules
    matters = Matters([of(records) for of in matters_of])
    requests = Requests(records, rules)
    documents = Documents(SealedBlobs(blobs), records.data_keys)
    return RetentionRoom(
        rules=rules,
        records=records,
        eraser=eraser,
        retention=Retention(database, rules, eraser, blobs, mode=choice.mode),
        holds=Holds(records, matters),
        matters=matters,
        contracts=Contracts(),
        requests=requests,
        erasure_answers=ErasureAnswers(rules, eraser, requests, matters),
        copies=Copies(envelopes, documents, records, rules, held_by_rooms or {}, matters),
        reports=HeldReports(records, rules, matters),
        visits=None
        if messages is None
        else Visits(database, keys, records, messages, clock, live=live, matters=matters),
        faces=lambda: FaceCount(count(), choice.faces_warned_at, rules.filing_at),
    )


def beats_of(room: RetentionRoom, clock: Callable[[], datetime]) -> tuple[Beat, ...]:
    """Return what a worker does again and again: the sweep, and codes for people who ask what is held on them."""
    sweep = sweeping(room.retention)
    swept = Beat("retention", SWEEP_LOOK_SECONDS, lambda: sweep(clock()))
    return (swept,) if room.visits is None else (swept, Beat("visits", VISIT_SECONDS, room.visits.send_codes))
