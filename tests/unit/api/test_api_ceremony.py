"""The recipient's side of the API, on both databases: from the link to the sealed copy."""

from __future__ import annotations

import hashlib
import io

from PIL import Image
from sqlalchemy import func, select

from ca.authority import EmbeddedAuthority
from esign.infra.models import PersonalRecord
from esign.verify import verify
from tests.service import YE, YU, request, settings, system_now
from tests.unit.api.ceremony_room import *  # noqa: F403
from tests.unit.api.ceremony_room import EN, Room


def test_two_people_sign_over_http_and_each_downloads_the_sealed_copy(
    room: Room, contract: bytes, authority: EmbeddedAuthority
) -> None:
    envelope = room.desk.create(request(contract))
    first, second = room.phone(envelope, 0), room.phone(envelope, 1, YE)
    first.play()
    room.desk.work()
    assert first.progress()["next"] == "wait-for-others"
    assert first.call("GET", "/v1/ceremony/sealed.pdf").json["code"] == "envelope-in-progress"
    second.play()
    room.desk.work()
    assert room.desk.envelope(envelope.id).state.value == "completed"
    assert first.progress()["next"] == "download"
    by_session = first.call("GET", "/v1/ceremony/sealed.pdf")
    assert verify(io.BytesIO(by_session.data), name="x", trust=authority.trust_store(), at=system_now()).conclusion == (
        "TOTAL-PASSED"
    )
    for phone in (first, second):
        phone.token = None
        assert phone.visit("/copy-code").status_code == 200
        opened = phone.visit("/copy", json={"code": "246810"}).json
        copy = phone.call("GET", f"/v1/copies/{opened['token']}/sealed.pdf")
        assert copy.data == by_session.data
        assert copy.headers["ETag"] == f'"{opened["documents"][0]["sha256"]}"'
        assert copy.headers["Content-Disposition"] == (
            "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"
        )


