"""What may happen to a document after a signature: its certification, its lock, and the rules without one.

DocMDP (ISO 32000-2 clause 12.8.2.2): 1 nothing, 2 form filling and signing, 3 annotations too. FieldMDP and
SigFieldLock (clauses 12.8.2.4 and 12.7.5.5) lock fields by name. Validation data and document timestamps are
always allowed: they add to what is known of the signature, and change nothing that it says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.reading.fields import text_string
from esign.verify.reading.objects import PdfDict
from esign.verify.reading.revision import Revision
from esign.verify.reading.signature_fields import SignatureField

_ALWAYS: Final = frozenset({ChangeKind.VALIDATION_DATA, ChangeKind.METADATA, ChangeKind.TIMESTAMPING})
_FILLING: Final = _ALWAYS | {ChangeKind.SIGNING, ChangeKind.FORM_FILLING, ChangeKind.STRUCTURE}
_ANNOTATING: Final = _FILLING | {ChangeKind.ANNOTATION, ChangeKind.WIDGET_REMOVED, ChangeKind.SIGNATURE_OVERLAID}
_BY_LEVEL: Final = {1: _ALWAYS, 2: _FILLING, 3: _ANNOTATING}


@dataclass(frozen=True)
class FieldLock:
    """Which fields are locked: `All`, those it names (`Include`), or all but those (`Exclude`)."""

    action: str
    names: tuple[str, ...]

    def locks(self, field: str) -> bool:
        if self.action == "All":
            return True
        named = any(field == name or field.startswith(f"{name}.") for name in self.names)
        return named if self.action == "Include" else not named


@dataclass(frozen=True)
class Permissions:
    """What a signature allows after itself. `level` is the DocMDP P that applies; None: nobody certified."""

    level: int | None
    locks: tuple[FieldLock, ...]
    certifies: bool

    def permit(self, change: Change) -> bool:
        """Return whether the change is allowed."""
        if (
            change.field is not None
            and change.kind not in _ALWAYS
            and any(lock.locks(change.field) for lock in self.locks)
        ):
            return False
        return change.kind in _BY_LEVEL.get(self.level if self.level is not None else 2, _ALWAYS)


def read_permissions(signature: SignatureField, revision: Revision, earlier: Iterable[Permissions]) -> Permissions:
    """Read what `signature` allows, as written in the revision that it signed.

    `earlier` are the permissions of the signatures before it: the strictest level of all that certify or lock
    holds for what follows.
    """
    level: int | None = None
    certifies = False
    locks: list[FieldLock] = []
    for item in revision.array(signature.dictionary.get("Reference")):
        reference = revision.dictionary(item)
        method = revision.resolve(reference.get("TransformMethod"))
        parameters = revision.dictionary(reference.get("TransformParams"))
        if method == "DocMDP":
            certifies = True
            level = _level(revision, parameters, default=2)
        elif method == "FieldMDP":
            locks.append(_lock(revision, parameters))
    field = signature.signed_field or signature.field
    lock = revision.dictionary(field.dictionary.get("Lock"))
    if lock:
        locks.append(_lock(revision, lock))
        own = _level(revision, lock, default=None)
        level = own if level is None else min(level, own or level)
    inherited = [known.level for known in earlier if known.level is not None]
    if inherited:
        level = min([*inherited, *([level] if level is not None else [])])
    return Permissions(level, tuple(locks), certifies)


def _level(revision: Revision, dictionary: PdfDict, default: int | None) -> int | None:
    level = revision.resolve(dictionary.get("P"))
    return level if isinstance(level, int) and level in _BY_LEVEL else default


def _lock(revision: Revision, dictionary: PdfDict) -> FieldLock:
    names = (revision.resolve(item) for item in revision.array(dictionary.get("Fields")))
    return FieldLock(
        str(revision.resolve(dictionary.get("Action")) or "All"),
        tuple(text_string(name) for name in names if isinstance(name, bytes)),
    )
