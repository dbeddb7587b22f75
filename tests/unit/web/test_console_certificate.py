"""The completion certificate on an envelope's page: how it stands, who may take it away, and who may not."""

from __future__ import annotations

from esign.ceremony.domain import Envelope
from esign.completion.certifying import CERTIFY
from esign.staff.domain.roles import Role
from tests.service import YU
from tests.unit.completion.completed import tended
from tests.unit.web.envelope_console import EnvelopeConsole


def home(envelope: Envelope) -> str:
    return f"/console/envelopes/{envelope.id}"


def test_it_is_announced_then_offered_to_readers_within_reach_and_to_nobody_else(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, keeping = branch.completed(YU), tended(branch.ceremonies)
    seller = office.at(branch.shen)
    assert "完成证书" not in seller.get(home(envelope)).text
    keeping.tend()
    assert "正在生成，几秒钟后就有" in seller.get(home(envelope)).text
    assert seller.get(f"{home(envelope)}/certificate.pdf").status_code == 409
    with branch.service.ports.database.transaction() as session:
        branch.service.tasks.put_off(session, f"{CERTIFY}:{envelope.id}", "tsa-unreachable", now=branch.office.now)
    waiting = seller.get(home(envelope)).text
    assert "正在等：时间戳服务连不上" in waiting
    content = keeping.certify(envelope)
    page = seller.get(home(envelope)).text
    assert "下载完成证书" in page and "签署完成证书已生成" in page
    assert seller.get(f"{home(envelope)}/certificate.pdf").data == content
    supervisor = office.at(branch.stranger)
    assert supervisor.get(f"{home(envelope)}/certificate.pdf").status_code == 404
    administrator = office.at(branch.with_role(Role.ADMIN))
    assert administrator.get(f"{home(envelope)}/certificate.pdf").status_code in {403, 404}


def test_a_job_that_waits_for_a_certificate_is_told_in_words(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, keeping = branch.completed(YU), tended(branch.ceremonies)
    keeping.tend()
    with branch.service.ports.database.transaction() as session:
        branch.service.tasks.put_off(session, f"{CERTIFY}:{envelope.id}", "event-not-covered", now=branch.office.now)
    jobs = office.at(branch.with_role(Role.OPERATIONS)).get("/console/jobs").text
    assert "生成完成证书" in jobs and "账本的下一个检查点" in jobs