def test_looking_at_a_link_changes_nothing(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone, before = room.phone(envelope, 0), room.version(envelope)
    for method in ("GET", "HEAD", "GET"):
        assert phone.visit(method=method).status_code == 200
    assert phone.visit().json["state"] == "sent"
    assert phone.visit().json["phone_ends"] == YU.phone[-4:]
    assert YU.name not in phone.visit().text
    assert phone.visit("/open", method="GET").status_code == 405
    assert room.version(envelope) == before
    assert phone.visit("/open").json["state"] == "opened"
    assert room.version(envelope) == before + 1


def test_no_page_that_is_shown_changes_anything(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.play()
    before = room.version(envelope)
    shown = ("", "/pages/1.jpg", "/document.pdf", "/handwriting.png", "/sealed.pdf")
    statuses = [phone.call(method, f"/v1/ceremony{path}").status_code for path in shown for method in ("GET", "HEAD")]
    assert statuses == [200] * 8 + [409] * 2
    assert room.version(envelope) == before


def test_the_code_is_never_told(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    told = phone.visit("/code")
    assert told.json.keys() == {"expires_at"}
    assert room.desk.messages.kinds()[-1] == "code"


def test_progress_tells_the_next_act_at_every_step(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    told = [(phone.progress()["step"], phone.progress()["next"])]
    for act in (
        lambda: phone.consent("before-reading"),
        lambda: [phone.read_page(page) for page in range(1, phone.progress()["pages"] + 1)],
        lambda: phone.call("POST", "/v1/ceremony/finish-reading"),
        phone.draw,
        lambda: phone.consent("photo"),
        phone.photograph,
        phone.confirm,
        room.desk.work,
    ):
        act()
        told.append((phone.progress()["step"], phone.progress()["next"]))
    assert told == [
        (1, "consent"),
        (2, "read"),
        (2, "finish-reading"),
        (3, "draw"),
        (4, "consent"),
        (4, "photo"),
        (4, "confirm"),
        (4, "wait-for-signature"),
        (4, "wait-for-others"),
    ]
    whole = phone.progress()
    assert (whole["title"], whole["company"], whole["test_mode"]) == (
        "鸿福一生终身寿险合同",
        "示例保险股份有限公司",
        True,
    )
    assert all(hashlib.sha256(one["text"].encode()).hexdigest() == one["digest"] for one in whole["consents"])
    assert whole["photo"] == {"asked": True, "placement": "sealed"}


def test_reading_is_told_in_seconds_and_ends_not_before_its_time(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract, settings=settings(minimum_reading_seconds=30)))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.consent("before-reading")
    pages = phone.progress()["pages"]
    for page in range(1, pages + 1):
        phone.read_page(page)
    assert phone.progress()["next"] == "read"
    assert phone.call("POST", "/v1/ceremony/finish-reading").json["code"] == "reading-too-short"
    room.pass_by(seconds=40)
    now = phone.progress()["now"]
    entered = (system_now().isoformat(), now)
    stays = {"stays": [{"page": 1, "entered_at": entered[0], "left_at": entered[1]}]}
    told = phone.call("POST", "/v1/ceremony/pages", json=stays)
    assert told.json["seconds_read"] >= 30
    assert phone.call("POST", "/v1/ceremony/finish-reading").json["state"] == "read"


def test_pages_are_pictures_that_a_cache_keeps_for_this_session_alone_and_asks_about_again(
    room: Room, contract: bytes
) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    page = phone.call("GET", "/v1/ceremony/pages/1.jpg")
    assert Image.open(io.BytesIO(page.data)).format == "JPEG"
    assert page.headers["ETag"] == f'"{hashlib.sha256(page.data).hexdigest()}"'
    assert page.headers["Cache-Control"] == "private, no-cache"
    again = phone.call("GET", "/v1/ceremony/pages/1.jpg", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Authorization" in ",".join(page.headers.get_all("Vary"))
    for nowhere in ("0", "01", "x", "99999", "-1"):
        assert phone.call("GET", f"/v1/ceremony/pages/{nowhere}.jpg").status_code == 404
    assert phone.call("GET", "/v1/ceremony/pages/999.jpg").json["code"] == "page-unknown"
    document = phone.call("GET", "/v1/ceremony/document.pdf")
    assert hashlib.sha256(document.data).hexdigest() == envelope.documents[0].plan.prepared


def test_every_act_done_twice_has_one_effect_and_one_answer(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.consent("before-reading")
    stays = []
    for page in range(1, phone.progress()["pages"] + 1):
        phone.call("GET", f"/v1/ceremony/pages/{page}.jpg")
        moment = phone.progress()["now"]
        stays.append({"page": page, "entered_at": moment, "left_at": moment})
    before_photo = phone.progress()["consents"][2:]
    acts = [
        lambda: phone.consent("before-reading")[-1],
        lambda: phone.call("POST", "/v1/ceremony/pages", json={"stays": stays}),
        lambda: phone.call("POST", "/v1/ceremony/finish-reading"),
        phone.draw,
        *(
            lambda one=one: phone.call(
                "POST", "/v1/ceremony/consents", json={name: one[name] for name in ("id", "version", "digest")}
            )
            for one in before_photo
        ),
        phone.photograph,
        phone.confirm,
    ]
    for act in acts:
        first = act()
        version = room.version(envelope)
        second = act()
        assert (first.status_code, second.status_code) == (200, 200), second.text
        assert first.json == second.json
        assert room.version(envelope) == version
    room.desk.work()
    assert phone.confirm().json["state"] == "signed"


def test_several_consents_are_given_at_once_each_recorded_by_itself(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    texts = [
        {name: one[name] for name in ("id", "version", "digest")}
        for one in phone.progress()["consents"]
        if one["stage"] == "before-reading"
    ]
    other = {**texts[0], "digest": "0" * 64}
    refused = phone.call("POST", "/v1/ceremony/consents", json={"consents": [texts[0], other, *texts[1:]]})
    assert (refused.status_code, refused.json["code"]) == (409, "consent-unknown")
    assert [one["given_at"] is not None for one in phone.progress()["consents"]] == [True, False, False, False]
    told = phone.call("POST", "/v1/ceremony/consents", json={"consents": texts})
    assert (told.status_code, told.json["next"]) == (200, "read")
    assert room.desk.events(envelope).count("recipient.consented") == len(texts) == 2
    for body in ({"consents": []}, {"consents": texts * 11}, {"consents": texts, "id": "x"}):
        assert phone.call("POST", "/v1/ceremony/consents", json=body).status_code == 422


def test_declining_twice_keeps_the_words_once_and_ends_the_envelope(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    body = {"reason": "terms-not-accepted", "words": "条款不清楚"}
    first, second = (phone.call("POST", "/v1/ceremony/decline", json=body) for _ in range(2))
    assert first.json == second.json
    assert (first.json["state"], first.json["envelope_state"], first.json["next"]) == ("declined", "declined", "none")
    with room.desk.service.ports.database.reading() as session:
        notes = session.scalar(select(func.count()).where(PersonalRecord.kind == "note"))
    assert notes == 1


def test_who_comes_without_a_face_is_assisted(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.read()
    phone.draw()
    body = {"reason": "camera-missing", "assisted_by": "usr_01k9x7m2qv8w3c5t6r4n0b1d2e"}
    told = phone.call("POST", "/v1/ceremony/no-face", json=body)
    assert (told.json["assisted"], told.json["next"]) == (True, "confirm")
    assert phone.confirm().json["state"] == "confirmed"


def test_a_drawing_that_is_too_little_is_refused_with_words_for_the_person(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.read()
    dot = (
        b'{"schema":"esign-handwriting/1","pad":{"width":640,"height":240},"pixel_ratio":2,'
        b'"channels":["x","y","t","pressure"],"strokes":[{"pointer":"pen","points":[[5,5,0,0.5]]}]}'
    )
    for language, word in (({}, "请"), (EN, "Please")):
        told = phone.call(
            "POST", "/v1/ceremony/handwriting", data=dot, content_type="application/json", headers=language
        )
        assert told.status_code == 422
        assert told.json["code"].startswith("handwriting-")
        assert word in told.json["errors"][0]["message"]
    picture = phone.call("GET", "/v1/ceremony/handwriting.png")
    assert picture.json["code"] == "draw-first"
    phone.draw()
    assert Image.open(io.BytesIO(phone.call("GET", "/v1/ceremony/handwriting.png").data)).size == (720, 270)
