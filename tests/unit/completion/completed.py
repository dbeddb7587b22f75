"""Envelopes that are completed and certified, and how their certificate is read: by public tools alone."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope
from esign.ceremony.people import Person
from esign.ceremony.public_events import AWAITS_CHECKPOINT
from esign.completion.certifying import CERTIFY
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.pades.typeface import Typeface
from esign.service import Ports, assemble
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.publishing import CheckpointPublisher
from tests.service import YE, YU, Desk, ports_for, request, short_request, system_now
from tests.tools import run_tool
from tests.vectors.trail.stored import LOG_KEY, ORIGIN

VERIFY = "https://sign.example/verify"


@dataclass
class CompletionDesk:
    """A desk with somebody who looks after the trail."""

    desk: Desk
    keeper: TrailKeeper

    def tend(self) -> None:
        """Leaves, checkpoint, consumers."""
        self.keeper.place()
        self.keeper.publish()
        self.keeper.consume()

    def complete(self, contract: bytes, people: tuple[Person, ...] = (YU, YE), **changes: Any) -> Envelope:
        """Have an envelope signed by these and sealed, and its certificate entered."""
        envelope = self.desk.create(request(contract, **changes))
        for number, person in enumerate(people):
            self.desk.play(envelope, number, person)
            self.desk.work()
        self.tend()
        return self.desk.envelope(envelope.id)

    def sign_soon(self, contract: bytes, *people: Person) -> Envelope:
        """Have a short envelope signed by these and sealed; nobody looks after the trail yet."""
        envelope = self.desk.create(short_request(contract, *people))
        for number, person in enumerate(people):
            self.desk.play(envelope, number, person)
            self.desk.work()
        return envelope

    def complete_soon(self, contract: bytes, *people: Person) -> Envelope:
        """Have it signed, sealed, and its certificate entered."""
        envelope = self.sign_soon(contract, *people)
        self.tend()
        return envelope

    def certify(self, envelope: Envelope) -> bytes:
        """Have the certificate made, and return it."""
        self.desk.step(CERTIFY)
        return self.read(envelope)

    def read(self, envelope: Envelope) -> bytes:
        with self.desk.service.ports.database.reading() as session:
            found = self.desk.service.certificates.read(session, envelope.id)
        assert found is not None
        return found.content

    def waiting(self) -> list[tuple[str, str | None]]:
        """Return the tasks for certificates, and what hindered each."""
        return [(task.subject, task.failure) for task in self.desk.tasks() if task.kind == CERTIFY]


def completion_desk(
    database: Database, folder: Path, authority: EmbeddedAuthority, typeface: Typeface, **changes: Any
) -> CompletionDesk:
    ports: Ports = replace(
        ports_for(database, folder, authority, typeface),
        **{"stand_ins": ("embedded-authority", "embedded-timestamps"), "verify_address": VERIFY, **changes},
    )
    return tended(Desk(assemble(ports)))


def tended(desk: Desk) -> CompletionDesk:
    """Return the desk with somebody beside it who looks after the trail, and enters certificates."""
    database, authority = desk.service.ports.database, desk.service.ports.trust_services.timestamp_authority
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, authority)
    consumers = [Consumer("completion", desk.service.completions.enter_event)]
    keeper = TrailKeeper(database, publisher, consumers, system_now, Exclusive(database), awaited=AWAITS_CHECKPOINT)
    return CompletionDesk(desk, keeper)


def text_of(pdf: bytes, folder: Path) -> str:
    """Return the words of a PDF as pdftotext reads them, with single spaces."""
    (folder / "read.pdf").write_bytes(pdf)
    return re.sub(r"[\s\u200b]+", " ", run_tool("pdftotext", folder / "read.pdf", "-").stdout.decode())


def codes_on(pdf: bytes, folder: Path, *, page: int = 1) -> list[str]:
    """Return what a reader of another house makes of the QR codes on a page at 150 dots an inch: a poor camera's."""
    (folder / "seen.pdf").write_bytes(pdf)
    only = ("-f", str(page), "-l", str(page), "-singlefile")
    run_tool("pdftoppm", "-r", "150", *only, "-png", folder / "seen.pdf", folder / "seen")
    return codes_in((folder / "seen.png").read_bytes())


def codes_in(png: bytes) -> list[str]:
    with Image.open(io.BytesIO(png)) as picture:
        found = zxingcpp.read_barcodes(np.array(picture.convert("L")))
    return sorted(one.text for one in found)
