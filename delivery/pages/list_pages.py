"""The daily lists at the pages, and as CSV: who reads the file sees what who reads the page sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from delivery.lists.daily import DailyLists, Listed
from delivery.pages.words import ACTS, OWNERS, STATES
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, Entry, Role, RoomConsole, caller, only, page, words
from esign.public.figures import BYTE_ORDER_MARK, csv_text

OVERSEERS: Final = only(Role.SUPERVISOR, Role.OPERATIONS, Role.CLERK)
ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {}
HEAD: Final = (
    N_("保险合同号"),
    N_("投保单号"),
    N_("投保人"),
    N_("业务员"),
    N_("现在到哪"),
    N_("谁负责"),
    N_("下一步"),
    N_("签收期限"),
    N_("还有几天"),
)


CHAT_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("wait", N_("等着发送")),
    "sent": ("pass", N_("已发送")),
    "too-late": ("fail", N_("当天没有发出去")),
    "closed": ("", N_("没有发：群聊已停用")),
    "given-up": ("fail", N_("没有发出去，不再重试")),
}
"""What became of a post: the class of its mark, and in words."""
FAILURES: Final[Mapping[str, str]] = {
    "chat-unavailable": N_("群聊服务没有接收，会自动再试"),
    "chat-refused": N_("企业微信没有接收，请运维检查群机器人"),
    "chat-connection-denied": N_("地址不允许访问，请运维检查"),
    "chat-address": N_("地址不能用，请运维重新设置"),
    "given-up": N_("出了意外，请运维查看日志"),
}
"""Why, by its code; `given-up` for whatever else ended it."""


def declare(console: RoomConsole, deliveries: Deliveries) -> None:
    """Declare them."""
    lists = DailyLists(deliveries)

    @console.page("/lists", to=OVERSEERS)
    def delivery_lists() -> Response:
        return page(
            "delivery_lists.html",
            lists=lists.recent(caller()),
            chats=lists.chats(caller()),
            chat_states=CHAT_STATES,
            failure_of=_failure_of,
        )

    @console.page("/lists/<list_id>", to=OVERSEERS)
    def delivery_list(list_id: str) -> Response:
        one = lists.one(caller(), list_id)
        return page("delivery_list.html", one=one, states=STATES, owners=OWNERS, acts=ACTS)

    @console.page("/lists/<list_id>/csv", to=OVERSEERS)
    def delivery_list_csv(list_id: str) -> AnyResponse:
        one = lists.one(caller(), list_id)
        headers = {"Content-Disposition": f'attachment; filename="{one.id}.csv"', "Cache-Control": "private, no-store"}
        return AnyResponse(list_csv(one), mimetype="text/csv", headers=headers)


def _failure_of(state: str, code: str) -> str:
    """Return why a list has not come to its group, in words."""
    return words().say(FAILURES.get(code, FAILURES["given-up" if state == "given-up" else "chat-unavailable"]))


def list_csv(one: Listed) -> bytes:
    """Return the list as CSV in UTF-8 with a byte order mark."""
    said = words()
    rows = [
        (
            line.policy or "",
            line.proposal,
            line.applicant or "",
            line.seller or "",
            said.say(STATES[line.state][1]),
            said.say(OWNERS[line.owner]),
            said.say(ACTS[line.act]),
            line.due_on.isoformat(),
            line.days_left,
        )
        for line in one.lines
    ]
    return (BYTE_ORDER_MARK + csv_text([said.say(name) for name in HEAD], rows)).encode()
