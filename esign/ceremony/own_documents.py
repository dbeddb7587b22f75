"""Documents of the insurer's own: nobody signs them but the insurer, to B-LTA, and our verifier judges them first.

They take the path that contracts take: prepared in quarantine with an empty field, sealed, judged. Nothing is stored
here, and a document that our verifier does not accept is given to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from esign.ceremony.domain.values import PromisedLevel
from esign.ceremony.organisation_seal import Sealing, ToSeal
from esign.ceremony.quarantined import Verdict, prepare_document
from esign.ceremony.roles import SEAL_FIELD, SEAL_WORDS
from esign.infra.quarantine import Quarantine
from esign.pades.fields import FieldPlan, InField, Lock, Place
from esign.pades.typeface import Typeface


@dataclass(frozen=True)
class SealedDocument:
    """A document that the insurer sealed: its name for people, the whole PDF, the digest of that (64 hexadecimal
    digits), and the verdict that released it."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    sha256: str
    verdict: Verdict = field(repr=False)


class OwnDocuments:
    """Seals documents of the insurer's own. Safe to share between threads."""

    def __init__(self, sealing: Sealing, quarantine: Quarantine, typeface: Typeface) -> None:
        self._sealing = sealing
        self._quarantine = quarantine
        self._typeface = typeface

    def seal(self, name: str, content: bytes, place: Place, *, origin: str, judged_origin: str) -> SealedDocument:
        """Seal the PDF at this place, and have the result judged. It takes seconds: open no transaction meanwhile.

        `origin` names whose files the process of the quarantine that reads it may read, `judged_origin` the same for
        the one that judges. Raises `DocumentRefused`, `FieldError`, `LevelNotReached`, `SigningError`, and what trust
        services and the quarantine raise.
        """
        seal_field = place.name if isinstance(place, InField) else SEAL_FIELD
        plan = FieldPlan(seal_field, place, Lock.DOCUMENT, SEAL_WORDS.zh)
        reader = self._quarantine.files_of(origin)
        texts = self._sealing.appearance_texts
        prepared = content + prepare_document(reader, content, [plan], texts, typeface=self._typeface).increment
        to_seal = ToSeal(name, prepared, seal_field, PromisedLevel.B_LTA, origin=origin, judged_origin=judged_origin)
        sealed = self._sealing.seal(to_seal)
        return SealedDocument(name, prepared + sealed.increment, sealed.sha256, sealed.verdict)
