"""Values that pure code of a room needs, without a database behind them: people, ID numbers, texts, canonical JSON."""

from __future__ import annotations

from esign.canonical_json import encode_canonical
from esign.ceremony.id_number import is_resident_id_number
from esign.ceremony.people import Locale, Person
from esign.decisions.words import Words
from esign.evidence.photo_tags import PhotoTags

__all__ = ["Locale", "Person", "PhotoTags", "Words", "encode_canonical", "is_resident_id_number"]
