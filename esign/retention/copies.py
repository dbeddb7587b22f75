"""A copy of what is held on a person: one ZIP that they can read, with the files themselves and a list of all of it.

It holds what the person gave and what was recorded of them, and the contracts that they signed; of others it holds what
stands in those contracts, which they were given anyway.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.documents import Documents
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.models import DocumentRow, RecipientRow, ShownScreen
from esign.ceremony.records import CeremonyRecords
from esign.errors import EsignError
from esign.infra.columns import JsonValue
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.retention.holds import is_held
from esign.retention.kept import kept_of
from esign.retention.matters import NO_MATTERS, HeldFile, Matter, Matters
from esign.retention.models import RetainedEnvelope
from esign.retention.people import person_of
from esign.retention.requests import Request, is_matter_restricted, is_restricted, notes_on
from esign.retention.rules import Rules

DOCUMENT_BYTES_AT_MOST: Final = 200 * 1024 * 1024
"""Contracts beyond this are listed and left out: they are handed out one by one."""
ROOMS: Final = "business"
"""The folder of what rooms keep without an envelope."""
_README: Final = """我们保存的关于您的个人信息

制作时间：{at}
held.json 列出全部内容：每份文件、您的角色、您同意过什么、看过哪些页面、保存到什么时候。
编号的文件夹里是每份文件的资料：person.json 您的基本信息，handwriting.json 签名的笔迹（坐标、压力、时间），
photo.jpg 照片，identity.json 身份核验与设备信息，document-N.pdf 您签署的合同，子文件夹里是办理业务时填写的内容。
business 文件夹里是没有签署文件的业务，例如用验证码确认的车险理赔。
已经删除的内容不在这里，held.json 里会写明。

What we keep about you

