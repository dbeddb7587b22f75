"""The words of what is refused about a service request, as in `policy.domain.words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REQUEST_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "no-request": ("没有此保全申请", "请核对编号", "there is no such service request", "check the id"),
    "request-exists": (
        "此编号下已有另一份保全申请",
        "请换一个编号",
        "there is another service request under this id",
        "take another id",
    ),
    "request-entered": (
        "保全申请还没有发送签署",
        "请先发送签署",
        "the request was not sent yet",
        "send it to be signed first",
    ),
    "request-sent": (
        "保全申请正在签署",
        "请等客户签完，或先作废签署链接",
        "the request is out for signature",
        "wait until everybody has signed, or void the envelope first",
    ),
    "request-signed": (
        "保全申请已签署，正在办理",
        "请等办理结果",
        "the request is signed and is being seen to",
        "wait until it is done",
    ),
    "request-done": ("保全申请已办结", "如需再办，请另行申请", "the request is done", "enter another one"),
    "request-refused": (
        "保全申请已拒绝",
        "如需再办，请另行申请",
        "the request was refused",
        "enter another one",
    ),
}
