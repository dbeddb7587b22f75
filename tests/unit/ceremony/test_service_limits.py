"""Where the service meets its limits: a quarantine under load, a page that cannot be drawn, captures without end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope, Refusal, rules
from esign.ceremony.domain.values import RecipientState
from esign.ceremony.quarantined.page_images import RENDER_PAGES
from esign.ceremony.quarantined.photos import READ_PHOTO
from esign.ceremony.shown import PageShown
from esign.infra.columns import JsonValue
from esign.infra.database import Database
from esign.infra.models import PersonalRecord
from esign.infra.quarantine import Answer, Confinement, Quarantine, QuarantineFailed, TaskBounds, TaskRunner
from esign.infra.quarantine.errors import too_heavy
from esign.pades.typeface import Typeface
from esign.service import assemble
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, request, short_request
from tests.signers import face_jpeg
from tests.unit.ceremony.service_faults import Bench, Fall, assert_signed_once, bench, sign_again, unavailable

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def falling(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Bench:
    return bench(database, tmp_path, authority, typeface)


def confirmed(at: Bench, contract: bytes) -> Envelope:
    envelope = at.desk.create(short_request(contract, YU))
    at.desk.play(envelope, 0, YU)
    return envelope


class NotTheSecondPage:
    """A quarantine in which the second page cannot be drawn, nor anything along with it."""

    def __init__(self, inner: Quarantine) -> None:
        self.inner = inner

    @property
    def confinement(self) -> Confinement:
        return self.inner.confinement

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        pages = arguments.get("pages")
        if task == RENDER_PAGES and isinstance(pages, list) and 2 in pages:
            raise too_heavy("memory")
        return self.inner.run(task, arguments, attachments)

    def files_of(self, origin: str) -> TaskRunner:
        return self

    def within(self, bounds: TaskBounds) -> TaskRunner:
        return self

    def close(self) -> None:
        self.inner.close()


def test_a_page_that_cannot_be_drawn_keeps_nobody_from_the_others(falling: Bench, contract: bytes) -> None:
    ports = falling.service.ports
    desk = Desk(assemble(replace(ports, quarantine=NotTheSecondPage(ports.quarantine))))
    token = desk.enter(desk.create(short_request(contract, YU)), 0, YU)
    assert desk.service.ceremony.page(token, 1).jpeg.startswith(b"\xff\xd8")
    with pytest.raises(QuarantineFailed):
        desk.service.ceremony.page(token, 2)


class Overheard:
    """A quarantine that remembers for which origin pages were drawn; None where they were drawn by themselves."""

    def __init__(self, inner: Quarantine, origin: str | None = None, drawn: list[str | None] | None = None) -> None:
        self.inner, self.origin = inner, origin
        self.drawn: list[str | None] = [] if drawn is None else drawn

    @property
    def confinement(self) -> Confinement:
        return self.inner.confinement

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        if task == RENDER_PAGES:
            self.drawn.append(self.origin)
        return self.inner.run(task, arguments, attachments)

    def files_of(self, origin: str) -> TaskRunner:
        return Overheard(self.inner, origin, self.drawn)

    def within(self, bounds: TaskBounds) -> TaskRunner:
        return self

    def close(self) -> None:
        self.inner.close()


def test_pages_that_may_show_somebodys_photo_are_drawn_by_themselves(falling: Bench, contract: bytes) -> None:
    ports = falling.service.ports
    overheard = Overheard(ports.quarantine)
    desk = Desk(assemble(replace(ports, quarantine=overheard)))
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    assert set(overheard.drawn) == {f"{envelope.client}//"}
    overheard.drawn.clear()
    desk.work()
    desk.service.ceremony.page(desk.enter(envelope, 1, YE), 1)
    assert overheard.drawn == [None]


class Hurried(Overheard):
    """A quarantine in which somebody else asks for the same page before the first drawing is done."""

    def __init__(self, inner: Quarantine, meanwhile: Callable[[], object]) -> None:
        super().__init__(inner)
        self.meanwhile = meanwhile

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        if task == RENDER_PAGES and not self.drawn:
            self.meanwhile()
        return super().run(task, arguments, attachments)

    def files_of(self, origin: str) -> TaskRunner:
        return self


def test_a_page_that_two_ask_for_at_once_is_drawn_once(falling: Bench, contract: bytes) -> None:
    ports = falling.service.ports
    shown: list[PageShown] = []
    asking = threading.Thread(target=lambda: shown.append(desk.service.ceremony.page(second, 1)))

    def meanwhile() -> None:
        asking.start()
        turns = desk.service.ceremony._pictures._turns
        while all(users < 2 for _lock, users in turns._known.values()):
            threading.Event().wait(0.001)

    hurried = Hurried(ports.quarantine, meanwhile)
    desk = Desk(assemble(replace(ports, quarantine=hurried)))
    envelope = desk.create(request(contract))
    first, second = desk.enter(envelope, 0, YU), desk.enter(envelope, 1, YE)
    shown.append(desk.service.ceremony.page(first, 1))
    asking.join()
    assert len(hurried.drawn) == 1
    assert shown[0] == shown[1]


def test_no_more_handwritings_and_photos_are_kept_than_a_recipient_may_make(
    falling: Bench, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CAPTURES_AT_MOST", 2)
    desk, ceremony = falling.desk, falling.service.ceremony
    token = desk.enter(desk.create(request(contract)), 0, YU)
    desk.read(token)
    for _ in range(2):
        desk.draw(token)
    desk.consent(token, "photo")
    for seed in (2, 3):
        ceremony.take_photo(token, face_jpeg(seed))

    def kept() -> int:
        with falling.database.reading() as session:
            return session.scalar(select(func.count()).select_from(PersonalRecord)) or 0

    before = kept()
    falling.quarantine.task = READ_PHOTO
    falling.quarantine.before.append(Fall())  # no photo is read any more
    for act in (lambda: desk.draw(token), lambda: ceremony.take_photo(token, face_jpeg(4))):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "too-many-captures"
    assert kept() == before
    ceremony.confirm(token)


def test_a_quarantine_under_load_delays_and_loses_nothing(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.quarantine.before.extend(too_heavy("time") for _ in range(4))
    for _ in range(4):
        falling.desk.step("sign")
        assert falling.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
        assert [task.failure for task in falling.desk.tasks()] == ["file-too-heavy"]
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.issuer.issued) == 1


def test_a_document_that_is_too_heavy_again_and_again_fails_the_signing(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.quarantine.before.extend(too_heavy("time") for _ in range(5))
    for _ in range(5):
        falling.desk.step("sign")
    failed = falling.desk.recipient(envelope, 0)
    assert (failed.state, failed.failure) == (RecipientState.SIGNING_FAILED, "file-too-heavy")


def test_a_quarantine_under_load_after_a_long_outage_is_not_final_at_once(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.timestamps.before.extend(unavailable() for _ in range(6))
    falling.quarantine.before.append(too_heavy("time"))
    for _ in range(7):
        falling.desk.step("sign")
    assert falling.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
    sign_again(falling)
    assert_signed_once(falling, envelope)
