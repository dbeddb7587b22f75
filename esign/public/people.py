"""People's data: sealed records that can be found by name, phone and ID number, and erased; events hold their ids.

`house.records` keeps anything (`keep`, `read`, `erase`, `is_erased`, `index.find`). A person whom messages reach is
kept by `keep_person`; a member of staff is reached by `member_record`.
"""

from __future__ import annotations

from esign.ceremony.creation import keep_person
from esign.ceremony.people import Locale, Person, encode_person, parse_person
from esign.infra.errors import RecordErased, RecordError, SealedDataError
from esign.infra.personal_records import PersonalRecords, ToKeep
from esign.infra.search_index import ERASED_TEXT, SearchField, normalise
from esign.retention.matters import HeldFile
from esign.staff.people import member_record, name_of_institution

__all__ = [
    "ERASED_TEXT",
    "HeldFile",
    "Locale",
    "Person",
    "PersonalRecords",
    "RecordErased",
    "RecordError",
    "SealedDataError",
    "SearchField",
    "ToKeep",
    "encode_person",
    "keep_person",
    "member_record",
    "name_of_institution",
    "normalise",
    "parse_person",
]
