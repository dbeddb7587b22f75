"""The sealed copy over HTTP: for whom, by which code, how often, for how long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from esign.ceremony.creation import DocumentRequest, RecipientRequest
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import EnvelopeMode, RecipientRole
from esign.ceremony.entrance import Answer
from esign.ceremony.people import Person
from esign.ceremony.tokens import Tokens
from esign.infra.keystore import create_key_store
from tests.service import YE, YU, request, settings, system_now
from tests.unit.api.ceremony_room import *  # noqa: F403
from tests.unit.api.ceremony_room import Phone, Room
from tests.unit.completion.completed import tended

LI = Person("李青禾", "13800000003")


def completed(room: Room, contract: bytes, *, documents: int = 1) -> Envelope:
    """Return an envelope that YU signed, with LI to receive copies of all documents."""
    recipients = [RecipientRequest(RecipientRole.APPLICANT, YU)]
    recipients += [RecipientRequest(RecipientRole.INSURED, YE, document=number) for number in range(1, documents)]
    envelope = room.desk.create(
        request(
            contract,
            documents=[DocumentRequest(f"合同{number}.pdf", contract) for number in range(documents)],
            recipients=[*recipients, RecipientRequest(RecipientRole.COPY, LI)],
        )
    )
    for number in range(documents):
        room.desk.play(envelope, number, (YU, YE)[number])
    room.desk.work()
    after = room.desk.envelope(envelope.id)
    assert after.state.value == "completed"
    return after


def open_copy(phone: Phone, code: str = "246810") -> str:
    assert phone.visit("/copy-code").status_code == 200
    told = phone.visit("/copy", json={"code": code})
    assert told.status_code == 200, told.text
    return str(told.json["token"])


def test_a_copy_recipient_downloads_every_document_and_a_signer_the_own_one(room: Room, contract: bytes) -> None:
    envelope = completed(room, contract, documents=2)
    copy, signer = room.phone(envelope, 2, LI), room.phone(envelope, 1, YE)
    assert copy.visit().json["role"] == "copy"
    for phone, count in ((copy, 2), (signer, 1)):
        open_copy(phone)
        listed = phone.visit("/copy", json={"code": "246810"}).json
        assert len(listed["documents"]) == count
        for one in listed["documents"]:
            got = phone.call("GET", f"/v1/copies/{listed['token']}/sealed.pdf?document={one['id']}")
            assert got.headers["ETag"] == f'"{one["sha256"]}"'
    mine, other = (one.plan.id for one in reversed(envelope.documents))
    token = open_copy(signer)
    assert signer.call("GET", f"/v1/copies/{token}/sealed.pdf?document={mine}").status_code == 200
    told = signer.call("GET", f"/v1/copies/{token}/sealed.pdf?document={other}")
    assert (told.status_code, told.json["code"]) == (404, "no-document")


def test_the_certificate_is_for_whoever_has_every_document(room: Room, contract: bytes) -> None:
    envelope, keeping = completed(room, contract, documents=2), tended(room.desk)
    copy, signer = room.phone(envelope, 2, LI), room.phone(envelope, 0)
    path = f"/v1/copies/{open_copy(copy)}/certificate.pdf"
    assert copy.call("GET", path).json["code"] == "not-certified-yet"
    keeping.tend()
    content = keeping.certify(envelope)
    got = copy.call("GET", path)
    assert got.data == content and got.headers["Cache-Control"] == "private, no-store"
    told = signer.call("GET", f"/v1/copies/{open_copy(signer)}/certificate.pdf")
    assert (told.status_code, told.json["code"]) == (404, "no-document")
    assert copy.call("GET", "/v1/copies/x/certificate.pdf").json["code"] == "copy-over"


def test_before_the_end_there_is_no_copy_and_the_reason_is_told(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    for told in (phone.visit("/copy-code"), phone.visit("/copy", json={"code": "246810"})):
        assert (told.status_code, told.json["code"]) == (409, "envelope-in-progress")
    phone.enter()
    phone.call("POST", "/v1/ceremony/decline", json={"reason": "terms-not-accepted"})
    assert phone.visit("/copy-code").json["code"] == "envelope-declined"
    assert room.desk.messages.kinds().count("code") == 1


def test_who_was_replaced_gets_no_copy(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    old = room.phone(envelope, 1, YE)
    room.desk.service.envelopes.change(
        envelope.id,
        lambda _session, now: commands.ReplaceRecipient(
            at=system_now(),
            recipient=now.recipients[1].id,
            replacement="rcp_01k9x7m2qv8w3c5t6r4n0b1d2e",
            person=now.recipients[1].plan.person,
            by="usr_a",
            approved_by="usr_b",
        ),
        actor="user:usr_a",
    )
    assert old.visit("/copy-code").json["code"] == "recipient-replaced"


def test_a_wrong_code_is_tried_five_times_and_asked_for_five_times_an_hour(room: Room, contract: bytes) -> None:
    phone = room.phone(completed(room, contract), 1, LI)
    wrong = [phone.visit("/copy", json={"code": "000000"}).status_code for _ in range(11)]
    assert wrong[:5] == [403] * 5
    assert 429 in wrong[5:]
    asked = [phone.visit("/copy-code").status_code for _ in range(11)]
    assert asked[:5] == [200] * 5
    assert 429 in asked[5:]
    assert room.desk.messages.kinds().count("copy") == 2


def test_a_token_opens_the_copy_for_an_hour_and_only_as_it_was_made(room: Room, contract: bytes) -> None:
    phone = room.phone(completed(room, contract), 0)
    token = open_copy(phone)
    recipient, ends, proof = token.split(".")
    later = f"{recipient}.{int(ends) + 3600}.{proof}"
    turned = f"{recipient}.{ends}.{proof[:-2]}{'aa' if not proof.endswith('aa') else 'bb'}"
    for other in (later, turned, f"{recipient}..{proof}", "x", f"{recipient}.99999999999.{proof}"):
        told = phone.call("GET", f"/v1/copies/{other}/sealed.pdf")
        assert (told.status_code, told.json["code"]) == (401, "copy-over")
    assert phone.call("HEAD", f"/v1/copies/{token}/sealed.pdf").status_code == 200
    room.pass_by(hours=1)
    assert phone.call("GET", f"/v1/copies/{token}/sealed.pdf").json["code"] == "copy-over"


def test_one_code_is_sent_in_five_minutes_and_is_good_for_the_next_five_too(room: Room, contract: bytes) -> None:
    envelope = completed(room, contract)
    phone, put = room.phone(envelope, 1, LI), room.desk.messages.put_so_far
    before = len(put)
    good_until = phone.visit("/copy-code").json["expires_at"]
    kind, person, facts = put[before]
    assert (kind, person) == ("code", envelope.recipients[1].plan.person)
    assert str(facts["code"]).startswith("cpy_")
    assert facts["test_mode"] is True
    room.pass_by(minutes=5)
    assert phone.visit("/copy-code").json["expires_at"] > good_until
    assert put[-1][2]["code"] != facts["code"]


def test_in_live_mode_the_code_is_the_one_of_the_message_and_of_no_other_time(room: Room, contract: bytes) -> None:
    service = room.desk.service
    envelope = room.desk.create(
        request(
            contract,
            recipients=[RecipientRequest(RecipientRole.APPLICANT, YU)],
            settings=settings(mode=EnvelopeMode.LIVE),
        )
    )
    link = room.desk.link(envelope, 0)

    def last_code() -> str:
        return service.tokens.code(str(room.desk.messages.put_so_far[-1][2]["code"]), test_mode=False)

    service.entrance.open(link)
    service.entrance.send_code(link)
    token = service.entrance.identify(link, Answer(last_code(), YU.name, "002X"))
    room.desk.read(token)
    room.desk.draw(token)
    room.desk.photograph(token)
    service.ceremony.confirm(token)
    room.desk.work()
    phone = room.phone(envelope, 0)
    assert phone.visit("/copy-code").status_code == 200
    code = last_code()
    assert phone.visit("/copy", json={"code": f"{(int(code) + 1) % 10**6:06}"}).json["code"] == "code-wrong"
    assert phone.visit("/copy", json={"code": code}).status_code == 200
    room.pass_by(minutes=10)
    assert phone.visit("/copy", json={"code": code}).json["code"] == "code-wrong"


def test_a_copy_token_is_bound_to_the_keys_of_the_service(tmp_path: Path) -> None:
    one, other = (Tokens(create_key_store(tmp_path / name)) for name in ("one", "other"))
    ends = system_now().replace(microsecond=0) + timedelta(hours=1)
    token = one.copy("rcp_01k9x7m2qv8w3c5t6r4n0b1d2e", ends)
    read = one.read_copy(token)
    assert read is not None
    assert (read.recipient, read.expires_at) == ("rcp_01k9x7m2qv8w3c5t6r4n0b1d2e", ends)
    assert other.read_copy(token) is None
    assert one.read_session(token) is None
