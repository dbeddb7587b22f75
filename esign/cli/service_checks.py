"""What `esign doctor` looks at in a service: its basics, and with `--live` all that a live one must have."""

from __future__ import annotations

import hashlib
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from esign.cli.builders import Builders
from esign.cli.checks import Check, look
from esign.cli.service_database import service_database
from esign.errors import EsignError
from esign.infra.blobs import BlobStore, random_name
from esign.infra.database import Database
from esign.infra.errors import BlobError
from esign.infra.keystore import open_key_store
from esign.infra.personal_records import PersonalRecords
from esign.infra.schema import schema_revision
from esign.infra.settings import Settings
from esign.operations.stand_ins import STAND_INS, accepted_stand_ins
from esign.operations.trail_guards import excess_rights, missing_guards
from esign.trail.consumers import stopped_consumers
from esign.trail.publishing import latest_checkpoint
from esign.trail.remembered import RememberedCheckpoint
from esign.trail.sequencer import tree_size, unplaced
from esign.trail.standing import placed_standing, require_opened, require_remembered

EXPIRES_SOON: Final = timedelta(days=30)
CLOCK_TOLERANCE: Final = timedelta(seconds=10)
_NAMED: Final = 5


def basic_checks(builders: Builders, settings: Settings) -> Iterator[Check]:
    """Yield what every service needs: keys, a database at this version's schema, certificates that last."""
    yield look("keys", lambda: _keys(settings))
    yield look("database", lambda: _in_database(settings, _schema))
    yield look("certificates", lambda: _certificates(builders, settings))


def live_checks(builders: Builders, settings: Settings) -> Iterator[Check]:
    """Yield what a live service must have beyond its basics. Asks database, blob store and timestamp authority."""
    yield Check("mode", settings.mode == "live", False, f'{settings.mode}; a live service says mode = "live"')
    yield from _stand_ins(builders, settings)
    if rooms := builders.rooms().have_signed:
        yield look("identity levels", lambda: _identity_levels(settings, rooms))
    yield look("public address", lambda: _public_address(settings))
    yield look("custodian key", lambda: _custodian_key(settings))
    yield look("trail guards", lambda: _in_database(settings, _guards))
    yield look("trail rights", lambda: _in_database(settings, _rights))
    yield look("trail places", lambda: _in_database(settings, _places))
    yield look("trail epoch", lambda: _in_database(settings, lambda database: _epoch(settings, database)))
    yield look("trail consumers", lambda: _in_database(settings, _consumers))
    for room in builders.rooms().rooms:
        for name, ask in room.looks.items():
            yield look(name, partial(_in_records, settings, ask), needed=False)
    yield look("blobs", lambda: _blobs(settings))
    yield look("quarantine", lambda: _quarantine(builders))
    yield look("clock", lambda: _clock(builders, settings))
    yield Check("outgoing", True, False, _outgoing(settings))


def _stand_ins(builders: Builders, settings: Settings) -> Iterator[Check]:
    accepted: frozenset[str] = frozenset()
    try:
        with _database(settings) as database, database.reading() as session:
            accepted = accepted_stand_ins(session)
    except EsignError:  # the check of the database says why; what nobody can read is accepted by nobody
        accepted = frozenset()
    meanings = {code: STAND_INS[code] for code in settings.stand_ins} | dict(builders.rooms().stand_ins)
    for code, meaning in meanings.items():
        accept = f"esign stand-ins accept {code} --by ID --reason CODE"
        cure = "" if code in accepted else f"; configure the third party, or: {accept}"
        yield Check(f"stand-in {code}", code in accepted, True, f"{meaning}{cure}")


