"""Checkpoints by mail: the newest one goes to named witnesses every so often, so that somebody outside keeps it.

A message is put as every other (`esign.infra.messages`): it is durable, is sent by a job, and one time slot never makes
two for the same witness. It carries the checkpoint on one line, which is a line of a witness file as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from esign.infra.clock import Clock
from esign.infra.database import Database, JsonValue
from esign.infra.messages import Compose, MessageBox
from esign.infra.models import Message
from esign.infra.notifications import Address, Composed, Words
from esign.infra.pulse import Beat
from esign.infra.statements import table_of
from esign.infra.trail_settings import TrailSettings
from esign.trail.checkpoint import parse_checkpoint
from esign.trail.compact_checkpoint import compact_checkpoint
from esign.trail.models import TrailCheckpoint
from esign.trail.publishing import latest_checkpoint

KIND: Final = "checkpoint"
LOOK_SECONDS: Final = 60.0
_MESSAGES: Final = table_of(Message)
_PUT_ALREADY: Final = select(_MESSAGES.c.dedupe).where(_MESSAGES.c.dedupe.in_(bindparam("wanted", expanding=True)))
_COMMAND: Final = "esign trail verify trail.jsonl --log-key trail.key --witness kept.txt"
_TEXT: Final = (
    "请保存本邮件，不必回复。下面一行是日志 {log} 在 {size} 条记录时的检查点，由日志的密钥签名。"
    "以后任何人改动或删去其中的记录，用它一比就知道：把这一行放进文本文件 kept.txt，运行 {command}\n\n"
    "Please keep this mail; no answer is needed. The line below is the checkpoint of the log {log} at {size} events, "
    "signed by the log's key. If anybody changes or removes one of them later, comparing with it shows that: put the "
    "line into a text file kept.txt, and run {command}\n\n"
    "{line}\n"
)


def witness_id(address: str) -> str:
    """Return the id under which messages name a witness: the settings alone hold the address."""
    return f"wit_{hashlib.sha256(address.encode()).hexdigest()[:24]}"


class WitnessLetters:
    """Makes a stored message ready: a checkpoint for a witness, or what `others` makes of any other kind."""

    def __init__(self, witnesses: Sequence[str], others: Compose) -> None:
        self._addresses = {witness_id(address): address for address in witnesses}
        self._others = others

    def __call__(self, session: Session, message: Message) -> Composed | None:
        """Return the letter; None if the witness is not among those of the settings any more."""
        if message.kind != KIND:
            return self._others(session, message)
        address = self._addresses.get(message.person)
        if address is None or not isinstance(message.facts, Mapping):
            return None
        row = session.get_one(TrailCheckpoint, tuple(message.facts[name] for name in ("size", "epoch", "log")))
        signed = parse_checkpoint(row.note)
        said = {"log": row.log, "size": row.size, "line": compact_checkpoint(signed), "command": _COMMAND}
        subject = f"检查点 checkpoint {signed.checkpoint.origin}: {row.size}"
        return Composed(Address(None, address, ""), Words(subject, _TEXT.format_map(said)))


class WitnessMail:
    """Puts a message for each witness once in every time slot, if a checkpoint was published."""

    def __init__(
        self, database: Database, messages: MessageBox, clock: Clock, witnesses: Sequence[str], *, hours: int
    ) -> None:
        self._database = database
        self._messages = messages
        self._clock = clock
        self._witnesses = tuple(map(witness_id, witnesses))
        self._slot = timedelta(hours=hours)

    def run(self) -> int:
        """Put what is due, and return how many messages that were. Safe to be asked often, in several processes."""
        now = self._clock()
        slot = int(now.timestamp() // self._slot.total_seconds())
        wanted = {f"{KIND}:{slot}:{witness}": witness for witness in self._witnesses}
        if not wanted:
            return 0
        with self._database.reading() as session:
            put = set(session.scalars(_PUT_ALREADY, {"wanted": list(wanted)}))
            newest = latest_checkpoint(session)
        due = {dedupe: witness for dedupe, witness in wanted.items() if dedupe not in put}
        if newest is None or not due:
            return 0
        head = newest.checkpoint
        facts: dict[str, JsonValue] = {"log": head.origin.log, "epoch": head.origin.epoch, "size": head.size}
        with self._database.transaction() as session:
            for dedupe, witness in due.items():
                self._messages.put(
                    session, dedupe=dedupe, kind=KIND, person=witness, envelope=None, facts=facts, at=now
                )
        return len(due)


def witness_beat(settings: TrailSettings, database: Database, messages: MessageBox, clock: Clock) -> Beat:
    """Return what a worker does every minute for the witnesses of the settings."""
    mail = WitnessMail(database, messages, clock, settings.witnesses, hours=settings.witness_hours)
    return Beat("witnesses", LOOK_SECONDS, mail.run)
