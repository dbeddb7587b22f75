"""What the service promises whatever falls, looked at from outside when everything has come to rest."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text

from ca.trust import TrustStore, load_trust_store
from esign.ceremony.public_events import TOLD
from esign.errors import EsignError
from esign.infra.keystore import open_key_store
from esign.trail.export import export_trail
from esign.trail.publishing import latest_checkpoint
from esign.trail.recheck import verify_export
from esign.verify import verify
from tests.faults.falls import Watch
from tests.faults.patience import PatientApi, People, Sales
from tests.faults.running_service import RunningService
from tests.faults.witness import Witness
from wsgi import stored_timestamps

RECIPIENTS: Final = 2
_RECOVERED: Final = "SELECT count(*) FROM {table} WHERE recovery_attempts > 1 AND status = 'SUCCESS'"
_AT_REST: Final = (
    "SELECT (SELECT count(*) FROM envelopes WHERE state NOT IN ('completed', 'expired', 'voided', 'declined')) "
    "+ (SELECT count(*) FROM tasks WHERE kind = 'revoke') "
    "+ (SELECT count(*) FROM trail_pending) "
    "+ (SELECT count(*) FROM webhook_deliveries WHERE state = 'pending') "
    "+ (SELECT count(*) FROM trail_leaves) - (SELECT position FROM trail_consumers WHERE name = 'webhooks')"
)


@dataclass(frozen=True)
class Outcome:
    """What was found: `broken` promises, none if all is well, and what happened on the way."""

    broken: tuple[str, ...]
    envelopes: int
    events: int
    webhooks: int
    told_twice: int
    certificates: int
    abandoned: int
    recovered: int
    """Jobs that a worker took up again which its namesake had begun."""


def wait_until_at_rest(watch: Watch, *, seconds: float) -> None:
    """Wait until every envelope has ended, everybody was told, and nothing waits to be revoked."""
    end = time.monotonic() + seconds
    while (left := watch.figure(_AT_REST)) > 0:
        if time.monotonic() > end:
            states = watch.figures("SELECT id, state FROM envelopes WHERE state <> 'completed'")
            tasks = watch.figures("SELECT id, attempts, failure, due_at FROM tasks")
            raise AssertionError(f"after {seconds:g} s, {left} things are not done: {states} {tasks}")
        time.sleep(0.1)


def look_at(service: RunningService, watch: Watch, witness: Witness, key: str, *, seconds: float = 60) -> Outcome:
    """Let one more envelope pass, undisturbed, so that its checkpoint covers all that was before; then look at all."""
    wait_until_at_rest(watch, seconds=seconds)
    last = Sales(service.url, key, People(seed=99))
    last.sign(*last.create())
    last.close()
    wait_until_at_rest(watch, seconds=seconds)
    broken = [
        *_envelopes(watch),
        *_certificates(watch),
        *_webhooks(watch, witness),
        *_documents(service, watch, key),
        *_trail(service, watch),
    ]
    times = Counter(told.id for told in witness.told)
    table = "workflow_status" if watch.database.is_sqlite else "dbos.workflow_status"
    return Outcome(
        broken=tuple(broken),
        envelopes=watch.figure("SELECT count(*) FROM envelopes"),
        events=watch.figure("SELECT count(*) FROM trail_events"),
        webhooks=len(times),
        told_twice=sum(count > 1 for count in times.values()),
        certificates=len(watch.certified()),
        abandoned=watch.figure("SELECT count(*) FROM trail_events WHERE type = 'certificate.abandoned'"),
        recovered=watch.figure(_RECOVERED.format(table=table)),
    )


def _envelopes(watch: Watch) -> Iterator[str]:
    """Each envelope completed once, with one accepted signature of each recipient and one sealed document."""
    accepted = Counter(recipient for (recipient,) in watch.figures("SELECT recipient FROM accepted_signatures"))
    events = Counter(watch.figures("SELECT stream, type FROM trail_events"))
    for envelope, state in watch.figures("SELECT id, state FROM envelopes"):
        if state != "completed":
            yield f"{envelope} is {state}"
        for kind, wanted in {
            "envelope.completed": 1,
            "document.sealed": 1,
            "envelope.signed": 1,
            "recipient.signed": RECIPIENTS,
            "recipient.confirmed": RECIPIENTS,
            "recipient.signing-failed": 0,
            "seal.failed": 0,
        }.items():
            if events[envelope, kind] != wanted:
                yield f"{envelope} has {events[envelope, kind]} events {kind}, not {wanted}"
    for (recipient,) in watch.figures("SELECT id FROM recipients"):
        if accepted[recipient] != 1:
            yield f"{recipient} has {accepted[recipient]} accepted signatures"


def _certificates(watch: Watch) -> Iterator[str]:
    """Of every certificate, either the signature was accepted, or it was recorded as abandoned and is revoked."""
    accepted = {
        str(serial).lstrip("0") for (serial,) in watch.figures("SELECT certificate_serial FROM accepted_signatures")
    }
    abandoned = {
        str(json.loads(str(payload))["certificate"]).lstrip("0")
        for (payload,) in watch.figures("SELECT payload FROM trail_events WHERE type = 'certificate.abandoned'")
    }
    revoked = {words[1].lstrip("0") for words in watch.register_lines("revoked")}
    for serial, _manifest in watch.certified():
        plain = serial.lstrip("0")
        used, unused, ended = plain in accepted, plain in abandoned, plain in revoked
        if used == unused or unused != ended:
            yield f"certificate {serial}: accepted {used}, abandoned {unused}, revoked {ended}"


def _webhooks(watch: Watch, witness: Witness) -> Iterator[str]:
    """Every event that is told was heard, under its own id and no other, always in the same words."""
    if witness.refused:
        yield f"{witness.refused} webhooks had no right signature"
    heard: dict[str, object] = {}
    for told in witness.told:
        if told.id != told.body["id"]:
            yield f"an event was told under two ids: {told.id} and {told.body['id']}"
        if heard.setdefault(told.id, told.body) != told.body:
            yield f"{told.id} was told in other words"
    told_types = ", ".join(f"'{kind}'" for kind in TOLD)
    wanted = {
        str(id_)
        for (id_,) in watch.figures(f"SELECT id FROM trail_events WHERE type IN ({told_types})")  # noqa: S608
    }
    for missing in sorted(wanted - heard.keys()):
        yield f"{missing} was not told"
    for unknown in sorted(heard.keys() - wanted):
        yield f"{unknown} was told and is no event of the trail"


def _documents(service: RunningService, watch: Watch, key: str) -> Iterator[str]:
    """Every sealed PDF is accepted by the verifier, with the signatures of both people and the seal."""
    api = PatientApi(service.url, key)
    trust = _roots(service)
    for (document,) in watch.figures("SELECT id FROM documents WHERE sealed IS NOT NULL"):
        sealed = api.get(f"/v1/documents/{document}/sealed")
        report = verify(io.BytesIO(sealed), name=f"{document}.pdf", trust=trust, at=datetime.now(UTC))
        fields = sorted(one.field for one in report.signatures if one.kind == "signature")
        if report.conclusion != "TOTAL-PASSED" or fields != ["applicant", "insured", "seal"]:
            yield f"{document} is {report.conclusion} with {fields}"
        if {one.level for one in report.signatures if one.kind == "signature"} != {"B-LTA"}:
            yield f"{document} is not B-LTA"
    api.close()


def _wait_for_checkpoint(watch: Watch, seconds: float = 30) -> None:
    """Give what came last (a completion's certificate comes behind it) the time until its checkpoint."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with watch.database.reading() as session:
            events = int(session.scalar(text("SELECT count(*) FROM trail_events")) or 0)
            latest = latest_checkpoint(session)
        if latest is not None and latest.checkpoint.size == events:
            return
        time.sleep(0.2)


def _export(watch: Watch) -> tuple[int, io.BytesIO]:
    """Return how many events there are, and the trail as exported when a checkpoint covers them all: what comes late,
    such as an envelope's certificate, is waited for."""
    for _ in range(5):
        exported = io.BytesIO()
        _wait_for_checkpoint(watch)
        with watch.database.reading() as session:
            export_trail(session, exported)
            events = int(session.scalar(text("SELECT count(*) FROM trail_events")) or 0)
            latest = latest_checkpoint(session)
        if latest is not None and latest.checkpoint.size == events:
            break
    exported.seek(0)
    return events, exported


def _trail(service: RunningService, watch: Watch) -> Iterator[str]:
    """Every event is under a checkpoint, and the exported trail adds up, judged by keys and roots alone."""
    events, exported = _export(watch)
    public_key = open_key_store(service.settings.keys).checkpoint_public_key
    try:
        verdict = verify_export(exported, {public_key}, timestamps=stored_timestamps(_roots(service)))
    except EsignError as error:
        yield f"the trail does not add up: {error}"
        return
    if verdict.events != events:
        yield f"{events - verdict.events} of {events} events are under no checkpoint"
    if verdict.times_in_doubt or not verdict.timestamps_judged:
        yield f"{verdict.times_in_doubt} events have times in doubt"


def _roots(service: RunningService) -> TrustStore:
    settings = service.settings
    own = load_trust_store([settings.authority.folder / "certificates" / "root.pem"])
    return own if settings.timestamps.trust is None else own + load_trust_store([settings.timestamps.trust])