def _identity_levels(settings: Settings, rooms: Sequence[str]) -> str:
    """Say how well signers of rooms must be known. Raises `EsignError` where nobody chose, or nobody could sign."""
    from esign.ceremony.identity import NOT_VERIFIED  # noqa: PLC0415  # it loads the ceremony

    levels, whose = settings.identity_levels, ", ".join(rooms)
    if not levels:
        raise EsignError(
            "identity-not-chosen",
            f"nobody has chosen how well those who sign must be known, so that nothing is sent to be signed by {whose}",
            "set identity.levels to what the identity service reaches, such as three-factor",
        )
    if settings.identity is None and NOT_VERIFIED not in levels:
        raise EsignError(
            "identity-not-reached",
            f"identity.levels asks for {', '.join(levels)}, and nobody is asked about people, so that nobody can sign",
            f"configure identity.url, or add {NOT_VERIFIED} and accept the stand-in identity-not-verified",
        )
    said = f"{whose}: whoever signs must reach {' or '.join(levels)}"
    return f"{said}; also who was not checked may sign" if NOT_VERIFIED in levels else said


def _keys(settings: Settings) -> str:
    versions = open_key_store(settings.keys).master_versions
    for path in sorted(settings.keys.iterdir()):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise EsignError("key-exposed", f"others than the owner may reach {path}", f"chmod go-rwx {path}")
    return f"{settings.keys}, its owner's alone; master key {versions[-1]} of {len(versions)} kept"


def _certificates(builders: Builders, settings: Settings) -> str:
    facts = builders.describe_authority(settings.authority.folder)
    first = min(facts, key=lambda fact: fact.not_after)
    if datetime.fromisoformat(first.not_after) - EXPIRES_SOON < builders.clock():
        raise EsignError(
            "certificate-expires",
            f"the certificate of {first.role} ends {first.not_after}",
            "make a new authority in another folder, and set authority.folder to it",
        )
    return f"the first to end is that of {first.role}, {first.not_after}"


def _public_address(settings: Settings) -> str:
    if not settings.public_url.startswith("https://"):
        raise EsignError(
            "public-url-plain",
            f"{settings.public_url} is not https",
            "set public_url to the https address that people's phones reach",
        )
    return settings.public_url


def _custodian_key(settings: Settings) -> str:
    path = settings.authority.folder / "keys" / "custodian.pem"
    if path.exists():
        raise EsignError(
            "custodian-key-here",
            f"{path} is still on this machine, and opens all sealed evidence",
            "take it away: copy it to a medium in a safe, check the copy, and delete it here",
        )
    return "not on this machine"


def _schema(database: Database) -> str:
    return f"{'SQLite' if database.is_sqlite else 'PostgreSQL'}, at schema {schema_revision(database)}"


def _guards(database: Database) -> str:
    _refuse(missing_guards(database), "trail-unguarded", "keep the database as it is, and compare it with an export")
    return "the database refuses to change or remove events"


def _epoch(settings: Settings, database: Database) -> str:
    remembered = RememberedCheckpoint(settings.trail.memory).read()
    with database.reading() as session:
        standing, _is_placed = placed_standing(session)
        epoch = max(standing.epoch, settings.trail.epoch)
        if standing.awaits_epoch:
            raise EsignError(
                "trail-restored",
                "a backup was brought back, and no checkpoint is published before an epoch is opened",
                "say what was published: esign trail open-epoch",
            )
        known = None if remembered is None else remembered.checkpoint
        if known is not None:
            require_remembered(session, known, tree_size(session), epoch, opened=standing.epoch)
        last = latest_checkpoint(session)
        require_opened(None if last is None else last.checkpoint, known, epoch, opened=standing.epoch)
    return f"{epoch}; the database has what was published from this machine"


def _rights(database: Database) -> str:
    if database.is_sqlite:
        return "a file of SQLite has no roles: whoever can write it can replace it; exports and checkpoints show that"
    with database.reading() as session:
        _refuse(
            [f"the connected role {one}" for one in excess_rights(session)],
            "trail-rights",
            "connect as a role that owns nothing: esign db grant ROLE, as the owner",
        )
    return "the connected role can read and add, and nothing else"


