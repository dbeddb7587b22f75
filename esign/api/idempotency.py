"""`Idempotency-Key`: the first answer again, for whoever did not hear it.

    begin    the key is taken, in a transaction of its own: a second request with it meets `request-running`
    keep     the answer is recorded, best in the transaction that did the work (`Call.keep`): both or neither
    give up  the key is free again: nothing came of it that must be repeated (5xx, 429, a race that was lost)

A process that dies in between leaves the key taken; after `TAKEN_AT_MOST` the next request takes it over. If the
first one is alive after all, whichever of the two keeps its answer first has done the work; the other finds out when
it keeps its own, and rolls back. So slow work comes to its end too, however often it is asked for. Answers hold
personal data and fresh secrets: each is sealed under a key of its own and forgotten after `KEPT`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from esign.api.call import EncodedAnswer
from esign.api.errors import ApiError
from esign.api.models import FirstAnswer
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.encryption import seal, unseal
from esign.infra.ids import new_id
from esign.infra.models import DataKey
from esign.infra.personal_records import DataKeys
from esign.infra.statements import insert_if_absent, rows_changed

KEPT: Final = timedelta(hours=24)
TAKEN_AT_MOST: Final = timedelta(seconds=60)
_FORM: Final = re.compile(r"[\x21-\x7e]{1,255}")

_TAKE: Final = insert_if_absent(FirstAnswer, "client", "key", "request_digest", "begun_at")


@dataclass(frozen=True)
class Taken:
    """A key that this request has. Whoever else took it over meanwhile has written another `begun_at` in its row."""

    owner: str
    key: str
    request: bytes
    begun_at: datetime


class FirstAnswers:
    """The answers that were given to requests with an Idempotency-Key."""

    def __init__(self, database: Database, keys: DataKeys, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock

    def begin(self, owner: str, key: str, request: bytes) -> Taken | EncodedAnswer:
        """Take the key for a request, whose digest is `request` (32 bytes), or return the first answer.

        Raises `ApiError`: `idempotency-key-form`, `idempotency-key-reused`, `request-running`.
        """
        if not _FORM.fullmatch(key):
            raise ApiError("idempotency-key-form")
        now = self._clock()
        with self._database.transaction() as session:
            if self._insert(session, owner, key, request, now):
                return Taken(owner, key, request, now)
            row = session.get(FirstAnswer, (owner, key), with_for_update=True, populate_existing=True)
            if row is None:  # given up by another request in this very moment
                raise ApiError("request-running", retry_after=1)
            if row.begun_at <= now - KEPT:
                self._forget(session, [row])
                self._insert(session, owner, key, request, now)
                return Taken(owner, key, request, now)
            if row.request_digest != request:
                raise ApiError("idempotency-key-reused")
            if row.status is None:
                if row.begun_at > now - TAKEN_AT_MOST:
                    raise ApiError("request-running", retry_after=1)
                row.begun_at = now
                return Taken(owner, key, request, now)
            return self._open(session, row)

    def keep(self, session: Session, taken: Taken, answer: EncodedAnswer) -> None:
        """Record the answer in the caller's transaction.

        Raises `ApiError` (`request-running`) if another kept its answer first, or the key is another request's now.
        """
        record = new_id("idem", taken.begun_at)
        sealed = seal(self._keys.new(session, record), record, _written(answer))
        changed = session.execute(
            update(FirstAnswer)
            .where(*_is_open(taken))
            .values(status=answer.status, record=record, sealed=sealed)
            .execution_options(synchronize_session=False)
        )
        if rows_changed(changed) != 1:
            raise ApiError("request-running", retry_after=1)

    def give_up(self, taken: Taken) -> None:
        """Let the key be used again, unless another has taken it over, who may be working on it."""
        lapsed = delete(FirstAnswer).where(*_is_open(taken), FirstAnswer.begun_at == taken.begun_at)
        with self._database.transaction() as session:
            session.execute(lapsed.execution_options(synchronize_session=False))

    def forget_old(self, session: Session, now: datetime, *, at_most: int = 500) -> int:
        """Forget answers after 24 hours, with their keys; return how many, 0 when none is left."""
        rows = session.scalars(
            select(FirstAnswer).where(FirstAnswer.begun_at <= now - KEPT).order_by(FirstAnswer.begun_at).limit(at_most)
        ).all()
        self._forget(session, rows)
        return len(rows)

    def _insert(self, session: Session, owner: str, key: str, request: bytes, now: datetime) -> bool:
        row = {"client": owner, "key": key, "request_digest": request, "begun_at": now}
        return rows_changed(session.execute(_TAKE, row)) == 1

    def _open(self, session: Session, row: FirstAnswer) -> EncodedAnswer:
        if row.record is None or row.sealed is None or row.status is None:
            raise ValueError("an answer without its record")
        written = unseal(self._keys.get(session, row.record), row.record, row.sealed)
        head, _, body = written.partition(b"\n")
        told = json.loads(head)
        return EncodedAnswer(row.status, str(told["media_type"]), dict(told["headers"]), body)

    def _forget(self, session: Session, rows: Sequence[FirstAnswer]) -> None:
        for row in rows:
            if row.record is not None:
                session.execute(delete(DataKey).where(DataKey.record_id == row.record))
            session.delete(row)
        session.flush()


def request_digest(method: str, target: str, body: bytes, key: str = "") -> bytes:
    """Return the digest by which a request is known again: method, path with query, body, and the API key's id.

    Another key of the same client may have fewer scopes, and what this one was told can hold a secret of more.
    """
    return hashlib.sha256(f"{key} {method} {target}\n".encode() + body).digest()


def _is_open(taken: Taken) -> tuple[ColumnElement[bool], ...]:
    return (
        FirstAnswer.client == taken.owner,
        FirstAnswer.key == taken.key,
        FirstAnswer.request_digest == taken.request,
        FirstAnswer.status.is_(None),
    )


def _written(answer: EncodedAnswer) -> bytes:
    head = json.dumps({"media_type": answer.media_type, "headers": dict(answer.headers)})
    return head.encode("ascii") + b"\n" + answer.body
