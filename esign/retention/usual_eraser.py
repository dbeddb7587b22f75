"""The eraser with all that has to go along: for the service, the command and a restore alike."""

from __future__ import annotations

from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.exports.kept_bundles import bundles_of
from esign.infra.database import Database
from esign.infra.personal_records import PersonalRecords
from esign.retention.holds import is_held
from esign.retention.kept_elsewhere import kept_elsewhere
from esign.trail.log import Trail


def usual_eraser(database: Database, records: PersonalRecords) -> Eraser:
    """Return the eraser: it asks for legal holds, and takes along what other rooms keep of an envelope."""
    envelopes = Envelopes(database, Trail(ENVELOPE_VOCABULARY))
    return Eraser(envelopes, records, Trail(VOCABULARY), kept_elsewhere, is_held, bundles_of)
