"""People's records, with what the ceremony keeps beside them and has to forget when one is erased."""

from __future__ import annotations

from esign.ceremony.capture import forget_handwriting
from esign.ceremony.traces import forget_trace
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords


def people_records(keys: KeyStore) -> PersonalRecords:
    """Return the records: erasing one forgets the likeness of its handwriting and the trace of its device, too."""
    return PersonalRecords(keys, forgetting=(forget_handwriting, forget_trace))
