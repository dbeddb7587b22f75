from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from ca.ports import HttpAnswer, TransportFailed, TransportFailure
from esign.infra.group_chat import TEXT_AT_MOST, AppriseChats, NoGroupChats
from esign.infra.notifications import ChannelRefused, ChannelUnavailable
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret

KEY = Secret("wecombot://0a1b2c3d-4e5f-6789-abcd-ef0123456789")
NATIVE = Secret("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-4e5f-6789-abcd-ef0123456789")


@dataclass
class WeCom:
    """What WeCom answers, and what it was asked."""

    status: int = 200
    body: bytes = b'{"errcode": 0, "errmsg": "ok"}'
    is_down: bool = False
    asked: list[tuple[str, object]] = field(default_factory=list)

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        if self.is_down:
            raise TransportFailed(TransportFailure.UNREACHABLE, "nobody is there")
        self.asked.append((url, json.loads(body)))
        return HttpAnswer(self.status, "application/json", self.body)

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        raise AssertionError("nobody asks WeCom for anything")


def chats(wecom: WeCom) -> AppriseChats:
    return AppriseChats(OutgoingRules(), wecom)


@pytest.mark.parametrize("address", [KEY, NATIVE], ids=["wecombot", "as WeCom shows it"])
def test_a_text_reaches_the_groups_robot_word_for_word(address: Secret) -> None:
    wecom = WeCom()
    assert chats(wecom).check(address) == "wecombot"
    chats(wecom).post(address, "待送达 12 件\n<b>")
    [(url, body)] = wecom.asked
    assert url == NATIVE.reveal()
    assert body == {"msgtype": "text", "text": {"content": "待送达 12 件\n<b>"}}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (WeCom(body=b'{"errcode": 93000, "errmsg": "invalid webhook url"}'), "chat-refused"),
        (WeCom(body=b'{"errcode": 45009}'), "chat-refused"),
        (WeCom(body=b'["ok"]'), "chat-refused"),
        (WeCom(body=b"<html>"), "chat-unavailable"),
        (WeCom(status=502), "chat-unavailable"),
        (WeCom(is_down=True), "chat-unavailable"),
    ],
    ids=["unknown key", "too often", "no answer of its", "no JSON", "its gateway", "nobody there"],
)
def test_what_wecom_did_not_take_is_told_also_where_it_answers_200(answers: WeCom, code: str) -> None:
    with pytest.raises(ChannelUnavailable) as told:
        chats(answers).post(KEY, "待送达 12 件")
    assert told.value.code == code
    assert "4e5f" not in str(told.value)


def test_an_address_is_never_told_and_nothing_goes_where_there_are_no_chats() -> None:
    for refusing in (chats(WeCom()), NoGroupChats()):
        with pytest.raises(ChannelRefused) as told:
            refusing.post(Secret("wecombots://0a1b2c3d"), "待送达")
        assert "0a1b" not in str(told.value)
    with pytest.raises(ChannelRefused):
        NoGroupChats().check(KEY)


def test_a_text_that_is_too_long_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="600"):
        chats(WeCom()).post(KEY, "送" * (TEXT_AT_MOST + 1))
