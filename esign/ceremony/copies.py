"""The sealed copy afterwards, for whoever signed and for whoever only receives it: the link and a fresh code open it.

By then a ceremony identifies nobody any more, so the code stands by itself: it belongs to the recipient and to a slice
of time, and nothing new is stored. How often codes are asked for and tried is for the caller to limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.about import about_record, read_about
from esign.ceremony.documents import Documents
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.rules import CODE_LIFE
from esign.ceremony.domain.state import DocumentProgress
from esign.ceremony.domain.values import EnvelopeMode, EnvelopeState, RecipientState
from esign.ceremony.entrance import invited, is_foreign
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.errors import LinkRefused
from esign.ceremony.messages import CODE
from esign.ceremony.reactions import Messages
from esign.ceremony.tokens import Tokens
from esign.infra.clock import ClientClocks
from esign.infra.personal_records import PersonalRecords

COPY_LIFE: Final = timedelta(hours=1)
"""How long an answered code opens the copy."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CopyDocument:
    """A sealed document: its id and file name, and its digest (64 hexadecimal digits)."""

    id: str
    name: str
    sha256: str


@dataclass(frozen=True)
class OpenedCopy:
    """What an answered code opens: a token that is good until `expires_at`, for these documents."""

    token: str = field(repr=False)
    expires_at: datetime
    documents: Sequence[CopyDocument]


@dataclass(frozen=True)
class SealedCopy:
    """A sealed document with its bytes."""

    document: CopyDocument
    content: bytes = field(repr=False)


