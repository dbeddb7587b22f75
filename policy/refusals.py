"""What the room refuses beside the domain: names that are taken, what is not there (yet)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from policy.errors import PolicyRefused

ROOM_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "proposal-name-taken": (
        "这个外部编号已用于另一份投保单",
        "请换一个编号，或者查看已有的投保单",
        "another proposal of this client has this external id",
        "use the proposal that is there, or give the new one an id of its own",
    ),
    "no-contract": (
        "还没有承保，没有保险合同",
        "请等投保单的状态变为 issued",
        "there is no contract: the policy is not issued",
        "wait until the proposal's state is issued",
    ),
    "no-draft": (
        "没有这份草稿，或者它已经录入、删除",
        "请从投保单列表重新进入",
        "there is no such draft: it was entered, thrown away, or is somebody else's",
        "begin again at the list of proposals",
    ),
    "drafts-too-many": (
        "草稿太多",
        "请先录入或删除不用的草稿",
        "there are too many drafts",
        "enter those that are done, and throw the others away",
    ),
    "draft-long": (
        "填写的内容太长",
        "请把说明写短一些",
        "what was typed is too long for a draft",
        "write the explanations shorter",
    ),
    "no-product": (
        "没有这个产品版本",
        "请查看在售产品",
        "there is no such product version",
        "see the products that are sold",
    ),
}


def refused(code: str, about: Sequence[str] = ()) -> PolicyRefused:
    """Make the refusal `code`, which must have words here."""
    zh_cause, zh_cure, cause, cure = ROOM_WORDS[code]
    zh = f"{zh_cause}。{zh_cure}。"
    en = f"{cause[0].upper()}{cause[1:]}. {cure[0].upper()}{cure[1:]}."
    return PolicyRefused(code, zh, en, cause, cure, about)
