"""What befalls an envelope, as its page tells it: signals, seals that fail, webhooks, the way to the live page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from esign.ceremony.domain import VOCABULARY, Envelope
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.erasing import VOCABULARY as ERASURES
from esign.desk.timeline import Happening
from esign.exports.events import VOCABULARY as EXPORTS
from esign.infra.ids import made_at, new_id
from esign.infra.models import Message
from esign.retention.events import CONTRACT_ENDED, CONTRACT_RESUMED
from esign.staff.domain.roles import Role
from esign.web.console.timeline_words import tell
from esign.web.words import Language, words_in
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.service import YE, YU, system_now
from tests.unit.desk.branch_events import fail_seal, keep_trail, raise_signal, register_endpoint
from tests.unit.web.console_room import form_in
from tests.unit.web.envelope_console import EnvelopeConsole


def home(envelope: Envelope) -> str:
    return f"/console/envelopes/{envelope.id}"


def delivery_state(office: EnvelopeConsole, delivery: str, state: str | None = None) -> str:
    """Return how a delivery stands, after it was given another state if one is named."""
    with office.branch.service.ports.database.transaction() as session:
        row = session.get_one(WebhookDelivery, delivery)
        row.state = state or row.state
        return row.state


def given_up(office: EnvelopeConsole) -> tuple[Envelope, str]:
    """Return an envelope of which one webhook was given up, and that delivery."""
    branch = office.branch
    register_endpoint(branch)
    envelope = branch.envelope(YU, YE)
    keep_trail(branch)
    with branch.service.ports.database.transaction() as session:
        for row in session.scalars(select(WebhookDelivery)):
            row.state, row.due_at, row.delivered_at = "delivered", None, branch.office.now
        row.state, row.last_status, row.last_failure, row.attempts = "dead", 503, "http-error", 12
        return envelope, row.id


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_event_of_an_envelope_has_words(language: Language) -> None:
    for type_ in (*VOCABULARY, *EXPORTS, *ERASURES, CONTRACT_ENDED, CONTRACT_RESUMED):
        told = tell(words_in(language), Happening(type_.name, system_now(), "于文山", {"page": 1}))
        assert told.title != type_.name


def test_signals_are_told_to_whom_they_are_to_judge_and_not_to_the_salesperson(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU)
    signal = raise_signal(branch, envelope, with_member=branch.shen.member)
    page = office.at(branch.lead).get(home(envelope)).text
    assert f"/console/signals/{signal}" in page
    assert "于文山有一条代签提示" in page
    assert "在员工的设备上签署" in page
    for other in (branch.shen, branch.with_role(Role.OPERATIONS)):
        page = office.at(other).get(home(envelope)).text
        assert signal not in page
        assert "代签提示" not in page
    told = office.at(branch.lead).get(f"/console/signals/{signal}").text
    assert home(envelope) in told
    assert branch.shen.member not in told  # by the name


def test_where_everybody_has_signed_and_a_signal_holds_the_seal_a_supervisor_is_next(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, hold_on=("staff-device",))
    raise_signal(branch, envelope)
    branch.ceremonies.play(envelope, 0, YU)
    branch.ceremonies.work()
    assert branch.ceremonies.envelope(envelope.id).held
    seller = office.at(branch.shen)
    assert "全员已签，等主管查看代签提示" in seller.get("/console/envelopes").text
    assert "等主管查看代签提示之后封存" in seller.get(home(envelope)).text


def test_a_seal_that_failed_says_why_and_is_tried_again_from_list_and_page(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU)
    branch.ceremonies.play(envelope, 0, YU)
    fail_seal(branch, envelope)
    operations, retry = office.at(branch.with_role(Role.OPERATIONS)), f"{home(envelope)}/retry-seal"
    assert "没有达到约定的签名级别，可以重试" in operations.get("/console/envelopes").text
    assert retry in operations.get("/console/envelopes?state=seal_failed").text
    assert retry not in office.at(branch.shen).get(home(envelope)).text
    assert "封存没有做成" in operations.get(home(envelope)).text
    assert operations.send(home(envelope), retry).status_code == 303
    assert "已开始重试封存" in operations.get(f"{home(envelope)}?done=retried").text
    branch.ceremonies.work()
    assert branch.ceremonies.envelope(envelope.id).state is EnvelopeState.COMPLETED
    assert "重试封存" in operations.get(home(envelope)).text  # in the story
    assert retry not in operations.get(home(envelope)).text


def test_a_webhook_that_was_given_up_is_delivered_again_from_the_page(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, delivery = given_up(office)
    operations, path = office.at(branch.with_role(Role.OPERATIONS)), f"{home(envelope)}/redeliver"
    page = operations.get(home(envelope)).text
    for words in ("没有送达", "对方回答出错", "503", "已送达 3 条"):
        assert words in page, words
    assert path not in office.at(branch.lead).get(home(envelope)).text
    assert operations.send(home(envelope), path).status_code == 303
    assert delivery_state(office, delivery) == "pending"
    delivery_state(office, delivery, "dead")
    assert operations.send("/console/jobs", "/console/jobs/redeliver").status_code == 303
    assert delivery_state(office, delivery) == "pending"


def test_a_webhook_is_not_delivered_again_where_it_does_not_belong_or_nobody_listens(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, delivery = given_up(office)
    other = branch.envelope(YU)
    operations = office.at(branch.with_role(Role.OPERATIONS))
    fields = {**form_in(operations.get("/console"), "/console/logout").fields, "delivery": delivery}
    assert operations.post(f"{home(other)}/redeliver", fields).status_code == 404
    assert operations.post(f"{home(envelope)}/redeliver", {**fields, "delivery": "whd_none"}).status_code == 404
    with branch.service.ports.database.transaction() as session:
        session.scalars(select(WebhookEndpoint)).one().disabled_at = branch.office.now
    told = operations.post(f"{home(envelope)}/redeliver", fields)
    assert told.status_code == 422
    assert "接收地址已停用" in told.text
    assert delivery_state(office, delivery) == "dead"


def test_what_was_given_up_is_counted_beside_the_section_for_whom_it_concerns(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, _delivery = given_up(office)
    branch.ceremonies.play(envelope, 0, YU)
    branch.ceremonies.play(envelope, 1, YE)
    fail_seal(branch, envelope)
    told = office.at(branch.with_role(Role.OPERATIONS)).get("/console").text
    assert '管理<b class="count">2<' in told and ">任务<small>2<" in told
    assert ">任务</a>" in office.at(branch.stranger).get("/console").text  # nothing of the east is counted in the west
    assert "任务" not in office.at(branch.lead).get("/console").text


def test_a_message_that_was_given_up_is_told_until_a_later_one_arrives_or_a_week_is_over(
    office: EnvelopeConsole,
) -> None:
    branch = office.branch
    branch.envelope(YU)
    operations, database = branch.with_role(Role.OPERATIONS), branch.service.ports.database
    with database.transaction() as session:
        dead = session.scalars(select(Message)).one()
        dead.state, dead.due_at, dead.last_failure = "dead", None, "unreachable"
    assert branch.desk.work.failed(operations) == 1
    assert [one.is_dead for one in branch.desk.work.get(operations).messages] == [True]
    with database.transaction() as session:
        session.get_one(Message, dead.id).created_at -= timedelta(days=8)
    assert branch.desk.work.failed(operations) == 0
    with database.transaction() as session:
        session.get_one(Message, dead.id).created_at += timedelta(days=8)
        later = {column.name: getattr(dead, column.name) for column in Message.__table__.columns}
        following = {"id": new_id("msg", made_at(dead.id) + timedelta(seconds=1)), "dedupe": "later", "state": "sent"}
        session.add(Message(**{**later, **following}))
    assert branch.desk.work.failed(operations) == 0
    assert branch.desk.work.get(operations).messages == ()


def test_the_verdict_is_there_with_its_report(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    document = envelope.documents[0].plan.id
    member = office.at(branch.shen)
    path = f"{home(envelope)}/documents/{document}/report.json"
    assert path in member.get(home(envelope)).text
    told = member.get(path)
    assert (told.status_code, told.get_json()["conclusion"]) == (200, "TOTAL-PASSED")
    assert office.at(branch.with_role(Role.ADMIN)).get(path).status_code == 403
    unsealed = branch.envelope(YU)
    path = f"{home(unsealed)}/documents/{unsealed.documents[0].plan.id}/report.json"
    assert member.get(path).status_code == 409


def test_the_page_leads_to_the_live_page_as_long_as_people_sign(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU)
    assert f'href="{home(envelope)}/live"' in office.at(branch.shen).get(home(envelope)).text
    branch.ceremonies.play(envelope, 0, YU)
    branch.ceremonies.work()
    assert f'href="{home(envelope)}/live"' not in office.at(branch.shen).get(home(envelope)).text
