"""The salesperson's pages: a new proposal in a few screens, sent, watched, withdrawn; each sees what is theirs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from esign.public.events import read_stream
from esign.public.rooms import house_of
from esign.staff.domain.roles import Role
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.drafts.store import KEPT_FOR, Drafts
from policy.models import DraftRow, EnvelopeOf, ProposalRow
from policy.room import ROOM
from tests.rooms import PUBLIC_URL
from tests.service import system_now
from tests.unit.policy.policy_people import CHILD, MOTHER, SON
from tests.unit.policy.sales_room import (
    COVER,
    DRAFTS,
    HEIRS,
    LIST,
    SalesRoom,
    begin,
    check,
    healthy,
    person,
    sales_room,
    send,
    signer,
    write,
    write_all,
)
from tests.unit.web.console_room import Member


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SalesRoom]:
    with sales_room(tmp_path_factory.mktemp("sales")) as opened:
        yield opened


@pytest.fixture(scope="module")
def zhou(room: SalesRoom) -> Member:
    return room.seller("zhou.ming", "周明")


@pytest.fixture(scope="module")
def sent(zhou: Member) -> str:
    """A proposal by the son for his mother, out to be signed."""
    return send(zhou, write_all(zhou))


def row(room: SalesRoom, proposal: str) -> ProposalRow:
    with room.house.database.reading() as session:
        return session.get_one(ProposalRow, proposal)


def test_what_staff_send_is_no_clients_and_the_trail_names_them(room: SalesRoom, zhou: Member, sent: str) -> None:
    assert row(room, sent).client is None
    assert row(room, sent).state == "sent"
    told = zhou.get(f"{LIST}/{sent}").text
    assert "周明" in told
    assert "链接已发，未打开" in told
    assert "还没轮到" in told
    assert room.house.call("GET", f"/v1/proposals/{sent}").status_code == 404


def test_the_draft_goes_when_the_proposal_is_entered(room: SalesRoom, zhou: Member) -> None:
    draft = write_all(zhou)
    send(zhou, draft)
    assert zhou.get(f"{DRAFTS}/{draft}/check").status_code == 404
    with room.house.database.reading() as session:
        assert session.get(DraftRow, draft) is None


def test_the_quote_says_until_when_it_holds_and_why(zhou: Member) -> None:
    draft = begin(zhou)
    told = check(zhou, draft, "cover", COVER)
    assert told["quote"]["premium"] == "8,040.00"
    assert "被保险人过生日" in told["quote"]["because"]
    assert told["problems"] == {}
    assert check(zhou, draft, "cover", {**COVER, "sum_insured": "123"})["quote"] is None


def test_a_field_that_is_left_is_checked_and_kept(zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", COVER)
    told = check(zhou, draft, "applicant", person("applicant", id_number=SON.id_number[:-1] + "0"))
    assert "校验码" in told["problems"]["applicant.id_number"]
    assert SON.address in zhou.get(f"{DRAFTS}/{draft}/applicant").text


@pytest.mark.parametrize(
    ("step", "typed", "field", "words"),
    [
        ("applicant", person("applicant", name="于\U00031350"), "applicant.name", "U+31350"),
        ("applicant", person("applicant", id_number="990106199105192219"), "applicant.id_number", "校验码"),
        ("applicant", person("applicant", phone=""), "applicant.phone", "还没有填写"),
        ("applicant", person("applicant", occupation=""), "applicant.occupation", "还没有选择"),
        ("applicant", person("applicant", annual_income="很多"), "applicant.annual_income", "应填写数字"),
        (
            "applicant",
            person("applicant", id_for_good="", id_valid_until="2026-02-30"),
            "applicant.id_valid_until",
            "日期",
        ),
        ("beneficiaries", {**HEIRS, "beneficiaries[0].share": "60"}, "beneficiaries", "100"),
        ("health", {**healthy(), "health.answers.heart": "yes"}, "health.answers.heart", "说明"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    zhou: Member, step: str, typed: dict[str, str], field: str, words: str
) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", COVER)
    write(zhou, draft, "insured", person("insured"))
    told = check(zhou, draft, step, typed)
    assert words in told["problems"][field]
    refused = write(zhou, draft, step, typed)
    assert refused.status_code == 422
    assert told["problems"][field] in refused.text
    assert 'aria-invalid="true"' in refused.text or field == "beneficiaries"


def test_a_birthday_that_the_number_does_not_hold_is_told(zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", {**COVER, "insured.born": "1962-03-09"})
    assert "出生日期" in check(zhou, draft, "insured", person("insured"))["problems"]["insured.id_number"]


def test_nothing_can_be_sent_that_is_not_whole(zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", COVER)
    page = zhou.get(f"{DRAFTS}/{draft}/check").text
    assert "还有几处没有填好" in page
    told = zhou.send(f"{DRAFTS}/{draft}/check", f"{DRAFTS}/{draft}/send")
    assert told.status_code == 422
    assert zhou.get(f"{DRAFTS}/{draft}/cover").status_code == 200


def test_who_insures_themselves_is_asked_once(room: SalesRoom, zhou: Member) -> None:
    own = {**COVER, "applicant_is": "self", "insured.born": SON.born.isoformat(), "insured.gender": "male"}
    draft = begin(zhou)
    assert write(zhou, draft, "cover", {**own, "applicant.born": "", "applicant.gender": ""}).status_code == 303
    told = write(zhou, draft, "applicant", person("applicant"))
    assert told.location.endswith("/beneficiaries")
    assert zhou.get(f"{DRAFTS}/{draft}/insured").status_code == 404


def test_a_child_needs_a_guardian_who_may_be_the_applicant(room: SalesRoom, zhou: Member) -> None:
    cover = {**COVER, "applicant_is": "parent", "insured.born": CHILD.born.isoformat()}
    child = person("insured", CHILD, phone="")
    draft = begin(zhou)
    write(zhou, draft, "cover", cover)
    write(zhou, draft, "applicant", person("applicant"))
    assert write(zhou, draft, "insured", child).status_code == 422
    assert write(zhou, draft, "insured", {**child, "guardian.same": "yes"}).status_code == 303


def test_another_guardian_is_born_as_their_number_says(zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", {**COVER, "applicant_is": "parent", "insured.born": CHILD.born.isoformat()})
    write(zhou, draft, "applicant", person("applicant"))
    wrong = {**person("insured", CHILD, phone=""), **person("guardian.party", CHILD), "guardian.is_insureds": "parent"}
    told = check(zhou, draft, "insured", wrong)["problems"]
    assert {"guardian.party.id_number", "guardian.is_insureds"} <= set(told)


def test_rows_for_beneficiaries_are_added_and_empty_ones_close_up(zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", COVER)
    second = {name.replace("[0]", "[1]"): text for name, text in HEIRS.items() if "[" in name}
    told = write(zhou, draft, "beneficiaries", HEIRS, go="row")
    assert told.location.endswith("#more")
    assert 'name="beneficiaries[1].share"' in zhou.get(f"{DRAFTS}/{draft}/beneficiaries").text
    moved = {"beneficiaries.by_law": "no", **dict.fromkeys([one for one in HEIRS if "[" in one], ""), **second}
    assert write(zhou, draft, "beneficiaries", moved).status_code == 303
    again = zhou.form(f"{DRAFTS}/{draft}/beneficiaries", f"{DRAFTS}/{draft}/beneficiaries")
    assert again.fields["beneficiaries[0].name"] == SON.name


def test_a_draft_is_gone_on_with_from_the_list_and_seen_by_nobody_else(room: SalesRoom, zhou: Member) -> None:
    draft = begin(zhou)
    write(zhou, draft, "cover", COVER)
    told = write(zhou, draft, "applicant", person("applicant"), go="later")
    assert told.location == f"{LIST}?done=draft-kept"
    assert f"{DRAFTS}/{draft}/applicant" in zhou.get(LIST).text
    other = room.seller("wu.an", "吴安")
    assert f"{DRAFTS}/{draft}/" not in other.get(LIST).text
    assert other.get(f"{DRAFTS}/{draft}/cover").status_code == 404
    page = f"{DRAFTS}/{draft}/check"
    gone = zhou.post(f"{DRAFTS}/{draft}/throw-away", zhou.form(page, f"{DRAFTS}/{draft}/send").fields)
    assert gone.location == f"{LIST}?done=draft-gone"
    assert zhou.get(f"{DRAFTS}/{draft}/cover").status_code == 404


def test_a_draft_that_nobody_writes_at_is_erased_after_thirty_days(room: SalesRoom, zhou: Member) -> None:
    draft, drafts = begin(zhou), Drafts(house_of(ROOM, room.house.process.service, PUBLIC_URL))
    with room.house.database.transaction() as session:
        found = session.get_one(DraftRow, draft)
        record, last = found.record, found.updated_at
        drafts.clean(session, last + KEPT_FOR)
        assert session.get(DraftRow, draft) is not None
        drafts.clean(session, last + KEPT_FOR + timedelta(seconds=1))
        assert session.get(DraftRow, draft) is None
        assert room.house.process.service.records.is_erased(session, record)


def test_a_salesperson_sees_their_own_and_a_supervisor_all(room: SalesRoom, zhou: Member, sent: str) -> None:
    other = room.seller("qian.ke", "钱可")
    assert sent not in other.get(LIST).text
    assert other.get(f"{LIST}/{sent}").status_code == 404
    lead = room.console.member("feng.lead", Role.SUPERVISOR, institution=room.institution, name="冯立")
    assert sent in lead.get(LIST).text
    told = lead.get(f"{LIST}/{sent}").text
    assert f"{LIST}/{sent}/withdraw" not in told
    assert lead.get(f"{LIST}/{sent}/withdraw").status_code == 403


def test_a_proposal_is_withdrawn_with_a_reason_and_taken_over_into_a_new_one(room: SalesRoom, zhou: Member) -> None:
    proposal = send(zhou, write_all(zhou))
    page = f"{LIST}/{proposal}/withdraw"
    assert zhou.send(page, page).status_code == 422
    assert zhou.send(page, page, reason="wrong-details").location.endswith("done=proposal-withdrawn")
    with room.house.database.reading() as session:
        envelope = session.scalars(select(EnvelopeOf.envelope).filter_by(subject=proposal)).one()
        assert room.house.process.service.envelopes.get(session, envelope).state.value == "voided"
    assert proposal not in zhou.get(LIST).text
    assert proposal in zhou.get(f"{LIST}?show=over").text
    again = zhou.send(f"{LIST}/{proposal}", DRAFTS, like=proposal).location.split("/")[-2]
    told = zhou.form(f"{DRAFTS}/{again}/applicant", f"{DRAFTS}/{again}/applicant")
    assert told.fields["applicant.name"] == SON.name
    assert "没有填好" in zhou.get(f"{DRAFTS}/{again}/check").text, "health is asked anew"


def test_a_proposal_that_came_back_is_amended_with_all_it_said_and_sent_again(room: SalesRoom, zhou: Member) -> None:
    proposal = send(zhou, write_all(zhou))
    out = zhou.post(f"{LIST}/{proposal}/amend", zhou.form(f"{LIST}/{proposal}", DRAFTS).fields)
    assert out.status_code == 409, "it is out to be signed"
    with room.house.database.reading() as session:
        envelope = session.scalars(select(EnvelopeOf.envelope).filter_by(subject=proposal)).one()
    house_of(ROOM, room.house.process.service, PUBLIC_URL).envelopes.void(envelope, by="usr_1", reason="wrong-details")
    room.house.work()
    draft = zhou.send(f"{LIST}/{proposal}", f"{LIST}/{proposal}/amend").location.split("/")[-2]
    assert "正在修改一份已录入的投保单" in zhou.get(f"{DRAFTS}/{draft}/cover").text
    assert "没有填好" not in zhou.get(f"{DRAFTS}/{draft}/check").text, "health is what was declared"
    assert write(zhou, draft, "cover", {**COVER, "sum_insured": "200000"}).status_code == 303
    assert send(zhou, draft) == proposal
    told = zhou.get(f"{LIST}/{proposal}").text
    assert "200,000" in told
    with room.house.database.reading() as session:
        assert len(session.scalars(select(EnvelopeOf.envelope).filter_by(subject=proposal)).all()) == 2


def test_once_issued_the_contract_is_downloaded_and_the_story_is_told(room: SalesRoom, zhou: Member) -> None:
    proposal = send(zhou, write_all(zhou))
    assert zhou.get(f"{LIST}/{proposal}/contract.pdf").status_code == 404
    with room.house.database.reading() as session:
        name = session.scalars(select(EnvelopeOf.envelope).filter_by(subject=proposal)).one()
    envelope = room.house.desk.envelope(name)
    for number, part in enumerate(("applicant", "insured")):
        room.house.desk.play(envelope, number, signer(part))
        room.house.work()
    told = zhou.get(f"{LIST}/{proposal}").text
    assert "承保，保险合同已封存" in told
    assert "银行已扣款" in told
    contract = zhou.get(f"{LIST}/{proposal}/contract.pdf")
    assert contract.data.startswith(b"%PDF")
    assert "CY" in contract.headers["Content-Disposition"]


def test_the_most_urgent_comes_first(room: SalesRoom) -> None:
    """The quote for the child ends before her birthday in April, that for the mother before hers in March."""
    he = room.seller("he.qing", "何青")
    child = send(
        he,
        write_all(
            he,
            cover={**COVER, "applicant_is": "parent", "insured.born": CHILD.born.isoformat()},
            insured={**person("insured", CHILD, phone=""), "guardian.same": "yes"},
            beneficiaries={"beneficiaries.by_law": "yes"},
            health={**healthy(), "health.height_cm": "122", "health.weight_kg": "24"},
        ),
    )
    mother = send(he, write_all(he))
    listed = he.get(LIST).text
    assert 0 < listed.index(mother) < listed.index(child)
    assert "于文山 → 叶小禾" in listed
    assert "签署投保文件" in listed
    assert "8,040.00" in listed


def test_the_recording_of_a_sale_to_somebody_of_sixty_is_filed_by_its_salesperson(
    room: SalesRoom, zhou: Member
) -> None:
    """The mother insures herself: she is over sixty, so that nothing is taken before a recording passed its review."""
    own = {**COVER, "applicant_is": "self", "applicant.born": "", "applicant.gender": ""}
    proposal = send(zhou, write_all(zhou, cover=own, applicant=person("applicant", MOTHER)))
    page = f"{LIST}/{proposal}/recording"
    assert page in zhou.get(f"{LIST}/{proposal}").text
    assert zhou.send(page, page, digest="abc", minutes="12").status_code == 422
    assert zhou.send(page, page, digest="5" * 64, minutes="0").status_code == 422
    assert zhou.send(page, page, digest="5" * 64, minutes="12", done=["customer-shown"]).status_code == 303
    assert "提交录音录像" in zhou.get(f"{LIST}/{proposal}").text
    with room.house.database.reading() as session:
        filed = read_stream(session, proposal)[-1]
    assert (filed.type, filed.payload["seconds"]) == ("recording.added", 720)
    other = room.seller("zheng.li", "郑力")
    assert other.get(page).status_code == 404


def test_pages_speak_english_too(zhou: Member, sent: str) -> None:
    english = {"Accept-Language": "en"}
    assert "Link sent, not opened" in zhou.get(f"{LIST}/{sent}", headers=english).text
    assert "How it works" in zhou.get(LIST, headers=english).text
    assert "Why a quote ends" in zhou.get(f"{LIST}/help", headers=english).text


def test_the_api_refuses_a_name_that_cannot_be_printed_by_its_field(room: SalesRoom, zhou: Member) -> None:
    seller = room.console.id_of("zhou.ming")
    wanted = copy.deepcopy(PROPOSAL_EXAMPLE) | {"applied_on": system_now().date().isoformat(), "send": False}
    wanted["sales"] |= {"id": seller, "institution": room.institution}
    wanted["applicant"]["name"] = wanted["payment"]["holder"] = "于\U00031350山"
    told = room.house.call("POST", "/v1/proposals", json=wanted)
    assert told.status_code == 422, told.text
    wrong = told.get_json()["errors"]
    assert [one["pointer"] for one in wrong] == ["/applicant/name"]
    assert "U+31350" in str(wrong)
