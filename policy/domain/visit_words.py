"""The words of what is refused about a return visit, as in `policy.domain.words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VISIT_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "receipt-first": (
        "客户还没有签收保险合同",
        "请先签收，再回访",
        "the customer has not signed for the contract yet",
        "wait for the receipt; the visit follows it",
    ),
    "no-visit": ("没有此回访", "请核对编号", "there is no such visit", "check the id"),
    "visit-answered": ("回访已完成", "无需再次回访", "the return visit was answered already", "there is nothing to do"),
    "visit-way": (
        "回访的方式和经办人不符",
        "电话回访要写明由谁办理，客户自己回答的不写",
        "a visit by telephone names who asked, and the customer's own answers name nobody",
        "give both, or neither",
    ),
    "own-visit": (
        "不能回访自己销售的客户，也不能处理自己销售引起的疑问",
        "请由另一位同事办理",
        "nobody asks their own customer on the telephone, or closes a concern about their own sale",
        "ask a colleague",
    ),
    "no-concern": (
        "这次回访没有等人处理的疑问",
        "请看最新的页面",
        "there is no concern of this visit that waits for somebody",
        "look at the visit as it is now",
    ),
}