def _places(database: Database) -> str:
    with database.reading() as session:
        lost = unplaced(session)
    _refuse(
        [f"event {one} has no place and waits for none" for one in lost],
        "trail-unplaced",
        "somebody wrote around the triggers: keep the database as it is, and compare it with an export",
    )
    return "every event has its place or waits for it"


def _consumers(database: Database) -> str:
    with database.reading() as session:
        stopped = stopped_consumers(session)
    _refuse(list(stopped.values()), "consumer-stopped", "mend what it found; it goes on from there by itself")
    return "none stands still"


def _blobs(settings: Settings) -> str:
    from esign.choices import open_blobs  # noqa: PLC0415  # it loads the whole service

    store = open_blobs(settings.blobs)
    name = random_name("probe")
    store.put(name, b"esign doctor")
    try:
        _require_create_only(store, name)
    finally:
        store.delete(name)
    place = settings.blobs.folder if settings.blobs.bucket is None else f"bucket {settings.blobs.bucket}"
    return f"{place}, where a name is never written twice"


def _require_create_only(store: BlobStore, name: str) -> None:
    try:
        store.put(name, b"written twice")
    except BlobError as error:
        if error.code == "blob-exists":
            return
        raise
    raise EsignError(
        "blobs-overwritten",
        "the blob store lets a name be written twice",
        "use storage that honours If-None-Match: * on PUT",
    )


def _quarantine(builders: Builders) -> str:
    from esign.ceremony.quarantined import start_document_quarantine  # noqa: PLC0415  # it loads what it confines

    with closing(start_document_quarantine(builders.find_typeface())) as quarantine:
        confinement = quarantine.confinement
    lacking = [name.replace("_", " ") for name in confinement.__dataclass_fields__ if not getattr(confinement, name)]
    if lacking:
        raise EsignError(
            "quarantine-incomplete",
            f"this machine does not enforce: {', '.join(lacking)}",
            "allow user namespaces and seccomp where the service runs",
        )
    return "documents are parsed without network, files and privileges"


def _clock(builders: Builders, settings: Settings) -> str:
    authority = builders.service_timestamps(settings)
    digest = hashlib.sha256(secrets.token_bytes(32)).digest()
    before = builders.clock()
    told = authority.timestamp(digest).gen_time
    after = builders.clock()
    if not before - CLOCK_TOLERANCE <= told <= after + CLOCK_TOLERANCE:
        raise EsignError(
            "clock-disagrees",
            f"the timestamp authority says {told:%H:%M:%SZ}, this machine {after:%H:%M:%SZ}",
            "set this machine's clock by a time server",
        )
    if settings.timestamps.url is None:
        return "the embedded authority goes by this same clock; no third party confirms it"
    return f"agrees with {settings.timestamps.url}"


def _outgoing(settings: Settings) -> str:
    allowed, by_clients = settings.outgoing_allow, settings.webhooks_allow
    said = f"inside, only {', '.join(allowed)} may be reached" if allowed else "nothing inside may be reached"
    return f"{said}; by clients' webhooks: {', '.join(by_clients)}" if by_clients else said


def _in_database(settings: Settings, find: Callable[[Database], str]) -> str:
    with _database(settings) as database:
        return find(database)


def _in_records(settings: Settings, find: Callable[[Database, PersonalRecords], str]) -> str:
    with _database(settings) as database:
        return find(database, PersonalRecords(open_key_store(settings.keys)))


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """Yield the database. Looking must not make one: a file of SQLite that is not there is an error."""
    url = make_url(settings.database.url.reveal())
    if settings.database.is_sqlite and not Path(url.database or "").is_file():
        raise EsignError(
            "database-missing", "there is no database yet", "start the service once: esign serve, or: esign db upgrade"
        )
    with service_database(settings) as database:
        yield database


def _refuse(wrong: Sequence[str], code: str, cure: str) -> None:
    """Raise `EsignError` if anything is wrong, naming the first few."""
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise EsignError(code, ", ".join(wrong[:_NAMED]) + more, cure)
