"""The statement of the system: what it tells, what it leaves out, and that nothing runs in it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from hashlib import sha256

import pytest

from esign.bundle.statement import ROLES, STAND_INS, SystemFacts, statement_page
from esign.infra.settings import load_settings
from esign.infra.settings_digest import settings_digest
from esign.operations.stand_ins import STAND_INS as KNOWN_STAND_INS
from esign.staff.domain.roles import Role
from tests.unit.bundle.bundled import description

SYSTEM = SystemFacts(
    organisation="青禾人寿保险股份有限公司",
    runtime="CPython 3.11.7, Linux",
    database="PostgreSQL",
    blobs="bucket",
    configuration="cd" * 32,
    log="signing.insurer.example/trail/1",
    timestamps=None,
    stand_ins=("outbox",),
    operators={"admin": 3, "auditor": 1},
    is_custodian_apart=True,
)


def test_it_tells_what_the_system_is_who_exported_and_what_stands_in() -> None:
    page = statement_page(SYSTEM, description()).decode()
    for told in (
        *("青禾人寿保险股份有限公司", "PostgreSQL", "对象存储", f"sha256:{'cd' * 32}", "operator:stf_lin"),
        *(
            "court-request",
            "2026-11-26 17:30:00（UTC+08:00）",
            "管理员 3 个，审计人员 1 个",
            STAND_INS["outbox"],
            "测试数据",
        ),
    ):
        assert told in page


def test_in_live_mode_without_stand_ins_neither_is_told() -> None:
    page = statement_page(replace(SYSTEM, stand_ins=(), operators={}), description(mode="live")).decode()
    assert "测试数据" not in page
    assert "替代方式" not in page
    assert "没有工作人员账号" in page


def test_what_people_wrote_is_text_and_no_script_or_address_is_in_it() -> None:
    page = statement_page(SYSTEM, description(title="<script>alert(1)</script>")).decode()
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|https?://|src=|href=", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page


@pytest.mark.parametrize("apart", [True, False])
def test_it_says_whether_the_custodians_key_is_apart(apart: bool) -> None:
    page = statement_page(replace(SYSTEM, is_custodian_apart=apart), description()).decode()
    assert ("托管人的私钥不在服务器上" in page) is apart
    assert ("托管人的私钥仍在服务器上" in page) is not apart


def test_after_an_erasure_it_says_so() -> None:
    page = statement_page(SYSTEM, description(title=None, is_erased=True)).decode()
    assert "标题已删除" in page
    assert "本任务的个人资料已经删除" in page


def test_every_role_and_every_stand_in_has_its_words() -> None:
    assert set(ROLES) == {role.value for role in Role}
    assert set(STAND_INS) == set(KNOWN_STAND_INS)


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [("ESIGN_HTTP_PORT", "9000", True), ("ESIGN_HTTP_METRICS_TOKEN", "another-token-0123456789", False)],
)
def test_the_digest_of_settings_changes_with_a_setting_and_not_with_a_secret(
    name: str, value: str, changes: bool
) -> None:
    before = {"ESIGN_HTTP_METRICS_TOKEN": "a-token-of-the-test-0123456789"}
    digests = [settings_digest(load_settings(one)) for one in (before, {**before, name: value})]
    assert (digests[0] != digests[1]) is changes
