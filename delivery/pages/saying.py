"""What pages of the room say: states, refusals, files to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from flask import Response

from delivery.domain.words import WORDS
from delivery.errors import DeliveryRefused
from esign.public.console import N_, words

STATES: Final[Mapping[str, str]] = {
    "to-print": N_("等待打印"),
    "printed": N_("已打印，待装订"),
    "bound": N_("已装订，待质检"),
    "checked": N_("质检通过，待封包"),
    "packed": N_("已封包，待发出"),
    "underway": N_("运送中"),
    "at-relay": N_("在中转站"),
    "at-outlet": N_("已到网点，待交业务员"),
}
PARCELS: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("act", N_("正在装")),
    "closed": ("wait", N_("已封口，待发出")),
    "dispatched": ("pass", N_("已发出")),
}
TROUBLES: Final[Mapping[str, str]] = {
    "contract-erased": N_("合同文件已按规定删除，不能打印"),
    "contract-missing": N_("找不到合同文件"),
    "contract-differs": N_("合同文件与出单记录不一致"),
    "document-characters-missing": N_("姓名或地址里有字体没有的字"),
    "note-malformed": N_("送达信息读不出来，请运维检查"),
}
_OTHER: Final = N_("制作没有成功")


def said_of(refused: DeliveryRefused) -> str:
    """Return a refusal in a line beside a form: cause and cure."""
    return words().choose(refused.zh, refused.en)


def trouble_of(code: str) -> str:
    """Return why a policy could not be put into a print file."""
    if code in TROUBLES:
        return words().say(TROUBLES[code])
    if code in WORDS:
        zh, _cure, en, _other = WORDS[code]
        return words().choose(zh, f"{en[0].upper()}{en[1:]}")
    return words().say(_OTHER)


def to_take_away(content: bytes | str, name: str, media_type: str) -> Response:
    """Return a file that the browser keeps under this name, and nobody in between."""
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
