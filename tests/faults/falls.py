"""Moments of signing and sealing at which a process is made to fall, seen from outside.

What the service records is watched: a row appears, a line is written, and in that moment a process is killed. So a
fall hits just behind one step and before the next, without a word about it in the service itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from esign.infra.database import Database, open_database
from tests.faults.running_service import RunningService, Victim

Look = Callable[["Watch"], int]
"""Returns a figure that goes up when the moment comes."""


class Watch:
    """Looks at what a service has recorded until now, without taking part."""

    def __init__(self, service: RunningService) -> None:
        self.database: Database = open_database(service.settings.database.url.reveal(), connections=6)
        self._register = service.settings.authority.folder / "register"

    def figure(self, statement: str) -> int:
        """Return the one number that the statement asks for."""
        with self.database.reading() as session:
            return int(session.scalar(text(statement)) or 0)

    def figures(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Return the rows that the statement asks for."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(text(statement), values)]

    def register_lines(self, act: str) -> list[list[str]]:
        """Return the whole lines of this act in the authority's register, each as its words."""
        whole = self._register.read_text("ascii").rpartition("\n")[0].splitlines()
        return [line.split(" ") for line in whole if line.startswith(f"{act} ")]

    def certified(self) -> list[tuple[str, str]]:
        """Return serial number and manifest digest of every event certificate, in the order of issuing."""
        return [(words[1], words[4]) for words in self.register_lines("issued") if len(words) == 5]

    def close(self) -> None:
        self.database.close()


@dataclass(frozen=True)
class Moment:
    """A step that was just done, and who falls then."""

    name: str
    victim: Victim
    look: Look

    def await_step(self, watch: Watch, *, seconds: float) -> bool:
        """Return true in the very moment in which the step is done, false where it is not within that time."""
        before, end = self.look(watch), time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.look(watch)
            if now > before:
                return True
            before = now
            time.sleep(0.0005)
        return False


def _counts(statement: str) -> Look:
    return lambda watch: watch.figure(statement)


def _events(type_: str) -> Look:
    return _counts(f"SELECT count(*) FROM trail_events WHERE type = '{type_}'")  # noqa: S608  # a constant


def _tries(kind: str) -> Look:
    return _counts(f"SELECT sum(attempts) FROM tasks WHERE kind = '{kind}'")  # noqa: S608  # a constant


CERTIFICATE_ISSUED: Final = Moment("certificate issued", Victim.WORKER, lambda watch: len(watch.certified()))
SIGNING: Final = (
    Moment("confirmed, task entered", Victim.WORKER, _events("recipient.confirmed")),
    Moment("signing task taken", Victim.WORKER, _tries("sign")),
    CERTIFICATE_ISSUED,
    Moment("CMS stored", Victim.WORKER, _counts("SELECT count(*) FROM signing_acts")),
    Moment(
        "signature timestamped",
        Victim.WORKER,
        _counts("SELECT count(*) FROM signing_acts WHERE timestamped_at IS NOT NULL"),
    ),
    Moment("signature accepted", Victim.WORKER, _counts("SELECT count(*) FROM accepted_signatures")),
)
SEALING: Final = (
    Moment("everybody signed", Victim.WORKER, _events("envelope.signed")),
    Moment("sealing task taken", Victim.WORKER, _tries("seal")),
    Moment("seal started", Victim.WORKER, _events("seal.started")),
    Moment("sealed document released", Victim.WORKER, _counts("SELECT count(*) FROM sealed_releases")),
    Moment("envelope completed", Victim.WORKER, _events("envelope.completed")),
)
TELLING: Final = (
    Moment("leaf placed", Victim.WORKER, _counts("SELECT count(*) FROM trail_leaves")),
    Moment("checkpoint published", Victim.WORKER, _counts("SELECT count(*) FROM trail_checkpoints")),
    Moment("delivery entered", Victim.WORKER, _counts("SELECT count(*) FROM webhook_deliveries")),
    Moment(
        "webhook delivered",
        Victim.WORKER,
        _counts("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'"),
    ),
    Moment("webhook being sent", Victim.WORKER, _counts("SELECT sum(attempts) FROM webhook_deliveries")),
)
MENDING: Final = (
    Moment("certificate abandoned", Victim.WORKER, _events("certificate.abandoned")),
    Moment("certificate revoked", Victim.WORKER, lambda watch: len(watch.register_lines("revoked"))),
)
ASKING: Final = (
    Moment("envelope created", Victim.WEB, _events("envelope.created")),
    Moment("link opened", Victim.WEB, _events("recipient.opened")),
    Moment("code sent", Victim.WEB, _events("recipient.code-sent")),
    Moment("recipient identified", Victim.WEB, _events("recipient.identified")),
    Moment("handwriting taken", Victim.WEB, _events("recipient.drawn")),
    Moment("confirmation recorded", Victim.WEB, _events("recipient.confirmed")),
    Moment("while it is signed", Victim.WEB, lambda watch: len(watch.certified())),
    Moment("reading finished", Victim.WEB_MASTER, _events("recipient.read")),
)
EVERYWHERE: Final = (*SIGNING, *SEALING, *TELLING, *MENDING, *ASKING)