class Copies:
    """Hands out sealed documents to their recipients, once the envelope is completed.

    Every method raises `Refusal` where there is no copy for the recipient, or not yet (`envelope-in-progress`,
    `envelope-voided`, `recipient-replaced`, ...).
    """

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        records: PersonalRecords,
        tokens: Tokens,
        clocks: ClientClocks,
        messages: Messages,
        *,
        live: bool = False,
    ) -> None:
        self._envelopes = envelopes
        self._documents = documents
        self._records = records
        self._tokens = tokens
        self._clocks = clocks
        self._messages = messages
        self._live = live

    def send_code(self, link: str) -> datetime:
        """Have a code sent to the recipient's phone, one in five minutes; return until when it is good.

        Raises `LinkRefused` (`link-unknown`).
        """
        with self._envelopes.database.transaction() as session:
            envelope, recipient = self._invited(session, link)
            now = self._clocks.now(session, envelope.client)
            code = _code_id(recipient.id, _slice(now))
            self._messages.put(
                session,
                dedupe=code,
                kind=CODE,
                person=recipient.plan.person,
                envelope=envelope.id,
                facts={
                    "envelope": envelope.id,
                    "recipient": recipient.id,
                    "about": about_record(envelope.id),
                    "test_mode": _is_test(envelope),
                    "code": code,
                },
                at=now,
            )
        return _EPOCH + (_slice(now) + 2) * CODE_LIFE

    def open(self, link: str, code: str) -> OpenedCopy:
        """Return what the code opens. It is good for the slice of five minutes it was sent in, and the next one.

        Raises `LinkRefused` (`link-unknown`, `code-wrong`).
        """
        with self._envelopes.database.reading() as session:
            envelope, recipient = self._invited(session, link)
            now = self._clocks.now(session, envelope.client)
            ids = [_code_id(recipient.id, _slice(now) - age) for age in (0, 1)]
            # Both are compared, whichever it is: how long it takes tells nothing.
            if not any([self._tokens.is_code(code, one, test_mode=_is_test(envelope)) for one in ids]):  # noqa: C419
                raise LinkRefused(
                    "code-wrong", "the code is not one that was sent", "read it again, or ask for another"
                )
            expires_at = now.replace(microsecond=0) + COPY_LIFE
            documents = self._listed(session, envelope, recipient)
        return OpenedCopy(self._tokens.copy(recipient.id, expires_at), expires_at, documents)

    def sealed(self, token: str, document: str | None = None) -> SealedCopy:
        """Return a document that the token opens: the one with this id, or the first.

        Raises `LinkRefused` (`copy-over`), `Refusal` (`no-document`), and what `Documents.read` raises.
        """
        with self._envelopes.database.reading() as session:
            return self._read(session, *self._admitted(session, token), document)

    def listed(self, token: str) -> Sequence[CopyDocument]:
        """Return the documents that the token opens, without their bytes. Raises `LinkRefused` (`copy-over`)."""
        with self._envelopes.database.reading() as session:
            return self._listed(session, *self._admitted(session, token))

    def certified(self, token: str) -> str | None:
        """Return the envelope whose completion certificate the token opens: None for somebody who has only some of its
        documents, since the certificate tells of all of them. Raises `LinkRefused` (`copy-over`)."""
        with self._envelopes.database.reading() as session:
            envelope, recipient = self._admitted(session, token)
        _require_copy(envelope, recipient)
        return envelope.id if len(_documents_of(envelope, recipient)) == len(envelope.documents) else None

    def of_recipient(self, recipient: str, document: str | None = None) -> SealedCopy:
        """Return the same for a recipient who was admitted otherwise.

        Raises as `sealed` does, but `LinkRefused` (`session-unknown`) where a live service meets one of test mode.
        """
        with self._envelopes.database.reading() as session:
            envelope = self._envelopes.of_recipient(session, recipient)
            if is_foreign(envelope, live=self._live):
                raise LinkRefused(
                    "session-unknown", "this is no session of ours", "open the link and answer a new code"
                )
            return self._read(session, envelope, envelope.recipient(recipient), document)

    def _admitted(self, session: Session, token: str) -> tuple[Envelope, Recipient]:
        known = self._tokens.read_copy(token)
        envelope = self._envelopes.find_of_recipient(session, known.recipient) if known else None
        if envelope is not None and is_foreign(envelope, live=self._live):
            known = None
        if known is None or envelope is None or self._clocks.now(session, envelope.client) >= known.expires_at:
            raise LinkRefused("copy-over", "this opens no copy, or not any more", "open the link again, with a code")
        return envelope, envelope.recipient(known.recipient)

    def _read(self, session: Session, envelope: Envelope, recipient: Recipient, document: str | None) -> SealedCopy:
        listed = self._listed(session, envelope, recipient)
        found = next((one for one in listed if document in (None, one.id)), None)
        if found is None:
            raise refusal("no-document")
        return SealedCopy(found, self._documents.read(session, found.id, found.sha256))

    def _invited(self, session: Session, link: str) -> tuple[Envelope, Recipient]:
        envelope, recipient, _person = invited(
            self._envelopes, self._records, self._tokens, session, link, live=self._live
        )
        _require_copy(envelope, recipient)
        return envelope, recipient

    def _listed(self, session: Session, envelope: Envelope, recipient: Recipient) -> Sequence[CopyDocument]:
        _require_copy(envelope, recipient)
        about = read_about(self._records, session, envelope.id)
        return [
            CopyDocument(one.plan.id, about.documents[one.plan.id].name, str(one.sealed))
            for one in _documents_of(envelope, recipient)
        ]


def _documents_of(envelope: Envelope, recipient: Recipient) -> Sequence[DocumentProgress]:
    """Who signs has what they signed; a copy recipient has all of it."""
    return [one for one in envelope.documents if not recipient.plan.signs or one.plan.id == recipient.plan.document]


def _require_copy(envelope: Envelope, recipient: Recipient) -> None:
    if recipient.state is RecipientState.REPLACED:
        raise refusal("recipient-replaced")
    if envelope.state is not EnvelopeState.COMPLETED:
        raise refusal(f"envelope-{envelope.state.value.replace('_', '-')}")


def _slice(now: datetime) -> int:
    return (now - _EPOCH) // CODE_LIFE


def _code_id(recipient: str, time_slice: int) -> str:
    return f"cpy_{recipient.removeprefix('rcp_')}-{time_slice}"


def _is_test(envelope: Envelope) -> bool:
    return envelope.settings.mode is EnvelopeMode.TEST
