"""The eraser with all that has to go along: for the service, the command and a restore alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import VOCABULARY, Eraser, RecordsAbout, nothing_else
from esign.exports.kept_bundles import bundles_of
from esign.infra.database import Database
from esign.infra.personal_records import PersonalRecords
from esign.retention.holds import is_held
from esign.retention.kept_elsewhere import kept_elsewhere
from esign.trail.log import Trail


def usual_eraser(database: Database, records: PersonalRecords, records_about: RecordsAbout = nothing_else) -> Eraser:
    """Return the eraser: it asks for legal holds, and takes along what other rooms keep of an envelope.

    `records_about` names what rooms of business packages keep.
    """

    def kept(session: Session, subjects: Collection[str]) -> Sequence[str]:
        return (*kept_elsewhere(session, subjects), *records_about(session, subjects))

    envelopes = Envelopes(database, Trail(ENVELOPE_VOCABULARY))
    return Eraser(envelopes, records, Trail(VOCABULARY), kept, is_held, bundles_of)
