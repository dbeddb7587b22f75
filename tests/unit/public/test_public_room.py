"""A room in a whole service, on both databases: a letter is written, signed, heard of, confirmed, seen, told of.

The tests of a database share one service with one answered letter; what changes that letter writes another one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from esign.api.scopes import Scope
from esign.backup.checking import open_backup
from esign.backup.erasing_again import erase_what_came_back
from esign.backup.restoring import restore
from esign.backup.taking import Source, take_backup
from esign.ceremony.models import RecipientRow
from esign.cli import build_command
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database, open_database
from esign.infra.errors import RecordErased
from esign.public.envelopes import (
    DocumentRequest,
    NotAvailable,
    Person,
    RecipientRequest,
    RecipientRole,
    Refusal,
    RoomEnvelopes,
    ToSign,
)
from esign.public.people import HeldFile
from esign.public.work import RoomTasks, TrustServiceUnavailable
from esign.staff.domain.roles import Role
from esign.trail.export import export_trail
from esign.trail.log import read_stream
from tests.databases import *  # noqa: F403
from tests.databases import _fresh
from tests.documents import contract
from tests.service import YU, system_now
from tests.unit.public.letter_house import PUBLIC_URL, ROOMS, LetterHouse, key_of, letter_house
from tests.unit.public.letters.api import READ, WRITE
from tests.unit.public.letters.domain import LetterRefused
from tests.unit.public.letters.models import LetterBase, LetterCopy, LetterRow
from tests.unit.web.console_room import console_over, form_in


@dataclass
class Answered:
    """A service, and a letter in it that was answered and confirmed."""

    house: LetterHouse
    letter: dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def answered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answered]:
    folder = tmp_path_factory.mktemp("letters")
    if request.param == "sqlite":
        with letter_house(folder) as house:
            yield _answered(house)
    else:
        with _fresh("template0") as url, letter_house(folder, ESIGN_DATABASE_URL=url) as house:
            yield _answered(house)


def _answered(house: LetterHouse) -> Answered:
    letter = house.write()
    assert letter["state"] == "written"
    house.sign(letter)
    return Answered(house, letter)


def get(answered: Answered, path: str = "") -> Any:
    return answered.house.call("GET", f"/v1/letters/{answered.letter['id']}{path}")


def test_a_letter_made_by_the_api_is_signed_and_the_room_hears_of_it(answered: Answered) -> None:
    house, letter = answered.house, answered.letter
    assert get(answered).get_json() == letter | {"state": "answered"}
    assert house.events(letter["id"]) == ["letter.written", "letter.answered"]
    listed = house.call("GET", "/v1/letters?limit=1").get_json()
    assert [one["id"] for one in listed["items"]] == [letter["id"]]
    assert house.write()["id"] == letter["id"], "the same reference asks for the same letter"
    other = house.call("POST", "/v1/letters", json={**_body(), "name": "孙小梅"})
    assert (other.status_code, other.get_json()["code"]) == (409, "external-id-taken")


def _body() -> dict[str, str]:
    return {"reference": "order-1", "kind": "thanks", "name": YU.name, "phone": YU.phone}


def test_the_sealed_document_is_had_and_is_the_one_in_the_trail(answered: Answered) -> None:
    house = answered.house
    envelopes = RoomEnvelopes(house.process.service, "letters", PUBLIC_URL)
    with house.database.reading() as session:
        sealed = envelopes.sealed(session, answered.letter["envelope"])
        told = read_stream(session, answered.letter["id"])[-1].payload["sealed"]
    assert hashlib.sha256(sealed.content).hexdigest() == sealed.sha256 == told
    assert sealed.name == "信.pdf"


def test_what_a_member_of_staff_makes_is_theirs_in_the_trail_and_no_clients(answered: Answered) -> None:
    house = answered.house
    envelopes = RoomEnvelopes(house.process.service, "letters", PUBLIC_URL)
    person = Person("孙小梅", "13800000009")
    recipients = [RecipientRequest(RecipientRole.APPLICANT, person)]
    wanted = ToSign("信", [DocumentRequest("信.pdf", contract())], recipients, external_id="by-hand", consents=())
    made = envelopes.create(envelopes.own_client, wanted, by="usr_lin")
    assert envelopes.create(envelopes.own_client, wanted, by="usr_lin") == replace(made, existed=True)
    with house.database.reading() as session:
        assert {event.actor for event in read_stream(session, made.envelope)} == {"staff:usr_lin"}
        recipient = envelopes.get(session, made.envelope).recipients[0]
        address = envelopes.link(session, made.envelope, recipient.id)
        assert address.startswith(f"{PUBLIC_URL}/s/")
        with pytest.raises(Refusal) as refused:
            envelopes.link(session, made.envelope, "rcp_nobody")
    assert refused.value.code == "no-recipient"
    assert house.visit(address.removeprefix(PUBLIC_URL)).status_code == 200
    assert house.call("GET", f"/v1/envelopes/{made.envelope}").status_code == 404


def test_before_everybody_signed_there_is_none(answered: Answered) -> None:
    house = answered.house
    letter = house.write(reference="unsigned")
    envelopes = RoomEnvelopes(house.process.service, "letters", PUBLIC_URL)
    with house.database.reading() as session, pytest.raises(NotAvailable) as refused:
        envelopes.sealed(session, letter["envelope"])
    assert refused.value.code == "not-sealed-yet"
    envelopes.void(letter["envelope"], by=letter["id"], reason="not-needed")
    assert house.desk.envelope(letter["envelope"]).state == "voided"


def test_what_the_insurer_sealed_alone_is_accepted_at_its_level(answered: Answered) -> None:
    confirmation = get(answered, "/confirmation")
    assert confirmation.mimetype == "application/pdf"
    content = base64.b64encode(confirmation.data).decode()
    told = answered.house.call("POST", "/v1/verifications", json={"content": content}).get_json()
    assert told["conclusion"] == "TOTAL-PASSED"
    (seal,) = [one for one in told["signatures"] if one["kind"] == "signature"]
    assert (seal["field"], seal["level"]) == ("seal", "B-LTA")


def test_another_client_finds_what_nobody_has_and_a_key_without_the_scope_nothing(answered: Answered) -> None:
    house = answered.house
    stranger = key_of(house.database, READ, WRITE)
    for path in ("", "/confirmation"):
        asked = house.call("GET", f"/v1/letters/{answered.letter['id']}{path}", stranger)
        unknown = house.call("GET", f"/v1/letters/let_{'0' * 26}{path}", stranger)
        assert asked.status_code == unknown.status_code == 404
        assert asked.get_json() | {"trace_id": ""} == unknown.get_json() | {"trace_id": ""}
        assert asked.get_json()["code"] == "no-letter"
    assert house.call("GET", "/v1/letters", stranger).get_json()["items"] == []
    writes = key_of(house.database, WRITE)
    assert house.call("GET", "/v1/letters", writes).get_json()["code"] == "scope-missing"


def test_the_person_is_told_in_their_language_and_finds_the_page_behind_the_link(answered: Answered) -> None:
    house, link = answered.house, answered.house.link(answered.letter)
    told = house.told(answered.letter)["letters-answered"]
    assert told is not None and told.startswith("【测试】【") and "的回信已收到" in told
    page = house.visit(link)
    assert (page.status_code, "answered" in page.text, page.headers["Cache-Control"]) == (200, True, "no-store")
    address = page.text.partition('href="/r/letters/assets/')[2].partition('"')[0]
    style = house.visit(f"/r/letters/assets/{address}")
    assert (style.status_code, "immutable" in style.headers["Cache-Control"]) == (200, True)
    assert house.visit(f"/r/letters/assets/{address}x").status_code == 404
    assert house.visit(f"/r/stamps/assets/{address}").status_code == 404
    for forged in (f"{link}x", link.replace("let_", "lex_"), f"/r/letters/let_{'0' * 26}.{'A' * 27}"):
        assert house.visit(forged).status_code == 404
    assert house.outside.post(f"{link}/forget", base_url=PUBLIC_URL).status_code == 403, "no form of ours"


def test_staff_see_the_section_that_is_theirs_and_nobody_else_does(answered: Answered) -> None:
    house = answered.house
    (part,) = house.process.parts
    assert part.console is not None
    service = house.process.service
    given = {"codes": ROOMS.codes, "room_scopes": ROOMS.scopes, "messages": house.process.messages}
    room = console_over(service, [part.console], **given)
    institution = room.begin()
    operations = room.member("lu.yun", Role.OPERATIONS, institution=institution)
    assert "信件" in operations.get("/console").text
    page = operations.get("/console/letters")
    assert answered.letter["id"] in page.text
    assert "Letters" in operations.get("/console/letters", headers={"Accept-Language": "en"}).text
    sent = operations.post("/console/letters/forget", form_in(page, "/console/letters/forget").fields)
    assert sent.status_code == 403, "that is for compliance"
    sales = room.member("bai.lu", Role.SALES, institution=institution)
    assert sales.get("/console/letters").status_code == 403
    assert "信件" not in sales.get("/console").text
    assert room.visitor().get("/console/letters").status_code == 303
    assert "回信确认" in operations.get("/console/outbox").text
    letter = house.write(reference="to-forget")
    officer = room.member("he.an", Role.COMPLIANCE, institution=institution)
    fields = form_in(officer.get("/console/letters"), "/console/letters/forget").fields
    assert officer.post("/console/letters/forget", fields | {"letter": "let_none"}).status_code == 404
    done = officer.post("/console/letters/forget", fields | {"letter": letter["id"]})
    assert "信件已删除。" in officer.get(done.location).text
    assert house.events(letter["id"]) == ["letter.written", "letter.forgotten"]


def test_a_persons_copy_of_what_is_kept_holds_what_the_room_keeps_on_them(answered: Answered) -> None:
    house = answered.house
    with house.database.reading() as session:
        rows = session.scalars(select(RecipientRow).filter_by(envelope=answered.letter["envelope"])).all()
        with house.process.retention.copies.write(session, rows, [], now=system_now()) as file:
            copy = zipfile.ZipFile(file)
            assert json.loads(copy.read("1/letters/letter.json")) == {"kind": "thanks", "state": "answered"}
            assert copy.read("1/letters/confirmation.pdf") == get(answered, "/confirmation").data


def test_what_belongs_to_the_person_and_not_to_an_envelope_is_in_their_copy_once(answered: Answered) -> None:
    kept = [HeldFile("mine.txt", b"mine", once=True), HeldFile("letter.txt", b"of this letter")]
    copies = replace(answered.house.process.retention.copies, rooms={"letters": lambda *_: kept})
    with answered.house.database.reading() as session:
        row = session.scalars(select(RecipientRow).filter_by(envelope=answered.letter["envelope"])).first()
        assert row is not None
        with copies.write(session, [row, row], [], now=system_now()) as file:
            names = zipfile.ZipFile(file).namelist()
    assert [one for one in names if one.endswith("mine.txt")] == ["1/letters/mine.txt"]
    assert [one for one in names if one.endswith("letter.txt")] == ["1/letters/letter.txt", "2/letters/letter.txt"]


def test_the_client_is_told_by_webhooks_what_the_room_lists_and_no_more(answered: Answered) -> None:
    house = answered.house
    hooked = key_of(house.database, WRITE, Scope.WEBHOOKS_WRITE, Scope.WEBHOOKS_READ)
    wanted = {"url": "https://platform.example/esign", "event_types": ["letter.written", "letter.answered"]}
    made = house.call("POST", "/v1/webhook-endpoints", hooked, json=wanted)
    assert made.status_code == 201, made.text
    unheard = house.call("POST", "/v1/webhook-endpoints", hooked, json=wanted | {"event_types": ["letter.forgotten"]})
    assert unheard.get_json()["code"] == "webhook-event-types"
    letter = house.write(hooked, reference="hooked")
    house.work()
    listed = house.call("GET", f"/v1/webhook-endpoints/{made.get_json()['id']}/deliveries", hooked).get_json()["items"]
    assert [one["event_type"] for one in listed] == ["letter.written"]
    with house.database.reading() as session:
        (event,) = read_stream(session, letter["id"])
        assert house.process.events.owner(session, event) is not None
        body = json.loads(house.process.events.body(session, event))
    assert (body["id"], body["type"]) == (listed[0]["event"], "letter.written")
    assert body["data"] == {"subject": letter["id"], "kind": "thanks", "envelope": letter["envelope"]}


def test_who_does_not_answer_for_a_week_is_told_once_by_the_clients_own_clock(answered: Answered) -> None:
    house = answered.house
    (part,) = house.process.parts
    patient = key_of(house.database, WRITE, Scope.TEST_WRITE)
    letter = house.write(patient, reference="slow")
    (beat,) = part.beats
    beat.run()
    assert "letters-waiting" not in house.told(letter)
    assert house.call("POST", "/v1/test/clock", patient, json={"advance": "P8D"}).status_code == 200
    beat.run()
    beat.run()
    assert "我们在等您的回信" in (house.told(letter)["letters-waiting"] or "")
    assert list(house.told(letter)).count("letters-waiting") == 1


def test_a_worker_does_what_the_room_hands_in(answered: Answered) -> None:
    worker = answered.house.worker
    assert {job.name for job in worker._executor._kinds} >= {"letters-confirm", "certify", "sign"}
    assert {beat.name for beat in worker._beats()} >= {"letters", "renewal", "trail"}
    letter = answered.house.write(reference="cleaned")
    (part,) = answered.house.process.parts
    answered.house.sign(letter)
    answered.house.send(answered.house.link(letter), f"{answered.house.link(letter)}/forget")
    (clean,) = part.cleanings
    assert clean in worker._cleanings
    with answered.house.database.transaction() as session:
        assert session.get(LetterCopy, letter["id"]) is not None
        clean(session, system_now())
        session.expire_all()
        assert session.get(LetterCopy, letter["id"]) is None


def test_a_task_is_tried_until_it_is_done_and_given_up_where_that_is_of_no_use(answered: Answered) -> None:
    house, done, given_up = answered.house, list[str](), list[tuple[str, str]]()
    tasks = RoomTasks(house.process.service, "letters")
    outcomes = iter(
        (TrustServiceUnavailable("timestamp-authority", "it is down", "wait"), None, LetterRefused("no-letter"))
    )

    def work(subject: str) -> None:
        done.append(subject)
        if (error := next(outcomes)) is not None:
            raise error

    job = tasks.job("post", work, lambda subject, reason: given_up.append((subject, reason)), final=(LetterRefused,))
    for subject in ("let_1", "let_2"):
        with house.database.transaction() as session:
            tasks.add(session, "post", subject)
            tasks.add(session, "post", subject)
        job.run(f"letters-post:{subject}")
        waiting = [(task.id, task.failure) for task in house.desk.tasks()]
        if subject == "let_1":
            assert len(waiting) == 1 and waiting[0][1] is not None, "a service that is down may come back"
            job.run(f"letters-post:{subject}")
        assert house.desk.tasks() == []
    assert (done, given_up) == (["let_1", "let_1", "let_2"], [("let_2", "no-letter")])
    with house.database.transaction() as session:
        tasks.add(session, "post", "let_3")
        tasks.end(session, "post", "let_3")
    assert house.desk.tasks() == []


def test_a_task_that_is_asked_for_while_it_is_tried_is_done_once_more(answered: Answered) -> None:
    house, tasks, done = answered.house, RoomTasks(answered.house.process.service, "letters"), list[str]()

    def ask() -> None:
        with house.database.transaction() as session:
            tasks.ask(session, "look", "let_9")

    def work(subject: str) -> None:
        done.append(subject)
        if len(done) == 1:
            ask()  # somebody changes what the try has looked at already

    job = tasks.job("look", work, lambda _subject, _reason: None)
    ask()
    job.run("letters-look:let_9")
    (left,) = house.desk.tasks()
    assert left.due_at <= system_now(), "it is due at once"
    job.run("letters-look:let_9")
    assert (done, house.desk.tasks()) == (["let_9", "let_9"], [])


def test_its_events_are_in_an_exported_trail_that_anybody_verifies(answered: Answered, tmp_path: Any) -> None:
    house = answered.house
    house.work()
    with (tmp_path / "trail.jsonl").open("wb") as file, house.database.reading() as session:
        export_trail(session, file)
    verified = CliRunner().invoke(
        build_command(house.builders),
        ["trail", "verify", str(tmp_path / "trail.jsonl"), "--key", house.process.log.vkey, "--json"],
    )
    assert verified.exit_code == 0, verified.output
    exported = (tmp_path / "trail.jsonl").read_text("ascii")
    lines = [json.loads(line)["event"] for line in exported.splitlines() if '"event"' in line]
    types = [one["type"] for one in lines if one["stream"] == answered.letter["id"]]
    assert types == ["letter.written", "letter.answered"]
    assert YU.phone not in exported


def test_what_is_erased_with_the_envelope_stays_erased_when_a_backup_comes_back(
    answered: Answered, tmp_path: Any
) -> None:
    house = answered.house
    kept, erased, forgotten = answered.letter, house.write(reference="erased"), house.write(reference="forgotten")
    for letter in (erased, forgotten):
        house.sign(letter)
    link = house.link(forgotten)
    process, now = house.process, system_now()
    key = CheckpointKey(process.service.ports.keys)
    source = Source(
        house.database, process.service.ports.blobs, key, process.settings.trail.name, "0", {}, ROOMS.tables
    )
    take_backup(source, tmp_path / "data", tmp_path / "keys", now=now)
    _erase_both(house, erased, forgotten, link)
    with house.database.reading() as session:
        told = [event for one in (forgotten["id"], "erasures") for event in read_stream(session, one)]

    target = open_database(f"sqlite:///{tmp_path}/again.db")
    LetterBase.metadata.create_all(target.engine)
    backups = (open_backup(tmp_path / name, kind, [key.public_key]) for name, kind in _KINDS)
    blobs = FolderBlobStore(tmp_path / "blobs", bytes_at_most=10_000_000)
    data, wrapped = backups
    restore(data, wrapped, target, blobs, now=now + timedelta(hours=1), tables=ROOMS.tables)
    assert _states(target, erased, forgotten, kept) == ["answered"] * 3
    assert _readable(house, target, erased, forgotten, kept) == [True, True, True]
    keys = process.service.ports.keys
    erase_what_came_back(target, keys, blobs, told, younger_keys=False, now=now, rooms=ROOMS.kept)
    assert _readable(house, target, erased, forgotten, kept) == [False, False, True]
    target.close()


_KINDS: tuple[tuple[str, Any], ...] = (("data", "data"), ("keys", "wrapped-keys"))


def _erase_both(house: LetterHouse, erased: dict[str, Any], forgotten: dict[str, Any], link: str) -> None:
    """Erase the evidence of one letter's envelope, by two people; and another letter as its customer asks."""
    eraser = house.process.retention.eraser
    assert eraser.erase(
        erased["envelope"], by="usr_1", approved_by="usr_2", reason="customer-request", now=system_now()
    )
    assert house.told(erased)["letters-answered"] is None
    asked = house.call("GET", f"/v1/letters/{erased['id']}/confirmation")
    assert asked.get_json()["code"] == "record-erased"
    assert house.send(link, f"{link}/forget").status_code == 303
    assert house.events(forgotten["id"])[-1] == "letter.forgotten"
    gone = house.call("GET", f"/v1/letters/{forgotten['id']}/confirmation")
    assert (gone.status_code, gone.get_json()["code"]) == (410, "letter-forgotten")
    assert house.visit(link).status_code == 404


def _states(database: Database, *letters: dict[str, Any]) -> list[str]:
    with database.reading() as session:
        return [session.get_one(LetterRow, letter["id"]).state for letter in letters]


def _readable(house: LetterHouse, database: Database, *letters: dict[str, Any]) -> list[bool]:
    """Tell of each letter whether its person can be read."""
    found = []
    with database.reading() as session:
        for letter in letters:
            try:
                house.process.service.records.read(session, session.get_one(LetterRow, letter["id"]).person)
                found.append(True)
            except RecordErased:
                found.append(False)
    return found
