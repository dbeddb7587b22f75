"""`envelope.json`: what a bundle is about, as canonical JSON (docs/evidence-bundle.md)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from esign.bundle.facts import BundledDocument, BundledRecipient, Description, Exported
from esign.bundle.layout import RENEWALS_AT_MOST, SCHEMA
from esign.canonical_json import encode_canonical
from esign.evidence.strict_json import StrictJson

BYTES_AT_MOST: Final = 4 * 1024 * 1024
_LISTED_AT_MOST: Final = 1_000
_STREAM_AT_MOST: Final = 160
_LARGEST: Final = 2**53 - 1
_MEMBERS: Final = (
    *("schema", "envelope", "title", "company", "external_id", "mode", "level", "state", "created_at", "ended_at"),
    *("evidence", "documents", "recipients", "streams", "exported", "software"),
)
_RENEWALS: Final = "renewals"
"""Is left out where there are none."""
_OF_DOCUMENT: Final = ("id", "name", "pages", "original", "prepared", "signed", "sealed")
_OF_RECIPIENT: Final = (
    *("id", "role", "name", "state", "document", "field", "manifest", "confirmed_at", "certificate", "signed_at"),
    "replaced_by",
)
_ID: Final = re.compile(r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}", re.ASCII)
_DIGEST: Final = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_json = StrictJson("bundle-description", "get the bundle again from whoever exported it")


def encode_description(about: Description) -> bytes:
    """Return `envelope.json`."""
    return encode_canonical(
        {
            "schema": SCHEMA,
            "envelope": about.envelope,
            "title": about.title,
            "company": about.company,
            "external_id": about.external_id,
            "mode": about.mode,
            "level": about.level,
            "state": about.state,
            "created_at": time_text(about.created_at),
            "ended_at": time_text(about.ended_at),
            "evidence": "erased" if about.is_erased else "kept",
            "documents": [
                {
                    "id": one.id,
                    "name": one.name,
                    "pages": one.pages,
                    "original": _digest_text(one.original),
                    "prepared": _digest_text(one.prepared),
                    "signed": _digest_text(one.signed),
                    "sealed": _digest_text(one.sealed),
                }
                for one in about.documents
            ],
            "recipients": [_recipient_form(one) for one in about.recipients],
            "streams": [{"stream": name, "events": about.streams[name]} for name in sorted(about.streams)],
            "exported": {
                "export": about.exported.export,
                "at": time_text(about.exported.at),
                "by": about.exported.by,
                "reason": about.exported.reason,
            },
            "software": {"name": about.software[0], "version": about.software[1]},
            **({_RENEWALS: about.renewals} if about.renewals else {}),
        }
    )


def parse_description(data: bytes) -> Description:
    """Read `envelope.json`, strictly: `encode_description` of the result is `data` again, byte for byte.

    Raises `EvidenceError`: `bundle-description-size`, `-json`, `-schema`, `-form`, `-range`, `-not-canonical`.
    """
    document = _json.load(data, bytes_at_most=BYTES_AT_MOST)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        _json.refuse("schema", f"the bundle does not say that its schema is {SCHEMA}")
    names = (*_MEMBERS, _RENEWALS) if _RENEWALS in document else _MEMBERS
    members = _json.members(document, names, "envelope.json")
    if members["evidence"] not in ("kept", "erased"):
        _json.refuse("form", "evidence must be kept or erased")
    exported = _json.members(members["exported"], ("export", "at", "by", "reason"), "exported")
    software = _json.members(members["software"], ("name", "version"), "software")
    about = Description(
        envelope=_id(members["envelope"], "envelope"),
        title=_written(members["title"], "title"),
        company=_written(members["company"], "company"),
        external_id=_optional(members["external_id"], "external_id"),
        mode=_json.text(members["mode"], "mode"),
        level=_json.text(members["level"], "level"),
        state=_json.text(members["state"], "state"),
        created_at=_time(members["created_at"], "created_at"),
        ended_at=_time(members["ended_at"], "ended_at"),
        is_erased=members["evidence"] == "erased",
        documents=tuple(_document(one) for one in _listed(members["documents"], "documents")),
        recipients=tuple(_recipient(one) for one in _listed(members["recipients"], "recipients")),
        streams=dict(_stream(one) for one in _listed(members["streams"], "streams")),
        exported=Exported(
            export=_id(exported["export"], "exported.export"),
            at=_time(exported["at"], "exported.at"),
            by=_json.text(exported["by"], "exported.by"),
            reason=_json.text(exported["reason"], "exported.reason"),
        ),
        software=(_json.text(software["name"], "software.name"), _json.text(software["version"], "software.version")),
        renewals=_json.integer(members[_RENEWALS], _RENEWALS, 1, RENEWALS_AT_MOST) if _RENEWALS in members else 0,
    )
    if encode_description(about) != data:
        _json.refuse("not-canonical", "envelope.json is not written as it must be")
    return about


def time_text(moment: datetime) -> str:
    """Return the time as RFC 3339 in UTC, with six decimals and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _recipient_form(one: BundledRecipient) -> dict[str, str | None]:
    return {
        "id": one.id,
        "role": one.role,
        "name": one.name,
        "state": one.state,
        "document": one.document,
        "field": one.field,
        "manifest": _digest_text(one.manifest),
        "confirmed_at": None if one.confirmed_at is None else time_text(one.confirmed_at),
        "certificate": one.certificate,
        "signed_at": None if one.signed_at is None else time_text(one.signed_at),
        "replaced_by": one.replaced_by,
    }


