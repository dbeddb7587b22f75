"""What an envelope is called: a sealed record of its own, since titles and file names may name people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from esign.infra.columns import JsonValue, canonical_json
from esign.infra.personal_records import PersonalRecords


@dataclass(frozen=True)
class AboutDocument:
    """A document's file name, and the field that its seal goes into."""

    name: str
    seal_field: str


@dataclass(frozen=True)
class About:
    """Title, sealing company, the documents by id, and a digest of the request that made the envelope.

    `return_url` is where a recipient's device goes when the ceremony is over, where the caller embeds it.
    """

    title: str
    company: str
    documents: Mapping[str, AboutDocument]
    request: str
    return_url: str | None = None


def about_record(envelope: str) -> str:
    """Return the id of the envelope's record."""
    return f"abt_{envelope.removeprefix('env_')}"


def keep_about(records: PersonalRecords, session: Session, envelope: str, about: About, *, at: datetime) -> None:
    """Seal and store it. Raises `RecordError`."""
    documents = {id_: {"name": one.name, "seal_field": one.seal_field} for id_, one in about.documents.items()}
    form: JsonValue = {
        "title": about.title,
        "company": about.company,
        "documents": documents,
        "request": about.request,
        "return_url": about.return_url,
    }
    records.keep(session, about_record(envelope), "envelope", canonical_json(form), at=at)


def read_about(records: PersonalRecords, session: Session, envelope: str) -> About:
    """Return it. Raises `RecordErased`, `RecordError`, `SealedDataError`."""
    form = json.loads(records.read(session, about_record(envelope)))
    documents = {id_: AboutDocument(one["name"], one["seal_field"]) for id_, one in form["documents"].items()}
    return About(form["title"], form["company"], documents, form["request"], form.get("return_url"))
