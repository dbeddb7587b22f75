"""The completion certificate as staff see it: whether there is one, what it waits for, and the file to take away."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from esign.ceremony.errors import NotAvailable
from esign.ceremony.models import Task
from esign.completion.certificates import CertificateFile
from esign.completion.certifying import CERTIFY
from esign.desk.details import READERS
from esign.desk.sight import Sight
from esign.infra.logs import log_for
from esign.staff.actors import Caller
from esign.staff.domain.refusal import refusal as staff_refusal

_log = log_for(__name__)


@dataclass(frozen=True)
class CompletionDetail:
    """The certificate's digest where there is one; else whether it is `coming`, and the code of what hindered that."""

    sha256: str | None
    coming: bool
    hindered: str | None


class EnvelopeCompletion:
    """Reads certificates within the caller's reach."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def get(self, caller: Caller, envelope: str) -> CompletionDetail:
        """Return how it stands. Raises `Refusal` (`no-envelope`), `StaffRefused` (`session-over`)."""
        with self._sight.database.reading() as session:
            row = self._sight.row(session, caller, envelope)
            made = self._sight.service.certificates.find(session, row.id)
            task = session.scalars(select(Task).where(Task.envelope == row.id, Task.kind == CERTIFY)).first()
        return CompletionDetail(
            sha256=None if made is None else made.sha256,
            coming=task is not None,
            hindered=None if task is None else task.failure,
        )

    def file(self, caller: Caller, envelope: str) -> CertificateFile:
        """Return the certificate.

        Raises `Refusal` (`no-envelope`), `StaffRefused` (`not-allowed`), `NotAvailable` (`not-certified-yet`),
        `RecordErased`, `BlobError`.
        """
        with self._sight.database.reading() as session:
            row = self._sight.row(session, caller, envelope)
            if READERS.isdisjoint(caller.roles):
                raise staff_refusal("not-allowed")
            found = self._sight.service.certificates.read(session, row.id)
        if found is None:
            raise NotAvailable("not-certified-yet", "there is no completion certificate yet", "wait some seconds")
        _log.info("a completion certificate was looked at", envelope=envelope, member=caller.member)
        return found