def _document(value: object) -> BundledDocument:
    members = _json.members(value, _OF_DOCUMENT, "a document")
    return BundledDocument(
        id=_id(members["id"], "a document's id"),
        name=_written(members["name"], "a document's name"),
        pages=_json.integer(members["pages"], "pages", 1, _LARGEST),
        original=_digest(members["original"], "original"),
        prepared=_digest(members["prepared"], "prepared"),
        signed=_optional_digest(members["signed"], "signed"),
        sealed=_optional_digest(members["sealed"], "sealed"),
    )


def _recipient(value: object) -> BundledRecipient:
    members = _json.members(value, _OF_RECIPIENT, "a recipient")
    return BundledRecipient(
        id=_id(members["id"], "a recipient's id"),
        role=_json.text(members["role"], "role"),
        name=_written(members["name"], "a recipient's name"),
        state=_json.text(members["state"], "a recipient's state"),
        document=_optional_id(members["document"], "a recipient's document"),
        field=_optional(members["field"], "field"),
        manifest=_optional_digest(members["manifest"], "manifest"),
        confirmed_at=_optional_time(members["confirmed_at"], "confirmed_at"),
        certificate=_optional(members["certificate"], "certificate"),
        signed_at=_optional_time(members["signed_at"], "signed_at"),
        replaced_by=_optional_id(members["replaced_by"], "replaced_by"),
    )


def _stream(value: object) -> tuple[str, int]:
    members = _json.members(value, ("stream", "events"), "a stream")
    name = _json.text(members["stream"], "stream", at_most=_STREAM_AT_MOST)
    return name, _json.integer(members["events"], "events", 1, _LARGEST)


def _listed(value: object, where: str) -> list[object]:
    return _json.sequence(value, where, at_most=_LISTED_AT_MOST)


def _written(value: object, where: str) -> str | None:
    """Return what people wrote, which may be erased."""
    if value is not None and not isinstance(value, str):
        _json.refuse("form", f"{where} must be a text or null")
    return value


def _optional(value: object, where: str) -> str | None:
    return None if value is None else _json.text(value, where)


def _id(value: object, where: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        _json.refuse("form", f"{where} must be an id")
    return value


def _optional_id(value: object, where: str) -> str | None:
    return None if value is None else _id(value, where)


def _digest(value: object, where: str) -> str:
    found = _DIGEST.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        _json.refuse("form", f"{where} must be sha256: and 64 hex digits")
    return found[1]


def _optional_digest(value: object, where: str) -> str | None:
    return None if value is None else _digest(value, where)


def _digest_text(value: str | None) -> str | None:
    return None if value is None else f"sha256:{value}"


def _time(value: object, where: str) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        _json.refuse("form", f"{where} must be a time in UTC with six decimals")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        _json.refuse("range", f"{where} is no time that there is")


def _optional_time(value: object, where: str) -> datetime | None:
    return None if value is None else _time(value, where)