Made: {at}
held.json lists all of it: each document, your role, what you agreed to, which pages you saw, until when it is kept.
The numbered folders hold the material of each: person.json, handwriting.json (points, pressure, times), photo.jpg,
identity.json (identification and device), document-N.pdf (the contracts that you signed); folders in them hold what
was filled in for the business itself. The folder business holds what was done without a document to sign, such as a
motor claim that was agreed to by a code.
What was erased is not here; held.json says so.
"""


HeldByRoom: TypeAlias = Callable[[Session, str, str], Sequence[HeldFile]]
"""Returns what a room keeps on a recipient, by the ids of envelope and recipient: on that person and nobody else."""


@dataclass(frozen=True)
class Copies:
    """Makes copies; reads in the caller's session."""

    envelopes: Envelopes
    documents: Documents
    records: PersonalRecords
    rules: Rules
    rooms: Mapping[str, HeldByRoom] = field(default_factory=dict)
    """What rooms of business packages keep, by their names."""
    matters: Matters = NO_MATTERS

    def write(
        self,
        session: Session,
        rows: Sequence[RecipientRow],
        requests: Sequence[Request],
        *,
        now: datetime,
        matters: Sequence[Matter] = (),
    ) -> IO[bytes]:
        """Return the ZIP as a file at its beginning; it is on disk where it is large. Close it.

        Raises `BlobError`, `SealedDataError`.
        """
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115  # the caller closes it
        left = DOCUMENT_BYTES_AT_MOST
        listed: list[JsonValue] = []
        put: set[str] = set()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _README.format(at=now.isoformat(timespec="seconds")))
            for number, row in enumerate(rows, start=1):
                entry, size = self._recipient(session, archive, f"{number}", row, left, now, put)
                left -= size
                listed.append(entry)
            listed += [self._matter(session, archive, one, put) for one in matters]
            held = {"made_at": _time(now), "held": listed, "requests": [_request(one) for one in requests]}
            archive.writestr("held.json", _json(held))
        file.seek(0)
        return file

    def _recipient(
        self,
        session: Session,
        archive: zipfile.ZipFile,
        folder: str,
        row: RecipientRow,
        left: int,
        now: datetime,
        put: set[str],
    ) -> tuple[JsonValue, int]:
        envelope = self.envelopes.get(session, row.envelope)
        recipient = envelope.recipient(row.id)
        erased = [name for name, data in self._files(session, row, recipient) if not _put(archive, folder, name, data)]
        erased += [name for name, data in self._of_rooms(session, row, put) if not _put(archive, folder, name, data)]
        documents, size = self._documents(session, archive, folder, envelope, left)
        kept = session.get(RetainedEnvelope, row.envelope)
        shown = [] if kept is None else kept_of(session, self.rules, kept, now=now).kept
        return {
            "folder": folder,
            "envelope": row.envelope,
            "title": self._title(session, row.envelope),
            "role": recipient.plan.role.value,
            "state": recipient.state.value,
            "signed_at": None if row.signed_at is None else _time(row.signed_at),
            "identified": None if recipient.session.identity is None else recipient.session.identity.assurance,
            "consents": [asdict(one) for one in recipient.session.consents],
            "screens": self._screens(session, row.id),
            "documents": documents,
            "kept": [
                {"kind": one.kind.value, "until": None if one.until is None else one.until.isoformat()} for one in shown
            ],
            "restricted": is_restricted(session, row.id),
            "notes": [{"at": _time(at), "words": words} for at, words in notes_on(session, self.records, row.id)],
            "erased": list(erased),
        }, size

    def _files(self, session: Session, row: RecipientRow, recipient: Recipient) -> Sequence[tuple[str, bytes | None]]:
        """Return the files by name; None for one that was erased."""
        records, done = CeremonyRecords(self.records), recipient.session
        person = person_of(session, self.records, row)
        files: list[tuple[str, bytes | None]] = [("person.json", None if person is None else _json(asdict(person)))]
        captures = (("handwriting.json", done.handwriting), ("photo.jpg", done.photo))
        for name, capture in captures:
            if capture is not None:
                files.append((name, _capture(session, records, capture.record)))
        identity = done.identity
        if identity is not None and identity.record is not None:
            try:
                files.append(("identity.json", _json(asdict(records.identity(session, identity.record)))))
            except RecordErased:
                files.append(("identity.json", None))
        return files

    def _of_rooms(self, session: Session, row: RecipientRow, put: set[str]) -> Sequence[tuple[str, bytes | None]]:
        """Return what rooms keep on the recipient, each room's files in a folder of its name; `put` are those that are
        in the copy already and belong there once."""
        files = []
        for room, held in self.rooms.items():
            for one in held(session, row.envelope, row.id):
                name = f"{room}/{one.name}"
                if name not in put:
                    files.append((name, one.content))
                if one.once:
                    put.add(name)
        return files

    def _matter(self, session: Session, archive: zipfile.ZipFile, matter: Matter, put: set[str]) -> JsonValue:
        """Write what is kept in a matter that no envelope holds; what an envelope led to is in the copy already."""
        room, erased = self.matters.room(matter.id), []
        for one in room.files(session, matter.id, self.documents.read_written):
            name = f"{room.room}/{one.name}"
            if name not in put and not _put(archive, ROOMS, name, one.content):
                erased.append(name)
        return {
            "folder": f"{ROOMS}/{room.room}/{matter.id}",
            "matter": matter.id,
            "title": matter.name.zh,
            "kept_until": None if matter.until is None else matter.until.isoformat(),
            "source": matter.source.zh,
            "legal_hold": is_held(session, matter.id),
            "restricted": is_matter_restricted(session, matter.id),
            "notes": [{"at": _time(at), "words": words} for at, words in notes_on(session, self.records, matter.id)],
            "erased": list(erased),
        }

    def _documents(
        self, session: Session, archive: zipfile.ZipFile, folder: str, envelope: Envelope, left: int
    ) -> tuple[list[JsonValue], int]:
        rows = session.scalars(
            select(DocumentRow).where(DocumentRow.envelope == envelope.id).order_by(DocumentRow.number)
        )
        listed: list[JsonValue] = []
        used = 0
        for row in rows:
            sha256 = row.sealed or row.current
            try:
                content = self.documents.read(session, row.id, sha256)
            except RecordErased:
                listed.append({"sha256": sha256, "erased": True})
                continue
            fits = used + len(content) <= left
            if fits:
                used += len(content)
                archive.writestr(f"{folder}/document-{row.number}.pdf", content)
            listed.append({"sha256": sha256, "erased": False, "in_this_copy": fits})
        return listed, used

    def _screens(self, session: Session, recipient: str) -> list[JsonValue]:
        rows = session.scalars(
            select(ShownScreen).where(ShownScreen.recipient == recipient).order_by(ShownScreen.shown_at)
        )
        return [
            {
                "screen": row.screen,
                "shown_at": _time(row.shown_at),
                "left_at": None if row.left_at is None else _time(row.left_at),
            }
            for row in rows
        ]

    def _title(self, session: Session, envelope: str) -> str | None:
        try:
            about = read_about(self.records, session, envelope)
        except EsignError:
            return None
        return about.title


def _capture(session: Session, records: CeremonyRecords, record: str) -> bytes | None:
    try:
        return records.capture(session, record).data
    except RecordErased:
        return None


def _put(archive: zipfile.ZipFile, folder: str, name: str, data: bytes | None) -> bool:
    if data is None:
        return False
    archive.writestr(f"{folder}/{name}", data)
    return True


def _request(one: Request) -> JsonValue:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "received_at": _time(one.received_at),
        "due_on": one.due_on.isoformat(),
        "outcome": None if one.outcome is None else one.outcome.value,
        "answer": one.answer,
    }


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _json(form: Mapping[str, object]) -> bytes:
    return json.dumps(form, ensure_ascii=False, indent=2, default=str).encode()
