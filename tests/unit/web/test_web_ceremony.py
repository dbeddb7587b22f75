"""The ceremony by forms alone, as a browser without scripts sends them: in order, twice, too early, too late."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from esign.ceremony.consents import Consent
from esign.ceremony.creation import RecipientRequest
from esign.ceremony.domain.values import ConsentStage, EnvelopeState, RecipientRole
from esign.ceremony.tokens import TEST_CODE
from tests.service import YE, YU, request, settings, short_request
from tests.signers import face_jpeg
from tests.unit.web.page_room import Pages, Visitor, read_page, written

NAMES = ("<script>alert(1)</script>", "张'\"&<b>三")


@pytest.fixture
def visitor(pages: Pages, contract: bytes) -> Visitor:
    return pages.visitor(pages.desk.create(request(contract)))


def test_forms_alone_lead_to_the_end(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    one, two = pages.visitor(envelope), pages.visitor(envelope, 1, YE)
    for visitor in (one, two):
        visitor.until_confirming()
        told = visitor.confirm()
        assert told.location == f"{visitor.home}/done"
        waiting = visitor.get(told.location)
        assert "签讫" not in waiting.text
        assert "已收到您的确认" in waiting.text or "confirmation has arrived" in waiting.text
        pages.desk.work()
        assert "stamp" in visitor.get(told.location).text
    assert pages.desk.envelope(envelope.id).state is EnvelopeState.COMPLETED
    sealed = one.get(f"{one.home}/sealed.pdf")
    assert sealed.data.startswith(b"%PDF")
    assert sealed.headers["Cache-Control"] == "private, no-store"


def test_what_is_sent_twice_does_no_harm(pages: Pages, visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    again = visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    assert again.location.endswith("/identify")
    kinds = pages.desk.messages.kinds()
    form = visitor.form(f"/s/{visitor.link}/identify", f"/s/{visitor.link}/code")
    visitor.post(form.action, form.fields)
    assert pages.desk.messages.kinds() == kinds
    page = f"/s/{visitor.link}/identify"
    filled = {**visitor.form(page, page).fields, "code": "246810", "name": YU.name, "tail": "002x"}
    assert [visitor.post(page, filled).location for _ in range(2)] == [visitor.home, visitor.home]
    consents = visitor.form(f"{visitor.home}/consents", f"{visitor.home}/consents")
    agreed = {**consents.fields, "agreed": [value for _name, value in consents.choices]}
    assert {visitor.post(consents.action, agreed).location for _ in range(2)} == {f"{visitor.home}/pages/1"}
    first = visitor.form(f"{visitor.home}/pages/1", f"{visitor.home}/pages/1")
    assert {visitor.post(first.action, first.fields).location for _ in range(2)} == {f"{visitor.home}/pages/2"}
    visitor.read(2)
    assert {visitor.draw().json["next"] for _ in range(2)} == {f"{visitor.home}/consents"}
    visitor.consent()
    visitor.photograph()
    assert visitor.photograph().location == f"{visitor.home}/confirm"
    confirm = visitor.form(f"{visitor.home}/confirm", f"{visitor.home}/confirm")
    assert {visitor.post(confirm.action, confirm.fields).location for _ in range(2)} == {f"{visitor.home}/done"}


def test_a_step_too_early_or_too_late_leads_to_where_one_is(visitor: Visitor) -> None:
    visitor.until_reading()
    for path in ("sign", "photo", "confirm", "done", "consents"):
        assert visitor.get(f"{visitor.home}/{path}").location == f"{visitor.home}/pages/1"
    fields = visitor.form(f"{visitor.home}/pages/1", f"{visitor.home}/pages/1").fields
    for path in ("confirm", "photo"):
        told = visitor.post(f"{visitor.home}/{path}", {**fields, "photo": ""})
        assert told.status_code in {303, 422}
    assert visitor.get(visitor.home).location == f"{visitor.home}/pages/1"
    visitor.read(1)
    visitor.read(2)
    assert visitor.post(f"{visitor.home}/pages/1", fields).location == f"{visitor.home}/sign"


def test_consents_are_never_ticked_and_each_is_given_by_itself(visitor: Visitor) -> None:
    visitor.enter()
    page = f"{visitor.home}/consents"
    text = visitor.get(page).text
    assert "checked" not in text
    form = visitor.form(page, page)
    assert len(form.choices) == 2
    told = visitor.post(page, form.fields)
    assert told.status_code == 422
    told = visitor.post(page, {**form.fields, "agreed": [form.choices[0][1]]})
    assert told.status_code == 422
    assert [value for _name, value in visitor.form(page, page).choices] == [form.choices[1][1]]
    forged = form.choices[1][1].rsplit(" ", 1)[0] + " " + "0" * 64
    assert visitor.post(page, {**form.fields, "agreed": [forged]}).status_code == 422
    assert visitor.stand() == "/consents"


def test_a_notice_has_a_page_of_its_own_and_shows_any_text_safely(pages: Pages, contract: bytes) -> None:
    role = (RecipientRole.APPLICANT,)
    notices = tuple(
        Consent(f"notice-{number}", "1", f"提示 {name} \u202e\n\n正文 🌷 {name}", ConsentStage.READING, role)
        for number, name in enumerate(NAMES)
    )
    asked = short_request(contract, YU, consents=notices)
    envelope = pages.desk.create(
        request(
            contract,
            recipients=asked.recipients,
            consents=notices,
            settings=settings(photo_roles=(), consents=tuple(one.plan() for one in notices)),
        )
    )
    visitor = pages.visitor(envelope)
    visitor.enter()
    visitor.read(1)
    visitor.read(2)
    for number in range(2):
        assert visitor.stand() == "/consents"
        text = visitor.get(f"{visitor.home}/consents").text
        assert "<script>alert" not in text
        assert "<b>三" not in text
        assert f"notice-{number}" in text
        visitor.consent()
    assert visitor.stand() == "/sign"


def test_reading_takes_its_time_and_says_why(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(short_request(contract, YU, minimum_reading_seconds=30)))
    visitor.enter()
    assert visitor.stand() == "/pages/1"
    visitor.read(1)
    told = visitor.read(2)
    assert told.location == f"{visitor.home}/pages/2?early=1"
    assert "全文至少读 30 秒" in visitor.get(told.location).text
    page = f"{visitor.home}/pages/2"
    form = visitor.form(page, page)
    pages.pass_by(seconds=40)
    assert visitor.post(page, form.fields).location == f"{visitor.home}/sign"


@pytest.mark.parametrize("stays", ["", "x", "[]", "[[5,1]]", "[[-1,2]]", '[["a",1]]', "{}", "[[1,2,3]]", "[" * 3000])
def test_whatever_a_device_tells_of_its_reading_the_times_are_possible(visitor: Visitor, stays: str) -> None:
    visitor.until_reading()
    page = f"{visitor.home}/pages/1"
    form = visitor.form(page, page)
    for shown_at in ("", "x", "0001-01-01T00:00:00+00:00", "9999-12-31T00:00:00+00:00", form.fields["shown_at"]):
        told = visitor.post(page, {**form.fields, "stays": stays, "shown_at": shown_at})
        assert told.location == f"{visitor.home}/pages/2"


def test_stays_that_the_module_tells_are_recorded_as_told(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(short_request(contract, YU))
    visitor = pages.visitor(envelope)
    visitor.enter()
    page = f"{visitor.home}/pages/1"
    form = visitor.form(page, page)
    pages.pass_by(seconds=20)
    told = visitor.post(page, {**form.fields, "stays": json.dumps([[1000, 3000], [9000, 12000]]), "then": "stay"})
    assert told.status_code == 204
    stays = pages.desk.recipient(envelope, 0).session.stays
    assert [(stay.left_at - stay.entered_at).total_seconds() for stay in stays] == [2, 3]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_handwriting_that_is_not_good_is_told_in_words(pages: Pages, contract: bytes, locale: str) -> None:
    person = YU if locale == "zh-CN" else YE
    visitor = pages.visitor(pages.desk.create(short_request(contract, person)), 0, person)
    visitor.enter()
    visitor.read(1)
    visitor.read(2)
    good = json.loads(written(3))
    small = {**good, "strokes": [{"pointer": "pen", "points": [[1, 1, n * 50_000, 0.5] for n in range(20)]}]}
    backwards = {**good, "strokes": [{"pointer": "pen", "points": [[1, 1, 9, 0.5], [9, 9, 1, 0.5]]}]}
    negative = {**good, "strokes": [{"pointer": "pen", "points": [[1, 1, -9, 0.5]]}]}
    at_once = {
        **good,
        "strokes": [
            {"pointer": one["pointer"], "points": [[x, y, 0, p] for x, y, _t, p in one["points"]]}
            for one in good["strokes"]
        ],
    }
    for forged in (small, backwards, negative, at_once, {}, [], "x"):
        told = visitor.draw(json.dumps(forged).encode())
        assert told.status_code == 422, forged
        assert told.json["next"] is None
        assert ("请" in told.json["said"][0]) == (locale == "zh-CN")
    assert visitor.draw().json["next"] == f"{visitor.home}/confirm"
    assert visitor.get(f"{visitor.home}/sign").status_code == 200  # it may be written again
    assert visitor.draw(written(5)).json["next"] == f"{visitor.home}/confirm"


def test_a_photo_that_is_none_is_told_in_words(visitor: Visitor) -> None:
    visitor.until_signing()
    visitor.draw()
    visitor.consent()
    for data, words in (
        (b"", "还没有选照片"),
        (b"not a picture", "这张照片用不了"),
        (face_jpeg(3, (60, 75)), "照片太小"),
    ):
        told = visitor.photograph(data)
        assert told.status_code == 422
        assert words in told.text
    assert visitor.photograph().location == f"{visitor.home}/confirm"


def test_a_session_that_is_over_leads_to_a_fresh_code_and_on(pages: Pages, visitor: Visitor) -> None:
    visitor.until_signing()
    pages.pass_by(hours=3)
    told = visitor.get(f"{visitor.home}/sign")
    assert told.status_code == 401
    assert "收新的验证码，接着签" in told.text
    form = next(one for one in read_page(told.text).forms if one.action.startswith("/s/"))
    assert visitor.post(form.action, form.fields).location == f"/s/{visitor.link}/identify"
    visitor.identify()
    assert visitor.stand() == "/sign"


def test_a_module_is_told_to_load_its_page_anew_where_the_page_says_why(pages: Pages, visitor: Visitor) -> None:
    visitor.until_signing()
    token = visitor.form_token()
    pages.pass_by(hours=3)
    told = visitor.post(
        f"{visitor.home}/handwriting", b"{}", headers={"Accept": "application/json", "X-Form-Token": token}
    )
    assert told.status_code == 401
    assert told.json["next"]
    visitor.client.delete_cookie(f"__Host-link-{visitor.recipient}", domain="sign.example")
    assert "请从链接重新进入" in visitor.get(f"{visitor.home}/sign").text


def test_a_wrong_answer_keeps_what_was_filled_in(visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    told = visitor.identify(name="于文" + NAMES[1])
    assert told.status_code == 422
    assert "还可以试 4 次" in told.text
    assert "于文张&#39;&#34;&amp;&lt;b&gt;三" in told.text
    for lacking, words in (({"code": "12"}, "6 位数字"), ({"name": ""}, "姓名"), ({"tail": ""}, "后四位")):
        told = visitor.identify(**lacking)
        assert told.status_code == 422
        assert words in told.text
    assert "还可以试 3 次" in visitor.identify(code="111111").text  # what was not filled in cost no try
    assert visitor.identify(code="246 810").location == visitor.home


def test_what_is_right_is_not_typed_again(pages: Pages, visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    assert f'value="{TEST_CODE}"' in visitor.identify(name="于文海").text
    assert f'value="{TEST_CODE}"' not in visitor.identify(code="111111").text
    pages.pass_by(seconds=61)
    page = f"/s/{visitor.link}/identify"
    again = visitor.send(page, f"/s/{visitor.link}/code", name="于文山", tail="002X")
    assert again.status_code == 200
    assert ('value="于文山"' in again.text, 'value="002X"' in again.text) == (True, True)
    assert visitor.send(page, f"/s/{visitor.link}/code").location == page


def test_a_browser_without_cookies_is_told_so_before_a_code_is_used_up(pages: Pages, visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    visitor.client.delete_cookie("__Host-language", domain="sign.example")
    told = visitor.identify()
    assert told.status_code == 409
    assert "不保存 Cookie" in told.text
    visitor.client.set_cookie("__Host-large", "1", domain="sign.example", secure=True)
    assert visitor.identify().location == visitor.home


def test_too_many_codes_are_told_with_what_to_do(pages: Pages, visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    for _ in range(4):
        pages.pass_by(seconds=61)
        visitor.send(f"/s/{visitor.link}/identify", f"/s/{visitor.link}/code")
    pages.pass_by(seconds=61)
    told = visitor.send(f"/s/{visitor.link}/identify", f"/s/{visitor.link}/code")
    assert told.status_code == 429
    assert "验证码发得太多了" in told.text
    assert visitor.get(f"/s/{visitor.link}").status_code == 200


def test_who_comes_after_the_end_is_told_what_became_of_it(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    visitor, other = pages.visitor(envelope), pages.visitor(envelope, 1, YE)
    visitor.enter()
    pages.pass_by(days=15)
    pages.desk.service.deadlines.run()
    for told in (visitor.get(f"/s/{visitor.link}"), other.get(f"/s/{other.link}")):
        assert told.status_code == 410
    assert "签署已经截止" in visitor.get(f"/s/{visitor.link}").text
    assert visitor.get(visitor.home).status_code in {401, 410}


def test_whose_turn_has_not_come_is_asked_to_wait(pages: Pages, contract: bytes) -> None:
    people = [
        RecipientRequest(RecipientRole.APPLICANT, YU),
        RecipientRequest(RecipientRole.INSURED, YE, group=2),
        RecipientRequest(RecipientRole.COPY, replace(YU, phone="13800000003")),
    ]
    envelope = pages.desk.create(request(contract, recipients=people))
    waiting, copy = pages.visitor(envelope, 1, YE), pages.visitor(envelope, 2)
    told = waiting.get(f"/s/{waiting.link}")
    assert told.status_code == 409
    assert "It is not your turn yet" in told.text
    assert "这份文件不需要您签" in copy.get(f"/s/{copy.link}").text
    for number, person in enumerate((YU, YE)):
        pages.desk.play(envelope, number, person)
        pages.desk.work()
    assert copy.get(f"/s/{copy.link}").location == f"/s/{copy.link}/copy"
    page = f"/s/{copy.link}/copy"
    copy.send(page, f"/s/{copy.link}/copy-code")
    assert copy.send(f"{page}?sent=1", page, code="111111").status_code == 422
    assert copy.send(f"{page}?sent=1", page, code="246 810").location == page
    document = envelope.documents[0].plan.id
    assert copy.get(f"{page}/{document}.pdf").data.startswith(b"%PDF")
    assert waiting.get(f"/s/{waiting.link}/copy/{document}.pdf").status_code == 401


def test_the_language_follows_the_person_and_the_switch(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(short_request(contract, YE)), 0, YE)
    page = visitor.get(f"/s/{visitor.link}")
    assert page.headers["Content-Language"] == "en"
    assert 'lang="en"' in page.text
    form = visitor.form(f"/s/{visitor.link}", "/look")
    told = visitor.post("/look", {**form.fields, "language": "zh-CN"})
    assert told.location == f"/s/{visitor.link}"
    assert visitor.get(told.location).headers["Content-Language"] == "zh-CN"
    visitor.post("/look", {**form.fields, "letters": "large"})
    assert 'class="large"' in visitor.get(f"/s/{visitor.link}").text
    assert visitor.get("/s/x", headers={"Accept-Language": "en"}).headers["Content-Language"] == "zh-CN"


def test_a_page_is_read_as_text_too_and_stays_so(visitor: Visitor) -> None:
    visitor.until_reading()
    page = f"{visitor.home}/pages/1"
    told = visitor.get(f"{page}?as=text")
    assert "<p>投保人签名</p>" in told.text
    assert "<img" not in told.text
    form = next(one for one in read_page(told.text).forms if one.action == page)
    assert visitor.post(page, form.fields).location == f"{visitor.home}/pages/2?as=text"
    assert visitor.stand() == "/pages/2"


def test_the_last_look_shows_the_handwriting_where_it_will_stand(visitor: Visitor) -> None:
    visitor.until_confirming()
    told = visitor.get(f"{visitor.home}/confirm")
    assert f'href="{visitor.home}/pages/1.jpg?' in told.text
    assert f'href="{visitor.home}/handwriting.png?' in told.text
    picture = visitor.get(f"{visitor.home}/handwriting.png")
    assert picture.mimetype == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    assert visitor.get(f"{visitor.home}/photo.jpg").data.startswith(b"\xff\xd8")
    assert visitor.get(f"{visitor.home}/pages/1.jpg").headers["Cache-Control"].startswith("private")
    assert visitor.get(f"{visitor.home}/pages/3.jpg").location == visitor.home


def test_whoever_has_signed_already_is_told_so_at_the_link(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    visitor = pages.visitor(envelope)
    pages.desk.play(envelope, 0, YU)
    pages.desk.work()
    told = visitor.get(f"/s/{visitor.link}")
    assert "您这一份已经确认" in told.text
    visitor.enter()
    assert visitor.stand() == "/done"
    for path in ("sign", "photo", "confirm", "decline", "pages/1"):
        assert visitor.get(f"{visitor.home}/{path}").location == f"{visitor.home}/done"
